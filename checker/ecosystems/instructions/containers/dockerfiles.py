r"""Reads a Dockerfile: what it runs, sets and starts, with the paths of the image turned into those of the tree.

`WORKDIR /app`, `COPY src /app`, `CMD ["python", "fit.py"]` → `python fit.py` in the folder `src` of the tree.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from checker.core.container import SOURCE
from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.containers.builds import find_build
from checker.ecosystems.instructions.shell.reader import SHELLS, read_commands_of
from checker.ecosystems.instructions.shell.text import is_continued
from checker.ecosystems.instructions.shell.working_directory import Directory

#: A line that gives a variable its value.
ASSIGNMENT = re.compile(r"^(?:ARG|ENV)\s+(?P<name>\w+)(?:=|\s+)(?P<value>\"[^\"]*\"|\S+)", re.IGNORECASE)

#: Instructions of one file that are read, and characters of a line, of one with a here-document.
MAX_INSTRUCTIONS = 1_000
MAX_LINE = 4_000
MAX_DOCUMENT = 20_000

#: Requirements of a list that a Dockerfile writes.
MAX_LISTED = 100

#: Files and folders that one stage copies, as far as they are known.
MAX_COPIES = 500

_INSTRUCTION = re.compile(r"^(?P<word>[A-Za-z]+)\s+(?P<rest>.*)$", re.DOTALL)
_FLAGS = re.compile(r"^(?:--\S+\s+)+")

#: How a script ends that starts what it is given.
_HANDS_OVER = re.compile(r"^[ \t]*(?:exec[ \t]+[^\n]{0,100})?\"?\$@\"?[ \t]*$", re.MULTILINE)


def is_dockerfile(path: str) -> bool:
    """Say whether a path is that of a Dockerfile."""
    name = posixpath.basename(path).lower()
    return name.startswith(("dockerfile", "containerfile")) or name.endswith((".dockerfile", ".containerfile"))


def find_dockerfile(tree: Tree) -> str | None:
    """Return the Dockerfile that stands for the repository: the one that pages build, else the shallowest.

    Of several as shallow it is one of the plain name.
    """
    built = find_build(tree).dockerfile
    if built:
        return built
    found = [path for path in tree.files if is_dockerfile(path) and path.count("/") <= 2]
    plain = {"dockerfile", "containerfile"}
    found.sort(key=lambda path: (path.count("/"), posixpath.basename(path).lower() not in plain))
    return found[0] if found else None


#: What the `ARG` lines of a Dockerfile are given: pairs of a name and a value.
Arguments = tuple[tuple[str, str], ...]

_ARGUMENT = re.compile(r"^ARG\s+(?P<name>\w+)", re.IGNORECASE)


def read_instructions(text: str, given: Arguments = ()) -> Iterator[tuple[int, str]]:
    """Yield the logical lines of a Dockerfile, comments left out, `ARG` (as `given`) and `ENV` filled in."""
    known: dict[str, str] = {}
    said = dict(given)
    for number, line in _join_lines(text):
        filled = _fill_in(line.strip(), known)
        if (argument := _ARGUMENT.match(filled)) is not None and argument["name"] in said:
            filled = f"{argument[0]}={shlex.quote(said[argument['name']])}"
        if assign := ASSIGNMENT.match(filled):
            known.update(_split_pairs(filled[assign.start("name") :]))
        yield number, filled


_DOCUMENT = re.compile(r"^(?:RUN|COPY|ADD)\b[^\n]*?<<-?[\"']?(?P<end>\w+)[\"']?", re.IGNORECASE)


def _join_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their number, joined where a backslash continues them or a here-document stands open."""
    lines = text.split("\n")
    unclosed: set[str] = set()
    at = 0
    while at < len(lines):
        if lines[at].lstrip().startswith("#") or not lines[at].strip():
            at += 1
            continue
        pieces: list[str] = []
        end = at
        while end < len(lines):
            line = lines[end]
            skipped = bool(pieces) and (line.lstrip().startswith("#") or not line.strip())
            if not skipped:
                pieces.append(re.sub(r"\\(?:\s+#.*|\s*)$", "", line).strip())
            if not (skipped or is_continued(line)) or end + 1 == len(lines):
                break
            end += 1
        line = " ".join(pieces)
        document = _DOCUMENT.match(line)
        if document is not None and document["end"] not in unclosed:
            last = next((n for n in range(end + 1, len(lines)) if lines[n].strip() == document["end"]), end)
            unclosed |= {document["end"]} if last == end else set()
            line, end = "\n".join((line, *lines[end + 1 : last + 1])), last
        yield at + 1, line
        at = end + 1


