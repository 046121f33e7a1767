"""Finds the hashes of locked versions: the trusted uv asks for those with wheels, the index's page tells the rest.

The trusted uv builds nothing, so a version that has no wheel is none for it; the page of the index that uv names
lists the hashes of source distributions as well.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from checker.core.endpoint import read_endpoint
from checker.core.errors import RegistryFailure
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.tools import PythonTools
from checker.index.uv import find_without_wheel

#: A canonical name and an exact version.
Pin = tuple[str, str]

Hashes = Mapping[Pin, tuple[str, ...]]

#: For one question to uv, and for all pages of indexes together.
SECONDS = 300

#: Versions without a wheel that are passed over one by one before uv is not asked further.
MOST_WITHOUT_WHEEL = 60

_HASH = re.compile(r"--hash=(sha(?:256|384|512):[0-9a-f]{64,128})")
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)")
_FROM = re.compile(r"^[ \t]+# from (https?://\S+)", re.MULTILINE)
_ARCHIVE = re.compile(r"\.(?:tar\.(?:gz|bz2|xz|zst)|tgz|zip)$")


def parse_pin(line: str) -> Pin | None:
    """Return what a requirement line fixes to one version of an index, or None."""
    try:
        found = Requirement(line)
    except InvalidRequirement:
        return None
    exact = [s.version for s in found.specifier if s.operator in ("==", "===")]
    return (canonicalize_name(found.name), exact[0]) if found.url is None and len(exact) == 1 else None


def find_hashes(lines: Iterable[str], *, interpreter: str, indexes: Sequence[str], toolbox: PythonTools) -> Hashes:
    """Return the hashes of every pinned line for which an index gives some.

    Raises:
        RegistryFailure: the package index does not answer.

    """
    wanted = {pin: line for line in lines if (pin := parse_pin(line)) is not None}
    indexes = [url for url in indexes if read_endpoint(url) is not None and "$" not in url]  # uv takes no others
    found, named = _ask_uv(wanted, interpreter, indexes, toolbox)
    left = [pin for pin in wanted if pin not in found]
    if left:
        pages = named or _ask_uv({("pip", ""): "pip"}, "", (), toolbox)[1]
        deadline = time.monotonic() + SECONDS
        for pin in left:
            asked = (*indexes, *pages) if time.monotonic() < deadline else ()
            hashes = (_read_page(toolbox, url, pin) for url in dict.fromkeys(asked))
            found[pin] = next((some for some in hashes if some), ())
    return {pin: hashes for pin, hashes in found.items() if hashes}


def _ask_uv(
    wanted: Mapping[Pin, str], interpreter: str, indexes: Sequence[str], toolbox: PythonTools
) -> tuple[dict[Pin, tuple[str, ...]], tuple[str, ...]]:
    """Return the hashes that uv finds, and the addresses of the indexes that it finds them on."""
    asked = dict(wanted)
    for _ in range(MOST_WITHOUT_WHEEL):
        if not asked:
            break
        result = _compile(asked.values(), interpreter, indexes, toolbox)
        if result.status is StepStatus.ENGINE_ERROR:
            raise RegistryFailure("the package index did not answer when it was asked for the hashes of the lock")
        if result.passed:
            text = result.output("lock.txt") or ""
            return _read(text), tuple(dict.fromkeys(_FROM.findall(text)))
        stuck = find_without_wheel(result.log)
        kept = {pin: line for pin, line in asked.items() if pin[0] != stuck}
        if len(kept) == len(asked):
            break
        asked = kept
    return {}, ()


def _compile(lines: Iterable[str], interpreter: str, indexes: Sequence[str], toolbox: PythonTools) -> StepResult:
    arguments = ["pip", "compile", "--no-deps", "--no-header", "--generate-hashes", "--emit-index-annotation"]
    arguments += [word for url in indexes for word in ("--index", url)]
    arguments += ["--index-strategy", "unsafe-best-match"] if indexes else []
    arguments += ["--python-version", interpreter] if interpreter else []
    text = "".join(f"{line}\n" for line in lines)
    return toolbox.run_uv(
        [*arguments, "in.txt", "--output-file", "lock.txt"],
        seconds=SECONDS,
        name="hashes",
        files={"in.txt": text},
        collect=("lock.txt",),
    )


def _read(text: str) -> dict[Pin, tuple[str, ...]]:
    found: dict[Pin, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if pinned := _PINNED.match(line):
            current = found.setdefault((canonicalize_name(pinned[1]), pinned[2]), [])
        current.extend(_HASH.findall(line))
    return {pin: tuple(hashes) for pin, hashes in found.items()}


# ---------------------------------------------------------------- the index's page (PEP 503, PEP 691)


def _read_page(toolbox: PythonTools, index: str, pin: Pin) -> tuple[str, ...]:
    """Return the hashes of a version's files as an index's page lists them; () where it does not tell."""
    hashes = {f"sha256:{told}" for file, told in toolbox.list_hashes(index, pin[0]).items() if _is_of(file, pin)}
    return tuple(sorted(text for text in hashes if _HASH.fullmatch(f"--hash={text}")))


def _is_of(filename: str, pin: Pin) -> bool:
    """Whether a file is a wheel or source distribution of a version, by its name."""
    name, version = pin
    if filename.endswith(".whl"):
        parts = filename.split("-")
        return len(parts) >= 5 and (canonicalize_name(parts[0]), parts[1]) == (name, version)
    stem = _ARCHIVE.sub("", filename)
    return (
        stem != filename and stem.endswith(f"-{version}") and canonicalize_name(stem[: -len(version) - 1]) == name
    )
