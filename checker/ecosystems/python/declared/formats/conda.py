"""Translates conda's package specs, environment files and package lists to pip's requirements."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.variables import Variable, keep_stated
from checker.ecosystems.instructions.yaml import Node, Text, YamlProblem, load, read_mapping, read_sequence
from checker.ecosystems.python.declared.formats import conda_names
from checker.ecosystems.python.declared.formats.requirement_line import parse, parse_requirement
from checker.ecosystems.python.declared.formats.requirements import read_lines
from checker.ecosystems.python.stated import PythonStatement, Requirement, Specification, Strength, SystemPackage
from checker.ecosystems.python.version_statement import statement

_SPEC = re.compile(
    r"^(?:(?P<channel>[^\s:]+)::)?(?P<name>[A-Za-z0-9_][\w.-]*)\s*"
    r"(?:\[(?P<bracket>[^\]]*)\]|(?P<version>[=<>!~ ].*)?)$"
)
_BRACKET_VERSION = re.compile(r"version\s*=\s*['\"]?([^'\",\]]+)")


class CondaSpec(Value):
    """What one conda spec asks for, translated; exactly one of the fields besides `channel` is set."""

    requirement: Requirement | None = None
    python: PythonStatement | None = None
    system_packages: tuple[SystemPackage, ...] = ()
    dropped: str | None = None
    channel: str | None = None


def translate_version(version: str) -> str:
    """Translate conda's version to PEP 440 specifiers; '' for any.

    `=1.2` is `==1.2.*`; `=1.2.3`, as an export without builds writes it, and `1.2=build` are exact.
    """
    version = version.strip().split("|", maxsplit=1)[0]
    exact = re.match(
        r"^(?:==\s*|=\s*|\s*)(?P<version>\d[\w.!+]*)(?P<star>\.?\*)?(?P<build>\s*=\s*\S+|\s+\S+)?$", version
    )
    if exact:
        if not _is_version(exact["version"]):
            return ""
        number = exact["version"].rstrip(".")
        single = version.startswith("=") and not version.startswith("==") and not exact["build"]
        fuzzy = exact["star"] or (single and number.count(".") < 2)
        return f"=={number}.*" if fuzzy and "+" not in number else f"=={number}"
    parts = [re.sub(r"^([<>]=?\s*[\d.]+?)\.?\*$", r"\1", part.strip()) for part in version.split(",")]
    parts = [part if re.match(r"[<>=!~]", part) else f"=={part}" for part in parts if part and part != "*"]
    parts = [re.sub(r"^=(?!=)", "==", part) for part in parts]
    return ",".join(part.replace(" ", "") for part in parts)


def _is_version(text: str) -> bool:
    try:
        Version(text.rstrip("."))
    except InvalidVersion:
        return False
    return True


def translate_spec(text: str, evidence: Evidence) -> CondaSpec:
    """Translate one conda spec (`pytorch::pytorch=1.7.0=py3.8_cuda`, `numpy>=1.2`)."""
    text = text.strip().strip("\"'")
    found = _SPEC.match(text)
    if not found:
        return CondaSpec(dropped=text[:200])
    name, channel = found["name"].lower(), found["channel"]
    version = found["version"] or ""
    if found["bracket"] and (inner := _BRACKET_VERSION.search(found["bracket"])):
        version = inner[1]
    if name in {"python", "pypy"}:
        exact = re.sub(r"^=+\s*|\s?=\s*\w+$", "", version).strip() if re.match(r"=", version) else version
        return CondaSpec(python=statement(exact, Strength.PINNED, evidence), channel=channel, dropped=None)
    if system := conda_names.find_system_packages(name):
        packages = tuple(SystemPackage(name=package, evidence=evidence) for package in system)
        return CondaSpec(system_packages=packages, channel=channel)
    distribution = conda_names.find_distribution(name)
    if distribution is None:
        return CondaSpec(dropped=text[:200], channel=channel)
    return _translate_distribution(distribution, version, text, evidence).model_copy(update={"channel": channel})


def _translate_distribution(name: str, version: str, written: str, evidence: Evidence) -> CondaSpec:
    wanted = translate_version(version)
    if conda_names.has_longer_versions(name) and wanted.startswith("==") and not wanted.endswith("*"):
        wanted += ".*"
    parsed = parse(f"{name}{wanted}")
    notes: tuple[str, ...] = ()
    if parsed is None:
        parsed, notes = parse(name), (f"version {version.strip()} dropped",)
    if parsed is None:
        return CondaSpec(dropped=written[:200])
    found = Requirement(
        text=str(parsed),
        name=canonicalize_name(name),
        written=written,
        evidence=evidence,
        notes=notes,
    )
    return CondaSpec(requirement=found)


def collect(specs: list[CondaSpec], base: Specification) -> Specification:
    """Add translated specs to a specification."""
    channels = [*base.channels, *(spec.channel for spec in specs if spec.channel)]
    return base.model_copy(
        update={
            "requirements": _deduplicate((*base.requirements, *(s.requirement for s in specs if s.requirement))),
            "python": (*base.python, *(s.python for s in specs if s.python)),
            "system_packages": (*base.system_packages, *(p for s in specs for p in s.system_packages)),
            "dropped": (*base.dropped, *(s.dropped for s in specs if s.dropped)),
            "channels": tuple(dict.fromkeys(channels)),
        }
    )


def _deduplicate(requirements: tuple[Requirement, ...]) -> tuple[Requirement, ...]:
    """Keep one requirement a name where conda splits a package (`opencv` and `py-opencv`): the most exact."""
    kept: dict[str, Requirement] = {}
    for item in requirements:
        key = item.name or item.written
        if key not in kept or ("==" in item.text and "==" not in kept[key].text):
            kept[key] = item
    return tuple(kept.values())


def read_environment(tree: Tree, path: str, project: str) -> Specification | None:
    """Read an environment file; None where the YAML is something else."""
    base = Specification(path=path, kind="conda", project=project)
    text = tree.read(path)
    try:
        root = read_mapping(load(text))
    except YamlProblem as problem:
        if not re.search(r"^dependencies:", text, re.MULTILINE):
            return None
        salvaged = _read_line_by_line(text, path, base)
        return salvaged.model_copy(update={"unreadable": (f"{path}: {problem}",)})
    entries = read_sequence(root.get("dependencies"))
    if "dependencies" not in root or not (entries or "channels" in root or "name" in root):
        return None
    channels = tuple(str(item) for item in read_sequence(root.get("channels")) if isinstance(item, Text))
    variables = tuple(_read_variables(path, root.get("variables")))
    return _read_entries(
        tree, path, entries, base.model_copy(update={"channels": channels, "variables": variables})
    )


def _read_variables(path: str, node: Node | None) -> Iterator[Variable]:
    """Yield what conda sets wherever the environment is active."""
    for name, value in read_mapping(node).items():
        for _, kept in keep_stated([(name, str(value))]) if isinstance(value, Text) else ():
            evidence = Evidence(
                claim="a variable of the environment",
                source=path,
                line=value.line if isinstance(value, Text) else None,
                text=f"{name}: {value}"[:300],
            )
            yield Variable(name=name, value=kept, evidence=evidence)


#: Lines of a recipe that hold for another platform, or are templates' own: `- pywin32  # [win]`.
_ELSEWHERE = re.compile(r"#\s*\[\s*(?:win|osx|not linux|not unix)\b|^\s*\{%")
_TEMPLATE = re.compile(r"\{\{[^{}]{0,500}\}\}")


def read_recipe(tree: Tree, path: str) -> Specification | None:
    """Read what a conda recipe (`meta.yaml`) needs at run time, without its templates; None for nothing.

    Source: the conda-build documentation, "Defining metadata (meta.yaml)".
    """
    rows = (row if not _ELSEWHERE.search(row) else "" for row in tree.read(path).split("\n"))
    try:
        root = read_mapping(load("\n".join(_TEMPLATE.sub("x", row) for row in rows)))
    except YamlProblem:
        return None
    needed = [
        item for item in read_sequence(read_mapping(root.get("requirements")).get("run")) if isinstance(item, Text)
    ]
    specs = [translate_spec(item, _make_evidence(path, item)) for item in needed if item != "x"]
    return collect(specs, Specification(path=path, kind="conda recipe")) if specs else None


def _read_entries(tree: Tree, path: str, entries: list[Node], base: Specification) -> Specification:
    specs: list[CondaSpec] = []
    pip: list[tuple[int, str]] = []
    for entry in entries:
        if isinstance(entry, Text):
            specs.append(translate_spec(entry, _make_evidence(path, entry)))
        for item in read_sequence(read_mapping(entry).get("pip")):
            if isinstance(item, Text):
                pip.extend((item.line, line) for line in item.splitlines() or [""])
    lines = read_lines(tree, path, pip, folder=posixpath.dirname(path) or ".")
    merged = collect(specs, base)
    return merged.model_copy(
        update={
            "requirements": _deduplicate((*merged.requirements, *lines.requirements)),
            "constraints": lines.constraints,
            "options": lines.options,
            "included": lines.included,
            "unreadable": lines.unreadable,
            "installs_project": lines.installs_project,
            "python": (*merged.python, *lines.python),
        }
    )


def _make_evidence(path: str, text: Text) -> Evidence:
    return Evidence(claim="conda package", source=path, line=text.line, text=str(text)[:300])


def _read_line_by_line(text: str, path: str, base: Specification) -> Specification:
    """Read the list items of an environment file with broken YAML, line by line."""
    specs: list[CondaSpec] = []
    pip: list[Requirement] = []
    in_pip = False
    for number, line in enumerate(text.splitlines(), 1):
        item = re.match(r"^\s*-\s+([A-Za-z0-9_](?:[^#]*[^#\s])?)\s*$", line)
        if not item:
            continue
        if item[1].rstrip().endswith(":"):
            in_pip = item[1].startswith("pip")
            continue
        evidence = Evidence(claim="conda package", source=path, line=number, text=line.strip()[:300])
        if in_pip:
            pip.extend(filter(None, [parse_requirement(item[1], evidence)]))
        elif re.search(r"[=<>]", item[1]):
            specs.append(translate_spec(item[1], evidence))
    done = collect(specs, base)
    return done.model_copy(update={"requirements": _deduplicate((*done.requirements, *pip))})
