"""Finds the scripts that a page has its reader run in words, not by a command: "the entry point is `train.py`".

Python files and shell scripts; of the latter the commands within count as the author's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from checker.core.tree import Tree, once_per_tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.pages import find_pages, split_blocks
from checker.ecosystems.python.entry_points.locate import locate
from checker.ecosystems.python.stated import NOT_STARTED

_BEFORE = re.compile(
    r"(?i)\b(?:(?:(?:re-?)?runs?|running|execut(?:e|ing)|launch(?:ing)?|start(?:ing)?|entry[ -]?points?"
    r"|scripts?\s+(?:(?:is\s+)?used\s+)?(?:to|for))\b"
    r"[\s\S]{0,60}"
    r"|(?:use|call|invoke|script)(?:\s+(?:the|our|script|file|is)){0,4})[\s:`*\"'\[(]{0,20}$"
)
_AFTER = re.compile(
    r"(?i)^\W*(?:(?:can|should|must|may|is|are)\s[\w\s]{0,12}(?:run|executed|started|launched|entry[ -]?point)"
    r"|(?:contains?|has|holds?)\s(?:all\s)?(?:the\s)?(?:commands?|scripts?)"
    r"|scripts?\s(?:will\s|then\s)?(?:re-?)?(?:trains?|runs?|starts?|launch(?:es)?|evaluates?|executes?|performs?))\b"
)

#: What follows the name of a shell script that is offered: "in `run.sh`, we provide an example".
_GIVES = re.compile(
    r"(?i)^\W*(?:you (?:can |will )?find|there (?:is|are)|we\s(?:\w+\s)?(?:provide|give|show|offer|include))\b"
)

#: What stands before the name of a shell script that holds them: "example commands: run.sh".
_COMMANDS = re.compile(r"(?i)\bcommands?\b[^.!?]{0,60}$")

_SENTENCE = re.compile(r"[.!?;]\s|^[ \t]*[-*+]\s|^[ \t]*\d+\.\s", re.MULTILINE)
_PATH = re.compile(r"(?<![\w/.:-])(?:\./)?((?:[\w.-]+/)*[\w-][\w.-]*\.(?:py|sh))\b")

#: A heading that says what is done, and by which script: "Evaluate summaries (`evaluate.py`)".
_IN_HEADING = re.compile(r"\w[^()`*\n]{0,80}[(`*]+(?:\./)?(?P<path>(?:[\w.-]+/)*[\w-][\w.-]*\.(?:py|sh))\b")


def find_named_scripts(tree: Tree) -> Mapping[str, Evidence]:
    """Return the Python files that a page's words offer to be run, each with the first place that does."""
    return {path: place for path, place in _find_offered(tree).items() if path.endswith(".py")}


def find_named_commands(tree: Tree) -> Iterator[Command]:
    """Yield the shell scripts that a page's words offer to be run, as commands in their folders."""
    for path, place in _find_offered(tree).items():
        if path.endswith(".sh"):
            folder, name = posixpath.split(path)
            raw = f"bash {name}"
            argv = ("bash", name)
            yield Command(argv=argv, raw=raw, file=place.source, line=place.line or 1, cwd=folder or ".")


@once_per_tree
def _find_offered(tree: Tree) -> Mapping[str, Evidence]:
    """Return the scripts that pages offer in words.

    A line counts, or the one before where its sentence was wrapped. A list of files that tells what is in each
    offers nothing to run.
    """
    found: dict[str, Evidence] = {}
    for page in find_pages(tree):
        before = ""
        for block in split_blocks(tree, page):
            if block.kind == "inline":
                continue
            names = _find_named(block.text, before) if block.kind == "prose" else _find_listed(block.text)
            if block.kind == "prose" and block.text == block.heading:
                names = (match["path"] for match in _IN_HEADING.finditer(block.heading))
            for name in names:
                place = locate(tree, name, posixpath.dirname(page) or ".")
                if place is not None and posixpath.basename(place[0]) not in NOT_STARTED:
                    said = Evidence(claim="a script that a page names", source=page, line=block.line)
                    found.setdefault(place[0], said)
            before = block.text if block.kind == "prose" else ""
    return found


def _find_listed(block: str) -> Iterator[str]:
    """Yield the shell scripts that a line in a block of commands says to hold them."""
    for line in block.split("\n"):
        for match in _PATH.finditer(line[:1_000]):
            if match[1].endswith(".sh") and _COMMANDS.search(_PATH.sub(" ", line[: match.start()])):
                yield match[1]


def _find_named(text: str, before: str) -> Iterator[str]:
    """Yield the names that the sentence around them offers; other names within it say nothing."""
    for match in _PATH.finditer(text):
        ahead = _PATH.sub(" ", _SENTENCE.split(f"{before}\n{text[: match.start()]}")[-1])
        behind = _PATH.sub(" ", text[match.end() :][:80])
        given = match[1].endswith(".sh") and (_GIVES.search(behind) or _COMMANDS.search(ahead))
        if _BEFORE.search(ahead) or _AFTER.search(behind) or given:
            yield match[1]
