"""Walks the syntax tree of shell text, and gives its simple commands in the order in which a shell runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

from tree_sitter import Node

from checker.ecosystems.instructions.shell.arithmetic import evaluate
from checker.ecosystems.instructions.shell.commands import (
    Redirected,
    Simple,
    assign,
    find_substitutions,
    find_text_for_shell,
    is_option,
    read_command,
    read_redirected,
    read_written,
    unwrap,
    write_option,
)
from checker.ecosystems.instructions.shell.control_flow import (
    Flow,
    Walk,
    walk_case,
    walk_counted_for,
    walk_for,
    walk_if,
    walk_list,
    walk_while,
)
from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.grammar import Piece, read_pieces
from checker.ecosystems.instructions.shell.loose import split_loosely
from checker.ecosystems.instructions.shell.text import ShellText, prepare
from checker.ecosystems.instructions.shell.words import Words, get_text

#: Commands read of one text, and words of one.
MAX_COMMANDS = 2_000
MAX_WORDS = 200

#: Statements read of one text, and calls of functions and shells within one another.
MAX_STATEMENTS = 20_000
MAX_DEPTH = 60


class Walker:
    """Walks texts one after another with one environment; `is_typed` as in `prepare`."""

    def __init__(self, environment: Environment, *, is_typed: bool) -> None:
        self.environment, self._is_typed = environment, is_typed
        self._scope: tuple[int, ...] = ()
        self._subshells = 0
        self._left = MAX_STATEMENTS
        self._depth = 0
        self._row = 0
        self._text = prepare("", is_typed=False)
        self.words = Words(environment, self._text)

    def walk(self, text: ShellText) -> Iterator[Simple]:
        """Yield the simple commands of a text."""
        with self._read_from(text, 0):
            for piece in read_pieces(text):
                if isinstance(piece, Piece):
                    self._row = piece.row
                    if (yield from self.walk_statement(piece.node)) == "exit":
                        return
                else:
                    yield from self._walk_loose(piece.line, piece.row)

    @contextmanager
    def _read_from(self, text: ShellText, row: int) -> Iterator[None]:
        before = self._text, self._row, self.words
        self._text, self._row, self.words = text, row, Words(self.environment, text)
        try:
            yield
        finally:
            self._text, self._row, self.words = before

    # ------------------------------------------------------------ statements

    def walk_statement(self, node: Node) -> Walk:
        """Yield the commands of one statement."""
        self._left -= 1
        if self._left < 0 or self._depth >= MAX_DEPTH:
            return None
        handler = _HANDLERS.get(node.type)
        if handler is None:
            return None
        self._depth += 1
        try:
            return (yield from handler(self, node))
        finally:
            self._depth -= 1

    def _walk_statements(self, node: Node) -> Walk:
        if node.children and node.children[0].type == "((":
            for child in node.children:
                evaluate(child, self.environment)
            return None
        return (yield from self.walk_in_order([child for child in node.children if child.is_named]))

    def walk_in_order(self, nodes: list[Node]) -> Walk:
        """Yield the commands of statements that follow one another, up to one that ends them."""
        for node in nodes:
            if (flow := (yield from self.walk_statement(node))) is not None:
                return flow
        return None

    def _walk_pipeline(self, node: Node) -> Walk:
        for child in node.children:
            if child.is_named:
                yield from self.walk_statement(child)
        return None

    def _walk_subshell(self, node: Node) -> Walk:
        self._subshells += 1
        with self._enter_environment(self.environment.copy()):
            scope, self._scope = self._scope, (*self._scope, self._subshells)
            yield from self.walk_in_order([child for child in node.children if child.is_named])
            self._scope = scope
        return None

    @contextmanager
    def _enter_environment(self, environment: Environment) -> Iterator[None]:
        before, self.environment = self.environment, environment
        self.words = Words(environment, self._text)
        try:
            yield
        finally:
            self.environment = before
            self.words = Words(before, self._text)

    def _define_function(self, node: Node) -> Walk:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None and body is not None:
            self.environment.functions[get_text(name)] = (body, self._text, self._row)
        return None
        yield

    def _call(self, name: str, arguments: list[str], *, is_open: bool) -> Walk:
        """Read the body of a function with the arguments that it is called with."""
        body, text, row = self.environment.functions[name]
        environment = self.environment
        before = environment.arguments, environment.is_function
        environment.arguments, environment.is_function = arguments, True
        numbers = {str(number) for number in range(10)}
        environment.guesses = environment.guesses | numbers if is_open else environment.guesses - numbers
        try:
            with self._read_from(text, row):
                flow = yield from self.walk_statement(body)
        finally:
            environment.arguments, environment.is_function = before
        return flow if flow == "exit" else None

    # ------------------------------------------------------------ commands

    def _walk_assignment(self, node: Node) -> Walk:
        if is_option(node):  # an option that has lost its command
            yield self._make_simple(node, (), [write_option(node, self.words)])
            return None
        for substitution in find_substitutions(node.child_by_field_name("value")):
            if self.words.read_text(substitution).startswith(("$(", "`")):
                yield from self._walk_subshell(substitution)
        assign(node, self.words)
        return None

    def _walk_declaration(self, node: Node) -> Walk:
        words = [get_text(node.children[0])]
        for child in node.children[1:]:
            if child.type == "variable_assignment":
                words.append(write_option(child, self.words))
                yield from self._walk_assignment(child)
            else:
                words += self.words.read(child)
        if words[0] == "export":
            for name, mark, value in (word.partition("=") for word in words[1:]):
                self.environment.export(name, value if mark else None)
        yield self._make_simple(node, (), words)
        return None

    def _unset_variables(self, node: Node) -> Walk:
        for child in node.children[1:]:
            self.environment.forget(get_text(child))
        return None
        yield

    def _walk_redirected(self, node: Node) -> Walk:
        parts = read_redirected(node)
        flow: Flow = None
        if parts.body is not None and parts.body.type == "command":
            flow = yield from self._walk_command(parts.body, parts)
        elif parts.body is not None:
            flow = yield from self.walk_statement(parts.body)
        return (yield from self.walk_in_order(parts.rest)) or flow

    def _walk_command(self, node: Node, parts: Redirected | None = None) -> Walk:
        self.environment.uses_guess = False
        env, argv = read_command(node, parts.words if parts is not None else (), self.words)
        given = unwrap(argv, env)
        if not given:
            return None
        flow = yield from self._carry_out(node, given, env, parts)
        return "exit" if argv[0] == "exec" and not self._is_typed else flow

    def _carry_out(
        self, node: Node, argv: list[str], env: list[tuple[str, str]], parts: Redirected | None
    ) -> Walk:
        program = argv[0]
        if program in self.environment.functions:
            return (yield from self._call(program, argv[1:], is_open=self.environment.uses_guess))
        if program == ":":
            return None
        if program in _ENDS:
            return _ENDS[program] if not self._is_typed or program != "exit" or argv[1:] else None
        if program == "shift" and self.environment.arguments is not None:
            count = int(argv[1]) if argv[1:] and argv[1].isdecimal() else 1
            self.environment.arguments = self.environment.arguments[count:]
            return None
        if program == "setenv" and len(argv) == 3:
            self.environment.export(argv[1], argv[2])
        if argv[:2] == ["set", "--"]:
            self.environment.arguments = argv[2:]
            return None
        inner = find_text_for_shell(argv, parts.document if parts is not None else None)
        if inner is not None:
            yield from self._walk_inner(self._text.restore(inner), node, is_same=program == "eval")
        else:
            written = read_written(argv, parts, self.words) if parts is not None else None
            if written is not None and written.text is not None:
                written = written.model_copy(update={"text": self._text.restore(written.text)})
            yield self._make_simple(node, tuple(env), argv)._replace(written=written)
        return None

    def _walk_inner(self, text: str, node: Node, *, is_same: bool) -> Iterator[Simple]:
        """Read a text within a text; its commands stand where the command around it does."""
        if self._depth >= MAX_DEPTH - 10:
            return
        line, raw = self._text.locate_row(self._row + node.start_point.row)
        environment = self.environment if is_same else self.environment.copy()
        self._depth += 10
        scope = self._scope
        if not is_same:
            self._subshells += 1
            self._scope = (*scope, self._subshells)
        with self._enter_environment(environment):
            for simple in self.walk(prepare(text, is_typed=False)):
                yield simple._replace(line=line, raw=raw)
        self._scope = scope
        self._depth -= 10

    def _make_simple(self, node: Node, env: tuple[tuple[str, str], ...], argv: list[str]) -> Simple:
        line, raw = self._text.locate_row(self._row + node.start_point.row)
        given = (*self.environment.exported.items(), *env)
        return Simple(
            tuple(dict(given).items()), tuple(argv[:MAX_WORDS]), line, self._text.restore(raw), self._scope
        )

    def _walk_loose(self, line: str, row: int) -> Iterator[Simple]:
        number, raw = self._text.locate_row(row)
        for words in split_loosely(line):
            env: list[tuple[str, str]] = []
            argv = unwrap([self._text.restore(word) for word in words], env)
            for name, value in env if not argv else ():
                self.environment.assign(name, value, is_open=True)
            if argv and argv[0] not in _KEYWORDS:
                yield Simple(tuple(env), tuple(argv[:MAX_WORDS]), number, raw, self._scope)


#: Words that are left of a construct of which other lines do not parse.
_KEYWORDS = frozenset(
    {"if", "then", "else", "elif", "fi", "for", "do", "done", "while", "until", "case", "esac", "in"}
)

_ENDS = {"exit": "exit", "return": "return", "break": "break"}

_HANDLERS: dict[str, Callable[[Walker, Node], Walk]] = {
    **dict.fromkeys(
        ("program", "compound_statement", "do_group", "variable_assignments", "negated_command"),
        Walker._walk_statements,
    ),
    "command": Walker._walk_command,
    "redirected_statement": Walker._walk_redirected,
    "list": walk_list,
    "pipeline": Walker._walk_pipeline,
    "subshell": Walker._walk_subshell,
    "if_statement": walk_if,
    "while_statement": walk_while,
    "for_statement": walk_for,
    "c_style_for_statement": walk_counted_for,
    "case_statement": walk_case,
    "function_definition": Walker._define_function,
    "variable_assignment": Walker._walk_assignment,
    "declaration_command": Walker._walk_declaration,
    "unset_command": Walker._unset_variables,
}


def split_commands(text: str, environment: Environment | None = None, *, is_typed: bool = True) -> list[Simple]:
    """Return the simple commands of a text in order."""
    walker = Walker(environment or Environment(), is_typed=is_typed)
    return list(islice(walker.walk(prepare(text, is_typed=is_typed)), MAX_COMMANDS))
