"""What confinement costs: the same steps in the sandbox and in plain containers, in turn, over one warm cache."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import uv

from checker.check import Services
from checker.core.container import CACHE, ENVIRONMENT, FILES, HOME, PROBES, SOURCE
from checker.core.errors import EngineFailure, HostRefusal
from checker.core.settings import Settings
from checker.core.values.base import Value
from checker.core.values.plans import BuildPlan, Phase, Step
from checker.core.values.results import Attempt, Check, StepResult, StepStatus
from checker.ecosystems.python.planning.steps import PYTHON, VENV
from checker.sandbox.docker import access
from checker.sandbox.docker.sandbox import BIN
from checker.sandbox.provision.download_cache import link_tree, open_shared_cache
from checker.sandbox.provision.images import Images
from checker.sandbox.provision.interpreters import find_interpreters
from tools.bench.figures import Spread, ratio, spread
from tools.bench.names import verified
from tools.bench.plain import Plain, plain_engine
from tools.bench.reopen import again, plan_again

TEMPORARY = "/tmp"  # noqa: S108 - inside a container
_NOT_CARRIED_OUT = frozenset({StepStatus.SKIPPED, StepStatus.ENGINE_ERROR})

VANDAL = """\
import os, sys
done = 0
for folder, _, names in os.walk(os.environ["UV_CACHE_DIR"]):
    for name in names:
        try:
            with open(os.path.join(folder, name), "wb") as file:
                file.write(b"poison")
            done += 1
        except OSError:
            pass
        if done == 2000:
            sys.exit(0)
