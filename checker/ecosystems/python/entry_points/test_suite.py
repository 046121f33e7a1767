"""Finds the tests of a project, the runner that its author names, and what that runner needs installed."""

from __future__ import annotations

import ast
import configparser
import posixpath
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from checker.core.tree import Tree, join
from checker.core.values.base import Value
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.python.code.fixtures import find_plugins, load_fixtures
from checker.ecosystems.python.code.imports import can_be_collected, is_apart, place_of
from checker.ecosystems.python.code.pytest_command import find_pytest_command
from checker.ecosystems.python.code.pytest_settings import list_overrides
from checker.ecosystems.python.code.test_rules import TestRules, read_rules
from checker.ecosystems.python.declared.formats.toml import get_table, read_toml
from checker.ecosystems.python.declared.vendored import find_copied_projects
from checker.ecosystems.python.import_value import Where
from checker.ecosystems.python.launchers import unwrap
from checker.ecosystems.python.source.parsing import parse_module

#: Lists of files to pass over that are read, and entries of one.
MAX_CONFTESTS = 20
MAX_PATTERNS = 100


class Runner(StrEnum):
    """What collects and runs the tests."""

    PYTEST = "pytest"
    UNITTEST = "unittest"
    NOSE = "nose"


class TestSuite(Value):
    """The tests of a project.

    `files` are its test files, `folders` what to hand to the runner (none lets it look for itself), `options` what
    the author's command hands to pytest, and settings that ours does without.
    `requirements` are distributions that the runner itself needs, `stated_by` the place that names the
    runner (None where the tests' own style decided). `via` is tox, nox or make where the author goes
    through one of them.
    """

    __test__ = False

    runner: Runner
    files: tuple[str, ...]
    folders: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    cwd: str = "."
    via: str = ""
    stated_by: Evidence | None = None

    @property
    def collect(self) -> tuple[str, ...]:
        """The command that lists the tests without running them: pytest collects those of unittest as well."""
        options = ("--collect-only", "-q", "--continue-on-collection-errors", "-p", "no:cacheprovider")
        return ("python", "-m", "pytest", *options, *self.options, *self.folders)

    @property
    def run(self) -> tuple[str, ...]:
        """The command that runs the tests: unittest discovers those of one folder, pytest runs all others."""
        where = self.folders or (".",)
        if self.runner is Runner.UNITTEST and len(where) == 1 and not where[0].endswith(".py"):
            return ("python", "-m", "unittest", "discover", "-s", where[0], "-p", "*test*.py", "-v")
        options = ("-q", "--continue-on-collection-errors", "-p", "no:cacheprovider", "-rfE")
        return ("python", "-m", "pytest", *options, *self.options, *self.folders)


def find_tests(tree: Tree, project: str = ".", commands: Sequence[Command] = ()) -> TestSuite | None:
    """Return the tests of a project, or None where it has none; pure, runs nothing."""
    asked = find_pytest_command(tree, project, commands)
    options = asked.options if asked is not None else ()
    rules = read_rules((text for _, text in _find_settings(tree, project)), options)
    named = _list_named_by_unittest(tree, project, commands)
    is_given = asked is not None and bool(asked.paths)
    ignored = () if is_given else tuple(_list_ignored(tree, project))
    rules = rules.model_copy(update={"paths": (), "skipped": ()}) if is_given else rules
    files = tuple(path for path in _test_files(tree, project, rules) if path not in ignored) or named
    if not files and asked is None:
        return None
    stated = _find_stated(tree, project, commands)
    runner = stated[0] if stated is not None else Runner.PYTEST
    # pytest runs the tests of the other two as well, and says more about each.
    runner = Runner.PYTEST if runner is Runner.NOSE else runner
    requirements = dict.fromkeys(["pytest", *_find_plugins(tree, project, files)])
    return TestSuite(
        runner=runner,
        files=files,
        folders=(asked.paths if asked is not None else named) or _find_folders(files, project, rules),
        options=(*list_overrides(tree, project, [text for _, text in _find_settings(tree, project)]), *options),
        requirements=tuple(requirements),
        cwd=project,
        via=stated[1] if stated is not None else "",
        stated_by=stated[2] if stated is not None else None,
    )


