"""Reads a Dockerfile: its lines with `ARG` and `ENV` put in, and the commands of its RUN lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.text import is_continued
from checker.ecosystems.instructions.shell.working_directory import Directory

#: A line that gives a variable its value.
ASSIGNMENT = re.compile(r"^(?:ARG|ENV)\s+(?P<name>\w+)(?:=|\s+)(?P<value>\"[^\"]*\"|\S+)", re.IGNORECASE)
_RUN = re.compile(r"^RUN\s+(?P<text>.*)$", re.IGNORECASE | re.DOTALL)


def is_dockerfile(path: str) -> bool:
    """Say whether a path is that of a Dockerfile."""
    name = posixpath.basename(path).lower()
    return name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile")


def read_instructions(text: str) -> Iterator[tuple[int, str]]:
    """Yield the logical lines of a Dockerfile, comments left out, `ARG` and `ENV` filled in."""
    known: dict[str, str] = {}
    body = "\n".join("" if line.lstrip().startswith("#") else line for line in text.split("\n"))
    body = re.sub(r"\\[ \t]*\n(?:[ \t]*\n)+", "\\\\\n", body)
    for number, line in _join_lines(body):
        if assign := ASSIGNMENT.match(line.strip()):
            known[assign["name"]] = assign["value"].strip('"')
        yield number, _fill_in(line.strip(), known)


_DOCUMENT = re.compile(r"^RUN\b.*<<-?[\"']?(?P<end>\w+)[\"']?", re.IGNORECASE)


def _join_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their number, joined where a backslash continues them or a here-document stands open."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end = at
        while end + 1 < len(lines) and is_continued(lines[end]):
            end += 1
        pieces = [*(re.sub(r"\\(?:\s+#.*|\s*)$", "", line).strip() for line in lines[at:end]), lines[end].strip()]
        line = " ".join(pieces)
        if (document := _DOCUMENT.match(line)) is not None:
            last = next((n for n in range(end + 1, len(lines)) if lines[n].strip() == document["end"]), end)
            line, end = "\n".join((line, *lines[end + 1 : last + 1])), last
        yield at + 1, line
        at = end + 1


def _fill_in(line: str, known: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return known.get(match[1] or match[3], match[2] or match[0])[:200]

    return re.sub(r"\$\{(\w+)(?::-([^}]{0,500}))?\}|\$(\w+)", value, line)[:4000]


def run_commands(tree: Tree, path: str, *, manifests: Sequence[str]) -> Iterator[Command]:
    """Yield the commands of the RUN lines; the build context is taken for the root of the tree."""
    directory = Directory(tree, ".", manifests, own_clone=False)
    for number, line in read_instructions(tree.read(path)):
        if run := _RUN.match(line):
            text = re.sub(r"^(?:--\S+\s+)+", "", run["text"])
            if text.startswith("["):
                text = " ".join(re.findall(r"\"([^\"]*)\"", text))
            elif text.startswith("<<"):  # the document itself is what runs
                text = text.partition("\n")[2].rpartition("\n")[0]
            directory.now, directory.lost = ".", False  # each line has a shell of its own
            yield from read_commands_of(tree, text, path, start=number, directory=directory, language="dockerfile")
