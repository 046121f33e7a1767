"""The report as JUnit XML, for a CI server: one test case for each repository, required to reach one rung."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, time
from xml.etree import ElementTree

from checker.core.text import clean, join_lines
from checker.core.values.plans import Goal
from checker.judging.wording import choose_exit_code
from checker.reports.document import Report, RepositoryEntry
from checker.reports.goals import describe_goal, find_entry_outcome, read_reach
from checker.reports.words import AVAILABILITY_WORDS, RUNG_WORDS

SUITE = "reproducibility"

#: What XML 1.0 has no way to write (section 2.2, Char).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report, goal: Goal) -> str:
    """Return the report as JUnit XML: a repository that does not meet the goal fails.

    What could not be judged is skipped, with the cause as its message: no server calls that broken.
    """
    suite = ElementTree.Element("testsuite", {"name": SUITE})
    _add_property(
        suite,
        {
            "required rung": goal.rung.value,
            "way": goal.way.value,
            "checker": report.checker_version,
            "rules": " ".join(report.rules),
        },
    )
    counts = {"failure": 0, "skipped": 0}
    often = Counter(entry.key for entry in report.repositories)
    for entry in report.repositories:
        case = ElementTree.SubElement(suite, "testcase", _names(entry, several=often[entry.key] > 1))
        told = _describe_entry(entry, goal)
        if told is not None:
            case.append(told)
            counts[told.tag] += 1
    seconds = f"{sum(entry.seconds for entry in report.repositories):.3f}"
    totals = {
        "tests": str(len(report.repositories)),
        "failures": str(counts["failure"]),
        "errors": "0",
        "skipped": str(counts["skipped"]),
        "time": seconds,
    }
    started = report.started_at or datetime.combine(report.date, time(), UTC)
    for name, value in {**totals, "timestamp": f"{started:%Y-%m-%dT%H:%M:%S}", "hostname": "checker"}.items():
        suite.set(name, value)
    root = ElementTree.Element("testsuites", {"name": f"{SUITE} {report.date.isoformat()}", **totals})
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _add_property(suite: ElementTree.Element, values: dict[str, str]) -> None:
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in values.items():
        ElementTree.SubElement(properties, "property", {"name": name, "value": _clean_line(value)})


def _names(entry: RepositoryEntry, *, several: bool) -> dict[str, str]:
    """Name the case by the repository, so that it is the same one every night; by the commit too where needed."""
    host, _, rest = entry.key.partition("/")
    commit = f"@{entry.commit}" if several else ""
    return {"classname": _clean_line(host), "name": _clean_line(rest + commit), "time": f"{entry.seconds:.3f}"}


def _describe_entry(entry: RepositoryEntry, goal: Goal) -> ElementTree.Element | None:
    """Return what is said of a repository that does not plainly meet the goal."""
    reach, outcome = read_reach(entry, goal.way), find_entry_outcome(entry, goal)
    code = choose_exit_code(reach, outcome, goal)
    if code == 0:
        return None
    if code == 3:
        return ElementTree.Element("skipped", {"message": _clean_line(reach.cause_summary or outcome.sentence)})
    got = RUNG_WORDS[reach.reached] if reach.reached else AVAILABILITY_WORDS[entry.availability]
    message = f"{outcome.label}: required “{describe_goal(goal)}”, got as far as “{got}”"
    failure = ElementTree.Element(
        "failure", {"message": _clean_line(message), "type": _clean_line(reach.cause or outcome.label)}
    )
    lines = (outcome.sentence, reach.cause_summary or "", reach.hint or "", entry.facts.url or "")
    failure.text = _FORBIDDEN.sub("", clean("\n".join(line for line in lines if line)))
    return failure


def _clean_line(text: str) -> str:
    return _FORBIDDEN.sub("", join_lines(text, 1000))
