"""Checks one repository end to end: probe, check out, plan, try, repair, judge. Only this joins the parts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from checker import __version__
from checker.core.container import Limits
from checker.core.endpoint import hide_secrets
from checker.core.errors import CheckerError, HostRefusal, Inconclusive, NetworkFailure, TooComplex
from checker.core.rules import compute_rules_digest
from checker.core.tree import Tree
from checker.core.values.base import without_secrets
from checker.core.values.plans import BuildPlan, Evidence, Rung, Step
from checker.core.values.repositories import Availability, Checkout, Contents, Probe, Target
from checker.core.values.results import (
    Attempt,
    Cause,
    Check,
    Missing,
    Progress,
    RungResult,
    StepResult,
    StepStatus,
    Verdict,
)
from checker.ecosystems.base import Ecosystem, Facts, Project, Tools
from checker.hosts.base import Host
from checker.judging.causes import make_cause
from checker.judging.diagnose import diagnose, diagnose_attempt
from checker.judging.files_left_out import drop_left_out, name_left_out
from checker.judging.ladder import climb, reach_verdict
from checker.judging.presence import (
    Found,
    choose_branches,
    holds_code_by_name,
    look_for_code,
    make_evidence,
)
from checker.judging.programs import STARTING, WAY_WORDS, choose_telling, is_answered, list_programs
from checker.judging.progress_made import (
    has_nothing_to_improve,
    has_stalled,
    is_out_of_time,
    is_same_work,
    measure_overrun,
)
from checker.sandbox.base import Sandbox, SandboxEngine
from checker.sandbox.docker.load import MOST, is_crowded

#: Attempts of the way `repaired` at most: each fixes what the one before ran into.
MAX_REPAIRS = 8

#: Branches that are looked at for code where the one that was named has none.
MAX_BRANCHES = 4

Listener = Callable[[Progress], None]

#: Seconds that the programs of one attempt may take together; those that are left are not tried.
START_SECONDS = 900


@dataclass(frozen=True)
class Services:
    """What a worker has to check repositories with."""

    host: Host
    engine: SandboxEngine
    tools: Tools
    ecosystems: tuple[Ecosystem, ...]
    workspace: Path
    runtimes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    limits: Limits = field(default_factory=Limits)
    worker: str = "worker"

    def stop(self) -> None:
        """End the steps that run now; their checks become inconclusive."""
        self.engine.stop()


@dataclass(frozen=True)
class _Work:
    """One repository being checked: what every function below needs."""

    services: Services
    tree: Tree
    project: Project
    checkout: Checkout
    wheel_store: Path
    """Where attempts leave each other what they compiled."""
    say: Callable[..., None]


def check_repository(
    target: Target, services: Services, listener: Listener | None = None, *, probe: Probe | None = None
) -> Check:
    """Check one repository; never raises for what the repository or the world does.

    What we could not find out makes the check inconclusive, with the cause named. `probe` is the host's
    answer where it was asked already.
    """
    started_at, clock = datetime.now(UTC).replace(microsecond=0), time.monotonic()

    def say(
        activity: str,
        line: str = "",
        limit: int | None = None,
        done: bool = False,
        status: StepStatus | None = None,
    ) -> None:
        if listener is not None:
            listener(
                Progress(
                    worker=services.worker,
                    repository=str(target.repository),
                    activity=hide_secrets(activity),
                    line=hide_secrets(line),
                    limit=limit,
                    status=status,
                    done=done,
                )
            )

    if probe is None:
        say("probing")
        probe = services.host.probe(target.repository)
    check = Check(
        target=target,
        probe=probe,
        availability=probe.availability,
        checker_version=__version__,
        rules=compute_rules_digest(),
        started_at=started_at,
    )
    if probe.availability in (Availability.AVAILABLE, Availability.MOVED):
        try:
            check = _check_files(check, services, say)
        except CheckerError as error:
            check = _conclude_from_error(check, error)
    say("done", done=True)
    return without_secrets(check.model_copy(update={"seconds": round(time.monotonic() - clock, 2)}))


def _conclude_from_error(check: Check, error: CheckerError) -> Check:
    """Turn an error into a cause: ours makes the check inconclusive, a refusal is a finding."""
    if isinstance(error, HostRefusal):
        why = _add_detail(make_cause(error.cause), error)
        return check.model_copy(update={"cause": why, "verdict": Verdict(cause=why)})
    name = error.cause if isinstance(error, Inconclusive) else "checker"
    why = _add_detail(make_cause(name), error)
    return check.model_copy(update={"cause": why, "verdict": Verdict(cause=why, inconclusive=True)})


def _add_detail(why: Cause, error: CheckerError) -> Cause:
    """Return a cause that tells in its summary what the error says."""
    return why.model_copy(update={"summary": f"{why.summary.rstrip('.')}: {error}"})


def _check_files(check: Check, services: Services, say: Callable[..., None]) -> Check:
    """Check out the repository and look at its files."""
    services.workspace.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=services.workspace, prefix="check-") as folder:
        say("cloning")
        checkout, tree, found = _find_code(check, services, Path(folder))
        check = check.model_copy(
            update={"checkout": checkout, "languages": found.languages, "contents": found.contents}
        )
        if found.languages:
            return _check_code(check, checkout, tree, services, say)
        if found.contents.archives:
            why = make_cause("code_in_archive", *make_evidence(found.contents))
            return _stop_at_code(check, why)
        if left := _find_code_left_out(checkout):
            return _stop_at_code(check, left)
        # Said of one that moved as well: that it holds no code matters more than its new name.
        gone = _list_gone_submodules(checkout)
        return check.model_copy(update={"availability": Availability.NO_CODE, "missing": gone})


def _find_code(check: Check, services: Services, folder: Path) -> tuple[Checkout, Tree, Found]:
    """Bring the files that the target names, or those of another branch where only that one has code."""
    checkout, tree, found = _bring(check.target, check.probe, services, folder / "source")
    if found.languages or found.contents.archives or check.target.commit or check.target.folder:
        return checkout, tree, found
    named = (*filter(None, [check.probe.default_branch]), *check.probe.branches)
    packed: tuple[Checkout, Tree, Found] | None = None
    for number, branch in enumerate(choose_branches(dict.fromkeys(named))[:MAX_BRANCHES]):
        if branch == checkout.ref:
            continue
        target = check.target.model_copy(update={"ref": branch, "path": None})
        try:
            other, its_tree, its = _bring(target, check.probe, services, folder / f"branch-{number}")
        except HostRefusal:
            continue
        if its.languages:
            contents = found.contents.model_copy(update={"branch": branch})
            return other, its_tree, its.model_copy(update={"contents": contents})
        if its.contents.archives and packed is None:
            contents = its.contents.model_copy(update={"branch": branch})
            packed = other, its_tree, its.model_copy(update={"contents": contents})
    return packed or (checkout, tree, found)


def _find_code_left_out(checkout: Checkout) -> Cause | None:
    """Say that the only code is in files that the check left out, or None where that is not so.

    Raises:
        NetworkFailure: a submodule, which may hold the code, did not answer.

    """
    for submodule in checkout.submodules:
        if submodule.status == "unreachable":
            raise NetworkFailure(f"the submodule {submodule.path} could not be fetched: {submodule.detail}")
    left = [item for item in checkout.left_out if holds_code_by_name(item.path)]
    evidence = (Evidence(claim=f"left out: {item.reason}", source=item.path) for item in left[:3])
    return make_cause("left_out_by_check", *evidence) if left else None


def _bring(target: Target, probe: Probe, services: Services, folder: Path) -> tuple[Checkout, Tree, Found]:
    """Check out a target and look for code: in the folder that it names, else in all of the repository."""
    folder.mkdir()
    checkout = services.host.checkout(target, probe, folder)
    tree = Tree(folder).on(_place(target, checkout))
    found = look_for_code(tree)
    if not found.languages and tree.focus != "." and (whole := look_for_code(tree.whole)).languages:
        return checkout, tree.whole, whole.model_copy(update={"contents": Contents(folder=tree.focus)})
    return checkout, tree, found


def _place(target: Target, checkout: Checkout) -> str | None:
    """Return the folder or file inside the repository that a link points at, or None."""
    if target.path is None and target.ref and checkout.ref and target.ref.startswith(f"{checkout.ref}/"):
        return target.ref.removeprefix(f"{checkout.ref}/")
    return target.path


def _check_code(
    check: Check, checkout: Checkout, tree: Tree, services: Services, say: Callable[..., None]
) -> Check:
    """Try to build and run what the tree holds."""
    facts = Facts(
        repository=str(check.target.repository),
        code_date=checkout.code_date,
        today=check.started_at,
        runtimes=services.runtimes,
    )
    with ExitStack() as opened:
        try:
            project = _open_largest(tree, facts, services.ecosystems, opened)
            if project is None:
                return _stop_at_code(check, make_cause("unsupported_language"))
            if project.detection.beside is not None:
                return _stop_at_code(check, make_cause("unsupported_language", project.detection.beside))
            work = _Work(services, tree, project, checkout, tree.root.with_name("builds"), say)
            attempts = _try_all_ways(work)
        except TooComplex as error:
            return _stop_at_code(check, _add_detail(make_cause(error.cause), error))
        missing = _list_missing(work, attempts)
    conclusion = reach_verdict(attempts)
    if conclusion.cause is None and (conclusion.reached or Rung.CODE).height < Rung.IMPORTABLE.height:
        # Nothing failed and nothing was there to be tried: that is to be said, and not left blank.
        conclusion = conclusion.model_copy(update={"cause": make_cause("no_entry_point")})
    return check.model_copy(
        update={
            "ecosystem": project.detection.ecosystem,
            "attempts": attempts,
            "missing": missing,
            "verdict": conclusion,
            "cause": conclusion.cause,
        }
    )


def _open_largest(tree: Tree, facts: Facts, ecosystems: Sequence[Ecosystem], opened: ExitStack) -> Project | None:
    """Return the project of the language with most files; `opened` closes it, and the others."""
    projects: list[Project] = []
    for ecosystem in ecosystems:
        project = ecosystem.open(tree, facts)
        if project is not None:
            opened.callback(project.close)
            projects.append(project)
    return max(projects, key=lambda each: each.detection.files, default=None)


def _stop_at_code(check: Check, why: Cause) -> Check:
    """Say that there is code, and why no more could be found out about it."""
    ground = (RungResult(rung=Rung.CODE, holds=True),)
    return check.model_copy(update={"cause": why, "verdict": Verdict(reached=Rung.CODE, rungs=ground, cause=why)})


def _try_all_ways(work: _Work) -> tuple[Attempt, ...]:
    """Try all ways; what was tried before the repository proved too complex to read counts.

    Raises:
        TooComplex: it did so before anything was tried.

    """
    attempts: list[Attempt] = []
    try:
        _add_attempts(work, attempts)
    except TooComplex:
        if not attempts:
            raise
    return tuple(attempts)


def _add_attempts(work: _Work, attempts: list[Attempt]) -> None:
    """Try as published, then at the date, then repaired, until nothing is left to better."""
    for plan in work.project.make_plans():
        if attempts and attempts[-1].plan.project == plan.project and has_nothing_to_improve(attempts[-1]):
            continue
        attempts.append(_carry_out(plan, work, attempts))
    for _ in range(MAX_REPAIRS):
        if not attempts or has_nothing_to_improve(attempts[-1]) or attempts[-1].inconclusive:
            break
        patience = MOST if is_crowded() else 1
        if has_stalled(attempts) or is_out_of_time(attempts, work.services.limits.scale, patience):
            break
        work.project.ask(attempts, work.services.tools)
        repaired = work.project.repair(attempts)
        if repaired is None:
            break
        attempts.append(_carry_out(repaired, work, attempts))


def _carry_out(plan: BuildPlan, work: _Work, before: Sequence[Attempt]) -> Attempt:
    """Carry out one plan; a plan equal to an earlier one is answered by that one's results."""
    clock = time.monotonic()
    with work.services.engine.open(plan, work.tree.root, work.services.limits) as box:
        prepared = work.project.prepare(plan, work.services.tools, lambda step: _run(step, plan, box, work))
        plan = prepared.plan
        box.write(plan.files)
        if prepared.builds is not None:
            box.share_builds(work.wheel_store, prepared.builds)
        for earlier in before:
            if is_same_work(earlier.plan, plan) and not earlier.inconclusive:
                return earlier.model_copy(update={"plan": plan, "seconds": round(time.monotonic() - clock, 2)})
        results = _run_steps(plan, box, work, prepared.results)
    rungs = climb(has_code=True, declared=work.project.detection.declared, plan=plan, results=results)
    return Attempt(
        plan=plan,
        results=tuple(results),
        rungs=rungs,
        programs=list_programs(plan.steps, results),
        cause=diagnose_attempt(choose_telling(results)),
        inconclusive=any(r.status is StepStatus.ENGINE_ERROR for r in results),
        seconds=round(time.monotonic() - clock, 2),
    )