def _fill_in(line: str, known: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return known.get(match[1] or match[3], match[2] or match[0])[:200]

    most = MAX_DOCUMENT if "\n" in line else MAX_LINE
    return re.sub(r"\$\{(\w+)(?::-([^}]{0,500}+))?\}|\$(\w+)", value, line)[:most]


@dataclass(frozen=True)
class Start:
    """What an image starts: `ENTRYPOINT` and `CMD`, each as words or as text for a shell, and where it stands."""

    entrypoint: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    line: int = 1


@dataclass
class _Stage:
    """The state of one stage; `copies` are (path in the image, path in the tree), the latest last."""

    workdir: str = "/"
    env: dict[str, tuple[str, int]] = field(default_factory=dict)
    copies: list[tuple[str, str]] = field(default_factory=list)
    start: Start = field(default_factory=Start)


class Image:
    """What a Dockerfile makes: the commands of its RUN lines, what it sets, and what it starts."""

    def __init__(self, tree: Tree, path: str, manifests: Sequence[str] = (), given: Arguments = ()) -> None:
        self.tree, self.path, self._manifests = tree, path, manifests
        self.commands: list[Command] = []
        #: What here-documents have written: path in the image → text.
        self._written: dict[str, str] = {}
        self._stages: dict[str, _Stage] = {}
        self._stage = _Stage()
        self._context = self._find_context()
        for count, (number, line) in enumerate(read_instructions(tree.read(path), given)):
            found = _INSTRUCTION.match(line)
            if found is None or count >= MAX_INSTRUCTIONS:
                continue
            handler = _HANDLERS.get(found["word"].upper())
            if handler is not None:
                handler(self, found["rest"].strip(), number)

    def _find_context(self) -> str:
        """Return the folder that is sent to the build: the Dockerfile's own where it holds more that is copied."""
        folder = posixpath.dirname(self.path) or "."
        named = [
            word
            for _, line in read_instructions(self.tree.read(self.path))
            if re.match(r"(?:COPY|ADD)\s(?!.*--from)", line, re.IGNORECASE)
            for word in _FLAGS.sub("", line.split(None, 1)[1]).split()[:-1]
        ]
        there = [self._is_there(join(place, word)) for place in (".", folder) for word in named]
        return folder if sum(there[: len(named)]) < sum(there[len(named) :]) else "."

    def _is_there(self, path: str) -> bool:
        return path in self.tree or path in self.tree.folders

    # ------------------------------------------------------------ instructions

    def _read_from(self, rest: str, number: int) -> None:
        words = _FLAGS.sub("", rest).split()
        before = self._stages.get(words[0].lower()) if words else None
        self._stage = (
            _Stage() if before is None else replace(before, env=dict(before.env), copies=list(before.copies))
        )
        if len(words) > 2 and words[1].lower() == "as":
            self._stages[words[2].lower()] = self._stage

    def _read_workdir(self, rest: str, number: int) -> None:
        self._stage.workdir = posixpath.normpath(posixpath.join(self._stage.workdir, rest.strip("\"'")))

    def _read_env(self, rest: str, number: int) -> None:
        for name, value in _split_pairs(rest):
            self._stage.env[name] = (value, number)

    def _read_copy(self, rest: str, number: int) -> None:
        origin = re.search(r"--from=(\S+)", rest)
        rest = _FLAGS.sub("", rest)
        words = _read_array(rest) or tuple(rest.split("\n", 1)[0].split())
        if len(words) == 2 and words[0].startswith("<<"):
            body = rest.partition("\n")[2].rpartition("\n")[0]
            self._written[posixpath.normpath(posixpath.join(self._stage.workdir, words[1]))] = body
        if len(words) < 2 or words[0].startswith("<<"):
            return
        *sources, last = words
        target = posixpath.normpath(posixpath.join(self._stage.workdir, last))
        for source in sources:
            path = self._find_source(source, origin[1] if origin else None)
            if path is None:
                continue
            inside = path in self.tree and (last.endswith(("/", "/.")) or last in {".", "./"} or len(sources) > 1)
            place = posixpath.join(target, posixpath.basename(path)) if inside else target
            if len(self._stage.copies) < MAX_COPIES:
                self._stage.copies.append((place, path))

    def _find_source(self, source: str, stage: str | None) -> str | None:
        if stage is not None:
            before = self._stages.get(stage.lower())
            return None if before is None else _find_place(before.copies, source)
        path = join(self._context, source.removeprefix("/") or ".")
        return path if self._is_there(path) else None

    def _read_run(self, rest: str, number: int) -> None:
        text = _FLAGS.sub("", rest)
        words = _read_array(text)
        if words:
            text = shlex.join(words)
        elif text.startswith("<<"):
            opening, _, body = text.partition("\n")
            program = opening.split()[1:2]
            if program and posixpath.basename(program[0]) not in SHELLS:
                return
            text = body.rpartition("\n")[0]  # the document itself is what runs
        directory = Directory(self.tree, self.find_folder(), self._manifests, own_clone=False)
        found = read_commands_of(
            self.tree, text, self.path, start=number, directory=directory, language="dockerfile"
        )
        self.commands += map(self._put_lists_in, found)

    def _put_lists_in(self, command: Command) -> Command:
        """Return a command of pip with the requirements of a list that a here-document has written."""
        words: list[str] = []
        for before, word in zip(("", *command.argv), command.argv, strict=False):
            path = posixpath.normpath(posixpath.join(self._stage.workdir, word))
            if before in {"-r", "--requirement"} and path in self._written:
                rows = (row.partition("#")[0].strip() for row in self._written[path].split("\n"))
                words[-1:] = [row for row in rows if row and not row.startswith("-")][:MAX_LISTED]
            else:
                words.append(word)
        return command.model_copy(update={"argv": tuple(words)}) if words != [*command.argv] else command

    def _read_entrypoint(self, rest: str, number: int) -> None:
        self._stage.start = Start(_read_words(rest), (), number)

    def _read_cmd(self, rest: str, number: int) -> None:
        self._stage.start = replace(self._stage.start, arguments=_read_words(rest), line=number)

    # ------------------------------------------------------------ what it makes

    def _list_copies(self) -> Sequence[tuple[str, str]]:
        """Return what was copied; where nothing was, the tree is mounted at the working folder."""
        return self._stage.copies or [(self._stage.workdir, ".")]

    def find_folder(self, folder: str | None = None) -> str:
        """Return the folder of the tree that a folder of the image, the working folder by default, holds."""
        wanted = posixpath.normpath(posixpath.join(self._stage.workdir, folder or "."))
        place = _find_place(self._list_copies(), wanted)
        return place if place is not None and place in self.tree.folders else "."

    def find_path(self, word: str) -> str | None:
        """Return the path in the tree of what the image has under a path; None where that is not of the tree."""
        if not word or word.startswith("-"):
            return None
        place = _find_place(self._list_copies(), posixpath.normpath(posixpath.join(self._stage.workdir, word)))
        return place if place is not None and self._is_there(place) else None

    def list_exports(self) -> Iterator[Command]:
        """Yield what the last stage sets for everything that runs, as commands."""
        for name, (value, number) in self._stage.env.items():
            parts = [self._write_value(part) for part in value.split(":")]
            word = f"{name}={':'.join(parts)}"
            yield Command(
                argv=("export", word),
                raw=f"ENV {name}={value}"[:300],
                file=self.path,
                line=number,
                language="dockerfile",
            )

    def _write_value(self, part: str) -> str:
        place = self.find_path(part) if part.startswith("/") else None
        return part if place is None else SOURCE if place == "." else f"{SOURCE}/{place}"

    def list_starts(self, given: Sequence[str] = (), folder: str | None = None) -> Iterator[Command]:
        """Yield what starting the image runs; `given` replaces its CMD, `folder` its working folder."""
        start = self._stage.start
        arguments = tuple(given) or start.arguments
        entrypoint = () if self._hands_over(start.entrypoint) else start.entrypoint
        words = (*entrypoint, *arguments)
        if not words:
            return
        cwd = self.find_folder(folder)
        text = words[0] if len(words) == 1 and " " in words[0] else shlex.join(words)
        directory = Directory(self.tree, cwd, self._manifests, own_clone=False)
        for command in read_commands_of(
            self.tree, text, self.path, start=start.line, directory=directory, language="dockerfile"
        ):
            yield command.model_copy(update={"argv": tuple(self._write_words(command.argv, command.cwd))})

    def _write_words(self, words: Iterable[str], cwd: str) -> Iterator[str]:
        """Yield words with the paths of the image as those of the tree, seen from a folder of it."""
        for word in words:
            place = self.find_path(word)
            moved = place is not None and (word.startswith("/") or place != join(cwd, word))
            yield posixpath.relpath(place, cwd) if moved and place is not None else word

    def _hands_over(self, entrypoint: Sequence[str]) -> bool:
        """Whether an entry point is a script that starts what it is given: `exec "$@"`."""
        script = next((word for word in entrypoint if word.endswith((".sh", "entrypoint"))), "")
        place = self.find_path(script)
        return place is not None and _HANDS_OVER.search(self.tree.read(place)) is not None


_HANDLERS = {
    "FROM": Image._read_from,
    "WORKDIR": Image._read_workdir,
    "ENV": Image._read_env,
    "COPY": Image._read_copy,
    "ADD": Image._read_copy,
    "RUN": Image._read_run,
    "ENTRYPOINT": Image._read_entrypoint,
    "CMD": Image._read_cmd,
}


def read_image(tree: Tree, path: str, manifests: Sequence[str], given: Arguments = ()) -> Image:
    """Read a Dockerfile, once for each tree and what its arguments are given: by `given`, else by the pages."""
    build = find_build(tree)
    given = build.arguments if build.dockerfile == path and build.arguments else given
    return tree.keep(("image", path, tuple(manifests), given), lambda: Image(tree, path, manifests, given))


def _find_place(copies: Sequence[tuple[str, str]], path: str) -> str | None:
    """Return the path in the tree for one of the image: by what was copied to it, or to a folder above it."""
    best = max(
        (pair for pair in copies if path == pair[0] or path.startswith(f"{pair[0].rstrip('/')}/")),
        key=lambda pair: len(pair[0]),
        default=None,
    )
    return None if best is None else join(best[1], posixpath.relpath(path, best[0]))


def _read_array(text: str) -> tuple[str, ...]:
    """Return the words of `["a", "b"]`; none where a text is no such list."""
    if not text.startswith("["):
        return ()
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        return tuple(re.findall(r"\"([^\"]*)\"", text))
    return tuple(words) if isinstance(words, list) and all(isinstance(word, str) for word in words) else ()


def _read_words(text: str) -> tuple[str, ...]:
    """Return the words of an array, or the text for a shell as one."""
    return _read_array(text) or ((text,) if text and not text.startswith("[") else ())


def _split_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the variables of an ENV line: `A=1 B="2 3"`, or `A the rest`."""
    if not re.match(r"\w+\s*=", text):
        name, _, value = text.partition(" ")
        yield name, value.strip().strip("\"'")
        return
    try:
        words = shlex.split(text)
    except ValueError:
        words = text.split()
    for word in words:
        name, mark, value = word.partition("=")
        if mark:
            yield name, value
