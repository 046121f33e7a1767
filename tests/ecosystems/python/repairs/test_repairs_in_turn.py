"""What repairs do one after another, and to packages that go together: what gives way, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import repair_excerpts as excerpts
from repair_plans import BY_NAME, CONTEXT, DATED, KNOWN, ROWS, failed, listed, plan, taken

from checker.core.values.edits import describe
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs import lacks_parts, load_rules
from checker.ecosystems.python.spec import PythonSpec, spec_of
from checker.judging.repair_engine import Context, Found, plan_next_repair

RULES = load_rules()


def test_a_library_without_a_version_is_wanted_for_building() -> None:
    said = "[{}: cannot open shared object file: No such file or directory]\n"
    for name, package in (("libhdf5.so", "libhdf5-dev"), ("libhdf5.so.103", "libhdf5-103-1")):
        repaired = plan_next_repair(RULES, failed(plan(), said.format(name), Phase.INSTALL), CONTEXT)
        assert repaired is not None
        assert repaired.system_packages == (package,)


@pytest.mark.parametrize(
    ("line", "release"), [("torch", "torch==1.6.0"), ("torch>=1.7", "torch==1.7.0"), ("torch<0.4", "torch==1.6.0")]
)
def test_of_a_package_that_has_lost_its_old_releases_the_nearest_is_taken(line: str, release: str) -> None:
    log = f"{excerpts.UV}Because there are no versions of torch and you require {line}{excerpts.UNSATISFIABLE}"
    repaired = plan_next_repair(RULES, failed(plan(line), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == (release,)
    assert repaired.cutoff is not None and repaired.cutoff.year == 2022
    log, line = log.replace("torch", "einops"), line.replace("torch", "einops")
    unknown = plan_next_repair(RULES, failed(plan("einops", line), log, Phase.RESOLVE), CONTEXT)
    assert unknown is not None
    assert (unknown.requirements, unknown.cutoff) == (("einops",), repaired.cutoff)
    again = plan_next_repair(RULES, failed(unknown, log, Phase.RESOLVE), CONTEXT)
    assert again is None or again.repairs[-1].name != "withdrawn_since"


OLD_ONLY = (
    "  cause: Because mkl-fft==1.0.6 has no wheels with a matching Python ABI tag (e.g., `cp37m`)\n"
    "hint: You require CPython 3.7 (`cp37m`), but we only found wheels for `mkl-fft` (v1.0.6) with the following "
    "Python ABI tags: `cp27m`, `cp36m`\n"
)


NEW_ONLY = (
    "  cause: Because the current Python version (3.6.15) does not satisfy Python>=3.7 and numpy==1.21.0 depends"
    " on Python>=3.7, we can conclude that numpy==1.21.0 cannot be used.\n"
)


def test_where_one_pin_wants_an_older_and_one_a_newer_interpreter_a_pin_gives_way() -> None:
    said = plan("mkl-fft==1.0.6", "numpy==1.21.0", interpreter="3.7")
    first = plan_next_repair(RULES, failed(said, excerpts.UV + OLD_ONLY, Phase.RESOLVE), CONTEXT)
    assert first is not None and first.interpreter == "3.6"
    pinned = replace(CONTEXT, imported=frozenset({"numpy"}))
    second = plan_next_repair(RULES, failed(first, excerpts.UV + NEW_ONLY, Phase.RESOLVE), pinned)
    assert second is not None
    assert (second.interpreter, second.repairs[-1].name) == ("3.6", "conflict")


def test_a_second_package_may_ask_for_a_newer_interpreter_still() -> None:
    first = plan_next_repair(RULES, failed(plan("x", interpreter="3.6"), NEW_ONLY, Phase.RESOLVE), CONTEXT)
    assert first is not None
    more = NEW_ONLY.replace(">=3.7", ">=3.10")
    second = plan_next_repair(RULES, failed(first, more, Phase.RESOLVE), CONTEXT)
    assert second is not None
    assert plan_edits.minor(second.interpreter or "") > plan_edits.minor(first.interpreter or "")


@pytest.mark.parametrize(
    ("line", "release"),
    [
        ("einops @ git+https://example.org/arogozhnikov/einops.git", "einops"),
        ("torch @ https://example.org/whl/torch-1.12.1%2Bcu113-cp38-cp38-linux_x86_64.whl", "torch==1.12.1"),
        ("einops @ https://example.org/archive/einops-0.3.2.tar.gz ; python_version > '3'", "einops==0.3.2"),
        ("einops @ https://example.org/archive/fork-0.3.2.tar.gz", "einops"),
    ],
)
def test_the_release_of_the_same_name_takes_the_place_of_an_address(line: str, release: str) -> None:
    log = f"error: Failed to download `{line}`\n  cause: Request failed after 3 retries in 9.1s\n"
    repaired = plan_next_repair(RULES, failed(plan("numpy", line), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("numpy", release)


def test_what_does_not_build_is_set_aside_though_imported_when_nothing_else_is_left() -> None:
    """The rest of the repository is tried, and what lacks the package is told why."""
    log = "error: Failed to build `longwave==1.2.3`\n  cause: The build backend returned an error\n"
    context = replace(CONTEXT, imported=frozenset({"longwave", "numpy"}))
    said = plan("longwave==1.2.3", "numpy", interpreter="3.10", spec=PythonSpec(interpreter_ladder=("3.9",)))
    for _ in range(9):
        repaired = plan_next_repair(RULES, failed(said, log, Phase.INSTALL), context)
        assert repaired is not None
        said = repaired
        if "longwave" not in " ".join(said.requirements):
            break
    changes = [repair.changed for repair in said.repairs]
    assert changes[0] == "longwave==1.2.3 → longwave==1.2.*"
    assert "Python 3.10 → 3.9" in changes
    assert changes[-1] == "longwave set aside: nothing listed gets it to build"
    assert said.requirements == ("numpy",)
    assert spec_of(said).out_of_reach == (("longwave", "build_backend_error"),)


def test_a_git_requirement_without_a_known_release_is_set_aside_and_not_guessed_by_name() -> None:
    line = "secretlib @ git+https://github.com/a-lab/secretlib.git"
    log = f"error: Failed to download and build `{line}`\n  cause: Git operation failed\n"
    repaired = plan_next_repair(RULES, failed(plan(line), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ()
    assert spec_of(repaired).skip == ("secretlib",)


def test_a_project_without_readable_metadata_is_built_against_the_environment_then_put_on_the_path() -> None:
    log = (
        "error: The build backend returned an error\n  cause: Call to `setuptools.build_meta:__legacy__."
        "get_requires_for_build_wheel` failed (exit status: 1)\n"
        "         ModuleNotFoundError: No module named 'torch'\n"
    )
    first = plan_next_repair(RULES, failed(plan("torch==1.7.0"), log, Phase.RESOLVE, "resolve"), CONTEXT)
    assert first is not None
    assert spec_of(first).project_no_build_isolation
    assert spec_of(first).preinstall == ("torch==1.7.0", "setuptools<66")
    second = plan_next_repair(RULES, failed(first, log, Phase.RESOLVE, "resolve"), CONTEXT)
    assert second is not None
    assert spec_of(second).project_on_path


def test_what_was_added_and_does_not_build_is_set_aside_for_good() -> None:
    """One module of one example of somebody else's is no reason to leave the whole environment unbuilt."""
    log = "  × Failed to build `einops==0.0.1`\n  ├─▶ The build backend returned an error\nerror: exit status 1\n"
    wheels = PythonSpec(wheels_only=(("einops", "build_backend_error"),), interpreter_ladder=("3.9",))
    before = plan("torch", "einops", repairs=(listed("einops"),), spec=wheels)  # wheels were asked for
    context = replace(CONTEXT, imported=frozenset({"torch", "einops"}))
    repaired = plan_next_repair(RULES, failed(before, log, Phase.INSTALL), context)
    assert repaired is not None
    assert repaired.requirements == ("torch",)
    assert repaired.interpreter == before.interpreter
    assert "the author does not ask for it" in repaired.repairs[-1].changed
    again = plan_next_repair(RULES, failed(repaired, "No module named 'einops'\n", Phase.START), context)
    assert again is None or "einops" not in again.requirements


