"""The proxy of an attempt, with real sockets of this machine: what gets through, what does not, where it ends."""

from __future__ import annotations

import asyncio
import random
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from proxy_servers import Counting, answering, ask, counting, echo, read_all, start_forwarder

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.results import Blame
from checker.sandbox.egress.dial import Dialler, Refused, Unreachable
from checker.sandbox.egress.policy import Reach
from checker.sandbox.egress.refusals import Bounds, Event, listen
from checker.sandbox.egress.server import Proxy
from checker.sandbox.egress.session import explain, filter_addresses

Start = Callable[..., Proxy]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start proxies at `tmp_path/proxy.sock`."""
    with ExitStack() as stack:

        def start_one(
            *vouched: Counting,
            named: tuple[tuple[str, int], ...] = (),
            names: dict[str, tuple[str, ...]] | None = None,
            proxies: tuple[tuple[str, str], ...] = (),
            **bounds: float,
        ) -> Proxy:
            def resolve(host: str, port: int) -> tuple[str, ...]:
                try:
                    return (names or {})[host]
                except KeyError:
                    raise OSError(f"no such name: {host}:{port}") from None

            reach = Reach(vouched=frozenset(server.end for server in vouched), named=frozenset(named))
            proxy = Proxy(
                listen(tmp_path), reach, Dialler(proxies, resolver=resolve), Bounds.model_validate(bounds)
            )
            stack.callback(proxy.close)
            return proxy

        yield start_one


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "proxy.sock"


def connect(end: tuple[str, int]) -> bytes:
    return f"CONNECT {end[0]}:{end[1]} HTTP/1.1\r\n\r\n".encode()


def kinds(proxy: Proxy) -> list[str]:
    return [event.kind for event in proxy.take()[1]]


def test_a_tunnel_carries_every_byte_in_both_directions(start: Start, path: Path) -> None:
    data = random.Random(1).randbytes(20_000_000)
    with counting(echo) as server, socket.socket(socket.AF_UNIX) as client:
        proxy = start(server)
        client.connect(str(path))
        client.sendall(connect(server.end))
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        sender = threading.Thread(target=lambda: (client.sendall(data), client.shutdown(socket.SHUT_WR)))
        sender.start()
        assert read_all(client) == data
        sender.join()
    assert proxy.take() == (True, ())


def test_through_the_forwarder_of_the_container(start: Start, path: Path) -> None:
    body = random.Random(2).randbytes(5_000_000)
    with counting(answering(body)) as server:
        start(server)
        port = start_forwarder(path)
        with httpx.Client(proxy=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for _ in range(3):
                assert client.get(f"http://127.0.0.1:{server.port}/a").content == body
        assert server.came[0].startswith(b"GET /a HTTP/1.1\r\nHost: 127.0.0.1:")


def test_many_clients_of_the_forwarder_at_once(start: Start, path: Path) -> None:
    data, wrong = random.Random(3).randbytes(300_000), []
    with counting(echo) as server:
        start(server)
        port = start_forwarder(path)

        def one() -> None:
            with socket.create_connection(("127.0.0.1", port), 20) as client:
                client.sendall(connect(server.end))
                client.recv(100)
                threading.Thread(target=lambda: (client.sendall(data), client.shutdown(socket.SHUT_WR))).start()
                if read_all(client) != data:
                    wrong.append(client)

        threads = [threading.Thread(target=one) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_a_host_that_nobody_named_is_refused_and_never_connected_to(start: Start, path: Path) -> None:
    with counting(answering(b"secret")) as server, counting() as allowed:
        proxy = start(allowed, names={"evil.test": ("127.0.0.1",)})
        for request in (
            connect(server.end),
            connect(("evil.test", server.port)),
            f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\n\r\n".encode(),
            f"GET http://{allowed.end[0]}:{allowed.port}@127.0.0.1:{server.port}/ HTTP/1.1\r\n\r\n".encode(),
        ):
            assert ask(path, request).startswith(b"HTTP/1.1 403 ")
        assert server.came == []
        events = proxy.take()[1]
        assert {event.kind for event in events} == {"refused"}
        assert f"evil.test:{server.port}: no package index in use" in " ".join(str(event) for event in events)


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("10.0.0.1",),
        ("169.254.169.254",),
        ("::ffff:127.0.0.1",),
        ("1.1.1.1", "127.0.0.1"),
        ("fd00::1",),
    ],
)
def test_a_named_host_that_points_inside_is_refused(start: Start, path: Path, addresses: tuple[str, ...]) -> None:
    with counting() as server:
        proxy = start(named=(("own.test", server.port),), names={"own.test": addresses})
        assert ask(path, connect(("own.test", server.port))).startswith(b"HTTP/1.1 403 ")
        assert server.came == []
    assert kinds(proxy) == ["refused"]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001"])
def test_other_ways_to_write_loopback(start: Start, path: Path, host: str) -> None:
    with counting() as server:
        start(named=((host, server.port),), names={host: ("127.0.0.1",)})
        assert ask(path, connect((host, server.port))).startswith(b"HTTP/1.1 403 ")
        assert server.came == []


def test_a_redirect_is_a_new_request(start: Start, path: Path) -> None:
    with counting(answering(b"secret")) as inside:
        target = f"Location: http://127.0.0.1:{inside.port}/latest/meta-data/"
        with counting(answering(b"", "302 Found", target)) as index:
            start(index)
            proxy = f"http://127.0.0.1:{start_forwarder(path)}"
            with httpx.Client(proxy=proxy, trust_env=False, follow_redirects=True) as client:
                response = client.get(f"http://127.0.0.1:{index.port}/simple/")
        assert response.status_code == 403
        assert len(index.came) == 1
        assert inside.came == []


def test_no_second_request_hides_behind_the_first(start: Start, path: Path) -> None:
    with counting(answering(b"fine")) as server:
        start(server)
        request = f"POST http://127.0.0.1:{server.port}/ HTTP/1.1\r\nContent-Length: 4\r\n\r\n".encode()
        assert ask(path, request + b"bodyGET http://10.0.0.1/ HTTP/1.1\r\n\r\n").endswith(b"fine")
        time.sleep(0.1)
        assert b"10.0.0.1" not in b"".join(server.came)


@pytest.mark.parametrize(
    "request_", [b"GET / HTTP/1.1\r\n\r\n", b"X" * 300_000, b"\r\n\r\n", b"\x16\x03\x01\r\n\r\n"]
)
def test_what_is_no_request_is_answered_and_ended(start: Start, path: Path, request_: bytes) -> None:
    start()
    assert ask(path, request_).startswith(b"HTTP/1.1 400 ")


def test_what_does_not_answer_is_no_refusal(start: Start, path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = Counting.__new__(Counting)
        free.end = ("127.0.0.1", int(server.getsockname()[1]))
    proxy = start(free, named=(("gone.test", 443),))
    assert ask(path, connect(free.end)).startswith(b"HTTP/1.1 502 ")
    assert ask(path, connect(("gone.test", 443))).startswith(b"HTTP/1.1 502 ")
    assert [(e.kind, e.vouched) for e in proxy.take()[1]] == [("unreachable", True), ("unreachable", False)]


# ---------------------------------------------------------------- bounds


def test_bytes_of_an_attempt_are_bounded(start: Start, path: Path) -> None:
    with counting(answering(b"x" * 3_000_000)) as server:
        proxy = start(server, bytes_=1_000_000)
        request = f"GET http://127.0.0.1:{server.port}/ HTTP/1.1\r\n\r\n".encode()
        assert len(ask(path, request)) <= 1_000_000
        assert kinds(proxy) == ["bound"]
        assert ask(path, request).startswith(b"HTTP/1.1 503 ")


def test_bytes_that_are_sent_count_too(start: Start, path: Path) -> None:
    with counting(lambda connection, _: time.sleep(5)) as server, socket.socket(socket.AF_UNIX) as client:
        proxy = start(server, bytes_=1_000_000)
        client.connect(str(path))
        client.sendall(connect(server.end))
        client.recv(100)
        with pytest.raises(OSError):
            for _ in range(200):
                client.sendall(b"x" * 100_000)
    assert kinds(proxy) == ["bound"]


def test_connections_at_once_are_bounded(start: Start, path: Path) -> None:
    with counting(echo) as server, ExitStack() as stack:
        proxy = start(server, connections=3, wait=0.2)
        for _ in range(3):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(str(path))
            client.sendall(connect(server.end))
            assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        assert ask(path, connect(server.end)).startswith(b"HTTP/1.1 503 ")
        assert kinds(proxy) == ["bound"]


def test_one_connection_too_many_waits_for_another_to_end(start: Start, path: Path) -> None:
    with counting(echo) as server, socket.socket(socket.AF_UNIX) as first, socket.socket(socket.AF_UNIX) as second:
        proxy = start(server, connections=1)
        for client in (first, second):
            client.connect(str(path))
            client.sendall(connect(server.end))
            client.settimeout(0.5)
        assert first.recv(100).startswith(b"HTTP/1.1 200 ")
        with pytest.raises(TimeoutError):
            second.recv(100)
        first.close()
        second.settimeout(10)
        assert second.recv(100).startswith(b"HTTP/1.1 200 ")
    assert kinds(proxy) == []


def test_clients_that_say_nothing_are_bounded_too(start: Start, path: Path) -> None:
    with ExitStack() as stack:
        proxy = start(connections=4)
        for _ in range(8):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(str(path))
        assert ask(path, connect(("a.test", 443))) == b""
        assert kinds(proxy) == ["bound"]
    for _ in range(50):
        if answer := ask(path, connect(("a.test", 443))):
            break
        time.sleep(0.1)
    assert answer.startswith(b"HTTP/1.1 403 ")


def test_seconds_of_an_attempt_are_bounded(start: Start, path: Path) -> None:
    with counting(echo) as server, socket.socket(socket.AF_UNIX) as client:
        proxy = start(server, seconds=0.5)
        client.connect(str(path))
        client.sendall(connect(server.end))
        assert client.recv(100).startswith(b"HTTP/1.1 200 ")
        began = time.monotonic()
        client.settimeout(10)
        assert read_all(client) == b""
        assert time.monotonic() - began < 5
        assert ask(path, connect(server.end)).startswith(b"HTTP/1.1 503 ")
        assert set(kinds(proxy)) == {"bound"}


def test_closing_cuts_what_is_open_and_serves_nobody_else(start: Start, path: Path) -> None:
    with counting(echo) as server, socket.socket(socket.AF_UNIX) as client:
        proxy = start(server)
        client.connect(str(path))
        client.sendall(connect(server.end))
        client.recv(100)
        serving = [thread for thread in threading.enumerate() if thread.name == "proxy"]
        proxy.close()
        client.settimeout(5)
        assert read_all(client) == b""
        assert serving and not any(thread.is_alive() for thread in serving)
    with socket.socket(socket.AF_UNIX) as late, pytest.raises(ConnectionRefusedError):
        late.connect(str(path))


def test_a_long_path_and_the_socket_for_everyone_inside(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 40) / "out"
    folder.mkdir(parents=True)
    proxy = Proxy(listen(folder), Reach(), Dialler())
    try:
        facts = (folder / "proxy.sock").stat()
        assert stat.S_ISSOCK(facts.st_mode)
        assert stat.S_IMODE(facts.st_mode) == 0o666
    finally:
        proxy.close()


# ---------------------------------------------------------------- the operator's own proxy


def test_through_the_operators_proxy(start: Start, path: Path) -> None:
    def tunnel(connection: socket.socket, first: bytes) -> None:
        if first.startswith(b"CONNECT "):
            connection.sendall(b"HTTP/1.1 200 fine\r\n\r\n")
            echo(connection, connection.recv(100))
        else:
            answering(b"plain")(connection, first)

    with counting(tunnel) as upstream:
        index, where = Counting.__new__(Counting), f"http://me:p%40ss@127.0.0.1:{upstream.port}"
        index.end = ("index.corp", 443)
        plain = Counting.__new__(Counting)
        plain.end = ("plain.corp", 80)
        names = {"public.test": ("1.1.1.1",), "inside.test": ("10.0.0.1",)}
        named = tuple((name, 443) for name in (*names, "unknown.test", "github.com"))
        proxy = start(
            index, plain, named=named, names=names, proxies=(("https_proxy", where), ("http_proxy", where))
        )
        for host in ("index.corp", "github.com", "public.test"):
            assert ask(path, connect((host, 443)) + b"hello").endswith(b"\r\n\r\nhello")
        for host in ("inside.test", "unknown.test"):
            assert ask(path, connect((host, 443))).startswith(b"HTTP/1.1 403 ")
        assert ask(path, b"GET http://plain.corp/a HTTP/1.1\r\n\r\n").endswith(b"plain")
        assert ask(path, b"GET http://public.test/a HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 403 ")
        asked = [line.split(b"\r\n")[0] for line in upstream.came]
        assert asked == [
            b"CONNECT index.corp:443 HTTP/1.1",
            b"CONNECT github.com:443 HTTP/1.1",
            b"CONNECT 1.1.1.1:443 HTTP/1.1",
            b"GET http://plain.corp/a HTTP/1.1",
        ]
        assert all(b"Proxy-Authorization: Basic bWU6cEBzcw==\r\n" in head for head in upstream.came)
        assert kinds(proxy) == ["refused"] * 3


def test_an_upstream_that_refuses_is_no_refusal_of_ours(start: Start, path: Path) -> None:
    with counting(answering(b"", "407 Proxy Authentication Required")) as upstream:
        index = Counting.__new__(Counting)
        index.end = ("index.corp", 443)
        proxy = start(index, proxies=(("all_proxy", f"http://127.0.0.1:{upstream.port}"),))
        assert ask(path, connect(index.end)).startswith(b"HTTP/1.1 502 ")
        assert kinds(proxy) == ["unreachable"]


# ---------------------------------------------------------------- the trusted tool


def test_a_trusted_tool_reaches_what_a_repository_names_outside_alone(settings: Settings) -> None:
    with counting(answering(b"secret")) as inside, counting(answering(b"index")) as index:
        own = settings.model_copy(
            update={"indexes": IndexSettings(default=f"http://127.0.0.1:{index.port}/simple"), "proxies": ()}
        )
        with filter_addresses(own, [f"http://127.0.0.1:{inside.port}/simple"]) as way:
            env, before = way.environment, len(index.came)
            with httpx.Client(proxy=env["http_proxy"], trust_env=False) as client:
                assert client.get(f"http://127.0.0.1:{index.port}/").text == "index"
                assert client.get(f"http://127.0.0.1:{inside.port}/").status_code == 403
            bare = env["http_proxy"].rpartition("@")[2]
            for proxy in (f"http://{bare}", f"http://checker:wrong@{bare}"):
                with httpx.Client(proxy=proxy, trust_env=False) as client:
                    assert client.get(f"http://127.0.0.1:{index.port}/").status_code == 407
        assert len(index.came) == before + 1
        assert inside.came == []


# ---------------------------------------------------------------- what a refusal means

REFUSED = Event(kind="refused", host="evil.test:443", why="nobody names it")
SILENT = Event(kind="unreachable", host="index.corp:443", why="no answer", vouched=True)
AWAY = Event(kind="unreachable", host="files.test:443", why="no answer")


@pytest.mark.parametrize(
    ("log", "events", "name"),
    [
        ("curl: (56) CONNECT tunnel failed, response 403", (REFUSED,), "network_policy"),
        ("OSError: Tunnel connection failed: 403 Forbidden", (REFUSED,), "network_policy"),
        ("cannot download https://evil.test/model.bin", (REFUSED,), "network_policy"),
        ("own.c:1: error: expected ';'", (REFUSED,), None),
        ("error: own", (), None),
        ("https://index.corp/simple: tunnel error: unsuccessful", (SILENT,), "registry"),
        ("https://index.corp/simple: tunnel error: unsuccessful", (REFUSED, SILENT), "registry"),
        (
            "fatal: unable to access 'https://files.test/a/': CONNECT tunnel failed, response 502",
            (AWAY,),
            "network",
        ),
        ("ssh: Could not resolve hostname github.com: Temporary failure in name resolution", (), "network_policy"),
        ("OSError: [Errno 101] Network is unreachable", (), "network_policy"),
    ],
)
def test_the_cause_of_a_step_that_failed(log: str, events: tuple[Event, ...], name: str | None) -> None:
    found = explain(log + "\n", events)
    assert (found.name if found else None) == name
    if found is not None:
        assert found.evidence
        assert found.blame is (Blame.LIMIT if name == "network_policy" else Blame.CHECKER)


def test_a_refusal_of_our_own_index_is_our_failure() -> None:
    log = "error: Failed to fetch: `https://evil.test/simple/a/`: CONNECT tunnel failed, response 403\n"
    found = explain(log, (REFUSED,), frozenset({"evil.test"}))
    assert found is not None and found.blame is Blame.CHECKER


def test_a_refusal_long_before_the_end_is_not_the_reason() -> None:
    log = "telemetry of evil.test was not sent\n" + "compiling\n" * 5000 + "error: own\n"
    assert explain(log, (REFUSED,)) is None


@pytest.mark.parametrize(
    ("said", "asked", "known"),
    [
        ([socket.EAI_AGAIN], 2, True),
        ([socket.EAI_AGAIN, socket.EAI_AGAIN], 3, True),
        ([socket.EAI_AGAIN] * 3, 3, False),
        ([socket.EAI_NONAME], 1, False),
    ],
)
def test_a_busy_resolver_is_asked_again(said: list[int], asked: int, known: bool) -> None:
    """A name that is not known is not asked for again: only "temporary failure" may pass."""
    times = 0

    def resolve(host: str, port: int) -> tuple[str, ...]:
        nonlocal times
        times += 1
        if said:
            raise socket.gaierror(said.pop(0), "no answer")
        return ("127.0.0.1",)

    async def dial() -> None:
        dialler = Dialler(resolver=resolve)
        try:
            with pytest.raises((Refused, Unreachable)) as caught:
                await dialler.connect(("index.example", 443), vouched=False, tunnel=True)
            # This machine's own address is refused, once it is known.
            assert (caught.type is Refused) is known
        finally:
            dialler.close()

    asyncio.run(dial())
    assert times == asked
