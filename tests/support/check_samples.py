"""Checks of every kind, made by small functions: what store and reports are tried with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper, LinkKind, Paper
from checker.core.values.plans import BuildPlan, Evidence, Phase, Repair, Rung, Step, Way
from checker.core.values.repositories import (
    Availability,
    Checkout,
    LeftOut,
    Probe,
    RepositoryId,
    Submodule,
    Target,
)
from checker.core.values.results import (
    Attempt,
    Blame,
    Cause,
    Check,
    Missing,
    RungResult,
    StepResult,
    StepStatus,
    Verdict,
)

STARTED = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
CODE_DATE = datetime(2021, 6, 4, 12, 0, tzinfo=UTC)
COMMIT = "3f9c2e7d5b1a48669e0d7c2b4f8a6e5d1c3b2a90"

HOSTILE = (
    "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }} [x](javascript:alert(3))"
    " ![i](http://evil.test/i) | `code` **b** <!-- c --> ]]> &lt; @everyone #1"
    " \x1b[31mred\x1b]8;;http://evil.test\x07link\x1b[2J \x9b2J \x00 [bold red]markup[/]"
    " \u202egnp.exe \u200b ' onmouseover='alert(4) </style></textarea></title></svg>"
)

INSTALL_LOG = "\n".join(
    [f" + package-{number}==1.{number}.0" for number in range(60)] + ["Installed 60 packages in 1.2s"]
)
CONFLICT_LOG = """Using CPython 3.11.9
  × No solution found when resolving dependencies:
  ╰─▶ Because torch==1.7.0 has no wheels with a matching Python version tag (e.g., `cp311`) and you require
      torch==1.7.0, we can conclude that your requirements are unsatisfiable.
      hint: You require CPython 3.11 (`cp311`), but only found wheels for `torch` (v1.7.0) with: `cp36`, `cp38`"""
IMPORT_LOG = """Traceback (most recent call last):
  File "/code/src/train.py", line 3, in <module>
    from utils.secret_sauce import Sauce
ModuleNotFoundError: No module named 'utils.secret_sauce'"""
DATA_LOG = """loading configuration configs/base.yaml
Traceback (most recent call last):
  File "/code/src/train.py", line 88, in main
    frame = pandas.read_csv(options.data)
FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'"""

NO_MATCHING_PYTHON = Cause(
    name="no_matching_python",
    blame=Blame.REPOSITORY,
    summary="A pinned version has no build for the Python that was used",
    hint='State the Python version, for example `requires-python = "==3.8.*"` in pyproject.toml.',
    evidence=(
        Evidence(claim="torch 1.7.0 has wheels for cp36 to cp38 only", source="log", text="No solution found"),
    ),
)
MISSING_MODULE = Cause(
    name="missing_in_repository",
    blame=Blame.REPOSITORY,
    summary="The code imports a module that was never committed",
    hint="Commit utils/secret_sauce.py; .gitignore may be keeping it out.",
    evidence=(Evidence(claim="imported by train.py", source="train.py", line=3, text="utils.secret_sauce"),),
)
NEEDS_DATA = Cause(
    name="needs_data",
    blame=Blame.LIMIT,
    summary="It wants data that the repository does not hold",
    hint="Commit a small sample, so that others can see the code run.",
)
NETWORK = Cause(name="network", blame=Blame.CHECKER, summary="The host did not answer: timed out after 60 s")


def repository(slug: str = "octo/lab", host: str = "github.com") -> RepositoryId:
    owner, _, name = slug.partition("/")
    return RepositoryId(host=host, owner=owner, name=name)


def probe(of: RepositoryId, availability: Availability = Availability.AVAILABLE, **facts: object) -> Probe:
    values: dict[str, object] = {
        "repository": of,
        "availability": availability,
        "answered_by": "git",
        "default_branch": "main",
        "head_commit": COMMIT,
        "licence": "MIT",
        "archived": False,
        "checked_at": STARTED,
    }
    return Probe.model_validate(values | facts)


