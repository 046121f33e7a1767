"""Golden plans: what is detected and planned for every example tree, as readable YAML.

`make plans` (this file as a program) writes the snapshots again and prints the names of those that changed.
"""

from __future__ import annotations

import json
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from checker.core.tree import Tree
from checker.ecosystems.base import Facts
from checker.ecosystems.registry import ALL

EXAMPLES = Path(__file__).parents[2] / "examples"
SNAPSHOTS = Path(__file__).with_name("snapshots")

#: When code was last changed where neither table of dates says it, and the day of the check.
CODE_DATE, TODAY = date(2021, 6, 1), date(2026, 12, 1)
INTERPRETERS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")

#: What says nothing of its own: it follows from other fields, or is the same in every plan.
LEFT_OUT = frozenset(
    {"collect", "ecosystem", "interpreter_evidence", "name", "network", "program", "required", "seconds", "way"}
)
#: Characters of a word that shares its line with others: versions, folders.
SHORT = 8

FIXED_ENV = frozenset({"CPPFLAGS", "UV_EXCLUDE_NEWER"})


# ---------------------------------------------------------------- trees


def trees() -> dict[str, Path]:
    """Return every example tree by its name: `plans/poetry`, `repositories/tidal-lab/rank-means`."""
    folders = [*EXAMPLES.glob("plans/*/"), *EXAMPLES.glob("repositories/*/*/"), *EXAMPLES.glob("hostile/*/")]
    return {path.relative_to(EXAMPLES).as_posix(): path for path in sorted(folders)}


def code_date(name: str) -> datetime:
    """Return when the code of a tree was last changed."""
    kind, _, tree = name.partition("/")
    return datetime.combine(_dates(kind).get(tree, CODE_DATE), time(), UTC)


@cache
def _dates(kind: str) -> Mapping[str, date]:
    if kind == "plans":
        return _read(EXAMPLES / "plans" / "dates.toml")
    if kind == "repositories":
        commits = _read(EXAMPLES / "repositories" / "history.toml")["commits"]
        return {name: datetime.fromisoformat(said).date() for name, said in commits.items()}
    return {}


def _read(path: Path) -> Any:
    return tomllib.loads(path.read_text("utf-8"))


# ---------------------------------------------------------------- rendering


def render(name: str) -> str:
    """Return what the checker makes of a tree: what it detects, the first plan, how the second differs."""
    detection, plans = plan(name)
    found: dict[str, Any] = {"detection": detection and compact(detection)}
    first: dict[str, Any] = {}
    for made in plans:
        shown = compact({**made, "files": []}) | _files(made)
        key = made["way"] if made["project"] == "." else f"{made['way']} of {made['project']}"
        found[key] = difference(first, shown)
        first = first or shown
    return yaml.dump(found, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=110)


def plan(name: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Detect and plan as a check does: the only lines here that know how ecosystems are called."""
    tree = Tree(trees()[name])
    today = datetime.combine(TODAY, time(), UTC)
    runtimes = (("python", INTERPRETERS),)
    facts = Facts(repository=name, code_date=code_date(name), today=today, runtimes=runtimes)
    projects = [project for each in ALL if (project := each.open(tree, facts)) is not None]
    if not projects:
        return None, []
    project = max(projects, key=lambda each: each.detection.files)
    plans = [made.model_dump(mode="json") for made in project.make_plans()]
    return project.detection.model_dump(mode="json"), plans


def compact(value: Any) -> Any:
    """Return a dumped value without its empty fields; evidence and steps are one line each."""
    if isinstance(value, dict) and {"claim", "source"} <= value.keys():
        place = f"{value['source']}:{value['line']}" if value["line"] else value["source"]
        return f"{value['claim']} ({place})" + (f": {value['text']}" if value["text"] else "")
    if isinstance(value, dict) and "argv" in value:
        rest = {k: v for k, v in value.items() if k not in ("phase", "argv") and (k, v) != ("cwd", ".")}
        rest["env"] = [pair for pair in value["env"] if pair[0] not in FIXED_ENV]
        return {value["phase"]: command(value["argv"])} | compact(rest)
    if isinstance(value, dict):
        fields = {key: compact(item) for key, item in value.items() if key not in LEFT_OUT}
        return {
            key: item
            for key, item in fields.items()
            if item not in (None, "", [], {}, False) and (key, item) != ("project", ".")
        }
    if isinstance(value, list) and value and all(_is_pair(item) for item in value):
        return dict(value)
    return [compact(item) for item in value] if isinstance(value, list) else value


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(item, str) for item in value)


def difference(first: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan says otherwise than the first one, or adds to it."""
    found: dict[str, Any] = {}
    for field in dict.fromkeys([*first, *then]):
        before, after = first.get(field), then.get(field)
        if isinstance(before, list) and isinstance(after, list) and before != after:
            added, dropped = [x for x in after if x not in before], [x for x in before if x not in after]
            changes = {"added": added, "dropped": dropped}
            found[field] = {key: lines for key, lines in changes.items() if lines} or {"now": after}
        elif before != after:
            found[field] = after
    return found


def command(argv: list[str]) -> str:
    """Return a command as it would be typed, without the program that watches it."""
    watched = argv[argv.index("--") + 1 :] if "--" in argv and "/checker/probes/" in argv[1] else argv
    return shlex.join(watched).replace("/env/venv/bin/", "").replace("/checker/files/", "")


def _files(plan: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the files hold that the sandbox is given; the resolver's input repeats the requirements."""
    files = dict(plan["files"])
    files.pop("requirements.in", None)
    imports = json.loads(files.pop("imports.json", "{}"))
    shown = {"imports": list(_imports(imports)), "import_path": imports.get("path", [])}
    shown |= {name: f"{len(text.splitlines())} lines" for name, text in files.items()}
    return {name: value for name, value in shown.items() if value not in ([], ["/code/src"])}


def _imports(imports: Mapping[str, Any]) -> Iterator[str]:
    for module in imports.get("modules", []):
        words = [word for word, said in (("own", module["own"]), ("optional", not module["required"])) if said]
        yield module["name"] + (f" ({', '.join(words)})" if words else "")


class _Readable(yaml.SafeDumper):
    """Writes lists indented below their key, those of short words in one line, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_list(self, data: list[Any]) -> yaml.Node:
        in_one_line = all(isinstance(item, str) and len(item) <= SHORT for item in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=in_one_line)


_Readable.add_representer(list, _Readable.represent_list)


# ---------------------------------------------------------------- snapshots


def snapshot_path(name: str) -> Path:
    """Return where the snapshot of a tree is kept."""
    return SNAPSHOTS / f"{name.replace('/', '.')}.yaml"


def superfluous() -> list[Path]:
    """Return the snapshots that no tree has."""
    return sorted(set(SNAPSHOTS.glob("*")) - {snapshot_path(name) for name in trees()})


def write_all() -> None:
    """Write every snapshot again, and say what changed."""
    SNAPSHOTS.mkdir(exist_ok=True)
    changed = 0
    for name in trees():
        path, text = snapshot_path(name), render(name)
        before = path.read_text("utf-8") if path.exists() else None
        if before != text:
            path.write_text(text, "utf-8")
            changed += 1
            print("new:    " if before is None else "changed:", name)
    for path in superfluous():
        path.unlink()
        changed += 1
        print("removed:", path.stem)
    print(f"{len(trees())} plans, {changed} changed")


if __name__ == "__main__":
    write_all()
