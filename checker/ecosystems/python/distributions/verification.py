"""Decides from the index's records whether a distribution may be installed for an imported module.

Two kinds of question: a row of the table is kept unless the index contradicts it; a name that the table does not
know is taken only where everything speaks for it, because such a name is mostly a module that was never committed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.python.distributions.archive_contents import DEPTH
from checker.ecosystems.python.distributions.table import find_distribution, list_known_names, normalise, provides
from checker.ecosystems.python.import_value import Import
from checker.ecosystems.python.knowledge import Answer
from checker.ecosystems.python.source.stdlib import list_standard_names
from checker.ecosystems.python.tools import Holding, Query

#: Releases from which on a distribution is more than a placeholder: those are uploaded once.
ESTABLISHED_RELEASES = 2

#: Releases that a guess needs where the code names nothing of the module that could be looked for in it.
RELEASES_FOR_BARE_IMPORTS = 3

#: Releases that a guess needs where only its sources tell what it holds: a wheel shows what is installed, an
#: archive of sources what its author keeps; a project of many releases keeps what it installs.
RELEASES_FOR_SOURCES = 5

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{2,60}$")
_SHOWN = 8
_GENERAL_NAMES = """
model models utils util data dataset datasets loss losses config configs common core lib libs src tools tool
train test tests main network networks net nets layers helpers helper options modules module
engine eval evaluation metrics solver trainer dataloader dataloaders loader preprocessing preprocess
transforms ops args base app scripts script examples example demo misc functions function constants
settings query kernel kernels theory prune scoring parser features plot plotting visualize visualization
agent agents env envs policy sampler optim optimizer scheduler logger my_utils userlib upstream
"""

#: Names that authors give their own modules: on the index they belong to unrelated packages.
_TOO_GENERAL = frozenset(_GENERAL_NAMES.split())


class Question(Value):
    """Whether a requirement line brings a module.

    `imports` are the places that import it; `guess` holds where only the equal name supports the line,
    `by_name` where something asked for a distribution by its name, and not for a module.
    """

    module: str
    line: str
    imports: tuple[Import, ...] = ()
    guess: bool = False
    by_name: bool = False

    @property
    def query(self) -> Query:
        """What to look up: for a guess also the names that its module binds."""
        return Query(line=self.line, names_of=self.module if self.guess else "")


def guess_distribution(module: str) -> str | None:
    """Return the distribution name to look up for a module that the table does not know, or None.

    General names, names that the standard library ever had, and those a letter away from a known name are
    not looked up at all.
    """
    name = normalise(module.replace("_", "-"))
    if not _NAME.match(module) or module.lower() in _TOO_GENERAL or find_distribution(module) is not None:
        return None
    if module in list_standard_names() or _close_to_known(name):
        return None
    return name


def judge(question: Question, held: Holding | None, moment: datetime, *, other_indexes: bool = False) -> Answer:
    """Say whether a line may be added for a module, as of a moment.

    `other_indexes` says that the repository names indexes of its own: what ours lacks may then be there.
    """
    if held is None:
        return _answer(question, None, "the index could not be asked")
    if not held.exists or not held.version:
        why = _explain_absence(question.line, held, moment)
        return _answer(question, None if other_indexes and not question.guess else False, why)
    if question.guess:
        refusal = _find_objection(question, held, moment.date())
        return _answer(question, not refusal, refusal or f"its file holds {question.module}", held)
    return _verify_row(question, held)


def _explain_absence(line: str, held: Holding, moment: datetime) -> str:
    if not held.exists:
        return f"the index has no distribution {held.name}"
    if held.first is not None and held.first > moment.date():
        return f"{held.name} was first published on {held.first}, after the code"
    return f"no release of {held.name} fits {line} on {moment:%Y-%m-%d}"


def _verify_row(question: Question, held: Holding) -> Answer:
    """Judge a row of the table: only what the index plainly contradicts is refused."""
    if reason := _find_support(question, held):
        return _answer(question, True, reason, held)
    if held.modules and held.complete:
        return _answer(question, False, f"it holds {_list(held.modules)}, and no {question.module}", held)
    if held.releases < ESTABLISHED_RELEASES:
        return _answer(question, False, "nothing tells what it holds, and it has one release only", held)
    return _answer(question, None, "nothing tells all that it holds", held)


def _find_support(question: Question, held: Holding) -> str:
    """Return what confirms a row; '' for nothing."""
    module, modules = question.module, held.modules or ()
    checks = (
        (brings(modules, module), f"its file holds {module}"),
        (question.by_name and normalise(module) == held.name, "it is asked for by its own name"),
        (_is_companion(modules, module, held.name), f"{module} needs it beside the package that holds it"),
        (
            any(_brings_along(name, module) for name in held.requires),
            f"{module} comes along with what it requires",
        ),
    )
    return next((reason for holds, reason in checks if holds), "")


def brings(modules: Sequence[str], wanted: str) -> bool:
    """Whether one of the modules is the imported one, a package around it, or a part of it."""
    return any(m == wanted or m.startswith(f"{wanted}.") or wanted.startswith(f"{m}.") for m in modules)


def _is_companion(modules: Sequence[str], wanted: str, distribution: str) -> bool:
    """Whether a dotted row means a companion: a distribution whose own modules, all elsewhere, are there."""
    top = wanted.partition(".")[0]
    own = [m for m in provides(distribution) if m.partition(".")[0] != top]
    return "." in wanted and any(brings(modules, m) for m in own)


def _brings_along(distribution: str, module: str) -> bool:
    return brings(provides(distribution), module)


def _find_objection(question: Question, held: Holding, moment: date) -> str:
    """Return an objection to a distribution that merely has the module's name; '' for none."""
    module, modules = question.module, held.modules or ()
    checks = (
        (guess_distribution(module) is None, "the name is general, or too close to a known one"),
        (
            not held.file.endswith(".whl") and held.releases < RELEASES_FOR_SOURCES,
            f"no wheel tells what it holds, and it has {held.releases} release(s) only",
        ),
        (module not in modules, f"it holds {_list(modules)}, and no {module}"),
        (held.first is None, "nobody tells when it was first published"),
        (held.first is not None and held.first > moment, "it was first published after the code"),
        (
            held.releases < _count_needed_proofs(question.imports),
            f"it has {held.releases} release(s) only, as placeholders have",
        ),
        (
            bool(lacking := _find_missing_name(question.imports, held)),
            f"it has no {lacking}, which the code takes from it",
        ),
    )
    return next((reason for holds, reason in checks if holds), "")


