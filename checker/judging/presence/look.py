"""Judges by content whether a tree holds code: a page with its scripts, an empty file or a promise is none.

`main.py` with nothing but `print("coming soon")` beside a README that promises code → no code, promised.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import PurePosixPath

from checker.core.data_files import read_toml
from checker.core.languages import SOURCE_SUFFIXES, find_language
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.core.values.repositories import Contents
from checker.judging.presence.archives import is_archive, list_members

_DATA = read_toml("checker.judging", "presence.toml")
PATTERNS = {
    name: re.compile(row["regex"].replace("\n", ""), re.IGNORECASE | re.MULTILINE)
    for name, row in _DATA["patterns"].items()
}
_LIBRARY = re.compile(rf"(?:^|[^a-z])(?:{'|'.join(_DATA['page']['libraries'].split())})|\.min\.", re.IGNORECASE)

_BROUGHT = frozenset(_DATA["page"]["folders"])

#: Files that begin a web page which are read at most.
MOST_PAGES = 20

#: Characters up to which a file may only keep a place; a longer one is a program.
STUB_LENGTH = 20_000

#: Characters up to which a notebook is parsed for its cells; a longer one has outputs, and is a program.
LONGEST_NOTEBOOK = 1_000_000

#: Characters of files of code that are gone through for one that does something: seconds of the worker's own.
MOST_CHARACTERS = 40_000_000

#: Archives that are looked into at most: each may take half a second.
MOST_ARCHIVES = 20

_QUOTE = 160

#: How a file begins whose content Git LFS keeps, and its bytes at most. Source: git-lfs, docs/spec.md.
POINTER, POINTER_BYTES = "version https://git-lfs.github.com/spec/v1", 1024


class Found(Value):
    """Source files by language, most first (empty: no code), and what was found in their stead."""

    languages: tuple[tuple[str, int], ...] = ()
    contents: Contents = Contents()


def look_for_code(tree: Tree) -> Found:
    """Say which code a tree holds; where it holds none, what it holds instead.

    Files that only belong to a web page are not counted. Files that hold nothing, or next to nothing beside a
    README that promises code, are counted only where another file is a program.
    """
    named = {
        path: language
        for path in tree.files
        if (language := name_language(tree, path)) and _is_own(path) and not _is_pointer(tree, path)
    }
    page = find_page(tree, named)
    code = {path: language for path, language in named.items() if page is None or not _is_of_page(path, tree)}
    promise = find_promise(tree)
    if _holds_program(tree, code, promise is not None):
        return Found(languages=tuple(Counter(code.values()).most_common()))
    archives = islice((path for path in tree.files if is_archive(path)), MOST_ARCHIVES)
    return Found(
        contents=Contents(
            archives=tuple(islice((path for path in archives if _is_code_archive(tree, path)), 3)),
            page=page,
            promise=promise or next((p for path in code if (p := _quote_promise(tree.read(path)))), None),
            stubs=tuple(code)[:3],
        )
    )


def name_language(tree: Tree, path: str) -> str | None:
    """Return the language of a source file by its suffix, or by the first line of a script without one."""
    bare = "." not in PurePosixPath(path).name
    return find_language(path, tree.read_first_line(path) if bare else "")


def _is_own(path: str) -> bool:
    """Whether a file may be the repository's code: not what only a code host or an editor runs."""
    return path.partition("/")[0] not in _DATA["tools"]["folders"]


def _is_pointer(tree: Tree, path: str) -> bool:
    """Whether Git LFS keeps the content of a file, which the check leaves out."""
    return tree.size(path) <= POINTER_BYTES and tree.read_first_line(path).startswith(POINTER)


def holds_code_by_name(path: str) -> bool:
    """Whether a file that is not here is code by its name, or an archive that is called so."""
    if is_archive(path):
        return PATTERNS["code_archive"].search(PurePosixPath(path).name) is not None
    return find_language(path) is not None


def _is_code_archive(tree: Tree, path: str) -> bool:
    """Whether a file is an archive with source files or archives of them; a closed one is judged by its name."""
    if _is_pointer(tree, path):
        return False
    names = list_members(tree.root / path)
    if names is None:
        return PATTERNS["code_archive"].search(PurePosixPath(path).name) is not None
    return any(
        find_language(name) is not None or (is_archive(name) and holds_code_by_name(name)) for name in names
    )


# ------------------------------------------------------------ web pages


def find_page(tree: Tree, named: dict[str, str]) -> str | None:
    """Return the file with which a web page begins, or None where there is none, or its scripts are a program.

    A page may have a few lines of scripts of its own, and more where it gives a paper's abstract or citation.
    """
    names = (path for path in tree.files if PurePosixPath(path).name.lower() in _DATA["page"]["starts"])
    starts = tuple(islice(names, MOST_PAGES))
    if not starts:
        return None
    speaks = any(PATTERNS["speaks_of_a_paper"].search(tree.read(path)[:200_000]) for path in starts)
    left: int = _DATA["page"]["lines_beside_a_paper" if speaks else "lines"]
    for path in (path for path, language in named.items() if language in _DATA["page"]["languages"]):
        left -= 0 if _is_brought_along(path) else tree.read(path).count("\n")
        if left < 0:
            return None
    return starts[0]


