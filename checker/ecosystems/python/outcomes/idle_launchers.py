"""Recognises a program that only starts others, and had nothing to start them for.

`for path in glob("data/*"): subprocess.call(["python", "fit.py", path])` succeeds without any data, whatever is
installed.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from checker.core.tree import Tree
from checker.ecosystems.python.outcomes.run_report import StartReport
from checker.ecosystems.python.source.stdlib import is_standard

_STARTS = re.compile(r"\b(?:subprocess\.\w+|os\.(?:system|popen))\(")
_PYTHON = re.compile(r"[\"']python[\d.]*\b|\bsys\.executable\b")
_IMPORTED = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


def is_idle_launcher(report: StartReport, tree: Tree) -> bool:
    """Whether a program that ended with 0 started none of the programs it exists to start, and printed nothing.

    Children are known where they are Python's. Of several scripts by its name in the tree, all have to be such.
    """
    if report.output.strip() or report.errors.strip() or len(report.processes) > 1:
        return False
    name = PurePosixPath(next((word for word in report.argv if word.endswith(".py")), "")).name
    texts = [tree.read(path) for path in tree.files if name and PurePosixPath(path).name == name]
    return bool(texts) and all(map(_is_launcher, texts))


def _is_launcher(text: str) -> bool:
    """Whether a script starts Python programs, and imports only the standard library."""
    return bool(_STARTS.search(text) and _PYTHON.search(text)) and all(map(is_standard, _IMPORTED.findall(text)))