def test_what_the_author_asks_for_is_not_set_aside_for_that() -> None:
    log = "  × Failed to build `einops==0.0.1`\nerror: exit status 1\n"
    context = replace(CONTEXT, imported=frozenset({"torch", "einops"}))
    repaired = plan_next_repair(RULES, failed(plan("torch", "einops"), log, Phase.INSTALL), context)
    assert repaired is not None
    assert "einops" in repaired.requirements


def test_a_module_that_comes_under_another_name_is_not_added() -> None:
    log = "ModuleNotFoundError: No module named 'mmcv'\n"
    context = replace(CONTEXT, requirement_for={"mmcv": "mmcv"}.get)
    added = plan_next_repair(RULES, failed(plan("torch"), log, Phase.START), context)
    assert added is not None and "mmcv" in added.requirements
    assert plan_next_repair(RULES, failed(plan("mmcv-full<2"), log, Phase.START), context) is None


def test_a_range_for_mmcv_is_meant_for_the_name_that_the_plan_has() -> None:
    log = "AssertionError: MMCV==1.7.1 is used but incompatible. Please install mmcv>=1.3.1, <=1.7.0.\n"
    repaired = plan_next_repair(RULES, failed(plan("mmcv-full<2"), log, Phase.START), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("mmcv-full<=1.7.0,>=1.3.1",)


def test_the_second_mmcv_keeps_what_goes_with_it() -> None:
    log = "ModuleNotFoundError: No module named 'mmengine'\n"
    repaired = plan_next_repair(RULES, failed(plan("mmcv>=2", "mmdet"), log, Phase.START), CONTEXT)
    assert repaired is None or "mmdet<3" not in repaired.requirements


def test_what_is_left_open_is_of_the_time_of_the_pins() -> None:
    """Not one package after the other: what comes along with one is as much too new."""
    log = ROWS["earlier_release_of_importer"].excerpt
    attempt = failed(plan("einops", "torch==1.10.1", cutoff=datetime(2024, 12, 12, tzinfo=UTC)), log, Phase.START)
    context = replace(CONTEXT, pinned_at=datetime(2022, 5, 20, tzinfo=UTC))
    first = plan_next_repair(RULES, attempt, context)
    assert first is not None
    assert first.cutoff == datetime(2022, 6, 19, tzinfo=UTC)
    assert first.repairs[-1].changed == "index date → 2022-06-19: the stated versions were new then"
    second = plan_next_repair(RULES, failed(first, log, Phase.START), context)
    assert second is not None
    assert second.cutoff == first.cutoff
    assert second.repairs[-1].changed == "einops as of 2021-06-19"
    undone = plan_next_repair(RULES, failed(first, ROWS["not_yet_released"].excerpt, Phase.RESOLVE), context)
    assert undone is not None
    assert undone.cutoff == attempt.plan.cutoff
    again = plan_next_repair(RULES, failed(undone, log, Phase.START), context)
    assert again is not None
    assert again.cutoff == attempt.plan.cutoff


def test_pins_of_about_the_code_s_date_move_nothing() -> None:
    log = ROWS["earlier_release_of_importer"].excerpt
    attempt = failed(plan("einops", "torch==1.10.1", cutoff=datetime(2022, 7, 1, tzinfo=UTC)), log, Phase.START)
    found = plan_next_repair(RULES, attempt, replace(CONTEXT, pinned_at=datetime(2022, 5, 20, tzinfo=UTC)))
    assert found is not None
    assert found.cutoff == attempt.plan.cutoff


def test_a_package_is_taken_back_once_and_never_against_its_author() -> None:
    log = excerpts.no_module("einops.layers.torch")
    repaired = plan_next_repair(RULES, failed(plan("einops", "torch"), log, Phase.START), CONTEXT)
    assert repaired is not None and spec_of(repaired).older == (("einops", "2020-01-02"),)
    assert plan_next_repair(RULES, failed(repaired, log, Phase.START), CONTEXT) is None
    assert plan_next_repair(RULES, failed(plan("einops==0.3.0"), log, Phase.START), CONTEXT) is None
    own = Context(requirement_for=KNOWN.get, local_modules=frozenset({"einops"}))
    assert plan_next_repair(RULES, failed(plan("einops"), log, Phase.START), own) is None


def test_an_extension_that_does_not_compile_beside_an_old_pin_is_taken_back_before_it_is_left_out() -> None:
    given = plan("torch==1.1.0", "torch-cluster")
    log = ROWS["earlier_release_that_builds"].excerpt
    assert lacks_parts(failed(given, log, Phase.INSTALL))
    back = plan_next_repair(RULES, failed(given, log, Phase.INSTALL), DATED)
    assert back is not None and spec_of(back).older == (("torch-cluster", "2019-05-31"),)
    assert "torch-cluster" in back.requirements
    out = plan_next_repair(RULES, failed(back, log, Phase.INSTALL), DATED)
    assert out is not None and "torch-cluster" not in out.requirements
    young = replace(DATED, pinned_at=given.cutoff)
    pinned = plan("torch==1.1.0", "torch-cluster==1.5.9")
    for said, context in ((given, young), (given, CONTEXT), (pinned, DATED)):
        other = plan_next_repair(RULES, failed(said, log, Phase.INSTALL), context)
        assert other is None or not spec_of(other).older


def test_the_version_of_an_addition_gives_way_before_the_interpreter() -> None:
    log = (
        "  cause: Because the current Python version (3.7.16) does not satisfy Python>=3.8 and einops==0.8.1 "
        "depends on Python>=3.8, we can conclude that einops==0.8.1 cannot be used.\n"
    )
    added = listed("einops==0.8.1")
    given = plan("torch==1.4.0", "einops==0.8.1", interpreter="3.7")
    freed = plan_next_repair(RULES, failed(given.with_(repairs=(added,)), log, Phase.RESOLVE), CONTEXT)
    assert freed is not None
    assert (freed.requirements, freed.interpreter) == (("torch==1.4.0", "einops"), "3.7")
    moved = plan_next_repair(RULES, failed(given, log, Phase.RESOLVE), CONTEXT)  # the author's own
    assert moved is not None
    assert (moved.requirements, moved.interpreter) == (given.requirements, "3.9")


@pytest.mark.parametrize(
    "said",
    [
        "there are no versions of igraph and you require igraph",
        "all versions of igraph were yanked (reason: python-igraph was renamed to igraph) and you require igraph",
    ],
)
def test_what_brought_a_module_then_takes_the_place_of_what_was_added_for_it(said: str) -> None:
    log = f"{excerpts.UV}Because {said}{excerpts.UNSATISFIABLE}"
    given = plan("numpy", "igraph", repairs=(listed("igraph"),))
    then = plan_next_repair(RULES, failed(given, log, Phase.RESOLVE), CONTEXT)
    assert then is not None and then.requirements == ("numpy", "python-igraph")
    assert "python-igraph" in plan_edits.added_names(then)
    own = plan_next_repair(RULES, failed(plan("numpy", "igraph"), log, Phase.RESOLVE), CONTEXT)  # the author's
    assert own is None or "python-igraph" not in own.requirements


def test_a_package_that_is_too_young_is_not_taken_back_again() -> None:
    said, hint = excerpts.no_module("einops.layers.torch"), ROWS["no_earlier_release"].excerpt
    back = plan_next_repair(RULES, failed(plan("einops"), said, Phase.START), CONTEXT)
    assert back is not None
    log = f"Because there are no versions of einops and you require einops\n{hint}"
    undone = plan_next_repair(RULES, failed(back, log, Phase.RESOLVE), CONTEXT)
    assert undone is not None
    assert (spec_of(undone).older, undone.interpreter, undone.cutoff) == ((), back.interpreter, back.cutoff)
    assert plan_next_repair(RULES, failed(undone, said, Phase.START), CONTEXT) is None


_TOOLS = "setuptools<66, wheel"


@pytest.mark.parametrize(
    ("lines", "lock", "changed"),
    [
        (("mmcv-full<2", "torch==1.9"), (), f"mmcv-full is built with torch==1.9, {_TOOLS}"),
        (("mmcv==1.7.0",), (), f"mmcv → mmcv-full<2; mmcv-full is built with torch, {_TOOLS}"),
        (("mmcv", "torch"), ("mmcv==2.1.0",), f"mmcv is built with torch, {_TOOLS}"),
        (
            ("mmcv-lite",),
            ("mmcv-lite==2.1.0",),
            f"mmcv-lite → mmcv; mmcv is built with torch, {_TOOLS}",
        ),
        (("torch",), (), None),
    ],
)
def test_the_operators_of_mmcv_are_built_where_torch_is(
    lines: tuple[str, ...], lock: tuple[str, ...], changed: str | None
) -> None:
    plan = BuildPlan(ecosystem="python", way=Way.REPAIRED, interpreter="3.8", requirements=lines, lock=lock)
    step = Step(name="import", phase=Phase.IMPORT, argv=("true",), seconds=1)
    log = "ModuleNotFoundError: No module named 'mmcv._ext'"
    match = BY_NAME["mmcv_operators"].pattern.search(log)
    assert match is not None
    found = Found(match, StepResult(step=step, status=StepStatus.FAILED, log=log, exit_code=1))
    change = BY_NAME["mmcv_operators"].action(plan, found)
    assert (describe(change[1]) if change else None) == changed
    if change:
        assert BY_NAME["mmcv_operators"].action(change[0], found) is None
        assert {"mmcv", "mmcv-full"} & set(spec_of(change[0]).no_build_isolation)


def test_what_only_others_ask_for_is_overruled_where_its_library_is_installed_apart() -> None:
    log = "Building wheel for mujoco-py\nFailed to build `mujoco-py==1.50`\nYou appear to be missing MuJoCo.\n"
    asked = plan("gym[all]", lock=("gym==0.10.5", "mujoco-py==1.50"))
    attempt = failed(asked, log, Phase.INSTALL)
    made = plan_next_repair(RULES, attempt, CONTEXT)
    assert made is not None
    assert made.overrides == ("mujoco-py ; python_version < '0'",)
    assert spec_of(made).out_of_reach == (("mujoco-py", "missing_system_library"),)


def test_a_pin_that_a_conflict_took_comes_back_where_a_package_shows_that_it_was_right() -> None:
    log = ROWS["numpy_pin_was_right"].excerpt
    said = plan("numpy==1.*", "tensorflow==2.3.0", repairs=(taken("numpy==1.22.3", "numpy==1.*"),))
    repaired = plan_next_repair(RULES, failed(said, log, Phase.START), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("numpy==1.22.3", "tensorflow==2.3.0")
    assert repaired.overrides == ("numpy==1.22.3",)
    free = plan_next_repair(RULES, failed(plan("numpy"), log, Phase.START), CONTEXT)
    assert free is not None
    assert free.requirements == ("numpy>=1.22",)