def _run(step: Step, plan: BuildPlan, box: Sandbox, work: _Work) -> StepResult:
    """Run one step, let the ecosystem say what its result means, and name the cause where it failed."""
    activity = f"{WAY_WORDS[plan.way]}: {step.name}"
    work.say(activity, limit=step.seconds)
    raw = box.run(step, lambda line: work.say(activity, line, step.seconds))
    result = work.project.interpret(raw, plan)
    if result.cause is None and result.status not in (StepStatus.PASSED, StepStatus.SKIPPED):
        result = result.model_copy(update={"cause": diagnose(result)})
    result = name_left_out(result, work.checkout.left_out)
    work.say(activity, limit=step.seconds, status=result.status)
    return result


def _run_steps(plan: BuildPlan, box: Sandbox, work: _Work, done: Sequence[StepResult]) -> list[StepResult]:
    """Run what preparing has left of the steps, in order; after a required one fails the rest is skipped."""
    results = list(done)
    deadline = time.monotonic() + work.services.limits.attempt_seconds
    waiting = deque(plan.steps[len(done) :])
    while waiting:
        step = waiting.popleft()
        if is_answered(step, results):
            continue
        blocked = any(not r.passed and r.step.required for r in results)
        if blocked or time.monotonic() > deadline or _is_late(step, results, work.services.limits.scale):
            results.append(StepResult(step=step, status=StepStatus.SKIPPED))
            continue
        result = _run(step, plan, box, work)
        results.append(result)
        if step in plan.steps:
            waiting.extendleft(reversed(result.further))
        # What a crowded machine made a step wait is not taken from those that follow.
        deadline += measure_overrun(result, work.services.limits.scale)
    return results


def _is_late(step: Step, results: Sequence[StepResult], scale: float) -> bool:
    """Whether the programs before took the time that there is for all."""
    before = sum(r.seconds - measure_overrun(r, scale) for r in results if r.step.phase in STARTING)
    return step.phase in STARTING and before > START_SECONDS * scale


def _list_gone_submodules(checkout: Checkout) -> tuple[Missing, ...]:
    return tuple(
        Missing(kind="submodule", name=f"{s.path} ({s.url})", wanted_by=())
        for s in checkout.submodules
        if s.status == "gone"
    )


def _list_missing(work: _Work, attempts: Sequence[Attempt]) -> tuple[Missing, ...]:
    """List what the repository wants and lacks, submodules included."""
    gone = _list_gone_submodules(work.checkout)
    try:
        wanted = work.project.find_missing(attempts)
    except TooComplex:
        wanted = ()
    return (*drop_left_out(wanted, work.checkout.left_out), *gone)
