"""Shell text taken apart into single commands, without a shell: continuations, separators, prompts, `cd`."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.repository_name import calls_itself
from checker.ecosystems.python.declared.projects import is_project

MAX_COMMANDS = 2_000
"""Commands read of one text."""

MAX_WORDS = 200
MAX_RAW = 2_000

_PROMPT = re.compile(
    r"^\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+:?[^$#\s]*\s?[$#%]|\$(?!\{)|%(?=\s)|>(?!>)|❯|➜|!(?=\w)|PS\s[^>]*>)\s*(?=\S)"
)
_ENVIRONMENT_PROMPT = re.compile(r"^\s*\((?:base|[\w.-]*env[\w.-]*)\)\s+(?=\S)")
_COMMENT = re.compile(r"(?:^|\s)(?:#|%\s+[A-Za-z]+\s+[A-Za-z]+\b).*$")
"""A comment as a shell or, behind a command on a page of people who write LaTeX, as that has it."""

_HERE = re.compile(r"\$\(\s*pwd\s*\)|`\s*pwd\s*`")
_NOW = re.compile(r"\$\(\s*date\b[^()]*\)|`\s*date\b[^`]*`")
"""The time of day in the name of an output: one word as good as another, and a shell's business."""

_ALTERNATIVES = re.compile(r"[<\[{](?=\w)[\w./ -]*\|[\w./ |-]*(?<=\w)[>\]}]")
"""A mark that lists what may stand there, `[train|test]`: no shell has a pipe there."""

_CONTINUED = re.compile(r"\\(?:\s+#.*|\s*)$")
"""The end of a line that goes on, a comment behind the backslash included: authors write it, no shell reads it."""

_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_PROGRAM = re.compile(r"^(?!\.{1,2}$)[A-Za-z_./~$][\w./+~${}<>-]*$")
_SEPARATORS = {"&&", "||", ";", "|", "&", "then", "do", "else"}
_KEYWORDS = {
    "if",
    "fi",
    "for",
    "done",
    "while",
    "case",
    "esac",
    "then",
    "else",
    "elif",
    "do",
    "{",
    "}",
    "function",
}
_WRAPPERS = {"sudo", "time", "nohup", "exec", "command", "then", "do", "else"}
_QUIET = {"-E", "-H", "-y", "-n"}

_DASHES = re.compile(r"(?<=\s)[\u2013\u2014](?=(?P<name>[A-Za-z][\w-]*))")
_QUOTES = str.maketrans({"\u201c": '"', "\u201d": '"', "\u2018": "'", "\u2019": "'"})
"""What word processors put in place of hyphens and of plain quotes."""


def _hyphens(match: re.Match[str]) -> str:
    return "--" if len(match["name"]) > 1 else "-"


def logical_lines(text: str, start: int = 1) -> Iterator[tuple[int, str]]:
    """Yield lines with their number, joined where a backslash continues them or where a quote stays open."""
    joined, first = "", start
    for number, line in enumerate(text.split("\n"), start):
        first = first if joined else number
        if goes_on(line) and not line.lstrip().startswith("#") and len(joined) < MAX_RAW:
            joined += _CONTINUED.sub("", line).strip() + " "
            continue
        yield first, (joined + (line.strip() if joined else line))[: MAX_RAW * 2]
        joined = ""
    if joined:
        yield first, joined


def goes_on(line: str) -> bool:
    """Whether a line is continued by the next."""
    return _CONTINUED.search(line) is not None


