"""Reads what `make TARGET` would carry out: the recipes of a Makefile as shell text; runs nothing."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from checker.core.tree import Tree, join, once_per_tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory

#: What make looks for, in its order.
NAMES = ("GNUmakefile", "makefile", "Makefile")

MAX_INCLUDED = 20
MAX_RULES = 2_000

#: Recipes given out at most: rules that sweep over settings make thousands of files.
MAX_RECIPES = 40

MAX_GOAL = 500

#: Goals looked at for one command, each with what it depends on.
MAX_WALKED = 300

MAX_TURNS = 200

#: Replacements in one line, and its characters: a variable that holds itself ends there.
MAX_VALUE = 4_000

_ASSIGNMENT = re.compile(r"^(?:export\s+|override\s+)*(?P<name>[\w.-]+)\s*(?P<how>::?=|[?+!]?=)\s*(?P<value>.*)$")
_DEFINITION = re.compile(r"^define\s+(?P<name>[\w.-]+)")
_RULE = re.compile(r"^(?P<targets>[^\t:=#][^:=#]*)::?(?!=)(?P<wanted>[^;]*)(?:;(?P<recipe>.*))?$")
_CONDITION = re.compile(r"^ *(?:ifn?eq|ifn?def|else|endif|endef|unexport|vpath)\b")
_USE = re.compile(r"\$(?:\((?P<round>[^(){}$]*)\)|\{(?P<curly>[^(){}$]*)\}|(?P<mark>[@<^*+?]))")

#: What is not known here; a shell would take it for a command.
_LEFT = re.compile(r"(?<!\$)\$\((\w++)[^()]*\)")

#: A loop; its first turn is read, as of a shell's loops.
_EACH = re.compile(r"\$\(foreach\s+(?P<name>\w+),(?P<listed>[^,]*),(?P<each>[^,]*?)\)(?=\s|$)")

_NO_GOAL = re.compile(r"-|\d+$|\w+=")
_GOAL = re.compile(r"[A-Za-z][\w./-]*")

#: The files of the folder that a pattern matches: `$(wildcard configs/*.yaml)`.
_WILDCARD = re.compile(r"\$\(wildcard\s+(?P<patterns>[^()$]{1,200})\)")
MAX_FOUND = 100
MAX_WILDCARDS = 50

#: What each word of a variable becomes: `$(SEEDS:%=fit-%)`, `$(FILES:.tex=.pdf)`.
_EVERY = re.compile(r"(?P<name>[\w.-]{1,100}):(?P<before>[^=]{0,200})=(?P<after>.{0,200})")

_EXPORTS = re.compile(r"^(?:override\s+)?export\b(?P<names>[\w. \t-]*)$")

#: What has a value where a Makefile gives it none; the last is what pages have a reader set.
_OWN = {"MAKE": "make", "CURDIR": ".", "PWD": ".", "PYTHON": "python"}


@dataclass(frozen=True)
class Recipe:
    """One recipe: (line of `path`, shell text) in `rows`, with the variables of the Makefile put in."""

    goal: str
    path: str
    rows: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class _Rule:
    targets: str
    wanted: str
    path: str
    line: int
    recipe: tuple[tuple[int, str], ...]


@dataclass
class _Makefile:
    variables: dict[str, str] = field(default_factory=dict)
    rules: list[_Rule] = field(default_factory=list)
    #: What recipes find in their environment; `*` stands for everything.
    exported: set[str] = field(default_factory=set)
    #: What each rule makes, with variables put in.
    names: list[tuple[str, ...]] = field(default_factory=list)

    named: dict[str, list[_Rule]] = field(default_factory=dict)
    #: (what stands before the `%`, what stands after it, rule).
    patterns: list[tuple[str, str, _Rule]] = field(default_factory=list)


def find_makefile(tree: Tree, folder: str) -> str | None:
    """Return the Makefile that make reads in a folder, or None."""
    return next((path for name in NAMES if (path := join(folder, name)) in tree), None)


def read_make_arguments(arguments: Sequence[str], cwd: str) -> tuple[str, tuple[str, ...]]:
    """Return the folder that `make` is called in, and the goals that it is given."""
    folder = cwd
    asked: list[str] = []
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word in {"-C", "--directory"} and rest:
            folder = join(cwd, rest.pop(0))
        elif not _NO_GOAL.match(word):
            asked.append(word)
    return folder, tuple(asked)


def read_make_values(arguments: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the variables that `make` is given, which go before those of the Makefile: `make fit N=5`."""
    pairs = (word.partition("=") for word in arguments if re.match(r"[A-Za-z_][\w.-]*=", word))
    return tuple((name, value) for name, _, value in pairs)


