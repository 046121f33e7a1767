"""The Python interpreters that a worker can offer to its containers."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import uv

from checker.core.errors import EngineFailure
from checker.core.settings import Settings
from checker.core.values.base import Value

#: Minor versions that a worker should have: what the code of papers since 2018 was written for.
OFFERED = tuple(f"3.{minor}" for minor in range(7, 14))

#: The oldest minor version that uv works with.
OLDEST = (3, 6)

LIST_SECONDS = 60
INSTALL_SECONDS = 600


class Interpreter(Value):
    """A Python that containers can use.

    `version` is the minor version (`3.8`), `full` the whole one. `prefix` is the folder to mount at its own
    path, or None where the interpreter is the image's own.
    """

    version: str
    full: str
    executable: str
    prefix: str | None = None


#: Debian 12's own, which `dockerfiles/python` installs.
IMAGE_INTERPRETER = Interpreter(version="3.11", full="3.11.2", executable="/usr/bin/python3.11")


def find_interpreters(settings: Settings) -> tuple[Interpreter, ...]:
    """Return one interpreter for each minor version, oldest first: the newest patch that is installed.

    uv's own downloads, pyenv's versions and what stands on PATH are seen. The distribution's own Python lives
    among the distribution's files and cannot be mounted; the image's own is used instead.

    Raises:
        EngineFailure: uv is not there or does not answer.

    """
    return _find(settings.home, os.environ.get("PATH", ""))


@lru_cache(maxsize=8)
def _find(home: Path, path: str) -> tuple[Interpreter, ...]:
    rows = _ask_uv(home, search_path(path))
    found: dict[str, tuple[tuple[int, ...], Interpreter]] = {}
    for row in rows:
        interpreter = _read_row(row)
        if interpreter is None:
            continue
        order = tuple(int(part) for part in interpreter.full.split("."))
        known = found.get(interpreter.version)
        if known is None or order > known[0]:
            found[interpreter.version] = (order, interpreter)
    found.setdefault(IMAGE_INTERPRETER.version, ((3, 11, 0), IMAGE_INTERPRETER))
    return tuple(interpreter for _, interpreter in sorted(found.values(), key=lambda pair: pair[0]))


def search_path(path: str) -> str:
    """Return the folders to look through: pyenv's versions first, its shims (which may start nothing) left out."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    versions = sorted(str(folder) for folder in root.glob("versions/*/bin"))
    others = [folder for folder in path.split(os.pathsep) if folder and not folder.endswith("/shims")]
    return os.pathsep.join((*versions, *others))


def install_interpreters(settings: Settings, versions: Iterable[str] = OFFERED) -> tuple[str, ...]:
    """Download the missing interpreters; return the versions that are not available."""
    wanted = _find_missing(settings, versions)
    command = [uv.find_uv_bin(), "python", "install", "--no-bin", "--no-config", *wanted]
    env = {**_make_environment(settings.home, ""), "UV_HTTP_RETRIES": "1"}
    if wanted:
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, check=False, capture_output=True, timeout=INSTALL_SECONDS, env=env, cwd="/")
        _find.cache_clear()
    return _find_missing(settings, wanted)


def _find_missing(settings: Settings, versions: Iterable[str]) -> tuple[str, ...]:
    there = {i.version for i in find_interpreters(settings) if i.prefix is not None}
    return tuple(version for version in versions if version not in there)


def _make_environment(home: Path, path: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower().endswith("_proxy") or name in ("SSL_CERT_FILE", "UV_PYTHON_INSTALL_MIRROR", "HOME")
    }
    kept.update(UV_PYTHON_INSTALL_DIR=str(home / "interpreters"), UV_NO_CONFIG="1", UV_NO_PROGRESS="1")
    return {**kept, "PATH": path or os.environ.get("PATH", "/usr/bin:/bin")}


def _ask_uv(home: Path, path: str) -> list[dict[str, object]]:
    command = [uv.find_uv_bin(), "python", "list", "--only-installed", "--output-format", "json"]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=LIST_SECONDS,
            env=_make_environment(home, path),
            cwd="/",
            check=True,
        )
        rows = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise EngineFailure(f"uv could not list the interpreters: {error}") from error
    return [row for row in rows if isinstance(row, dict)]


def _read_row(row: dict[str, object]) -> Interpreter | None:
    """Read one row; None for what containers cannot use (PyPy, debug and free-threaded builds, the system's)."""
    full, path = str(row.get("version")), row.get("path")
    parts = full.split(".")
    usable = row.get("implementation") == "cpython" and row.get("variant", "default") == "default"
    if not usable or not isinstance(path, str) or len(parts) != 3 or not all(p.isdigit() for p in parts):
        return None
    executable = Path(path).resolve()
    prefix = executable.parent.parent
    if executable.parent.name != "bin" or (int(parts[0]), int(parts[1])) < OLDEST or _is_system(prefix):
        return None
    return Interpreter(version=f"{parts[0]}.{parts[1]}", full=full, executable=str(executable), prefix=str(prefix))


def _is_system(prefix: Path) -> bool:
    """Whether mounting the prefix would hide the image's own files."""
    return str(prefix) in ("/", "/usr", "/usr/local") or len(prefix.parts) < 3
