"""README and installation pages: which there are, and their blocks of code, inline code and prose in order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from markdown_it import MarkdownIt

from checker.core.tree import Tree, join, once_per_tree

#: Characters of one page that are read.
MAX_PAGE = 200_000

#: Pages of a tree that are read, the shallowest first.
MAX_PAGES = 40

_PAGE = re.compile(
    r"(?:^|/)(?:readme|install|installation|setup|getting[-_]?start(?:ed)?|get[-_]?started|quick[-_]?start|usage|requirements?"
    r"|dependenc\w|env|tutorial|training|evaluation|how[-_]?to|develop|instructions?|experiments?"
    r"|reproduc)[\w.-]*$|^docs?/(?:index|intro|user_guide)[\w.-]*$",
    re.IGNORECASE,
)
#: Pages that do not speak to a reader who wants to run the code; editors' and agents' folders.
_NO_PAGE = re.compile(
    r"(?:^|/)(?:requirements?|reqs?)[^/]*\.txt$|\.egg-info/|(?:^|/)\.(?!github/)[^/]+/"
    r"|(?:^|/)(?:changelog|changes|history|news|releas\w|contribut\w|code_of_conduct|licen[cs]e|security|authors"
    r"|citation|claude|agents)[\w.-]*$"
)
_SUFFIXES = (".md", ".rst", ".txt", ".markdown", ".mdown", ".org")


@dataclass(frozen=True)
class Block:
    """A block of a page: `language` is its info word, None for inline code; `prose` lines are no block."""

    text: str
    line: int
    language: str | None
    heading: str
    kind: str


def find_pages(tree: Tree) -> tuple[str, ...]:
    """Return the pages of a tree that instructions may stand on: root README first, then others, shallow first."""
    linked = _find_linked(tree)
    found = [path for path in tree.files if path.count("/") <= 3 and (_is_page(path) or path in linked)]
    found.sort(key=lambda path: (path.count("/"), not posixpath.basename(path).lower().startswith("readme"), path))
    return tuple(found[:MAX_PAGES])


_LINK = re.compile(
    r"\]\(\s*<?(?:\./)?([\w./%-]+\.(?:md|rst|markdown))(?:#[^)\s]{0,200})?>?\s*(?:\"[^\"]*\")?\)|href=[\"'](?:\./)?([\w./-]+\.md)"
)


def _find_linked(tree: Tree) -> frozenset[str]:
    """Return the pages to which the root's README sends its reader, and those to which they do."""
    waiting = [path for path in tree.files if "/" not in path and path.lower().startswith("readme.")][:1]
    seen = set(waiting)
    while waiting and len(seen) <= MAX_PAGES:
        page = waiting.pop(0)
        for one, other in _LINK.findall(tree.read(page)[:MAX_PAGE]):
            path = join(posixpath.dirname(page) or ".", unquote(one or other))
            if path not in seen and path in tree and not _NO_PAGE.search(path.lower()):
                seen.add(path)
                waiting.append(path)
    return frozenset(seen)


def _is_page(path: str) -> bool:
    lowered = path.lower()
    if _NO_PAGE.search(lowered):
        return False
    named = bool(_PAGE.search(path)) and (lowered.endswith(_SUFFIXES) or "." not in posixpath.basename(path))
    return named or ("/" not in path and lowered.endswith((".md", ".rst")))


@once_per_tree
def split_blocks(tree: Tree, path: str) -> tuple[Block, ...]:
    """Take a page apart into code blocks, inline code and prose lines, in order."""
    text = tree.read(path)[:MAX_PAGE]
    reader = _split_rst if path.lower().endswith(".rst") else _split_markdown
    try:
        return tuple(reader(text))
    except (RecursionError, ValueError):
        return tuple(Block(line, number, None, "", "prose") for number, line in enumerate(text.split("\n"), 1))


def _split_markdown(text: str) -> Iterator[Block]:
    heading, expect = "", False
    # Without the rules for what stands inside a line, which take the square of `[[[[…`: code is found by pattern.
    for token in MarkdownIt("commonmark").enable("table").disable("inline").parse(text):
        line = (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            expect = True
        elif token.type in {"fence", "code_block"}:
            info = token.info.strip().lower().split()
            start = line + (token.type == "fence")
            language = info[0].strip("{}.").removeprefix("language-") if info else ""
            yield Block(token.content, start, language, heading, "code")
        elif token.type == "html_block":
            yield from _split_html(token.content, line, heading)
        elif token.type == "inline":
            if expect:
                heading, expect = token.content.strip(), False
            yield from _split_inline(token.content, line, heading)


def _split_inline(content: str, line: int, heading: str) -> Iterator[Block]:
    for offset, row in enumerate(content.split("\n")):
        yield Block(row, line + offset, None, heading, "prose")
        for code in re.findall(r"(?<!`)(`++)([^`]++)\1(?!`)", row):
            yield Block(code[1].strip(), line + offset, None, heading, "inline")
        for tagged in re.findall(r"<code>([^<>]{1,300})</code>", row):
            yield Block(unescape(tagged).strip(), line + offset, None, heading, "inline")


def _split_html(content: str, line: int, heading: str) -> Iterator[Block]:
    for match in re.finditer(
        r"<(?:pre|code)[^<>]*>((?:[^<]|<(?!/?(?:pre|code)))*+)</(?:pre|code)>", content, re.IGNORECASE
    ):
        start = line + content.count("\n", 0, match.start(1))
        yield Block(unescape(re.sub(r"<[^>]{0,200}>", "", match[1])), start, "", heading, "code")
    for offset, row in enumerate(content.split("\n")):
        yield Block(re.sub(r"<(?!\d|=)[^>]{0,200}>", " ", row), line + offset, None, heading, "prose")


def _split_rst(text: str) -> Iterator[Block]:
    """Read reStructuredText: underlined headings, literal and code blocks, prose."""
    lines = text.split("\n")
    heading, index = "", 0
    while index < len(lines):
        line = lines[index]
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if line.strip() and re.fullmatch(r"([=\-~^\"'#*+.])\1{2,}", following.strip()):
            heading = line.strip()
        directive = re.match(r"^\s*\.\. (?:code-block|code|sourcecode|prompt|highlight)::\s*(\S*)", line)
        if directive or (line.rstrip().endswith("::") and not line.lstrip().startswith("..")):
            body, after = _read_indented(lines, index + 1, len(line) - len(line.lstrip()))
            start = next(
                (n for n in range(index + 1, after) if lines[n].strip() and lines[n].strip()[:1] != ":"), index
            )
            text_ = "\n".join(row for row in body if not re.match(r"^:\w+:", row))
            yield Block(text_.strip("\n"), start + 1, directive[1].lower() if directive else "", heading, "code")
            index = max(after, index + 1)
            continue
        yield Block(line, index + 1, None, heading, "prose")
        for code in re.findall(r"``(.+?)``", line):
            yield Block(code.strip(), index + 1, None, heading, "inline")
        index += 1


def _read_indented(lines: list[str], start: int, indent: int) -> tuple[list[str], int]:
    body: list[str] = []
    index = start
    while index < len(lines):
        line = lines[index]
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        body.append(line.strip() if not line.strip() else line)
        index += 1
    margin = min((len(row) - len(row.lstrip()) for row in body if row.strip()), default=0)
    return [row[margin:] for row in body], index
