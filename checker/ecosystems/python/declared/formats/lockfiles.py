"""Reads lock files: the author's exact versions, used as constraints only."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator

from packaging.requirements import Requirement as Parsed
from packaging.utils import canonicalize_name

from checker.core.json_text import parse_json
from checker.core.tree import MAX_TEXT, Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import parse, parse_requirement
from checker.ecosystems.python.declared.formats.toml import get_table, read_toml
from checker.ecosystems.python.stated import Requirement, Specification, Strength
from checker.ecosystems.python.version_statement import statement

#: Packages of one lock file that are read.
MAX_PACKAGES = 2_000

Pins = Iterator[tuple[str, str]]


def read_lock(tree: Tree, path: str) -> Specification | None:
    """Read a lock file into constraints, one pin a package; None for an unknown kind."""
    name = posixpath.basename(path)
    reader = LOCK_FILES.get(name)
    if reader is None:
        return None
    base = Specification(path=path, kind="lock", project=posixpath.dirname(path) or ".")
    text = tree.read(path)
    if tree.size(path) > MAX_TEXT:
        return base.model_copy(update={"unreadable": (f"{path}: longer than {MAX_TEXT} bytes, not read",)})
    data = _parse(name, text)
    if isinstance(data, str):
        return base.model_copy(update={"unreadable": (f"{path}: {data}",)})
    constraints: dict[str, Requirement] = {}
    for package, version in reader(data):
        if len(constraints) >= MAX_PACKAGES:
            break
        evidence = Evidence(claim="locked version", source=path, text=f"{package} {version}"[:300])
        # A local part (`2.5.1+cpu`) names a build of an index of its own; the plain version fits that build, too.
        found = parse_requirement(f"{package}=={version.removeprefix('==').partition('+')[0]}", evidence)
        if found is not None and found.text:
            constraints.setdefault(found.name, found)
    python = statement(_read_python(data), Strength.PINNED, Evidence(claim="locked interpreter", source=path))
    return base.model_copy(
        update={"constraints": tuple(constraints.values()), "python": (python,) if python else ()}
    )


def find_contradiction(lock: Specification, specifications: Iterable[Specification]) -> Evidence | None:
    """Return the pin of a lock that a file beside it does not allow; None where the lock fits.

    Such a lock is left over from an earlier state of the specification; its own tool refuses it as well.
    """
    pins = {canonicalize_name(pin.name): pin for pin in lock.constraints}
    for wanted in (r for spec in specifications if spec.kind not in _NO_FILES for r in spec.runtime):
        pin, asked = pins.get(canonicalize_name(wanted.name)), parse(wanted.text)
        if pin is None or asked is None or asked.url or asked.marker is not None:
            continue
        version = next((spec.version for spec in Parsed(pin.text).specifier), "")
        if version and not asked.specifier.contains(version, prereleases=True):
            claim = f"{lock.path} is left out: {pin.text} contradicts {wanted.text}"
            return wanted.evidence.model_copy(update={"claim": claim[:300]})
    return None


_NO_FILES = frozenset({"lock", "readme"})


def _parse(name: str, text: str) -> dict[str, object] | str:
    if name != "Pipfile.lock":
        return read_toml(text)
    try:
        data = parse_json(text)
    except ValueError as error:
        return str(error)[:200]
    return data if isinstance(data, dict) else "no lock file"


def _read_python(data: dict[str, object]) -> str:
    places = [
        data.get("requires-python"),
        get_table(data, "metadata").get("python-versions"),
        get_table(data, "metadata").get("requires_python"),
        get_table(data, "_meta", "requires").get("python_version"),
    ]
    return next((place for place in places if isinstance(place, str)), "")


def _read_packages(data: dict[str, object], key: str) -> Pins:
    packages = data.get(key)
    for package in packages if isinstance(packages, list) else ():
        entry = get_table(package)
        name, version = entry.get("name"), entry.get("version")
        if isinstance(name, str) and isinstance(version, str) and not _is_elsewhere(entry):
            yield name, version


#: Keys of a source that is no index (uv's `source`; PDM, pylock and Pipenv: the entry itself), Poetry's types.
_ELSEWHERE = frozenset(
    {"git", "path", "directory", "file", "url", "editable", "virtual", "vcs", "archive", "hg", "svn"}
)


def _is_elsewhere(entry: dict[str, object]) -> bool:
    """Whether a locked package came from a repository, a folder or an address: no index need have its version."""
    source = get_table(entry, "source")
    return not _ELSEWHERE.isdisjoint({*entry, *source, str(source.get("type", ""))})


def _read_toml_packages(data: dict[str, object]) -> Pins:
    return _read_packages(data, "package")


def _read_pylock_packages(data: dict[str, object]) -> Pins:
    return _read_packages(data, "packages")


def _read_pipenv_packages(data: dict[str, object]) -> Pins:
    for section in ("default", "develop"):
        for name, entry in get_table(data, section).items():
            version = get_table(entry).get("version")
            if isinstance(version, str) and not _is_elsewhere(get_table(entry)):
                yield name, version


#: File name → how its packages are listed.
LOCK_FILES: dict[str, Callable[[dict[str, object]], Pins]] = {
    "poetry.lock": _read_toml_packages,
    "uv.lock": _read_toml_packages,
    "pdm.lock": _read_toml_packages,
    "pylock.toml": _read_pylock_packages,
    "Pipfile.lock": _read_pipenv_packages,
}
