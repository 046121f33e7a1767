"""Which file is source code, by its suffix or its first line: what tells `no_code` from code."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import PurePosixPath

from pydantic import TypeAdapter

from checker.core.data_files import read_toml

#: Language → suffixes of its source files: data/languages.toml.
LANGUAGES: Mapping[str, tuple[str, ...]] = TypeAdapter(dict[str, tuple[str, ...]]).validate_python(
    read_toml("checker.core", "languages.toml")
)

#: Suffix in lower case → language.
SOURCE_SUFFIXES: Mapping[str, str] = {suffix: name for name, suffixes in LANGUAGES.items() for suffix in suffixes}

#: Whole name in lower case → language.
SOURCE_NAMES: Mapping[str, str] = {"snakefile": "Snakemake"}

#: Language → programs that run its scripts: data/interpreters.toml.
_INTERPRETERS: Mapping[str, str] = {
    program: language
    for language, programs in TypeAdapter(dict[str, tuple[str, ...]])
    .validate_python(read_toml("checker.core", "interpreters.toml"))
    .items()
    for program in programs
}

#: Characters of a first line that are read.
MAX_FIRST_LINE = 200


def read_shebang(line: str) -> tuple[str, ...]:
    """Return the program that the first line of a script names, and its options; none where it names none.

    `#!/usr/bin/env -S python3 -u` → python3, -u.
    """
    words = line[2:MAX_FIRST_LINE].split() if line.startswith("#!") else []
    if words and posixpath.basename(words[0]) == "env":
        words = words[1:]
        while words and (words[0].startswith("-") or "=" in words[0]):
            words = words[1:]
    return (posixpath.basename(words[0]), *words[1:]) if words else ()


def find_language(path: str, first_line: str = "") -> str | None:
    """Return the language of a source file; one without a suffix is told by its first line."""
    pure = PurePosixPath(path)
    if pure.suffix:
        return SOURCE_SUFFIXES.get(pure.suffix.lower())
    if pure.name.lower() in SOURCE_NAMES:
        return SOURCE_NAMES[pure.name.lower()]
    program = read_shebang(first_line)[:1]
    return _INTERPRETERS.get(program[0].rstrip("0123456789.")) if program else None
