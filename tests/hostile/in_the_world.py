"""The intruder's check, in the network of tests/sandbox/network_world.py: behind every address a listener counts.

Run as root by `unshare --net --mount python in_the_world.py FOLDER TOOLS`; writes FOLDER/done.json.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "sandbox"), str(HERE.parents[1])]

import hostile_ground as ground  # noqa: E402
import network_world as world  # noqa: E402
from local_index import LocalIndex, serve_index  # noqa: E402

from checker.core.container import GIB, MIB, Limits  # noqa: E402
from checker.core.values.results import Check  # noqa: E402

LIMITS = Limits(memory_bytes=GIB, pids=256, disk_bytes=GIB, log_bytes=256 * 1024, collect_bytes=2 * MIB)
SECRET = "a secret of the host"


def targets(folder: Path) -> dict[str, Any]:
    """Return what the attacks aim at: all of it is this machine's, or stands in the network made for this."""
    home = folder / "home"
    return {
        "files": [str(folder / "secret"), "/root/.netrc", "/root/.docker/config.json"],
        "folders": [str(home), str(home / "cache"), str(home / "scratch"), str(home / "checkouts")],
        "other": [str(folder / "mirror/hostile/innocent.git/HEAD"), str(folder / "work/innocent/main.py")],
        "variables": ["CHECKER_TEST_CANARY"],
        "processes": [os.getpid()],
        "metadata": [("169.254.169.254", 80)],
        "private": [("10.0.0.9", 6379), ("192.168.7.7", 80)],
        "loopback": [("127.0.0.1", 6379), ("localhost", 80)],
        "own": [("172.17.0.1", 6379), (world.OWN_PUBLIC, 80)],
        "public": [(world.ALSO_PUBLIC, 443)],
    }


def carry_out(folder: Path, tools: Path, index: LocalIndex) -> dict[str, Any]:
    """Check the innocent one alone, the intruder with the innocent one beside it, and the innocent one again."""
    (folder / "secret").write_text(SECRET)
    os.environ["CHECKER_TEST_CANARY"] = SECRET
    aims = targets(folder)
    ground.stock(index, tools, aims)
    worker = ground.Worker(folder, index, scratch="folder")

    def arm(work: Path) -> None:
        script = work / "tries.py"
        script.write_text(ground.aimed(script.read_text(), aims))

    innocent, intruder = ground.publish(worker.mirror, "innocent"), ground.publish(worker.mirror, "intruder", arm)
    checks: dict[str, Check] = {"alone": worker.check(innocent, LIMITS)}
    before = worker.cache()
    beside = threading.Thread(target=lambda: checks.update(beside=worker.check(innocent, LIMITS)))
    beside.start()
    checks["intruder"] = worker.check(intruder, LIMITS)
    beside.join()
    after = worker.cache()
    checks["after"] = worker.check(innocent, LIMITS)
    worker.engine.close()
    return {
        "checks": {name: check.model_dump(mode="json") for name, check in checks.items()},
        "changed": [
            name for name, content in before.items() if after.get(name) != content and "archive-v" in name
        ],
        "poisoned": [name for name, content in after.items() if b"poisoned" in content],
        "planted": [name for name in after if Path(name).name == "good-1.0-py3-none-any.whl"],
        "left": worker.leftovers(),
    }


def main(folder: Path, tools: Path) -> None:
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for name, text in (("hosts", "127.0.0.1 localhost\n"), ("resolv.conf", "")):
        (folder / name).write_text(text)
        subprocess.run(["mount", "--bind", str(folder / name), f"/etc/{name}"], check=True)
    came: list[Any] = []
    with world.world() as output, serve_index() as index:
        here = subprocess.Popen([sys.executable, world.__file__, "here"], stdout=subprocess.PIPE, text=True)
        assert here.stdout is not None
        here.stdout.readline()
        for stream in (output, here.stdout):
            read = lambda stream=stream: came.extend(json.loads(line)[1:] for line in stream)  # noqa: E731
            threading.Thread(target=read, daemon=True).start()
        done = carry_out(folder, tools, index)
        time.sleep(world.SETTLE_SECONDS)
        done["came"] = list(came)
        world.control()
        time.sleep(world.SETTLE_SECONDS)
        done["control"] = came[len(done["came"]) :]
        here.kill()
    (folder / "done.json").write_text(json.dumps(done))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
