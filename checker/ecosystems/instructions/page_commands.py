"""Reads the commands that a page shows: which lines of its blocks are commands, and in which folder they run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from checker.core.tree import Tree, once_per_tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.pages import Block, split_blocks
from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.text import is_continued, remove_prompt
from checker.ecosystems.instructions.shell.working_directory import Directory

_SHELL = frozenset(
    {"", "sh", "bash", "shell", "console", "zsh", "cmd", "terminal", "shell-session", "powershell", "text"}
)
_OTHER_LANGUAGES = """
yaml yml json json5 jsonc toml ini cfg conf xml html css diff patch docker dockerfile makefile cmake c cpp c++ cuda
rust go java javascript js jsx typescript ts tsx r rscript matlab julia sql bibtex bib mermaid graphql
"""
#: Languages in which a line may begin as a command does and is none. Authors call what a shell reads by many names
#: (`commandline`, `cmd`, `angular2html`): in every other block the lines that are plainly commands are read.
_NO_SHELL = frozenset(_OTHER_LANGUAGES.split())

_PROGRAM_NAMES = """
apt apt-get sudo bash sh source cd git wget curl export setenv mkdir make cmake mpirun mpiexec docker
docker-compose unzip tar nohup time sbatch srun chmod ln cp mv yarn npm brew bazel bazelisk . ./
"""
#: Programs that the pages of any language use; an ecosystem adds its own.
_PROGRAMS = frozenset(_PROGRAM_NAMES.split())

#: Lines in a block of commands that are what a command prints.
_OUTPUT = re.compile(r"^\s*(?:(?!Rscript)[A-Z][a-z]+(?=[\s:,])|(?:[├│└|+\[\d]|\{(?!\s*$)))")

_PROSE_COMMAND = re.compile(
    r"^(?:\$\s*)?(?:cd\s+[\w./-]+\s*(?:$|;|&&)\s*)?(?:[A-Z_]+=\S+\s+)*(?:$|python3?(?:\.\d+)?\s+(?:-m\s+\S|-u\s+\S|\S+\.py\b)|pip3?\s+install\s|conda\s+"
    r"(?:create|install|env)\s|(?:bash|sh)\s+\S+\.sh\b|torchrun\s|accelerate\s+launch\s|sudo\s+apt|apt(?:-get)?\s+install\s"
    r"|export\s+[A-Za-z_]\w*=)"
)

#: A line of prose that is a command with a verb or a label before it (`Training: python fit.py --epochs 1`); where
#: more follows than options, it is a sentence.
_TOLD = re.compile(
    r"^(?:(?i:(?:then|just|simply|please|to)\s+)?(?i:run|execute|call|use|type)(?:\s*:)?|[^\s:`][^:`\n]{0,60}:)\s+"
    r"(?P<command>(?:python[\d.]*|bash|sh)\s+[\w./-]+\.(?:py|sh)(?:\s+--?\w[\w-]*(?:[ =][^\s-]\S*)?)*)\s*[.:]?$"
)


#: Folders of a path of Windows that are looked at.
MAX_DEPTH = 12


class Programs(Value):
    """What an ecosystem takes for a program, and for a project, when it reads the pages of a tree."""

    #: Programs of the language: `python`, `torchrun`.
    names: frozenset[str] = frozenset()
    #: What an installation of the tree's projects brings.
    installed: frozenset[str] = frozenset()
    #: Lines at another prompt than the shell's that start a program: `run fit.py` at IPython's.
    prompt_line: re.Pattern[str] | None = None
    #: Files that make a folder a project.
    manifests: tuple[str, ...] = ()

    def is_program(self, word: str) -> bool:
        """Say whether the first word of a line is a program: `python`, `/usr/bin/python`."""
        name = posixpath.basename(word) if "/" in word else word
        return name in _PROGRAMS or name in self.names or word in self.installed

    def is_prompt_line(self, line: str) -> bool:
        """Say whether a line starts a program at the language's own prompt."""
        return self.prompt_line is not None and self.prompt_line.match(line) is not None


def read_page_commands(tree: Tree, path: str, programs: Programs) -> Iterator[Command]:
    """Yield the commands that one page shows, in order.

    `cwd` follows `cd` within a page: from the page's folder or where the block before it went, whichever holds
    the files that a command names.
    """
    folder = posixpath.dirname(path) or "."
    directory = Directory(tree, folder, programs.manifests)
    environment = Environment()
    said = ""
    for block in split_blocks(tree, path):
        said = block.text if block.kind == "prose" else said
        text = _keep_commands(turn_from_windows(tree, block, folder), environment, programs, said)
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


