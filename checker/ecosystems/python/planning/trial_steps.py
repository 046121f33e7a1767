"""Plans the steps from `importable` to `runs`: imports, usage, starts, notebooks, tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import PurePosixPath
from urllib.parse import unquote

from checker.core.container import ENVIRONMENT, FILES, PROBES, SOURCE
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.core.values.plans import BuildPlan, Phase, Program, Standing, Step, Way
from checker.ecosystems.instructions.folders import FRONT, find_meaning
from checker.ecosystems.instructions.pages import find_pages
from checker.ecosystems.instructions.placeholders import has_placeholder
from checker.ecosystems.instructions.scripts import find_scripts
from checker.ecosystems.python.code.pythonpath import NAME as PYTHONPATH
from checker.ecosystems.python.declared.projects import measure_distance
from checker.ecosystems.python.distributions.table import covers, provides
from checker.ecosystems.python.entry_points.argument_parsers import Parser
from checker.ecosystems.python.entry_points.entry_point import QUESTIONS, EntryKind, EntryPoint, Origin
from checker.ecosystems.python.entry_points.from_prose import SAYS_REPRODUCES
from checker.ecosystems.python.entry_points.helpers import (
    is_before_the_start,
    leave_out_helpers,
    leave_out_preparation,
    name_program,
    name_programs,
)
from checker.ecosystems.python.entry_points.test_suite import TestSuite
from checker.ecosystems.python.import_value import Where
from checker.ecosystems.python.launchers import ONE_PROCESS, PROGRAMS
from checker.ecosystems.python.planning.own_imports import find_own_imports
from checker.ecosystems.python.planning.steps import (
    ANSWER_SECONDS,
    IMPORT_SECONDS,
    PYTHON,
    START_SECONDS,
    TEST_SECONDS,
    make_run_variables,
)
from checker.ecosystems.python.spec import spec_of
from checker.ecosystems.python.survey import Survey

MOST_ANSWERS = 5
MOST_NOTEBOOKS = 3
MOST_MODULES = 400

#: Distinct programs that are started at most, and commands of each: the main one's differ most in what they need.
MOST_PROGRAMS = 6
MOST_COMMANDS = {Standing.MAIN: 4, Standing.OTHER: 2, Standing.HELPER: 1}

#: Width of pytest's summary: it tells in one line for each test why it failed, as far as the line reaches.
SUMMARY_COLUMNS = "240"

IMPORTS_OUT = f"{ENVIRONMENT}/imports.json"
TESTS_OUT = f"{ENVIRONMENT}/tests.json"
NOTEBOOK_TOOLS = ("nbclient", "nbformat", "ipykernel")


class Climb(Value):
    """Steps, the files they read, and what they need installed besides the repository's own dependencies.

    `tools` are installed set by set: a set that cannot be installed does not prevent the others.
    """

    steps: tuple[Step, ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    tools: tuple[tuple[str, ...], ...] = ()


def plan_climb(plan: BuildPlan, seen: Survey) -> Climb:
    """Return what is tried once everything is installed, cheapest first."""
    wanted = seen.find_required_modules(plan.interpreter or "3.8")
    programs = leave_out_helpers(seen.entry_points, seen.scan.imports, seen.local, wanted)
    entries = leave_out_preparation(programs)
    askable, startable = _choose_askable(plan, entries, seen.tree), _choose_startable(plan, entries, seen.tree)
    notebooks = _choose_notebooks(entries, seen.tree)
    named = name_programs(seen.tree, (*startable, *askable, *notebooks))
    tests = None if spec_of(plan).fork_of and _has_declared(entries) else seen.tests
    order = _import_order(plan, seen, (*startable, *askable, *notebooks), named)
    steps = [
        *([_import_step(plan)] if order["modules"] else []),
        *_ask_for_usage(plan, askable, named),
        *_make_collect_steps(plan, tests),
        *_start_programs(plan, startable, named),
        *(_make_notebook_step(plan, entry, number, named) for number, entry in enumerate(notebooks, 1)),
        *_make_test_steps(plan, tests),
    ]
    tools = (
        NOTEBOOK_TOOLS if notebooks else (),
        ("pip",) if any(_calls_pip(entry, seen.tree) for entry in entries) else (),
        tuple(
            dict.fromkeys(
                PROGRAMS.brought[e.start[0]] for e in entries if e.start and e.start[0] in PROGRAMS.brought
            )
        ),
        tests.requirements if tests else (),
        *(_list_test_requirements(plan, seen) if tests else ()),
    )
    files = (("imports.json", json.dumps(order, indent=1)),)
    return Climb(steps=tuple(steps), files=files, tools=tuple(wanted for wanted in tools if wanted))


def _calls_pip(entry: EntryPoint, tree: Tree) -> bool:
    """Whether a shell script that is started as a whole calls pip: every environment of an author's has it."""
    is_whole = entry.kind is EntryKind.COMMAND and find_scripts(tree).get(entry.script) == "Shell"
    return is_whole and re.search(r"\bpip3?\s", tree.read(entry.script)) is not None


