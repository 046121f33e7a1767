"""A store of two nights: every kind of check, papers with fields and venues, one that came out otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import check_samples as samples

from checker.core.values.papers import CodeStatus, LinkedPaper
from checker.core.values.plans import Repair, Rung, Way
from checker.core.values.results import Check
from checker.store import Run, RunState, Store

NIGHTS = (date(2026, 3, 1), date(2026, 3, 2))


def undeclared(of: str = "octo/undeclared") -> Check:
    repairs = (
        Repair(name="undeclared dependency", signature="import PIL", changed="added Pillow==9.0.1"),
        Repair(name="undeclared_import", signature="No module named 'yaml'", changed="added PyYAML"),
        Repair(name="old_setuptools", signature="pkg_resources", changed="added setuptools<66"),
    )
    plan = samples.plan(Way.REPAIRED, "3.8", repairs=repairs)
    return samples.check(of, samples.failed_attempt(), samples.good_attempt(Way.REPAIRED, Rung.STARTS, plan=plan))


def papers() -> tuple[LinkedPaper, ...]:
    def told(number: int, of: str, **facts: object) -> LinkedPaper:
        linked = samples.paper(number, of)
        return linked.model_copy(update={"paper": linked.paper.model_copy(update=facts)})

    promised = samples.paper(70, "octo/empty", status=CodeStatus.PROMISED)
    links = tuple(link.model_copy(update={"promised": True}) for link in promised.links)
    return (
        told(60, "octo/fails", categories=("cs.LG", "cs.CV"), venue="Journal of Tests"),
        told(61, "octo/incomplete", categories=("cs.LG",), venue="Journal of Tests"),
        told(62, "octo/deleted", venue="Journal of Tests"),
        promised.model_copy(update={"links": links}),
        *samples.papers(),
    )


def later(check: Check, **changes: object) -> Check:
    moved = check.probe.model_copy(update={"checked_at": check.probe.checked_at + timedelta(days=1)})
    return check.model_copy(update={"started_at": check.started_at + timedelta(days=1), "probe": moved, **changes})


def fill(path: Path) -> Path:
    with Store.open(path) as store:
        first = _night(store, 0, [*samples.every_kind(), undeclared()])
        worse = later(samples.failing("octo/passes"))
        second = _night(store, 1, [worse, later(samples.unreachable("octo/period")), later(samples.repaired())])
        assert (first.id, second.id) == (1, 2)
    return path


def _night(store: Store, number: int, checks: list[Check]) -> Run:
    run = store.begin_run(NIGHTS[number], inputs=["papers.txt"], checker_version="0.1.0")
    store.save_papers(run, papers())
    for check in checks:
        store.save_check(run, check)
    return store.finish_run(run, state=RunState.FINISHED)
