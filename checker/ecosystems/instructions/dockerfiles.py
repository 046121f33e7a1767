"""What a Dockerfile states: its base image's interpreter and frameworks, and the commands of its RUN lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from checker.core.plans import Evidence
from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell import read_commands_of
from checker.ecosystems.instructions.shell_text import goes_on
from checker.ecosystems.instructions.working_directory import Directory
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.stated import PythonStatement, Requirement, Strength
from checker.ecosystems.python.version_statement import statement

_FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(?P<image>\S+)", re.IGNORECASE)
_ASSIGN = re.compile(r"^(?:ARG|ENV)\s+(?P<name>\w+)(?:=|\s+)(?P<value>\"[^\"]*\"|\S+)", re.IGNORECASE)
_RUN = re.compile(r"^RUN\s+(?P<text>.*)$", re.IGNORECASE | re.DOTALL)
_IMAGES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:^|/)pytorch/pytorch:(?P<version>\d+\.\d+(?:\.\d+)?)"), "torch"),
    (re.compile(r"(?:^|/)tensorflow/tensorflow:(?P<version>\d+\.\d+(?:\.\d+)?)"), "tensorflow"),
    (re.compile(r"(?:^|/)paddlepaddle/paddle:(?P<version>\d+\.\d+(?:\.\d+)?)"), "paddlepaddle"),
)
_PYTHON_IMAGE = re.compile(r"(?:^|/)(?:python|cimg/python|circleci/python)[:](?P<version>[23]\.\d{1,2})")
_PYTHON_IN_TAG = re.compile(r"(?:py|python)-?(?P<major>[23])\.?(?P<minor>\d{1,2})(?!\d)")
_UBUNTU = re.compile(r"ubuntu:?(?P<version>\d\d\.\d\d)|debian:?(?P<debian>\w+)")
_SYSTEM_PYTHON = {
    "16.04": "3.5",
    "18.04": "3.6",
    "20.04": "3.8",
    "22.04": "3.10",
    "24.04": "3.12",
    "buster": "3.7",
    "bullseye": "3.9",
    "bookworm": "3.11",
}
"""Release of Ubuntu or Debian → the Python 3 that it carries."""


def is_dockerfile(path: str) -> bool:
    """Say whether a path is that of a Dockerfile."""
    name = posixpath.basename(path).lower()
    return name.startswith(("dockerfile", "containerfile")) or name.endswith(".dockerfile")


def instructions(text: str) -> Iterator[tuple[int, str]]:
    """Yield the logical lines of a Dockerfile, comments left out, `ARG` and `ENV` filled in."""
    known: dict[str, str] = {}
    body = "\n".join("" if line.lstrip().startswith("#") else line for line in text.split("\n"))
    body = re.sub(r"\\[ \t]*\n(?:[ \t]*\n)+", "\\\\\n", body)
    for number, line in _logical_lines(body):
        if assign := _ASSIGN.match(line.strip()):
            known[assign["name"]] = assign["value"].strip('"')
        yield number, _filled(line.strip(), known)


_DOCUMENT = re.compile(r"^RUN\b.*<<-?[\"']?(?P<end>\w+)[\"']?", re.IGNORECASE)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their number, joined where a backslash continues them or a here-document stands open."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end = at
        while end + 1 < len(lines) and goes_on(lines[end]):
            end += 1
        pieces = [*(re.sub(r"\\(?:\s+#.*|\s*)$", "", line).strip() for line in lines[at:end]), lines[end].strip()]
        line = " ".join(pieces)
        if (document := _DOCUMENT.match(line)) is not None:
            last = next((n for n in range(end + 1, len(lines)) if lines[n].strip() == document["end"]), end)
            line, end = "\n".join((line, *lines[end + 1 : last + 1])), last
        yield at + 1, line
        at = end + 1


def _filled(line: str, known: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return known.get(match[1] or match[3], match[2] or match[0])[:200]

    return re.sub(r"\$\{(\w+)(?::-([^}]*))?\}|\$(\w+)", value, line)[:4000]


def base_images(tree: Tree, path: str) -> Iterator[PythonStatement | Requirement]:
    """Yield what the base images and `PYTHON_VERSION` arguments of a Dockerfile state."""
    for number, line in instructions(tree.read(path)):
        evidence = Evidence(claim="base image", source=path, line=number, text=line[:300])
        if image := _FROM.match(line):
            yield from _image(image["image"], evidence)
        elif (assign := _ASSIGN.match(line)) and re.search(r"py(?:thon)?_?ver", assign["name"], re.IGNORECASE):
            said = statement(assign["value"].strip('"'), Strength.PINNED, evidence)
            yield from [said] if said else []


def _image(image: str, evidence: Evidence) -> Iterator[PythonStatement | Requirement]:
    if python := _PYTHON_IMAGE.search(image):
        said = statement(python["version"], Strength.PINNED, evidence)
        yield from [said] if said else []
        return
    for pattern, name in _IMAGES:
        if framework := pattern.search(image):
            number = framework["version"]
            wanted = f"{name}=={number}" if number.count(".") > 1 else f"{name}=={number}.*"
            if parse(wanted):
                yield Requirement(
                    text=wanted, name=name, written=image, evidence=evidence, notes=("comes with the base image",)
                )
    if tagged := _PYTHON_IN_TAG.search(image):
        said = statement(f"{tagged['major']}.{tagged['minor']}", Strength.INHERITED, evidence)
        yield from [said] if said else []
    elif system := _UBUNTU.search(image):
        version = _SYSTEM_PYTHON.get(system["version"] or system["debian"] or "")
        said = statement(version, Strength.WEAK, evidence) if version else None
        yield from [said] if said else []


def run_commands(tree: Tree, path: str) -> Iterator[Command]:
    """Yield the commands of the RUN lines; the build context is taken for the root of the tree."""
    directory = Directory(tree, ".", own_clone=False)
    for number, line in instructions(tree.read(path)):
        if run := _RUN.match(line):
            text = re.sub(r"^(?:--\S+\s+)+", "", run["text"])
            if text.startswith("["):
                text = " ".join(re.findall(r"\"([^\"]*)\"", text))
            elif text.startswith("<<"):  # the document itself is what runs
                text = text.partition("\n")[2].rpartition("\n")[0]
            directory.now, directory.lost = ".", False  # each line has a shell of its own
            yield from read_commands_of(tree, text, path, start=number, directory=directory, language="dockerfile")
