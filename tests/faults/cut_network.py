"""A network that can be cut: a code host and a package index in one namespace, the worker in another.

Run as root by `unshare --net --mount python cut_network.py FOLDER`. What crosses the wire is slow, so that there
is a middle of a clone and of an installation to cut it in. Nothing of it has a way to any other network.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path[:0] = [
    str(folder) for folder in (TESTS / "support", TESTS / "hosts", TESTS / "sandbox", TESTS / "workers")
]

from code_host import CodeHost  # noqa: E402 - their folders come first
from local_index import serve_index, wheel  # noqa: E402
from repository_maker import Maker  # noqa: E402

HERE, THERE = "10.77.0.1", "10.77.0.2"
CODE_PORT, INDEX_PORT = 8081, 8082
CHUNK, CHUNKS_A_SECOND = 64 * 1024, 16
LARGE = 3 * 1024 * 1024
"""Bytes of a repository and of a wheel: three seconds on that wire."""


# ---------------------------------------------------------------- the other side


def relay(port: int, target: int) -> None:
    """Pass on what comes to `port` of every address, slowly."""

    def pump(one: socket.socket, other: socket.socket, pause: float) -> None:
        with suppress(OSError):
            while data := one.recv(CHUNK):
                other.sendall(data)
                time.sleep(pause)
            other.shutdown(socket.SHUT_WR)

    def accept(listener: socket.socket) -> None:
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(("127.0.0.1", target))
            for one, other, pause in ((near, far, 0.0), (far, near, 1 / CHUNKS_A_SECOND)):
                threading.Thread(target=pump, args=(one, other, pause), daemon=True).start()

    listener = socket.create_server(("0.0.0.0", port))
    threading.Thread(target=accept, args=(listener,), daemon=True).start()


def serve(folder: Path) -> None:
    """Take the wire's other end, and serve a repository and a package."""
    print("here", flush=True)
    sys.stdin.readline()
    ip("link", "set", "lo", "up")
    ip("address", "add", f"{THERE}/24", "dev", "wire")
    ip("link", "set", "wire", "up")
    host = CodeHost(folder / "hosted")
    with serve_index() as index:
        index.add("pip", "1.0")
        index.files["large-1.0-py3-none-any.whl"] = wheel("large", "1.0", files=(("large.py", noise("x", LARGE)),))
        relay(CODE_PORT, int(host.url.rpartition(":")[2]))
        relay(INDEX_PORT, int(index.url.split(":")[2].partition("/")[0]))
        print("ready", flush=True)
        threading.Event().wait()


def noise(name: str, size: int) -> str:
    """Return a module that no compression makes small."""
    return f"{name} = '{os.urandom(size // 2).hex()}'\n"


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


# ---------------------------------------------------------------- this side


class Wire:
    """What lies between the two."""

    def __init__(self, there: int) -> None:
        self._there = there

    def set(self, state: str) -> None:
        """Cut it or mend it, at the other end: here packets go nowhere, and nobody says so."""
        inside = ("nsenter", f"--net=/proc/{self._there}/ns/net")
        subprocess.run([*inside, "ip", "link", "set", "wire", state], check=True)

    def cut(self, seconds: float | None, after: float) -> None:
        """Cut it after a moment, for some seconds or for good."""

        def work() -> None:
            time.sleep(after)
            self.set("down")
            if seconds is not None:
                time.sleep(seconds)
                self.set("up")

        threading.Thread(target=work, daemon=True).start()


@contextmanager
def network(folder: Path) -> Iterator[Wire]:
    words = ["unshare", "--net", sys.executable, __file__, str(folder), "serve"]
    pipe = subprocess.PIPE
    server = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)
    assert server.stdin is not None and server.stdout is not None
    try:
        assert server.stdout.readline() == "here\n"
        ip("link", "set", "lo", "up")
        ip("link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", str(server.pid))
        ip("address", "add", f"{HERE}/24", "dev", "wire")
        ip("link", "set", "wire", "up")
        server.stdin.write("go\n")
        server.stdin.flush()
        assert server.stdout.readline() == "ready\n"
        yield Wire(server.pid)
    finally:
        server.kill()
        server.wait()


