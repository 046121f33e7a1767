"""Python's table of repairs, in the order in which they are tried; a row is one signature and one change."""

from __future__ import annotations

import re
from functools import cache

from checker.core.values.results import Attempt, StepStatus
from checker.ecosystems.python.repairs.rules import TABLES, read_rules
from checker.judging.repair_engine import Rule, find_failure_text

_COMPILER = re.compile(r"^[ \t]*(?:error: command '\S+' failed|ninja: build stopped)", re.MULTILINE)


@cache
def load_rules() -> tuple[Rule, ...]:
    """Return every repair in the order in which they are tried; read when the first one is wanted."""
    return read_rules(*TABLES)


def lacks_parts(attempt: Attempt) -> bool:
    """Whether an attempt stopped for parts that another release of a package may have, or did not compile."""
    texts = [find_failure_text(result) for result in attempt.results if result.status is StepStatus.FAILED]
    patterns = (_COMPILER, *(rule.pattern for rule in read_rules("older")))
    return any(pattern.search(text) for pattern in patterns for text in texts)
