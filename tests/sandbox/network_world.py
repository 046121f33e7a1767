"""A network of the tests' own, in two namespaces: the worker's machine, and the world that it can reach.

Run as root by `unshare --net --mount python network_world.py FOLDER`. The worker here is a real one, with a real
engine; behind every address of the world, and of the worker itself, a listener counts what arrives. Nothing of it
has a way to any other network.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from local_index import wheel

INDEX = ("10.0.0.5", 8090)
PUBLIC, ALSO_PUBLIC = "1.1.1.1", "9.9.9.9"
OWN_PUBLIC = "5.6.7.8"
WORLD = (INDEX[0], "10.0.0.9", "169.254.169.254", "192.168.7.7", "100.64.0.9", "172.16.5.5", PUBLIC, ALSO_PUBLIC)
OWN = ("10.77.0.1", "172.17.0.1", OWN_PUBLIC, "127.0.0.1")
NAMES = {
    "public.test": (PUBLIC,),
    "inside.test": ("10.0.0.9",),
    "meta.test": ("169.254.169.254",),
    "own.test": (OWN_PUBLIC,),
    "mixed.test": (PUBLIC, "10.0.0.9"),
    "unnamed.example": (ALSO_PUBLIC,),
}
SETTLE_SECONDS = 0.3
PORTS = (80, 443, 6379, INDEX[1])


class Server(ThreadingHTTPServer):
    """Notes the address of its own that every connection came to, before a byte of it is read."""

    daemon_threads = True

    def get_request(self) -> Any:
        connection, peer = super().get_request()
        print(json.dumps(["came", *connection.getsockname()[:2]]), flush=True)
        return connection, peer

    def handle_error(self, *_: Any) -> None:
        pass


class Handler(BaseHTTPRequestHandler):
    """A small index at its own address, with a way to be sent elsewhere; a secret everywhere else."""

    def do_GET(self) -> None:
        status, body = self.page() if self.connection.getsockname()[:2] == INDEX else (200, b"a secret")
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.send_header("Content-Type", "text/html" if "simple" in self.path else "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the server's own name for it

    def page(self) -> tuple[int, bytes]:
        """Return what the index answers: it has one project, and a way elsewhere."""
        content, name = wheel("own", "1.0"), "own-1.0-py3-none-any.whl"
        if self.path.startswith("/simple/own/"):
            return 200, f'<a href="/{name}#sha256={hashlib.sha256(content).hexdigest()}">{name}</a>'.encode()
        if self.path == f"/{name}":
            return 200, content
        return (302 if self.path == "/redirect" else 404), b""

    def log_message(self, *_: Any) -> None:
        pass


def serve() -> None:
    """Listen on every address of this namespace."""
    for port in PORTS:
        threading.Thread(target=Server(("0.0.0.0", port), Handler).serve_forever, daemon=True).start()
    print(json.dumps(["ready"]), flush=True)


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def world() -> Any:
    """Make the second namespace, and a wire to it; give the list of what came there and here."""
    server = subprocess.Popen(
        ["unshare", "--net", sys.executable, __file__, "serve"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        assert server.stdout.readline() == '["here"]\n'
        ip("link", "set", "lo", "up")
        ip("link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", str(server.pid))
        ip("address", "add", "10.77.0.1/24", "dev", "wire")
        ip("link", "add", "docker0", "type", "bridge")
        ip("address", "add", "172.17.0.1/24", "dev", "docker0")
        ip("address", "add", f"{OWN_PUBLIC}/32", "dev", "lo")
        ip("link", "set", "wire", "up")
        ip("link", "set", "docker0", "up")
        ip("route", "add", "default", "via", "10.77.0.2")
        server.stdin.write("go\n")
        server.stdin.flush()
        assert server.stdout.readline() == '["ready"]\n'
        yield server.stdout
    finally:
        server.kill()
        server.wait()


def furnish_world() -> None:
    """Take the wire's other end and every address of the world, then listen on all of them."""
    print(json.dumps(["here"]), flush=True)
    sys.stdin.readline()
    ip("link", "set", "lo", "up")
    ip("address", "add", "10.77.0.2/24", "dev", "wire")
    for address in WORLD:
        ip("address", "add", f"{address}/32", "dev", "lo")
    ip("link", "set", "wire", "up")
    serve()
    threading.Event().wait()


