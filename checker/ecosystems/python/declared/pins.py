"""Reads the exact versions that requirement lines pin, and compares two of them for conflicts."""

from __future__ import annotations

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.stated import Requirement


def find_pin(found: Requirement) -> Version | None:
    """Return the version that an unconditional line pins, the least of `1.7.*`; None without one."""
    parsed = parse(found.text)
    if parsed is None or parsed.url or parsed.marker:
        return None
    pin = next((item for item in parsed.specifier if item.operator == "=="), None)
    try:
        return None if pin is None else Version(pin.version.removesuffix(".*"))
    except InvalidVersion:
        return None


def exclude(one: Requirement, other: Requirement) -> bool:
    """Whether two lines pin versions of which neither lets the other through."""
    mine, theirs = find_pin(one), find_pin(other)
    if mine is None or theirs is None:
        return False
    return not (_read_specifier(one).contains(theirs) or _read_specifier(other).contains(mine))


def _read_specifier(found: Requirement) -> SpecifierSet:
    parsed = parse(found.text)
    return SpecifierSet() if parsed is None else parsed.specifier
