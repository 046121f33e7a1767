"""README and installation pages: their commands in order, and what their prose says about versions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

from markdown_it import MarkdownIt

from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.text import goes_on, without_prompt
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.entry_points.installed_commands import commands_of_all
from checker.ecosystems.python.entry_points.launchers import PROGRAMS_OF_PACKAGES, RUN_OF_IPYTHON, WRAPPERS

MAX_PAGE = 200_000
"""Characters of one page that are read."""

MAX_PAGES = 40
"""Pages of a tree that are read, the shallowest first."""

_PAGE = re.compile(
    r"(?:^|/)(?:readme|install|installation|setup|getting[-_]?start(?:ed)?|get[-_]?started|quick[-_]?start|usage|requirements?"
    r"|dependenc\w+|env\w*|tutorial|training|evaluation|how[-_]?to\w*|develop\w*|instructions?|experiments?"
    r"|reproduc\w*)[\w.-]*$|^docs?/(?:index|intro\w*|user_guide)[\w.-]*$",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(
    r"(?:^|/)(?:requirements?|reqs?)[^/]*\.txt$|\.egg-info/|(?:^|/)\.(?!github/)[^/]+/"
    r"|(?:^|/)(?:changelog|changes|history|news|releas\w+|contribut\w+|code_of_conduct|licen[cs]e\w*|security|authors"
    r"|citation|claude|agents)[\w.-]*$"
)
"""Pages that do not speak to a reader who wants to run the code; editors' and agents' folders."""

_SUFFIXES = (".md", ".rst", ".txt", ".markdown", ".mdown", ".org")
_SHELL = frozenset(
    {"", "sh", "bash", "shell", "console", "zsh", "cmd", "terminal", "shell-session", "powershell", "text"}
)
_OTHER_LANGUAGES = """
yaml yml json json5 jsonc toml ini cfg conf xml html css diff patch docker dockerfile makefile cmake c cpp c++ cuda
rust go java javascript js jsx typescript ts tsx r rscript matlab julia sql bibtex bib mermaid graphql
"""
_NO_SHELL = frozenset(_OTHER_LANGUAGES.split())
"""Languages in which a line may begin as a command does and is none. Authors call what a shell reads by many names
(`commandline`, `cmd`, `angular2html`): in every other block the lines that are plainly commands are read."""

_PROGRAM_NAMES = """
python python3 python2 pip pip3 conda mamba micromamba uv poetry pipenv pdm apt apt-get sudo bash sh source cd
git wget curl export setenv mkdir make cmake torchrun accelerate deepspeed mpirun mpiexec horovodrun jupyter
streamlit gradio pytest tox nox docker docker-compose unzip tar mim huggingface-cli gdown nohup time sbatch
srun chmod ln cp mv virtualenv pyenv CUDA_VISIBLE_DEVICES PYTHONPATH OMP_NUM_THREADS ipython flask uvicorn ray
yarn npm brew bazel bazelisk . ./
"""
_PROGRAMS = frozenset(_PROGRAM_NAMES.split()) | PROGRAMS_OF_PACKAGES | WRAPPERS.keys()
_OUTPUT = re.compile(r"^\s*(?:(?!Rscript)[A-Z][a-z]+(?=[\s:,])|(?:[├│└|+\[\d]|\{(?!\s*$)))")
"""Lines in a block of commands that are what a command prints."""

_PROSE_COMMAND = re.compile(
    r"^(?:\$\s*)?(?:cd\s+[\w./-]+\s*(?:$|;|&&)\s*)?(?:[A-Z_]+=\S+\s+)*(?:$|python3?(?:\.\d+)?\s+(?:-m\s+\S|-u\s+\S|\S+\.py\b)|pip3?\s+install\s|conda\s+"
    r"(?:create|install|env)\s|(?:bash|sh)\s+\S+\.sh\b|torchrun\s|accelerate\s+launch\s|sudo\s+apt|apt(?:-get)?\s+install\s"
    r"|export\s+PYTHONPATH=)"
)


_TOLD = re.compile(
    r"^(?i:(?:then|just|simply|please|to)\s+)?(?i:run|execute|call|use|type)\s*:?\s+"
    r"(?P<command>(?:python[\d.]*|bash|sh)\s+[\w./-]+\.(?:py|sh)(?:\s+--?\w[\w-]*(?:[ =][^\s-]\S*)?)*)\s*[.:]?$"
)
"""A line of prose that is a command with a verb before it; where more follows than options, it is a sentence."""


@dataclass(frozen=True)
class Block:
    """A block of a page: `language` is its info word, None for inline code; `prose` lines are no block."""

    text: str
    line: int
    language: str | None
    heading: str
    kind: str


def pages(tree: Tree) -> tuple[str, ...]:
    """Return the pages of a tree that instructions may stand on: root README first, then others, shallow first."""
    linked = _linked(tree)
    found = [path for path in tree.files if path.count("/") <= 3 and (_is_page(path) or path in linked)]
    found.sort(key=lambda path: (path.count("/"), not posixpath.basename(path).lower().startswith("readme"), path))
    return tuple(found[:MAX_PAGES])


_LINK = re.compile(
    r"\]\(\s*<?(?:\./)?([\w./%-]+\.(?:md|rst|markdown))(?:#[^)\s]*)?>?\s*(?:\"[^\"]*\")?\)|href=[\"'](?:\./)?([\w./-]+\.md)"
)


def _linked(tree: Tree) -> frozenset[str]:
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


def blocks(tree: Tree, path: str) -> tuple[Block, ...]:
    """Take a page apart into code blocks, inline code and prose lines, in order."""
    text = tree.read(path)[:MAX_PAGE]
    reader = _restructured if path.lower().endswith(".rst") else _markdown
    try:
        return tuple(reader(text))
    except (RecursionError, ValueError):
        return tuple(Block(line, number, None, "", "prose") for number, line in enumerate(text.split("\n"), 1))


def _markdown(text: str) -> Iterator[Block]:
    heading, expect = "", False
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        line = (token.map[0] if token.map else 0) + 1
        if token.type == "heading_open":
            expect = True
        elif token.type in {"fence", "code_block"}:
            info = token.info.strip().lower().split()
            start = line + (token.type == "fence")
            language = info[0].strip("{}.").removeprefix("language-") if info else ""
            yield Block(token.content, start, language, heading, "code")
        elif token.type == "html_block":
            yield from _html(token.content, line, heading)
        elif token.type == "inline":
            if expect:
                heading, expect = token.content.strip(), False
            yield from _inline(token.content, line, heading)


def _inline(content: str, line: int, heading: str) -> Iterator[Block]:
    for offset, row in enumerate(content.split("\n")):
        yield Block(row, line + offset, None, heading, "prose")
        for code in re.findall(r"(`+)(.+?)\1", row):
            yield Block(code[1].strip(), line + offset, None, heading, "inline")


def _html(content: str, line: int, heading: str) -> Iterator[Block]:
    for match in re.finditer(r"<(?:pre|code)[^>]*>(.*?)</(?:pre|code)>", content, re.DOTALL | re.IGNORECASE):
        start = line + content.count("\n", 0, match.start(1))
        yield Block(unescape(re.sub(r"<[^>]{0,200}>", "", match[1])), start, "", heading, "code")
    for offset, row in enumerate(content.split("\n")):
        yield Block(re.sub(r"<(?!\d|=)[^>]{0,200}>", " ", row), line + offset, None, heading, "prose")


def _restructured(text: str) -> Iterator[Block]:
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
            body, after = _indented(lines, index + 1, len(line) - len(line.lstrip()))
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


def _indented(lines: list[str], start: int, indent: int) -> tuple[list[str], int]:
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


def read_commands(tree: Tree) -> tuple[Command, ...]:
    """Return the commands that the pages of a tree show, page by page, in order.

    `cwd` follows `cd` within a page: from the page's folder or where the block before it went, whichever holds
    the files that a command names.
    """
    return tuple(command for path in pages(tree) for command in page_commands(tree, path))


def page_commands(tree: Tree, path: str) -> Iterator[Command]:
    """Yield the commands of one page."""
    folder = posixpath.dirname(path) or "."
    directory = Directory(tree, folder, PROJECT_FILES)
    environment = Environment()
    own = commands_of_all(tree)
    for block in blocks(tree, path):
        text = _commands_text(block, environment, own)
        if text:
            language = block.language or "" if block.kind == "code" else block.kind
            keeps = block.kind == "code" and language in _SHELL
            yield from read_commands_of(
                tree,
                text,
                path,
                start=block.line,
                directory=directory,
                language=language,
                heading=block.heading,
                environment=environment if keeps else environment.copy(),
                is_typed=True,
            )


def _commands_text(block: Block, environment: Environment, own: frozenset[str]) -> str:
    """Return the lines of a block that are commands, others blanked so that numbers stay right.

    `own` are the commands that an installation of the repository brings.
    """
    if block.kind != "code":
        text = _TOLD.sub(r"\g<command>", without_prompt(block.text))
        return text if _PROSE_COMMAND.match(_with_program(text, environment)) else ""
    language = block.language or ""
    if language in _NO_SHELL:
        return ""
    is_shell = language in _SHELL
    strict = not is_shell or (language in {"", "text"} and not _looks_like_shell(block.text, environment, own))
    return _only_commands(block.text, environment, own, is_strict=strict, keeps_values=is_shell)


_PROGRAM_IN_VARIABLE = re.compile(r"^(?:\$\s+)?\$\{?(?P<name>[A-Za-z_]\w*)\}?(?=\s)")


def _with_program(line: str, environment: Environment) -> str:
    """Put the program in that a page has set a variable to: `$PYTHON fit.py`."""
    named = _PROGRAM_IN_VARIABLE.match(line)
    value = environment.values.get(named["name"]) if named is not None else None
    return line if named is None or value is None else value + line[named.end() :]


def _looks_like_shell(text: str, environment: Environment, own: frozenset[str]) -> bool:
    first = next((line for line in text.split("\n") if line.strip() and not line.strip().startswith("#")), "")
    return _is_command(_with_program(first.strip(), environment), own)


_SETS = re.compile(
    r"^\s*(?:\$\s+)?(?:export\s+)?[A-Za-z_]\w*\+?=(?:[^\s=;()]*|\"[^\"]*\"|'[^']*'|\([^()]*\))\s*(?:#.*)?\\?$"
)


def _is_command(line: str, own: frozenset[str]) -> bool:
    bare = without_prompt(line)
    word = re.split(r"[\s=]", bare, maxsplit=1)[0] if bare else ""
    program = posixpath.basename(word) if "/" in word else word
    known = (
        program in _PROGRAMS
        or word in own
        or bare.startswith(("./", "bazel-bin/"))
        or RUN_OF_IPYTHON.match(bare) is not None
        or bool(re.match(r"^python\d(\.\d+)?$|.*\.sh$", program))
    )
    assignment = bool(re.match(r"^[A-Z_][A-Z0-9_]*=\S+\s+\S", bare))
    prosaic = re.match(r"^\S+\s*(?:=\s|==|>=|[:(])", bare) and not re.match(r"^\S+=\S+\s", bare)
    return (known or assignment or (line.lstrip().startswith("$ ") and bool(bare))) and not prosaic


def _only_commands(
    text: str, environment: Environment, own: frozenset[str], *, is_strict: bool, keeps_values: bool
) -> str:
    """Blank the lines that are output, trees of files or Python; keep continuations of what is kept.

    A line that sets a variable is kept too where a shell reads it (`keeps_values`): later lines use it.
    """
    kept: list[str] = []
    keep = False
    for line in text.split("\n"):
        continued = bool(kept) and goes_on(kept[-1])
        if not continued and is_strict:
            keep = _is_command(_with_program(line.strip(), environment), own)
            keep = keep or (keeps_values and _SETS.match(line) is not None)
        elif not continued:
            keep = bool(line.strip()) and not _OUTPUT.match(line)
        kept.append(line if keep else "")
    return "\n".join(kept) if any(kept) else ""
