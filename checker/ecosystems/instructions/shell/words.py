"""Turns the words of a shell's syntax tree into the arguments that a program would be given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tree_sitter import Node

from checker.ecosystems.instructions.placeholders import hide_placeholders
from checker.ecosystems.instructions.shell.arithmetic import evaluate
from checker.ecosystems.instructions.shell.environment import DATE, MAX_VALUE, Environment
from checker.ecosystems.instructions.shell.expansions import change_value, compute_printed, cut_out, number_in
from checker.ecosystems.instructions.shell.text import ShellText

#: Turns of an echoing loop that are read.
MAX_TURNS = 500

_ESCAPED = re.compile(r"\\(\n|.)", re.DOTALL)
_ESCAPED_IN_QUOTES = re.compile(r"\\([$`\"\\\n])")
_HERE = re.compile(r"pwd|realpath \.")


class _Part(NamedTuple):
    """A part of a word: `splits` where a shell splits it at spaces, `ends` where a word ends behind it."""

    text: str
    splits: bool = False
    ends: bool = False


def get_text(node: Node) -> str:
    """Return the text of a node as it is written."""
    return (node.text or b"").decode("utf-8", "replace")


class Words:
    """Reads words with the values of an environment; what is unknown stays as it is written."""

    def __init__(self, environment: Environment, text: ShellText) -> None:
        self.environment, self.text = environment, text

    def read_all(self, nodes: list[Node]) -> list[str]:
        """Return the arguments that several words make."""
        return [word for node in nodes for word in self.read(node)]

    def read(self, node: Node) -> list[str]:
        """Return the arguments that a word makes: none where it is an empty variable, several for an array."""
        words: list[str] = []
        current: str | None = None
        for part in self._read_parts(node, is_quoted=False):
            if not part.splits:
                current = (current or "") + part.text
            else:
                pieces = re.split(r"\s+", part.text)
                for at, piece in enumerate(pieces):
                    if at and current is not None:
                        words.append(current)
                        current = None
                    current = (current or "") + piece if piece else current
            if part.ends and current is not None:
                words.append(current)
                current = None
        return [self.text.restore(word) for word in (*words, *([] if current is None else [current]))]

    def read_text(self, node: Node) -> str:
        """Return a word that is not split, as where it is assigned."""
        return self.text.restore(" ".join(part.text for part in self._join_parts(node)))

    def _join_parts(self, node: Node) -> Iterator[_Part]:
        current = ""
        for part in self._read_parts(node, is_quoted=False):
            current += part.text
            if part.ends:
                yield _Part(current)
                current = ""
        if current:
            yield _Part(current)

    def _read_parts(self, node: Node, *, is_quoted: bool) -> Iterator[_Part]:
        kind = node.type
        written = get_text(node)
        stripped = written.lstrip() if kind in _SPACED else written
        if stripped != written:  # within quotes the grammar counts the space before a use as a part of it
            yield _Part(_ESCAPED_IN_QUOTES.sub(_unescape, written[: len(written) - len(stripped)]))
        if kind in {"string", "concatenation", "command_name", "translated_string", "heredoc_body"}:
            yield from self._read_within(node, is_quoted=is_quoted or kind in {"string", "translated_string"})
        elif kind == "raw_string":
            yield _Part(written[1:-1])
        elif kind == "ansi_c_string":
            yield _Part(written[2:-1].replace("\\n", "\n").replace("\\t", "\t").replace("\\'", "'"))
        elif kind in {"simple_expansion", "expansion"}:
            yield from self._read_expansion(node, stripped, is_quoted=is_quoted)
        elif kind == "command_substitution":
            yield self._read_substitution(node, stripped, is_quoted=is_quoted)
        elif kind == "arithmetic_expansion":
            found = evaluate(node, self.environment)
            yield _Part(stripped if found is None else str(found))
        elif is_quoted:
            yield _Part(_ESCAPED_IN_QUOTES.sub(_unescape, written))
        else:
            yield _Part(_ESCAPED.sub(_unescape, written))

    def _read_within(self, node: Node, *, is_quoted: bool) -> Iterator[_Part]:
        """Read what a string or a compound word is made of, with what stands between its parts."""
        if node.type == "string" and len(node.children) == 3 and self._list_elements(node.children[1]) == []:
            return  # `"$@"` without arguments is no word at all
        data, start = node.text or b"", node.start_byte
        at = 0
        for child in node.children:
            gap = data[at : child.start_byte - start].decode("utf-8", "replace")
            if gap and is_quoted:
                yield _Part(_ESCAPED_IN_QUOTES.sub(_unescape, gap))
            at = child.end_byte - start
            if child.type in {'"', '$"'} or (child.type == "$" and node.type == "translated_string"):
                yield _Part(get_text(child).rstrip('"').removesuffix("$"))
            else:
                yield from self._read_parts(child, is_quoted=is_quoted)

    def _read_expansion(self, node: Node, written: str, *, is_quoted: bool) -> Iterator[_Part]:
        listed = self._list_elements(node)
        if listed is not None:
            for at, element in enumerate(listed, 1):
                yield _Part(element, splits=not is_quoted, ends=at < len(listed))
            return
        value = self._find_value(node)
        if value is None:
            yield _Part(written)
        else:  # a placeholder within a value is one word, whatever spaces it holds
            yield _Part(hide_placeholders(value[:MAX_VALUE], self.text.table), splits=not is_quoted)

    def _list_elements(self, node: Node) -> list[str] | None:
        """Return what `$@`, `${a[@]}`, `${a[@]:1}` and `${!a[@]}` list; None for every other use."""
        named = [child for child in node.children if child.is_named]
        operators = [child.type.strip() for child in node.children if not child.is_named]
        subject = named[0] if named else None
        if subject is None or {"#", "##", "%", "%%", "/", "//"}.intersection(operators):
            return None
        held: list[str] | None = None
        if subject.type == "special_variable_name" and get_text(subject) in {"@", "*"}:
            held = self.environment.arguments
        elif subject.type == "subscript" and _read_key(subject) in {"@", "*"}:
            array = self.environment.arrays.get(get_text(subject.children[0]))
            held = None if array is None else list(array if "!" in operators else array.values())
        if held is None:
            return None
        self.environment.uses_guess |= not held or get_text(
            subject.children[0] if subject.children else subject
        ) in (self.environment.guesses)
        numbers = [number_in(self.read_text(child)) for child in named[1:]] if ":" in operators else []
        if subject.type == "special_variable_name" and numbers:
            numbers[0] = (numbers[0] or 1) - 1
        return cut_out(held, numbers)

    def _find_value(self, node: Node) -> str | None:
        children = [child for child in node.children if child.type not in {"${", "}", "$"}]
        while children and not children[0].is_named and children[0].type.strip() == "$":
            children = children[1:]
        marks = []
        while children and not children[0].is_named:
            marks.append(children[0].type)
            children = children[1:]
        if not children:
            return self.environment.look_up("#") if marks == ["#"] else None
        subject, rest = children[0], children[1:]
        found = self._read_subject(subject)
        if marks == ["#"]:
            return self._measure_length(subject, found)
        if marks:
            return self.environment.look_up(found) if found and marks == ["!"] else None
        if not rest:
            return found
        return self._apply_changes(found, rest)

    def _read_subject(self, subject: Node) -> str | None:
        if subject.type != "subscript":
            return self.environment.look_up(get_text(subject))
        name = get_text(subject.children[0])
        key = self.read_key(subject)
        found = self.environment.arrays.get(name, {}).get(key)
        self.environment.uses_guess |= found is None or name in self.environment.guesses
        return found if found is not None or name not in self.environment.arrays else ""

    def read_key(self, subject: Node) -> str:
        """Return the index or the name by which a subscript names an element."""
        inner = [child for child in subject.children[1:] if child.type not in {"[", "]"}]
        if not inner:
            return ""
        number = evaluate(inner[0], self.environment)
        return str(number) if number is not None else self.read_text(inner[0])

    def _measure_length(self, subject: Node, found: str | None) -> str | None:
        if subject.type == "subscript" and _read_key(subject) in {"@", "*"}:
            array = self.environment.arrays.get(get_text(subject.children[0]))
            return None if array is None else str(len(array))
        return None if found is None else str(len(found))

    def _apply_changes(self, found: str | None, rest: list[Node]) -> str | None:
        """Apply what stands behind the name: a default, a pattern to cut off or replace, a slice, another case."""
        operator = rest[0].type.strip()
        operands = [self.read_text(child) for child in rest[1:] if child.is_named]
        if operator in {":-", "-", ":=", "="}:
            return "".join(operands) if found is None or (not found and operator[0] == ":") else found
        if operator in {":+", "+"}:
            return None if found is None else "".join(operands) if found else ""
        if found is None or operator in {":?", "?"}:
            return found
        if "$" in found or "`" in found:  # what the value is made of is unknown
            self.environment.uses_guess = True
            return None
        return change_value(found, operator, operands)

    def _read_substitution(self, node: Node, written: str, *, is_quoted: bool) -> _Part:
        inner = [child for child in node.children if child.is_named]
        bare = " ".join(written.removeprefix("$(").strip("`)").split())
        if _HERE.fullmatch(bare):
            return _Part("$PWD")
        if re.match(r"date\b", bare) and len(inner) == 1:
            self.environment.uses_guess = True
            return _Part(DATE)
        printed = self._compute_printed(inner[0]) if len(inner) == 1 else None
        if printed is None:
            self.environment.uses_guess = True
            return _Part(written)
        return _Part(printed, splits=not is_quoted)

    def _compute_printed(self, node: Node) -> str | None:
        """Return what a command, or a loop over one, prints where that can be told."""
        if node.type == "for_statement":
            return self._read_echoed(node)
        return compute_printed(self.read_all(node.children)) if node.type == "command" else None

    def _read_echoed(self, node: Node) -> str | None:
        name = node.child_by_field_name("variable")
        body = node.child_by_field_name("body")
        commands = [child for child in body.children if child.is_named] if body is not None else []
        if name is None or len(commands) != 1 or commands[0].type != "command":
            return None
        turns: list[str] = []
        for value in self.read_all(node.children_by_field_name("value"))[:MAX_TURNS]:
            self.environment.values[get_text(name)] = value
            printed = self._compute_printed(commands[0])
            if printed is None:
                return None
            turns.append(printed)
        return " ".join(turns)


_SPACED = frozenset({"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"})


def _unescape(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1]


def _read_key(subject: Node) -> str:
    return "".join(get_text(child) for child in subject.children[2:-1])
