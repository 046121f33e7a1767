"""The trusted uv: resolves and fetches into the shared download cache, and runs no package's code."""

from __future__ import annotations

import os
import platform
import random
import re
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import uv

from checker.core.container import MIB
from checker.core.endpoint import hide_secrets
from checker.core.errors import CheckerError
from checker.core.settings import Settings
from checker.core.text import PLAIN_OUTPUT
from checker.core.values.plans import Evidence, Phase, Step
from checker.core.values.results import Cause, StepResult, StepStatus
from checker.ecosystems.python.tools import FoundRelease, Holding, Query
from checker.index import uv_policy
from checker.index.bounded_run import run_bounded
from checker.index.lookup import IndexLookup, read_hashes
from checker.judging.causes import make_cause
from checker.judging.repair_engine import Part
from checker.sandbox.collect import read_below
from checker.sandbox.docker.access import make_ca_environment, make_index_environment
from checker.sandbox.docker.disk import remove_tree
from checker.sandbox.egress.http_client import open_client
from checker.sandbox.egress.index_trouble import classify, is_index_trouble
from checker.sandbox.egress.session import Filter, filter_addresses
from checker.sandbox.logs import clean_bytes
from checker.sandbox.provision.download_cache import open_shared_cache
from checker.sandbox.provision.interpreters import find_interpreters

#: How often an index that does not answer is asked, with a pause that doubles from `PAUSE_SECONDS`.
TRIES = 4

PAUSE_SECONDS = 1.0

#: Folder into which wheels are linked to be fetched; it goes at once.
TARGET = "target"

#: Packages of one lock that may turn out to have no wheel before fetching is left alone.
MAX_WITHOUT_WHEEL = 60

#: Seconds for which an index of processor builds that did not answer is not asked again: it is a convenience.
CPU_INDEX_PAUSE = 3600

#: What the images have (Debian 12): wheels are chosen for them, and not for this machine.
GLIBC = "manylinux_2_36"


#: What decides which wheel a line means and where it lies: generation of the cache, interpreter, indexes.
_Place = tuple[Path, str, tuple[str, ...]]


@dataclass
class _Held:
    """Lines of locks whose wheels one generation of the cache holds, and those that have none."""

    fetched: dict[str, Path | None] = field(default_factory=dict)
    """Line → the folder of the cache that holds its files, where that is known."""

    without_wheel: set[str] = field(default_factory=set)


