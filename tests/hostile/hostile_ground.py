"""What hostile repositories are checked with: trees, a mirror, a package index of their own, a whole worker."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import uv
from local_index import LocalIndex, sdist, wheel

from checker.check import Services, check_repository
from checker.core.container import MIB, Limits
from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import Rung
from checker.core.values.repositories import RepositoryId, Target
from checker.core.values.results import Check
from checker.ecosystems.contained.ecosystem import ContainedEcosystem
from checker.ecosystems.registry import ALL
from checker.hosts import open_host
from checker.index.uv import Downloads
from checker.sandbox.docker.client import connect
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.docker.sandbox import HOME_LABEL
from checker.sandbox.provision.download_cache import open_shared_cache
from checker.sandbox.provision.interpreters import find_interpreters
from checker.services import Tools

ROOT = Path(__file__).parents[2]
TREES = ROOT / "examples" / "hostile"

TOOLS = ("setuptools", "wheel", "pytest", "nbclient", "nbformat", "ipykernel")
"""What building, testing and notebooks want from the index; brought once, and served by the tests' own."""

SMALL = Limits(memory_bytes=512 * MIB, cpus=1.0, pids=100, disk_bytes=256 * MIB, log_bytes=64 * 1024)

IDENTITY = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in
       (("NAME", "A"), ("EMAIL", "a@example.org"), ("DATE", "2024-01-01T00:00:00Z"))},
}  # fmt: skip

Change = Callable[[Path], None]


def tools(folder: Path) -> Path:
    """Bring the tools' wheels from the machine's index into a folder; one that is there stays."""
    installed = folder / "installed"
    command = [
        uv.find_uv_bin(),
        "pip",
        "install",
        "--quiet",
        "--python",
        "3.11",
        "--target",
        str(installed),
        *TOOLS,
    ]
    subprocess.run(command, check=True, timeout=300)
    for info in installed.glob("*.dist-info"):
        content, name = _packed(installed, info)
        (folder / name).write_bytes(content)
    return folder


def _packed(installed: Path, info: Path) -> tuple[bytes, str]:
    """Make a wheel again of what one was unpacked into."""
    tags = [line[5:] for line in (info / "WHEEL").read_text().splitlines() if line.startswith("Tag: ")]
    tag = next(tag for tag in tags if not tag.startswith("py2-"))
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for line in (info / "RECORD").read_text().splitlines():
            path = line.split(",")[0].strip('"')
            if not path.startswith("..") and "__pycache__" not in path and (installed / path).is_file():
                archive.write(installed / path, path)
    return stream.getvalue(), f"{info.name.removesuffix('.dist-info')}-{tag}.whl"


def stock(index: LocalIndex, folder: Path, targets: Mapping[str, Any]) -> None:
    """Fill an index with the tools, a good package, and one whose setup script attacks."""
    index.files.update((path.name, path.read_bytes()) for path in folder.glob("*.whl"))
    index.files["good-1.0-py3-none-any.whl"] = wheel("good", "1.0", files=(("good.py", "VERSION = '1.0'\n"),))
    script = aimed((TREES / "intruder" / "tries.py").read_text(), targets)
    ending = (
        "\nfrom setuptools import setup\ncarry_out('sdist')\nsetup(name='hostile-dependency', version='1.0')\n"
    )
    index.files["hostile_dependency-1.0.tar.gz"] = sdist("hostile_dependency", "1.0", script + ending)


def aimed(script: str, targets: Mapping[str, Any]) -> str:
    """Write into an attack what it aims at."""
    marked = 'TARGETS = json.loads("{}")'
    assert marked in script
    return script.replace(marked, f"TARGETS = json.loads({json.dumps(json.dumps(targets))})")


def publish(mirror: Path, tree: str, change: Change | None = None, name: str = "") -> Target:
    """Commit a tree, changed first where it has to be, as a repository of the mirror."""
    bare, work = mirror / "hostile" / f"{name or tree}.git", mirror.parent / "work" / (name or tree)
    subprocess.run(["cp", "-r", str(TREES / tree), str(work)], check=True)
    if change is not None:
        change(work)
    bare.mkdir(parents=True)
    git(bare, "init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    git(work, "--git-dir", str(bare), "--work-tree", str(work), "add", "--all", "--force")
    git(work, "--git-dir", str(bare), "--work-tree", str(work), "commit", "--quiet", "--message", "Publish")
    return target(name or tree)


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, env=IDENTITY, check=True, capture_output=True)


def target(name: str) -> Target:
    return Target(repository=RepositoryId(owner="hostile", name=name))


class Worker:
    """A whole worker: real engine, real git, the package index of the tests', a folder of its own."""

    def __init__(self, folder: Path, index: LocalIndex, **settings: object) -> None:
        self.mirror, self.index = folder / "mirror", index
        self.mirror.mkdir()
        (folder / "work").mkdir()
        env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        env.update(CHECKER_HOME=str(folder / "home"), CHECKER_FREE_BYTES="256M")
        found = Settings.from_environment(env)
        self.settings = found.model_copy(update={"indexes": IndexSettings(default=index.url), **settings})
        self.engine = DockerEngine(self.settings)
        self.toolbox = Downloads(self.settings, tries=2, pause=0.1)

    def services(self, limits: Limits = SMALL) -> Services:
        return Services(
            host=open_host(mirror=self.mirror),
            engine=self.engine,
            tools=Tools(python=self.toolbox),
            ecosystems=tuple(ContainedEcosystem(each, limits) for each in ALL),
            runtimes=(("python", tuple(i.version for i in find_interpreters(self.settings))),),
            workspace=self.settings.home / "checkouts",
            limits=limits,
        )

    def check(self, target: Target, limits: Limits = SMALL) -> Check:
        return check_repository(target, self.services(limits))

    def cache(self) -> dict[str, bytes]:
        """Return every file of the shared download cache that an installation reads."""
        with open_shared_cache(self.settings).lease() as folder:
            found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
            return {str(path.relative_to(folder)): path.read_bytes() for path in found}

    def leftovers(self) -> list[str]:
        """Return everything that the engine, the disk and the process table still hold of checks that ended."""
        home = self.settings.home
        mine = {"label": f"{HOME_LABEL}={home}"}
        with connect(self.settings) as client:
            found = [row["Id"] for row in client.containers(all=True, filters=mine)]
            found += [row["Name"] for row in client.volumes(filters=mine)["Volumes"] or ()]
        mounts = Path("/proc/mounts").read_text().splitlines()
        found += [line.split()[1] for line in mounts if f"{home}/" in line]
        found += [str(path) for path in (home / "scratch").glob("*/*")]
        found += [str(path) for path in (home / "checkouts").glob("*")]
        return found + processes_over(home)


def processes_over(folder: Path) -> list[str]:
    """Return the command lines of the processes that have a mount out of a folder, as our containers have."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if f"={folder}/" in (path / "mountinfo").read_text(errors="replace"):
                found.append((path / "cmdline").read_bytes().decode("utf-8", "replace"))
        except OSError:
            continue
    return found


def verdict(check: Check) -> tuple[Any, ...]:
    """Return what is said of a repository, to be held against another check of it."""
    rungs = tuple((r.rung.value, r.holds) for r in check.verdict.rungs)
    why = check.cause.name if check.cause else None
    return check.availability.value, check.verdict.reached, check.verdict.way, check.inconclusive, why, rungs


def holds(check: Check, rung: Rung) -> bool | None:
    return next((r.holds for r in check.verdict.rungs if r.rung is rung), None)


def logs(check: Check) -> str:
    return "\n".join(result.log for attempt in check.attempts for result in attempt.results)