#: Inline code that starts something by itself, and what a sentence says before it that has its reader do so.
_STARTS = re.compile(
    r"^(?:make|just|tox|nox|pytest|snakemake|docker run|docker[ -]compose (?:run|up)"
    r"|(?:hatch|pdm|pipenv|pixi|poetry|rye|uv) run)(?:\s|$)"
)
_HAS_READER = re.compile(
    r"(?i)(?<!not )(?<!of )(?<!without )\b(?:re-?run|run(?:ning)?|execut(?:e|ing)|call(?:ing)?|invok(?:e|ing)"
    r"|typ(?:e|ing)|us(?:e|ing)|via)\b[^.;`]{0,40}`{1,2}$"
)


def _is_told(code: str, sentence: str) -> bool:
    """Whether a sentence has its reader type the inline code in it: "Run `tox` to reproduce"."""
    ahead = sentence.partition(f"`{code}`")[0] + "`"
    return _STARTS.match(code) is not None and _HAS_READER.search(ahead[-120:]) is not None


#: A path as Windows writes it: `src\\fit.py`, `.\\venv\\Scripts\\python.exe`.
_WINDOWS_PATH = re.compile(
    r"(?<![\w\\/:.-])(?:\.\\)?+(?P<path>(?:[\w.-]{1,80}\\){1,10}+[\w.-]{1,80})(?![\w\\])|(?<![\w\\/:.-])\.\\(?P<name>[\w.-]{1,80})(?![\w\\])"
)
_OF_SCRIPTS = re.compile(r"(?i)[\w./-]{1,300}/Scripts/(?P<program>(?:python|pip)[\w.]{0,8}?)(?:\.exe)?")

#: How PowerShell sets a variable: `$env:MODE = "fast"`.
_SETS_IN_POWERSHELL = re.compile(r"\$env:(?P<name>\w{1,100})[ \t]{0,8}=[ \t]{0,8}(?=[^\s=])", re.IGNORECASE)

#: How lines go on in the languages of Windows' shells.
_GOES_ON = {
    **dict.fromkeys(("powershell", "ps1", "pwsh", "ps"), re.compile(r"[ \t]`[ \t]{0,20}$", re.MULTILINE)),
    **dict.fromkeys(("bat", "batch", "cmd", "dos"), re.compile(r"[ \t]\^[ \t]{0,20}$", re.MULTILINE)),
}


def turn_from_windows(tree: Tree, block: Block, folder: str) -> Block:
    """Write a block as a shell of Unix would: paths that are in the tree, and how lines go on."""
    text = _SETS_IN_POWERSHELL.sub(r"export \g<name>=", block.text)
    goes_on = _GOES_ON.get(block.language or "") if block.kind == "code" else None
    if goes_on is not None:
        text = goes_on.sub(lambda _: " \\", text)
    if "\\" in text:
        text = _WINDOWS_PATH.sub(lambda found: _turn_path(tree, found, folder), text)
    return block if text == block.text else replace(block, text=text)


def _turn_path(tree: Tree, found: re.Match[str], folder: str) -> str:
    path = (found["path"] or found["name"]).replace("\\", "/")
    if (program := _OF_SCRIPTS.fullmatch(path)) is not None:
        return program["program"]
    inside = posixpath.normpath(posixpath.join(folder, path))
    return path if inside in tree.folders or not _list_ends(tree).isdisjoint({path, inside}) else found[0]


@once_per_tree
def _list_ends(tree: Tree) -> frozenset[str]:
    """Return how the paths of files may end, whole or from any folder on: `a/b/c.py`, `b/c.py`, `c.py`."""
    parts = (path.split("/")[-MAX_DEPTH:] for path in tree.files)
    ends = frozenset("/".join(part[at:]) for part in parts for at in range(len(part)))
    return ends | frozenset(tree.folders)


def _keep_commands(block: Block, environment: Environment, programs: Programs, said: str) -> str:
    """Return the lines of a block that are commands, others blanked so that numbers stay right.

    `said` is the line of prose that inline code stands in.
    """
    if block.kind != "code":
        text = _TOLD.sub(r"\g<command>", remove_prompt(block.text))
        is_told = block.kind == "inline" and _is_told(block.text, said)
        return text if is_told or _PROSE_COMMAND.match(_insert_program(text, environment)) else ""
    language = block.language or ""
    if language in _NO_SHELL:
        return ""
    is_shell = language in _SHELL
    strict = not is_shell or (
        language in {"", "text"} and not _looks_like_shell(block.text, environment, programs)
    )
    text = _blank_output(block.text) if language in _WITH_OUTPUT else block.text
    return _blank_others(text, environment, programs, is_strict=strict, keeps_values=is_shell)


