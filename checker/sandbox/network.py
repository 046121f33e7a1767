"""What a step may reach: the one place that decides it."""

from __future__ import annotations

from typing import Any

from checker.models import NETWORK_PHASES, Step
from checker.settings import Settings, without_password

CA_BUNDLE = "/checker/ca.pem"
"""Where the machine's CA bundle is mounted inside a sandbox."""


def refusal(step: Step) -> str | None:
    """Say why a step must not have the network it asks for, or None."""
    if step.network and step.phase not in NETWORK_PHASES:
        return f"refused: a step of the phase {step.phase} never has the network"
    return None


def host_config(step: Step) -> dict[str, Any]:
    """Return the engine's network options for a step."""
    return {"network_mode": "bridge" if step.network else "none"}


def environment(step: Step, settings: Settings) -> dict[str, str]:
    """Return what tools must know to reach the indexes in use, without any password."""
    if not step.network:
        return {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1"}
    env = index_environment(settings, secrets=False)
    for name, value in settings.proxies:
        env[name] = env[name.upper()] = value if name == "no_proxy" else without_password(value)
    if settings.ca_bundle is not None:
        env.update(ca_environment(CA_BUNDLE))
    return env


def ca_environment(path: str) -> dict[str, str]:
    """Name a CA bundle to the tools that want to be told."""
    names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT", "GIT_SSL_CAINFO")
    return dict.fromkeys((*names, "NODE_EXTRA_CA_CERTS"), path)


def index_environment(settings: Settings, *, secrets: bool) -> dict[str, str]:
    """Name the package indexes to uv and pip; `secrets` keeps the passwords in their URLs."""
    indexes, bare = settings.indexes, (lambda url: url) if secrets else without_password
    env: dict[str, str] = {}
    if indexes.default:
        env["UV_DEFAULT_INDEX"] = env["PIP_INDEX_URL"] = bare(indexes.default)
    if indexes.extra:
        env["UV_INDEX"] = env["PIP_EXTRA_INDEX_URL"] = " ".join(bare(url) for url in indexes.extra)
        env["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    return env
