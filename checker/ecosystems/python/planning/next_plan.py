"""Makes the next plan of the way `repaired`: first repairs from reading alone, then those the logs call for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from pathlib import PurePosixPath

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.core.values.edits import MoveDate, PutOnPath
from checker.core.values.plans import BuildPlan, Evidence, Repair, Rung, Way
from checker.core.values.results import Attempt, StepStatus
from checker.ecosystems.python.code.local_modules import Kind
from checker.ecosystems.python.code.pythonpath import join_variables
from checker.ecosystems.python.distributions.table import find_distribution, normalise
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.plan_edits import name_of
from checker.ecosystems.python.planning.plan import complete, plan_for
from checker.ecosystems.python.planning.resolver_input import add_answers, find_requirement
from checker.ecosystems.python.repairs import load_rules
from checker.ecosystems.python.source.syntax import holds_python2
from checker.ecosystems.python.survey import Survey, survey
from checker.judging.progress_made import holds, is_installed
from checker.judging.repair_engine import Context, plan_next_repair


def repair(tree: Tree, facts: Knowledge, attempts: Sequence[Attempt]) -> BuildPlan | None:
    """Return the next plan, or None when nothing listed helps; pure."""
    seen = survey(tree)
    last = attempts[-1]
    if last.plan.way is not Way.REPAIRED:
        first = plan_for(seen, facts, Way.REPAIRED)
        today = find_published_start(attempts)
        if today is not None:
            first, last = remove_index_date(first, today, seen), today
        if first.repairs:
            # Failures of the previous way are repaired in the same turn: each attempt takes minutes.
            both = _repair_from_logs(last.model_copy(update={"plan": first}), seen, facts)
            return first if both is None else both
    return _repair_from_logs(last, seen, facts)


def _repair_from_logs(last: Attempt, seen: Survey, facts: Knowledge) -> BuildPlan | None:
    """Return the plan of an attempt with what its logs call for, or None where they call for nothing listed."""
    plan = plan_next_repair(load_rules(), last, make_context(seen, facts, last))
    plan = extend_path(plan or last.plan, seen, last) or plan
    return None if plan is None else complete(add_answers(plan, facts.answers), seen)


#: What an installation of today may lack and still be the one to repair: nothing that another date would add.
_NOT_OF_TIME = frozenset(
    {"undeclared_dependency", "missing_in_repository", "module_out_of_reach", "submodule_missing", "not_built"}
)


def find_published_start(attempts: Sequence[Attempt]) -> Attempt | None:
    """Return the attempt as published, where it is the one to start repairs from: only it resolves.

    The index as of the code's date may lack releases published later or withdrawn since. Where everything
    resolves on the index of today, and no failure comes from newer releases, none has to be guessed or left
    out.
    """
    published = next((a for a in attempts if a.plan.way is Way.AS_PUBLISHED), None)
    if published is None or published is attempts[-1] or published.inconclusive or attempts[-1].inconclusive:
        return None
    if not is_installed(published) or any(holds(a, Rung.RESOLVED) for a in attempts if a is not published):
        return None
    causes = {r.cause.name if r.cause else "" for r in published.results if r.status is StepStatus.FAILED}
    return published if causes <= _NOT_OF_TIME else None


def remove_index_date(plan: BuildPlan, published: Attempt, seen: Survey) -> BuildPlan:
    """Return a first repaired plan for the index and the interpreter that the attempt as published had."""
    repair = Repair(
        name="index of today",
        signature="nothing resolves as of the date of the code",
        evidence=(Evidence(claim="as published, with the index of today, everything installs", source="index"),),
        edits=(MoveDate(before=plan.cutoff, after=None),),
        hint="State the versions that the code was written for, of releases that are on the index.",
    )
    told = tuple(item for item in plan.evidence if item.source != "date")
    moved = plan.with_(
        cutoff=None,
        interpreter=published.plan.interpreter,
        interpreter_evidence=published.plan.interpreter_evidence,
        evidence=told,
        repairs=(*plan.repairs, repair),
    )
    return complete(moved, seen)


#: A module that was not found, or for which a folder without code of its own was taken: it has no location.
_NO_MODULE = re.compile(
    r"^(?:ModuleNotFoundError: No module named|ImportError: cannot import name '\w+' from) '([\w.]+)'"
    r"(?= \(unknown location\)|(?! \())",
    re.MULTILINE,
)

#: The same as Python 3.6 says it, which names no location.
_NO_NAME = re.compile(r"^[ \t]*from ([\w.]+) import [^\n]*\nImportError: cannot import name '\w+'$", re.MULTILINE)


def extend_path(plan: BuildPlan, seen: Survey, last: Attempt) -> BuildPlan | None:
    """Put folders of the repository on the path whose modules its own code could not find.

    Not where a distribution of the plan brings the module: a file of the same name somewhere in the tree is then a
    copy that the author keeps for another purpose. Nor where the folder would hide other modules imported.
    """
    roots: dict[str, str] = {}
    for result in last.results:
        if result.status is not StepStatus.FAILED:
            continue
        unnamed = set(_NO_NAME.findall(result.log))
        for name in (*_NO_MODULE.findall(result.log), *sorted(unnamed)):
            place = seen.local.find(name, result.step.cwd + "/_" if result.step.cwd != "." else "_")
            if place is None or not place.path.endswith((".py", ".pyx")) or place.kind is Kind.ABSENT:
                continue
            if name in unnamed and place.root in {".", result.step.cwd}:
                continue  # it was reached, and lacks the name
            if not _is_installed(name, plan) and not _would_hide(place.root, name, seen):
                roots.setdefault(place.root, name)
    on_path = dict(plan.env).get("PYTHONPATH", "")
    folders = {root: SOURCE if root == "." else f"{SOURCE}/{root}" for root in roots}
    new = {root: folder for root, folder in folders.items() if folder not in on_path.split(":")}
    if not new:
        return None
    repairs = tuple(
        Repair(
            name="module out of reach",
            signature=f"No module named '{roots[root]}'",
            evidence=(Evidence(claim=f"{roots[root]} stands in {root}", source=root),),
            edits=(PutOnPath(folder=root),),
            hint=f"Say that the code is started with PYTHONPATH={root}, or make it installable.",
        )
        for root in new
    )
    return plan.with_(way=Way.REPAIRED, env=join_variables(plan.env, new), repairs=(*plan.repairs, *repairs))


def _is_installed(module: str, plan: BuildPlan) -> bool:
    """Whether the plan asks for a distribution of a module; before repairs it lacks only what was never stated."""
    known = find_distribution(module)
    held = {name_of(line) for line in (*plan.requirements, *plan.lock)}
    return known is not None and (plan.way is not Way.REPAIRED or normalise(known.name) in held)


def _would_hide(root: str, wanted: str, seen: Survey) -> bool:
    """Whether a folder on the path would shadow modules that code outside it imports from elsewhere."""
    if root == ".":
        return False
    prefix = f"{root}/"
    held = {
        PurePosixPath(path.removeprefix(prefix)).parts[0] for path in seen.tree.files if path.startswith(prefix)
    }
    names = {name.removesuffix(".py") for name in held} - {wanted.partition(".")[0]}
    for item in seen.scan.imports:
        top = item.full.partition(".")[0]
        if item.level or top not in names or item.path.startswith(prefix):
            continue
        place = seen.local.find(item.full, item.path)
        if find_distribution(top) is not None or (place is not None and place.found and place.root != root):
            return True
    return False


def make_context(seen: Survey, facts: Knowledge, last: Attempt) -> Context:
    """Return what the rules may know besides the log."""
    wanted = seen.find_required_modules(last.plan.interpreter or "3.8")
    return Context(
        requirement_for=partial(find_requirement, answers=facts.answers),
        interpreters=facts.interpreters,
        imported=frozenset(normalise(d.name) for w in wanted for d in w.distributions),
        local_modules=frozenset(seen.local.top_modules).union(*seen.modules_from_the_tree),
        holds_python2=any(w.python2 for w in wanted) or holds_python2(seen.tree),
        pinned_at=facts.pinned_at,
        versions=lambda name: dict(facts.releases).get(normalise(name), ()),
        release_with=lambda part: dict(facts.found_releases).get(part),
        takes_from=lambda name: tuple(
            dict.fromkeys(each.full for each in seen.scan.imports if not each.level and name in each.names)
        ),
    )
