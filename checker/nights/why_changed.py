"""What made the difference between two checks of one repository, as far as what was stored can tell; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from checker.core.text import join_lines
from checker.core.values.base import Value
from checker.core.values.changes import PackageChange
from checker.core.values.plans import Way
from checker.core.values.results import Attempt, Check, find_commit

#: Packages that the sentence names; the value lists them all.
NAMED = 6

#: Characters of a commit that are shown.
COMMIT = 10


class Difference(Value):
    """The commits that were looked at, the packages that differ, and one or more sentences on it."""

    reason: str
    commit_before: str | None = None
    commit_after: str | None = None
    packages: tuple[PackageChange, ...] = ()


def explain_difference(before: Check, after: Check, way: Way | None = None) -> Difference:
    """Tell what differs: the commit; where it is the same, the packages of this way, and what they ran on.

    `way` is the one whose outcome is another now; without it the one that the earlier verdict rests on.
    """
    commits = find_commit(before), find_commit(after)
    same = commits[0] == commits[1]
    pair = _pair_attempts(before, after, way or before.verdict.way) if same else None
    locks = [attempt.plan.lock for attempt in pair or ()]
    packages = compare_locks(*locks) if locks and all(locks) else ()
    told = [_describe_commits(*commits)]
    if pair is not None:
        told += [words for words in (tell(pair, packages) for tell in _OF_ATTEMPTS) if words]
    if before.checker_version != after.checker_version:
        told.append(f"Another version of the checker: {before.checker_version} → {after.checker_version}.")
    if before.rules and before.rules != after.rules:
        told.append(f"Other rules of the checker: {before.rules} → {after.rules}.")
    if same and len(told) == 1 and pair is not None:
        told.append("Nothing that is recorded differs: it may not behave the same every time.")
    return Difference(
        reason=join_lines(" ".join(words for words in told if words)),
        commit_before=commits[0],
        commit_after=commits[1],
        packages=packages,
    )


def _describe_commits(before: str | None, after: str | None) -> str:
    if before is None or after is None:
        return ""
    if before == after:
        return f"The same commit, {after[:COMMIT]}."
    return f"Another commit: {before[:COMMIT]} → {after[:COMMIT]}."


# ---------------------------------------------------------------- attempts


_Pair = tuple[Attempt, Attempt]


def _pair_attempts(before: Check, after: Check, way: Way | None) -> _Pair | None:
    """Return the attempts to compare: of each check the one of this way that got furthest."""
    if way is None:
        return None
    first = _find_furthest(before.attempts, way)
    second = _find_furthest(after.attempts, way)
    return None if first is None or second is None else (first, second)


def _find_furthest(attempts: Sequence[Attempt], way: Way) -> Attempt | None:
    """Return the attempt of a way, or of the last way before it that was tried, that got furthest."""
    ways = list(Way)
    for wanted in reversed(ways[: ways.index(way) + 1]):
        mine = [attempt for attempt in attempts if attempt.plan.way is wanted]
        if mine:
            return max(mine, key=lambda a: -1 if a.reached is None else a.reached.height)
    return None


def _describe_packages(pair: _Pair, packages: Sequence[PackageChange]) -> str:
    resolved = [bool(attempt.plan.lock) for attempt in pair]
    if resolved == [True, False]:
        return "No set of package versions was found this time."
    if resolved == [False, True]:
        return "A set of package versions is found again."
    if not packages:
        return ""
    named = ", ".join(f"{p.name} {p.before or 'none'} → {p.after or 'none'}" for p in packages[:NAMED])
    left = len(packages) - NAMED
    return f"Packages that differ: {named}{f' and {left} more' if left > 0 else ''}."


def _describe_interpreter(pair: _Pair, packages: Sequence[PackageChange]) -> str:
    before, after = (attempt.plan.interpreter for attempt in pair)
    return "" if before == after else f"Another interpreter: {before or 'none'} → {after or 'none'}."


def _describe_system(pair: _Pair, packages: Sequence[PackageChange]) -> str:
    before, after = (set(attempt.plan.system_packages) for attempt in pair)
    if before == after:
        return ""
    changed = [f"+{name}" for name in sorted(after - before)] + [f"−{name}" for name in sorted(before - after)]
    return f"Other system packages: {', '.join(changed)}."


#: What may differ between two attempts at one commit, in the order in which it is told.
_OF_ATTEMPTS: tuple[Callable[[_Pair, Sequence[PackageChange]], str], ...] = (
    _describe_packages,
    _describe_interpreter,
    _describe_system,
)


# ---------------------------------------------------------------- packages


def compare_locks(before: Iterable[str], after: Iterable[str]) -> tuple[PackageChange, ...]:
    """Return the packages whose versions differ between two locks: those in both first, each group by name."""
    old, new = _read_versions(before), _read_versions(after)
    changes = [
        PackageChange(name=name, before=old.get(name), after=new.get(name))
        for name in old.keys() | new.keys()
        if old.get(name) != new.get(name)
    ]
    return tuple(sorted(changes, key=lambda p: (p.before is None or p.after is None, p.name)))


def _read_versions(lock: Iterable[str]) -> dict[str, str]:
    """Return what a lock says of each package; several lines (for several markers) are put together."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lock:
        try:
            wanted = Requirement(line)
        except InvalidRequirement:
            continue
        version = wanted.url or str(wanted.specifier).removeprefix("===").removeprefix("==") or "any"
        found[canonicalize_name(wanted.name)].add(version)
    return {name: " or ".join(sorted(versions)) for name, versions in found.items()}
