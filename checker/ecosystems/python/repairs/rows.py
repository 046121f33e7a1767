"""Makes rules from short rows, with the hint to the author that goes with what is changed."""

from __future__ import annotations

import re

from checker.core.plans import Phase
from checker.ecosystems.python.repairs import actions
from checker.judging.repair_engine import Action, Rule
from checker.judging.table import BUILDING, RUNNING

EVERYWHERE = frozenset(Phase)
RESOLVING = frozenset({Phase.RESOLVE})


def rule(
    name: str,
    pattern: str,
    action: Action,
    hint: str,
    *,
    phases: frozenset[Phase] = RUNNING,
    group: str = "",
    fallback: bool = False,
) -> Rule:
    """Make a rule; `^` and `$` mean a line's."""
    return Rule(name, phases, re.compile(pattern, re.MULTILINE), action, hint, group, fallback)


def pinned(name: str, pattern: str, *wanted: str) -> Rule:
    """Make a rule for something that the ranges `wanted` still (or only) have."""
    return rule(name, pattern, actions.pins(*wanted), f"State {', '.join(wanted)}, or use what replaced it.")


def added(name: str, pattern: str, *wanted: str) -> Rule:
    """Make a rule for distributions that are used without being named."""
    return rule(name, pattern, actions.needs(*wanted), f"Add {', '.join(wanted)} to the specification.")


def at_most(name: str, highest: str, pattern: str) -> Rule:
    """Make a rule for something that Python had up to a version."""
    hint = f"Use what replaced it, or state that Python {highest} or older is needed."
    action = actions.python_at_most(highest)
    return rule(name, pattern, action, hint, phases=EVERYWHERE, group="interpreter")


def at_least(name: str, lowest: str, pattern: str) -> Rule:
    """Make a rule for something that Python has from a version on."""
    hint = f"State that Python {lowest} or newer is needed (`requires-python`)."
    action = actions.python_at_least(lowest)
    return rule(name, pattern, action, hint, phases=EVERYWHERE, group="interpreter")


def system(name: str, pattern: str, action: Action) -> Rule:
    """Make a rule for something that the operating system has to bring."""
    hint = "Name the system package in the README, for instance as an `apt install` line."
    return rule(name, pattern, action, hint, phases=BUILDING | RUNNING)
