"""Rungs hold by status alone, each on its own; our failures never lower a verdict."""

from __future__ import annotations

import itertools

import pytest

from checker.core.values.edits import Edit, SetAside, SkipInstallation
from checker.core.values.plans import BuildPlan, Evidence, Phase, Repair, Rung, Step, Way
from checker.core.values.results import Attempt, RungResult, StepResult, StepStatus
from checker.judging.causes import make_cause
from checker.judging.ladder import climb, holds, reach_verdict

PLAN = BuildPlan(ecosystem="python", way=Way.PERIOD, declared=True)
GOOD = StepStatus.PASSED


def ran(
    phase: Phase,
    status: StepStatus = GOOD,
    *,
    required: bool = True,
    log: str = "",
    exit_code: int | None = None,
    argv: tuple[str, ...] = ("x",),
    name: str = "",
) -> StepResult:
    step = Step(name=name or phase.value, phase=phase, argv=argv, required=required)
    return StepResult(step=step, status=status, log=log, exit_code=exit_code)


def told(*results: StepResult, plan: BuildPlan = PLAN) -> dict[Rung, bool | None]:
    rungs = climb(has_code=True, declared=True, plan=plan, results=results)
    assert [r.rung for r in rungs] == list(Rung)
    return {r.rung: r.holds for r in rungs}


def test_the_whole_ladder_is_climbed_when_everything_passes() -> None:
    phases = (Phase.RESOLVE, Phase.INSTALL, Phase.IMPORT, Phase.ANSWER, Phase.START, Phase.TEST)
    assert set(told(*(ran(phase) for phase in phases)).values()) == {True}


def test_what_was_not_tried_is_not_known() -> None:
    assert told() == {rung: (True if rung.height < 2 else None) for rung in Rung}


@pytest.mark.parametrize(
    ("phase", "rung"),
    [
        (Phase.RESOLVE, Rung.RESOLVED),
        (Phase.INSTALL, Rung.BUILT),
        (Phase.IMPORT, Rung.IMPORTABLE),
        (Phase.ANSWER, Rung.ANSWERS),
        (Phase.START, Rung.STARTS),
        (Phase.TEST, Rung.RUNS),
        (Phase.RUN, Rung.RUNS),
    ],
)
def test_a_failure_is_false_and_our_failure_is_unknown(phase: Phase, rung: Rung) -> None:
    assert told(ran(phase, StepStatus.FAILED))[rung] is False
    assert told(ran(phase, StepStatus.ENGINE_ERROR))[rung] is None
    assert told(ran(phase, StepStatus.SKIPPED))[rung] is None


def test_a_lost_network_in_an_installation_is_unknown_and_not_false() -> None:
    log = "error: Failed to fetch: `https://index.example/simple/a/`\n  cause: error sending request for url\n"
    assert told(ran(Phase.INSTALL, StepStatus.FAILED, log=log))[Rung.BUILT] is None


def test_a_resolver_that_does_not_answer_in_time_is_unknown() -> None:
    assert told(ran(Phase.RESOLVE, StepStatus.TIMED_OUT))[Rung.RESOLVED] is None


def test_every_required_installation_step_has_to_pass() -> None:
    ok, bad = ran(Phase.INSTALL, name="a"), ran(Phase.INSTALL, StepStatus.FAILED, name="b")
    assert told(ok, bad)[Rung.BUILT] is False


def test_a_part_that_did_not_compile_leaves_the_rest_built_but_not_the_whole() -> None:
    ok, bad = ran(Phase.INSTALL, name="a"), ran(Phase.INSTALL, StepStatus.FAILED, name="b", required=False)
    built = climb(has_code=True, declared=True, plan=PLAN, results=(ok, bad))[3]
    assert (built.holds, built.evidence[0].claim) == (False, "all but b")
    assert told(ok, ran(Phase.INSTALL, name="b", required=False))[Rung.BUILT] is True


def test_a_part_that_was_set_aside_is_lacked_where_a_program_stops_for_its_module() -> None:
    repair = Repair(name="a", signature="a", evidence=(), edits=(SkipInstallation(),))
    plan = PLAN.model_copy(update={"repairs": (repair,)})
    stops = ran(Phase.RUN, StepStatus.FAILED, required=False)
    for cause, built in (("not_built", False), ("undeclared_dependency", False), ("crash", True)):
        stopped = stops.model_copy(update={"cause": make_cause(cause)})
        assert told(ran(Phase.INSTALL), ran(Phase.IMPORT), stopped, plan=plan)[Rung.BUILT] is built


