"""Reads what `just RECIPE` would carry out: the recipes of a justfile as shell text; runs nothing.

Source: the just manual, "The default recipe", "Recipe parameters", "Variables and substitution".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from checker.core.languages import find_language
from checker.core.tree import Tree, join, once_per_tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory

MAX_RECIPES = 40
MAX_LINES = 5_000
MAX_VALUE = 2_000

#: Characters of a line that are read.
MAX_LINE = 2_000

_ASSIGNMENT = re.compile(r"^(?P<export>export\s+)?(?P<name>[A-Za-z_][\w-]*)\s*:=\s*(?P<value>.*)$")
_ALIAS = re.compile(r"^alias\s+(?P<name>[\w-]+)\s*:=\s*(?P<recipe>[\w-]+)")
_NAME = re.compile(r"@?(?P<name>[A-Za-z_][\w-]*)")
_PARAMETER = re.compile(r"(?P<kind>[*+$]{0,2})(?P<name>[A-Za-z_][\w-]*)(?:=(?P<value>'[^']*'|\"[^\"]*\"|[^\s]+))?")
_WANTED = re.compile(r"\((?P<called>[\w-]++)(?P<given>[^)]{0,500}+)\)|(?P<name>[\w-]+)")
_PART = re.compile(r"'(?P<raw>[^']*)'|\"(?P<text>[^\"]*)\"|(?P<name>[A-Za-z_][\w-]*)(?!\s*\()")
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|\S+")
_USE = re.compile(r"\{\{(?P<expression>[^{}]{0,300})\}\}")


@dataclass(frozen=True)
class _Recipe:
    """One recipe: `parameters` are (name, default or None, whether it takes all that follows)."""

    parameters: tuple[tuple[str, str | None, bool], ...]
    before: tuple[tuple[str, tuple[str, ...]], ...]
    after: tuple[tuple[str, tuple[str, ...]], ...]
    rows: tuple[tuple[int, str], ...]


@dataclass
class _Justfile:
    path: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    exported: list[str] = field(default_factory=list)
    recipes: dict[str, _Recipe] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)


def find_justfile(tree: Tree, folder: str) -> str | None:
    """Return the file that just reads in a folder or above it, or None."""
    names = {path.lower(): path for path in tree.files}
    while True:
        found = next(
            (names[at] for n in ("justfile", ".justfile") if (at := join(folder, n).lower()) in names), None
        )
        if found is not None or folder in {".", ""}:
            return found
        folder = posixpath.dirname(folder) or "."


def list_recipes(tree: Tree, path: str) -> tuple[str, ...]:
    """Return the names of a justfile's recipes, in their order."""
    return tuple(_read(tree, path).recipes)


def read_just_commands(
    tree: Tree, arguments: Sequence[str], cwd: str, *, manifests: Sequence[str]
) -> Iterator[Command]:
    """Yield the commands that `just` carries out for its arguments; each line has a shell of its own."""
    rest = list(arguments)
    path = find_justfile(tree, cwd)
    given: dict[str, str] = {}
    while rest and (rest[0].startswith("-") or "=" in rest[0]):
        word = rest.pop(0)
        if word in {"-f", "--justfile"} and rest:
            path = join(cwd, rest.pop(0))
        elif word in {"-d", "--working-directory"} and rest:
            rest.pop(0)
        elif word == "--set" and len(rest) > 1:
            given[rest[0]], rest = rest[1], rest[2:]
        elif "=" in word and not word.startswith("-"):
            name, _, given[name] = word.partition("=")
    if path is None or path not in tree:
        return
    just = _read(tree, path)
    reader = _Reader(tree, just, {**just.variables, **given}, manifests)
    rest = rest or list(just.recipes)[:1]
    while rest:
        name = rest.pop(0)
        recipe = reader.find(name)
        if recipe is None:
            continue
        takes_all = any(is_open for _, _, is_open in recipe.parameters)
        count = len(rest) if takes_all else min(len(rest), len(recipe.parameters))
        yield from reader.carry_out(name, tuple(rest[:count]))
        rest = rest[count:]