def _test_files(tree: Tree, project: str, rules: TestRules) -> Iterator[str]:
    prefix = "" if project == "." else project + "/"
    copied = tuple(f"{folder}/" for folder in find_copied_projects(tree, project))
    for path in tree.files:
        if path.startswith(copied) or not rules.leads_to(path.removeprefix(prefix)):
            continue
        if path.startswith(prefix) and path.endswith(".py") and PurePosixPath(path).name != "conftest.py":
            name = PurePosixPath(path).name.lower()
            if _is_collected(tree, path, rules):
                yield path
            elif "test" in path.lower() and ("test" in name or "/test" in f"/{path.lower()}"):
                text = tree.read(path)
                if _holds_tests(tree, text) and place_of(tree, path, text) is Where.TEST:
                    yield path


def _list_named_by_unittest(tree: Tree, project: str, commands: Sequence[Command]) -> tuple[str, ...]:
    """Return the files that a page hands to unittest: `python -m unittest tests/a.py`, or `tests.a.Case`."""
    found: dict[str, None] = {}
    for command in commands:
        argv = unwrap(command.argv)
        if argv[1:3] != ("-m", "unittest") or "discover" in argv:
            continue
        for word in argv[3:]:
            parts = word.split(".")
            dotted = ["/".join(parts[:at]) + ".py" for at in range(len(parts), 0, -1)]
            path = next((path for name in (word, *dotted) if (path := join(command.cwd, name)) in tree), None)
            if path is not None and path.endswith(".py"):
                found[posixpath.relpath(path, project)] = None
    return tuple(found)


def _list_ignored(tree: Tree, project: str) -> Iterator[str]:
    """Yield the files that a `conftest.py` has pytest pass over: `collect_ignore` and `collect_ignore_glob`."""
    prefix = "" if project == "." else f"{project}/"
    left = iter([MAX_PATTERNS] * MAX_CONFTESTS)
    for path in tree.files:
        if not path.startswith(prefix) or PurePosixPath(path).name != "conftest.py":
            continue
        module = parse_module(tree, tree.read(path)) if "collect_ignore" in tree.read(path) else None
        folder = posixpath.dirname(path) or "."
        for node in module.body if module is not None else ():
            name = ast.unparse(node.targets[0]) if isinstance(node, ast.Assign) else ""
            if isinstance(node, ast.Assign) and name in {"collect_ignore", "collect_ignore_glob"}:
                patterns = [join(folder, each) for each in _list_texts(node.value)[: next(left, 0)]]
                yield from (each for each in tree.files if any(_matches(each, pattern) for pattern in patterns))


def _list_texts(node: ast.expr) -> list[str]:
    items = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else []
    return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]


def _matches(path: str, pattern: str) -> bool:
    return path == pattern or path.startswith(f"{pattern.rstrip('/')}/") or fnmatchcase(path, pattern)


def _is_collected(tree: Tree, path: str, rules: TestRules) -> bool:
    """Whether the runner itself finds a test in a file, whatever else stands in it."""
    is_example = rules.has_doctests and ">>> " in tree.read(path)
    named = rules.names_file(PurePosixPath(path).name)
    if is_apart(path) or not (named or is_example) or place_of(tree, path, tree.read(path)) is Where.SETUP:
        return False
    module = parse_module(tree, tree.read(path))
    return is_example or (module is not None and rules.collect_from(module))


def _holds_tests(tree: Tree, text: str) -> bool:
    if re.search(r"\bclass \w*Test", text):
        return True
    return bool(re.search(r"\bdef test", text)) and can_be_collected(tree, text)


def _find_folders(files: tuple[str, ...], project: str, rules: TestRules) -> tuple[str, ...]:
    """Return the topmost folders of the tests, relative to the project; none where they lie all over it."""
    if rules.has_doctests:
        return ()
    tops: dict[str, None] = {}
    for path in files:
        relative = PurePosixPath(path).relative_to(project) if project != "." else PurePosixPath(path)
        parts = relative.parts[:-1]
        at = next((n for n, part in enumerate(parts, 1) if "test" in part.lower()), None)
        tops[str(relative) if at is None else "/".join(parts[:at])] = None
    return tuple(tops) if len(tops) <= 8 else ()