class Downloads:
    """The trusted tools of a worker; satisfies `checker.ecosystems.base.PythonTools`."""

    def __init__(self, settings: Settings, tries: int = TRIES, pause: float = PAUSE_SECONDS) -> None:
        self._settings = settings
        self._tries = tries
        self._pause = pause
        self.cache = open_shared_cache(settings)
        self._held: dict[_Place, _Held] = {}
        self._used = threading.local()
        self._cpu_index_from = 0.0
        self._lookup = IndexLookup(settings, self._default_index)

    def run_uv(
        self,
        arguments: Sequence[str],
        *,
        seconds: int,
        name: str,
        files: Mapping[str, str] | None = None,
        collect: Sequence[str] = (),
    ) -> StepResult:
        """Run uv with the shared download cache, in an empty folder that holds just `files`.

        Only `pip compile` and `pip install --target`, only with options of a known kind, and always with
        `--no-build`; anything else is refused. A failure of the index is tried again, and if it lasts has
        the status `engine_error`; `failed` is the index's honest answer.
        """
        step = Step(name=name, phase=Phase.RESOLVE, argv=("uv", *arguments), network=True, seconds=seconds)
        files = dict(files or {})
        if (why := uv_policy.explain_refusal(arguments, files)) is not None:
            return StepResult(step=step, status=StepStatus.ENGINE_ERROR, log=f"refused: {why}")
        began = time.monotonic()
        try:
            with self.cache.lease() as cache:
                result = self._with_retries(step, cache, files, collect, began + seconds)
        except (CheckerError, OSError) as error:
            result = StepResult(step=step, status=StepStatus.ENGINE_ERROR, log=f"download cache: {error}")
        return result.model_copy(update={"seconds": round(time.monotonic() - began, 2)})

    def _with_retries(
        self, step: Step, cache: Path, files: Mapping[str, str], collect: Sequence[str], deadline: float
    ) -> StepResult:
        result = StepResult(step=step, status=StepStatus.ENGINE_ERROR)
        for number in range(self._tries):
            result = self._once(step, cache, files, collect, deadline)
            pause = self._pause * 2**number * random.uniform(0.75, 1.25)  # noqa: S311 - spreads workers out
            ours = is_index_trouble(result.log, self._theirs(step)) and result.cause is None
            if result.passed or not ours:
                break
            if number + 1 == self._tries or time.monotonic() + pause > deadline:
                break
            time.sleep(pause)
        return result

    def _once(
        self, step: Step, cache: Path, files: Mapping[str, str], collect: Sequence[str], deadline: float
    ) -> StepResult:
        folder = Path(mkdtemp(prefix="checker-uv-"))
        try:
            for path, text in files.items():
                target = folder / path
                if not target.resolve().is_relative_to(folder.resolve()):
                    return StepResult(step=step, status=StepStatus.ENGINE_ERROR, log=f"refused: {path} leaves")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_text(text, encoding="utf-8")
            with self._open_egress(step, files) as way:
                env = {**self._environment(cache, folder), **way.environment}
                most = self._settings.limits.disk_bytes
                code, log, over = run_bounded(
                    self._command(step), env, folder, deadline=deadline, most=most, scratch=cache
                )
                why = way.find_cause(log.text()) if code else None
            if over:
                status, why = StepStatus.DISK_LIMIT, _explain_disk_limit(most)
            elif code is None:
                status = StepStatus.ENGINE_ERROR
                log.write(b"\nthe package index took too long\n")
            else:
                status = classify(code, log.text(), self._theirs(step))
                status = status if why is None else StepStatus.FAILED
            if (folder / TARGET).is_dir():
                self._used.archives = self.cache.note_use(folder / TARGET)
            found = ((path, read_below(folder, path, 16 * MIB)) for path in collect)
            return StepResult(
                step=step,
                status=status,
                exit_code=code,
                log=log.text(),
                log_cut=log.cut,
                collected=tuple((path, clean_bytes(data)) for path, data in found if data is not None),
                cause=why,
            )
        finally:
            # Tens of thousands of links: a program removes them in a tenth of the time that Python takes.
            remove_tree(folder)

    def _theirs(self, step: Step) -> set[str]:
        """Return the indexes that the repository brings along, and this machine is not set to use."""
        return {url for url in uv_policy.find_named_indexes(step.argv) if url not in self._ours()}

    def _ours(self) -> set[str]:
        indexes = self._settings.indexes
        return {url for url in (indexes.default, *indexes.extra, self._settings.cpu_index) if url}

    def _open_egress(self, step: Step, files: Mapping[str, str]) -> AbstractContextManager[Filter]:
        """Lead addresses that a repository names through the filter of installations; others need none."""
        return self._filter((*self._theirs(step), *(text for text in files.values() if "://" in text)))

    def _filter(self, named: Sequence[str]) -> AbstractContextManager[Filter]:
        return filter_addresses(self._settings, named) if named else nullcontext(Filter())

    def _command(self, step: Step) -> list[str]:
        first, second, *rest = step.argv[1:]
        command = [uv.find_uv_bin(), first, second, "--no-build", "--no-config", "--no-progress", *rest]
        if not any(word.startswith("--python-platform") for word in rest):
            command.extend(("--python-platform", f"{platform.machine()}-{GLIBC}"))
        return command

    def _environment(self, cache: Path, folder: Path) -> dict[str, str]:
        """Return a clean environment: indexes, proxies, certificates, and nothing else of ours."""
        found = reversed(find_interpreters(self._settings))
        bins = [str(Path(i.executable).parent) for i in found if i.prefix is not None]
        env = {
            "PATH": os.pathsep.join((*bins, "/usr/local/bin", "/usr/bin", "/bin")),
            "HOME": str(folder),
            **PLAIN_OUTPUT,
            "UV_CACHE_DIR": str(cache),
            "UV_LINK_MODE": "symlink",
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_HTTP_RETRIES": "2",
            **make_index_environment(self._settings, secrets=True),
        }
        for name, value in self._settings.proxies:
            env[name] = env[name.upper()] = value
        if self._settings.ca_bundle is not None:
            env.update(make_ca_environment(str(self._settings.ca_bundle)))
        return env

    # ------------------------------------------------------------ fetching

    @property
    def cpu_index(self) -> str | None:
        """The index of builds for processors; for a while None after it did not answer."""
        url = self._settings.cpu_index
        return url if "://" in url and time.monotonic() >= self._cpu_index_from else None

    def fetch(self, lock: str, *, interpreter: str, indexes: Sequence[str], seconds: int) -> StepResult:
        """Bring the wheels of a lock (requirement lines) into the shared cache, running no package's code.

        What has no wheel is passed over: it is built in the sandbox. What this object has fetched into the same
        generation of the cache before is not asked for again.
        """
        with self.cache.lease() as generation:
            held = self._held.setdefault((generation, interpreter, tuple(indexes)), _Held())
            result = self._fetch(lock, held, interpreter, indexes, seconds)
        if tuple(indexes) == (self._settings.cpu_index,) and result.status is StepStatus.ENGINE_ERROR:
            self._cpu_index_from = time.monotonic() + CPU_INDEX_PAUSE
        return result

    def _fetch(self, lock: str, held: _Held, interpreter: str, indexes: Sequence[str], seconds: int) -> StepResult:
        lines = [line for raw in lock.splitlines() if (line := raw.partition(" #")[0].strip()) and line[0] != "#"]
        lines = [line for line in lines if uv_policy.explain_bad_line(line) is None]
        passed_over = [_name(line) for line in lines if line in held.without_wheel]
        self.cache.touch({a for line in lines if (a := held.fetched.get(line)) is not None})
        lines = [line for line in lines if line not in held.fetched and line not in held.without_wheel]
        command = ["pip", "install", "--no-deps", "--target", TARGET, "--link-mode", "symlink"]
        command.extend(("-r", "lock.txt", "--python", interpreter))
        command.extend(word for url in indexes for word in ("--index", url))
        if indexes:
            command.extend(("--index-strategy", "unsafe-best-match"))
        deadline = time.monotonic() + seconds
        step = Step(name="fetch", phase=Phase.RESOLVE, argv=("uv", *command))
        result = StepResult(step=step, status=StepStatus.PASSED)
        while lines:
            left = max(1, int(deadline - time.monotonic()))
            result = self.run_uv(command, seconds=left, name="fetch", files={"lock.txt": "\n".join(lines) + "\n"})
            stuck = find_without_wheel(result.log) if result.status is StepStatus.FAILED else None
            kept = [line for line in lines if _name(line) != stuck]
            if stuck is None or len(kept) == len(lines) or len(passed_over) >= MAX_WITHOUT_WHEEL:
                break
            passed_over.append(stuck)
            held.without_wheel |= set(lines) - set(kept)
            lines = kept
        if result.passed:
            archives = _group_by_name(getattr(self._used, "archives", frozenset()))
            held.fetched.update((line, archives.get(_name(line))) for line in lines)
        self._tidy()
        note = "".join(f"no wheel, left to the sandbox: {name}\n" for name in passed_over)
        return result.model_copy(update={"log": note + result.log})

    def _tidy(self) -> None:
        """Keep the cache within its limit; where that fails now, the next fetch tries again."""
        with suppress(CheckerError, OSError):
            self.cache.evict_if_full()

    # ------------------------------------------------------------ looking up

    def look_up(self, queries: Sequence[Query], *, as_of: datetime, seconds: int) -> tuple[Holding | None, ...]:
        """Say what the machine's own index had on a date, in the order of the queries; nothing is installed.

        None where the index could not be asked, or not within `seconds` for all of them together.
        """
        return self._lookup.look_up(queries, as_of=as_of, seconds=seconds)

    def find_releases(self, parts: Sequence[Part], *, seconds: int) -> tuple[FoundRelease | None, ...]:
        """Say which releases have parts that installed ones lack (`PythonTools.find_releases`)."""
        return self._lookup.find_releases(parts, seconds=seconds)

    def list_hashes(self, index: str, name: str) -> Mapping[str, str]:
        """Return the SHA-256 of each file that an index lists for a distribution; nothing where it does not tell.

        An index that a repository names is asked through the filter of installations, redirects included.
        """
        ours = {hide_secrets(url): url for url in self._ours()}
        address = ours.get(hide_secrets(index), index)
        with (
            suppress(CheckerError, OSError, ImportError),
            self._filter(() if address in ours.values() else (address,)) as way,
            open_client(way.lead(self._settings), 1) as client,
        ):
            client.headers["Connection"] = "close"  # the proxy serves one request for each connection
            return read_hashes(client, address, name)
        return {}

    def _default_index(self) -> str | None:
        """Return the index that uv asks where nothing else is set, as uv itself names it."""
        command = (
            "pip",
            "compile",
            "--no-deps",
            "--no-header",
            "--emit-index-annotation",
            "in.txt",
            "-o",
            "out.txt",
        )
        result = self.run_uv(command, seconds=20, name="index", files={"in.txt": "pip\n"}, collect=("out.txt",))
        named = re.search(r"# from (https?://\S+)", result.output("out.txt") or "")
        return named[1] if named else None


