"""Makes a store of many nights over papers that do not exist, by the code that writes real ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from checker import __version__
from checker.cli.stores import STORE_NAME
from checker.core.values.papers import LinkedPaper, Paper
from checker.core.values.repositories import Availability, Checkout, Probe, RepositoryId, Target
from checker.core.values.results import Attempt, Check, Verdict
from checker.judging.causes import make_cause
from checker.papers.links import read_paper
from checker.store import Run, Store
from tools.bench.site.pieces import ground
from tools.bench.site.stories import STORIES

HOW = (
    "Sparse",
    "Robust",
    "Hierarchical",
    "Self-Supervised",
    "Federated",
    "Equivariant",
    "Calibrated",
    "Few-Shot",
    "Streaming",
    "Causal",
    "Neural",
    "Bayesian",
)
WHAT = (
    "Graph Matching",
    "Speech Translation",
    "Protein Folding",
    "Point Cloud Segmentation",
    "Policy Search",
    "Image Retrieval",
    "Time Series Forecasting",
    "Program Repair",
    "Molecule Generation",
    "Question Answering",
)
WITH = (
    "Optimal Transport",
    "Diffusion Priors",
    "Mixtures of Experts",
    "Contrastive Pairs",
    "Learned Indices",
    "Tree Search",
    "State Spaces",
    "Sketching",
)
OWNERS = ("acme-lab", "vision-uni", "speechgroup", "jdoe", "mlsys-team", "bio-computing", "k-tanaka", "r-silva")

GONE = (Availability.MISSING, Availability.MISSING, Availability.NO_CODE, Availability.EMPTY, Availability.MOVED)
LAST_NIGHT = date(2026, 3, 1)


def make_store(results: Path, papers: int, nights: int) -> Run:
    """Write a store with that many papers and nights into a folder; return its last run. The same each time."""
    rng = Random(7)  # noqa: S311 - made-up data wants repeating, not secrecy
    read = [_paper(number, rng) for number in range(papers)]
    named = dict.fromkeys(str(link.repository) for linked in read for link in linked.links if link.repository)
    current: dict[str, Check] = {}
    with Store.open(results / STORE_NAME) as store:
        for night in range(nights):
            day = LAST_NIGHT - timedelta(days=nights - 1 - night)
            run = store.begin_run(day, inputs=("made-up papers",), checker_version=__version__)
            store.save_papers(run, read)
            for number, name in enumerate(named):
                fresh = name not in current or rng.random() < 0.01
                if fresh:
                    current[name] = _check(name, number, rng, day)
                (store.save_check if fresh else store.link_check)(run, current[name])
            run = store.finish_run(run)
    return run


def _paper(number: int, rng: Random) -> LinkedPaper:
    title = f"{rng.choice(HOW)} {rng.choice(WHAT)} with {rng.choice(WITH)}"
    first, second, *_ = title.split()
    slug = f"{rng.choice(OWNERS)}/{first.lower()}-{second.lower()}-{number % (number // 9 + 9)}"
    said = rng.random()
    ending = f"Code is available at https://github.com/{slug}." if said < 0.82 else ""
    if said > 0.93:
        ending = "Our code will be released upon acceptance."
    published = date(
        rng.choice((2021, 2022, 2023, 2024, 2025, 2025, 2025)), rng.randrange(1, 13), rng.randrange(1, 28)
    )
    id_ = f"{published:%y%m}.{number:05d}"
    abstract = f"We study {title.lower()} and show where it helps on {rng.randrange(3, 9)} benchmarks. {ending}"
    return read_paper(Paper(id=id_, title=title, abstract=abstract, sources=("made-up",), published=published))


def _check(name: str, number: int, rng: Random, night: date) -> Check:
    owner, _, short = name.partition("/")
    repository = RepositoryId(owner=owner, name=short)
    started = datetime.combine(night, time(2, number % 60), tzinfo=UTC)
    told = rng.random()
    if told < 0.03:
        return _silent(repository, started)
    if told < 0.14:
        return _gone(repository, rng.choice(GONE), started)
    year = rng.choice((2019, 2020, 2021, 2021, 2022, 2022, 2023, 2023, 2024, 2025))
    under = ground(rng, year)
    story = rng.choices([tell for _, tell in STORIES], [weight for weight, _ in STORIES])[0](under)
    best = max(story.attempts, key=_height)
    commit = f"{rng.getrandbits(160):040x}"
    return Check(
        target=Target(repository=repository),
        probe=_probe(
            repository,
            Availability.AVAILABLE,
            started,
            head_commit=commit,
            licence=rng.choice(("MIT", "Apache-2.0", None)),
        ),
        availability=Availability.AVAILABLE,
        checkout=Checkout(
            repository=repository,
            commit=commit,
            committed_at=under.date,
            code_date=under.date,
            files=rng.randrange(9, 400),
            bytes=rng.randrange(40, 9000) * 1000,
            swhid_revision=f"swh:1:rev:{commit}",
        ),
        ecosystem=rng.choices(("python", "notebook"), (85, 15))[0],
        languages=(("Python", rng.randrange(5, 80)), ("Shell", 2)),
        attempts=story.attempts,
        missing=story.missing,
        verdict=Verdict(reached=best.reached, way=best.plan.way, rungs=best.rungs, cause=best.cause),
        cause=best.cause,
        checker_version=__version__,
        started_at=started,
        seconds=round(sum(attempt.seconds for attempt in story.attempts) + 2, 1),
    )


def _height(attempt: Attempt) -> int:
    return attempt.reached.height if attempt.reached else -1


def _probe(repository: RepositoryId, answer: Availability, at: datetime, **facts: str | None) -> Probe:
    known = {"default_branch": "main", "archived": False, "fork": False, **facts}
    return Probe.model_validate(
        {"repository": repository, "availability": answer, "answered_by": "git", "checked_at": at, **known}
    )


def _silent(repository: RepositoryId, at: datetime) -> Check:
    why = make_cause("network")
    return Check(
        target=Target(repository=repository),
        probe=_probe(repository, Availability.UNREACHABLE, at),
        cause=why,
        availability=Availability.UNREACHABLE,
        verdict=Verdict(cause=why, inconclusive=True),
        started_at=at,
        seconds=60.0,
        checker_version=__version__,
    )


def _gone(repository: RepositoryId, answer: Availability, at: datetime) -> Check:
    answer = Availability.MISSING if answer is Availability.MOVED else answer
    return Check(
        target=Target(repository=repository),
        probe=_probe(repository, answer, at, detail="the host knows no such repository"),
        availability=answer,
        started_at=at,
        seconds=0.4,
        checker_version=__version__,
    )
