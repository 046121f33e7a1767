"""Finds the scripts that a page has its reader run in words, not by a command: "the entry point is `train.py`".

Python files and shell scripts; of the latter the commands within count as the author's.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from checker.core.tree import Tree, once_per_tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.pages import Block, find_pages, split_blocks
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

#: What a page says that a script is for: what the paper shows comes out of it.
_SHOWN = r"(?:tables?|fig(?:ure)?s?|results?|experiments?|numbers?|plots?|paper|findings?)\b"
_REPRODUCES = re.compile(
    rf"(?i)\b(?:re-?produc|replicat|re-?generat)\w{{0,9}}\b[^.!?;\n]{{0,60}}\b{_SHOWN}"
    rf"|\b(?:runs?|performs?|conducts?|executes?|generates?|creates?|computes?|makes?)\s(?:[\w-]+\s){{0,4}}{_SHOWN}"
    r"(?:\s\d|[^.!?;\n]{0,20}\b(?:paper|article|manuscript|section)\b)"
)
_SHOWN_BY = re.compile(
    rf"(?i)\b{_SHOWN}[^.!?;\n]{{0,60}}\b(?:is|are|be)\s(?:\w+\s){{0,3}}(?:in|by|with|using|from)\W{{0,4}}$"
)
_ONE = r"(?:tables?|tab\.|fig(?:ure)?s?\.?|section|sec\.)\s?\d"
_OF_ONE = re.compile(
    rf"(?i)^[\W_]{{1,40}}(?:(?:the|code|scripts?|experiments?|results?|for|of|in|from)\s){{0,6}}{_ONE}"
)
_ONE_BY = re.compile(rf"(?i)\b{_ONE}[\w.]{{0,6}}\W{{1,6}}$")

#: Characters behind a name in which a page says so, within its sentence.
_NEAR = 120
_ENDS = re.compile(r"[.!?;]\s")

#: Under such a heading, a name with what it shows: "## Reproducing the results", "`exp1.py`: accuracy (Table 1)".
_ABOUT_RESULTS = re.compile(r"(?i)\bre-?produc|\breplicat|\bexperiments?\b")

#: What follows the name of a shell script that is offered: "in `run.sh`, we provide an example".
_GIVES = re.compile(
    r"(?i)^\W*(?:you (?:can |will )?find|there (?:is|are)|we\s(?:\w+\s)?(?:provide|give|show|offer|include))\b"
)

#: What stands before the name of a shell script that holds them: "example commands: run.sh".
_COMMANDS = re.compile(r"(?i)\bcommands?\b[^.!?]{0,60}$")

_SENTENCE = re.compile(r"[.!?;]\s|^[ \t]*[-*+]\s|^[ \t]*\d+\.\s", re.MULTILINE)
_PATH = re.compile(r"(?<![\w/.:-])(?:\./)?((?:[\w.-]+/)*[\w-][\w.-]*\.(?:py|sh))\b")

#: What the evidence of a script says that a page names.
SAYS_RUN, SAYS_REPRODUCES = "a script that a page names", "a script that, by a page, shows what the paper does"

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

    A line counts, or the one before where its sentence was wrapped; the cells of a table's row are one. A list of
    files that tells what is in each offers nothing to run, but those that reproduce what the paper shows.
    """
    found: dict[str, Evidence] = {}
    for page in find_pages(tree):
        before, is_led = "", False
        for block in _join_cells(split_blocks(tree, page)):
            names = dict.fromkeys(_find_by_kind(block, before), SAYS_RUN)
            is_led = _leads_list(block) or (is_led and block.kind == "prose" and _begins_with_name(block.text))
            names |= dict.fromkeys(_find_reproducing(block, is_led=is_led), SAYS_REPRODUCES)
            for name, claim in names.items():
                place = locate(tree, name, posixpath.dirname(page) or ".")
                if place is not None and posixpath.basename(place[0]) not in NOT_STARTED:
                    said = Evidence(claim=claim, source=page, line=block.line)
                    found[place[0]] = max(found.get(place[0], said), said, key=_is_of_results)
            before = block.text if block.kind == "prose" else ""
    return found


def _leads_list(block: Block) -> bool:
    """Whether a line says of what is listed below it that it shows results: "Scripts to reproduce the tables:"."""
    return block.text.rstrip(" *_").endswith(":") and _REPRODUCES.search(block.text) is not None


def _begins_with_name(row: str) -> bool:
    found = _PATH.search(row)
    return found is not None and not row[: found.start()].strip(_MARKS)


def _is_of_results(place: Evidence) -> bool:
    return place.claim == SAYS_REPRODUCES


def _join_cells(blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks without inline code; the cells of a table's row, which share a line, as one."""
    waiting: Block | None = None
    for block in blocks:
        if block.kind == "inline":
            continue
        if waiting is not None and waiting.kind == block.kind == "prose" and waiting.line == block.line:
            waiting = replace(waiting, text=f"{waiting.text} | {block.text}")
            continue
        if waiting is not None:
            yield waiting
        waiting = block
    if waiting is not None:
        yield waiting


def _find_by_kind(block: Block, before: str) -> Iterator[str]:
    if block.kind != "prose":
        yield from _find_listed(block.text)
    elif block.text == block.heading:
        yield from (match["path"] for match in _IN_HEADING.finditer(block.heading))
    else:
        yield from _find_named(block.text, before)


def _find_reproducing(block: Block, *, is_led: bool) -> Iterator[str]:
    """Yield the names of which a row, or what stands behind them in a tree of files, says that they show results.

    `exp1.py`: reproduces Table 1 · The experiments are in `exp2.py`. · To reproduce Figure 2, see `exp3.py`.
    `is_led`: the line above a list says so of all that is in it.
    """
    is_about_results = _ABOUT_RESULTS.search(block.heading) is not None
    for row in block.text.split("\n"):
        for match in _PATH.finditer(row[:1_000]):
            ahead = _PATH.sub(" ", _SENTENCE.split(row[: match.start()])[-1])
            behind = _PATH.sub(" ", _ENDS.split(row[match.end() :][:_NEAR])[0])
            is_first = not ahead.strip(_MARKS)
            if block.kind != "prose" and not is_first:
                continue
            shown = is_about_results and is_first and re.search(_SHOWN, behind, re.IGNORECASE)
            told = any(words.search(ahead) for words in (_REPRODUCES, _SHOWN_BY, _ONE_BY))
            if told or shown or (is_led and is_first) or _REPRODUCES.search(behind) or _OF_ONE.search(behind):
                yield match[1]


#: What stands before the first name of a row: marks of lists, of tables, of trees of files, of code.
_MARKS = " \t*`|-+[└├─│"


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
