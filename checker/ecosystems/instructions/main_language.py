"""Says which language a repository is mainly written in: the one that its pages start, else that of most code.

20 files of R that `Rscript run.R` starts, and one script of Python that draws a picture → R.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import TypeAdapter

from checker.core.data_files import read_toml
from checker.core.json_text import parse_json
from checker.core.languages import LANGUAGES, find_language
from checker.core.tree import Tree, once_per_tree
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.folders import FOREIGN, Folder, find_meanings
from checker.ecosystems.instructions.page_commands import Programs, read_page_commands
from checker.ecosystems.instructions.pages import find_pages

#: Characters of one file that count: longer ones are generated, or hold data.
MOST_OF_A_FILE = 100_000

#: Languages in which parts of programs in another one are written, and pages; they need this many times its code.
_COMPILED_PARTS = frozenset({"C", "C++", "CUDA", "Fortran", "OpenCL", "JavaScript", "TypeScript"})
MANY_TIMES = 3

#: What is no program by itself, or is looked at elsewhere.
_NO_PROGRAMS = frozenset({
    "Shell", "SQL", "Gnuplot", "Jupyter Notebook", "PowerShell", "SMT-LIB", "PDDL", "Snakemake", "CWL",
    "WDL", "Awk", "GLSL", "HLSL", "WGSL", "Cypher", "XQuery", "XSLT", "Assembly", "BUGS", "Tcl",
})  # fmt: skip

_ASIDE = FOREIGN | {Folder.DOCS, Folder.BUILT, Folder.DATA}


class Part(Value):
    """What is known about the code of one language: characters, whether pages start it, whether it is declared."""

    language: str
    characters: int
    is_started: bool = False
    is_declared: bool = False


@cache
def _read_tools() -> Mapping[str, str]:
    """Return program → language."""
    tools = TypeAdapter(dict[str, tuple[str, ...]])
    tables = (
        read_toml("checker.core", "interpreters.toml"),
        read_toml("checker.ecosystems.instructions", "language_tools.toml"),
    )
    rows = (row for table in tables for row in tools.validate_python(table).items())
    return {program: language for language, programs in rows for program in programs}


def find_other_main(tree: Tree, own: Part) -> Evidence | None:
    """Return evidence that another language than `own` is the main one; None where `own` is."""
    sizes = _measure(tree, own.language)
    started = set(_list_started(tree)) & set(sizes)
    called = [language for language in started if language != own.language]
    largest = max(called or sizes, key=lambda language: sizes[language], default=None)
    if largest is None:
        return None
    is_part = largest in _COMPILED_PARTS and not called
    times = MANY_TIMES if is_part or (own.is_declared and not called) else 1
    if (own.is_started and not called) or (is_part and own.is_declared):
        return None
    if (called and not own.is_started and not own.is_declared) or sizes[largest] > times * own.characters:
        files = Counter(find_language(path) for path in tree.files)[largest]
        files = files or sum(read_kernel(tree, path)[0] == largest for path in tree.files)
        why = "the pages start it, and " if called else ""
        claim = f"most of the code is {largest}: {why}{files} {'file' if files == 1 else 'files'}"
        return Evidence(claim=claim, source="tree")
    return None


def _measure(tree: Tree, own: str) -> dict[str, int]:
    """Return the characters of each other language, outside folders of other people's code, pages and data."""
    sizes: Counter[str] = Counter()
    for path in tree.files:
        language, size = read_kernel(tree, path)
        if not language:
            language, size = find_language(path) or "", tree.size(path)
        other = language not in {"", own} and language not in _NO_PROGRAMS
        if other and _ASIDE.isdisjoint(find_meanings(path)) and ".min." not in path:
            sizes[language] += min(size, MOST_OF_A_FILE)
    return dict(sizes)


@once_per_tree
def read_kernel(tree: Tree, path: str) -> tuple[str, int]:
    """Return the language that a notebook's kernel names, and the characters of its code; ('', 0) for neither."""
    if not path.endswith(".ipynb"):
        return "", 0
    try:
        data = parse_json(tree.read(path))
        said = data["metadata"].get("language_info") or {}
        name = data["metadata"].get("kernelspec", {}).get("language") or said["name"]
        sources = [cell["source"] for cell in data["cells"] if cell["cell_type"] == "code"]
        size = sum(len(source) if isinstance(source, str) else sum(map(len, source)) for source in sources)
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", 0
    known = {language.lower(): language for language in LANGUAGES}
    return known.get(str(name).lower(), ""), size


def _list_started(tree: Tree) -> Iterator[str]:
    """Yield the languages whose programs the pages call; a compiled program that is not there is one as well."""
    programs = Programs(names=frozenset(_read_tools()))
    for command in (each for page in find_pages(tree) for each in read_page_commands(tree, page, programs)):
        program = command.argv[0] if command.argv else ""
        language = _read_tools().get(posixpath.basename(program))
        if language is not None:
            yield language
        elif program.startswith("./") and not posixpath.splitext(program)[1] and program[2:] not in tree:
            yield from ("C", "C++", "Rust", "Go", "Fortran")
