"""Every repair fires on an excerpt of a real log and changes what it says; repairing always ends."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import drift_excerpts
import pytest
import repair_excerpts as excerpts
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.version import Version

from checker.ecosystems.python.out_of_reach import OPTION
from checker.ecosystems.python.repairs import RULES, edits, older
from checker.ecosystems.python.repairs.relax import Relaxed, harm_of, looser, relax
from checker.ecosystems.python.repairs.resolving import nearest
from checker.ecosystems.python.steps import building
from checker.models import Attempt, BuildPlan, Evidence, Phase, Repair, Step, StepResult, StepStatus, Way
from checker.repairs import BATCH, MOST, Context, Found, Rule, next_repair
from checker.signatures.row import RUNNING

KNOWN = {
    "wandb": "wandb",
    "openpyxl": "openpyxl",
    "sentencepiece": "sentencepiece",
    "einops": "einops",
    "google.protobuf": "protobuf",
    "torch": "torch",
}
CONTEXT = Context(
    requirement_for=KNOWN.get,
    versions=lambda name: ("1.6.0", "1.7.0", "1.7.1", "1.8.0") if name == "torch" else (),
    interpreters=("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"),
    imported=frozenset({"torch", "keras", "tensorflow", "shortwave"}),
)
DATED = replace(CONTEXT, pinned_at=datetime(2019, 5, 1, tzinfo=UTC))
BY_NAME = {rule.name: rule for rule in RULES}
GIVEN = {
    "licence_ended": ("gurobipy==11.0.1",),
    "gpu_build": ("tensorflow-gpu==1.9.0",),
    "mmcv_operators": ("mmcv==1.7.0",),
    "mm_of_mmcv_1": ("mmcv-full<2", "mmdet"),
    "opencv_contrib": ("opencv-python==4.5.1.48",),
}
ALL = {
    **{name: (said, given, changed) for name, (said, given, changed) in excerpts.RESOLVING.items()},
    **excerpts.BUILDING,
    **{name: (said, (), changed) for name, (said, changed) in excerpts.SYSTEM.items()},
    **{name: (said, (), f"→ {version}") for name, (said, version) in (excerpts.GONE | excerpts.NOT_YET).items()},
    **{name: (said, GIVEN.get(name, ()), changed) for name, (said, changed) in drift_excerpts.DRIFT.items()},
    **excerpts.UNDECLARED,
    **excerpts.OLDER,
    **excerpts.FORERUNNER,
    **{name: (said, ("einops",), changed) for name, (said, changed) in excerpts.UNDO.items()},
}
STEP_NAMES = {"project_on_path": "install the project"}


def plan(*requirements: str, interpreter: str = "3.10", **fields: object) -> BuildPlan:
    options = (("interpreter_ladder", "3.9,3.8"),)
    values = {"cutoff": datetime(2021, 1, 1, tzinfo=UTC), "options": options, **fields}
    return BuildPlan(ecosystem="python", way=Way.PERIOD, interpreter=interpreter, requirements=requirements).with_(
        **values
    )


def failed(said: BuildPlan, log: str, phase: Phase, name: str = "step") -> Attempt:
    step = Step(name=name, phase=phase, argv=("x",))
    return Attempt(plan=said, results=(StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log),))


def phase_of(rule: Rule) -> Phase:
    wanted = (Phase.RESOLVE, Phase.INSTALL, Phase.START, Phase.TEST)
    return next(phase for phase in wanted if phase in rule.phases)


def listed(changed: str) -> Repair:
    return Repair(name="undeclared dependency", signature="s", evidence=(), changed=changed, hint="h")


_HELD = (("older", "einops=2020-01-02"), ("index_date_before", "2023-05-01T00:00:00+00:00"))
PLANS: Mapping[str, Mapping[str, object]] = {
    **{name: {"interpreter": "3.14", "options": ()} for name in excerpts.GONE},
    **{name: {"interpreter": "3.6", "options": ()} for name in excerpts.NOT_YET},
    **{name: {"options": _HELD} for name in excerpts.UNDO},
    "set_aside_though_imported": {"options": ()},
    "index_out_of_reach": {"indexes": ("https://wheels.example.org/other", "https://wheels.example.org/cu116")},
    "forerunner": {"repairs": (listed("added stable-retro"),)},
    "no_wheels": {"options": (("wheels_only", "einops=build_backend_error"),)},
}
"""What the plan of a rule's attempt holds besides its requirements, where the rule asks for more."""


def attempt_for(rule: Rule) -> Attempt:
    log, requirements, _ = ALL[rule.name]
    given = plan(*requirements).with_(**PLANS.get(rule.name, {}))
    attempt = failed(given, log, phase_of(rule), STEP_NAMES.get(rule.name, "step"))
    return timed_out(attempt) if rule.name == "wheels_in_time" else attempt


def timed_out(attempt: Attempt) -> Attempt:
    results = (result.model_copy(update={"status": StepStatus.TIMED_OUT}) for result in attempt.results)
    return attempt.model_copy(update={"results": tuple(results)})


