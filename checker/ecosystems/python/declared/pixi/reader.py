"""Reads what pixi has installed: `pixi.toml`, or `[tool.pixi]` of a `pyproject.toml`.

What belongs to a feature is a group of that name; the features of the default environment are part of what every
installation needs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.variables import Variable, keep_stated
from checker.ecosystems.python.declared.formats.conda import CondaSpec, collect, translate_spec
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml
from checker.ecosystems.python.declared.pixi.manifest import FEATURE, list_features, list_tables, read_activation
from checker.ecosystems.python.stated import Option, Requirement, Specification

Locate = Callable[[str, str], Evidence]


def read_pixi(tree: Tree, path: str) -> Specification:
    """Read a `pixi.toml`; problems are listed, never raised."""
    text = tree.read(path)
    base = Specification(path=path, kind="pixi", project=posixpath.dirname(path) or ".")
    data = read_toml(text)
    if isinstance(data, str):
        return base.model_copy(update={"unreadable": (f"{path}: {data}",)})

    def locate(claim: str, needle: str) -> Evidence:
        key = re.search(rf"^[\"']?{re.escape(needle)}[\"']?\s*=", text, re.MULTILINE)
        at = key.start() if key else max(text.find(needle), 0)
        line = text.count("\n", 0, at) + 1
        return Evidence(claim=claim, source=path, line=line, text=text.split("\n")[line - 1].strip()[:300])

    return merge(tree, base, data, locate)


def merge(tree: Tree, base: Specification, manifest: Table, locate: Locate) -> Specification:
    """Add what a manifest says to a specification."""
    default = list_features(manifest, "default")
    found = base
    for feature in ("", *get_table(manifest, "feature")):
        group = None if feature in ("", *default) else f"{FEATURE}{feature}"
        found = _add_feature(tree, found, manifest, (feature, group), locate)
    channels = get_table(manifest, "workspace").get("channels", get_table(manifest, "project").get("channels"))
    return found.model_copy(
        update={
            "channels": (*found.channels, *list_strings(channels)),
            "options": (*found.options, *_read_options(manifest, locate)),
            "variables": (*found.variables, *_read_variables(manifest, ("", *default), locate)),
        }
    )


def _add_feature(
    tree: Tree, base: Specification, manifest: Table, feature: tuple[str, str | None], locate: Locate
) -> Specification:
    name, group = feature
    tables = list_tables(manifest, name, "dependencies")
    pairs = [(key, _read_version(value)) for table in tables for key, value in table.items()]
    specs = [translate_spec(f"{key} {version}".strip(), locate("conda package", key)) for key, version in pairs]
    requirements = [spec.requirement for spec in specs if spec.requirement]
    for table in list_tables(manifest, name, "pypi-dependencies"):
        requirements += _read_pypi(tree, base.project, table, locate)
    if group is not None:
        fields = {"group": f"extra:{group}", "listed": group}
        return base.model_copy(
            update={"requirements": (*base.requirements, *(r.model_copy(update=fields) for r in requirements))}
        )
    others = [spec for spec in specs if not spec.requirement]
    return collect([*(CondaSpec(requirement=found) for found in requirements), *others], base)


def _read_version(value: object) -> str:
    version = value if isinstance(value, str) else get_table(value).get("version", "*")
    return "" if version == "*" else str(version)


def _read_pypi(tree: Tree, folder: str, table: Table, locate: Locate) -> Iterator[Requirement]:
    for name, value in table.items():
        found = parse_requirement(
            _write_line(name, value),
            locate("requirement", name),
            folder=folder,
            exists=lambda path: path in tree.folders or path in tree,
        )
        if found is not None:
            yield found


def _write_line(name: str, value: object) -> str:
    entry = get_table(value)
    extras = list_strings(entry.get("extras"))
    named = f"{name}[{','.join(extras)}]" if extras else name
    if isinstance(path := entry.get("path"), str):
        return f"{named} @ {path if path.startswith(('.', '/')) else './' + path}"
    if isinstance(git := entry.get("git"), str):
        rev = next((f"@{entry[key]}" for key in ("rev", "tag", "branch") if isinstance(entry.get(key), str)), "")
        below = f"#subdirectory={entry['subdirectory']}" if isinstance(entry.get("subdirectory"), str) else ""
        return f"{named} @ git+{git}{rev}{below}"
    if isinstance(url := entry.get("url"), str):
        return f"{named} @ {url}"
    version = _read_version(value)
    return f"{named}{'==' if version[:1].isdigit() else ''}{version}"


def _read_options(manifest: Table, locate: Locate) -> Iterator[Option]:
    table = get_table(manifest, "pypi-options")
    urls = [*list_strings(table.get("index-url")), *list_strings(table.get("extra-index-urls"))]
    yield from (Option(name="extra-index-url", value=url, evidence=locate("index", url)) for url in urls)


def _read_variables(manifest: Table, features: tuple[str, ...], locate: Locate) -> Iterator[Variable]:
    """Yield what activating the default environment sets."""
    kept = keep_stated(read_activation(manifest, features))
    yield from (Variable(name=n, value=v, evidence=locate("environment variable", n)) for n, v in kept)
