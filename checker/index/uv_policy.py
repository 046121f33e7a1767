"""What the trusted uv runner may be asked: a table of subcommands and options, and of requirement lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from pydantic import TypeAdapter

from checker.core.data_files import read_toml

#: Resolving and fetching; nothing else of uv runs outside of a sandbox.
SUBCOMMANDS = (("pip", "compile"), ("pip", "install"))

_OPTIONS = TypeAdapter(dict[str, frozenset[str]]).validate_python(read_toml("checker.index", "uv_options.toml"))

FLAGS = _OPTIONS["flags"]
FILE_OPTIONS = _OPTIONS["files"]
OUTPUT_OPTIONS = _OPTIONS["outputs"]
INDEX_OPTIONS = _OPTIONS["indexes"]
PLAIN_OPTIONS = _OPTIONS["plain"]
VALUED = FILE_OPTIONS | OUTPUT_OPTIONS | INDEX_OPTIONS | PLAIN_OPTIONS


def explain_refusal(arguments: Sequence[str], files: Mapping[str, str]) -> str | None:
    """Say why uv must not be run with these arguments, or None."""
    if tuple(arguments[:2]) not in SUBCOMMANDS:
        return f"uv {' '.join(arguments[:2])} is no trusted step"
    if arguments[1] == "install" and not any(word.partition("=")[0] == "--target" for word in arguments):
        return "installing anywhere but into a folder of its own is no trusted step"
    rest = list(arguments[2:])
    while rest:
        name, joined, value = rest.pop(0).partition("=")
        if name in VALUED and not joined:
            value = rest.pop(0) if rest else ""
        if (why := _explain_bad_word(name, value, files)) is not None:
            return why
    return next(
        (why for text in files.values() for line in text.splitlines() if (why := explain_bad_line(line))), None
    )


def _explain_bad_word(name: str, value: str, files: Mapping[str, str]) -> str | None:
    """Say what is wrong with one option and its value, or with one positional argument."""
    if name in FILE_OPTIONS or not name.startswith("-"):
        path = value if name in FILE_OPTIONS else name
        return None if path in files else f"{path}: only the files that were handed over are read"
    if name in OUTPUT_OPTIONS:
        inside = not value.startswith("/") and ".." not in value.split("/")
        return None if inside else f"{name} {value}: leaves the folder"
    if name in INDEX_OPTIONS:
        plain = value.startswith(("https://", "http://")) and "$" not in value
        return None if plain else f"{name} {value}: no plain HTTP address"
    return None if name in FLAGS | PLAIN_OPTIONS else f"{name} is no option of a trusted step"


def explain_bad_line(line: str) -> str | None:
    """Say why a requirement line must not reach the trusted uv, or None: names, versions and wheels' URLs may."""
    text = re.sub(r"(?:^|\s)#.*$", "", line)
    if "$" in text:
        return f"{text[:80]!r} may name a variable of the environment, which holds the passwords of indexes"
    text = re.sub(r"\s--hash=\S+|\\$", "", text).strip()
    if not text or line.lstrip().startswith("--hash="):
        return None
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return f"{text[:80]!r} is no plain requirement"
    url = (requirement.url or "").partition("#")[0]
    if url and not (url.startswith("https://") and url.endswith(".whl")):
        return f"{text[:80]!r} is neither on the index nor a wheel"
    return None


def find_named_indexes(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the indexes that stand on a command line of uv."""
    pairs = zip(arguments, (*arguments[1:], ""), strict=True)
    return tuple(
        value if word in INDEX_OPTIONS else word.partition("=")[2]
        for word, value in pairs
        if word.partition("=")[0] in INDEX_OPTIONS
    )
