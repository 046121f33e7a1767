"""An attempt's egress session: its proxy, opened at the first step that may download; and what a refusal means."""

from __future__ import annotations

import re
import socket
import threading
from base64 import b64encode
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from secrets import token_urlsafe

from checker.core.container import Limits
from checker.core.endpoint import read_endpoint
from checker.core.errors import EngineFailure
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Evidence
from checker.core.values.results import Cause, StepStatus
from checker.judging.causes import make_cause
from checker.judging.failure_text import strip_warnings
from checker.sandbox.docker.access import make_ca_environment, make_index_environment
from checker.sandbox.docker.container import Ending
from checker.sandbox.egress.allowed_hosts import default_index, list_own_hosts, list_vouched_hosts, reach_of
from checker.sandbox.egress.dial import Dialler
from checker.sandbox.egress.index_probe import IndexProbe, find_urls
from checker.sandbox.egress.policy import Reach, find_hosts
from checker.sandbox.egress.refusals import BACKLOG, SOCKET, Bounds, Event, listen
from checker.sandbox.egress.server import Proxy

#: Characters at the end of a log in which a refused host counts as what a step stopped for.
LAST_WORDS = 16 * 1024

#: Written to the log of every such step, and so to the report.
WHOLE_NETWORK = "[checker] this step had the engine's whole network (CHECKER_INSTALL_NETWORK=bridge)\n"

#: Refusals that are written into a step's log.
SHOWN = 20

_DENIED = re.compile(
    r"Tunnel connection failed: 403|tunnel failed, response 403|HTTP code 403 from proxy"
    r"|tunnel error: unsuccessful|not let through by the checker|proxy response code 403|statusCode=403"
)
_NO_ANSWER = re.compile(
    r"Tunnel connection failed: 50[23]|tunnel failed, response 50[23]|HTTP code 50[23] from proxy"
    r"|tunnel error: unsuccessful|proxy response code 50[23]|50[23] (?:Bad Gateway|Service Unavailable)"
)
_DIRECTLY = re.compile(
    r"Temporary failure in name resolution|Name or service not known|Could not resolve host|getaddrinfo failed"
    r"|[Nn]etwork is unreachable|\[Errno (?:-3|-2|101)\]|EAI_AGAIN|ENETUNREACH|No address associated with hostname"
)


@dataclass(frozen=True)
class Account:
    """What the proxy recorded about one step."""

    ending: Ending
    note: str = ""
    cause: Cause | None = None


class EgressSession:
    """The proxy of one attempt."""

    def __init__(self, settings: Settings, plan: BuildPlan, source: Path, folder: Path, limits: Limits) -> None:
        """`source` is the worker's own checkout, `folder` does not exist yet."""
        self._settings = settings
        self._plan = plan
        self._source = source
        self._folder = folder
        self._limits = limits
        self._guard = threading.Lock()
        self._proxy: Proxy | None = None
        self._reach = Reach()

    @property
    def folder(self) -> Path:
        """What is mounted: a folder that holds the socket, inside one that nobody else on this machine enters."""
        return self._folder / "out"

    def open(self) -> None:
        """Start the proxy, once.

        Raises:
            RegistryFailure: the package index does not answer.
            EngineFailure: the socket cannot be made.

        """
        with self._guard:
            if self._proxy is None:
                self._reach = reach = reach_of(
                    self._settings, self._plan, self._source, make_trusted_environment(self._settings)
                )
                try:
                    self._folder.mkdir(mode=0o700)
                    self.folder.mkdir(mode=0o755)
                    self.folder.chmod(0o755)
                except OSError as error:
                    raise EngineFailure(f"cannot write {self._folder}: {error.strerror}") from error
                dialler = Dialler(self._settings.proxies, self._settings.ca_bundle)
                self._proxy = Proxy(listen(self.folder), reach, dialler, self._make_bounds())
            self._proxy.take()

    def _make_bounds(self) -> Bounds:
        seconds = 2 * self._limits.attempt_seconds * max(1.0, self._limits.scale)
        return Bounds(
            connections=self._settings.install_connections, bytes_=self._settings.install_bytes, seconds=seconds
        )

    def find_fault(self, log: str) -> Cause | None:
        """Return the cause of a failed step where the index that it blames is at fault; see `index_probe`."""
        reach = self._reach
        urls = [url for url in find_urls(log) if (end := read_endpoint(url)) and not reach.explain_refusal(end)]
        with filter_addresses(self._settings, urls) as way:
            led = way.lead(self._settings)
            index = self._settings.indexes.default or default_index()
            return IndexProbe(led, index, lambda end: not reach.explain_refusal(end)).find_fault(log)

    def close(self) -> None:
        """Cut whatever is open."""
        with self._guard:
            if self._proxy is not None:
                self._proxy.close()
                (self.folder / SOCKET).unlink(missing_ok=True)

    def examine(self, ending: Ending) -> Account:
        """Return what the proxy saw of a finished step, and whether that is why it stopped."""
        greeted, events = self._proxy.take() if self._proxy is not None else (False, ())
        if not greeted and ending.status in (StepStatus.PASSED, StepStatus.FAILED):
            log = f"{ending.log}\nthe way from the container to its proxy could not be opened\n"
            return Account(replace(ending, status=StepStatus.ENGINE_ERROR, exit_code=None, log=log))
        note = "".join(f"[checker] {_WORDS[e.kind]}: {e}\n" for e in events[:SHOWN])
        why = (
            explain(ending.log, events, list_own_hosts(self._settings))
            if ending.status is StepStatus.FAILED
            else None
        )
        return Account(ending, note, why)


