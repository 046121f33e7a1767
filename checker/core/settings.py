"""What an operator may set, read from the environment once, with a documented default for each."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError

from checker.core.container import GIB, Limits
from checker.core.endpoint import Endpoint, parse_endpoint
from checker.core.errors import UsageError
from checker.core.indexes import IndexSettings, find_indexes
from checker.core.values.base import Value
from checker.core.values.plans import Way

#: The user that untrusted code runs as; the images give it the name `checker`.
SANDBOX_UID = 10001

#: Variables by which the usual tools are told of a CA bundle; the first that names a file is taken.
CA_VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "PIP_CERT",
    "GIT_SSL_CAINFO",
    "NODE_EXTRA_CA_CERTS",
)

PROXY_VARIABLES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")


class Settings(Value):
    """The operator's choices. Bytes and seconds; `Settings.from_environment` names the variables.

    home: where everything of ours lies: download cache, scratch, locks, tools.
    way: the last way that counts for the required rung; None means as published for a local folder and in CI,
        repaired for a repository that is linked.
    broker_url: a Celery broker; None means embedded.
    github_token: for what git cannot tell; never handed to a container.
    mirror: a folder of bare repositories that stands in for GitHub; None means GitHub itself.
    code_hosts: the code hosts that are asked, submodules included; None means every public one.
    docker_host: the engine's address; None means the engine's own default. Must be on this machine.
    runtime: the engine's runtime for untrusted code, such as `runsc`; None means the engine's default.
    uid: the user of untrusted code. As root 10001, else the caller's own, who could not remove files of others.
    scratch: `loop` is a hard disk limit and needs root, `folder` a watched one; `auto` takes what works.
    cache_bytes: size at which the download cache starts to evict.
    free_bytes: disk that is left free; below it nothing is started.
    base_image: what the base image is built from where a registry answers.
    engine_seconds: how long one answer of the engine may take before it counts as hanging.
    index_lookups: whether the index is asked, besides uv's own requests, what a distribution holds before a repair
        adds it: a name that no table knows is installed only where the index shows that it is what the code means.
    name_lookups: whether the index is asked which releases have a name, module or argument that installed ones
        lack, where the author left the version open: parts of at most some twenty files each, kept for ever.
    cpu_index: where builds of torch for processors are taken from, as long as it answers; `none` to do without.
    install_network: `proxy` lets installations reach named hosts through a proxy of the attempt's own, `bridge`
        gives them the engine's network with all that the machine can reach.
    install_hosts: hosts and ports that installations may reach besides the package indexes; wherever they lie.
    named_hosts: whether they may also reach the public hosts that a plan or a specification names.
    install_bytes: bytes that one attempt may move in both directions; `install_connections` at once.
    """

    home: Path
    way: Way | None = None
    broker_url: str | None = None
    github_token: SecretStr | None = None
    mirror: Path | None = None
    code_hosts: frozenset[str] | None = None
    docker_host: str | None = None
    runtime: str | None = None
    uid: Annotated[int, Field(gt=0, lt=2**31)] = SANDBOX_UID
    scratch: Literal["auto", "loop", "folder"] = "auto"
    cache_bytes: Annotated[int, Field(gt=0)] = 40 * GIB
    free_bytes: Annotated[int, Field(ge=0)] = 2 * GIB
    base_image: str = "debian:bookworm-slim"
    engine_seconds: Annotated[int, Field(gt=0)] = 60
    index_lookups: bool = True
    name_lookups: bool = True
    cpu_index: str = "https://download.pytorch.org/whl/cpu"
    install_network: Literal["proxy", "bridge"] = "proxy"
    install_hosts: tuple[Endpoint, ...] = ()
    named_hosts: bool = True
    install_bytes: Annotated[int, Field(gt=0)] = 20 * GIB
    install_connections: Annotated[int, Field(gt=0)] = 128
    indexes: IndexSettings = IndexSettings()
    proxies: tuple[tuple[str, str], ...] = ()
    ca_bundle: Path | None = None
    limits: Limits = Limits()

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings out of environment variables.

        Raises:
            UsageError: a variable holds something that cannot be; the message names it.

        """
        env = os.environ if env is None else env
        values: dict[str, Any] = {
            "home": _find_home(env),
            "uid": os.geteuid() or SANDBOX_UID,
            "indexes": find_indexes(env),
            "proxies": _read_proxies(env),
            "ca_bundle": _find_ca_bundle(env),
        }
        for name, (field, convert) in SETTING_VARIABLES.items():
            if text := env.get(name, "").strip():
                values[field] = _convert(name, text, convert)
        limits = {
            field: _convert(name, text, convert)
            for name, (field, convert) in LIMIT_VARIABLES.items()
            if (text := env.get(name, "").strip())
        }
        try:
            return cls(**values, limits=Limits(**limits))
        except ValidationError as error:
            raise UsageError(_explain_first_mistake(error)) from None