def test_every_rule_has_an_excerpt() -> None:
    assert sorted(BY_NAME) == sorted(ALL)
    assert len(BY_NAME) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_rule_fires_on_its_excerpt_and_lists_what_it_changed(rule: Rule) -> None:
    attempt = attempt_for(rule)
    repaired = next_repair((rule,), attempt, DATED if rule.name == "earlier_release_that_builds" else CONTEXT)
    assert repaired is not None
    assert repaired.way is Way.REPAIRED
    made = next(repair for repair in repaired.repairs if repair.name == rule.name)
    assert ALL[rule.name][2] in made.changed
    assert made.hint
    assert made.evidence[0].text.strip()
    assert made.evidence[0].text in ALL[rule.name][0]
    assert repaired.with_(repairs=(), way=Way.PERIOD) != attempt.plan


@pytest.mark.parametrize(
    "rule", [r for r in RULES if not r.fallback], ids=[r.name for r in RULES if not r.fallback]
)
def test_no_other_rule_keeps_a_rule_from_firing(rule: Rule) -> None:
    repaired = next_repair(RULES, attempt_for(rule), CONTEXT)
    assert repaired is not None
    changes = " ".join(repair.changed for repair in repaired.repairs)
    groups = {BY_NAME[repair.name].group for repair in repaired.repairs if repair.name in BY_NAME} - {""}
    assert (
        rule.name in {repair.name for repair in repaired.repairs}
        or rule.group in groups
        or ALL[rule.name][2] in changes
    )


def test_a_forged_log_breaks_no_rule() -> None:
    forged = (
        "hint: `numpy` was filtered by `exclude-newer`. The requested version, v9,"
        " was published at 9999-99-99T00:00\n"
        "jaxlib version 9 is newer than and incompatible with jax version 1..2\n"
        "Numba needs NumPy 999999999999.9 or less\n"
        "pip install gym[a,,b]\nonly versions >=3.7,<<3 are\nError: no version of x==1...\n"
        "a>=1.x.,<2 is required for a normal functioning\nPlease install mmcv>=<\n"
        "with the following Python ABI tags: `cp99999`\n"
    )
    for phase in Phase:
        next_repair(RULES, failed(plan("numpy==1", "gym", "x==1"), forged, phase), CONTEXT)


def test_several_independent_repairs_are_made_at_once_and_one_interpreter_at_a_time() -> None:
    log = (
        "src/a.c:1:10: fatal error: portaudio.h: No such file or directory\n"
        "src/b.c:1:10: fatal error: fftw3.h: No such file or directory\n"
        "src/c.c:1:10: fatal error: longintrepr.h: No such file or directory\n"
        "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'\n"
    )
    repaired = next_repair(RULES, failed(plan(interpreter="3.13"), log, Phase.INSTALL), CONTEXT)
    assert repaired is not None
    assert repaired.system_packages == ("portaudio19-dev", "libfftw3-dev")
    assert [r.name for r in repaired.repairs if "Python" in r.changed] == ["interpreter_internals"]


@pytest.mark.parametrize(
    ("added", "moved", "interpreter", "kept"),
    [(True, True, "3.10", False), (True, False, "3.8", True), (False, True, "3.8", True)],
    ids=["added, and moved for already", "added", "asked for by the author"],
)
def test_the_interpreter_is_moved_once_for_a_package_that_was_added(
    added: bool, moved: bool, interpreter: str, kept: bool
) -> None:
    log = (
        "error: Failed to build `wordcut==0.1.0`\n  cause: The build backend returned an error\n"
        "wordcut/wordcut.cpp:9: error: ‘PyTypeObject’ has no member named ‘tp_print’\n"
    )
    before = [Repair(name="r", signature="s", evidence=(), changed="added wordcut", hint="h")] if added else []
    before += (
        [Repair(name="i", signature="s", evidence=(), changed="Python 3.11 → 3.10", hint="h")] if moved else []
    )
    start = plan("wordcut", "six", interpreter="3.10").with_(repairs=tuple(before))
    repaired = next_repair(RULES, failed(start, log, Phase.INSTALL), CONTEXT)
    assert repaired is not None
    assert (repaired.interpreter, "wordcut" in repaired.requirements) == (interpreter, kept)


def test_a_fallback_waits_until_nothing_else_helps() -> None:
    log = excerpts.RESOLVING["version_gone"][0]
    first = next_repair(RULES, failed(plan("torch==1.7.99"), log, Phase.RESOLVE), CONTEXT)
    assert first is not None
    assert [repair.name for repair in first.repairs] == ["version_gone"]
    conflict = excerpts.RESOLVING["conflict"][0]
    second = next_repair(RULES, failed(plan("keras==2.9", "tensorflow==2.10.0"), conflict, Phase.RESOLVE), CONTEXT)
    assert second is not None
    assert [repair.name for repair in second.repairs] == ["conflict"]
    assert second.requirements == ("keras==2.9", "tensorflow==2.10.0")
    assert second.option("relax") is not None
    again = next_repair(RULES, failed(second, conflict, Phase.RESOLVE), CONTEXT)
    assert again is not None and again.repairs[-1].name != "conflict"


