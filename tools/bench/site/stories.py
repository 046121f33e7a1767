"""What becomes of a made-up repository: a story is its attempts, and what was found missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from checker.core.values.plans import Evidence, Repair, Rung, Way
from checker.core.values.results import Attempt, Missing
from tools.bench.site.pieces import Ground, imports_fail, no_wheel, stopped, working


class Story(NamedTuple):
    """The attempts that were carried out and what was found missing."""

    attempts: tuple[Attempt, ...]
    missing: tuple[Missing, ...] = ()


def runs(g: Ground) -> Story:
    """It runs as published."""
    return Story((working(g, Way.AS_PUBLISHED),))


def starts(g: Ground) -> Story:
    """It starts as published and stops for data."""
    return Story((working(g, Way.AS_PUBLISHED, Rung.STARTS),))


def dated(g: Ground) -> Story:
    """Its pins have no build for today's Python; at its date it starts."""
    return Story((no_wheel(g, Way.AS_PUBLISHED), working(g, Way.PERIOD, Rung.STARTS)))


def repaired(g: Ground) -> Story:
    """It needs an older setuptools, which is added."""
    quote = "ModuleNotFoundError: No module named 'pkg_resources'"
    mend = Repair(
        name="old_setuptools",
        signature=quote,
        changed="setuptools<81 added to the environment",
        evidence=(Evidence(claim="the log of the attempt before says so", source="log", text=quote),),
        hint="Name setuptools with a version in the requirements, or use importlib.metadata.",
    )
    before = [imports_fail(g, way, "undeclared_dependency", quote) for way in (Way.AS_PUBLISHED, Way.PERIOD)]
    return Story((*before, working(g, Way.REPAIRED, Rung.RUNS, mend)))


def incomplete(g: Ground) -> Story:
    """It imports a module that was never committed."""
    quote = "ModuleNotFoundError: No module named 'utils.metrics'"
    wanted = Evidence(claim="imported", source="train.py", line=14, text="from utils.metrics import score")
    tries = tuple(imports_fail(g, way, "missing_in_repository", quote) for way in (Way.AS_PUBLISHED, Way.PERIOD))
    return Story(tries, (Missing(kind="module", name="utils.metrics", wanted_by=(wanted,)),))


def conflicting(g: Ground) -> Story:
    """Its versions contradict each other, whatever the date."""
    first, last = g.packages[0], g.packages[-1]
    quote = f"  ╰─▶ Because {first} and {last} want different versions of typing-extensions, your requirements are"
    log = f"Using CPython 3.13.2\n  × No solution found when resolving dependencies:\n{quote} unsatisfiable."
    return Story(
        tuple(stopped(g, way, "dependency_conflict", quote.strip(), log) for way in (Way.AS_PUBLISHED, Way.PERIOD))
    )


def suffixed(g: Ground) -> Story:
    """It pins a version that is not on the index."""
    quote = "  ╰─▶ Because there is no version of torch==1.7.1+cu110 and you require it, your requirements"
    log = f"  × No solution found when resolving dependencies:\n{quote} are unsatisfiable."
    mend = Repair(
        name="local_version",
        signature="no version of torch==1.7.1+cu110",
        changed="torch==1.7.1+cu110 became torch==1.7.1",
        evidence=(
            Evidence(claim="a build for CUDA 11.0", source="requirements.txt", line=3, text="torch==1.7.1+cu110"),
        ),
        hint="Pin torch==1.7.1; the CUDA build is chosen where it is installed.",
    )
    before = [stopped(g, way, "version_gone", quote.strip(), log) for way in (Way.AS_PUBLISHED, Way.PERIOD)]
    return Story((*before, working(g, Way.REPAIRED, Rung.STARTS, mend)))


def answering(g: Ground) -> Story:
    """It prints its usage, and nothing was seen to run."""
    return Story((working(g, Way.AS_PUBLISHED, Rung.ANSWERS),))


STORIES: tuple[tuple[int, Callable[[Ground], Story]], ...] = (
    (20, runs),
    (14, starts),
    (16, dated),
    (13, repaired),
    (11, incomplete),
    (8, conflicting),
    (10, suffixed),
    (8, answering),
)
"""How often each is told, in a hundred; the numbers are made up, as everything here is."""
