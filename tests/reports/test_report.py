"""The report value: the contract of report.json, and counts that add up."""

from __future__ import annotations

import json
from datetime import date

import check_samples as samples
import pytest

from checker.core.values.base import SCHEMA_VERSION
from checker.core.values.papers import LinkedPaper
from checker.core.values.plans import Phase, Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Check, StepStatus
from checker.reports.build import build_report, build_repository_document, cut_telling_excerpt
from checker.reports.counting import collect_rungs
from checker.reports.document import Report
from checker.reports.write import render_json
from checker.store import Run

RUN = Run(id=1, date=date(2026, 3, 1), started_at=samples.STARTED, inputs=("papers.txt",), checker_version="0.1.0")


def checks(*given: Check) -> dict[str, Check]:
    return {check.target.key: check for check in given or samples.every_kind()}


def report(papers: tuple[LinkedPaper, ...] | None = None, *given: Check) -> Report:
    return build_report(RUN, samples.papers() if papers is None else papers, checks(*given))


def test_the_json_keeps_the_contract() -> None:
    document = json.loads(render_json(report()))
    assert document["version"] == SCHEMA_VERSION and document["date"] == "2026-03-01"
    assert {"version", "date", "funnel", "papers", "repositories"} <= document.keys()
    for paper in document["papers"]:
        assert {"id", "title", "code_status", "scores", "links"} <= paper.keys()
        assert paper["scores"].keys() == {"availability", "runnability"}
        for link in paper["links"]:
            assert {"url", "kind", "host", "owner", "name", "availability"} <= link.keys()
    for entry in document["repositories"]:
        assert {"repository", "commit", "availability", "rungs", "reached", "way", "cause", "hint"} <= entry.keys()
        assert {"attempts", "seconds"} <= entry.keys()
        assert list(entry["rungs"]) == [rung.value for rung in Rung]
        assert all(value in (True, False, None) for value in entry["rungs"].values())
        for attempt in entry["attempts"]:
            assert {"way", "python", "repairs", "steps"} <= attempt.keys()


def test_the_json_comes_back_as_the_same_value() -> None:
    assert Report.model_validate_json(render_json(report())) == report()


def test_every_paper_is_accounted_for() -> None:
    made = report()
    assert [entry.id for entry in made.papers] == [linked.paper.id for linked in samples.papers()]
    assert sum(made.funnel.code_status.values()) == made.funnel.papers == len(samples.papers())
    assert sum(made.funnel.availability.values()) == made.funnel.checked == len(samples.every_kind())


def test_the_funnel_counts_each_stage() -> None:
    funnel = report().funnel
    assert (funnel.linked, funnel.links, funnel.repositories) == (14, 15, 13), "one repository was never checked"
    assert (funnel.available, funnel.code, funnel.tried, funnel.inconclusive) == (9, 7, 7, 1)
    assert (funnel.as_published.starts, funnel.period.starts, funnel.repaired.starts) == (2, 3, 3)
    assert (funnel.as_published.answers, funnel.period.answers, funnel.repaired.answers) == (2, 3, 4)
    assert funnel.runs == 2


def test_ways_add_up_and_never_take_away() -> None:
    for check in samples.every_kind():
        held = [{r for r, told in collect_rungs(check, way).items() if told} for way in Way]
        assert held[0] <= held[1] <= held[2]


def test_an_inconclusive_check_names_no_rung() -> None:
    entry = report((), samples.unreachable()).repositories[0]
    assert entry.inconclusive and entry.reached is None and entry.way is None
    assert set(entry.rungs.values()) == {None}
    assert entry.outcome.label == "inconclusive"


def test_links_say_what_became_of_them() -> None:
    paper = samples.paper(1, "octo/deleted", "octo/never-checked")
    entry = report((paper,), samples.unavailable("octo/deleted", Availability.MISSING)).papers[0]
    assert [link.availability for link in entry.links] == [Availability.MISSING, None]
    assert [link.outcome.label for link in entry.links if link.outcome] == ["not found", "not checked"]


def test_a_pinned_link_is_answered_by_the_check_of_its_commit() -> None:
    pinned = samples.failing("octo/passes")
    pinned = pinned.model_copy(update={"target": pinned.target.model_copy(update={"commit": samples.COMMIT})})
    link = samples.link("1", "octo/passes", ref=samples.COMMIT)
    paper = samples.paper(1).model_copy(update={"links": (link,)})
    entry = report((paper,), samples.passing(), pinned).papers[0]
    assert entry.links[0].outcome is not None and entry.links[0].outcome.label == "fails"


def test_repositories_name_their_papers_once() -> None:
    papers = (samples.paper(1, "octo/passes", "octo/passes"), samples.paper(2, "Octo/Passes"))
    assert report(papers, samples.passing()).repositories[0].papers == ("2603.00001", "2603.00002")


def test_causes_are_counted_the_repositories_own_first() -> None:
    names = [cause.name for cause in report().causes]
    assert names.index("no_matching_python") < names.index("needs_data") < names.index("network")


@pytest.mark.parametrize("check", samples.every_kind(), ids=lambda check: str(check.target.repository))
def test_every_kind_makes_a_document(check: Check) -> None:
    document = build_repository_document(check).model_dump(mode="json")
    assert document["version"] == SCHEMA_VERSION and document["repository"] == str(check.target.repository)


def test_the_excerpt_ends_near_the_line_that_tells_why() -> None:
    log = "\n".join([f"line {n}" for n in range(500)] + ["ValueError: no", "shutting down", "bye"])
    result = samples.result("x", samples.Phase.TEST, samples.StepStatus.FAILED, log=log)
    excerpt = cut_telling_excerpt(result)
    assert "ValueError: no" in excerpt and len(excerpt.splitlines()) == 12


def test_frames_of_the_watching_program_are_left_out() -> None:
    log = (
        'Traceback (most recent call last):\n  File "run.py", line 3, in <module>\n    open("data.csv")\n'
        '  File "/checker/probes/site/checker_watch.py", line 134, in wrapped\n    return original(*args)\n'
        "           ^^^^^^^^^^^^^^^\nFileNotFoundError: data.csv\n"
    )
    excerpt = cut_telling_excerpt(samples.result("x", samples.Phase.START, samples.StepStatus.FAILED, log=log))
    assert excerpt.splitlines()[1:] == [
        '  File "run.py", line 3, in <module>',
        '    open("data.csv")',
        "FileNotFoundError: data.csv",
    ]


def test_nothing_at_all_is_a_report_too() -> None:
    empty = build_report(RUN, (), {})
    assert empty.funnel.papers == 0 and empty.repositories == ()


def test_what_could_not_be_imported_is_told_in_python_s_words() -> None:
    modules = [{"name": "numpy", "status": "ok"}, {"name": "yaml", "status": "not_found", "missing": "yaml"}]
    result = samples.result(
        "import",
        Phase.IMPORT,
        StepStatus.FAILED,
        log="ok           numpy\nnot_found    yaml yaml",
        collected=(("/out/imports.json", json.dumps({"modules": modules})),),
    )
    assert cut_telling_excerpt(result) == "ModuleNotFoundError: No module named 'yaml'"
