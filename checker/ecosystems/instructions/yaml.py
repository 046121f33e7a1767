"""YAML of strangers: plain strings with their line, no tags, no aliases, bounded size and depth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from checker.core.text import replace_half_characters

#: Characters read of a YAML file; the parser is slow, and no environment that a person keeps is longer.
MAX_YAML = 300_000

MAX_DEPTH = 40


class YamlProblem(ValueError):
    """The text is no YAML that we read; the message says where."""


class Text(str):
    """A scalar as written, with its line (from 1)."""

    __slots__ = ("line",)
    line: int


Node = Text | list["Node"] | dict[str, "Node"]


class _Loader(yaml.SafeLoader):
    """Composes nodes; an alias becomes an empty scalar, so that nothing is ever repeated."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.get_event()  # type: ignore[no-untyped-call]
            return yaml.ScalarNode("", "", event.start_mark, event.end_mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise YamlProblem(f"nested deeper than {MAX_DEPTH}")
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


def load(text: str) -> Node:
    """Read the first document of a YAML text.

    Raises:
        YamlProblem: it is none, is nested too deeply, or a tab or merge marker breaks it.

    """
    if len(text) > MAX_YAML:
        raise YamlProblem(f"longer than {MAX_YAML} characters")
    loader = None
    try:
        loader = _Loader(text)
        if not loader.check_node():
            return {}
        return _make_plain(loader.get_node())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}" if mark else ""
        raise YamlProblem(f"no YAML{place}: {getattr(error, 'problem', None) or error}"[:200]) from error
    except (RecursionError, ValueError) as error:
        raise YamlProblem(str(error)[:200] or "nested too deeply") from error
    finally:
        if loader is not None:
            loader.dispose()


def _make_plain(node: yaml.Node | None) -> Node:
    if isinstance(node, yaml.MappingNode):
        return {
            str(_make_plain(key)): _make_plain(value)
            for key, value in node.value
            if isinstance(key, yaml.ScalarNode)
        }
    if isinstance(node, yaml.SequenceNode):
        return [_make_plain(item) for item in node.value]
    text = Text(replace_half_characters(node.value) if node is not None else "")
    text.line = node.start_mark.line + 1 if node is not None else 1
    return text


def read_mapping(node: Node | None) -> dict[str, Node]:
    """Return a mapping, empty where the node is none."""
    return node if isinstance(node, dict) else {}


def read_sequence(node: Node | None) -> list[Node]:
    """Return a sequence; a scalar counts as a sequence of itself."""
    if isinstance(node, list):
        return node
    return [node] if isinstance(node, Text) and node else []


def find_scalars(node: Node | None) -> Iterator[Text]:
    """Yield every scalar below a node."""
    if isinstance(node, Text):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from find_scalars(child)


def find(node: Node | None, key: str) -> Iterator[Node]:
    """Yield the values of a key at any depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == key:
                yield value
            yield from find(value, key)
    elif isinstance(node, list):
        for item in node:
            yield from find(item, key)
