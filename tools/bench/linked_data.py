"""Times every shipped query over a synthetic store: `python tools/bench/linked_data.py FOLDER [CHECKS]`.

With `--only-ask` a graph that is there already is asked again, and nothing is added. The store is written from
rows that the store's own functions make, and the graph is built by `reports.linked_data`, as in daily use. Half of
the checks are a second night over the same repositories. The seeds are fixed: the same store comes out every time.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper, LinkKind, Paper
from checker.core.values.plans import BuildPlan, Phase, Repair, Rung, Step, Way
from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Target
from checker.core.values.results import Attempt, Cause, Check, Missing, RungResult, StepResult, StepStatus, Verdict
from checker.judging.causes import CAUSES, make_cause
from checker.reports.linked_data.endpoint.bundled_queries import QUERIES
from checker.reports.linked_data.endpoint.query import Asker, Limits
from checker.reports.linked_data.graph.graph import Graph
from checker.store import rows, writing
from checker.store import tables as t
from checker.store.opening import open_engine

NIGHTS = (date(2026, 3, 1), date(2026, 3, 2))
PHASES = (Phase.PREPARE, Phase.RESOLVE, Phase.INSTALL, Phase.IMPORT, Phase.ANSWER, Phase.START)
FIELDS = ("cs.LG", "cs.CV", "cs.CL", "cs.RO", "cs.AI", "stat.ML", "eess.IV", "cs.SE", "cs.CR", "q-bio.QM")
VENUES = (None, "NeurIPS", "ICML", "CVPR", "ACL", "Journal of Synthetic Results")
LANGUAGES = ("Python", "Python", "Python", "Jupyter Notebook", "C++", "R", "Julia")
PYTHONS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11")
PACKAGES = tuple(f"package-{number}" for number in range(400))
LICENCES = (None, "MIT", "Apache-2.0", "GPL-3.0", "BSD-3-Clause")
THEIRS = tuple(name for name, kind in CAUSES.items() if kind.blame != "checker")
LIMITS = ("needs_data", "needs_weights", "needs_gpu", "needs_credentials")
RUNGS = (None, *Rung)
NUMBERED = ("links", "checks", "attempts", "repairs", "steps", "rungs", "missing")
"""Tables whose rows get a number of their own."""


def repository(number: int) -> RepositoryId:
    """Return the repository of a number."""
    return RepositoryId(owner=f"lab-{number // 7}", name=f"code-{number}")


def attempt(dice: random.Random, way: Way, reached: Rung | None, stopped: Cause | None) -> Attempt:
    """Return an attempt with the steps that its rung calls for."""
    repairs = []
    if way is Way.REPAIRED:
        package = dice.choice(PACKAGES)
        repairs.append(Repair(name="undeclared dependency", signature="import", changed=f"added {package}==1.0"))
        repairs.append(Repair(name=f"repair_{dice.randrange(40)}", signature="log", changed="pinned"))
    steps = [Step(name=phase.value, phase=phase, argv=("uv", phase.value)) for phase in PHASES]
    ends = 1 + (reached.height if reached else 0) * len(PHASES) // len(Rung)
    results = []
    for place, step in enumerate(steps[: ends + 1]):
        failed = place == ends and stopped is not None
        status = StepStatus.PASSED
        if failed and stopped is not None:
            status = StepStatus.LIMIT if stopped.blame == "limit" else StepStatus.FAILED
        results.append(
            StepResult(
                step=step,
                status=status,
                exit_code=int(failed),
                seconds=dice.random() * 60,
                log="said something",
                cause=stopped if failed else None,
            )
        )
    return Attempt(
        plan=BuildPlan(
            ecosystem="python", way=way, interpreter=dice.choice(PYTHONS), repairs=tuple(repairs), declared=True
        ),
        results=tuple(results),
        rungs=tuple(RungResult(rung=r, holds=reached is not None and r.height <= reached.height) for r in Rung),
        cause=stopped,
        seconds=dice.random() * 300,
    )


def check(number: int, night: int) -> Check:
    """Return the check of a repository in a night; the second night sometimes tells another story."""
    dice = random.Random(f"check {number}")  # noqa: S311 - synthetic figures
    of, commit = repository(number), f"{number:040x}"
    availability = dice.choices(list(Availability), weights=[80, 4, 4, 2, 6, 1, 1, 2])[0]
    probe = Probe(
        repository=of,
        availability=availability,
        answered_by="git",
        head_commit=commit,
        licence=dice.choice(LICENCES),
    )
    started = datetime.combine(NIGHTS[night], datetime.min.time(), UTC) + timedelta(seconds=number % 80_000)
    common = {"target": Target(repository=of), "probe": probe, "availability": availability, "started_at": started}
    if availability not in (Availability.AVAILABLE, Availability.MOVED):
        return Check.model_validate({**common, "checker_version": "0.1.0", "seconds": 0.5})
    code = datetime(dice.randint(2016, 2025), dice.randint(1, 12), 3, tzinfo=UTC)
    drift = night and number % 50 == 0
    ways = list(Way)[: dice.choice((1, 1, 2, 3))]
    attempts = []
    for way in ways:
        reached = dice.choice(RUNGS[:4] if drift else RUNGS)
        stopped = None if reached is Rung.RUNS else make_cause(dice.choice(dice.choice((THEIRS, LIMITS))))
        attempts.append(attempt(dice, way, reached, stopped))
    best = max(attempts, key=lambda each: each.reached.height if each.reached else -1)
    return Check.model_validate(
        {
            **common,
            "checkout": Checkout(
                repository=of,
                commit=commit,
                committed_at=code,
                code_date=code,
                swhid_revision=f"swh:1:rev:{commit}",
            ),
            "ecosystem": "python",
            "languages": ((dice.choice(LANGUAGES), 20), ("Shell", 1)),
            "attempts": tuple(attempts),
            "missing": (Missing(kind="module", name=f"local_{dice.randrange(9000)}"),)
            if dice.random() < 0.3
            else (),
            "verdict": Verdict(reached=best.reached, way=best.plan.way, rungs=best.rungs, cause=best.cause),
            "cause": best.cause,
            "checker_version": "0.1.0",
            "seconds": dice.random() * 900,
        }
    )


def paper(number: int) -> LinkedPaper:
    """Return the paper that links to a repository; some only promise it."""
    dice = random.Random(f"paper {number}")  # noqa: S311 - synthetic figures
    of, promised = repository(number), dice.random() < 0.05
    link = CodeLink(
        paper_id=f"{number}",
        url=f"https://github.com/{of.slug}",
        host="github.com",
        kind=LinkKind.REPOSITORY,
        owner=of.owner,
        name=of.name,
        promised=promised,
    )
    return LinkedPaper(
        paper=Paper(
            id=f"{2016 + number % 10}.{number:06d}",
            title=f"On Synthetic Method {number}",
            abstract="We study it.",
            published=date(2016 + number % 10, 5, 1),
            categories=tuple(dice.sample(FIELDS, 2)),
            venue=dice.choice(VENUES),
        ),
        links=(link.model_copy(update={"paper_id": f"{2016 + number % 10}.{number:06d}"}),),
        code_status=CodeStatus.PROMISED if promised else CodeStatus.LINKED,
    )


def write_store(path: Path, checks: int) -> None:
    """Write the store: papers, repositories and two nights, a thousand things in each transaction."""
    engine, repositories = open_engine(path), checks // len(NIGHTS)
    for night, day in enumerate(NIGHTS):
        with engine.begin() as connection:
            values = {"date": day.isoformat(), "started_at": f"{day}T00:00:00+00:00", "state": "finished"}
            run_id = connection.execute(
                insert(t.runs)
                .values(**values, inputs="[]", checker_version="0.1.0", note="")
                .returning(t.runs.c.id)
            ).scalar_one()
        for numbers in _thousands(repositories):
            with engine.begin() as connection:
                _write(
                    connection, run_id, [paper(number) for number in numbers], [check(n, night) for n in numbers]
                )
    engine.dispose()


def _write(connection: Connection, run_id: int, papers: list[LinkedPaper], checks: list[Check]) -> None:
    """Write rows that the store's functions make, many at a time: one by one takes ten milliseconds a check."""
    found: dict[str, list[rows.Row]] = defaultdict(list)
    after = {name: connection.scalar(select(func.max(t.metadata.tables[name].c.id))) or 0 for name in NUMBERED}

    def put(name: str, row: rows.Row) -> int:
        if name in NUMBERED:
            after[name] += 1
            row = {"id": after[name], **row}
        found[name].append(row)
        return after.get(name, 0)

    for linked, made in zip(papers, checks, strict=True):
        own = writing.find_or_add_repository(connection, made.target.repository)
        said = linked.paper
        published = said.published.isoformat() if said.published else None
        put("papers", {"id": said.id, "title": said.title, "abstract": said.abstract, "published": published})
        row = {"code_status": linked.code_status.value, "evidence": "", "value": linked.model_dump_json()}
        put("run_papers", {"run_id": run_id, "paper_id": said.id, "position": after["checks"], **row})
        for link in linked.links:
            put("links", {"run_id": run_id, "paper_id": said.id, **rows.link_row(link, 0, own)})
        _put_check(put, run_id, own, made)
    for table in t.metadata.sorted_tables:
        if found[table.name]:
            statement = upsert(table).on_conflict_do_nothing() if table is t.papers else insert(table)
            connection.execute(statement, found[table.name])