def words(line: str) -> list[str]:
    """Split a line as a shell would, operators apart; an open quote is closed at the end.

    What a word processor made of dashes and quotes is read as what was typed (`—color`, `“a b”`).
    """
    line = _ALTERNATIVES.sub(lambda mark: re.sub(r" *\| *", ",", mark[0]), line)
    line = _NOW.sub("now", line)
    line = _HERE.sub("$PWD", _DASHES.sub(_hyphens, _COMMENT.sub("", line).translate(_QUOTES)))
    for text in (line, line + '"', line + "'"):
        lexer = shlex.shlex(text, posix=True, punctuation_chars="();|&")
        lexer.whitespace_split = True
        lexer.commenters = ""
        try:
            return list(lexer)[: MAX_WORDS * 4]
        except ValueError:
            continue
    return line.split()[: MAX_WORDS * 4]


def split_commands(line: str) -> Iterator[tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
    """Yield (assignments, argv) for every simple command of a line."""
    current: list[str] = []
    for word in [*words(line), ";"]:
        if word in _SEPARATORS or (word and set(word) <= set("();|&")):
            if current:
                yield from _simple(current[:MAX_WORDS])
            current = []
        else:
            current.append(word)


def _simple(argv: list[str]) -> Iterator[tuple[tuple[tuple[str, str], ...], tuple[str, ...]]]:
    env: list[tuple[str, str]] = []
    rest = _marks_whole(argv)
    while rest and (_ASSIGNMENT.match(rest[0]) or rest[0] in _WRAPPERS or rest[0] == "env"):
        word = rest.pop(0)
        if _ASSIGNMENT.match(word):
            name, _, value = word.partition("=")
            env.append((name, value))
        while word in _WRAPPERS and rest and rest[0] in _QUIET:
            rest.pop(0)
    if rest and rest[0] not in _KEYWORDS:
        kept = _redirected(rest)
        if kept:
            yield tuple(env), tuple(kept)


_CLOSES = {"<": ">", "[": "]", "{": "}"}
_OPENS = re.compile(r"(?:[\w.+~@/-]+=)?\[?(?P<open>[<\[{])[A-Za-z]")
"""How a word begins that opens a mark, by itself or as the value of an option: `out={path to the file}`."""

MOST_WORDS = {"<": 6, "[": 6}
"""Words that a mark such as `<path to the file>` has, by what opens it."""

MOST_WORDS_OF_A_VALUE = 25
"""The same for a brace and for what is an option's value: no program is given one that is open."""


def _marks_whole(argv: list[str]) -> list[str]:
    """Join the words of a mark that stands for one value: `[gold file]`, `<path to the file>`."""
    joined: list[str] = []
    at = 0
    while at < len(argv):
        word, length = argv[at], 1
        mark = _OPENS.match(word)
        if mark is not None and _CLOSES[mark["open"]] not in word:
            last = _CLOSES[mark["open"]]
            most = MOST_WORDS_OF_A_VALUE if "=" in mark[0] else MOST_WORDS.get(mark["open"], MOST_WORDS_OF_A_VALUE)
            ends = (n for n, each in enumerate(argv[at : at + most], 1) if last in each[-2:])
            length = next(ends, 1)
        joined.append(" ".join(argv[at : at + length]))
        at += length
    return joined


def _redirected(argv: list[str]) -> list[str]:
    """Drop redirections: they say where output goes, not what runs."""
    kept: list[str] = []
    skip = False
    for word in argv:
        if skip:
            skip = False
        elif re.fullmatch(r"\d?>{1,2}|&>|<", word):
            skip = True
        elif not re.match(r"^(?:\d?>{1,2}|&>)\S", word):
            kept.append(word)
    return kept


def unprompted(line: str) -> str:
    """Return a line without the prompt in front of it."""
    return _PROMPT.sub("", _ENVIRONMENT_PROMPT.sub("", line, count=1), count=1).strip()


def names_of_clone(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names that what a command clones goes by, the repository's first; none if it clones nothing."""
    targets = [word for word in argv[2:] if not word.startswith("-")] if argv[:2] == ("git", "clone") else []
    if not targets:
        return ()
    url = next((word for word in targets if "/" in word), targets[0])
    after = targets[targets.index(url) + 1 :]
    name = posixpath.basename(url.rstrip("/")).removesuffix(".git")
    return (name, *(posixpath.basename(word.rstrip("/")) for word in after))


class Directory:
    """Follows `cd` through a text; folders that the tree does not hold leave it where it is.

    `clone` notes what was cloned: entering a clone that is not this repository's own leads out of the tree
    (`now` then names a folder that is not there). The first clone of a page is taken for its own, unless
    something was installed before, and so is one by the name that the repository calls itself; entering it leads
    to the root, also where a folder there has the same name, as packages mostly have.
    """

    def __init__(self, tree: Tree, start: str, *, own_clone: bool = True) -> None:
        self.tree, self.start, self.now = tree, start, start
        self.foreign: set[str] = set()
        self.own_clone = own_clone
        self.own: set[str] = set()
        self.lost = False

    def see(self, argv: tuple[str, ...]) -> None:
        """Take note of a command that may change the folder."""
        program = posixpath.basename(argv[0])
        if program in {"cd", "pushd"}:
            self._change(argv[1] if len(argv) > 1 else "")
        elif names := names_of_clone(argv):
            self._clone(names)
        elif "install" in argv[1:4]:
            self.own_clone = False

    def _clone(self, names: tuple[str, ...]) -> None:
        own = self.own_clone or calls_itself(self.tree, names[0])
        (self.own if own else self.foreign).update(names)
        self.own_clone = False

    def _change(self, target: str) -> None:
        target = target.rstrip("/")
        if self.lost:
            self.lost = not (target.startswith("..") or not target or target.startswith(("/", "~", "$")))
            self.now = self.now if self.lost else self.start
            return
        clone, _, inside = target.partition("/")
        if clone in self.own:
            self.own = set()
            if is_project(self.tree, ".") or not is_project(self.tree, clone):
                self.now, target = ".", inside
                if not target:
                    return
        for base in (self.now, self.start, "."):
            path = posixpath.normpath(posixpath.join(base, target or "."))
            if not path.startswith(("..", "/")) and path in self.tree.folders and target:
                self.now = path
                return
        if posixpath.basename(target) in self.foreign:
            self.now, self.lost = posixpath.basename(target), True


def read_commands_of(
    tree: Tree, text: str, file: str, *, start: int, directory: Directory, language: str = "", heading: str = ""
) -> Iterator[Command]:
    """Yield the commands of a shell text in order, each with the folder it would run in.

    A line that begins with an option continues the command above: the backslash was lost on the page.
    """
    last: Command | None = None
    count = 0
    for number, line in logical_lines(text, start):
        bare = unprompted(line)
        if not bare or bare.startswith("#"):
            continue
        for env, argv in split_commands(bare):
            count += 1
            if count > MAX_COMMANDS:
                break
            if argv[0].startswith("-") and last is not None:
                last = last.model_copy(
                    update={"argv": (*last.argv, *argv)[:MAX_WORDS], "raw": f"{last.raw} {bare}"[:MAX_RAW]}
                )
                continue
            if not _PROGRAM.match(argv[0]):
                continue
            if last is not None:
                yield last
            last = Command(
                argv=argv,
                raw=bare[:MAX_RAW],
                file=file,
                line=number,
                cwd=_place(tree, directory, argv),
                language=language,
                heading=heading[:200],
                env=env,
            )
            directory.see(argv)
    if last is not None:
        yield last


def _place(tree: Tree, directory: Directory, argv: tuple[str, ...]) -> str:
    """Choose the folder from which the files that a command names exist, the followed one first."""
    if directory.lost:
        return directory.now
    files = [word for word in argv if re.search(r"[\w-]\.(?:py|sh|txt|ya?ml|ipynb|toml)$", word)]
    for folder in dict.fromkeys((directory.now, directory.start, ".")):
        if any(posixpath.normpath(posixpath.join(folder, name)) in tree for name in files):
            return folder
    return directory.now