class _Reader:
    """Carries out recipes on paper, each with the same words once."""

    def __init__(
        self, tree: Tree, just: _Justfile, variables: Mapping[str, str], manifests: Sequence[str]
    ) -> None:
        self._tree, self._just, self._variables, self._manifests = tree, just, variables, manifests
        self._seen: set[tuple[str, tuple[str, ...]]] = set()

    def find(self, name: str) -> _Recipe | None:
        """Return a recipe by its name or another name of it."""
        return self._just.recipes.get(self._just.aliases.get(name, name))

    def carry_out(self, name: str, given: tuple[str, ...]) -> Iterator[Command]:
        """Yield the commands of a recipe, of those that it wants before, and of those that follow it."""
        recipe = self.find(name)
        if recipe is None or (name, given) in self._seen or len(self._seen) >= MAX_RECIPES:
            return
        self._seen.add((name, given))
        values = dict(self._variables)
        for at, (parameter, default, takes_all) in enumerate(recipe.parameters):
            said = " ".join(given[at:]) if takes_all else given[at] if at < len(given) else None
            usual = None if default is None else _evaluate(default, values)
            values[parameter] = said or usual or ("" if takes_all or usual is not None else f"<{parameter}>")
        for other, words in recipe.before:
            yield from self.carry_out(other, tuple(_evaluate(word, values) or word for word in words))
        yield from self._read_rows(recipe, values)
        for other, words in recipe.after:
            yield from self.carry_out(other, tuple(_evaluate(word, values) or word for word in words))

    def _read_rows(self, recipe: _Recipe, values: Mapping[str, str]) -> Iterator[Command]:
        rows = [(line, _fill_in(row, values)) for line, row in recipe.rows]
        if rows and rows[0][1].startswith("#!"):
            if find_language("x", rows[0][1]) != "Shell":
                return
            rows = [(rows[0][0], "\n".join(row for _, row in rows))]
        folder = posixpath.dirname(self._just.path) or "."
        exported = tuple((name, values[name]) for name in self._just.exported if name in values)
        for line, row in rows:
            directory = Directory(self._tree, folder, self._manifests, own_clone=False)
            text = row if "\n" in row else row.lstrip("@-")
            for command in read_commands_of(
                self._tree, text, self._just.path, start=line, directory=directory, language="script"
            ):
                yield command.model_copy(update={"env": (*exported, *command.env)})


def _fill_in(text: str, values: Mapping[str, str]) -> str:
    """Put values in for `{{name}}`; what is not known stays open."""

    def fill(use: re.Match[str]) -> str:
        value = _evaluate(use["expression"], values)
        return f"<{use['expression'].strip()}>" if value is None else value

    return _USE.sub(fill, text)


def _evaluate(expression: str, values: Mapping[str, str]) -> str | None:
    """Return the value of strings and names that are joined; None where something else is among them."""
    found: list[str] = []
    for part in expression.split("+"):
        match = _PART.fullmatch(part.strip())
        if match is None or (match["name"] and match["name"] not in values):
            return None
        found.append(values[match["name"]] if match["name"] else match["raw"] or match["text"] or "")
    return "".join(found)[:MAX_VALUE]


@once_per_tree
def _read(tree: Tree, path: str) -> _Justfile:
    just = _Justfile(path=path)
    lines = [line[:MAX_LINE] for line in tree.read(path).split("\n")[:MAX_LINES]]
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line.strip() or line[0] in "# \t[":
            continue
        if (alias := _ALIAS.match(line)) is not None:
            just.aliases[alias["name"]] = alias["recipe"]
        elif line.startswith(("set ", "import ", "mod ")):
            continue
        elif (assigned := _ASSIGNMENT.match(line)) is not None:
            value = _evaluate(assigned["value"].partition(" #")[0], just.variables)
            just.variables |= {} if value is None else {assigned["name"]: value}
            just.exported += [assigned["name"]] if assigned["export"] else []
        elif (head := _split_head(line)) is not None:
            end = next(
                (n for n in range(at, len(lines)) if lines[n].strip() and lines[n][0] not in " \t"), len(lines)
            )
            name, parameters, wanted = head
            just.recipes.setdefault(name, _make_recipe(parameters, wanted, lines[at:end], at + 1))
            at = end
    return just


def _split_head(line: str) -> tuple[str, str, str] | None:
    """Return (name, parameters, what it wants) of a line that begins a recipe; None of another."""
    named = _NAME.match(line)
    quote = ""
    for at, sign in enumerate(line):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign == ":" and named is not None:
            is_head = at >= named.end() and line[at + 1 : at + 2] != "="
            return (named["name"], line[named.end() : at], line[at + 1 :].partition("#")[0]) if is_head else None
    return None


def _make_recipe(head: str, wanted: str, lines: Sequence[str], first: int) -> _Recipe:
    parameters = tuple(
        (each["name"], each["value"], each["kind"][:1] in {"*", "+"}) for each in _PARAMETER.finditer(head)
    )
    before, _, after = wanted.partition("&&")
    rows: list[tuple[int, str]] = []
    for number, line in enumerate(lines, first):
        text = line.strip()
        if rows and rows[-1][1].endswith("\\"):
            rows[-1] = (rows[-1][0], f"{rows[-1][1].removesuffix(chr(92))} {text}")
        elif text:
            rows.append((number, text))
    return _Recipe(parameters, tuple(_read_wanted(before)), tuple(_read_wanted(after)), tuple(rows))


def _read_wanted(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for each in _WANTED.finditer(text):
        yield each["called"] or each["name"], tuple(_WORD.findall(each["given"] or ""))