def test_what_builds_with_torch_is_prepared_together() -> None:
    log = (
        "error: Failed to build `torch-cluster==1.6.0`\nModuleNotFoundError: No module named 'torch'\n"
        "hint: This error likely indicates that `torch-cluster@1.6.0` depends on `torch`, but doesn't declare it\n"
    )
    lines = ("torch==1.13.1", "torch-cluster==1.6.0", "torch_scatter==2.1.0", "numpy==1.23.0", "other==1.0")
    repaired = next_repair(RULES, failed(plan(*lines), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.option("no_build_isolation") == "torch-cluster,torch-scatter"
    assert repaired.option("preinstall") == "torch==1.13.1;setuptools<66;numpy==1.23.0;wheel"
    assert repaired.repairs[0].changed.endswith("; torch-scatter as well")


def test_an_address_out_of_reach_leaves_what_is_required_by_version_besides() -> None:
    log = excerpts.RESOLVING["git_out_of_reach"][0]
    lines = ("clip==1.0", "numpy", "clip @ git+https://github.com/openai/CLIP.git")
    repaired = next_repair(RULES, failed(plan(*lines), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("clip==1.0", "numpy")
    assert repaired.repairs[0].changed.endswith("left out: clip==1.0 is required as well")


def test_an_index_of_the_operator_s_is_never_left_out() -> None:
    log = excerpts.RESOLVING["index_out_of_reach"][0]
    for indexes in ((), ("https://wheels.example.org/other",)):
        repaired = next_repair(RULES, failed(plan("wandb", indexes=indexes), log, Phase.RESOLVE), CONTEXT)
        assert repaired is None or repaired.indexes == indexes


def test_an_index_of_the_repository_s_settings_is_done_without() -> None:
    log = "error: Request failed after 3 retries in 4.1s\n  cause: Failed to fetch: https://mirror.example/simple/x/\n"
    attempt = failed(plan("x"), log, Phase.RESOLVE)
    near = replace(CONTEXT, own_indexes=("https://mirror.example/simple/",))
    repaired = next_repair(RULES, attempt, near)
    assert repaired is not None
    assert repaired.option("without_uv_settings") == "1"
    assert "https://mirror.example/simple/" in repaired.repairs[-1].changed
    other = next_repair(RULES, attempt, replace(CONTEXT, own_indexes=("https://other.example/simple",)))
    assert other is None or other.option("without_uv_settings") is None
    assert ("UV_NO_CONFIG", "1") in building(repaired) and ("UV_NO_CONFIG", "1") not in building(attempt.plan)


def test_tools_that_an_old_environment_cannot_have_change_nothing_of_it() -> None:
    """Before 2020 there is no nbclient: another interpreter would only cost the wheels of that time."""
    log = (
        excerpts.UV + "Because there are no versions of nbclient and you require nbclient" + excerpts.UNSATISFIABLE
    )
    attempt = failed(plan("numpy"), log, Phase.INSTALL)
    assert next_repair(RULES, attempt, CONTEXT) is not None
    (result,) = attempt.results
    extra = result.model_copy(update={"step": result.step.model_copy(update={"required": False})})
    assert next_repair(RULES, attempt.model_copy(update={"results": (extra,)}), CONTEXT) is None


def test_many_packages_that_are_named_nowhere_leave_room_for_repairs() -> None:
    """One of eighty that reading had added did not build, and all of them were left out."""
    attempt = attempt_for(BY_NAME["set_aside"])
    read = tuple(
        Repair(
            name="undeclared dependency",
            signature="imports it",
            evidence=(Evidence(claim="imports it", source="a.py", line=number),),
            changed=f"added package-{number}",
        )
        for number in range(2 * MOST)
    )
    before = attempt.plan.with_(repairs=read)
    after = next_repair(RULES, attempt.model_copy(update={"plan": before}), CONTEXT)
    assert after is not None
    assert "set_aside" in [repair.name for repair in after.repairs[2 * MOST :]]


@pytest.mark.parametrize("name", sorted(ALL))
def test_repairing_ends_even_if_nothing_ever_helps(name: str) -> None:
    attempt = attempt_for(BY_NAME[name])
    result = attempt.results
    for _ in range(MOST + 1):
        new = next_repair(RULES, Attempt(plan=attempt.plan, results=result), CONTEXT)
        if new is None:
            break
        assert len(new.repairs) > len(attempt.plan.repairs)
        keys = [(repair.name, repair.changed) for repair in new.repairs]
        assert len(keys) == len(set(keys)) <= MOST
        attempt = Attempt(plan=new, results=result)
    else:
        pytest.fail("there is always another repair")


def test_a_flood_of_signatures_is_bounded() -> None:
    headers = (
        "fftw3.h",
        "sndfile.h",
        "hdf5.h",
        "geos_c.h",
        "proj.h",
        "png.h",
        "zmq.h",
        "lz4.h",
        "yaml.h",
        "zstd.h",
    )
    more = "".join(f"/bin/sh: 1: {tool}: not found\n" for tool in ("swig", "flex", "bison", "nasm", "patchelf"))
    log = "".join(f"a.c:1:1: fatal error: {name}: No such file or directory\n" for name in headers) + more
    repaired = next_repair(RULES, failed(plan(), log, Phase.INSTALL), CONTEXT)
    assert repaired is not None
    assert len(repaired.repairs) == BATCH


def test_what_passed_calls_for_no_repair_unless_its_report_lists_failures() -> None:
    report = (
        '{"modules": [{"name": "wandb", "required": true, "status": "not_found", "missing": "wandb"},'
        '{"name": "einops", "required": false, "status": "not_found", "missing": "einops"}]}'
    )
    step = Step(name="import", phase=Phase.IMPORT, argv=("x",))
    passed = StepResult(step=step, status=StepStatus.PASSED, log="not_found wandb", exit_code=0)
    assert next_repair(RULES, Attempt(plan=plan(), results=(passed,)), CONTEXT) is None
    listed = passed.model_copy(update={"collected": (("/env/imports.json", report),), "status": StepStatus.FAILED})
    repaired = next_repair(RULES, Attempt(plan=plan(), results=(listed,)), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("wandb",)


def test_a_module_of_the_repository_is_never_installed_from_the_index() -> None:
    context = Context(requirement_for=lambda module: module, local_modules=frozenset({"utils"}))
    attempt = failed(plan(), "ModuleNotFoundError: No module named 'utils.metrics'\n", Phase.START)
    assert next_repair((BY_NAME["undeclared_import"],), attempt, context) is None


def test_a_library_without_a_version_is_wanted_for_building() -> None:
    said = "[{}: cannot open shared object file: No such file or directory]\n"
    for name, package in (("libhdf5.so", "libhdf5-dev"), ("libhdf5.so.103", "libhdf5-103-1")):
        repaired = next_repair(RULES, failed(plan(), said.format(name), Phase.INSTALL), CONTEXT)
        assert repaired is not None
        assert repaired.system_packages == (package,)


@pytest.mark.parametrize(
    ("line", "release"), [("torch", "torch==1.6.0"), ("torch>=1.7", "torch==1.7.0"), ("torch<0.4", "torch==1.6.0")]
)
def test_of_a_package_that_has_lost_its_old_releases_the_nearest_is_taken(line: str, release: str) -> None:
    log = f"{excerpts.UV}Because there are no versions of torch and you require {line}{excerpts.UNSATISFIABLE}"
    repaired = next_repair(RULES, failed(plan(line), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == (release,)
    assert repaired.cutoff is not None and repaired.cutoff.year == 2022
    log, line = log.replace("torch", "einops"), line.replace("torch", "einops")
    unknown = next_repair(RULES, failed(plan("einops", line), log, Phase.RESOLVE), CONTEXT)
    assert unknown is not None
    assert (unknown.requirements, unknown.cutoff) == (("einops",), repaired.cutoff)
    again = next_repair(RULES, failed(unknown, log, Phase.RESOLVE), CONTEXT)
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
    first = next_repair(RULES, failed(said, excerpts.UV + OLD_ONLY, Phase.RESOLVE), CONTEXT)
    assert first is not None and first.interpreter == "3.6"
    pinned = replace(CONTEXT, imported=frozenset({"numpy"}))
    second = next_repair(RULES, failed(first, excerpts.UV + NEW_ONLY, Phase.RESOLVE), pinned)
    assert second is not None
    assert (second.interpreter, second.repairs[-1].name) == ("3.6", "conflict")


def test_a_second_package_may_ask_for_a_newer_interpreter_still() -> None:
    first = next_repair(RULES, failed(plan("x", interpreter="3.6"), NEW_ONLY, Phase.RESOLVE), CONTEXT)
    assert first is not None
    more = NEW_ONLY.replace(">=3.7", ">=3.10")
    second = next_repair(RULES, failed(first, more, Phase.RESOLVE), CONTEXT)
    assert second is not None
    assert edits.minor(second.interpreter or "") > edits.minor(first.interpreter or "")


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
    repaired = next_repair(RULES, failed(plan("numpy", line), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("numpy", release)


def test_what_does_not_build_is_set_aside_though_imported_when_nothing_else_is_left() -> None:
    """The rest of the repository is tried, and what lacks the package is told why."""
    log = "error: Failed to build `longwave==1.2.3`\n  cause: The build backend returned an error\n"
    context = replace(CONTEXT, imported=frozenset({"longwave", "numpy"}))
    said = plan("longwave==1.2.3", "numpy", interpreter="3.10", options=(("interpreter_ladder", "3.9"),))
    for _ in range(9):
        repaired = next_repair(RULES, failed(said, log, Phase.INSTALL), context)
        assert repaired is not None
        said = repaired
        if "longwave" not in " ".join(said.requirements):
            break
    changes = [repair.changed for repair in said.repairs]
    assert changes[0] == "longwave==1.2.3 → longwave==1.2.*"
    assert "Python 3.10 → 3.9" in changes
    assert changes[-1] == "longwave set aside: nothing listed gets it to build"
    assert said.requirements == ("numpy",)
    assert said.option(OPTION) == "longwave=build_backend_error"


def test_a_git_requirement_without_a_known_release_is_set_aside_and_not_guessed_by_name() -> None:
    line = "secretlib @ git+https://github.com/a-lab/secretlib.git"
    log = f"error: Failed to download and build `{line}`\n  cause: Git operation failed\n"
    repaired = next_repair(RULES, failed(plan(line), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ()
    assert repaired.option("skip") == "secretlib"


def test_a_project_without_readable_metadata_is_built_against_the_environment_then_put_on_the_path() -> None:
    log = (
        "error: The build backend returned an error\n  cause: Call to `setuptools.build_meta:__legacy__."
        "get_requires_for_build_wheel` failed (exit status: 1)\n"
        "         ModuleNotFoundError: No module named 'torch'\n"
    )
    first = next_repair(RULES, failed(plan("torch==1.7.0"), log, Phase.RESOLVE, "resolve"), CONTEXT)
    assert first is not None
    assert first.option("project_no_build_isolation") == "1"
    assert first.option("preinstall") == "torch==1.7.0;setuptools<66"
    second = next_repair(RULES, failed(first, log, Phase.RESOLVE, "resolve"), CONTEXT)
    assert second is not None
    assert second.option("project_on_path") == "1"


# ---------------------------------------------------------------- edits


@pytest.mark.parametrize(
    ("line", "wanted", "new"),
    [
        ("numpy", "<1.24", "numpy<1.24"),
        ("numpy==1.26.0", "<1.24", "numpy<1.24"),
        ("numpy==1.20.0", "<1.24", "numpy==1.20.0"),
        ("numpy>=1.19", "<1.24", "numpy<1.24,>=1.19"),
        ("numpy>=1.25", "<1.24", "numpy<1.24"),
        ("numpy[extra]>=1; python_version<'4'", "<1.24", 'numpy[extra]<1.24,>=1; python_version < "4"'),
        ("numpy<1.10", ">=1.20", "numpy>=1.20"),
    ],
)
def test_a_requirement_is_narrowed_without_contradicting_itself(line: str, wanted: str, new: str) -> None:
    assert edits.narrowed(line, Requirement(f"numpy{wanted}").specifier) == new


def test_a_distribution_that_comes_along_is_constrained_and_one_that_fits_is_left_alone() -> None:
    constrained = edits.constrain(plan("pandas"), "numpy<1.24")
    assert constrained is not None
    assert constrained.constraints == ("numpy<1.24",)
    assert edits.constrain(constrained, "numpy<1.24") is None
    assert edits.constrain(plan("numpy==1.20.0"), "numpy<1.24") is None


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        ("1.7.99", "1.7.1"),
        ("1.6.5", "1.6.0"),
        ("1.9.0", "1.8.0"),
        ("0.4", "1.6.0"),
        ("2.0", "1.8.0"),
        ("1.5", "1.6.0"),
    ],
)
def test_the_nearest_release_keeps_minor_then_major(wanted: str, kept: str) -> None:
    assert str(nearest(wanted, [Version(v) for v in ("1.6.0", "1.7.0", "1.7.1", "1.8.0")])) == kept


# ---------------------------------------------------------------- relaxing


@pytest.mark.parametrize(
    ("line", "steps"),
    [
        ("torch==1.7.1+cu110", ["torch==1.7.1", "torch==1.7.*", "torch==1.*", "torch"]),
        ("tqdm==0.4.1", ["tqdm==0.4.*", "tqdm"]),
        ("numpy>=1.19,<1.24", ["numpy"]),
        ("scipy~=1.5.2", ["scipy==1.*", "scipy"]),
        ("six", []),
        ("-e .", []),
    ],
)
def test_requirements_are_loosened_by_degrees(line: str, steps: list[str]) -> None:
    found: list[str] = []
    new = looser(line)
    while new is not None:
        found.append(new)
        new = looser(new)
    assert found == steps


IMPORTED = frozenset({"torch", "scipy", "pandas", "requests"})


def conflicts(*pairs: tuple[str, str]):
    """Make a resolver that refuses requirement lines of which two are at odds as they stand."""

    def resolves(lines: object) -> bool:
        held = set(lines)  # type: ignore[call-overload]
        return not any(one in held and other in held for one, other in pairs)

    return resolves


def test_relaxing_changes_the_least_harmful_of_two_that_conflict() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "black==21.4", "leftover==1.2", "pandas==1.2.0")
    cases = {
        ("torch==1.7.1", "black==21.4"): ("black==21.4", "black"),
        ("torch==1.7.1", "leftover==1.2"): ("leftover==1.2", "leftover"),
        ("torch==1.7.1", "scipy==1.5.2"): ("scipy==1.5.2", "scipy==1.5.*"),
    }
    for pair, change in cases.items():
        found = relax(lines, conflicts(pair), imported=IMPORTED)
        assert found is not None
        assert found.changes == (change,)


def test_relaxing_several_conflicts_changes_no_more_than_needed() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "pandas==1.2.0", *(f"other{i}==1.0" for i in range(20)))
    found = relax(
        lines, conflicts(("torch==1.7.1", "scipy==1.5.2"), ("pandas==1.2.0", "other3==1.0")), imported=IMPORTED
    )
    assert found is not None
    assert dict(found.changes) == {"scipy==1.5.2": "scipy==1.5.*", "other3==1.0": "other3"}
    assert found.trials <= 40


def test_what_the_author_states_outweighs_what_was_added() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "guess")
    resolves = conflicts(("torch==1.7.1", "guess"), ("torch==1.7.*", "guess"))
    found = relax(lines, resolves, imported=IMPORTED, added=frozenset({"guess"}))
    assert found is not None
    assert found.changes == (("guess", ""),)


def test_the_version_of_an_addition_gives_way_before_the_addition() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "guess==1.0")
    resolves = conflicts(("torch==1.7.1", "guess==1.0"), ("torch==1.7.*", "guess==1.0"))
    found = relax(lines, resolves, imported=IMPORTED, added=frozenset({"guess"}))
    assert found is not None
    assert found.changes == (("guess==1.0", "guess"),)


def test_an_address_does_not_give_way_to_a_name() -> None:
    lines = ("own @ git+https://code.example/lab/own.git", "scipy==1.5.2")
    found = relax(lines, conflicts((lines[0], lines[1])), imported=IMPORTED)
    assert found is not None
    assert found.changes == (("scipy==1.5.2", "scipy==1.5.*"),)


def test_what_resolves_is_left_alone_and_what_never_does_is_given_up() -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2")
    assert relax(lines, lambda _: True) == Relaxed(lines, (), 1)
    assert relax(lines, lambda _: False) is None


class Explaining:
    """A resolver that refuses what `conflicts` refuses, and says of the last refusal which two are at odds."""

    def __init__(self, lines: tuple[str, ...], *pairs: tuple[str, str]) -> None:
        self.pairs, self.held = pairs, set(lines)

    def resolves(self, lines: object) -> bool:
        self.held = set(lines)  # type: ignore[call-overload]
        return not self.blamed()

    def blamed(self) -> frozenset[str]:
        found = next(((one, other) for one, other in self.pairs if {one, other} <= self.held), ())
        return frozenset(edits.name_of(line) for line in found)


def test_what_the_resolver_blames_is_searched_alone() -> None:
    lines = ("tree==1.0", "tree>=2", "torch==1.7.1", *(f"other{i}==1.0" for i in range(200)), "last==1.0")
    both = (("tree==1.0", "tree>=2"), ("torch==1.7.1", "last==1.0"))
    for pairs, changes in ((both[:1], {"tree==1.0": "tree"}), (both, {"tree==1.0": "tree", "last==1.0": "last"})):
        resolver = Explaining(lines, *pairs)
        found = relax(lines, resolver.resolves, blamed=resolver.blamed, imported=IMPORTED, trials=24)
        assert found is not None
        assert dict(found.changes) == changes
        assert found.trials <= 12


@pytest.mark.parametrize("explained", [False, True])
@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)).filter(lambda p: p[0] != p[1]), max_size=5))
def test_relaxing_always_resolves_and_every_change_is_needed(explained: bool, pairs: set[tuple[int, int]]) -> None:
    lines = ("torch==1.7.1", "scipy==1.5.2", "pandas==1.2.0", *(f"other{i}==1.0" for i in range(5)))
    resolver = Explaining(lines, *((lines[a], lines[b]) for a, b in pairs))
    resolves = resolver.resolves
    blamed = resolver.blamed if explained else frozenset
    found = relax(lines, resolves, blamed=blamed, imported=IMPORTED, trials=200)
    assert found is not None
    assert resolves(found.requirements)
    for old, new in found.changes:
        back = [old if line == new else line for line in found.requirements]
        assert not resolves(back) or not new


def test_frameworks_give_way_last() -> None:
    harms = [harm_of(line, IMPORTED) for line in ("pytest==6", "leftover==1", "scipy==1.5.2", "torch==1.7.1")]
    assert harms == [0, 1, 2, 3]


# ---------------------------------------------------------------- what was added is given up first


def test_what_was_added_and_does_not_build_is_set_aside_for_good() -> None:
    """One module of one example of somebody else's is no reason to leave the whole environment unbuilt."""
    log = "  × Failed to build `einops==0.0.1`\n  ├─▶ The build backend returned an error\nerror: exit status 1\n"
    wheels = (("wheels_only", "einops=build_backend_error"), ("interpreter_ladder", "3.9"))
    before = plan("torch", "einops", repairs=(listed("added einops"),), options=wheels)  # wheels were asked for
    context = replace(CONTEXT, imported=frozenset({"torch", "einops"}))
    repaired = next_repair(RULES, failed(before, log, Phase.INSTALL), context)
    assert repaired is not None
    assert repaired.requirements == ("torch",)
    assert repaired.interpreter == before.interpreter
    assert "the author does not ask for it" in repaired.repairs[-1].changed
    again = next_repair(RULES, failed(repaired, "No module named 'einops'\n", Phase.START), context)
    assert again is None or "einops" not in again.requirements


def test_what_the_author_asks_for_is_not_set_aside_for_that() -> None:
    log = "  × Failed to build `einops==0.0.1`\nerror: exit status 1\n"
    context = replace(CONTEXT, imported=frozenset({"torch", "einops"}))
    repaired = next_repair(RULES, failed(plan("torch", "einops"), log, Phase.INSTALL), context)
    assert repaired is not None
    assert "einops" in repaired.requirements


# ---------------------------------------------------------------- two names of one module


def test_a_module_that_comes_under_another_name_is_not_added() -> None:
    log = "ModuleNotFoundError: No module named 'mmcv'\n"
    context = replace(CONTEXT, requirement_for={"mmcv": "mmcv"}.get)
    added = next_repair(RULES, failed(plan("torch"), log, Phase.START), context)
    assert added is not None and "mmcv" in added.requirements
    assert next_repair(RULES, failed(plan("mmcv-full<2"), log, Phase.START), context) is None


def test_a_range_for_mmcv_is_meant_for_the_name_that_the_plan_has() -> None:
    log = "AssertionError: MMCV==1.7.1 is used but incompatible. Please install mmcv>=1.3.1, <=1.7.0.\n"
    repaired = next_repair(RULES, failed(plan("mmcv-full<2"), log, Phase.START), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("mmcv-full<=1.7.0,>=1.3.1",)


def test_the_second_mmcv_keeps_what_goes_with_it() -> None:
    log = "ModuleNotFoundError: No module named 'mmengine'\n"
    repaired = next_repair(RULES, failed(plan("mmcv>=2", "mmdet"), log, Phase.START), CONTEXT)
    assert repaired is None or "mmdet<3" not in repaired.requirements


# ---------------------------------------------------------------- the time of the pins


def test_what_is_left_open_is_of_the_time_of_the_pins() -> None:
    """Not one package after the other: what comes along with one is as much too new."""
    log = excerpts.OLDER["earlier_release_of_importer"][0]
    attempt = failed(plan("einops", "torch==1.10.1", cutoff=datetime(2024, 12, 12, tzinfo=UTC)), log, Phase.START)
    context = replace(CONTEXT, pinned_at=datetime(2022, 5, 20, tzinfo=UTC))
    first = next_repair(RULES, attempt, context)
    assert first is not None
    assert first.cutoff == datetime(2022, 6, 19, tzinfo=UTC)
    assert first.repairs[-1].changed == "index date → 2022-06-19, when the stated versions were new"
    second = next_repair(RULES, failed(first, log, Phase.START), context)
    assert second is not None
    assert second.cutoff == first.cutoff
    assert second.repairs[-1].changed == "einops as of 2021-06-19"
    undone = next_repair(RULES, failed(first, excerpts.UNDO["not_yet_released"][0], Phase.RESOLVE), context)
    assert undone is not None
    assert undone.cutoff == attempt.plan.cutoff
    again = next_repair(RULES, failed(undone, log, Phase.START), context)
    assert again is not None
    assert again.cutoff == attempt.plan.cutoff


def test_pins_of_about_the_code_s_date_move_nothing() -> None:
    log = excerpts.OLDER["earlier_release_of_importer"][0]
    attempt = failed(plan("einops", "torch==1.10.1", cutoff=datetime(2022, 7, 1, tzinfo=UTC)), log, Phase.START)
    found = next_repair(RULES, attempt, replace(CONTEXT, pinned_at=datetime(2022, 5, 20, tzinfo=UTC)))
    assert found is not None
    assert found.cutoff == attempt.plan.cutoff


# ---------------------------------------------------------------- hostile logs


@pytest.mark.parametrize(
    "piece", ["a", " ", "\n", "error: ", "No module named '", "pip install ", "module 'x' ", "=", "("]
)
def test_a_hostile_log_costs_no_more_than_an_honest_one(piece: str) -> None:
    log = piece * (256 * 1024 // len(piece))
    started = time.process_time()
    for phase in (Phase.RESOLVE, Phase.INSTALL, Phase.START, Phase.TEST):
        next_repair(RULES, failed(plan("numpy==1.2"), log, phase), CONTEXT)
    assert time.process_time() - started < 30


def test_no_pattern_repeats_over_lines_without_bound() -> None:
    for rule in RULES:
        assert not re.search(r"\[\^?\\0\]\*|\(\?s\)|\[\\s\\S\][*+](?!\?)", rule.pattern.pattern), rule.name
        assert rule.phases <= frozenset(Phase)
        assert rule.phases & (RUNNING | {Phase.INSTALL, Phase.RESOLVE})


def test_a_package_is_taken_back_once_and_never_against_its_author() -> None:
    log = excerpts.no_module("einops.layers.torch")
    repaired = next_repair(RULES, failed(plan("einops", "torch"), log, Phase.START), CONTEXT)
    assert repaired is not None and repaired.option("older") == "einops=2020-01-02"
    assert next_repair(RULES, failed(repaired, log, Phase.START), CONTEXT) is None
    assert next_repair(RULES, failed(plan("einops==0.3.0"), log, Phase.START), CONTEXT) is None
    own = Context(requirement_for=KNOWN.get, local_modules=frozenset({"einops"}))
    assert next_repair(RULES, failed(plan("einops"), log, Phase.START), own) is None


def test_an_extension_that_does_not_compile_beside_an_old_pin_is_taken_back_before_it_is_left_out() -> None:
    given = plan("torch==1.1.0", "torch-cluster")
    log = excerpts.BUILDING["earlier_release_that_builds"][0]
    assert older.lacks_parts(failed(given, log, Phase.INSTALL))
    back = next_repair(RULES, failed(given, log, Phase.INSTALL), DATED)
    assert back is not None and back.option("older") == "torch-cluster=2019-05-31"
    assert "torch-cluster" in back.requirements
    out = next_repair(RULES, failed(back, log, Phase.INSTALL), DATED)
    assert out is not None and "torch-cluster" not in out.requirements
    young = replace(DATED, pinned_at=given.cutoff)
    pinned = plan("torch==1.1.0", "torch-cluster==1.5.9")
    for said, context in ((given, young), (given, CONTEXT), (pinned, DATED)):
        other = next_repair(RULES, failed(said, log, Phase.INSTALL), context)
        assert other is None or other.option("older") is None


def test_the_version_of_an_addition_gives_way_before_the_interpreter() -> None:
    log = (
        "  cause: Because the current Python version (3.7.16) does not satisfy Python>=3.8 and einops==0.8.1 "
        "depends on Python>=3.8, we can conclude that einops==0.8.1 cannot be used.\n"
    )
    added = Repair(
        name="undeclared dependency", signature="import einops", changed="added einops==0.8.1", hint="x"
    )
    given = plan("torch==1.4.0", "einops==0.8.1", interpreter="3.7")
    freed = next_repair(RULES, failed(given.with_(repairs=(added,)), log, Phase.RESOLVE), CONTEXT)
    assert freed is not None
    assert (freed.requirements, freed.interpreter) == (("torch==1.4.0", "einops"), "3.7")
    moved = next_repair(RULES, failed(given, log, Phase.RESOLVE), CONTEXT)  # the author's own
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
    given = plan("numpy", "igraph", repairs=(listed("added igraph"),))
    then = next_repair(RULES, failed(given, log, Phase.RESOLVE), CONTEXT)
    assert then is not None and then.requirements == ("numpy", "python-igraph")
    assert "python-igraph" in edits.added_names(then)
    own = next_repair(RULES, failed(plan("numpy", "igraph"), log, Phase.RESOLVE), CONTEXT)  # the author's
    assert own is None or "python-igraph" not in own.requirements


def test_a_package_that_is_too_young_is_not_taken_back_again() -> None:
    said, hint = excerpts.no_module("einops.layers.torch"), excerpts.UNDO["no_earlier_release"][0]
    back = next_repair(RULES, failed(plan("einops"), said, Phase.START), CONTEXT)
    assert back is not None
    log = f"Because there are no versions of einops and you require einops\n{hint}"
    undone = next_repair(RULES, failed(back, log, Phase.RESOLVE), CONTEXT)
    assert undone is not None
    assert (undone.option("older"), undone.interpreter, undone.cutoff) == (None, back.interpreter, back.cutoff)
    assert next_repair(RULES, failed(undone, said, Phase.START), CONTEXT) is None


@pytest.mark.parametrize(
    ("lines", "lock", "changed"),
    [
        (("mmcv-full<2", "torch==1.9"), (), "mmcv-full is built with torch==1.9"),
        (("mmcv==1.7.0",), (), "mmcv replaced by mmcv-full<2; mmcv-full is built with torch"),
        (("mmcv", "torch"), ("mmcv==2.1.0",), "mmcv is built with torch"),
        (("mmcv-lite",), ("mmcv-lite==2.1.0",), "mmcv-lite replaced by mmcv; mmcv is built with torch"),
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
    assert (change[1] if change else None) == changed
    if change:
        assert BY_NAME["mmcv_operators"].action(change[0], found) is None
        assert "mmcv" in (change[0].option("no_build_isolation") or "")


def test_what_only_others_ask_for_is_overruled_where_its_library_is_installed_apart() -> None:
    log = "Building wheel for mujoco-py\nFailed to build `mujoco-py==1.50`\nYou appear to be missing MuJoCo.\n"
    asked = plan("gym[all]", lock=("gym==0.10.5", "mujoco-py==1.50"))
    attempt = failed(asked, log, Phase.INSTALL)
    made = next_repair(RULES, attempt, CONTEXT)
    assert made is not None
    assert made.overrides == ("mujoco-py ; python_version < '0'",)
    assert made.option("out_of_reach") == "mujoco-py=missing_system_library"
