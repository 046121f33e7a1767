"""Opens an HTTP client that goes the way the settings say: proxies, certificates; time-outs are short."""

from __future__ import annotations

import ssl

import httpx

from checker.core.settings import Settings

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
USER_AGENT = "reproducibility-checker"


def open_client(settings: Settings, connections: int) -> httpx.Client:
    """Return a client that heeds the settings alone, and no variables of its own.

    Raises:
        OSError: the CA bundle cannot be read.
        ValueError, ImportError: a proxy cannot be used.

    """
    verify = ssl.create_default_context(cafile=str(settings.ca_bundle) if settings.ca_bundle else None)
    limits = httpx.Limits(max_connections=connections)
    mounts: dict[str, httpx.HTTPTransport | None] = {}
    proxies = dict(settings.proxies)
    for scheme in ("http", "https"):
        if proxy := proxies.get(f"{scheme}_proxy") or proxies.get("all_proxy"):
            mounts[f"{scheme}://"] = httpx.HTTPTransport(proxy=proxy, verify=verify, limits=limits)
    for host in proxies.get("no_proxy", "").split(","):
        if host.strip() == "*":
            mounts = {}
            break
        if bare := host.strip().lstrip(".").partition(":")[0]:
            mounts[f"all://{bare}"] = mounts[f"all://*.{bare}"] = None
    return httpx.Client(
        verify=verify,
        limits=limits,
        mounts=mounts,
        timeout=TIMEOUT,
        follow_redirects=True,
        trust_env=False,
        headers={"User-Agent": USER_AGENT},
    )
