"""What bringing a repository here may cost: bytes, counts and seconds, each with its reason."""

from __future__ import annotations

from checker.core.container import GIB, MIB
from checker.core.values.base import Value


class CloneLimits(Value):
    """Bounds of one checkout; docs/hosting.md gives the reason for each default.

    `file_bytes`: a larger file is left out and listed. `download_bytes`: what git may write while fetching,
    submodules counted each on its own. `tree_bytes`, `files`: of the whole tree, submodules included; what
    is beyond is left out. `entries`: files and folders of one commit; with more it is not looked at.
    `path_bytes`: of a path inside the repository. `seconds`: of one fetch. `read_seconds`: of one look into
    objects that are here already. `history`: commits that are brought for the date of the code and for
    tags. `listed`: entries of `left_out` before they are only counted.
    """

    file_bytes: int = 20 * MIB
    download_bytes: int = 2 * GIB
    tree_bytes: int = 4 * GIB
    files: int = 100_000
    entries: int = 1_000_000
    path_bytes: int = 1024
    seconds: float = 600
    read_seconds: float = 60
    history: int = 5_000
    submodules: int = 32
    submodule_depth: int = 3
    listed: int = 1_000