def find_recipes(
    tree: Tree, folder: str, asked: Sequence[str] = (), given: tuple[tuple[str, str], ...] = ()
) -> tuple[Recipe, ...]:
    """Return the recipes that make carries out for goals, those they depend on before them.

    Without goals those of the first rule; `given` are variables. Patterns with `%` are matched; of functions
    those on words are known, `call` and `foreach`; others are left as they are, and so is what only a shell
    could tell.
    """
    made = _read_all(tree, folder, given)
    first = made.variables.get(".DEFAULT_GOAL") or next(
        filter(_can_be_first, (n[0] for n in made.names if n)), None
    )
    found: dict[str, Recipe] = {}
    for goal in asked or ([first] if first else []):
        _walk(goal, made, found, set())
    return tuple(found.values())[:MAX_RECIPES]


def read_made_commands(
    tree: Tree,
    folder: str,
    asked: Sequence[str] = (),
    given: tuple[tuple[str, str], ...] = (),
    *,
    manifests: Sequence[str],
) -> Iterator[Command]:
    """Yield the commands that make carries out for goals; each line has a shell of its own, in the folder."""
    directory = Directory(tree, folder, manifests, own_clone=False)
    env = _list_exported(_read_all(tree, folder, given), given)
    for recipe in find_recipes(tree, folder, asked, given):
        for line, row in recipe.rows:
            directory.now, directory.lost = folder, False
            for command in read_commands_of(
                tree, row, recipe.path, start=line, directory=directory, language="script"
            ):
                yield command.model_copy(update={"env": (*env, *command.env)}) if env else command


