"""Scores follow the rubric of docs/scoring.md, sum to their points, and give no number where nothing is known."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper, LinkKind, Paper
from checker.core.values.plans import BuildPlan, Rung, Way
from checker.core.values.repositories import Availability, Checkout, Contents, Probe, RepositoryId, Target
from checker.core.values.results import Attempt, Cause, Check, Missing, RungResult, Score
from checker.judging import scoring
from checker.judging.causes import make_cause
from checker.judging.ladder import reach_verdict
from checker.judging.scoring import score_availability, score_paper, score_runnability
from checker.papers.links import read_paper

REPOSITORY = RepositoryId(owner="a-lab", name="model")
WHEN = datetime(2021, 5, 1, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"
UP_TO = {rung: {r: r.height <= rung.height for r in Rung} for rung in Rung}


def attempt(way: Way, holds: dict[Rung, bool | None], why: str | None = "crash", *, ours: bool = False) -> Attempt:
    rungs = tuple(RungResult(rung=rung, holds=holds.get(rung)) for rung in Rung)
    plan = BuildPlan(ecosystem="python", way=way)
    return Attempt(plan=plan, rungs=rungs, cause=make_cause(why) if why else None, inconclusive=ours)


def check(
    *attempts: Attempt,
    availability: Availability = Availability.AVAILABLE,
    files: bool = True,
    why: Cause | None = None,
    missing: tuple[Missing, ...] = (),
    repository: RepositoryId = REPOSITORY,
    contents: Contents = Contents(),  # noqa: B008 - frozen
) -> Check:
    checkout = (
        Checkout(repository=repository, commit="0" * 40, committed_at=WHEN, code_date=WHEN) if files else None
    )
    said = reach_verdict(attempts)
    return Check(
        target=Target(repository=repository),
        probe=Probe(repository=repository, availability=availability, answered_by="git"),
        availability=availability,
        checkout=checkout,
        attempts=attempts,
        verdict=said,
        cause=why or said.cause,
        missing=missing,
        contents=contents,
    )


def paper(*links: CodeLink, status: CodeStatus = CodeStatus.LINKED) -> LinkedPaper:
    return LinkedPaper(paper=Paper(id="p", title="P"), links=links, code_status=status)


def link(kind: LinkKind = LinkKind.REPOSITORY, name: str = "model") -> CodeLink:
    owner, repo = ("a-lab", name) if kind is LinkKind.REPOSITORY else (None, None)
    return CodeLink(
        paper_id="p", url=f"https://github.com/a-lab/{name}", host="github.com", kind=kind, owner=owner, name=repo
    )


def value(score: Score) -> int | None:
    if score.value is not None:
        assert score.value == sum(point.points for point in score.points)
        assert sum(point.of for point in score.points) == 100
        assert all(0 <= point.points <= point.of and point.reason for point in score.points)
    return score.value


def test_the_page_holds_the_rubric_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\d |]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    written = {name: tuple(int(n) for n in numbers.split("|")) for name, numbers in rows}
    shares = list(scoring.SHARES.values())
    for rung, of in scoring.RUNGS.items():
        by_way = (of, of, of) if rung in (Rung.CODE, Rung.DECLARED) else tuple(of * s // 100 for s in shares)
        assert written[rung.value] == (of, *by_way, of * scoring.LIMIT_SHARE // 100)
    assert sum(scoring.RUNGS.values()) == 100


@pytest.mark.parametrize(
    ("done", "points"),
    [
        (check(), 100),
        (check(availability=Availability.MOVED), 90),
        (check(contents=Contents(branch="dev")), 90),
        (check(contents=Contents(folder="data")), 100),
        (check(contents=Contents(archives=("sim.zip",)), why=make_cause("code_in_archive")), 60),
        (check(missing=(Missing(kind="module", name="utils.secret"),)), 90),
        (check(availability=Availability.NO_CODE), 20),
        (check(availability=Availability.NO_CODE, contents=Contents(page="index.html")), 20),
        (check(availability=Availability.NO_CODE, contents=Contents(promise="Code coming soon")), 20),
        (check(availability=Availability.EMPTY, files=False), 20),
        (check(availability=Availability.MISSING, files=False), 10),
        (check(availability=Availability.BLOCKED, files=False), 10),
        (check(availability=Availability.UNREACHABLE, files=False), None),
        (check(files=False, why=make_cause("network")), None),
        (check(files=False, why=make_cause("commit_gone")), 20),
    ],
)
def test_availability_counts_what_is_there(done: Check, points: int | None) -> None:
    assert value(score_availability(done)) == points


@pytest.mark.parametrize(("way", "points"), [(Way.AS_PUBLISHED, 100), (Way.PERIOD, 83), (Way.REPAIRED, 66)])
def test_what_runs_counts_by_the_way_that_reached_it(way: Way, points: int) -> None:
    assert value(score_runnability(check(attempt(way, UP_TO[Rung.RUNS], None)))) == points


def test_each_rung_counts_by_the_earliest_way_that_reached_it() -> None:
    done = check(
        attempt(Way.AS_PUBLISHED, UP_TO[Rung.RESOLVED], "compile_error"),
        attempt(Way.PERIOD, UP_TO[Rung.RUNS], None),
    )
    score = score_runnability(done)
    assert value(score) == 5 + 10 + 10 + 16 + 16 + 8 + 12 + 8
    assert "as published" in score.points[2].reason
    assert "its date" in score.points[3].reason


def test_a_limit_costs_half_of_what_it_hides_and_a_failure_all() -> None:
    starts: dict[Rung, bool | None] = {**UP_TO[Rung.STARTS], Rung.RUNS: None}
    assert value(score_runnability(check(attempt(Way.AS_PUBLISHED, starts, "needs_data")))) == 95
    assert value(score_runnability(check(attempt(Way.AS_PUBLISHED, starts, "crash")))) == 90
    toolchain = {**UP_TO[Rung.RESOLVED], **dict.fromkeys(list(Rung)[4:])}
    assert value(score_runnability(check(attempt(Way.AS_PUBLISHED, toolchain, "needs_gpu_toolchain")))) == 62
    assert value(score_runnability(check(attempt(Way.AS_PUBLISHED, toolchain, "compile_error")))) == 25


def test_what_there_was_nothing_to_do_for_is_not_missed() -> None:
    library = {**UP_TO[Rung.RUNS], Rung.RESOLVED: None, Rung.STARTS: None}
    assert value(score_runnability(check(attempt(Way.AS_PUBLISHED, library, None)))) == 100
    broken = {**library, Rung.STARTS: False}
    assert value(score_runnability(check(attempt(Way.AS_PUBLISHED, broken, None)))) == 85


def test_a_way_that_failed_through_us_counts_in_favour() -> None:
    lost = {**UP_TO[Rung.DECLARED], **dict.fromkeys(list(Rung)[2:])}
    done = check(
        attempt(Way.AS_PUBLISHED, lost, "network", ours=True), attempt(Way.PERIOD, UP_TO[Rung.RUNS], None)
    )
    score = score_runnability(done)
    assert value(score) == 100
    assert "counts in its favour" in score.points[3].reason


@pytest.mark.parametrize(
    ("done", "points"),
    [
        (check(attempt(Way.PERIOD, UP_TO[Rung.DECLARED], "registry", ours=True)), None),
        (check(availability=Availability.UNREACHABLE, files=False), None),
        (check(availability=Availability.MISSING, files=False), 0),
        (check(availability=Availability.NO_CODE), 0),
        (check(why=make_cause("unsupported_language")), None),
        (check(why=make_cause("code_in_archive"), contents=Contents(archives=("sim.zip",))), None),
        (check(why=make_cause("engine")), None),
    ],
)
def test_runnability_is_a_number_only_where_something_is_known(done: Check, points: int | None) -> None:
    assert value(score_runnability(done)) == points


@pytest.mark.parametrize(
    ("said", "availability"),
    [
        (paper(status=CodeStatus.NONE), None),
        (paper(status=CodeStatus.PROMISED), 0),
        (paper(status=CodeStatus.CLAIMED), 0),
        (paper(link(LinkKind.OTHER)), None),
        (paper(link(LinkKind.DOI)), None),
        (paper(link(LinkKind.SWHID)), None),
        (paper(link(LinkKind.ANCILLARY)), None),
        (paper(link(LinkKind.ARCHIVED)), None),
        (paper(link(LinkKind.OWNER)), 10),
        (paper(link()), None),
    ],
)
def test_a_paper_without_a_checked_repository(said: LinkedPaper, availability: int | None) -> None:
    scores = score_paper(said, {})
    assert value(scores.availability) == availability
    assert scores.runnability.value is None


def test_the_best_repository_of_a_paper_counts_unless_one_is_unknown() -> None:
    second = RepositoryId(owner="a-lab", name="baseline")
    said = paper(link(), link(name="baseline"))
    good = check(attempt(Way.PERIOD, UP_TO[Rung.RUNS], None))
    gone = check(availability=Availability.MISSING, files=False, repository=second)
    lost = check(availability=Availability.UNREACHABLE, files=False, repository=second)
    known = score_paper(said, {REPOSITORY.key: good, second.key: gone})
    assert (value(known.availability), value(known.runnability)) == (100, 83)
    unknown = score_paper(said, {REPOSITORY.key: good, second.key: lost})
    assert (value(unknown.availability), value(unknown.runnability)) == (100, None)


def test_other_peoples_code_counts_for_nothing() -> None:
    theirs = link(name="baseline").model_copy(update={"borrowed": True})
    second = RepositoryId(owner="a-lab", name="baseline")
    gone, good = check(availability=Availability.MISSING), check()
    both = score_paper(paper(link(), theirs), {REPOSITORY.key: gone, second.key: good})
    alone = score_paper(paper(theirs, status=CodeStatus.NONE), {second.key: good})
    assert (value(both.availability), value(both.runnability)) == (10, 0)
    assert (value(alone.availability), value(alone.runnability)) == (None, None)


def linked(url: str, status: CodeStatus = CodeStatus.LINKED) -> LinkedPaper:
    read = read_paper(Paper(id="p", title="P", abstract=f"See {url}."))
    return read.model_copy(update={"code_status": status})


def test_a_copy_in_an_archive_is_not_gone_with_its_origin() -> None:
    gone = check(availability=Availability.MISSING, files=False)
    url = "https://github.com/a-lab/model"
    copy = f"https://web.archive.org/web/2020/{url}"
    assert value(score_paper(linked(url), {REPOSITORY.key: gone}).availability) == 10
    assert value(score_paper(linked(copy), {REPOSITORY.key: gone}).availability) is None
    assert value(score_paper(linked(f"{copy} and {url}"), {REPOSITORY.key: gone}).availability) == 10
    assert value(score_paper(linked(copy), {REPOSITORY.key: check()}).availability) == 100


def test_a_data_set_counts_where_it_holds_code_or_is_all_there_is() -> None:
    repository = RepositoryId(host="huggingface.co", owner="datasets/lab", name="waves")
    data = check(availability=Availability.NO_CODE, repository=repository)
    url = "https://huggingface.co/datasets/lab/waves"
    assert value(score_paper(linked(url, CodeStatus.NONE), {repository.key: data}).availability) is None
    assert value(score_paper(linked(url), {repository.key: data}).availability) == 20
    both = linked(f"https://github.com/a-lab/model and {url}")
    assert value(score_paper(both, {repository.key: data, REPOSITORY.key: check()}).availability) == 100
    lost = check(availability=Availability.UNREACHABLE, files=False, repository=repository)
    gone = check(availability=Availability.MISSING, files=False)
    assert value(score_paper(both, {repository.key: lost, REPOSITORY.key: gone}).availability) == 10


HOLDS = st.sampled_from([True, False, None])
ATTEMPTS = st.lists(
    st.builds(
        attempt,
        st.sampled_from(list(Way)),
        st.fixed_dictionaries(dict.fromkeys(Rung, HOLDS)),
        st.sampled_from(["crash", "needs_data", "compile_error", None]),
    ),
    min_size=1,
    max_size=4,
)


@given(ATTEMPTS, st.sampled_from(list(Way)))
def test_a_failure_of_ours_never_lowers_a_score(attempts: list[Attempt], way: Way) -> None:
    before = value(score_runnability(check(*attempts)))
    lost = attempt(way, {Rung.CODE: True}, "engine", ours=True)
    after = value(score_runnability(check(*attempts, lost)))
    assert before is not None
    assert after is None or after >= before