ATTACK = r"""
import json, socket, urllib.request
worlds, own, names, index = json.loads(%r)
said = {}

def note(name, act):
    try:
        said[name] = str(act())
    except Exception as error:
        said[name] = "{}: {}".format(type(error).__name__, error)

def direct(address, port):
    with socket.create_connection((address, port), 3) as s:
        s.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return s.recv(1000)

def tunnel(host, port):
    with socket.create_connection(("127.0.0.1", 18128), 10) as s:
        s.settimeout(10)
        s.sendall("CONNECT {}:{} HTTP/1.1\r\n\r\n".format(host, port).encode())
        first = s.recv(1000).split(b"\r\n")[0].decode()
        if " 200 " in first:
            s.sendall(b"GET / HTTP/1.0\r\n\r\n")
            s.recv(1000)
        return first

def load(url):
    return urllib.request.urlopen(url, timeout=10).read()

for address in worlds + own:
    for port in (80, 6379):
        note("direct {}:{}".format(address, port), lambda: direct(address, port))
    if address != index[0] and address != "127.0.0.1":
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        note("udp {}".format(address), lambda: udp.sendto(b"x", (address, 53)))
written = ["localhost", "[::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "2852039166"]
for host in worlds + own + sorted(names) + written:
    for port in (80, 443, 6379):
        note("tunnel {}:{}".format(host, port), lambda: tunnel(host, port))
    note("plain {}".format(host), lambda: load("http://{}/latest/".format(host)))
note("redirect", lambda: load("http://{}:{}/redirect".format(*index)))
note("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))
note("packet", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW))
print(json.dumps(said))
"""


def attack(folder: Path) -> dict[str, Any]:
    """Let a worker install from its index, with strangers' code that tries every address."""
    from checker.core.container import Limits
    from checker.core.settings import Settings
    from checker.core.values.plans import BuildPlan, Phase, Step, Way
    from checker.sandbox.docker.engine import DockerEngine

    named = tuple(f"{name.partition('.')[0]} @ https://{name}/a.zip" for name in NAMES if name.endswith(".test"))
    env = {k: v for k, v in os.environ.items() if "proxy" not in k.lower()}
    env.update(CHECKER_HOME=str(folder / "home"), CHECKER_SCRATCH="folder", CHECKER_FREE_BYTES="256M")
    env.update(UV_DEFAULT_INDEX=f"http://{INDEX[0]}:{INDEX[1]}/simple", UV_INDEX="", PIP_EXTRA_INDEX_URL="")
    (folder / "source").mkdir()
    engine = DockerEngine(Settings.from_environment(env))
    program = ATTACK % json.dumps([WORLD, OWN, NAMES, INDEX])
    python = ("python3.11", "-c", program)
    install = (
        "uv venv -q --python python3.11 /env/venv && uv pip install -q own && /env/venv/bin/python -c 'import own'"
    )
    steps = {
        "install": Step(name="i", phase=Phase.INSTALL, argv=("sh", "-c", install), network=True),
        "attack": Step(name="a", phase=Phase.INSTALL, argv=python, network=True),
        "run": Step(name="r", phase=Phase.RUN, argv=("sh", "-c", "ls /sys/class/net /checker/out")),
    }
    plan = BuildPlan(ecosystem="base", way=Way.PERIOD, requirements=named)
    with engine.open(plan, folder / "source", Limits()) as box:
        done = {name: box.run(step).model_dump(mode="json") for name, step in steps.items()}
    engine.close()
    return done


def control() -> None:
    """Call every address from where the worker is, so that silence before says something."""
    for address in (*WORLD, *OWN):
        with socket.create_connection((address, 80), 5) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            connection.recv(100)


def rebind() -> dict[str, Any]:
    """Open a connection to a name that points inside when it is asked for the second time."""
    import asyncio

    from checker.sandbox.egress.dial import Dialler

    answers = [(PUBLIC,), ("10.0.0.9",)]

    async def connect() -> str:
        line = await Dialler(resolver=lambda *_: answers.pop(0)).connect(
            ("x.test", 80), vouched=False, tunnel=True
        )
        line.writer.close()
        return str(line.writer.get_extra_info("peername")[0])

    return {"peer": asyncio.run(connect()), "left": len(answers)}


def main(folder: Path) -> None:
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    hosts = "".join(f"{address} {name}\n" for name, addresses in NAMES.items() for address in addresses)
    for name, text in (("hosts", f"127.0.0.1 localhost\n{hosts}"), ("resolv.conf", "")):
        (folder / name).write_text(text)
        subprocess.run(["mount", "--bind", str(folder / name), f"/etc/{name}"], check=True)
    came: list[list[Any]] = []
    with world() as output:
        reader = threading.Thread(target=lambda: came.extend(json.loads(line) for line in output), daemon=True)
        reader.start()
        here = subprocess.Popen([sys.executable, __file__, "here"], stdout=subprocess.PIPE, text=True)
        assert here.stdout is not None
        here.stdout.readline()
        came_here: list[list[Any]] = []
        listener = threading.Thread(
            target=lambda: came_here.extend(json.loads(line) for line in here.stdout or ()), daemon=True
        )
        listener.start()
        done = {**attack(folder), "rebind": rebind()}
        time.sleep(SETTLE_SECONDS)
        done["came"], done["came here"] = [row[1:] for row in came], [row[1:] for row in came_here]
        control()
        time.sleep(SETTLE_SECONDS)
        done["control"] = [row[1:] for row in (*came[len(done["came"]) :], *came_here)]
        here.kill()
    (folder / "done.json").write_text(json.dumps(done))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        furnish_world()
    elif sys.argv[1] == "here":
        serve()
        threading.Event().wait()
    else:
        main(Path(sys.argv[1]))
