"""Which hosts an attempt may reach: the indexes in use with their file hosts, and what the specifications name."""

from __future__ import annotations

import json
import os
import posixpath
import re
import subprocess
import threading
import time
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uv

from checker.core.container import MIB
from checker.core.data_files import read_toml
from checker.core.endpoint import Endpoint, hide_secrets, read_endpoint
from checker.core.errors import RegistryFailure
from checker.core.settings import Settings
from checker.core.text import FORCES_COLOR, PLAIN_OUTPUT
from checker.core.values.plans import BuildPlan
from checker.sandbox.collect import read_below
from checker.sandbox.egress.index_trouble import is_index_trouble
from checker.sandbox.egress.policy import Reach, find_hosts, find_required_hosts

ASK_SECONDS = 60

#: How long the file hosts of an index are remembered under the data folder.
KEPT_SECONDS = 24 * 3600

#: A project that every whole index has; one page of it shows where the index keeps its files.
COMMON = "pip"

SPECIFICATIONS: tuple[str, ...] = tuple(read_toml("checker.sandbox.egress", "networks.toml")["specifications"])
_SUB = ((), ("requirements",))

#: Specification files that are looked through, and bytes of them all; those above a mebibyte are left out.
MAX_FILES, MAX_BYTES = 60, 4 * MIB

#: Hosts that one plan and its specifications may name; more are not let through.
MAX_HOSTS = 500

#: How uv's help names its own index; the text is wrapped to the width of the terminal.
_DEFAULT = re.compile(r"default\s+package\s+index\s+\(by\s+default:\s+<(https?://[^>\s]+)>\)")
_guard = threading.Lock()


def reach_of(settings: Settings, plan: BuildPlan, source: Path, environment: dict[str, str]) -> Reach:
    """Return what a plan's installation may reach; `environment` holds uv's settings for proxies and certificates.

    Raises:
        RegistryFailure: the package index does not answer, so that nobody knows where its files are.

    """
    vouched = set(list_vouched_hosts(settings, environment))
    vouched.update(end for url in plan.registries if (end := read_endpoint(url)))
    if not settings.named_hosts:
        return Reach(vouched=frozenset(vouched))
    found = chain(
        find_hosts(_collect_texts(plan)), *map(find_required_hosts, _read_specifications(source, plan.project))
    )
    named = dict.fromkeys(found)
    if settings.code_hosts is not None:
        indexes = set(find_hosts(plan.indexes))
        named = dict.fromkeys(end for end in named if end[0] in settings.code_hosts or end in indexes)
    return Reach(vouched=frozenset(vouched), named=frozenset(islice(named, MAX_HOSTS)))


def _collect_texts(plan: BuildPlan) -> Iterable[str]:
    """Return everything of a plan that a tool is handed."""
    yield from (*plan.indexes, *plan.requirements, *plan.constraints, *plan.overrides)
    yield from (text for _, text in (*plan.files, *plan.env))
    for step in plan.steps:
        if step.network:
            yield from (*step.argv, *(text for _, text in step.env))


def _read_specifications(source: Path, project: str) -> Iterable[str]:
    """Read the specification files of the project and of the tree's root, none of them through a link."""
    folders = dict.fromkeys(
        posixpath.normpath(posixpath.join(place, *sub)) for place in (".", project) for sub in _SUB
    )
    paths = [f"{folder}/{name}" for folder in folders for name in _names(source / folder) if _is_wanted(name)]
    left = MAX_BYTES
    for path in paths[:MAX_FILES]:
        data = read_below(source, posixpath.normpath(path), min(left, MIB))
        if data is not None:
            left -= len(data)
            yield data.decode("utf-8", "replace")


def _names(folder: Path) -> list[str]:
    with suppress(OSError):
        return sorted(entry.name for entry in os.scandir(folder))
    return []


def _is_wanted(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in SPECIFICATIONS)


# ---------------------------------------------------------------- the operator's indexes


def list_vouched_hosts(settings: Settings, environment: dict[str, str]) -> Iterable[Endpoint]:
    """Give the hosts that the operator stands for: the indexes in use, where they keep their files, and more.

    Raises:
        RegistryFailure: an index does not answer.

    """
    default = settings.indexes.default or default_index()
    for url in (default, *settings.indexes.extra):
        own = read_endpoint(url)
        if own is not None:
            yield own
            yield from find_file_hosts(settings.home, url, environment)
    yield from settings.install_hosts


