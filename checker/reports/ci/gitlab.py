"""What GitLab reads: a code quality report for the lines, JUnit for the rungs, outputs as a dotenv file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from xml.etree import ElementTree

from checker.core.text import join_lines
from checker.core.values.plans import Rung
from checker.reports.ci.values import Annotation, Level, Story
from checker.reports.words import RUNG_MEANINGS, RUNG_WORDS

_SEVERITIES = {Level.ERROR: "major", Level.WARNING: "minor", Level.NOTICE: "info"}


def render_code_quality(annotations: tuple[Annotation, ...]) -> str:
    """Return the remarks that have a line as a code quality report (Code Climate's format, GitLab's subset)."""
    return json.dumps([_issue(a) for a in annotations if a.path is not None], indent=1) + "\n"


def _issue(annotation: Annotation) -> dict[str, object]:
    about = annotation.message.partition("\n")[0]
    told_apart = "\0".join((annotation.path or "", str(annotation.line), annotation.name, annotation.level, about))
    return {
        "description": join_lines(annotation.message, 500),
        "check_name": f"reproducibility/{annotation.name or 'failure'}",
        "fingerprint": hashlib.sha256(told_apart.encode("utf-8", "surrogatepass")).hexdigest(),
        "severity": _SEVERITIES[annotation.level],
        "location": {"path": annotation.path, "lines": {"begin": annotation.line or 1}},
    }


def render_junit(story: Story) -> str:
    """Return the rungs as test cases: a required one that does not hold has failed, any other was skipped.

    Where a higher rung holds, a lower one that does not is no failure: the verdict goes by the highest.
    """
    suite = ElementTree.Element("testsuite", name="reproducibility")
    counts = {"tests": 0, "failures": 0, "skipped": 0, "errors": 0}
    for rung in Rung:
        case = ElementTree.SubElement(suite, "testcase", classname="reproducibility", name=RUNG_WORDS[rung])
        kind, text = _judge_rung(story, rung)
        counts["tests"] += 1
        if kind:
            counts[f"{kind}s" if kind != "skipped" else kind] += 1
            ElementTree.SubElement(case, kind, message=text).text = (
                _render_details(story) if kind == "failure" else None
            )
    for name, count in counts.items():
        suite.set(name, str(count))
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True) + "\n"


def _judge_rung(story: Story, rung: Rung) -> tuple[str, str]:
    document = story.document
    if document.rungs.get(rung) is True:
        return "", ""
    if not story.result.reached and rung is _find_first_needed(story):
        if not story.result.told:
            return "error", "inconclusive"
        return "failure", join_lines(document.cause_summary or document.outcome.sentence, 300)
    return "skipped", f"does not hold or was not tried: {RUNG_MEANINGS[rung]}"


def _find_first_needed(story: Story) -> Rung:
    """Return the lowest rung up to the required one that does not hold: one failure has one line."""
    rungs = [rung for rung in Rung if rung.height <= story.goal.rung.height]
    return next((r for r in rungs if story.document.rungs.get(r) is not True), story.goal.rung)


def _render_details(story: Story) -> str:
    where = [f"{a.path}:{a.line}" for a in story.annotations if a.path is not None]
    said = [*where, *(a.message for a in story.annotations[:1])]
    return "\n".join(join_lines(line, 500) for text in said for line in text.splitlines())


def render_dotenv(values: Mapping[str, str]) -> str:
    """Return outputs as a dotenv report, whose values are of one line and need no quotes."""
    return "".join(
        f"REPRODUCIBILITY_{name.upper().replace('-', '_')}={join_lines(v, 500)}\n" for name, v in values.items()
    )
