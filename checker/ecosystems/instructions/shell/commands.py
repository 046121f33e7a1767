"""Reads one simple command, declaration or assignment of a shell's syntax tree."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node

from checker.ecosystems.instructions.command import Written
from checker.ecosystems.instructions.shell.words import Words, get_text

_SHELLS = frozenset({"bash", "sh", "zsh", "eval"})
#: What starts another program on this machine, after options of its own.
_STARTERS = frozenset({"srun", "timeout", "xvfb-run", "conda", "uv", "poetry", "nice", "setsid"})
_WRAPPERS = frozenset({"sudo", "time", "nohup", "exec", "command"})
_OPTIONS_OF_WRAPPERS = frozenset({"-E", "-H", "-y", "-n"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=", re.ASCII)
_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ELEMENT = re.compile(r"\[([^\]]+)\]=(.*)", re.DOTALL)
_OF_A_DOCUMENT = frozenset(
    {"heredoc_start", "heredoc_body", "heredoc_end", "file_redirect", "herestring_redirect"}
)


class Simple(NamedTuple):
    """A simple command: `scope` tells the subshells around it, `raw` and `line` where it is written."""

    env: tuple[tuple[str, str], ...]
    argv: tuple[str, ...]
    line: int
    raw: str
    scope: tuple[int, ...]
    written: Written | None = None


class Redirected(NamedTuple):
    """A statement with redirections: the `words` behind their targets, and its here-document.

    `output` is where its standard output goes. `rest` follows on the line that opens the document:
    `cat <<EOF && python fit.py`.
    """

    body: Node | None
    words: list[Node]
    document: Node | None
    output: Node | None
    rest: list[Node]


def read_redirected(node: Node) -> Redirected:
    """Take a redirected statement apart: redirections say where output goes, and may hold more of its words."""
    redirects = [child for child in node.children if child.type.endswith("_redirect")]
    words = [word for each in redirects if each.type == "file_redirect" for word in _find_words_behind(each)]
    document = next((each for each in redirects if each.type == "heredoc_redirect"), None)
    inside = document.children if document is not None else []
    rest = [child for child in inside if child.is_named and child.type not in _OF_A_DOCUMENT]
    output = next(filter(_takes_output, [*redirects, *inside]), None)
    return Redirected(node.child_by_field_name("body"), words, document, output, rest)


def _takes_output(node: Node) -> bool:
    """Whether a redirection is `> FILE` or `>> FILE` of standard output."""
    operators = {child.type for child in node.children} if node.type == "file_redirect" else set()
    return bool(operators & {">", ">>"}) and node.child_by_field_name("descriptor") is None


def read_written(argv: Sequence[str], parts: Redirected, words: Words) -> Written | None:
    """Return the file that a command writes, with its text where the command only shows one."""
    target = parts.output.child_by_field_name("destination") if parts.output is not None else None
    if parts.output is None or target is None:
        return None
    path = words.read_text(target)
    if path.startswith(("/dev/", "&")):
        return None
    text = None
    if list(argv) == ["cat"] and parts.document is not None:
        text = _read_document(parts.document)
    elif argv[0] == "echo" and not any(word.startswith("-") or "\\" in word for word in argv[1:]):
        text = " ".join(argv[1:]) + "\n"
    return Written(path=path, text=text, is_added=any(child.type == ">>" for child in parts.output.children))


def _read_document(document: Node) -> str | None:
    """Return the text of a here-document; None where a shell would put values into it."""
    parts = {child.type: get_text(child) for child in document.children}
    text, opening = parts.get("heredoc_body", ""), parts.get("heredoc_start", "")
    is_literal = opening[:1] in {"'", '"', "\\"}
    return text if is_literal or not re.search(r"[$`\\]", text) else None


def _find_words_behind(redirect: Node) -> list[Node]:
    """Return the words that stand behind a redirection's target, and belong to the command."""
    return redirect.children_by_field_name("destination")[1:]


