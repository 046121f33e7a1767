"""Statements about the interpreter, read from any of the ways in which people write a version."""

from __future__ import annotations

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from checker.core.values.plans import Evidence
from checker.ecosystems.python.stated import Origin, PythonStatement, Strength

_EXACT = re.compile(r"^(?:===?|=)?\s*v?(?P<version>[23]\.\d{1,2})(?P<rest>(?:\.[\dx*]++)*+)[-+\w.]*$")
_MAJOR = re.compile(r"^(?:===?|=)?\s*v?(?P<major>[23])(?:\.[x*])?$")
_SINGLE = re.compile(r"^==\s*(?P<version>[23]\.\d{1,2})(?:\.[\d*]+)?$")


def specifiers(text: str) -> SpecifierSet | None:
    """Read a set of PEP 440 specifiers; None where it is none."""
    try:
        return SpecifierSet(text.replace(" ", ""))
    except InvalidSpecifier:
        return None


def caret(version: str) -> str:
    """Return the PEP 440 form of a caret version: `^1.2.3` allows what leaves the first non-zero part alone.

    Source: Poetry's documentation, "Dependency specification".
    """
    parts = [int(part) for part in re.findall(r"\d+", version)[:3]] or [0]
    first = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
    upper = [*parts[:first], parts[first] + 1]
    return f">={version},<{'.'.join(map(str, upper))}"


def tilde(version: str) -> str:
    """Return the PEP 440 form of a tilde version: `~1.2.3` allows later patches, `~1` later minors."""
    parts = [int(part) for part in re.findall(r"\d+", version)[:3]] or [0]
    upper = [parts[0] + 1] if len(parts) == 1 else [parts[0], parts[1] + 1]
    return f">={version},<{'.'.join(map(str, upper))}"


def plain(text: str) -> str:
    """Return specifiers in PEP 440 form from PEP 440 or Poetry ones (`^3.8`, `~3.8`, `3.8`, `3.*`, `*`)."""
    done = []
    for part in filter(None, re.split(r"(?<!\s)\s*,\s*|\s(?=[<>=!~^])", text.strip().strip("\"'"))):
        bare = part.replace(" ", "")
        if bare == "*":
            continue
        if bare.startswith("^"):
            done.append(caret(bare[1:]))
        elif bare.startswith("~") and not bare.startswith("~="):
            done.append(tilde(bare[1:]))
        elif bare[0].isdigit():
            done.append(f"=={bare}")
        elif bare.startswith("=") and not bare.startswith("=="):
            done.append(f"={bare}")
        else:
            done.append(re.sub(r"^([<>]=?)([\d.]+)\.\*$", r"\1\2", bare))
    return ",".join(done)


def statement(
    text: str, strength: Strength, evidence: Evidence, origin: Origin = Origin.OTHER
) -> PythonStatement | None:
    """Read a version or specifiers of Python; a range is at most a bound, whatever strength is asked for.

    `3.8` and `==3.8.10` name the minor version 3.8; `3` and `>=3` say next to nothing and stay ranges.
    """
    text = text.strip().strip("\"'").removeprefix("python").strip()
    if exact := _EXACT.match(text):
        version = exact["version"]
        return PythonStatement(
            specifier=f"=={version}.*", version=version, strength=strength, evidence=evidence, origin=origin
        )
    if major := _MAJOR.match(text):
        specifier = f"=={major['major']}.*"
        return PythonStatement(specifier=specifier, strength=Strength.WEAK, evidence=evidence, origin=origin)
    found = specifiers(plain(text.split("||", maxsplit=1)[0]))
    if found is None or not len(found):
        return None
    single = _SINGLE.match(str(found))
    if single is None and strength.rank < Strength.BOUND.rank:
        strength = Strength.BOUND
    version = single["version"] if single else None
    specifier = f"=={version}.*" if version else str(found)
    return PythonStatement(
        specifier=specifier, version=version, strength=strength, evidence=evidence, origin=origin
    )


def allows(specifier: str, version: str) -> bool:
    """Say whether some release of the minor version `3.8` fits a specifier (`>=3.8.1` allows 3.8)."""
    found = specifiers(specifier)
    if found is None:
        return True
    try:
        return any(Version(f"{version}.{patch}") in found for patch in (0, 1, 4, 6, 10, 18, 99))
    except InvalidVersion:
        return True
