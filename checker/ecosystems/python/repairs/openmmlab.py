"""Repairs for the packages of OpenMMLab, which go together by the interface of mmcv that they were written for."""

from __future__ import annotations

import re

from checker.core.edits import BuildWith, ChangeRequirement, Edit
from checker.core.plans import BuildPlan
from checker.ecosystems.python import plan_edits
from checker.ecosystems.python.repairs import actions
from checker.ecosystems.python.repairs.drift import lacks
from checker.ecosystems.python.repairs.drift_packages import wanted_range
from checker.ecosystems.python.repairs.rows import pinned, rule
from checker.judging.repair_engine import Change, Found, Rule

_MM_1 = (
    "mmcv<2",
    "mmcv-full<2",
    "mmdet<3",
    "mmsegmentation<1",
    "mmdet3d<1.1",
    "mmcls<1",
    "mmpose<1",
    "mmaction2<1",
)
"""What goes together with the first interface of mmcv (OpenMMLab, "Compatibility of MMCV")."""


def mm_range(plan: BuildPlan, found: Found) -> Change | None:
    """Take the range that a package of OpenMMLab asks for; mmcv has two names, and the plan's own is meant."""
    if found["name"] == "mmcv" and plan_edits.line_for(plan.requirements, "mmcv-full") is not None:
        asked = plan_edits.parse(f"mmcv-full{found['range'].replace(' ', '')}")
        return None if asked is None else actions.constrain(plan, str(asked))
    return wanted_range(plan, found)


def mmcv_operators(plan: BuildPlan, found: Found) -> Change | None:
    """Have the compiled operators of mmcv: under the name that holds them, and built where torch is installed.

    Its setup script leaves them out without a word of failure where torch cannot be imported ("Skip building ext
    ops due to the absence of torch"), and the index has no wheels of it.
    """
    if not {"mmcv", "mmcv-full"}.isdisjoint((plan.option("no_build_isolation") or "").split(",")):
        return None
    edits: list[Edit] = []
    for old, new in () if _is_mmcv_2(plan) else (("mmcv", "mmcv-full<2"), ("mmcv-lite", "mmcv")):
        renamed = plan_edits.replace(plan, old, new)
        if renamed is not None:
            plan, edits = renamed, [*edits, ChangeRequirement(before=old, after=new)]
    torch = plan_edits.line_for(plan.requirements, "torch") or "torch"
    numpy = [line for line in [plan_edits.line_for(plan.requirements, "numpy")] if line]
    for name in ("mmcv-full", "mmcv"):
        if plan_edits.line_for(plan.requirements, name) is not None:
            wanted = (torch, *numpy, "setuptools<66", "wheel")
            built = plan_edits.preinstall(plan, name, wanted)
            if built is not None:
                plan, edits = built, [*edits, BuildWith(name=name, requirements=wanted)]
    return (plan, tuple(edits)) if edits else None


def _is_mmcv_2(plan: BuildPlan) -> bool:
    """Whether the lock has the second interface of mmcv, in which `mmcv` itself holds the operators."""
    return re.match(r"mmcv==[2-9]\.", plan_edits.line_for(plan.lock, "mmcv") or "") is not None


def mm_of_mmcv_1(plan: BuildPlan, found: Found) -> Change | None:
    """Take what goes with the first interface of mmcv, where that is what the plan requires."""
    old = plan_edits.line_for(plan.requirements, "mmcv-full") or plan_edits.line_for(plan.requirements, "mmcv")
    asked = None if old is None else plan_edits.parse(old)
    if asked is None or (asked.name != "mmcv-full" and (not asked.specifier or asked.specifier.contains("2.0.0"))):
        return None
    return actions.pins(*_MM_1, only_present=True)(plan, found)


RULES: tuple[Rule, ...] = (
    rule(
        "mm_range",
        r"is used but incompatible\. Please install "
        r"(?P<name>mm\w+)\s?(?P<range>[<>=!~][^\n]{1,60}?)(?=\.?\s*$)",
        mm_range,
        "State the range that the assertion names.",
    ),
    rule(
        "mm_of_mmcv_1",
        r"No module named '?mmengine|MMCV==1[\d.]{1,12} is used but incompatible\. Please install mmcv>=2",
        mm_of_mmcv_1,
        "State versions of the packages of OpenMMLab that go with mmcv before 2.",
    ),
    pinned(
        "mmcv_1",
        r"No module named 'mmcv\.(?:runner|parallel|utils|engine|cnn\.utils)|"
        + lacks(
            "mmcv",
            "Config|DictAction|ProgressBar|mkdir_or_exist|collect_env|Registry|track_iter_progress|is_str"
            "|load|dump|FileClient|scandir|check_file_exist",
        )
        + "|"
        + lacks("mmcv.cnn", "xavier_init|kaiming_init|normal_init|constant_init|caffe2_xavier_init|VGG")
        + (
            r"|No module named 'mmdet\.(?:core|apis\.train|datasets\.builder|models\.builder)"
            r"|No module named 'mmseg\.(?:core|ops|datasets\.builder)"
        ),
        *_MM_1,
    ),
    rule(
        "mmcv_operators",
        r"No module named 'mmcv\._ext'",
        mmcv_operators,
        "Require mmcv-full (before 2) or mmcv (from 2 on), installed after torch: the code uses its compiled "
        "operators.",
    ),
)