_PROGRAM_IN_VARIABLE = re.compile(r"^(?:\$\s+)?\$\{?(?P<name>[A-Za-z_]\w*)\}?(?=\s)")


def _insert_program(line: str, environment: Environment) -> str:
    """Put the program in that a page has set a variable to: `$PYTHON fit.py`."""
    named = _PROGRAM_IN_VARIABLE.match(line)
    value = environment.values.get(named["name"]) if named is not None else None
    return line if named is None or value is None else value + line[named.end() :]


def _looks_like_shell(text: str, environment: Environment, programs: Programs) -> bool:
    first = next((line for line in text.split("\n") if line.strip() and not line.strip().startswith("#")), "")
    return _is_command(_insert_program(first.strip(), environment), programs)


_SETS = re.compile(
    r"^\s*(?:\$\s+)?(?:export\s+)?[A-Za-z_]\w*\+?=(?:[^\s=;()]*|\"[^\"]*\"|'[^']*'|\([^()]*\))\s*(?:#.*)?\\?$"
)


#: How Windows and fish set a variable, and a shell its options: `set A=b`, `set -gx A b`, `set -e`.
_SETS_ELSEWHERE = re.compile(r"^set\s+(?:[A-Z_][A-Z0-9_]*=\S|-[a-zA-Z])")


#: How a loop of a shell begins: `for s in 1 2 3; do`.
_LOOP = re.compile(r"^(?:for|while|until)\s[^;]{1,300};\s{0,10}do(?:\s|$)")


def _is_command(line: str, programs: Programs) -> bool:
    bare = remove_prompt(line)
    word = re.split(r"[\s=]", bare, maxsplit=1)[0] if bare else ""
    program = posixpath.basename(word) if "/" in word else word
    known = (
        programs.is_program(word)
        or bare.startswith(("./", "bazel-bin/"))
        or programs.is_prompt_line(bare)
        or _SETS_ELSEWHERE.match(bare) is not None
        or _LOOP.match(bare) is not None
        or bool(re.match(r"^python\d(\.\d+)?$|.*\.sh$", program))
    )
    assignment = bool(re.match(r"^[A-Z_][A-Z0-9_]*=\S+\s+\S", bare))
    prosaic = re.match(r"^\S+\s*(?:=\s|==|>=|[:(])", bare) and not re.match(r"^[^\s=]+=\S+\s", bare)
    return (known or assignment or (line.lstrip().startswith("$ ") and bool(bare))) and not prosaic


#: Languages of blocks in which a prompt stands before every command, and what it prints below.
_WITH_OUTPUT = frozenset({"console", "shell-session", "terminal"})

#: How a command ends that goes on below without another prompt: a here-document, a loop, an open brace.
_STAYS_OPEN = re.compile(r"<<|\b(?:do|then)\s{0,20}$|[{(]\s{0,20}$")


def _blank_output(text: str) -> str:
    """Blank the lines without a prompt where others have one, unless they go on with a command."""
    lines = text.split("\n")
    if not any(remove_prompt(line) != line.strip() for line in lines):
        return text
    kept: list[str] = []
    is_open = goes_on = False
    for line in lines:
        if remove_prompt(line) != line.strip():
            is_open = _STAYS_OPEN.search(line) is not None
        elif not (is_open or goes_on):
            kept.append("")
            continue
        goes_on = is_continued(line)
        kept.append(line)
    return "\n".join(kept)


def _blank_others(
    text: str, environment: Environment, programs: Programs, *, is_strict: bool, keeps_values: bool
) -> str:
    """Blank the lines that are output, trees of files or Python; keep continuations of what is kept.

    A line that sets a variable is kept too where a shell reads it (`keeps_values`): later lines use it.
    """
    kept: list[str] = []
    keep = False
    for line in text.split("\n"):
        continued = bool(kept) and is_continued(kept[-1])
        if not continued and is_strict:
            keep = _is_command(_insert_program(line.strip(), environment), programs)
            keep = keep or (keeps_values and _SETS.match(line) is not None)
        elif not continued:
            keep = bool(line.strip()) and not _OUTPUT.match(line)
        kept.append(line if keep else "")
    return "\n".join(kept) if any(kept) else ""