def read_command(node: Node, extra: Sequence[Node], words: Words) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the assignments in front of a command, and its words with those (`extra`) behind redirections."""
    env: list[tuple[str, str]] = []
    nodes: list[Node] = []
    options: list[str] = []
    for child in (*node.children, *extra):
        if child.type == "variable_assignment" and not nodes:
            if is_option(child):
                options.append(write_option(child, words))
                continue
            value = child.child_by_field_name("value")
            env.append((get_text(child.children[0]), words.read_text(value) if value is not None else ""))
        elif child.type == "file_redirect":
            nodes += _find_words_behind(child)
        elif child.is_named and child.type != "herestring_redirect":
            nodes.append(child)
    return env, [*options, *words.read_all(nodes)]


def unwrap(argv: Sequence[str], env: list[tuple[str, str]]) -> list[str]:
    """Take off what stands in front of the program: `sudo`, `time`, `env`; more assignments are added to `env`."""
    rest = list(argv)
    while rest and (rest[0] in _WRAPPERS or rest[0] == "env" or _ASSIGNMENT.match(rest[0])):
        if rest[0] == "command" and rest[1:2] and rest[1].startswith("-"):
            break  # `command -v NAME` asks where a program is
        word = rest.pop(0)
        if _ASSIGNMENT.match(word):
            name, _, value = word.partition("=")
            env.append((name, value))
        while word in _WRAPPERS and rest and rest[0] in _OPTIONS_OF_WRAPPERS:
            rest.pop(0)
    return rest


def find_text_for_shell(argv: Sequence[str], document: Node | None) -> str | None:
    """Return the text that a command gives to a shell: `bash -c "…"`, `eval "…"`, `bash <<EOF`; else None."""
    program = posixpath.basename(argv[0])
    if program in _REPEATING:
        return _find_repeated(program, argv)
    if program in _STARTERS:
        shell = next((argv[at:] for at, word in enumerate(argv) if word in {"bash", "sh"}), None)
        return find_text_for_shell(shell, None) if shell is not None else None
    if program == "eval":
        return " ".join(argv[1:])
    return _find_text_of_shell(argv, document) if program in _SHELLS else None


def _find_text_of_shell(argv: Sequence[str], document: Node | None) -> str | None:
    at = next((at for at, word in enumerate(argv[1:5], 1) if re.fullmatch(r"-[a-z]*c", word)), None)
    if at is not None and at + 1 < len(argv):
        return argv[at + 1]
    if document is None or any(not word.startswith("-") for word in argv[1:]):
        return None
    body = next((child for child in document.children if child.type == "heredoc_body"), None)
    return None if body is None else get_text(body)


#: What starts a command once for each of its items -> its options that take a value as a word of its own.
_REPEATING: dict[str, frozenset[str]] = {
    "find": frozenset(),
    "parallel": frozenset(
        {"-j", "--jobs", "-C", "--colsep", "--joblog", "--delay", "--timeout", "--results", "-N", "-n", "-I", "-S"}
    ),
    "xargs": frozenset({"-I", "-n", "-P", "-L", "-d", "-s", "-a", "-E", "--max-procs", "--max-args"}),
}

#: What stands for an item that is not known: a variable that nobody sets.
_ITEM = "${item}"


def _find_repeated(program: str, argv: Sequence[str]) -> str | None:
    """Return what `xargs`, `parallel` or `find -exec` starts, with the first item, where that is known, put in."""
    mark, item, words = "{}", _ITEM, list(argv[1:])
    if program == "find":
        begin = next((at for at, word in enumerate(words) if word in {"-exec", "-execdir", "-ok"}), len(words))
        words = words[begin + 1 :]
        words = words[: next((at for at, word in enumerate(words) if word in {";", "+"}), len(words))]
    while words and words[0].startswith("-"):
        valued = words[0] in _REPEATING[program]
        mark = words[1] if words[0] == "-I" and words[1:] else mark
        words = words[1 + valued :]
    given = next((at for at, word in enumerate(words) if word.startswith(":::")), None)
    if given is not None:
        item = words[given + 1] if words[given] == ":::" and words[given + 1 :] else _ITEM
        words = words[:given]
    if not words:
        return None
    if not any(mark in word for word in words) and program != "find":
        words.append(mark)
    if program == "parallel" and " " in words[0]:
        return " ".join(word.replace(mark, item) for word in words)
    return " ".join(map(_quote, (word.replace(mark, item) for word in words)))


def _quote(word: str) -> str:
    return word if word == _ITEM else shlex.quote(word)


# ---------------------------------------------------------------- assignments


def is_option(node: Node) -> bool:
    """Whether an assignment is `--name=value` at the start of a line: the grammar does not tell them apart."""
    target = node.children[0]
    return target.type == "variable_name" and not _NAME.fullmatch(get_text(target))


def write_option(node: Node, words: Words) -> str:
    """Return an assignment as one word."""
    value = node.child_by_field_name("value")
    if value is not None and value.type == "array":
        return get_text(node)
    written = "" if value is None else words.read_text(value)
    return f"{get_text(node.children[0])}{get_text(node.children[1])}{written}"


def assign(node: Node, words: Words) -> None:
    """Keep what an assignment sets: a value, more of one, an element or an array."""
    environment = words.environment
    target, value = node.children[0], node.child_by_field_name("value")
    environment.uses_guess = False
    is_added = any(child.type == "+=" for child in node.children)
    key = words.read_key(target) if target.type == "subscript" else None
    name = get_text(target.children[0] if target.type == "subscript" else target)
    if value is not None and value.type == "array":
        _assign_array(name, value, words, is_added=is_added)
        return
    text = words.read_text(value) if value is not None else ""
    is_open = environment.uses_guess
    if is_added:
        text = (environment.values.get(name, "") if key is None else "") + text
        is_open = is_open or name in environment.guesses
    environment.assign(name, text, is_open=is_open, key=key)


def _assign_array(name: str, value: Node, words: Words, *, is_added: bool) -> None:
    environment = words.environment
    elements = dict(environment.arrays.get(name, {})) if is_added else {}
    for word in words.read_all([child for child in value.children if child.is_named]):
        named = _ELEMENT.fullmatch(word)
        elements[named[1] if named else str(len(elements))] = named[2] if named else word
    environment.assign_array(name, elements, is_open=environment.uses_guess)


def find_substitutions(value: Node | None) -> Iterator[Node]:
    """Yield the command substitutions of an assigned value: a shell carries them out first."""
    if value is None:
        return
    nodes = value.children if value.type in {"string", "concatenation"} else [value]
    yield from (node for node in nodes if node.type == "command_substitution")


def find_branches(node: Node) -> Iterator[tuple[list[Node] | None, list[Node]]]:
    """Yield the condition and the body of each branch of an `if`, None for the condition of `else`."""
    condition: list[Node] = []
    body: list[Node] = []
    later: list[Node] = []
    is_body = False
    for child in node.children:
        if child.type == "then":
            is_body = True
        elif child.type in {"elif_clause", "else_clause"}:
            later.append(child)
        elif child.is_named:
            (body if is_body else condition).append(child)
    if node.type == "else_clause":
        yield None, condition
        return
    yield condition, body
    for clause in later:
        yield from find_branches(clause)
