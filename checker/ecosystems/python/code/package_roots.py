"""Reads which folders a build takes its packages from: `package_dir`, `where`, `from` and `src`."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from checker.core.tree import Tree, join
from checker.ecosystems.python.declared.formats.setup_py import read_package_dir


def find_package_folders(tree: Tree, path: str) -> tuple[str, ...]:
    """Return the folders that a `setup.py`, `setup.cfg` or `pyproject.toml` names as roots of its packages."""
    text = tree.read(path)
    base = str(PurePosixPath(path).parent)
    patterns = (
        r"package_dir\s*=\s*\{\s*[\"'][\"']\s*:\s*[\"']([^\"']+)[\"']",
        r"^\s*[\"']{2}\s*=\s*[\"']([\w./-]+)[\"']\s*$",
        r"find_(?:namespace_)?packages\(\s*(?:where\s*=\s*)?[\"']([^\"']+)[\"']",
        r"^\s*where\s*=\s*\[?\s*[\"']?([\w./-]+)",
        r"^\s*=\s*([\w./-]+)\s*$",
        r"from\s*=\s*[\"']([\w./-]+)[\"']",
        r"package-dir\s*=\s*\{[^}]*[\"'][\"']\s*=\s*[\"']([^\"']+)[\"']",
        r"source-includes?\s*=\s*\[\s*[\"']([\w./-]+)/?[\"']",
    )
    found = [match[1] for pattern in patterns for match in re.finditer(pattern, text, re.MULTILINE)]
    found += [folder for name, folder in _read_places(tree, path).items() if not name]
    candidates = [join(base, folder) for folder in [*found, "src"]]
    return tuple(dict.fromkeys(folder for folder in candidates if folder in tree.folders))


def find_placed_packages(tree: Tree, path: str) -> dict[str, str]:
    """Return the packages that a `setup.py` takes from a folder of another name: `{"tool": "source"}`."""
    base = str(PurePosixPath(path).parent)
    placed = {name: join(base, folder) for name, folder in _read_places(tree, path).items() if name}
    return {name: folder for name, folder in placed.items() if folder == "." or folder in tree.folders}


def _read_places(tree: Tree, path: str) -> dict[str, str]:
    return read_package_dir(tree, path) if PurePosixPath(path).name == "setup.py" else {}