_WORDS = {"refused": "not let through", "unreachable": "no way to", "bound": "cut off"}


def explain(log: str, events: Sequence[Event], own: Container[str] = ()) -> Cause | None:
    """Return the cause of a failed step where its final output blames the network, else None.

    A silent index of the operator is the checker's failure, and so is one that was not let through (`own` are
    their hosts); any other refusal by the policy is a limit of the check.
    """
    words = strip_warnings(log)[-LAST_WORDS:]
    silent = [e for e in events if e.kind == "unreachable" and (_names(words, e) or _NO_ANSWER.search(words))]
    denied = [e for e in events if e.kind != "unreachable" and (_names(words, e) or _DENIED.search(words))]
    ours = [e for e in denied if e.kind == "refused" and _name_host(e) in own]
    if ours:
        return make_cause("checker", *_make_evidence(ours))
    if any(e.vouched for e in silent):
        return make_cause("registry", *_make_evidence(e for e in silent if e.vouched))
    if denied:
        return make_cause("network_policy", *_make_evidence(denied))
    if silent:
        return make_cause("network", *_make_evidence(silent))
    if not events and (found := _DIRECTLY.search(words)) is not None:
        line = words[words.rfind("\n", 0, found.start()) + 1 :].split("\n", 1)[0]
        claim = "asked for the network directly; an installation reaches it through a web proxy alone"
        return make_cause("network_policy", Evidence(claim=claim, source="log", text=line.strip()[:300]))
    return None


def _names(words: str, event: Event) -> bool:
    return _name_host(event) in words


def _name_host(event: Event) -> str:
    return event.host.rpartition(":")[0].strip("[]") or event.host


def _make_evidence(events: Iterable[Event]) -> tuple[Evidence, ...]:
    return tuple(Evidence(claim=f"{_WORDS[e.kind]}: {e}", source="proxy") for e in islice(events, 3))


@dataclass(frozen=True)
class Filter:
    """The environment of a trusted tool behind a proxy, and why it was refused; empty without a proxy."""

    environment: Mapping[str, str] = field(default_factory=dict)
    proxy: Proxy | None = None
    own: frozenset[str] = frozenset()

    def lead(self, settings: Settings) -> Settings:
        """Return settings with which a client of ours goes through the proxy; the same ones without a proxy."""
        if self.proxy is None:
            return settings
        names = ("http_proxy", "https_proxy")
        return settings.model_copy(update={"proxies": tuple((name, self.environment[name]) for name in names)})

    def find_cause(self, log: str) -> Cause | None:
        """Return the cause of a failure where the network's policy was it, else None."""
        events = self.proxy.take()[1] if self.proxy is not None else ()
        found = explain(log, events, self.own) if events else None
        return found if found is not None and found.name in {"network_policy", "checker"} else None


@contextmanager
def filter_addresses(settings: Settings, urls: Iterable[str]) -> Iterator[Filter]:
    """Run a trusted tool behind a proxy, so that addresses from a repository cannot reach private networks.

    The proxy is one as for containers, on this machine's loopback, and serves whoever knows its password.

    Raises:
        RegistryFailure: the package index does not answer.
        EngineFailure: there is no port to listen on.

    """
    vouched = frozenset(list_vouched_hosts(settings, make_trusted_environment(settings)))
    named = frozenset(find_hosts(urls)) if settings.named_hosts else frozenset()
    secret = token_urlsafe(24)
    try:
        listener = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
    except OSError as error:
        raise EngineFailure(f"no port of this machine can be listened on: {error.strerror}") from error
    port = listener.getsockname()[1]
    login = f"Basic {b64encode(f'checker:{secret}'.encode()).decode()}"
    dialler = Dialler(settings.proxies, settings.ca_bundle)
    proxy = Proxy(listener, Reach(vouched=vouched, named=named), dialler, login=login)
    try:
        url = f"http://checker:{secret}@127.0.0.1:{port}"
        low = {**dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), url), "no_proxy": ""}
        way = {name: value for key, value in low.items() for name in (key, key.upper())}
        yield Filter(way, proxy, list_own_hosts(settings))
    finally:
        proxy.close()


def make_trusted_environment(settings: Settings) -> dict[str, str]:
    """Return the trusted uv's settings for proxies and certificates, passwords included."""
    env = dict(make_index_environment(settings, secrets=True))
    for name, value in settings.proxies:
        env[name] = env[name.upper()] = value
    if settings.ca_bundle is not None:
        env.update(make_ca_environment(str(settings.ca_bundle)))
    return env