def _explain_disk_limit(most: int) -> Cause:
    claim = f"what was to be fetched takes more than {most / MIB:,.0f} MiB where it is unpacked"
    return make_cause("disk_limit", Evidence(claim=claim, source="index"))


_NO_WHEEL = (
    re.compile(r"Building (?:source distributions|`)[^\n]{0,200}?`?([A-Za-z0-9._-]+)(?:==[^`\s]+)?`? is disabled"),
    re.compile(r"Because ([A-Za-z0-9._-]+)==\S+ has no (?:usable wheels|wheels)"),
    re.compile(r"only ([A-Za-z0-9._-]+)==\S+ (?:is available|has no)"),
)


def find_without_wheel(log: str) -> str | None:
    """Return the name of the package that uv says has no wheel for us."""
    for pattern in _NO_WHEEL:
        if (match := pattern.search(" ".join(log.split()))) is not None:
            return _normalise(match[1])
    return None


def _group_by_name(archives: Iterable[Path]) -> dict[str, Path]:
    """Return the archives by the name of the distribution that each holds."""
    infos = ((archive, next(archive.glob("*.dist-info"), None)) for archive in archives)
    return {_normalise(info.name.partition("-")[0]): archive for archive, info in infos if info is not None}


def _name(line: str) -> str:
    match = re.match(r"[A-Za-z0-9._-]+", line)
    return _normalise(match[0]) if match else ""


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