def parse_bytes(text: str) -> int:
    """Read a number of bytes: `1048576`, `512M`, `8G` (powers of 1024).

    Raises:
        ValueError: it is none, or not positive.

    """
    number, unit = text.strip().upper().removesuffix("B").removesuffix("I"), 1
    if number[-1:] in _UNITS:
        number, unit = number[:-1], _UNITS[number[-1]]
    size = int(float(number) * unit)
    if size <= 0:
        raise ValueError(text)
    return size


_UNITS = {"K": 1024, "M": 1024**2, "G": GIB, "T": 1024 * GIB}


def _parse_positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError(text)
    return number


def _parse_fraction(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise ValueError(text)
    return number


def _switch(text: str) -> bool:
    return {"1": True, "on": True, "0": False, "off": False}[text.lower()]


def parse_host_names(text: str) -> frozenset[str]:
    """Read names of hosts with commas or blanks between them.

    Raises:
        ValueError: one of them is no name of a host.

    """
    names = text.lower().replace(",", " ").split()
    if not names or not all(_HOST_NAME.fullmatch(name) for name in names):
        raise ValueError(text)
    return frozenset(names)


_HOST_NAME = re.compile(
    r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII
)


def _parse_endpoints(text: str) -> tuple[Endpoint, ...]:
    return tuple(parse_endpoint(word, 443) for word in text.replace(",", " ").split())


def _parse_way(text: str) -> Way:
    return Way(text.lower())


_Converter = Callable[[str], object]

#: The field that an environment variable sets, and how its text is read.
Variable = tuple[str, _Converter]

#: Variable → (field, how to read it); a later row wins over an earlier one.
SETTING_VARIABLES: dict[str, Variable] = {
    "CHECKER_WAY": ("way", _parse_way),
    "CHECKER_BROKER_URL": ("broker_url", str),
    "GITHUB_TOKEN": ("github_token", SecretStr),
    "CHECKER_GITHUB_TOKEN": ("github_token", SecretStr),
    "CHECKER_MIRROR": ("mirror", lambda text: Path(text).expanduser().absolute()),
    "CHECKER_CODE_HOSTS": ("code_hosts", parse_host_names),
    "DOCKER_HOST": ("docker_host", str),
    "CHECKER_DOCKER_HOST": ("docker_host", str),
    "CHECKER_RUNTIME": ("runtime", str),
    "CHECKER_UID": ("uid", _parse_positive),
    "CHECKER_SCRATCH": ("scratch", str.lower),
    "CHECKER_CACHE_BYTES": ("cache_bytes", parse_bytes),
    "CHECKER_FREE_BYTES": ("free_bytes", parse_bytes),
    "CHECKER_BASE_IMAGE": ("base_image", str),
    "CHECKER_ENGINE_SECONDS": ("engine_seconds", _parse_positive),
    "CHECKER_INDEX_LOOKUPS": ("index_lookups", _switch),
    "CHECKER_NAME_LOOKUPS": ("name_lookups", _switch),
    "CHECKER_CPU_INDEX": ("cpu_index", str),
    "CHECKER_INSTALL_NETWORK": ("install_network", str.lower),
    "CHECKER_INSTALL_HOSTS": ("install_hosts", _parse_endpoints),
    "CHECKER_NAMED_HOSTS": ("named_hosts", _switch),
    "CHECKER_INSTALL_BYTES": ("install_bytes", parse_bytes),
    "CHECKER_INSTALL_CONNECTIONS": ("install_connections", _parse_positive),
}

LIMIT_VARIABLES: dict[str, Variable] = {
    "CHECKER_MEMORY_BYTES": ("memory_bytes", parse_bytes),
    "CHECKER_CPUS": ("cpus", _parse_fraction),
    "CHECKER_PIDS": ("pids", _parse_positive),
    "CHECKER_FILE_BYTES": ("file_bytes", parse_bytes),
    "CHECKER_DISK_BYTES": ("disk_bytes", parse_bytes),
    "CHECKER_LOG_BYTES": ("log_bytes", parse_bytes),
    "CHECKER_COLLECT_BYTES": ("collect_bytes", parse_bytes),
    "CHECKER_TIME_SCALE": ("scale", _parse_fraction),
    "CHECKER_ATTEMPT_SECONDS": ("attempt_seconds", _parse_positive),
    "CHECKER_READING_SECONDS": ("reading_seconds", _parse_positive),
    "CHECKER_READING_CPU_SECONDS": ("reading_cpu_seconds", _parse_positive),
    "CHECKER_READING_BYTES": ("reading_bytes", parse_bytes),
}

#: What a settings file may hold for a variable that is read in this way; text for all others.
SHAPES: Mapping[_Converter, Any] = {
    parse_bytes: int | str,
    _parse_positive: int,
    _parse_fraction: float,
    _switch: bool,
    parse_host_names: tuple[str, ...] | str,
    _parse_endpoints: tuple[str, ...] | str,
}

#: What is expected of a variable that is read in this way.
_EXPECTED: Mapping[_Converter, str] = {
    parse_bytes: "a size such as 512M or 8G",
    _parse_positive: "a whole number above 0",
    _parse_fraction: "a number above 0",
    _parse_way: ", ".join(Way),
    _switch: "on or off",
    parse_host_names: "names of hosts such as github.com",
    _parse_endpoints: "host or host:port",
}

#: Every variable of ours that is read.
VARIABLES = ("CHECKER_HOME", *SETTING_VARIABLES, *LIMIT_VARIABLES)


def _convert(name: str, text: str, convert: _Converter) -> object:
    try:
        return convert(text)
    except (ValueError, KeyError, OverflowError):
        expected = f" (expected: {_EXPECTED[convert]})" if convert in _EXPECTED else ""
        raise UsageError(f"{name}={text!r} is not a value that can be used{expected}") from None


def _explain_first_mistake(error: ValidationError) -> str:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    names = [name for name, (known, _) in (*SETTING_VARIABLES.items(), *LIMIT_VARIABLES.items()) if known == field]
    return f"{names[-1] if names else field}: {first['msg']}, not {first['input']!r}"


def _find_home(env: Mapping[str, str]) -> Path:
    if text := env.get("CHECKER_HOME", "").strip():
        return Path(text).expanduser().absolute()
    base = env.get("XDG_CACHE_HOME") or Path(env.get("HOME") or Path.home(), ".cache")
    return Path(base, "reproducibility-checker").absolute()


def _read_proxies(env: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found = ((name, env.get(name) or env.get(name.upper()) or "") for name in PROXY_VARIABLES)
    return tuple((name, value) for name, value in found if value)


def _find_ca_bundle(env: Mapping[str, str]) -> Path | None:
    named = (Path(env[name]) for name in CA_VARIABLES if env.get(name))
    return next((path.absolute() for path in named if path.is_file()), None)
