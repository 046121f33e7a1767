"""An entry of a lock, and how several entries of one name are told apart: by markers that exclude one another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import parse_requirement
from checker.ecosystems.python.stated import Requirement


class Pin(Value):
    """An entry of a lock: one version, or an `address` that it comes from, where its `marker` holds.

    One that is not `is_default` is for development alone.
    `python` is what the release supports: of two entries without markers (Poetry 1) the newest that fits counts.
    """

    name: str
    version: str = ""
    address: str = ""
    marker: str = ""
    python: str = ""
    is_default: bool = True


def write_pins(path: str, pins: Iterable[Pin], *, listed: bool) -> tuple[Requirement, ...]:
    """Return the entries as requirements, those of one name with the markers that tell them apart.

    `listed` holds where they are what is to be installed, and no constraints: then every marker counts.
    """
    groups: dict[str, list[Pin]] = {}
    for pin in pins:
        groups.setdefault(canonicalize_name(pin.name), []).append(pin)
    written: dict[str, Requirement] = {}
    for group in groups.values():
        for pin in group if len(group) == 1 else _tell_apart(group):
            found = _write(path, pin, with_marker=listed or len(group) > 1)
            if found is not None:
                written.setdefault(found.text or found.written, found)
    return tuple(written.values())


def _write(path: str, pin: Pin, *, with_marker: bool) -> Requirement | None:
    evidence = Evidence(claim="locked version", source=path, text=f"{pin.name} {pin.version or pin.address}"[:300])
    # A local part (`2.5.1+cpu`) names a build of an index of its own; the plain version fits that build, too.
    asked = pin.address or f"{pin.name}=={pin.version.removeprefix('==').partition('+')[0]}"
    marker = f" ; {pin.marker}" if with_marker and pin.marker else ""
    found = parse_requirement(asked + marker, evidence)
    return found if found is not None and (found.text or found.local) else None


def _tell_apart(pins: Sequence[Pin]) -> Iterator[Pin]:
    """Yield entries of one name, each with a marker; what cannot be told from a newer one is left out."""
    marked = [pin for pin in pins if pin.marker]
    yield from marked
    below: str | None = None
    for pin in sorted((pin for pin in pins if not pin.marker), key=_read_version, reverse=True):
        if below == "" or (marked and not pin.python):
            return
        try:
            own = SpecifierSet(pin.python)
        except InvalidSpecifier:
            own = SpecifierSet()
        lowest = max((s.version for s in own if s.operator in {">=", "=="}), key=_to_version, default="")
        wanted = own if below is None else own & SpecifierSet(f"<{below}")
        yield pin.model_copy(update={"marker": _write_marker(wanted)})
        below = lowest.removesuffix(".*")


def _read_version(pin: Pin) -> Version:
    return _to_version(pin.version)


def _to_version(text: str) -> Version:
    try:
        return Version(text.removesuffix(".*").removeprefix("=="))
    except InvalidVersion:
        return Version("0")


_PART = re.compile(r"(<=|>=|<|>|!=|==)(\d[\w.]*)")


def _write_marker(wanted: SpecifierSet) -> str:
    parts = (_PART.fullmatch(str(part)) for part in wanted)
    return " and ".join(sorted(f"python_full_version {part[1]} '{part[2]}'" for part in parts if part is not None))