def list_own_hosts(settings: Settings) -> frozenset[str]:
    """Return the hosts of the indexes that the operator has us use.

    Raises:
        RegistryFailure: uv could not be asked which it uses.

    """
    named = (settings.indexes.default or default_index(), *settings.indexes.extra)
    return frozenset(end[0] for url in named if (end := read_endpoint(url)) is not None)


@lru_cache(maxsize=1)
def default_index() -> str:
    """Return the index that uv asks where nothing is set, as its own help names it.

    Raises:
        RegistryFailure: uv could not be asked; that is not kept, and the next check asks again.

    """
    command = [uv.find_uv_bin(), "help", "pip", "compile"]
    environment = {name: value for name, value in os.environ.items() if name not in FORCES_COLOR} | PLAIN_OUTPUT
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=60, check=True, env=environment, cwd="/"
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise RegistryFailure(f"uv does not say which index it uses: {error}") from None
    found = _DEFAULT.search(done.stdout)
    if found is None:
        raise RegistryFailure("uv's help does not name the index that it uses")
    return found[1]


def find_file_hosts(home: Path, index: str, environment: dict[str, str]) -> tuple[Endpoint, ...]:
    """Return where an index keeps its files, asked once a day through uv; nothing where it has no common project.

    Raises:
        RegistryFailure: the index does not answer.

    """
    path = home / "index-hosts.json"
    with _guard:
        known = _read(path)
        key = hide_secrets(index)
        row = known.get(key)
        if row is None or not 0 <= time.time() - row[0] < KEPT_SECONDS:
            row = [time.time(), _ask(index, environment)]
            if row[1]:  # that it named none may be a failure of this moment
                _write(path, {**known, key: row})
    return tuple((str(host), int(port)) for host, port in row[1])


def _ask(index: str, environment: dict[str, str]) -> list[list[object]]:
    """Let uv find the newest release of a project that every index has, and look where its files are."""
    command = [
        uv.find_uv_bin(),
        "pip",
        "compile",
        "--no-deps",
        "--no-build",
        "--no-config",
        "--no-header",
        "--quiet",
    ]
    command += ["--default-index", index, "--format", "pylock.toml", "-o", "pylock.toml", "in.txt"]
    with TemporaryDirectory(prefix="checker-index-") as name:
        folder = Path(name)
        (folder / "in.txt").write_text(f"{COMMON}\n", encoding="ascii")
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": name,
            "UV_CACHE_DIR": str(folder / "cache"),
            "UV_HTTP_RETRIES": "1",
            **PLAIN_OUTPUT,
            **environment,
        }
        try:
            done = subprocess.run(
                command, cwd=folder, env=env, capture_output=True, text=True, timeout=ASK_SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RegistryFailure(f"the package index {_strip_name(index)} did not answer: {error}") from error
        if done.returncode != 0 and is_index_trouble(done.stderr):
            lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            raise RegistryFailure(f"the package index {_strip_name(index)} did not answer: {lines[-1]}")
        with suppress(OSError, ValueError):
            return [
                list(end) for end in _read_lock_hosts(tomllib.loads((folder / "pylock.toml").read_text("utf-8")))
            ]
    return []


def _read_lock_hosts(lock: dict[str, Any]) -> list[Endpoint]:
    files = (file for row in lock.get("packages", ()) for file in (*row.get("wheels", ()), row.get("sdist", {})))
    found = (read_endpoint(str(file.get("url", ""))) for file in files)
    return list(dict.fromkeys(end for end in found if end is not None))


def _strip_name(url: str) -> str:
    end = read_endpoint(url)
    return end[0] if end else "of the settings"


def _read(path: Path) -> dict[str, list[Any]]:
    with suppress(OSError, ValueError):
        found = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return {str(key): row for key, row in found.items() if isinstance(row, list) and len(row) == 2}
    return {}


def _write(path: Path, rows: dict[str, list[Any]]) -> None:
    """Remember; a data folder that cannot be written is found out elsewhere."""
    making = path.with_name(f"{path.name}.{threading.get_ident()}.making")
    with suppress(OSError):
        making.write_text(json.dumps(rows), encoding="utf-8")
        making.replace(path)
