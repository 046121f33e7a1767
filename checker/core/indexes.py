"""Which package indexes the machine is set to use, as pip's and uv's own configuration tells."""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from checker.core.values.base import Value


class IndexSettings(Value):
    """`default` replaces the public package index (None: uv's own default), `extra` stand beside it.

    Only indexes that answer over HTTP count: a folder of this machine is not there inside a container.
    """

    default: str | None = None
    extra: tuple[str, ...] = ()


def find_indexes(env: Mapping[str, str]) -> IndexSettings:
    """Read uv's and pip's variables first, then their configuration files; the first default wins."""
    home = Path(env.get("HOME") or Path.home())
    config = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    defaults = [env.get(name, "") for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")]
    extras = [env.get(name, "") for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL")]
    for path in (config / "uv/uv.toml", Path("/etc/uv/uv.toml")):
        default, more = _read_uv_settings(path)
        defaults.append(default)
        extras.extend(more)
    pip_files = (env.get("PIP_CONFIG_FILE", ""), config / "pip/pip.conf", home / ".pip/pip.conf", "/etc/pip.conf")
    for name in pip_files:
        default, more = _read_pip_settings(Path(name)) if name else ("", ())
        defaults.append(default)
        extras.extend(more)
    urls = (_strip_name(url) for text in extras for url in text.split())
    return IndexSettings(
        default=next((url for text in defaults if (url := _strip_name(text.strip()))), None),
        extra=tuple(dict.fromkeys(url for url in urls if url)),
    )


def _strip_name(text: str) -> str:
    """Drop uv's `name=` in front of a URL; '' for what is no HTTP address."""
    start = text.find("http")
    url = text[start:] if start >= 0 else ""
    return url if url.startswith(("http://", "https://")) else ""


def _read_uv_settings(path: Path) -> tuple[str, Iterable[str]]:
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return "", ()
    rows = [row for row in _list(table.get("index")) if isinstance(row, dict)]
    default = next((str(row.get("url", "")) for row in rows if row.get("default")), "")
    more = [str(row.get("url", "")) for row in rows if not row.get("default") and not row.get("explicit")]
    more.extend(str(url) for url in _list(table.get("extra-index-url")))
    return default or str(table.get("index-url", "")), more


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _read_pip_settings(path: Path) -> tuple[str, Iterable[str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, configparser.Error):
        return "", ()
    return parser.get("global", "index-url", fallback=""), [parser.get("global", "extra-index-url", fallback="")]
