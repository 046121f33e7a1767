"""Checks that everything a worker needs is there: one line for each thing, with a remedy where it is not."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import redis
import uv

from checker import __version__
from checker.core.container import GIB
from checker.core.data_files import read_toml
from checker.core.errors import CheckerError
from checker.core.rules import compute_rules_digest
from checker.core.settings import Settings
from checker.core.values.base import Value
from checker.index.uv import Downloads
from checker.sandbox.docker.client import connect, translate_engine_errors
from checker.sandbox.docker.disk import can_mount, free_bytes
from checker.sandbox.egress.allowed_hosts import list_vouched_hosts
from checker.sandbox.egress.session import make_trusted_environment
from checker.sandbox.provision.images import Images, find_dockerfiles
from checker.sandbox.provision.interpreters import OFFERED, find_interpreters

SECONDS = 30


class Finding(Value):
    """One thing that was looked at: `ok` is None where it works with a restriction; `remedy` says what to do."""

    name: str
    ok: bool | None
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = {True: "ok", False: "FAILS", None: "limited"}[self.ok]
        return f"{self.name}: {mark}: {self.text}" + (f"; {self.remedy}" if self.remedy else "")


def diagnose(settings: Settings) -> tuple[Finding, ...]:
    """Look at everything that a worker needs; never raises."""
    findings = []
    for name, look in _LOOKS.items():
        try:
            found = look(settings)
        except (CheckerError, OSError, subprocess.SubprocessError) as error:
            found = Finding(name=name, ok=False, text=str(error), remedy=_REMEDIES.get(name, ""))
        if found is not None:
            findings.append(found.model_copy(update={"name": name}))
    return tuple(findings)


def _make_finding(ok: bool | None, text: str, remedy: str = "") -> Finding:
    return Finding(name="", ok=ok, text=text, remedy="" if ok else remedy)


def _check_checker(settings: Settings) -> Finding:
    return _make_finding(True, f"{__version__}, rules {compute_rules_digest()}")


def _check_engine(settings: Settings) -> Finding:
    with connect(settings) as client, translate_engine_errors("the engine does not answer"):
        version, facts = client.version(), client.info()
    text = f"Docker {version['Version']}, API {version['ApiVersion']}, {facts['Driver']}"
    if settings.runtime is not None and settings.runtime not in facts.get("Runtimes", {}):
        return _make_finding(
            False, f"{text}, without the runtime {settings.runtime}", "install it, or unset CHECKER_RUNTIME"
        )
    return _make_finding(True, text)


def _check_images(settings: Settings) -> Finding:
    with connect(settings) as client:
        maker = Images(client, settings)
        names = sorted(path.name for path in find_dockerfiles().iterdir() if (path / "Dockerfile").is_file())
        missing = [name for name in names if not maker.has(name)]
    if missing:
        return _make_finding(False, f"missing: {', '.join(missing)}", _REMEDIES["images"])
    return _make_finding(True, ", ".join(names))


def _check_disk_limit(settings: Settings) -> Finding:
    if settings.scratch != "folder" and can_mount():
        return _make_finding(True, "hard, by a file system of each attempt's own")
    return _make_finding(None, "soft, by measuring", "run as root for a hard one")


def _check_interpreters(settings: Settings) -> Finding:
    found = find_interpreters(settings)
    missing = sorted(set(OFFERED) - {i.version for i in found}, key=lambda v: int(v.partition(".")[2]))
    text = ", ".join(i.full if i.prefix is not None else f"{i.full} (the image's)" for i in found)
    if missing:
        return _make_finding(
            None, f"{text}; without {', '.join(missing)}", "install them with pyenv or `uv python install`"
        )
    return _make_finding(True, text)


def _check_uv(settings: Settings) -> Finding:
    return _make_finding(True, _read_version([uv.find_uv_bin(), "--version"]))


def _check_git(settings: Settings) -> Finding:
    return _make_finding(True, _read_version(["git", "--version"]))


def _read_version(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout.strip()


def _check_home(settings: Settings) -> Finding:
    settings.home.mkdir(parents=True, exist_ok=True)
    if not os.access(settings.home, os.W_OK | os.X_OK):
        return _make_finding(False, f"{settings.home} cannot be written", _REMEDIES["data folder"])
    return _make_finding(True, str(settings.home))


def _check_disk(settings: Settings) -> Finding:
    settings.home.mkdir(parents=True, exist_ok=True)
    free, wanted = free_bytes(settings.home), settings.free_bytes + settings.limits.disk_bytes
    text = f"{free / GIB:.0f} GiB free"
    if free < settings.free_bytes:
        return _make_finding(False, text, "make room, or set CHECKER_HOME to a larger disk")
    if free < wanted:
        return _make_finding(
            None, f"{text}, {wanted / GIB:.0f} wanted for one attempt", "make room, or set CHECKER_HOME"
        )
    return _make_finding(True, text)


def _check_egress(settings: Settings) -> Finding:
    if settings.install_network == "bridge":
        text = "the engine's bridge: installations reach whatever this machine reaches"
        return _make_finding(None, text, "unset CHECKER_INSTALL_NETWORK")
    hosts = dict.fromkeys(host for host, _ in list_vouched_hosts(settings, make_trusted_environment(settings)))
    named = "and public hosts that a repository names" if settings.named_hosts else "and nothing else"
    text = f"through a proxy, to {', '.join(hosts)} {named}"
    if settings.runtime is not None and "runsc" in settings.runtime:
        return _make_finding(None, text, "make sure that the runtime's arguments hold --host-uds=open")
    return _make_finding(True, text)


def _check_broker(settings: Settings) -> Finding | None:
    if settings.broker_url is None:
        return None
    parts = urlsplit(settings.broker_url)
    if parts.scheme not in ("redis", "rediss"):
        return _make_finding(None, f"a {parts.scheme} broker was not looked at")
    try:
        client = redis.Redis.from_url(settings.broker_url, socket_timeout=5, socket_connect_timeout=5)
        client.ping()
    except (redis.RedisError, ValueError) as error:
        return _make_finding(False, f"Redis at {parts.hostname} does not answer: {error}", _REMEDIES["broker"])
    return _make_finding(True, f"Redis answers at {parts.hostname}")


def _check_index(settings: Settings) -> Finding:
    asked = ["pip", "compile", "--no-header", "--no-deps", "in.txt"]
    result = Downloads(settings).run_uv(asked, seconds=SECONDS, name="doctor", files={"in.txt": "packaging\n"})
    if not result.passed:
        lines = [line.strip() for line in result.log.splitlines() if line.strip()]
        return _make_finding(False, lines[-1] if lines else "no answer", _REMEDIES["package index"])
    return _make_finding(True, "answers")


_LOOKS: dict[str, Callable[[Settings], Finding | None]] = {
    "checker": _check_checker,
    "data folder": _check_home,
    "free disk": _check_disk,
    "git": _check_git,
    "uv": _check_uv,
    "package index": _check_index,
    "interpreters": _check_interpreters,
    "engine": _check_engine,
    "images": _check_images,
    "disk limit": _check_disk_limit,
    "installations": _check_egress,
    "broker": _check_broker,
}

#: What to do where a look finds fault.
_REMEDIES: Mapping[str, str] = read_toml("checker.cli", "remedies.toml")