def _list_test_requirements(plan: BuildPlan, seen: Survey) -> Iterator[tuple[str, ...]]:
    """Yield what the tests need: all that is listed for them, of it what they import, and what else they import.

    The lists include tools (formatters, benchmarks); one that cannot be installed would prevent what the tests
    import. Only the repaired way adds packages that are not listed.
    """
    listed = seen.test_requirements
    yield listed
    wanted = seen.find_required_modules(plan.interpreter or "3.8", frozenset({Where.TEST}))
    imported = {item.full.partition(".")[0] for module in wanted for item in module.imports}
    needed = tuple(line for line in listed if not imported.isdisjoint(provides(line)))
    yield needed if needed != listed else ()
    if plan.way is Way.REPAIRED:
        held = (*plan.requirements, *listed, *(seen.tests.requirements if seen.tests else ()))
        missing = [m for m in wanted if m.installable and not any(covers(held, item) for item in m.imports)]
        yield tuple(dict.fromkeys(next(d.name for d in m.distributions if d.installable) for m in missing))


# ---------------------------------------------------------------- imports


def _import_order(
    plan: BuildPlan, seen: Survey, programs: Sequence[EntryPoint], named: Programs
) -> dict[str, object]:
    """Say what the import probe is to import: other people's modules as the code names them, then its own.

    Those that only programs import are found from their folders, and may do more than define things. What only
    helpers import is not required: the rest of the code works without them.
    """
    helpers = {name for name, program in named.items() if program.standing is Standing.HELPER}
    programs = [entry for entry in programs if name_program(entry) not in helpers]
    names: dict[str, bool] = {}
    optional: set[str] = set()
    for module in seen.find_required_modules(plan.interpreter or "3.8"):
        if helpers.issuperset(item.path for item in module.imports):
            optional.update(item.full for item in module.imports)
        for item in module.imports:
            names.setdefault(item.full, False)
    copied = seen.copied_modules
    for module_name in seen.local.top_modules:
        if module_name not in copied:
            names.setdefault(module_name, True)
    chosen = list(names.items())[:MOST_MODULES]
    folder = f"{SOURCE}/{plan.project}" if plan.project != "." else SOURCE
    python = plan.interpreter or "3.8"
    reached = find_own_imports(programs, seen.scan.imports, seen.local, python)
    return {
        "modules": [
            *({"name": name, "required": name not in optional, "own": own} for name, own in chosen),
            *(
                {"name": own.module, "required": True, "own": True, "names": own.names, "path": _place(own.path)}
                for own in reached
                if own.names or own.module not in names
            ),
        ],
        "cwd": folder,
        "path": [folder],
        "also": _list_program_folders(programs, folder),
        "total_seconds": IMPORT_SECONDS - 60,
    }


#: Folders of programs in which imports are looked for beside the project's.
MOST_FOLDERS = 12


def _list_program_folders(programs: Sequence[EntryPoint], project: str) -> list[str]:
    """Return the folders that Python puts on the path of the programs that pages have a reader start."""
    starts = (
        entry for entry in programs if entry.declared and entry.start and entry.kind is not EntryKind.NOTEBOOK
    )
    folders = (
        entry.cwd if "-m" in (entry.start or ())[:3] else str(PurePosixPath(entry.script).parent)
        for entry in starts
    )
    return [folder for folder in _place(list(dict.fromkeys(folders))) if folder != project][:MOST_FOLDERS]


def _place(folders: Sequence[str]) -> list[str]:
    return [f"{SOURCE}/{folder}".removesuffix("/.") for folder in folders]