def _put_check(put: Callable[[str, rows.Row], int], run_id: int, own: int, made: Check) -> None:
    target = made.target.key
    number = put("checks", {"repository_id": own, "target": target, **rows.check_row(made)})
    put("check_values", {"check_id": number, "value": rows.pack(made)})
    put("run_checks", {"run_id": run_id, "check_id": number, "target": target, "reused": False})
    for row in rows.make_rung_rows(made.verdict.rungs):
        put("rungs", {"check_id": number, "attempt_id": None, **row})
    for row in rows.make_missing_rows(made):
        put("missing", {"check_id": number, **row})
    for position, tried in enumerate(made.attempts):
        mine = put("attempts", {"check_id": number, **rows.make_attempt_row(tried, position)})
        for row in rows.repair_rows(tried):
            put("repairs", {"attempt_id": mine, **row})
        for row in rows.make_rung_rows(tried.rungs):
            put("rungs", {"check_id": number, "attempt_id": mine, **row})
        for place, result in enumerate(tried.results):
            put("steps", {"attempt_id": mine, **rows.make_step_row(result, place)})


def _thousands(count: int) -> Iterator[range]:
    return (range(start, min(start + 1000, count)) for start in range(0, count, 1000))


def update(path: Path) -> None:
    """Build the graph, take in one more check, and look whether there is something new; print what each took."""
    graph = Graph(path)
    began = time.perf_counter()
    graph.refresh()
    print(f"graph built in {time.perf_counter() - began:.0f} s", flush=True)
    engine = open_engine(path)
    with engine.begin() as connection:
        new = check(7, 0).model_copy(update={"checker_version": f"{time.time_ns()}"})
        writing.insert_check(connection, new)
    engine.dispose()
    began = time.perf_counter()
    graph.refresh()
    print(f"one more check taken in: {time.perf_counter() - began:.2f} s", flush=True)
    began = time.perf_counter()
    graph.refresh()
    print(f"nothing new: {(time.perf_counter() - began) * 1000:.2f} ms", flush=True)


