"""Reads `Pipfile`, whose tables resemble Poetry's and whose versions are pip's."""

from __future__ import annotations

import posixpath

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.declared.formats.toml import Table, get_table, read_toml
from checker.ecosystems.python.stated import Option, PythonStatement, Requirement, Specification, Strength
from checker.ecosystems.python.version_statement import statement

_SECTIONS = (("packages", None), ("dev-packages", "dev"))


def read_pipfile(tree: Tree, path: str) -> Specification | None:
    """Read a `Pipfile`.

    Source: the Pipenv documentation, "Pipfile & Pipfile.lock".
    """
    text = tree.read(path)
    folder = posixpath.dirname(path) or "."
    base = Specification(path=path, kind="pipfile", project=folder)
    data = read_toml(text)
    if isinstance(data, str):
        return base.model_copy(update={"unreadable": (f"{path}: {data}",)})
    requirements: list[Requirement] = []
    for section, group in _SECTIONS:
        for name, wanted in get_table(data, section).items():
            found = parse_requirement(
                _write_line(name, wanted), _make_evidence(path, text, name), group=group, folder=folder
            )
            if found is not None:
                requirements.append(found.model_copy(update={"listed": group or ""}))
    sources = data.get("source")
    urls = [get_table(item).get("url") for item in sources] if isinstance(sources, list) else []
    options = [
        Option(name="index-url", value=u, evidence=_make_evidence(path, text, u))
        for u in urls
        if isinstance(u, str)
    ]
    return base.model_copy(
        update={
            "requirements": tuple(requirements),
            "options": tuple(options),
            "python": _read_python(path, text, data),
            "installs_project": any(r.local == folder for r in requirements),
        }
    )


def _write_line(name: str, wanted: object) -> str:
    entry = get_table(wanted)
    version = wanted if isinstance(wanted, str) else entry.get("version", "*")
    extras = entry.get("extras")
    listed = f"[{','.join(map(str, extras))}]" if isinstance(extras, list) and extras else ""
    if isinstance(git := entry.get("git"), str):
        ref = f"@{entry['ref']}" if isinstance(entry.get("ref"), str) else ""
        return f"{name}{listed} @ git+{git}{ref}"
    if isinstance(path := entry.get("path") or entry.get("file"), str):
        here = path if path.startswith((".", "/")) or "://" in path else f"./{path}"
        return f"{name}{listed} @ {here}" if here not in {".", "./"} else f"{here}{listed}"
    marker = f"; {entry['markers']}" if isinstance(entry.get("markers"), str) else ""
    text = "" if version in {"*", ""} else str(version)
    return f"{name}{listed}{'==' + text if text[:1].isdigit() else text}{marker}"


def _make_evidence(path: str, text: str, needle: str) -> Evidence:
    at = max(text.find(needle), 0)
    line = text.count("\n", 0, at) + 1
    return Evidence(claim="requirement", source=path, line=line, text=text.split("\n")[line - 1].strip()[:300])


def _read_python(path: str, text: str, data: Table) -> tuple[PythonStatement, ...]:
    wanted = get_table(data, "requires")
    version = wanted.get("python_version") or wanted.get("python_full_version")
    if not isinstance(version, str):
        return ()
    said = statement(version, Strength.PINNED, _make_evidence(path, text, "python_"))
    return (said,) if said else ()
