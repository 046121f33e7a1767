"""The fixtures and options of pytest's plugins, from data/pytest_plugins.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from checker.core.data_files import load_rows
from checker.core.values.base import Value


class Plugin(Value):
    """A distribution, and the signs that tests need it; pytest itself has the first row."""

    name: str
    options: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    fixtures: tuple[str, ...] = ()

    def has_option(self, name: str) -> bool:
        """Whether an option, written without its hyphens, is one of the plugin's."""
        return bool(name) and name in {option.lstrip("-") for option in self.options}

    def is_set(self, text: str) -> bool:
        """Whether settings of pytest (`name = value` a line) use an option or a setting of the plugin."""
        options = (rf"(?<![\w-]){re.escape(option)}(?![\w])" for option in self.options)
        settings = (rf"(?m)^{setting} =" for setting in self.settings)
        return any(re.search(pattern, text) for pattern in (*options, *settings))


@cache
def load_plugins() -> Mapping[str, Plugin]:
    """Return all rows by distribution."""
    return load_rows(__package__, "pytest_plugins.toml", Plugin)


@cache
def load_fixtures() -> Mapping[str, str]:
    """Return argument of a test → the distribution that provides it, pytest included."""
    return {fixture: row.name for row in load_plugins().values() for fixture in row.fixtures}


def find_plugins(settings: str) -> Iterator[str]:
    """Yield the distributions of the plugins that settings of pytest use."""
    return (row.name for row in load_plugins().values() if row.is_set(settings))


def find_plugin(option: str, fixture: str) -> str | None:
    """Return the plugin that brings an option, written without its hyphens, or an argument of a test."""
    rows = (row for row in load_plugins().values() if row.name != "pytest")
    return next((row.name for row in rows if row.has_option(option) or fixture in row.fixtures), None)