def nights(folder: Path, wire: Wire) -> dict[str, Any]:
    """Check a repository whose clone is cut: for some seconds, for the whole night, and again the next night."""
    from small_world import Notebook, tiny_services

    from checker.core.values.repositories import RepositoryId, Target
    from checker.core.values.results import Progress
    from checker.hosts import open_host
    from checker.nights.night import Night, NightOptions
    from checker.store import Store
    from workers.queue import open_embedded_queue

    class Cutter(Notebook):
        def __init__(self, act: Callable[[], None]) -> None:
            super().__init__()
            self.act, self.cut, self.cloned = act, False, 0

        def __call__(self, news: Progress) -> None:
            self.cloned += news.activity == "cloning"
            if news.activity == "cloning" and not self.cut:
                self.cut = True
                self.act()

    target = Target(repository=RepositoryId(owner="ada", name="large"))
    host = open_host(git_url=f"http://{THERE}:{CODE_PORT}", timeout=3, max_wait=4)
    told: dict[str, Any] = {}
    cases: dict[str, Callable[[], None]] = {
        "some seconds": lambda: wire.cut(seconds=7, after=0.7),
        "all night": lambda: wire.cut(seconds=None, after=0.7),
        "the next night": lambda: None,
    }
    for case, act in cases.items():
        services = replace(tiny_services(folder / "hosted", folder / "work"), host=host)
        with Store.open(folder / f"{case}.sqlite") as store, open_embedded_queue(services, 1) as queue:
            run = store.begin_run(date(2026, 3, 1), inputs=("x",), checker_version="0")
            watcher = Cutter(act)
            began = time.monotonic()
            options = NightOptions(tries=4 if case == "some seconds" else 2, backoff=2.0)
            Night(store, run, queue, options).carry_out([target], watcher)
            (check,) = store.load_checks(run).values()
        told[case] = {
            "availability": check.availability,
            "inconclusive": check.inconclusive,
            "cause": check.cause and check.cause.name,
            "cloned": watcher.cloned,
            "seconds": time.monotonic() - began,
        }
        if case == "all night":
            wire.set("up")
    return told


def installs(folder: Path, wire: Wire) -> dict[str, Any]:
    """Install from the index inside a sandbox, undisturbed and cut."""
    from checker.core.container import Limits
    from checker.core.settings import Settings
    from checker.core.values.plans import BuildPlan, Phase, Step, Way
    from checker.judging.diagnose import diagnose
    from checker.sandbox.docker.engine import DockerEngine

    env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    env.update(CHECKER_HOME=str(folder / "home"), CHECKER_SCRATCH="folder", CHECKER_FREE_BYTES="256M")
    env.update(UV_DEFAULT_INDEX=f"http://{THERE}:{INDEX_PORT}/simple", UV_INDEX="", PIP_EXTRA_INDEX_URL="")
    (folder / "source").mkdir()
    engine, told = DockerEngine(Settings.from_environment(env)), {}
    anew = "rm -rf /env/venv; uv venv -q --python python3.11 /env/venv"
    install = f"{anew} && uv pip install --link-mode copy --no-cache large"
    step = Step(name="i", phase=Phase.INSTALL, argv=("sh", "-c", install), network=True, seconds=90)
    with engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), folder / "source", Limits()) as box:
        for case, seconds in (("undisturbed", 0.0), ("some seconds", 3.0), ("for good", None)):
            if seconds != 0.0:
                wire.cut(seconds, after=2.0)
            patience = (
                ("UV_HTTP_TIMEOUT", "10" if seconds else "3"),
                ("UV_HTTP_RETRIES", "3" if seconds else "1"),
            )
            result = box.run(step.model_copy(update={"env": patience}))
            why = diagnose(result)
            told[case] = {"status": result.status, "cause": why and why.name, "log": result.log[-2000:]}
    engine.close()
    return told


def main(folder: Path) -> None:
    maker = Maker(folder / "hosted" / "ada" / "large.git")
    maker.commit({"main.py": "print('hello')\n", "data.py": noise("x", LARGE)})
    with network(folder) as wire:
        done = {"nights": nights(folder, wire), "installs": installs(folder, wire)}
    (folder / "done.json").write_text(json.dumps(done))


if __name__ == "__main__":
    if sys.argv[2:] == ["serve"]:
        serve(Path(sys.argv[1]))
    else:
        main(Path(sys.argv[1]))
