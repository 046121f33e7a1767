"""Plans the steps that a launcher's output calls for: it prints commands, and what they do is what counts."""

from __future__ import annotations

from checker.core.container import ENVIRONMENT
from checker.core.tree import Tree
from checker.core.values.plans import BuildPlan, Evidence, Phase, Program, Step
from checker.core.values.results import StepResult
from checker.ecosystems.instructions.shell.reader import read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.entry_points.entry_point import EntryKind
from checker.ecosystems.python.entry_points.from_commands import find_command_entries
from checker.ecosystems.python.entry_points.helpers import name_program
from checker.ecosystems.python.outcomes.launchers import list_printed_commands
from checker.ecosystems.python.outcomes.run_report import read_report
from checker.ecosystems.python.planning.trial_steps import make_watched_step

#: Programs of which one printed command is started.
MOST_PRINTED = 3


def plan_printed_commands(tree: Tree, result: StepResult, plan: BuildPlan) -> tuple[Step, ...]:
    """Return a step for each of the tree's programs that a watched step printed a command for."""
    program, place = result.step.program, result.step.cwd
    report = read_report(result.collected[0][1]) if result.collected else None
    if report is None or program is None or result.step.phase not in (Phase.START, Phase.RUN):
        return ()
    text = "\n".join(list_printed_commands(report))
    directory = Directory(tree, place, PROJECT_FILES)
    commands = read_commands_of(tree, text, program.name, start=1, directory=directory, language="sh")
    steps: dict[str, Step] = {}
    for entry in find_command_entries(tree, list(commands)):
        name = name_program(entry)
        if entry.start is None or entry.kind is EntryKind.NOTEBOOK or name in steps or name == program.name:
            continue
        out = f"printed-{len(steps) + 1}-by-{_number(result)}"
        started = Program(name=name, standing=program.standing)
        said = Evidence(claim=f"printed by {program.name}", source=program.name, text=entry.evidence[0].text)
        made = make_watched_step(plan, entry, started, result.step.phase, (out, entry.start))
        steps[name] = made.model_copy(update={"evidence": (said,)})
    return tuple(steps.values())[:MOST_PRINTED]


def _number(result: StepResult) -> str:
    """Return the name of the file that a step's report was written to, which no other step has."""
    return result.collected[0][0].removeprefix(f"{ENVIRONMENT}/").removesuffix(".json")
