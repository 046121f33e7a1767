"""Starts modules of ours as programs: the current folder, which may be anybody's, is never searched for them."""

from __future__ import annotations

import sys
from pathlib import Path

#: The folder that holds `checker` and `workers`, as this process runs them.
ROOT = Path(__file__).resolve().parents[2]

#: `-P` keeps the current folder out of the search path; ROOT is put there where it is not yet, so that the program
#: is of the same checker as its caller.
_START = (
    "import runpy, sys; root, sys.argv = sys.argv[1], sys.argv[2:]; "
    "sys.path[:0] = [root] * (root not in sys.path); "
    "runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
)


def make_own_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of ours, as `python -m` would: `checker` → `python … checker`."""
    return [sys.executable, "-P", "-c", _START, str(ROOT), module, *arguments]
