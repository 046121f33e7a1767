"""Reads versions that authors state in prose: "Python 3.8", "PyTorch 1.7 or higher", badges, lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from packaging.utils import canonicalize_name

from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.distributions.packages import load_prose_names
from checker.ecosystems.python.stated import PythonStatement, Requirement, Strength
from checker.ecosystems.python.version_statement import statement

_NAMES = "|".join(
    re.escape(name).replace(r"\ ", r"[ -]") for name in sorted(load_prose_names(), key=len, reverse=True)
)
_NUMBER = r"\d++(?:\.\d++){0,3}(?:\.[x*])?"
_LINK = r"(?:\]\([^)\s]{0,500}\))?"
_MORE = (
    r"(?P<more>\s*\+|\s*\(?(?:or|and)\s+(?:higher|later|above|newer|greater|up|upper|more recent|over)\b"
    r"|\s*(?:以上|及以上))?"
)
_OPERATOR = r"(?P<operator>>=|≥|=>|>|==?|<=|≤|<|~=|⩾|\\geq?|&gt;=?)?"
_BETWEEN = r"[\s:`*_(\[]{0,4}(?:version[\s:`*_]{1,3})?v?"
_PYTHON = re.compile(
    rf"(?<![\w/.-])[Pp]ython[\s`*_]*+{_BETWEEN}{_OPERATOR}\s*[vV]?(?P<version>[23](?:\.\d{{1,2}})?(?:\.(?:\d+|[xX*]))?)"
    rf"(?:\s*(?:-|–|~|to)\s*(?P<upper>[23]\.\d{{1,2}})(?:\.\d+)?)?(?![\w%]){_MORE}"
)

#: A further version in a list: `2.7 or >=3.4`, `3.6/3.7`, `3.8, 3.9 and 3.10`.
_ALSO = re.compile(  # possessive: else blanks that several parts may take are shared out in every way
    r"[\s`*_()]{0,20}(?:,\s*+(?:and\s|or\s)?|/|&|\||(?:and|or)(?=[\s>]))[\s`*_(]*+(?:[Pp]ython[\s`*_]*+)?"
    rf"{_OPERATOR}\s*v?(?P<version>2(?:\.\d)?|3(?:\.(?:\d|1\d))?)(?:\.(?:\d+|[xX*]))?(?![\w%]|\.\d){_MORE}"
)
_PYTHON_RECOMMENDED = re.compile(
    r"\bPython\b[^.\n]{0,40}?\b(?:recommended|tested|required|supported|used)\b[^.\n]{0,30}?"
    r"\bversion\b[^.\n]{0,15}?(?P<version>3\.\d{1,2})\b"
)
_BADGE = re.compile(
    r"badge[/?][^)\s]{0,200}?python[-_ ]{0,5}(?:version)?[-_ ]{0,5}(?P<operator>>=|≥|>|v)?\s*"
    r"(?P<version>3\.\d{1,2})(?P<more>\+)?",
    re.IGNORECASE,
)
_PACKAGE = re.compile(
    rf"(?<![\w/.@-])(?P<name>{_NAMES}){_LINK}[\s`*_]*+{_BETWEEN}{_OPERATOR}\s*v?(?P<version>{_NUMBER})"
    rf"(?:\s*(?:~|–|to)\s*(?P<upper>{_NUMBER}))?(?![\w%.]*/){_MORE}",
    re.IGNORECASE,
)
_CHANGES = re.compile(
    r"^\s*(?:[-*]\s*)?(?:fix|add|support|drop|remove|update|upgrade|deprecat|migrat)\w*\b", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?:[^.;!?()]|[.;!?](?!\s|$))++")

#: Words of a sentence about the past, whose versions are not to be installed.
_ONCE = re.compile(
    r"\b(?:years?|months?|weeks?)\s+ago\b|\bback\s+(?:then|when)\b|\bused\s+to\s+(?:be|work|run|need|require|support)\b",
    re.IGNORECASE,
)
_PHRASE = re.compile(r"(?:[^.;!?(),]|[.,;!?](?!\s|$))+")

#: Words of a phrase that says what does not work, or not yet.
_AGAINST = re.compile(
    r"\bno\s+longer\b|\b(?:before|prior\s+to)\b(?=.{0,15}\d)|\b(?:in-?compatib|unsupported|untested|deprecat)\w*"
    r"|\b(?:not|never|\w+n['’]t|cannot)\s+(?:(?:yet|been|be|fully|currently)\s+)*(?:work|support|compatib|test|run|compil|build|install)"
    r"|\b(?:fail|break|crash)\w*\s+(?:with|on|under|in|for)\b|\b(?:bug|issue|problem|error)s?\s+(?:with|in|of|on|under)\b"
    r"|\binstead\s+of\b"
    r"|\b(?:hop|plan|intend|aim|will|going)\w*\s+(?:(?:to|soon|also|be|add)\s+)*(?:support|port|migrat|upgrad|mov)\w*",
    re.IGNORECASE,
)
_LOWER = {">=", "≥", "=>", ">", "⩾", "\\ge", "\\geq", "&gt;", "&gt;="}
_UPPER = {"<=": "<=", "≤": "<=", "<": "<"}


def _blank_past_remarks(text: str) -> str:
    """Blank the parts of a line about the past and about what does not work."""
    for part, words in ((_SENTENCE, _ONCE), (_PHRASE, _AGAINST)):
        for found in part.finditer(text):
            if words.search(found[0]):
                text = text[: found.start()] + " " * len(found[0]) + text[found.end() :]
    return text


def find_python(text: str, evidence: Evidence) -> Iterator[PythonStatement]:
    """Yield what one line of prose says about the interpreter."""
    if _CHANGES.match(text):
        return
    text = _blank_past_remarks(text)
    for match in _PYTHON.finditer(text):
        if re.match(r"python[23](?!\.)", match[0]):  # the name of a program
            continue
        wanted = _read_version_list(text, match) or _make_specifier(
            match["operator"], match["version"], match["upper"], bool(match["more"])
        )
        said = statement(wanted or match["version"], Strength.STATED, evidence)
        if said is not None:
            yield said
    for match in _PYTHON_RECOMMENDED.finditer(re.sub(r"[*_`]", "", text)):
        said = statement(match["version"], Strength.STATED, evidence)
        if said is not None:
            yield said
    for match in _BADGE.finditer(unquote(text)):
        bound = f">={match['version']}" if match["more"] or match["operator"] in _LOWER else match["version"]
        said = statement(bound, Strength.WEAK, evidence)
        if said is not None:
            yield said


def _read_version_list(text: str, first: re.Match[str]) -> str:
    """Return what a list of versions says, of those of Python 3: a version or a range; "" without a list."""
    found: list[re.Match[str]] = [first]
    while more := _ALSO.match(text, found[-1].end()):
        found.append(more)
    old = first["version"].startswith("2")
    threes = [match for match in found if re.match(r"3" if old else r"3\.\d", match["version"])]
    if first["upper"] or len(found) == 1 or not threes or threes == [first]:
        return ""
    lowest, highest = min(threes, key=_parse_minor), max(threes, key=_parse_minor)
    if highest["more"] or highest["operator"] in _LOWER or highest["version"] == "3":
        return f">={lowest['version']}"
    return (
        highest["version"] if lowest is highest else f">=3.{_parse_minor(lowest)},<=3.{_parse_minor(highest)}.99"
    )


def _parse_minor(match: re.Match[str]) -> int:
    return int([*match["version"].split("."), "0"][1])


def _make_specifier(operator: str | None, version: str, upper: str | None, more: bool) -> str:
    """Return PEP 440 specifiers for a range in words; '' for a single version."""
    number = re.sub(r"\.[xX*]$", "", version).rstrip(".")
    if upper:
        return f">={number},<={upper}.99" if upper.count(".") == 1 else f">={number},<={upper}"
    if more or operator in _LOWER:
        return f">{number}" if operator == ">" and "." in number and number.count(".") > 1 else f">={number}"
    if operator in _UPPER:
        return f"{_UPPER[operator]}{number}"
    return ""


def find_packages(text: str, evidence: Evidence) -> Iterator[Requirement]:
    """Yield the distributions that one line of prose names together with a version."""
    if _CHANGES.match(text):
        return
    text, names = _blank_past_remarks(text), load_prose_names()
    for match in _PACKAGE.finditer(text):
        name = re.sub(r"[ ]", " ", match["name"].lower())
        distribution = canonicalize_name(names.get(name, names.get(name.replace("-", " "), name)))
        number = re.sub(r"\.[xX*]$", "", match["version"])
        if "." not in number:
            continue
        wanted = _make_range(
            match["operator"], number, match["upper"], bool(match["more"]), match["version"] != number
        )
        parsed = parse(f"{distribution}{wanted}")
        if parsed is not None:
            yield Requirement(
                text=str(parsed),
                name=distribution,
                written=match[0].strip()[:200],
                evidence=evidence,
                notes=("prose",),
            )


def _make_range(operator: str | None, number: str, upper: str | None, more: bool, starred: bool) -> str:
    if upper:
        return f">={number},<={upper}"
    if more or operator in _LOWER:
        return f">={number}"
    if operator in _UPPER:
        return f"{_UPPER[operator]}{number}"
    return f"=={number}.*" if starred or number.count(".") < 2 else f"=={number}"