@pytest.mark.parametrize(
    ("edit", "claim"),
    [
        (SetAside(requirement="mamba-ssm"), "all but mamba-ssm"),
        (SkipInstallation(), "all but the project itself"),
    ],
)
def test_what_was_set_aside_counts_where_the_code_lacks_it(edit: Edit, claim: str) -> None:
    plan = PLAN.with_(repairs=(Repair(name="x", signature="x", edits=(edit,)),))
    installed, lacking = ran(Phase.INSTALL), ran(Phase.IMPORT, StepStatus.FAILED, required=False)
    built = climb(has_code=True, declared=True, plan=plan, results=(installed, lacking))[3]
    assert (built.holds, built.evidence[0].claim) == (False, claim)
    assert told(installed, ran(Phase.IMPORT), plan=plan)[Rung.BUILT] is True


def test_an_installation_that_broke_off_half_way_is_unknown() -> None:
    first, second = ran(Phase.INSTALL, name="a"), ran(Phase.INSTALL, name="b")
    plan = PLAN.with_(steps=(first.step, second.step))
    assert told(first, plan=plan)[Rung.BUILT] is None
    assert told(first, second, plan=plan)[Rung.BUILT] is True


def test_one_of_several_entry_points_suffices() -> None:
    bad = ran(Phase.ANSWER, StepStatus.FAILED)
    assert told(bad, ran(Phase.ANSWER))[Rung.ANSWERS] is True
    assert told(bad, bad)[Rung.ANSWERS] is False


def test_passing_tests_answer_and_run_and_say_nothing_about_starting() -> None:
    rungs = told(ran(Phase.TEST))
    assert (rungs[Rung.ANSWERS], rungs[Rung.STARTS], rungs[Rung.RUNS]) == (True, None, True)


def test_failing_tests_neither_run_nor_answer() -> None:
    failing = ran(Phase.TEST, StepStatus.FAILED, exit_code=1, argv=("pytest",))
    rungs = told(failing)
    assert (rungs[Rung.ANSWERS], rungs[Rung.RUNS]) == (None, False)


def test_no_tests_at_all_say_nothing() -> None:
    none = ran(Phase.TEST, StepStatus.FAILED, exit_code=5).model_copy(update={"cause": make_cause("no_tests")})
    assert told(none)[Rung.RUNS] is None


def test_a_start_that_stops_for_a_limit_started() -> None:
    assert told(ran(Phase.START, StepStatus.LIMIT))[Rung.STARTS] is True
    assert told(ran(Phase.RUN, StepStatus.LIMIT))[Rung.RUNS] is None
    assert told(ran(Phase.START, StepStatus.TIMED_OUT))[Rung.STARTS] is None


def test_a_rung_stands_on_its_own() -> None:
    rungs = told(ran(Phase.IMPORT, StepStatus.FAILED, log="x"), ran(Phase.START))
    assert (rungs[Rung.IMPORTABLE], rungs[Rung.STARTS]) == (False, True)


def test_every_tried_rung_shows_its_command_and_exit_code() -> None:
    result = ran(Phase.ANSWER, StepStatus.FAILED, exit_code=2, argv=("python", "train.py", "--help me"))
    rungs = climb(has_code=True, declared=False, plan=PLAN, results=[result])
    line = next(r for r in rungs if r.rung is Rung.ANSWERS).evidence[0]
    assert "exit code 2" in line.claim
    assert line.text == "python train.py '--help me'"
    assert holds(rungs, Rung.DECLARED) is False


def test_the_specification_is_the_evidence_of_declared() -> None:
    named = Evidence(claim="states numpy", source="requirements.txt", line=1, text="numpy")
    rungs = climb(has_code=True, declared=True, plan=PLAN.with_(evidence=(named,)), results=[])
    assert rungs[1].evidence == (named,)


# ---------------------------------------------------------------- verdicts


def attempt(way: Way, top: Rung | None, *, ours: bool = False, why: str | None = "crash") -> Attempt:
    height = -1 if top is None else top.height
    rungs = tuple(RungResult(rung=r, holds=True if r.height <= height else None if ours else False) for r in Rung)
    name = "engine" if ours else why
    return Attempt(
        plan=PLAN.with_(way=way), rungs=rungs, cause=make_cause(name) if name else None, inconclusive=ours
    )


def test_the_highest_rung_by_the_earliest_way_is_the_verdict() -> None:
    attempts = [
        attempt(Way.AS_PUBLISHED, Rung.RESOLVED, why="compile_error"),
        attempt(Way.PERIOD, Rung.STARTS, why="needs_data"),
        attempt(Way.REPAIRED, Rung.STARTS),
    ]
    said = reach_verdict(attempts)
    assert (said.reached, said.way, said.inconclusive) == (Rung.STARTS, Way.PERIOD, False)
    assert said.cause == make_cause("needs_data")
    assert said.rungs == attempts[1].rungs