"""
"""Overwrites files of the download cache as a hostile package would, 2000 at most."""


class Once(Value):
    """One replay: wall seconds from opening to closing, and those of the installation steps alone."""

    whole: float
    installing: float


class Cost(Value):
    """A repository's replays, with and without isolation; `packages` are the lines of its lock.

    `poisoned` files of the cache were overwritten in the sandbox; `changed` of the shared ones were not as before.
    """

    repository: str
    packages: int
    torch: str | None
    isolated: tuple[Once, ...]
    plain: tuple[Once, ...]
    poisoned: bool
    changed: int

    def spread(self, side: str, field: str) -> Spread | None:
        """Return the spread of a field over the replays of a side (`isolated` or `plain`)."""
        return spread(getattr(once, field) for once in getattr(self, side))

    def factor(self, field: str) -> float | None:
        """Return the median with isolation by that without."""
        one, other = self.spread("isolated", field), self.spread("plain", field)
        return ratio(one.median if one else None, other.median if other else None)


def costs(
    checks: Iterable[Check], services: Services, settings: Settings, repeats: int, say: Callable[[str], None]
) -> tuple[Cost, ...]:
    """Replay every check that built something.

    Raises:
        HostRefusal: nothing was built, or the commit cannot be had any more.
        EngineFailure: no engine answers, or a replayed installation fails.

    """
    with plain_engine(settings) as engine:
        return tuple(_cost(check, services, engine, repeats, say) for check in checks)


def _cost(check: Check, services: Services, engine: Plain, repeats: int, say: Callable[[str], None]) -> Cost:
    attempt = verified(check)
    if attempt is None or check.checkout is None:
        raise HostRefusal(f"{check.target.repository}: nothing was built, so there is nothing to time")
    plan, steps = plan_again(attempt), steps_of(attempt)
    services.workspace.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=services.workspace, prefix="bench-") as name:
        source = Path(name, "source")
        source.mkdir()
        target = check.target.model_copy(update={"commit": check.checkout.commit})
        services.host.checkout(target, check.probe, source)
        isolated, plain = [], []
        for number in range(repeats):
            say(f"{check.target.repository}: {number + 1} of {repeats}")
            isolated.append(_isolated(plan, steps, source, services))
            plain.append(_plain(plan, steps, source, engine))
        poisoned, changed = _vandalise(plan, steps, source, services, engine.settings)
    return Cost(
        repository=str(check.target.repository),
        packages=len(plan.lock),
        torch=next((line for line in plan.lock if line.startswith("torch==")), None),
        isolated=tuple(isolated),
        plain=tuple(plain),
        poisoned=poisoned,
        changed=changed,
    )


def steps_of(attempt: Attempt) -> tuple[Step, ...]:
    """Return the steps that an attempt carried out, resolving excepted: it waits for the index, and not for us."""
    done = (r for r in attempt.results if r.status not in _NOT_CARRIED_OUT and r.step.phase is not Phase.RESOLVE)
    return tuple(again(r.step) for r in done)


# ---------------------------------------------------------------- the two sides


def _isolated(plan: BuildPlan, steps: Sequence[Step], source: Path, services: Services) -> Once:
    began = time.monotonic()
    with services.engine.open(plan, source, services.limits) as box:
        results = [box.run(step) for step in steps]
    return _once(results, began)


def _once(results: Iterable[StepResult], began: float) -> Once:
    whole, found = round(time.monotonic() - began, 2), list(results)
    failed = [r for r in found if r.step.phase in (Phase.PREPARE, Phase.INSTALL) and not r.passed]
    if failed:
        last = failed[0].log.strip().splitlines()[-1:] or [failed[0].status.value]
        raise EngineFailure(f"{failed[0].step.name}, carried out again: {last[0]}")
    return Once(whole=whole, installing=round(sum(r.seconds for r in found if r.step.phase is Phase.INSTALL), 2))


@dataclass(frozen=True)
class _Folders:
    """What a plain container sees of this machine, all of it writable but probes and interpreters."""

    root: Path
    cache: Path

    def make(self, plan: BuildPlan, source: Path) -> None:
        """Fill the folders."""
        for name in ("env/home", "tmp", "files"):
            (self.root / name).mkdir(parents=True)
        shutil.copytree(source, self.root / "src", symlinks=True, ignore_dangling_symlinks=True)
        for name, text in plan.files:
            (self.root / "files" / name).write_text(text, encoding="utf-8", errors="surrogateescape")

    def binds(self, tools: Path, settings: Settings) -> dict[str, tuple[Path, bool]]:
        """Return the bound folders by their place inside."""
        places = {SOURCE: "src", ENVIRONMENT: "env", TEMPORARY: "tmp", FILES: "files"}
        probes = Path(__file__).resolve().parents[2] / "checker" / "sandbox" / "probes"
        found = {place: (self.root / name, False) for place, name in places.items()}
        found |= {CACHE: (self.cache, False), PROBES: (probes, True), BIN: (tools, True)}
        if settings.ca_bundle is not None:
            found[access.CA_BUNDLE] = (settings.ca_bundle.resolve(), True)
        prefixes = (i.prefix for i in find_interpreters(settings) if i.prefix is not None)
        return found | {prefix: (Path(prefix), True) for prefix in prefixes}


def _plain(plan: BuildPlan, steps: Sequence[Step], source: Path, engine: Plain) -> Once:
    """Replay in containers as an engine starts them by default: root, its capabilities, its network, no limits."""
    settings = engine.settings
    image = Images(engine.client, settings).ensure(plan.ecosystem, plan.system_packages).tag
    with ExitStack() as stack:
        cache = stack.enter_context(open_shared_cache(settings).lease())
        tools = Path(stack.enter_context(TemporaryDirectory(prefix="checker-bench-")))
        _link_tools(tools, settings)
        own = Path(stack.enter_context(TemporaryDirectory(dir=settings.home, prefix="bench-")), "cache")
        link_tree(cache, own)  # what root writes into the shared one stops the next sandbox
        began = time.monotonic()
        folders = _Folders(Path(stack.enter_context(TemporaryDirectory(prefix="checker-bench-"))), own)
        folders.make(plan, source)
        binds = folders.binds(tools, settings)
        results = [
            engine.step(
                image,
                step,
                binds=binds,
                env=plain_environment(plan, step, settings),
                limits=settings.limits,
                host={},
            )
            for step in steps
        ]
        shutil.rmtree(folders.root)
        folders.root.mkdir()
        return _once(results, began)


def plain_environment(plan: BuildPlan, step: Step, settings: Settings) -> Mapping[str, str]:
    """Return what the sandbox tells a step, over the engine's own network; indexes name what lies in the cache."""
    return {
        **access.make_environment(step, settings.model_copy(update={"install_network": "bridge"})),
        "PATH": f"{VENV}/bin:{BIN}:/usr/local/bin:/usr/bin:/bin",
        "HOME": HOME,
        "VIRTUAL_ENV": VENV,
        "UV_CACHE_DIR": CACHE,
        "UV_LINK_MODE": "symlink",
        "UV_PYTHON_DOWNLOADS": "never",
        **dict(plan.env),
    }


def _link_tools(folder: Path, settings: Settings) -> None:
    shutil.copy2(uv.find_uv_bin(), folder / "uv")
    for interpreter in find_interpreters(settings):
        (folder / f"python{interpreter.version}").symlink_to(interpreter.executable)


# ---------------------------------------------------------------- the cache


def _vandalise(
    plan: BuildPlan, steps: Sequence[Step], source: Path, services: Services, settings: Settings
) -> tuple[bool, int]:
    """Overwrite the cache as the sandbox sees it; return whether that went, and how many shared files changed."""
    step = Step(name="poison the cache", phase=Phase.TEST, argv=(PYTHON, "-c", VANDAL), required=False)
    with open_shared_cache(settings).lease() as cache:
        before = fingerprint(cache)
        with services.engine.open(plan, source, services.limits) as box:
            done = [box.run(one) for one in (*(s for s in steps if s.phase is Phase.PREPARE), step)]
        return done[-1].passed, differences(before, fingerprint(cache))


Print = Mapping[str, tuple[int, int]]
"""Size and time of change (nanoseconds) of every file below a folder, by relative path."""


def fingerprint(folder: Path) -> Print:
    """Look at every file below a folder."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            facts = path.lstat()
            found[str(path.relative_to(folder))] = (facts.st_size, facts.st_mtime_ns)
    return found


def differences(before: Print, after: Print) -> int:
    """Return how many files that were there are gone or not as before."""
    return sum(after.get(path) != facts for path, facts in before.items())