def _count_needed_proofs(imports: Sequence[Import]) -> int:
    telling = any("." in item.full or set(item.names) - {"*"} for item in imports)
    return ESTABLISHED_RELEASES if telling else RELEASES_FOR_BARE_IMPORTS


def _find_missing_name(imports: Sequence[Import], held: Holding) -> str:
    """Return the first thing that the code imports from a module and that its distribution lacks; '' for none."""
    for item in imports:
        if not _has_module(item.full, held):
            return item.full
        if item.full != item.module or held.names is None or "*" in held.names:
            continue
        for name in item.names:
            if name not in {"*", *held.names} and not _has_module(f"{item.full}.{name}", held):
                return f"{item.full}.{name}"
    return ""


def _has_module(name: str, held: Holding) -> bool:
    modules = held.modules or ()
    return name in modules or any(m.startswith(f"{name}.") for m in modules) or name.count(".") >= DEPTH


def _answer(question: Question, holds: bool | None, reason: str, held: Holding | None = None) -> Answer:
    evidence: tuple[Evidence, ...] = ()
    if held is not None:
        told = f"{held.file}: {_list(held.modules or ())}"
        evidence = (Evidence(claim=f"{held.name} {held.version}: {reason}", source="index", text=told),)
    elif holds is False:
        evidence = (Evidence(claim=reason, source="index"),)
    return Answer(module=question.module, line=question.line, holds=holds, reason=reason, evidence=evidence)


def _list(modules: Sequence[str]) -> str:
    """Name the top-level modules, public ones first, not all where they are many."""
    tops = sorted(dict.fromkeys(m.partition(".")[0] for m in modules), key=lambda m: m.startswith("_"))
    more = f" and {len(tops) - _SHOWN} more" if len(tops) > _SHOWN else ""
    return ", ".join(tops[:_SHOWN]) + more if tops else "no modules"


def _close_to_known(name: str) -> bool:
    if len(name) < 4:
        return False
    known = _list_all_known()
    return name not in known and any(_is_one_edit_apart(name, other) for other in known)


@cache
def _list_all_known() -> frozenset[str]:
    return list_known_names() | {normalise(item) for item in list_standard_names()}


def _is_one_edit_apart(left: str, right: str) -> bool:
    """Whether two names differ by one letter put in, left out, changed, or swapped with its neighbour."""
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    rest_left, rest_right = left[start:], right[start:]
    swapped = rest_left[:2] == rest_right[:2][::-1] and rest_left[2:] == rest_right[2:]
    changed = rest_left[1:] == rest_right[1:]
    return swapped or changed or rest_left[1:] == rest_right or rest_left == rest_right[1:]