def _list_exported(made: _Makefile, given: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return what recipes find in their environment: what the Makefile exports, and what make is given."""
    names = made.variables.keys() if "*" in made.exported else made.exported | {name for name, _ in given}
    values = ((name, _put(made.variables.get(name, ""), made.variables)) for name in sorted(names))
    return tuple((name, value) for name, value in values if value and "$" not in value)


def find_goals(tree: Tree, folder: str) -> tuple[tuple[str, str, int], ...]:
    """Return (goal, file, line) of the rules that make something by its name, in their order."""
    made = _read_all(tree, folder, ())
    named = ((names[0], rule) for names, rule in zip(made.names, made.rules, strict=True) if names)
    return tuple((goal, rule.path, rule.line) for goal, rule in named if _GOAL.fullmatch(goal))


# ---------------------------------------------------------------- reading


@once_per_tree
def _read_all(tree: Tree, folder: str, given: tuple[tuple[str, str], ...] = ()) -> _Makefile:
    made = _Makefile(dict(given))
    path = find_makefile(tree, folder)
    if path is not None:
        _read(tree, path, folder, made, [])
    for rule in made.rules:
        names = tuple(_put(rule.targets, made.variables).split())
        made.names.append(names)
        for before, mark, after in (name.partition("%") for name in names):
            if mark:
                made.patterns.append((before, after, rule))
            else:
                made.named.setdefault(before, []).append(rule)
    return made


def _read(tree: Tree, path: str, folder: str, made: _Makefile, seen: list[str]) -> None:
    """Read a Makefile and those that it includes; both sides of a condition count, an earlier value first."""
    if path in seen or len(seen) > MAX_INCLUDED:
        return
    seen.append(path)
    text = _WILDCARD.sub(
        lambda use: _list_files(tree, folder, use["patterns"]), tree.read(path), count=MAX_WILDCARDS
    )
    lines = _join_lines(text)
    at = 0
    while at < len(lines) and len(made.rules) < MAX_RULES:
        number, line = lines[at]
        at += 1
        if (definition := _DEFINITION.match(line)) is not None:
            end = next((n for n in range(at, len(lines)) if lines[n][1].startswith("endef")), len(lines))
            made.variables[definition["name"]] = "\n".join(text for _, text in lines[at:end])[:MAX_VALUE]
            at = end + 1
        elif line.startswith(("include ", "-include ")):
            for name in _put(line.partition(" ")[2], made.variables).split():
                if (inner := join(folder, name)) in tree:
                    _read(tree, inner, folder, made, seen)
        elif (exports := _EXPORTS.match(line)) is not None:
            made.exported |= set(exports["names"].split()) or {"*"}
        elif (assigned := _ASSIGNMENT.match(line)) is not None:
            _assign(assigned, made.variables)
            made.exported |= {assigned["name"]} if line.startswith(("export ", "override export ")) else set()
        elif not _CONDITION.match(line) and (rule := _RULE.match(line)) is not None:
            end = next((n for n in range(at, len(lines)) if not _is_recipe_line(lines[n][1])), len(lines))
            own = [(number, rule["recipe"])] if rule["recipe"] else []
            made.exported |= {"*"} if rule["targets"].strip() == ".EXPORT_ALL_VARIABLES" else set()
            body = (*own, *(row for row in lines[at:end] if row[1].startswith("\t") and row[1].strip()))
            made.rules.append(_Rule(rule["targets"], rule["wanted"], path, number, body))
            at = end


def _list_files(tree: Tree, folder: str, patterns: str) -> str:
    """Return the files of a folder that patterns match, relative to it; `*` matches within one folder."""
    base = "" if folder == "." else f"{folder}/"
    here = [path.removeprefix(base) for path in tree.files if path.startswith(base)]
    found = [
        path
        for pattern in (word.removeprefix("./") for word in patterns.split())
        for path in here
        if path.count("/") == pattern.removeprefix("./").count("/")
        and fnmatchcase(path, pattern.removeprefix("./"))
    ]
    return " ".join(found[:MAX_FOUND])


def _is_recipe_line(line: str) -> bool:
    return line.startswith("\t") or not line.strip() or line.startswith("#")


def _assign(assigned: re.Match[str], variables: dict[str, str]) -> None:
    name, value = assigned["name"], assigned["value"].partition(" #")[0].strip()
    if assigned["how"] == "+=" and name in variables:
        variables[name] = f"{variables[name]} {value}"[:MAX_VALUE]
    elif name not in variables and assigned["how"] != "!=":
        variables[name] = value[:MAX_VALUE]


def _join_lines(text: str) -> list[tuple[int, str]]:
    """Join what a backslash continues; a recipe keeps the tab in front of it."""
    found: list[tuple[int, str]] = []
    open_ = False
    for number, line in enumerate(text.split("\n"), 1):
        if open_:
            first, before = found[-1]
            found[-1] = (first, f"{before} {line.strip()}"[:MAX_VALUE])
        else:
            found.append((number, line[:MAX_VALUE]))
        open_ = found[-1][1].endswith("\\")
        found[-1] = (found[-1][0], found[-1][1].removesuffix("\\"))
    return found


# ---------------------------------------------------------------- carrying out


def _can_be_first(name: str) -> bool:
    """Whether make takes a rule where it is given no goal: not those of its own, nor patterns."""
    return not name.startswith(".") and "%" not in name


def _walk(goal: str, made: _Makefile, found: dict[str, Recipe], seen: set[str]) -> None:
    """Collect the recipes of a goal, each rule's once; what is wanted before it comes first."""
    if goal in seen or len(goal) > MAX_GOAL or len(found) >= MAX_RECIPES or len(seen) >= MAX_WALKED:
        return
    seen.add(goal)
    for rule, stem in _find_rules(goal, made):
        wanted = _put(rule.wanted, made.variables).replace("|", " ").replace("%", stem)[:MAX_VALUE].split()
        for each in wanted:
            _walk(each, made, found, seen)
        if rule.recipe:
            recipe = _make_recipe(rule, goal, stem, made, wanted)
            found.setdefault(f"{rule.path}:{rule.line}", recipe)


def _find_rules(goal: str, made: _Makefile) -> Iterator[tuple[_Rule, str]]:
    """Yield the rules of a goal, each with the stem of its pattern; a pattern counts where nothing names it."""
    named = made.named.get(goal, [])
    yield from ((rule, "") for rule in named)
    if any(rule.recipe for rule in named):
        return
    for before, after, rule in made.patterns:
        if goal.startswith(before) and goal.endswith(after) and len(goal) > len(before) + len(after):
            yield rule, goal[len(before) : len(goal) - len(after)]
            return


def _make_recipe(rule: _Rule, goal: str, stem: str, made: _Makefile, wanted: Sequence[str] = ()) -> Recipe:
    first = wanted[0] if wanted else ""
    own = {"@": goal, "<": first, "^": " ".join(wanted), "+": " ".join(wanted), "?": " ".join(wanted), "*": stem}
    put = ((number, _put(line, {**made.variables, **own})) for number, line in rule.recipe)
    rows = ((number, row.strip().lstrip("@-+").strip()) for number, text in put for row in text.split("\n"))
    plain = ((number, _LEFT.sub(r"${\1}", row).replace("$$", "$")) for number, row in rows if row)
    return Recipe(goal, rule.path, tuple(plain))


def _put(text: str, variables: Mapping[str, str], turns: Iterator[int] | None = None) -> str:
    """Put variables and the functions that are known into a text, from the inside out; others stay.

    `turns` are shared with what is put in on the way: a function that calls itself twice ends with them.
    """
    turns = iter(range(MAX_TURNS)) if turns is None else turns
    kept: dict[str, str] = {}
    text = _EACH.sub(lambda loop: _take_first_turn(loop, variables, turns), text.replace("$$", "\0"))
    while (match := _USE.search(text)) is not None and next(turns, None) is not None:
        value = _find_value(match, variables, turns)
        if value is None:  # kept out of the next turns, and put back at the end
            value = f"\1{len(kept)}\2"
            kept[value] = match[0]
        text = (text[: match.start()] + value.replace("$$", "\0") + text[match.end() :])[:MAX_VALUE]
    for mark, word in reversed(kept.items()):
        text = text.replace(mark, word)
    return text[:MAX_VALUE].replace("\0", "$$")


def _take_first_turn(loop: re.Match[str], variables: Mapping[str, str], turns: Iterator[int]) -> str:
    listed = _put(loop["listed"], variables, turns).split()
    return loop["each"].replace(f"$({loop['name']})", listed[0]) if listed else loop[0]


def _find_value(match: re.Match[str], variables: Mapping[str, str], turns: Iterator[int]) -> str | None:
    name = match["mark"] or match["round"] or match["curly"] or ""
    function, _, rest = name.partition(" ")
    if function == "call":
        called, *words = (word.strip() for word in rest.split(","))
        given = {str(number): word for number, word in enumerate(words, 1)}
        return _put(variables.get(called, ""), {**variables, **given}, turns)
    if function in _OF_WORDS and rest:
        return _change_words(function, [part.strip() for part in rest.split(",")])
    if (every := _EVERY.fullmatch(name)) is not None and every["name"] in variables:
        before, after = (part if "%" in name else f"%{part}" for part in (every["before"], every["after"]))
        return _change_words("patsubst", [before, after, _put(variables[every["name"]], variables, turns)])
    return variables.get(name, _OWN.get(name))


#: Functions of make on words that are known here; source: the GNU make manual, "Functions for Transforming Text".
_OF_WORDS = frozenset(
    {"dir", "notdir", "basename", "addprefix", "addsuffix", "patsubst", "subst", "strip", "sort", "firstword"}
)


def _change_words(function: str, arguments: Sequence[str]) -> str | None:
    """Return what a function on words gives: `addprefix a-,1 2` → `a-1 a-2`; None where it is called wrongly."""
    *first, last = arguments
    words = last.split()
    match (function, *first):
        case ("dir",):
            found = [f"{posixpath.dirname(word) or '.'}/" for word in words]
        case ("notdir",):
            found = [*map(posixpath.basename, words)]
        case ("basename",):
            found = [posixpath.splitext(word)[0] for word in words]
        case ("strip",):
            found = words
        case ("sort",):
            found = sorted(set(words))
        case ("firstword",):
            found = words[:1]
        case ("addprefix", prefix):
            found = [prefix + word for word in words]
        case ("addsuffix", suffix):
            found = [word + suffix for word in words]
        case ("patsubst", before, after):
            found = [_substitute(word, before, after) for word in words]
        case ("subst", before, after) if before:
            found = [last.replace(before, after)]
        case _:
            return None
    return " ".join(found)[:MAX_VALUE]


def _substitute(word: str, before: str, after: str) -> str:
    """Put a word into another pattern where it matches one: `a.tex`, `%.tex`, `%.pdf` → `a.pdf`."""
    head, mark, tail = before.partition("%")
    if not mark:
        return after if word == before else word
    fits = len(word) >= len(head) + len(tail) and word.startswith(head) and word.endswith(tail)
    return after.replace("%", word[len(head) : len(word) - len(tail)], 1) if fits else word
