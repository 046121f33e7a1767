"""Every repair fires on an excerpt of a real log and changes what it says; repairing always ends."""

from __future__ import annotations

import re
import time

import pytest
import repair_excerpts as excerpts
from repair_plans import ALL, BY_NAME, CONTEXT, DATED, ROWS, attempt_for, failed, listed, plan

from checker.core.values.edits import AddRequirement, BuildWith, MoveInterpreter
from checker.core.values.plans import Evidence, Phase, Repair, Step, Way
from checker.core.values.results import Attempt, StepResult, StepStatus
from checker.ecosystems.python.plan_edits import edits_of
from checker.ecosystems.python.repairs import load_rules
from checker.ecosystems.python.spec import spec_of
from checker.judging.repair_engine import BATCH, MOST, Context, Rule, plan_next_repair
from checker.judging.table import RUNNING

RULES = load_rules()


def test_every_rule_has_an_excerpt() -> None:
    assert sorted(BY_NAME) == sorted(ALL)
    assert len(BY_NAME) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_rule_fires_on_its_excerpt_and_lists_what_it_changed(rule: Rule) -> None:
    attempt = attempt_for(rule)
    repaired = plan_next_repair((rule,), attempt, DATED if rule.name == "earlier_release_that_builds" else CONTEXT)
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
    repaired = plan_next_repair(RULES, attempt_for(rule), CONTEXT)
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
        plan_next_repair(RULES, failed(plan("numpy==1", "gym", "x==1"), forged, phase), CONTEXT)


def test_several_independent_repairs_are_made_at_once_and_one_interpreter_at_a_time() -> None:
    log = (
        "src/a.c:1:10: fatal error: portaudio.h: No such file or directory\n"
        "src/b.c:1:10: fatal error: fftw3.h: No such file or directory\n"
        "src/c.c:1:10: fatal error: longintrepr.h: No such file or directory\n"
        "AttributeError: module 'pkgutil' has no attribute 'ImpImporter'\n"
    )
    repaired = plan_next_repair(RULES, failed(plan(interpreter="3.13"), log, Phase.INSTALL), CONTEXT)
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
    before = [listed("wordcut")] if added else []
    before += (
        [Repair(name="i", signature="s", edits=(MoveInterpreter(before="3.11", after="3.10"),))] if moved else []
    )
    start = plan("wordcut", "six", interpreter="3.10").with_(repairs=tuple(before))
    repaired = plan_next_repair(RULES, failed(start, log, Phase.INSTALL), CONTEXT)
    assert repaired is not None
    assert (repaired.interpreter, "wordcut" in repaired.requirements) == (interpreter, kept)


def test_a_fallback_waits_until_nothing_else_helps() -> None:
    log = ROWS["version_gone"].excerpt
    first = plan_next_repair(RULES, failed(plan("torch==1.7.99"), log, Phase.RESOLVE), CONTEXT)
    assert first is not None
    assert [repair.name for repair in first.repairs] == ["version_gone"]
    conflict = ROWS["conflict"].excerpt
    second = plan_next_repair(
        RULES, failed(plan("keras==2.9", "tensorflow==2.10.0"), conflict, Phase.RESOLVE), CONTEXT
    )
    assert second is not None
    assert [repair.name for repair in second.repairs] == ["conflict"]
    assert second.requirements == ("keras==2.9", "tensorflow==2.10.0")
    assert spec_of(second).relax is not None
    again = plan_next_repair(RULES, failed(second, conflict, Phase.RESOLVE), CONTEXT)
    assert again is not None and again.repairs[-1].name != "conflict"