def checkout(of: RepositoryId, **facts: object) -> Checkout:
    values: dict[str, object] = {
        "repository": of,
        "commit": COMMIT,
        "committed_at": CODE_DATE,
        "code_date": CODE_DATE,
        "files": 48,
        "bytes": 1_240_000,
        "swhid_revision": f"swh:1:rev:{COMMIT}",
        "swhid_directory": "swh:1:dir:94a9ed024d3859793618152ea559a168bbcbb5e2",
    }
    return Checkout.model_validate(values | facts)


def step(name: str, phase: Phase, *argv: str, **more: object) -> Step:
    return Step.model_validate({"name": name, "phase": phase, "argv": argv or (name,), **more})


def result(name: str, phase: Phase, status: StepStatus = StepStatus.PASSED, **more: object) -> StepResult:
    command = {"step": step(name, phase, "uv", name, "--verbose")}
    ended = {"exit_code": 0 if status is StepStatus.PASSED else 1, "seconds": 3.2, "peak_memory": 210_000_000}
    if status is StepStatus.SKIPPED:
        ended = {"exit_code": None, "seconds": 0.0, "peak_memory": None}
    return StepResult.model_validate({**command, "status": status, **ended, **more})


def rungs(upto: Rung | None, beyond: bool | None = False, **named: bool | None) -> tuple[RungResult, ...]:
    """Rungs that hold up to one, `beyond` it as said; single ones by name."""
    made = []
    for rung in Rung:
        holds = True if upto is not None and rung.height <= upto.height else beyond
        holds = named.get(rung.value, holds)
        claim = {True: "it does", False: "it does not", None: "not tried"}[holds]
        made.append(RungResult(rung=rung, holds=holds, evidence=(Evidence(claim=claim, source="log"),)))
    return tuple(made)


def plan(way: Way, python: str = "3.11", **more: object) -> BuildPlan:
    values: dict[str, object] = {
        "ecosystem": "python",
        "way": way,
        "declared": True,
        "interpreter": python,
        "cutoff": None if way is Way.AS_PUBLISHED else CODE_DATE,
        "requirements": ("torch==1.7.0", "numpy"),
        "evidence": (
            Evidence(
                claim="requirements come from requirements.txt",
                source="requirements.txt",
                line=1,
                text="torch==1.7.0",
            ),
            Evidence(claim=f"Python {python}", source="README.md", line=12, text=f"tested with Python {python}"),
        ),
    }
    return BuildPlan.model_validate(values | more)


def failed_attempt(way: Way = Way.AS_PUBLISHED) -> Attempt:
    return Attempt(
        plan=plan(way),
        results=(
            result("resolve", Phase.RESOLVE, StepStatus.FAILED, log=CONFLICT_LOG, cause=NO_MATCHING_PYTHON),
            result("install", Phase.INSTALL, StepStatus.SKIPPED),
        ),
        rungs=rungs(Rung.DECLARED, None, resolved=False, built=False),
        cause=NO_MATCHING_PYTHON,
        seconds=3.4,
    )


def good_attempt(way: Way = Way.AS_PUBLISHED, reached: Rung = Rung.RUNS, **more: object) -> Attempt:
    results = [
        result("resolve", Phase.RESOLVE, log="Resolved 60 packages in 800ms"),
        result("install", Phase.INSTALL, log=INSTALL_LOG, seconds=41.0, peak_memory=1_800_000_000),
        result("import", Phase.IMPORT, log="12 of 12 imports found"),
        result("help", Phase.ANSWER, log="usage: train.py [-h] [--data DATA]"),
    ]
    if reached.height >= Rung.STARTS.height:
        results.append(result("train.py", Phase.START, StepStatus.LIMIT, log=DATA_LOG, cause=NEEDS_DATA))
    if reached is Rung.RUNS:
        results.append(result("pytest", Phase.TEST, log="14 passed in 2.10s", seconds=6.0))
    held = rungs(reached, None)
    return Attempt.model_validate(
        {"plan": plan(way, "3.8"), "results": results, "rungs": held, "seconds": 61.2, **more}
    )