def test_of_one_way_the_attempt_with_most_rungs_gives_them() -> None:
    """A repair that brings the last module may bring no higher rung: the recipe is to have it all the same."""
    whole = attempt(Way.REPAIRED, Rung.STARTS)
    less = tuple(r.model_copy(update={"holds": False}) if r.rung is Rung.IMPORTABLE else r for r in whole.rungs)
    partly = whole.model_copy(update={"rungs": less})
    assert reach_verdict([partly, whole]).rungs == whole.rungs
    assert reach_verdict([whole, partly]).rungs == whole.rungs
    earlier = partly.model_copy(update={"plan": partly.plan.with_(way=Way.PERIOD)})
    assert reach_verdict([earlier, whole]).way is Way.PERIOD


def test_the_top_has_no_cause_and_nothing_tried_says_nothing() -> None:
    assert reach_verdict([attempt(Way.PERIOD, Rung.RUNS)]).cause is None
    assert reach_verdict([]).reached is None


@pytest.mark.parametrize(
    ("attempts", "inconclusive"),
    [
        ([attempt(Way.AS_PUBLISHED, Rung.DECLARED, ours=True)], True),
        ([attempt(Way.AS_PUBLISHED, Rung.DECLARED, ours=True), attempt(Way.PERIOD, Rung.RESOLVED)], True),
        ([attempt(Way.AS_PUBLISHED, Rung.DECLARED, ours=True), attempt(Way.REPAIRED, Rung.IMPORTABLE)], False),
        ([attempt(Way.PERIOD, Rung.BUILT, ours=True), attempt(Way.REPAIRED, Rung.BUILT)], True),
        ([attempt(Way.PERIOD, Rung.BUILT, ours=True), attempt(Way.PERIOD, Rung.BUILT)], False),
        ([attempt(Way.REPAIRED, Rung.DECLARED), attempt(Way.REPAIRED, Rung.DECLARED, ours=True)], True),
        ([attempt(Way.REPAIRED, Rung.BUILT), attempt(Way.REPAIRED, Rung.DECLARED, ours=True)], False),
        ([attempt(Way.PERIOD, Rung.RESOLVED, ours=True), attempt(Way.AS_PUBLISHED, Rung.RUNS)], False),
        ([attempt(Way.PERIOD, Rung.BUILT)], False),
        ([attempt(Way.AS_PUBLISHED, Rung.BUILT), attempt(Way.PERIOD, Rung.RESOLVED, ours=True)], True),
        (
            [
                attempt(Way.AS_PUBLISHED, Rung.BUILT),
                attempt(Way.PERIOD, Rung.RESOLVED, ours=True),
                attempt(Way.REPAIRED, Rung.BUILT),
            ],
            False,
        ),
    ],
)
def test_our_failure_is_outweighed_only_by_what_got_higher(attempts: list[Attempt], inconclusive: bool) -> None:
    assert reach_verdict(attempts).inconclusive is inconclusive


def test_the_cause_of_an_inconclusive_verdict_is_ours() -> None:
    said = reach_verdict([attempt(Way.REPAIRED, Rung.DECLARED), attempt(Way.REPAIRED, Rung.DECLARED, ours=True)])
    assert said.cause == make_cause("engine")


def test_adding_a_failure_of_ours_never_lowers_a_verdict() -> None:
    tops = (None, *Rung)
    for way, top, other in itertools.product(Way, tops, tops):
        known = attempt(way, top)
        before = reach_verdict([known])
        for ours in (attempt(w, other, ours=True) for w in Way):
            after = reach_verdict([known, ours])
            heights = [-1 if v.reached is None else v.reached.height for v in (before, after)]
            assert heights[1] >= heights[0]


def test_what_an_attempt_as_high_has_mended_is_no_cause_any_more() -> None:
    mended = attempt(Way.REPAIRED, Rung.ANSWERS, why=None)
    assert reach_verdict([attempt(Way.REPAIRED, Rung.ANSWERS, why="import_error"), mended]).cause is None


def test_the_cause_is_what_stopped_the_last_attempt_that_got_as_high() -> None:
    first = attempt(Way.AS_PUBLISHED, Rung.BUILT, why="undeclared_dependency")
    lower = attempt(Way.PERIOD, Rung.RESOLVED, why="compile_error")
    last = attempt(Way.REPAIRED, Rung.BUILT, why="missing_in_repository")
    found = reach_verdict([first, lower, last])
    assert (found.reached, found.way) == (Rung.BUILT, Way.AS_PUBLISHED)
    assert found.cause is not None and found.cause.name == "missing_in_repository"


def test_the_evidence_is_the_authors_command() -> None:
    watched = ("/env/venv/bin/python", "/checker/probes/run.py", "/env/a.json", "--", "python", "run.py", "--x")
    rungs = climb(has_code=True, declared=True, plan=PLAN, results=[ran(Phase.START, argv=watched)])
    assert next(r for r in rungs if r.rung is Rung.STARTS).evidence[0].text == "python run.py --x"
