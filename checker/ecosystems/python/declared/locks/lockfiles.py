"""Reads lock files: exact versions, used as constraints, or as the list where nothing else is stated."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator

from packaging.markers import InvalidMarker, Marker, UndefinedEnvironmentName
from packaging.requirements import Requirement as Parsed
from packaging.utils import canonicalize_name

from checker.core.tree import MAX_TEXT, Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.declared.formats.toml import Table, get_table, list_strings, read_toml
from checker.ecosystems.python.declared.locks import conda_locks
from checker.ecosystems.python.declared.locks.pins import Pin, write_pins
from checker.ecosystems.python.stated import Specification, Strength
from checker.ecosystems.python.version_statement import statement

#: Packages of one lock file that are read.
MAX_PACKAGES = 2_000

Pins = Iterator[Pin]

#: Names of PEP 751's files.
_PYLOCK = re.compile(r"pylock(?:\.[^.]+)?\.toml")


def is_lock(name: str) -> bool:
    """Whether a file of this name is a lock."""
    return name in _READERS or name in conda_locks.READERS or _PYLOCK.fullmatch(name) is not None


def is_list_by_itself(path: str) -> bool:
    """Whether tools install from a lock of this name without the file that it was made from."""
    name = posixpath.basename(path)
    return name.startswith("conda-lock.") or _PYLOCK.fullmatch(name) is not None


def read_lock(tree: Tree, path: str, *, listed: bool = False) -> Specification | None:
    """Read a lock file into constraints, or into requirements (`listed`); None for an unknown kind."""
    name = posixpath.basename(path)
    kind = "locked list" if listed else "lock"
    base = Specification(path=path, kind=kind, project=posixpath.dirname(path) or ".")
    text = tree.read(path)
    if not is_lock(name):
        return None
    if tree.size(path) > MAX_TEXT:
        return base.model_copy(update={"unreadable": (f"{path}: longer than {MAX_TEXT} bytes, not read",)})
    if name in conda_locks.READERS:
        return conda_locks.READERS[name](text, base)
    data = _parse(name, text)
    if isinstance(data, str):
        return base.model_copy(update={"unreadable": (f"{path}: {data}",)})
    reader = _READERS.get(name, _read_pylock)
    wanted = (pin for pin in reader(data) if pin.is_default or not listed)
    pins = [pin for pin in wanted if pin.version or (listed and pin.address)][:MAX_PACKAGES]
    python = statement(_read_python(data), Strength.PINNED, Evidence(claim="locked interpreter", source=path))
    field = "requirements" if listed else "constraints"
    found = write_pins(path, pins, listed=listed)
    return base.model_copy(update={field: found, "python": (python,) if python else ()})


def find_contradiction(lock: Specification, specifications: Iterable[Specification]) -> Evidence | None:
    """Return the pin of a lock that a file beside it does not allow; None where the lock fits.

    Such a lock is left over from an earlier state of the specification; its own tool refuses it as well.
    """
    pins: dict[str, list[str]] = {}
    for pin in lock.constraints:
        pins.setdefault(canonicalize_name(pin.name), []).append(pin.text)
    for wanted in (r for spec in specifications if spec.kind not in _NO_FILES for r in spec.runtime):
        held, asked = pins.get(canonicalize_name(wanted.name), []), parse(wanted.text)
        if not held or asked is None or asked.url or asked.marker is not None:
            continue
        versions = [spec.version for text in held for spec in Parsed(text).specifier]
        if versions and not any(asked.specifier.contains(version, prereleases=True) for version in versions):
            claim = f"{lock.path} is left out: {held[0]} contradicts {wanted.text}"
            return wanted.evidence.model_copy(update={"claim": claim[:300]})
    return None


_NO_FILES = frozenset({"lock", "readme"})


def _parse(name: str, text: str) -> Table | str:
    if name != "Pipfile.lock":
        return read_toml(text)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        return str(error)[:200]
    return data if isinstance(data, dict) else "no lock file"


def _read_python(data: Table) -> str:
    places = [
        data.get("requires-python"),
        get_table(data, "metadata").get("python-versions"),
        get_table(data, "metadata").get("requires_python"),
        get_table(data, "_meta", "requires").get("python_version"),
    ]
    return next((place for place in places if isinstance(place, str)), "")


#: Keys of a source that is no index (uv's `source`; PDM, pylock and Pipenv: the entry itself), Poetry's types.
_ELSEWHERE = frozenset(
    {"git", "path", "directory", "file", "url", "editable", "virtual", "vcs", "archive", "hg", "svn"}
)


def _is_elsewhere(entry: Table) -> bool:
    """Whether a locked package came from a repository, a folder or an address: no index need have its version."""
    source = get_table(entry, "source")
    return not _ELSEWHERE.isdisjoint({*entry, *source, str(source.get("type", ""))})


def _read_packages(data: Table) -> Pins:
    """Read `[[package]]` of uv, Poetry and PDM, which state when an entry counts each in a way of its own."""
    packages = data.get("package")
    for package in packages if isinstance(packages, list) else ():
        entry = get_table(package)
        name, version = entry.get("name"), entry.get("version")
        if isinstance(name, str) and isinstance(version, str) and not _is_elsewhere(entry):
            python = entry.get("python-versions", entry.get("requires_python"))
            yield Pin(name=name, version=version, marker=_read_marker(entry), python=_as_text(python))


def _read_marker(entry: Table) -> str:
    """Return the marker of an entry: one of uv's `resolution-markers`, Poetry's `markers`, or `marker`.

    Poetry has one for each group where they differ; that of its main group counts.
    """
    markers = entry.get("markers", entry.get("marker"))
    if isinstance(markers, dict):
        markers = markers.get("main")
    every = [markers] if isinstance(markers, str) else list_strings(entry.get("resolution-markers"))
    read = [str(marker) for text in every if (marker := _parse_marker(text)) is not None]
    return read[0] if len(read) == 1 else " or ".join(f"({text})" for text in read)


def _parse_marker(text: str) -> Marker | None:
    try:
        return Marker(text)
    except InvalidMarker:
        return None


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _read_pylock(data: Table) -> Pins:
    """Read `[[packages]]` of PEP 751; of its extras and groups, those count that are installed by default."""
    packages = data.get("packages")
    groups = frozenset(list_strings(data.get("default-groups")))
    for package in packages if isinstance(packages, list) else ():
        entry = get_table(package)
        name, version, marker = entry.get("name"), entry.get("version"), _read_marker(entry)
        if not isinstance(name, str):
            continue
        if "extras" in marker or "dependency_groups" in marker:
            if not _holds_by_default(marker, groups):
                continue
            marker = ""
        if _is_elsewhere(entry):
            yield Pin(name=name, address=_find_address(name, entry), marker=marker)
        elif isinstance(version, str):
            yield Pin(name=name, version=version, marker=marker)


def _holds_by_default(marker: str, groups: frozenset[str]) -> bool:
    try:
        return Marker(marker).evaluate({"extras": frozenset(), "dependency_groups": groups}, "lock_file")
    except (InvalidMarker, UndefinedEnvironmentName):
        return False


def _find_address(name: str, entry: Table) -> str:
    """Return the line that installs a package of PEP 751 that comes from a repository, a folder or an address."""
    vcs, folder, archive = (get_table(entry, key) for key in ("vcs", "directory", "archive"))
    if isinstance(folder.get("path"), str):
        return f"./{folder['path']}" if folder["path"] != "." else "."
    if isinstance(vcs.get("url"), str):
        below = f"#subdirectory={vcs['subdirectory']}" if isinstance(vcs.get("subdirectory"), str) else ""
        return f"{name} @ {vcs.get('type', 'git')}+{vcs['url']}@{vcs.get('commit-id', 'HEAD')}{below}"
    return f"{name} @ {archive['url']}" if isinstance(archive.get("url"), str) else ""


def _read_pipenv(data: Table) -> Pins:
    for section in ("default", "develop"):
        for name, value in get_table(data, section).items():
            entry = get_table(value)
            version = entry.get("version")
            if isinstance(version, str) and not _is_elsewhere(entry):
                default = section == "default"
                yield Pin(name=name, version=version, marker=_read_marker(entry), is_default=default)
            elif isinstance(git := entry.get("git"), str) and section == "default":
                yield Pin(name=name, address=f"{name} @ git+{git}@{entry.get('ref', 'HEAD')}")
            elif isinstance(path := entry.get("path"), str) and section == "default":
                yield Pin(name=name, address=path if path.startswith(".") else f"./{path}")


#: File name → how its packages are listed; PEP 751 allows several names.
_READERS: dict[str, Callable[[Table], Pins]] = {
    "poetry.lock": _read_packages,
    "uv.lock": _read_packages,
    "pdm.lock": _read_packages,
    "pylock.toml": _read_pylock,
    "Pipfile.lock": _read_pipenv,
}
