"""The report as JUnit XML, for a CI server: one test case for each repository, required to reach one rung."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, time
from xml.etree import ElementTree

from checker.core.text import clean, join_lines
from checker.core.values.plans import Rung
from checker.core.values.results import Tone
from checker.reports.document import Report, RepositoryEntry
from checker.reports.words import AVAILABILITY_WORDS, RUNG_WORDS

SUITE = "reproducibility"

#: What XML 1.0 has no way to write (section 2.2, Char).
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report, require: Rung) -> str:
    """Return the report as JUnit XML: a repository that stays below `require` fails.

    An inconclusive check is skipped, with the cause as its message: no server calls that broken.
    """
    suite = ElementTree.Element("testsuite", {"name": SUITE})
    _add_property(
        suite, {"required rung": require.value, "checker": report.checker_version, "rules": " ".join(report.rules)}
    )
    counts = {"failure": 0, "skipped": 0}
    often = Counter(entry.key for entry in report.repositories)
    for entry in report.repositories:
        case = ElementTree.SubElement(suite, "testcase", _names(entry, several=often[entry.key] > 1))
        told = _describe_entry(entry, require)
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


def _describe_entry(entry: RepositoryEntry, require: Rung) -> ElementTree.Element | None:
    """Return what is said of a repository that does not plainly reach the rung."""
    if entry.inconclusive or entry.outcome.tone is Tone.UNTOLD:
        return ElementTree.Element(
            "skipped", {"message": _clean_line(entry.cause_summary or entry.outcome.sentence)}
        )
    if entry.reached is not None and entry.reached.height >= require.height:
        return None
    got = RUNG_WORDS[entry.reached] if entry.reached else AVAILABILITY_WORDS[entry.availability]
    message = f"{entry.outcome.label}: wanted “{RUNG_WORDS[require]}”, got as far as “{got}”"
    failure = ElementTree.Element(
        "failure", {"message": _clean_line(message), "type": _clean_line(entry.cause or entry.outcome.label)}
    )
    lines = (entry.outcome.sentence, entry.cause_summary or "", entry.hint or "", entry.facts.url or "")
    failure.text = _FORBIDDEN.sub("", clean("\n".join(line for line in lines if line)))
    return failure


def _clean_line(text: str) -> str:
    return _FORBIDDEN.sub("", join_lines(text, 1000))
