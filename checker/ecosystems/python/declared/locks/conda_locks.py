"""Reads `conda-lock.yml` and `pixi.lock`, which a tool wrote: line by line, because they are long and regular.

What conda holds need not be on the package index in that very version, so it is a list where nothing else is
stated, and no constraint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.conda import CondaSpec, collect, translate_spec
from checker.ecosystems.python.declared.formats.requirement_line import parse_file_address, parse_requirement
from checker.ecosystems.python.stated import Specification

#: The platform whose entries count: that of the images.
PLATFORM = "linux-64"

_FIELD = re.compile(
    r"^(?:- | {2})(name|version|manager|platform|category|optional): *['\"]?([^'\"\n]*)", re.MULTILINE
)
_CONDA_FILE = re.compile(r"/(?P<name>[^/\s]+)-(?P<version>[^-/\s]+)-(?P<build>[^-/\s]+)\.(?:conda|tar\.bz2)\b")


def _finish(specs: list[CondaSpec], base: Specification) -> Specification:
    """Return a list, or of a lock beside another file the interpreter and what pip installed."""
    done = collect(specs, base)
    if base.kind != "lock":
        return done
    pinned = tuple(r for r in done.requirements if r.evidence.claim == "pip package")
    return base.model_copy(update={"python": done.python, "constraints": pinned})


def _read_conda_lock(text: str, base: Specification) -> Specification:
    """Read the main packages of `conda-lock.yml` (https://conda.github.io/conda-lock/output/) for our platform."""
    blocks = re.split(r"^(?=- name:)", text, flags=re.MULTILINE)[1:]
    specs = []
    for block in blocks:
        told = dict(_FIELD.findall(block))
        if told.get("platform") != PLATFORM or told.get("category", "main").strip() != "main":
            continue
        specs.append(_translate(told["name"], told.get("version", ""), told.get("manager", "conda"), base.path))
    return _finish(specs, base)


def _translate(name: str, version: str, manager: str, path: str) -> CondaSpec:
    name, version = name.strip(), version.strip()
    said = Evidence(claim=f"{manager} package", source=path, text=f"{name} {version}"[:300])
    if manager == "conda":
        return translate_spec(f"{name}={version}=x", said)
    found = parse_requirement(f"{name}=={version.partition('+')[0]}", said)
    return CondaSpec(requirement=found) if found is not None else CondaSpec(dropped=name[:200])


def _read_pixi_lock(text: str, base: Specification) -> Specification:
    """Read the default environment of `pixi.lock` for our platform."""
    head, _, packages = text.partition("\npackages:")
    versions = _list_versions(packages)
    specs = []
    for kind, address in _list_addresses(head):
        file = _CONDA_FILE.search(address)
        if kind == "conda" and file is not None:
            specs.append(_translate(file["name"], file["version"], "conda", base.path))
        elif kind == "pypi":
            name, version = versions.get(address) or parse_file_address(unquote(address)) or ("", "")
            if name:
                specs.append(_translate(name, version, "pip", base.path))
    return _finish(specs, base)


def _list_addresses(head: str) -> Iterator[tuple[str, str]]:
    """Yield (kind, address) of the entries of `environments: default: packages: linux-64:`."""
    trail: list[str] = []
    for line in head.splitlines():
        key = re.match(r"^( *)([\w-]+):\s*$", line)
        if key is not None:
            trail = [*trail[: len(key[1]) // 2], key[2]]
        elif trail == ["environments", "default", "packages", PLATFORM] and (
            entry := re.match(r"^ *- (conda|pypi): (\S+)", line)
        ):
            yield entry[1], entry[2]


def _list_versions(packages: str) -> dict[str, tuple[str, str]]:
    """Return address → (name, version) of the packages that pip installed."""
    found = {}
    for block in re.split(r"^(?=- )", packages, flags=re.MULTILINE):
        told = dict(_FIELD.findall(block))
        address = re.search(r"^(?:- | {2})(?:pypi|url): (\S+)", block, re.MULTILINE)
        if address is not None and "name" in told and "version" in told:
            found[address[1]] = (told["name"], told["version"])
    return found


#: File name → its reader.
READERS: dict[str, Callable[[str, Specification], Specification]] = {
    "conda-lock.yml": _read_conda_lock,
    "conda-lock.yaml": _read_conda_lock,
    "pixi.lock": _read_pixi_lock,
}
