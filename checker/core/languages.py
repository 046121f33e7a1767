"""Which file is source code, by its suffix: what tells `no_code` from code, and names the language."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import TypeAdapter

from checker.core.data_files import read_toml

#: Language → suffixes of its source files: data/languages.toml.
LANGUAGES: Mapping[str, tuple[str, ...]] = TypeAdapter(dict[str, tuple[str, ...]]).validate_python(
    read_toml("checker.core", "languages.toml")
)

#: Suffix in lower case → language.
SOURCE_SUFFIXES: Mapping[str, str] = {suffix: name for name, suffixes in LANGUAGES.items() for suffix in suffixes}