def _import_step(plan: BuildPlan) -> Step:
    return Step(
        name="import",
        phase=Phase.IMPORT,
        argv=(PYTHON, f"{PROBES}/imports.py", f"{FILES}/imports.json", IMPORTS_OUT),
        cwd=plan.project,
        env=make_run_variables(plan),
        seconds=IMPORT_SECONDS,
        required=False,
        collect=(IMPORTS_OUT,),
    )


# ---------------------------------------------------------------- entry points


#: The programs of a plan by their script or name.
Programs = Mapping[str, Program]


def _choose_askable(plan: BuildPlan, entries: Sequence[EntryPoint], tree: Tree) -> list[EntryPoint]:
    askable = [entry for entry in entries if entry.answer]
    return _choose_offered(askable, plan.project, tree) or (
        [] if _has_declared(entries) else _choose_apart(askable, tree)
    )


def _ask_for_usage(plan: BuildPlan, askable: Sequence[EntryPoint], named: Programs) -> Iterator[Step]:
    """Ask entry points for their usage, each program once, the main one first."""
    asked: dict[object, tuple[EntryPoint, tuple[str, ...]]] = {}
    for entry in askable:
        if entry.answer:
            question = (entry.answer, entry.cwd, dict(entry.env).get(PYTHONPATH))
            # Called plainly, a program that is meant to be launched may fail; launched, a plain one does not.
            if question not in asked or (entry.distributed and not asked[question][0].distributed):
                asked[question] = (entry, _call_installed(plan, entry, entry.answer))
    questions = sorted(asked.values(), key=lambda pair: _rank_standing(pair[0], named))
    for number, (entry, argv) in enumerate(questions[:MOST_ANSWERS], 1):
        command = (f"answer-{number}", argv)
        yield make_watched_step(plan, entry, named[name_program(entry)], Phase.ANSWER, command)


def _rank_standing(entry: EntryPoint, named: Programs) -> int:
    return list(Standing).index(named[name_program(entry)].standing)


#: What pip writes into a console script.
_AS_INSTALLED = (
    "import sys; from {module} import {name} as called; sys.argv[0] = {script!r}; sys.exit(called{rest}())"
)


def _call_installed(plan: BuildPlan, entry: EntryPoint, argv: tuple[str, ...]) -> tuple[str, ...]:
    """Call a console script where it is installed: the system's own of that name (`test`) would answer too.

    A project that is put on the path instead has none, and its target is called as the script would.
    """
    if entry.kind is not EntryKind.CONSOLE_SCRIPT:
        return argv
    module, _, function = entry.target.partition(":")
    if not spec_of(plan).project_on_path or not function:
        return (f"{ENVIRONMENT}/venv/bin/{argv[0]}", *argv[1:])
    name, dot, rest = function.partition(".")
    code = _AS_INSTALLED.format(module=module, name=name, rest=dot + rest, script=entry.name)
    return ("python", "-c", code, *argv[1:])


def make_watched_step(
    plan: BuildPlan,
    entry: EntryPoint,
    program: Program,
    phase: Phase,
    command: tuple[str, tuple[str, ...]],
) -> Step:
    """Return a step that runs a command under the watching program; `command` is (report's name, argv)."""
    asks = phase is Phase.ANSWER
    seconds = ANSWER_SECONDS if asks else START_SECONDS
    out = f"{ENVIRONMENT}/{command[0]}.json"
    launcher = ("--launcher", " ".join(map("=".join, ONE_PROCESS))) if entry.distributed else ()
    watch = (PYTHON, f"{PROBES}/run.py", out, "--seconds", str(seconds - 20), "--root", SOURCE, *launcher, "--")
    return Step(
        name=f"{'usage of' if asks else 'start'} {entry.name}",
        phase=phase,
        argv=(*watch, *command[1]),
        cwd=entry.cwd,
        env=_join_variables(make_run_variables(plan), entry.env),
        seconds=seconds,
        required=False,
        collect=(out,),
        evidence=entry.evidence,
        program=program,
    )