def _is_brought_along(path: str) -> bool:
    """Whether a page's script is a library or what a tool has made: by its name or its folder."""
    pure = PurePosixPath(path)
    return bool(_LIBRARY.search(pure.name)) or bool({*pure.parts[:-1]} & _BROUGHT)


def _is_of_page(path: str, tree: Tree) -> bool:
    """Whether a file is a script of a web page: one that lies with a page, and with no program's manifest."""
    if SOURCE_SUFFIXES.get(PurePosixPath(path).suffix.lower()) not in _DATA["page"]["languages"]:
        return PurePosixPath(path).name == "conf.py" and bool({"index.rst", "index.md"} & _list_beside(tree, path))
    folders = [str(folder) for folder in PurePosixPath(path).parents]
    beside = [posixpath.normpath(f"{folder}/{name}") for folder in folders for name in _DATA["page"]["programs"]]
    starts = [posixpath.normpath(f"{folder}/{name}") for folder in folders for name in _DATA["page"]["starts"]]
    return not any(place in tree for place in beside) and any(place in tree for place in starts)


def _list_beside(tree: Tree, path: str) -> set[str]:
    folder = posixpath.dirname(path)
    return {name for name in ("index.rst", "index.md") if posixpath.join(folder, name) in tree}


# ------------------------------------------------------------ promises and files that hold nothing


def find_promise(tree: Tree) -> str | None:
    """Return the words with which a README in the root promises code, or None."""
    pages = (path for path in tree.files if "/" not in path and path.lower().startswith("readme"))
    return next((quote for path in pages if (quote := _quote_promise(tree.read(path)))), None)


def _quote_promise(text: str) -> str | None:
    found = PATTERNS["promise"].search(text[:200_000])
    if found is None:
        return None
    start = text.rfind("\n", 0, found.start()) + 1
    line = text[max(start, found.start() - _QUOTE) : found.end() + _QUOTE].split("\n", 1)[0]
    return " ".join(line.split()).strip("#*_> -")[:_QUOTE]


def _holds_program(tree: Tree, code: Iterable[str], promised: bool) -> bool:
    """Whether one of the files is a program; so many that hold nothing are not gone through to the last."""
    left = MOST_CHARACTERS
    for path in code:
        left -= len(tree.read(path))
        if left < 0 or _is_program(tree, path, promised):
            return True
    return False


def _is_program(tree: Tree, path: str, promised: bool) -> bool:
    """Whether a source file does something; where code is promised, imports and empty functions are not enough."""
    text = tree.read(path)
    if promised and PurePosixPath(path).name == "setup.py":
        return False
    if path.lower().endswith(".ipynb") and len(text) <= LONGEST_NOTEBOOK:
        text = "\n".join(_read_cells(text))
    if len(text) > STUB_LENGTH:
        return True
    bare = re.sub(r'("""|\'\'\')[\s\S]*?\1', "", text)
    lines = [line for line in bare.split("\n") if line.strip() and not _is_comment(line)]
    if promised or PATTERNS["promise"].search(text):
        lines = [line for line in lines if not PATTERNS["idle"].match(line)]
    return any(line.strip() not in ("pass", "...") for line in lines)


def _is_comment(line: str) -> bool:
    return not line.lstrip().startswith("#include") and PATTERNS["comment"].match(line) is not None


def _read_cells(text: str) -> Iterator[str]:
    """Yield the sources of a notebook's code cells; of one that cannot be parsed, its text."""
    try:
        cells = json.loads(text)["cells"]
        found = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, TypeError, LookupError, RecursionError):
        yield text
        return
    for source in found:
        yield "".join(map(str, source)) if isinstance(source, list) else str(source)


# ------------------------------------------------------------ branches


def choose_branches(branches: Iterable[str]) -> tuple[str, ...]:
    """Return the branches on which code is looked for where the named one has none, the likeliest first."""
    first: list[str] = _DATA["branches"]["first"]
    kept = [name for name in branches if not PATTERNS["no_code_branch"].match(name)]
    words = frozenset(_DATA["branches"]["next"])

    def rank(name: str) -> tuple[int, bool, str]:
        place = first.index(name) if name in first else len(first)
        return place, words.isdisjoint(re.split(r"[^a-z]+", name.lower())), name

    return tuple(sorted(kept, key=rank))


def make_evidence(contents: Contents) -> tuple[Evidence, ...]:
    """Return what code in archives rests on."""
    return tuple(Evidence(claim="source files in an archive", source=path) for path in contents.archives)


def describe_contents(contents: Contents) -> str:
    """Say in one sentence where the code is, or what stands in its stead; '' where there is nothing to say.

    `The code is on branch dev.` · `The README promises code: "Code coming soon!"`
    """
    where = f" on branch {contents.branch}" if contents.branch is not None else ""
    if contents.archives:
        return f"The code is in an archive{where}: {', '.join(contents.archives)}."
    if where:
        return f"The code is on branch {contents.branch}; the one that the link leads to has none."
    if contents.folder is not None:
        return f"The folder of the link, {contents.folder}, holds no code; the rest of the repository does."
    if contents.promise is not None:
        return f"Code is promised: “{contents.promise}”."
    if contents.page is not None:
        return f"It holds a web page ({contents.page}), and no code besides the page's own scripts."
    return f"Its files of code hold nothing: {', '.join(contents.stubs)}." if contents.stubs else ""
