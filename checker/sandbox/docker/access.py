"""Decides what a step may reach; nothing else does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checker.core import container
from checker.core.endpoint import hide_secrets
from checker.core.settings import Settings
from checker.core.values.plans import NETWORK_PHASES, Step
from checker.sandbox.provision.interpreters import Interpreter

#: Where the machine's CA bundle is mounted inside a sandbox.
CA_BUNDLE = "/checker/ca.pem"

#: Where the folder with the proxy's socket is mounted, in steps that may load something and in no others.
EGRESS = "/checker/out"

#: Where the forwarder listens on the container's loopback.
PORT = 18128

PROXY_URL = f"http://127.0.0.1:{PORT}"

LOCAL = ("localhost", "127.0.0.1", "::1")

#: Exit code of the launcher where the forwarder could not be started.
NO_EGRESS = 125

IMAGE_PYTHON = "/usr/bin/python3"

#: What the shell does before a step that may load something.
LAUNCHER = f'"$1" -I -S {container.PROBES}/forward.py "$2" "$3" || exit {NO_EGRESS}; shift 3; '


def explain_refusal(step: Step) -> str | None:
    """Say why a step must not have the network it asks for, or None."""
    if step.network and step.phase not in NETWORK_PHASES:
        return f"refused: a step of the phase {step.phase} never has the network"
    return None


def has_bridge(step: Step, settings: Settings) -> bool:
    """Whether a step gets the engine's bridge: only where the operator wants that."""
    return step.network and settings.install_network == "bridge"


def has_proxy(step: Step, settings: Settings) -> bool:
    """Whether a step gets the proxy's socket."""
    return step.network and settings.install_network == "proxy"


def make_network_options(step: Step, settings: Settings) -> dict[str, Any]:
    """Return the engine's network options for a step."""
    return {"network_mode": "bridge" if has_bridge(step, settings) else "none"}


def make_launch_command(
    step: Step, settings: Settings, interpreters: Sequence[Interpreter], launcher: str
) -> tuple[str, ...]:
    """Return the shell's script and its first arguments; a step with an egress proxy opens that first."""
    if not has_proxy(step, settings):
        return (launcher, "sh")
    mounted = [i.executable for i in interpreters if i.prefix is not None]
    python = mounted[-1] if mounted else IMAGE_PYTHON
    return (LAUNCHER + launcher, "sh", python, f"{EGRESS}/proxy.sock", str(PORT))


def make_environment(step: Step, settings: Settings) -> dict[str, str]:
    """Return what tools must know to reach the indexes in use, without any password."""
    env = make_index_environment(settings, secrets=False)
    if not step.network:
        # Offline too the indexes are named: what came from one lies in the cache under its name.
        return {**env, "UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}
    env.update(_name_proxies(settings))
    if settings.ca_bundle is not None:
        env.update(make_ca_environment(CA_BUNDLE))
    return env


def _name_proxies(settings: Settings) -> dict[str, str]:
    """Name the proxy to the tools: ours, which knows the operator's, or on the bridge the operator's own."""
    if settings.install_network == "bridge":
        found = {n: v if n == "no_proxy" else hide_secrets(v) for n, v in settings.proxies}
    else:
        found = dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), PROXY_URL)
        found["no_proxy"] = "" if _is_index_local(settings) else ",".join(LOCAL)
    env = {name: value for low, value in found.items() for name in (low, low.upper())}
    if settings.install_network == "proxy":
        git = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "http.proxy", "GIT_CONFIG_VALUE_0": PROXY_URL}
        env.update(git, NODE_USE_ENV_PROXY="1", npm_config_proxy=PROXY_URL, npm_config_https_proxy=PROXY_URL)
    return env


def _is_index_local(settings: Settings) -> bool:
    """Whether an index of the settings lies on this machine: its address must not be taken for the container's."""
    return any(
        f"//{name}" in url or f"@{name}" in url or f"[{name}]" in url
        for name in LOCAL
        for url in _list_index_urls(settings)
    )


def _list_index_urls(settings: Settings) -> tuple[str, ...]:
    default = settings.indexes.default
    return (*((default,) if default else ()), *settings.indexes.extra)


def make_ca_environment(path: str) -> dict[str, str]:
    """Name a CA bundle in the variables of the tools that need it."""
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO")
    return dict.fromkeys((*names, "NODE_EXTRA_CA_CERTS"), path)


def make_index_environment(settings: Settings, *, secrets: bool) -> dict[str, str]:
    """Name the package indexes to uv and pip; `secrets` keeps the passwords in their URLs."""
    indexes, bare = settings.indexes, (lambda url: url) if secrets else hide_secrets
    env: dict[str, str] = {}
    if indexes.default:
        env["UV_DEFAULT_INDEX"] = env["PIP_INDEX_URL"] = bare(indexes.default)
    if indexes.extra:
        env["UV_INDEX"] = env["PIP_EXTRA_INDEX_URL"] = " ".join(bare(url) for url in indexes.extra)
        env["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return env