def ask(path: Path) -> None:
    """Print what each query took in the process that answers: the median of five, `checks` once and last.

    The clock says what a reader waits here and now; processor time is what other work on the machine leaves alone.
    """
    total = 0.0
    print("| query | rows | ms by the clock | ms of processor |\n|---|---|---|---|", flush=True)
    with Graph(path).reading() as folder, Asker(folder) as asker:
        for name in sorted(QUERIES, key=lambda name: (name == "checks", name)):
            times = 1 if name == "checks" else 5
            answers = [asker.ask(QUERIES[name], Limits(seconds=3600, rows=10_000_000)) for _ in range(times)]
            took = statistics.median(answer.seconds * 1000 for answer in answers)
            worked = statistics.median(answer.cpu_seconds * 1000 for answer in answers)
            total += worked if name != "checks" else 0.0
            count = len(answers[0].rows or answers[0].triples)
            print(f"| {name} | {count} | {took:.1f} | {worked:.1f} |", flush=True)
            if name == sorted(QUERIES)[-1]:
                print(f"\nall but `checks` together: {total:.0f} ms of processor\n", flush=True)


def main() -> None:
    """Make the store where it is not there yet, and measure."""
    numbers = [int(word) for word in sys.argv[2:] if word.isdecimal()]
    folder, checks = Path(sys.argv[1]), numbers[0] if numbers else 100_000
    path = folder / "checker.sqlite"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        began = time.perf_counter()
        write_store(folder / "checker.sqlite.part", checks)
        (folder / "checker.sqlite.part").rename(path)
        print(f"store of {checks} checks written in {time.perf_counter() - began:.0f} s", flush=True)
    if "--only-ask" not in sys.argv:
        update(path)
    ask(path)


if __name__ == "__main__":
    main()