def test_what_builds_with_torch_is_prepared_together() -> None:
    log = (
        "error: Failed to build `torch-cluster==1.6.0`\nModuleNotFoundError: No module named 'torch'\n"
        "hint: This error likely indicates that `torch-cluster@1.6.0` depends on `torch`, but doesn't declare it\n"
    )
    lines = ("torch==1.13.1", "torch-cluster==1.6.0", "torch_scatter==2.1.0", "numpy==1.23.0", "other==1.0")
    repaired = plan_next_repair(RULES, failed(plan(*lines), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert spec_of(repaired).no_build_isolation == ("torch-cluster", "torch-scatter")
    assert spec_of(repaired).preinstall == ("torch==1.13.1", "setuptools<66", "numpy==1.23.0", "wheel")
    assert [edit.name for edit in edits_of(repaired, BuildWith)] == ["torch-cluster", "torch-scatter"]


def test_an_address_out_of_reach_leaves_what_is_required_by_version_besides() -> None:
    log = ROWS["git_out_of_reach"].excerpt
    lines = ("clip==1.0", "numpy", "clip @ git+https://github.com/openai/CLIP.git")
    repaired = plan_next_repair(RULES, failed(plan(*lines), log, Phase.RESOLVE), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("clip==1.0", "numpy")
    assert repaired.repairs[0].changed.endswith("left out: clip==1.0 is required as well")


def test_an_index_of_the_operator_s_is_never_left_out() -> None:
    log = ROWS["index_out_of_reach"].excerpt
    for indexes in ((), ("https://wheels.example.org/other",)):
        repaired = plan_next_repair(RULES, failed(plan("wandb", indexes=indexes), log, Phase.RESOLVE), CONTEXT)
        assert repaired is None or repaired.indexes == indexes


def test_an_index_of_the_repository_s_settings_is_done_without() -> None:
    log = "error: Request failed after 3 retries in 4.1s\n  cause: Failed to fetch: https://mirror.example/simple/x/\n"
    attempt = failed(plan("x", indexes=("https://mirror.example/simple/",)), log, Phase.RESOLVE)
    repaired = plan_next_repair(RULES, attempt, CONTEXT)
    assert repaired is not None
    assert repaired.indexes == ()
    assert "https://mirror.example/simple/" in repaired.repairs[-1].changed


def test_tools_that_an_old_environment_cannot_have_change_nothing_of_it() -> None:
    """Before 2020 there is no nbclient: another interpreter would only cost the wheels of that time."""
    log = (
        excerpts.UV + "Because there are no versions of nbclient and you require nbclient" + excerpts.UNSATISFIABLE
    )
    attempt = failed(plan("numpy"), log, Phase.INSTALL)
    assert plan_next_repair(RULES, attempt, CONTEXT) is not None
    (result,) = attempt.results
    extra = result.model_copy(update={"step": result.step.model_copy(update={"required": False})})
    assert plan_next_repair(RULES, attempt.model_copy(update={"results": (extra,)}), CONTEXT) is None


def test_many_packages_that_are_named_nowhere_leave_room_for_repairs() -> None:
    """One of eighty that reading had added did not build, and all of them were left out."""
    attempt = attempt_for(BY_NAME["set_aside"])
    read = tuple(
        Repair(
            name="undeclared dependency",
            signature="imports it",
            evidence=(Evidence(claim="imports it", source="a.py", line=number),),
            edits=(AddRequirement(requirement=f"package-{number}"),),
        )
        for number in range(2 * MOST)
    )
    before = attempt.plan.with_(repairs=read)
    after = plan_next_repair(RULES, attempt.model_copy(update={"plan": before}), CONTEXT)
    assert after is not None
    assert "set_aside" in [repair.name for repair in after.repairs[2 * MOST :]]


@pytest.mark.parametrize("name", sorted(ALL))
def test_repairing_ends_even_if_nothing_ever_helps(name: str) -> None:
    attempt = attempt_for(BY_NAME[name])
    result = attempt.results
    for _ in range(MOST + 1):
        new = plan_next_repair(RULES, Attempt(plan=attempt.plan, results=result), CONTEXT)
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
    repaired = plan_next_repair(RULES, failed(plan(), log, Phase.INSTALL), CONTEXT)
    assert repaired is not None
    assert len(repaired.repairs) == BATCH


def test_what_passed_calls_for_no_repair_unless_its_report_lists_failures() -> None:
    report = (
        '{"modules": [{"name": "wandb", "required": true, "status": "not_found", "missing": "wandb"},'
        '{"name": "einops", "required": false, "status": "not_found", "missing": "einops"}]}'
    )
    step = Step(name="import", phase=Phase.IMPORT, argv=("x",))
    passed = StepResult(step=step, status=StepStatus.PASSED, log="not_found wandb", exit_code=0)
    assert plan_next_repair(RULES, Attempt(plan=plan(), results=(passed,)), CONTEXT) is None
    listed = passed.model_copy(update={"collected": (("/env/imports.json", report),), "status": StepStatus.FAILED})
    repaired = plan_next_repair(RULES, Attempt(plan=plan(), results=(listed,)), CONTEXT)
    assert repaired is not None
    assert repaired.requirements == ("wandb",)


def test_a_module_of_the_repository_is_never_installed_from_the_index() -> None:
    context = Context(requirement_for=lambda module: module, local_modules=frozenset({"utils"}))
    attempt = failed(plan(), "ModuleNotFoundError: No module named 'utils.metrics'\n", Phase.START)
    assert plan_next_repair((BY_NAME["undeclared_import"],), attempt, context) is None


@pytest.mark.parametrize(
    "piece", ["a", " ", "\n", "error: ", "No module named '", "pip install ", "module 'x' ", "=", "("]
)
def test_a_hostile_log_costs_no_more_than_an_honest_one(piece: str) -> None:
    log = piece * (256 * 1024 // len(piece))
    started = time.process_time()
    for phase in (Phase.RESOLVE, Phase.INSTALL, Phase.START, Phase.TEST):
        plan_next_repair(RULES, failed(plan("numpy==1.2"), log, phase), CONTEXT)
    assert time.process_time() - started < 30


def test_no_pattern_repeats_over_lines_without_bound() -> None:
    for rule in RULES:
        assert not re.search(r"\[\^?\\0\]\*|\(\?s\)|\[\\s\\S\][*+](?!\?)", rule.pattern.pattern), rule.name
        assert rule.phases <= frozenset(Phase)
        assert rule.phases & (RUNNING | {Phase.INSTALL, Phase.RESOLVE})