def check(of: str, *attempts: Attempt, **more: object) -> Check:
    name = repository(of)
    best = max(attempts, key=lambda a: a.reached.height if a.reached else -1, default=None)
    verdict = (
        Verdict(reached=best.reached, way=best.plan.way, rungs=best.rungs, cause=best.cause)
        if best is not None
        else Verdict()
    )
    values: dict[str, object] = {
        "target": Target(repository=name),
        "probe": probe(name),
        "availability": Availability.AVAILABLE,
        "checkout": checkout(name),
        "ecosystem": "python",
        "languages": (("Python", 31), ("Shell", 2)),
        "attempts": attempts,
        "verdict": verdict,
        "cause": verdict.cause,
        "checker_version": "0.1.0",
        "started_at": STARTED,
        "seconds": 64.0,
    }
    return Check.model_validate(values | more)


def passing(of: str = "octo/passes") -> Check:
    return check(of, good_attempt())


def period_only(of: str = "octo/period") -> Check:
    return check(of, failed_attempt(), good_attempt(Way.PERIOD, Rung.STARTS, cause=NEEDS_DATA))


def repaired(of: str = "octo/repaired") -> Check:
    repair = Repair(
        name="old_setuptools",
        signature="No module named 'pkg_resources'",
        changed="setuptools<66 added to the environment",
        hint="Pin setuptools, or use importlib.metadata.",
        evidence=(Evidence(claim="the log says so", source="log", text="No module named 'pkg_resources'"),),
    )
    mended = good_attempt(Way.REPAIRED, Rung.ANSWERS, plan=plan(Way.REPAIRED, "3.8", repairs=(repair,)))
    return check(of, failed_attempt(), failed_attempt(Way.PERIOD), mended)


def failing(of: str = "octo/fails") -> Check:
    return check(of, failed_attempt(), failed_attempt(Way.PERIOD))


def incomplete(of: str = "octo/incomplete") -> Check:
    """It builds, and imports something that was never committed."""
    broken = Attempt(
        plan=plan(Way.AS_PUBLISHED),
        results=(
            result("resolve", Phase.RESOLVE),
            result("install", Phase.INSTALL, log=INSTALL_LOG),
            result("import", Phase.IMPORT, StepStatus.FAILED, log=IMPORT_LOG, cause=MISSING_MODULE),
        ),
        rungs=rungs(Rung.BUILT),
        cause=MISSING_MODULE,
        seconds=20.0,
    )
    wanted = Evidence(claim="imported", source="train.py", line=3, text="from utils.secret_sauce import Sauce")
    return check(
        of,
        broken,
        missing=(Missing(kind="module", name="utils.secret_sauce", wanted_by=(wanted,)),),
        checkout=checkout(
            repository(of),
            left_out=(LeftOut(path="weights/model.ckpt", bytes=812_000_000, reason="larger than 50 MB"),),
            submodules=(Submodule(path="third_party/ops", url="https://github.com/gone/ops", status="gone"),),
        ),
    )


def unavailable(of: str, availability: Availability, **facts: object) -> Check:
    return check(
        of,
        probe=probe(repository(of), availability, head_commit=None, **facts),
        availability=availability,
        checkout=None,
        ecosystem=None,
        languages=(),
        seconds=0.4,
    )


def no_code(of: str = "octo/readme-only") -> Check:
    return check(of, availability=Availability.NO_CODE, languages=(), ecosystem=None, seconds=1.0)


def moved(of: str = "octo/old-name") -> Check:
    to = repository("octo/new-name")
    return check(
        of,
        good_attempt(),
        availability=Availability.MOVED,
        probe=probe(
            repository(of), Availability.MOVED, moved_to=to, archived=True, detail="answers as octo/new-name"
        ),
    )


def unreachable(of: str = "octo/silent") -> Check:
    return unavailable(of, Availability.UNREACHABLE, detail="timed out after 60 s").model_copy(
        update={"cause": NETWORK, "verdict": Verdict(cause=NETWORK, inconclusive=True)}
    )