def _join_variables(
    plan: tuple[tuple[str, str], ...], entry: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """Join a plan's variables and a command's: the command's go before, and its path before the plan's."""
    path = ":".join(dict.fromkeys(part for env in (entry, plan) for name, part in env if name == PYTHONPATH))
    kept = {**dict(plan), **dict(entry)}
    return tuple((kept | {PYTHONPATH: path} if path else kept).items())


#: The step in which the runner looks for tests and runs none.
COLLECT = "collect the tests"


def _choose_startable(plan: BuildPlan, entries: Sequence[EntryPoint], tree: Tree) -> list[EntryPoint]:
    """Choose what is started for real, those that need nothing filled in first.

    Where the author's pages say how to start the code, nothing else is started: that some other script works says
    nothing about the program. Where they do not, a script deep in the tree is a part with a trial of its own.
    """
    started = [entry for entry in entries if entry.start and entry.kind is not EntryKind.NOTEBOOK]
    started = [entry for entry in started if QUESTIONS.isdisjoint(entry.start or ())]
    started = _choose_offered(started, plan.project, tree) or (
        [] if _has_declared(entries) else _choose_apart(started, tree)
    )
    started.sort(key=lambda entry: (bool(entry.placeholders), bool(entry.filled), not entry.declared))
    return started


def _start_programs(plan: BuildPlan, startable: Sequence[EntryPoint], named: Programs) -> Iterator[Step]:
    """Start every distinct program, the main one first, with a few of its commands; of each, one is to run.

    A command with placeholders, open or filled in, is not what the pages say: its success shows a start, but no
    run. The same holds for a page deep in the tree, whose folder may contain someone else's code.
    """
    for number, entry in enumerate(_take_few_of_each(startable, named), 1):
        phase = Phase.RUN if _is_as_stated(entry, plan.project) else Phase.START
        command = (f"start-{number}", _call_installed(plan, entry, entry.start or ()))
        yield make_watched_step(plan, entry, named[name_program(entry)], phase, command)


def _take_few_of_each(startable: Sequence[EntryPoint], named: Programs) -> list[EntryPoint]:
    """Return the commands of the first programs, main before others before helpers, further ones of each last."""
    groups: dict[Program, list[EntryPoint]] = {}
    for entry in sorted(startable, key=lambda entry: _rank_standing(entry, named)):
        groups.setdefault(named[name_program(entry)], []).append(entry)
    first = list(groups.items())[:MOST_PROGRAMS]
    taken = (
        (at, entry) for program, own in first for at, entry in enumerate(own[: MOST_COMMANDS[program.standing]])
    )
    return [entry for _, entry in sorted(taken, key=itemgetter(0))]


def _is_as_stated(entry: EntryPoint, project: str) -> bool:
    """Whether a start is what a page of the project says: its command word for word, a script alone."""
    plain = entry.origin is Origin.PROSE and entry.parser is Parser.NONE and len(entry.start or ()) == _PLAIN
    written = (entry.declared or plain) and not entry.filled and not has_placeholder(*entry.placeholders)
    return written and not any(measure_distance(place.source, project) for place in entry.evidence[:1])


#: Words of `python fit.py`.
_PLAIN = 2


def _has_declared(entries: Iterable[EntryPoint]) -> bool:
    return any(entry.declared and entry.kind is not EntryKind.NOTEBOOK for entry in entries)


def _choose_offered(entries: Sequence[EntryPoint], project: str, tree: Tree) -> list[EntryPoint]:
    """Choose the programs that pages say how to start, else those at the front.

    What the project's own page names in words is offered as well where only pages of folders below give commands,
    or where it says that results come out of it. Commands that only make ready, or look whether all is there, keep
    nothing from being tried.
    """
    declared = [entry for entry in entries if entry.declared]
    if not declared:
        return _choose_in_front(entries, project)
    said = {entry.script for entry in declared}
    others = [entry for entry in entries if entry.script not in said]
    if all(is_before_the_start(tree, entry) for entry in declared):
        return [*declared, *_choose_in_front(others, project)]
    own = any(not measure_distance(place.source, project) for entry in declared for place in entry.evidence[:1])
    return [*declared, *(entry for entry in others if (entry.in_front and not own) or _shows_results(entry))]


def _shows_results(entry: EntryPoint) -> bool:
    """Whether a page says of a script that it shows what the paper does."""
    return any(place.claim == SAYS_REPRODUCES for place in entry.evidence[:1])


def _choose_in_front(entries: Iterable[EntryPoint], project: str) -> list[EntryPoint]:
    return [entry for entry in entries if _is_in_front(entry, project)]


def _choose_apart(entries: Iterable[EntryPoint], tree: Tree) -> list[EntryPoint]:
    """Choose the shallowest scripts outside any package, where no page names one and none is at the front.

    A repository may be nothing but experiments, each in a folder of its own; a module of a package that has a
    main guard is a part with a trial of its own, also there.
    """
    apart = [entry for entry in entries if f"{PurePosixPath(entry.script).parent}/__init__.py" not in tree]
    top = min((entry.script.count("/") for entry in apart), default=0)
    return [entry for entry in apart if entry.script.count("/") == top]


def _is_in_front(entry: EntryPoint, project: str) -> bool:
    """Whether a script that no page gives a command for is named by one, or stands where users look for it."""
    if entry.in_front:
        return True
    folder = PurePosixPath(entry.script).parent
    inside = folder.relative_to(project) if folder.is_relative_to(project) else folder
    return not entry.script or not inside.parts or (len(inside.parts) == 1 and find_meaning(inside.name) in FRONT)


_SPEAKS_OF_NOTEBOOKS = re.compile(r"(?i)\bnotebooks?\b|\.ipynb\b")


def _choose_notebooks(entries: Sequence[EntryPoint], tree: Tree) -> list[EntryPoint]:
    """Choose notebooks: none where pages give commands and mention no notebook.

    A page that sends its reader to the folder that holds them (`[tutorials](./tutorials/)`) speaks of them. Those
    that pages name come first, in the order of the pages.
    """
    found = [entry for entry in entries if entry.kind is EntryKind.NOTEBOOK]
    texts = [unquote(tree.read(page)) for page in find_pages(tree)] if found else []
    if texts and _has_declared(entries) and not any(_SPEAKS_OF_NOTEBOOKS.search(text) for text in texts):
        found = [entry for entry in found if entry.declared or any(_leads_to(text, entry.cwd) for text in texts)]
    found.sort(key=lambda entry: (not entry.declared, _find_mention(texts, PurePosixPath(entry.script).name)))
    return found[:MOST_NOTEBOOKS]


def _find_mention(texts: Sequence[str], name: str) -> tuple[int, int]:
    """Return where pages name a file first: (page, offset); behind the last page where none does."""
    name_alone = re.compile(rf"(?<![\w-]){re.escape(name)}")
    places = ((page, match.start()) for page, text in enumerate(texts) if (match := name_alone.search(text)))
    return next(places, (len(texts), 0))


def _leads_to(text: str, folder: str) -> bool:
    return folder != "." and re.search(rf"[(`\"'](?:\./)?{re.escape(folder)}/?[)`\"'#]", text) is not None


def _make_notebook_step(plan: BuildPlan, entry: EntryPoint, number: int, named: Programs) -> Step:
    out = f"{ENVIRONMENT}/notebook-{number}.json"
    name = PurePosixPath(entry.script).name
    argv: tuple[str, ...] = (PYTHON, f"{PROBES}/notebook.py", name, out, "--seconds", str(START_SECONDS - 20))
    argv += ("--root", SOURCE) if entry.cwd != "." else ()
    return Step(
        name=f"notebook {entry.script}",
        phase=Phase.RUN,
        argv=argv,
        cwd=entry.cwd,
        env=make_run_variables(plan),
        seconds=START_SECONDS,
        required=False,
        collect=(out,),
        evidence=entry.evidence,
        program=named[name_program(entry)],
    )


# ---------------------------------------------------------------- tests


def _make_collect_steps(plan: BuildPlan, tests: TestSuite | None) -> Iterator[Step]:
    """Let the test runner find the tests: code that collects has at least been imported."""
    if tests is not None and tests.collect:
        yield _test_step(plan, tests, Phase.ANSWER)


def _make_test_steps(plan: BuildPlan, tests: TestSuite | None) -> Iterator[Step]:
    if tests is not None:
        yield _test_step(plan, tests, Phase.TEST)


def _test_step(plan: BuildPlan, suite: TestSuite, phase: Phase) -> Step:
    collecting = phase is Phase.ANSWER
    return Step(
        name=COLLECT if collecting else "run the tests",
        phase=phase,
        argv=suite.collect if collecting else (PYTHON, f"{PROBES}/tests.py", TESTS_OUT, "--", *suite.run),
        cwd=suite.cwd,
        env=(*make_run_variables(plan), ("COLUMNS", SUMMARY_COLUMNS)),
        seconds=ANSWER_SECONDS if collecting else TEST_SECONDS,
        required=False,
        collect=() if collecting else (TESTS_OUT,),
        evidence=(suite.stated_by,) if suite.stated_by else (),
    )