def _find_stated(tree: Tree, project: str, commands: Sequence[Command]) -> tuple[Runner, str, Evidence] | None:
    """Return (runner, what it is called through, the place) where the repository names one."""
    for command in commands:
        runner = _find_runner(" ".join(command.argv))
        if runner is not None:
            return runner, "", command.evidence
    for name, via in (("tox.ini", "tox"), ("noxfile.py", "nox"), ("Makefile", "make")):
        path = join(project, name)
        for line, text in enumerate(tree.read(path).split("\n"), 1):
            runner = _find_runner(text)
            if runner is not None and not text.lstrip().startswith(("#", "[")):
                return (
                    runner,
                    via,
                    Evidence(claim="names the test runner", source=path, line=line, text=text.strip()),
                )
    for path, section in _find_settings(tree, project):
        if section:
            return Runner.PYTEST, "", Evidence(claim="settings of pytest", source=path)
    for path in tree.files:
        if path.startswith(".github/workflows/") or PurePosixPath(path).name in {".travis.yml", ".gitlab-ci.yml"}:
            for line, text in enumerate(tree.read(path).split("\n"), 1):
                runner = _find_runner(text)
                if runner is not None:
                    return (
                        runner,
                        "",
                        Evidence(claim="names the test runner", source=path, line=line, text=text.strip()),
                    )
    return None


def _find_runner(text: str) -> Runner | None:
    if re.search(r"(?<![\w-])(?:py\.test|pytest)(?![\w=<>-])", text):
        return Runner.PYTEST
    if re.search(r"-m\s+unittest|setup\.py\s+test", text):
        return Runner.UNITTEST
    return Runner.NOSE if re.search(r"\bnosetests\b|-m\s+nose\b", text) else None


#: Where settings of pytest stand in TOML of its own; source: its documentation, "Configuration".
_TOML_SETTINGS = (("pytest.toml", "pytest"), (".pytest.toml", "pytest"), ("pyproject.toml", "tool", "pytest"))


def _find_settings(tree: Tree, project: str) -> Iterator[tuple[str, str]]:
    """Yield (file, text of its pytest settings)."""
    for name, *tables in _TOML_SETTINGS:
        found = get_table(read_toml(tree.read(join(project, name))), *tables)
        said = {key: value for key, value in found.items() if not isinstance(value, dict)}
        if said:
            yield join(project, name), "\n".join(f"{key} = {value}" for key, value in said.items())
    for name, section in (("pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest")):
        path = join(project, name)
        reader = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            reader.read_string(tree.read(path))
        except configparser.Error:
            continue
        if reader.has_section(section):
            yield path, "\n".join(f"{key} = {value}" for key, value in reader.items(section))
    path = join(project, "pyproject.toml")
    ini = get_table(read_toml(tree.read(path)), "tool", "pytest", "ini_options")
    if ini:
        yield path, "\n".join(f"{key} = {value}" for key, value in ini.items())


def _find_plugins(tree: Tree, project: str, files: tuple[str, ...]) -> Iterator[str]:
    for _, text in _find_settings(tree, project):
        yield from find_plugins(text)
        for match in re.finditer(r"-p[ =](?!no:)(pytest_\w+)", text):
            yield match[1].replace("_", "-")
    own_fixtures: set[str] = set()
    wanted: set[str] = set()
    for path in [*files[:400], *(path for path in tree.files if path.endswith("conftest.py"))]:
        text = tree.read(path)
        own_fixtures.update(
            re.findall(r"@pytest(?:_asyncio)?\.fixture[^\n]*\n(?:@[^\n]*\n)*\s*(?:async )?def (\w+)", text)
        )
        for arguments in re.findall(r"def test\w*\(([^)]*)\)", text):
            wanted.update(re.findall(r"\b(\w+)\b(?=\s*[,:]|\s*$)", arguments))
        if "pytest.mark.asyncio" in text:
            yield "pytest-asyncio"
        if "pytest.mark.timeout" in text:
            yield "pytest-timeout"
        if "parameterized.expand" in text:
            yield "parameterized"
    for fixture in sorted(wanted - own_fixtures):
        if fixture in load_fixtures():
            yield load_fixtures()[fixture]