def hostile(of: str = "octo/hostile") -> Check:
    """Every text that comes from outside tries to get out of its place."""
    evil = (Evidence(claim=HOSTILE, source=HOSTILE, line=1, text=HOSTILE),)
    cause = Cause(name="tests_fail", blame=Blame.REPOSITORY, summary=HOSTILE, hint=HOSTILE, evidence=evil)
    command = step(HOSTILE, Phase.TEST, HOSTILE, "--x", HOSTILE, evidence=evil)
    ran = StepResult(
        step=command, status=StepStatus.FAILED, exit_code=1, seconds=1.0, log=HOSTILE + "\n" + HOSTILE, cause=cause
    )
    mend = Repair(name=HOSTILE, signature=HOSTILE, evidence=evil, changed=HOSTILE, hint=HOSTILE)
    evil_plan = plan(
        Way.REPAIRED, HOSTILE, project=HOSTILE, evidence=evil, repairs=(mend,), requirements=(HOSTILE,),
        system_packages=(HOSTILE,),
    )  # fmt: skip
    held = tuple(r.model_copy(update={"evidence": evil}) for r in rungs(Rung.BUILT))
    attempt = Attempt(plan=evil_plan, results=(ran,), rungs=held, cause=cause, seconds=2.0)
    name = repository(of)
    return check(
        of,
        attempt,
        missing=(Missing(kind=HOSTILE, name=HOSTILE, wanted_by=evil),),
        probe=probe(
            name, detail=HOSTILE, licence=HOSTILE, default_branch=HOSTILE, moved_to=repository(f"{HOSTILE}/x")
        ),
        checkout=checkout(
            name,
            left_out=(LeftOut(path=HOSTILE, bytes=1, reason=HOSTILE),),
            submodules=(Submodule(path=HOSTILE, url="javascript:alert(5)", status="gone", detail=HOSTILE),),
            swhid_revision=HOSTILE,
        ),
        languages=((HOSTILE, 3),),
        ecosystem=HOSTILE,
    )


def every_kind() -> tuple[Check, ...]:
    return (
        passing(),
        period_only(),
        repaired(),
        failing(),
        incomplete(),
        no_code(),
        moved(),
        unavailable("octo/deleted", Availability.MISSING, detail="404"),
        unavailable("octo/empty", Availability.EMPTY),
        unavailable("octo/taken-down", Availability.BLOCKED, detail="451"),
        unreachable(),
        hostile(),
    )


def link(paper: str, of: str, **more: object) -> CodeLink:
    owner, _, name = of.partition("/")
    values: dict[str, object] = {
        "paper_id": paper,
        "url": f"https://github.com/{of}",
        "host": "github.com",
        "kind": LinkKind.REPOSITORY,
        "owner": owner,
        "name": name,
    }
    return CodeLink.model_validate(values | more)


def paper(number: int, *linked: str, status: CodeStatus | None = None, title: str = "") -> LinkedPaper:
    """A paper that links to the repositories named."""
    id_ = f"2603.{number:05d}"
    return LinkedPaper(
        paper=Paper(
            id=id_,
            title=title or f"On the Stability of Method {number}",
            abstract=f"We study method {number}. Code is available at https://github.com/{'/'.join(linked)}.",
            sources=("papers/2026-03-01.txt",),
            published=date(2026, 3, 1),
        ),
        links=tuple(link(id_, of) for of in linked),
        code_status=status or (CodeStatus.LINKED if linked else CodeStatus.NONE),
        evidence="Code is available at the link below." if linked else "",
    )


def papers() -> tuple[LinkedPaper, ...]:
    """Papers for `every_kind`, and some that link to nothing."""
    linking = [paper(n, str(c.target.repository)) for n, c in enumerate(every_kind(), start=1)]
    evil = paper(90, "octo/hostile", title=HOSTILE)
    evil = evil.model_copy(
        update={
            "paper": evil.paper.model_copy(
                update={"abstract": HOSTILE, "sources": (HOSTILE,), "id": "../../" + HOSTILE}
            ),
            "evidence": HOSTILE,
            "links": (
                *evil.links,
                link(
                    "x",
                    "octo/x",
                    url="javascript:alert(6)",
                    kind=LinkKind.OTHER,
                    host="evil",
                    owner=None,
                    name=None,
                ),
            ),
        }
    )
    return (
        *linking,
        paper(80, "octo/passes", "octo/never-checked"),
        paper(81, status=CodeStatus.PROMISED),
        paper(82, status=CodeStatus.CLAIMED),
        paper(83),
        evil,
    )
