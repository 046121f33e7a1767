"""Walks the statements of shell text that choose or repeat others: lists with `&&`, conditions, loops, cases.

One branch is read where the values at hand decide, else all; of a loop the first turn.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Protocol

from tree_sitter import Node

from checker.ecosystems.instructions.shell.arithmetic import evaluate
from checker.ecosystems.instructions.shell.commands import Simple, find_branches
from checker.ecosystems.instructions.shell.conditions import decide, is_test
from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.expansions import expand_first
from checker.ecosystems.instructions.shell.words import Words, get_text

#: Turns of one loop.
MAX_TURNS = 50

#: What ends a list of statements early: "exit", "return", "break"; None where it goes on.
Flow = str | None
Walk = Generator[Simple, None, Flow]


class Statements(Protocol):
    """What walks the statements within these, with the values that are known there."""

    environment: Environment
    words: Words

    def walk_statement(self, node: Node) -> Walk:
        """Yield the commands of one statement."""

    def walk_in_order(self, nodes: list[Node]) -> Walk:
        """Yield the commands of statements that follow one another."""


def walk_list(walker: Statements, node: Node) -> Walk:
    """Read `a && b` and `a || b`: the second where the first is a test that decides, else both."""
    left, right = node.children[0], node.children[-1]
    holds = decide(left, walker.words) if is_test(left) else None
    if holds is None:
        if (flow := (yield from walker.walk_statement(left))) is not None:
            return flow
        with _open_branch(walker.environment):
            yield from walker.walk_statement(right)
        return None
    return (yield from walker.walk_statement(right)) if holds == (node.children[1].type == "&&") else None


def walk_if(walker: Statements, node: Node) -> Walk:
    """Read the branches of a condition: one where the values at hand decide, else all."""
    is_open = False
    for condition, body in find_branches(node):
        holds: bool | None = True
        if condition is not None:
            only_tests = all(map(is_test, condition))
            holds = decide(condition[-1], walker.words) if only_tests and condition else None
            if not only_tests:
                yield from walker.walk_in_order(condition)
        if holds is True and not is_open:
            return (yield from walker.walk_in_order(body))
        if holds is not False:
            with _open_branch(walker.environment, keeps_first=is_open):
                yield from walker.walk_in_order(body)
            is_open = True
    return None


def walk_while(walker: Statements, node: Node) -> Walk:
    """Read a loop over a test turn by turn where its values are known, else its body once."""
    body = node.child_by_field_name("body")
    conditions = [child for child in node.children_by_field_name("condition") if child.is_named]
    if body is None:
        return None
    only_tests = bool(conditions) and all(map(is_test, conditions))
    wanted = get_text(node.children[0]) == "while"
    if not only_tests:
        yield from walker.walk_in_order(conditions)
    for _ in range(MAX_TURNS):
        holds = decide(conditions[-1], walker.words) if only_tests else None
        if holds is None:
            with _open_branch(walker.environment):
                yield from walker.walk_statement(body)
            return None
        before = list(walker.environment.arguments or ())
        if holds is not wanted:
            return None
        flow = yield from walker.walk_statement(body)
        if flow is not None or before == list(walker.environment.arguments or ()):
            return None if flow == "break" else flow
    return None


def walk_for(walker: Statements, node: Node) -> Walk:
    """Read the first turn of a loop over words."""
    name, body = node.child_by_field_name("variable"), node.child_by_field_name("body")
    if name is None or body is None:
        return None
    values = walker.words.read_all(node.children_by_field_name("value"))
    if not any(child.type == "in" for child in node.children):
        values = list(walker.environment.arguments or ())
    first = expand_first(values[0]) if values else ""
    if not first or set(first) & set("$`*?{}"):
        walker.environment.forget(get_text(name))
    else:
        walker.environment.assign(get_text(name), first, is_open=len(values) > 1 or first != values[0])
    if not values:
        with _open_branch(walker.environment):
            yield from walker.walk_statement(body)
        return None
    flow = yield from walker.walk_statement(body)
    return flow if flow == "exit" and len(values) == 1 else None


def walk_counted_for(walker: Statements, node: Node) -> Walk:
    """Read the first turn of `for ((i = 0; …))`."""
    body = node.child_by_field_name("body")
    for initial in node.children_by_field_name("initializer"):
        if initial.type == "variable_assignment":
            yield from walker.walk_statement(initial)
            walker.environment.guesses.add(get_text(initial.children[0]))
        else:
            evaluate(initial, walker.environment)
    if body is not None:
        yield from walker.walk_statement(body)
    return None


def walk_case(walker: Statements, node: Node) -> Walk:
    """Read the case that fits where the value is known, else all."""
    subject = node.child_by_field_name("value")
    walker.environment.uses_guess = False
    value = walker.words.read_text(subject) if subject is not None else ""
    is_open = walker.environment.uses_guess or "$" in value or "`" in value
    is_first = True
    for item in node.children:
        if item.type != "case_item":
            continue
        patterns = item.children_by_field_name("value")
        body = [child for child in item.children if child.is_named and child not in patterns]
        if is_open:
            with _open_branch(walker.environment, keeps_first=not is_first):
                yield from walker.walk_in_order(body)
            is_first = False
        elif any(fnmatchcase(value, walker.words.read_text(pattern)) for pattern in patterns):
            return (yield from walker.walk_in_order(body))
    return None


@contextmanager
def _open_branch(environment: Environment, *, keeps_first: bool = False) -> Iterator[None]:
    """Read what may be carried out or not: what it sets is a guess."""
    before = environment.is_open_branch, environment.keeps_first
    environment.is_open_branch, environment.keeps_first = True, keeps_first
    try:
        yield
    finally:
        environment.is_open_branch, environment.keeps_first = before
