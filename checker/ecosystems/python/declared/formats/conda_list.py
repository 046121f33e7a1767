"""Recognises the output of `conda list` by its content and translates it."""

from __future__ import annotations

import re

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.conda import CondaSpec, collect, translate_spec
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.declared.formats.requirements import MAX_LINES
from checker.ecosystems.python.stated import Specification

_HEAD = re.compile(
    r"^#\s*(?:packages in environment at|This file may be used to create an environment using:?\s*"
    r"\n#\s*\$\s*conda|platform:\s*(?:linux|osx|win)-)",
    re.MULTILINE,
)
_EXPORT = re.compile(r"^[A-Za-z0-9_][\w.-]*=[^=\s]+=[^=\s]+$")
_COLUMNS = re.compile(
    r"^(?P<name>[A-Za-z0-9_][\w.-]*)\s+(?P<version>\d\S*)\s+(?P<build>\S+)(?:\s+(?P<channel>\S+))?$"
)
_EXPLICIT = re.compile(
    r"^https?://\S+/(?P<name>[^/\s]+)-(?P<version>[^-/\s]+)-(?P<build>[^-/\s]+)\.(?:conda|tar\.bz2)\b"
)


def is_conda_list(text: str) -> bool:
    """Say whether a text is what `conda list`, with or without `--export` or `--explicit`, prints."""
    head = text[:4000]
    if "@EXPLICIT" in head:
        return True
    lines = [line.strip() for line in head.splitlines() if line.strip() and not line.startswith("#")][:40]
    shaped = sum(bool(_EXPORT.match(line) or _COLUMNS.match(line)) for line in lines)
    return bool(lines) and (shaped > len(lines) * 0.6 or (bool(_HEAD.search(head)) and shaped > 0))


def read_conda_list(tree: Tree, path: str, project: str, group: str | None = None) -> Specification:
    """Read such a list; what pip had installed is kept as it is, conda's own packages are translated."""
    lines = tree.read(path).split("\n")
    base = Specification(path=path, kind="conda list", project=project, group=group)
    specs: list[CondaSpec] = []
    for number, raw in enumerate(lines[:MAX_LINES], 1):
        line = raw.strip()
        if line and not line.startswith(("#", "@")):
            evidence = Evidence(claim="conda package", source=path, line=number, text=line[:300])
            specs.append(_parse_spec(line, evidence))
    done = collect(specs, base)
    requirements = tuple(r.model_copy(update={"group": group}) for r in done.requirements)
    cut = (f"{path}: more than {MAX_LINES} lines, read up to there",) if len(lines) > MAX_LINES else ()
    return done.model_copy(update={"requirements": requirements, "unreadable": cut})


def _parse_spec(line: str, evidence: Evidence) -> CondaSpec:
    if explicit := _EXPLICIT.match(line):
        return translate_spec(f"{explicit['name']}={explicit['version']}={explicit['build']}", evidence)
    if columns := _COLUMNS.match(line):
        if "pypi" in (columns["channel"] or "") or columns["build"].startswith(("pypi", "<pip>")):
            found = parse_requirement(f"{columns['name']}=={columns['version']}", evidence)
            return CondaSpec(requirement=found) if found else CondaSpec(dropped=line[:200])
        return translate_spec(f"{columns['name']}={columns['version']}={columns['build']}", evidence)
    parts = line.split("=")
    if len(parts) == 3 and parts[2].startswith("pypi"):
        found = parse_requirement(f"{parts[0]}=={parts[1]}", evidence)
        return CondaSpec(requirement=found) if found else CondaSpec(dropped=line[:200])
    return translate_spec(line, evidence)
