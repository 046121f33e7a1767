"""Reads workflow files: the environments that the rules of a Snakefile run in."""

from __future__ import annotations

import posixpath
import re

from checker.core.tree import Tree, join
from checker.ecosystems.python.stated import Specification

#: Environments of one workflow that are read.
MAX_ENVIRONMENTS = 40

_ENVIRONMENT = re.compile(r"^[ \t]*conda:[ \t]*+(?:\n[ \t]*+)?[\"'](?P<path>[\w./-]+\.ya?ml)[\"']", re.MULTILINE)


def is_workflow(path: str) -> bool:
    """Say whether a path is that of a workflow of Snakemake's, or of rules that one includes."""
    return posixpath.basename(path) in {"Snakefile", "snakefile"} or path.endswith(".smk")


def read_workflow(tree: Tree, path: str) -> Specification | None:
    """Read which environments the rules name, relative to their file; None where they name none."""
    folder = posixpath.dirname(path) or "."
    named = (join(folder, found["path"]) for found in _ENVIRONMENT.finditer(tree.read(path)))
    kept = tuple(dict.fromkeys(each for each in named if each in tree))[:MAX_ENVIRONMENTS]
    return Specification(path=path, kind="workflow", included=kept) if kept else None
