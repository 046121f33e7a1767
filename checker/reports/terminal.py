"""Final tables for the terminal: a run, or one repository; nothing from outside is read as markup."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from checker.core.text import join_lines
from checker.core.values.plans import Goal, Rung, Way
from checker.core.values.results import Attempt, Blame, Cause, Check
from checker.judging.ladder import find_decisive_attempt
from checker.judging.presence import describe_contents
from checker.judging.programs import describe_extent
from checker.judging.wording import Outcome, choose_exit_code, find_outcome, find_reach
from checker.reports.build import cut_telling_excerpt
from checker.reports.counting import collect_programs, collect_rungs, read_verdict_rungs
from checker.reports.document import Report
from checker.reports.goals import describe_goal
from checker.reports.words import (
    AVAILABILITY_WORDS,
    BLAME_WORDS,
    MISSING_WORDS,
    NONE_JUDGED,
    OUTCOME_WORDS,
    RUNG_WORDS,
    STANDING_WORDS,
    TONE_STYLES,
    WAY_WORDS,
    count_things,
    describe_left_out,
    format_seconds,
)

#: Repositories listed at most; the site lists all.
MAX_ROWS = 200

#: Characters of what the repairs of one kind changed; the report has all.
MOST_OF_A_REPAIR = 300

#: A rung that holds, does not hold, is inconclusive or was not tried.
MARKS = {True: ("✓", "green"), False: ("✗", "red"), None: ("·", "dim")}


#: Width where nobody watches: names and causes are whole, for whatever reads them.
PIPED_COLUMNS = 200


def open_standard_output() -> Console:
    """Return a console as wide as the terminal, and wide enough for everything where there is none."""
    return Console(width=None if sys.stdout.isatty() else PIPED_COLUMNS)


def print_run(report: Report, console: Console | None = None) -> None:
    """Print the summary of a run."""
    _print(run_summary(report), console or open_standard_output())


def print_check(check: Check, console: Console | None = None, goal: Goal | None = None) -> None:
    """Print what is said of one repository, with respect to a goal where there is one."""
    _print(check_summary(check, goal), console or open_standard_output())


def _print(what: RenderableType, console: Console) -> None:
    """Print tables; outside of a terminal without the blanks that fill their lines."""
    if console.is_terminal:
        console.print(what)
        return
    with console.capture() as capture:
        console.print(what)
    console.file.writelines(f"{line.rstrip()}\n" for line in capture.get().splitlines())


def _render_cell(text: str, style: str = "", limit: int = 300) -> Text:
    return Text(join_lines(text, limit), style=style, overflow="ellipsis", no_wrap=True)


# ---------------------------------------------------------------- a run


def run_summary(report: Report) -> RenderableType:
    """Return the tables of a run: what was read, how far it got by each way, every repository."""
    parts: list[RenderableType] = [
        _render_counts(report),
        Text(),
        _render_ways(report) if report.funnel.tried else Text(NONE_JUDGED),
        Text(),
        _Repositories(report),
    ]
    left = len(report.repositories) - MAX_ROWS
    if left > 0:
        parts.append(Text(f"… and {left} more in the report", style="dim"))
    return Group(*parts)


def _render_counts(report: Report) -> Text:
    funnel = report.funnel
    return Text(
        f"{report.date.isoformat()}: {count_things(funnel.papers, 'paper', 'papers')}, "
        f"{funnel.linked} with a link to code · {count_things(funnel.links, 'link', 'links')} to "
        f"{count_things(funnel.repositories, 'repository', 'repositories')} · {funnel.available} available, "
        f"{funnel.code} with code · {(describe_left_out(funnel) or 'nothing left out').rstrip('.')}"
        + (f" · rules {', '.join(report.rules)}" if report.rules else "")
    )


def _render_ways(report: Report) -> Table:
    funnel = report.funnel
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left", header_style="dim")
    table.add_column(f"of {funnel.tried} judged")
    for way in Way:
        table.add_column(WAY_WORDS[way], justify="right")
    for rung in list(Rung)[Rung.RESOLVED.height :]:
        counts = [getattr(getattr(funnel, way.value), rung.value) for way in Way]
        table.add_row(RUNG_WORDS[rung], *(str(count) for count in counts))
    return table


@dataclass(frozen=True)
class _Repositories:
    """One line for each repository; half of the width at most is the name's, so that the cause says something."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
        table.add_column("repository", no_wrap=True, overflow="ellipsis", max_width=options.max_width // 2)
        table.add_column("link", no_wrap=True, overflow="ellipsis", max_width=11)
        table.add_column("outcome", no_wrap=True, min_width=13)
        table.add_column("cause", ratio=1, no_wrap=True, overflow="ellipsis")
        for entry in self.report.repositories[:MAX_ROWS]:
            table.add_row(
                _render_cell(entry.repository),
                AVAILABILITY_WORDS[entry.availability],
                Text(entry.outcome.label, style=TONE_STYLES[entry.outcome.tone]),
                _render_cell(entry.cause_summary or "", "dim"),
            )
        yield table


# ---------------------------------------------------------------- one repository


def check_summary(check: Check, goal: Goal | None = None) -> RenderableType:
    """Return the ladder, the cause with its hint, what is missing, and what to type next."""
    parts: list[RenderableType] = [_render_heading(check, goal)]
    ladder = (_render_ladder(check),) if check.attempts or check.verdict.rungs else ()
    told = (tuple(_render_stops(check)), tuple(_render_repairs(check)))
    for part in (
        ladder,
        *told,
        tuple(_render_programs(check)),
        tuple(_render_cause(check, goal)),
        tuple(_render_missing(check)),
        tuple(_render_next(check)),
    ):
        parts += [Text(), *part] if part else []
    return Group(*parts)


def _render_heading(check: Check, goal: Goal | None) -> RenderableType:
    outcome = find_outcome(check, goal)
    name = join_lines(str(check.target.repository))
    commit = f" at {join_lines(check.checkout.commit[:12])}" if check.checkout else ""
    first = Text.assemble((name, "bold"), (commit, "dim"), ": ", (outcome.label, TONE_STYLES[outcome.tone]))
    facts = [AVAILABILITY_WORDS[check.availability]]
    if check.probe.moved_to is not None:
        facts.append(f"answers as {check.probe.moved_to}")
    if check.probe.archived:
        facts.append("archived by its owner")
    if check.checkout is not None and check.languages:
        facts.append(f"code of {check.checkout.code_date.date().isoformat()}")
    facts.append(format_seconds(check.seconds))
    if check.rules:
        facts.append(f"rules {check.rules}")
    said = " ".join(join_lines(part) for part in (outcome.sentence, describe_contents(check.contents)) if part)
    extent = describe_extent(check)
    lines = [first, Text(said), *([Text(f"{extent}.")] if extent else []), *_render_goal(check, goal, outcome)]
    return Group(*lines, Text(join_lines(" · ".join(facts)), style="dim"))


def _render_goal(check: Check, goal: Goal | None, outcome: Outcome) -> Iterable[Text]:
    """Say what was required where that was not reached: what the exit code is about."""
    if goal is not None and choose_exit_code(find_reach(check, goal.way), outcome, goal) == 1:
        yield Text(f"required and not reached: {describe_goal(goal)}", style=TONE_STYLES[outcome.tone])


def _render_programs(check: Check) -> Iterable[RenderableType]:
    """One line for each program of several, with what became of it in each way."""
    programs = collect_programs(check)
    if len(programs) < 2:
        return
    ways = [way for way in Way if any(way in each.outcomes for each in programs)]
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("command", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("", no_wrap=True)
    for way in ways:
        table.add_column(WAY_WORDS[way], no_wrap=True)
    for each in programs:
        outcomes = (OUTCOME_WORDS[each.outcomes[way]] if way in each.outcomes else "–" for way in ways)
        table.add_row(_render_cell(each.command), Text(STANDING_WORDS[each.standing], style="dim"), *outcomes)
    yield table


def _render_ladder(check: Check) -> Table:
    """One line for each rung, with a mark for each way that was tried, and the evidence."""
    ways = [way for way in Way if any(attempt.plan.way is way for attempt in check.attempts)]
    held = read_verdict_rungs(check)
    evidence = {r.rung: r.evidence for r in check.verdict.rungs}
    columns = {way: collect_rungs(check, way) for way in ways}
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("rung", no_wrap=True)
    for way in ways:
        table.add_column(WAY_WORDS[way], justify="center", no_wrap=True)
    table.add_column("evidence", ratio=1, no_wrap=True, overflow="ellipsis")
    for rung in reversed(Rung):
        marks = [Text(*MARKS[columns[way][rung]]) for way in ways]
        why = next((e.claim for e in evidence.get(rung, ())), "")
        style = "bold" if held[rung] else ""
        table.add_row(Text(RUNG_WORDS[rung], style=style), *marks, _render_cell(why, "dim"))
    return table


def _render_stops(check: Check) -> Iterable[RenderableType]:
    """Tell why each way stopped, where more than one was tried: what time did is the difference between them."""
    last = {attempt.plan.way: attempt for attempt in check.attempts}
    stops = {way: last[way].cause for way in Way if way in last}
    if len(stops) < 2 or not any(stops.values()):
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("way", no_wrap=True)
    table.add_column("where it stopped", ratio=1)
    for way, cause in stops.items():
        table.add_row(WAY_WORDS[way], Text(join_lines(cause.summary) if cause else "nowhere"))
    yield table


def _render_repairs(check: Check) -> Iterable[RenderableType]:
    """List what was changed in the attempt that the verdict rests on; else in the last one."""
    shown = find_decisive_attempt(check) or (check.attempts[-1] if check.attempts else None)
    if shown is None or not shown.plan.repairs:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", expand=True)
    table.add_column("repair", no_wrap=True)
    table.add_column("what it changed", ratio=1)
    for name, same in groupby(sorted(shown.plan.repairs, key=attrgetter("name")), key=attrgetter("name")):
        changed = [join_lines(repair.changed) for repair in same]
        count = f" ×{len(changed)}" if len(changed) > 1 else ""
        words = "; ".join(changed).replace("; added ", ", ")
        table.add_row(
            _render_cell(f"{name.replace('_', ' ')}{count}"),
            Text(join_lines(words, MOST_OF_A_REPAIR), style="dim"),
        )
    yield table


def _render_cause(check: Check, goal: Goal | None) -> Iterable[RenderableType]:
    """Tell what kept the way that is asked for from the goal; where it is met, the cause of the verdict."""
    cause = check.cause or check.verdict.cause
    if goal is not None and not goal.is_met_by(find_reach(check, goal.way).reached):
        stopped = [a.cause for a in check.attempts if a.plan.way in goal.way.upto and a.cause is not None]
        cause = stopped[-1] if stopped else cause
    if cause is None:
        return
    whose = ", ".join(filter(None, (BLAME_WORDS[cause.blame], cause.rule)))
    yield Text.assemble(("cause  ", "dim"), join_lines(cause.summary), (f" ({join_lines(whose)})", "dim"))
    if cause.hint:
        yield Text.assemble(("hint   ", "dim"), join_lines(cause.hint))
    failed = _find_failed_log(check.attempts, cause)
    if failed and cause.blame is not Blame.CHECKER:
        yield Padding(Text(failed, style="dim", overflow="ellipsis", no_wrap=True), (0, 0, 0, 7))


def _find_failed_log(attempts: tuple[Attempt, ...], shown: Cause) -> str:
    """Return the telling lines of the last step that stopped for the shown cause, else for any."""
    stopped = [result for attempt in reversed(attempts) for result in attempt.results if result.cause is not None]
    stopped.sort(key=lambda result: result.cause is None or result.cause.name != shown.name)
    return next((cut_telling_excerpt(result, 6) for result in stopped), "")


def _render_missing(check: Check) -> Iterable[RenderableType]:
    if not check.missing:
        return
    yield Text("missing in the repository", style="dim")
    for item in check.missing[:20]:
        wanted = next((f", wanted by {e.source}{f':{e.line}' if e.line else ''}" for e in item.wanted_by), "")
        kind = MISSING_WORDS.get(item.kind, item.kind)
        yield Text(f"  {join_lines(f'{kind} {item.name}{wanted}')}", overflow="ellipsis", no_wrap=True)


def _render_next(check: Check) -> Iterable[RenderableType]:
    commands = suggest_commands(check)
    if commands:
        yield Text("next", style="dim")
        yield from (Text(f"  {command}") for command in commands)


def suggest_commands(check: Check) -> tuple[str, ...]:
    """Return what is worth typing now: try again, mend it, rebuild what was verified, take the badge."""
    name = shlex.quote(join_lines(check.target.folder or str(check.target.repository)))
    if check.inconclusive:
        return (f"checker repo {name}",)
    if check.verdict.reached is None or check.verdict.reached.height < Rung.BUILT.height:
        return _suggest_author_commands(check) if check.attempts else ()
    if check.target.folder is not None:
        return (f"checker repo {name} --badge reproducibility.svg",)
    return (f"checker recipe {name} -o recipe", f"checker badge {name} > reproducibility.svg")


def _suggest_author_commands(check: Check) -> tuple[str, ...]:
    """Return how an author goes on: a folder is checked again as it stands, without a commit or a push."""
    if check.target.folder is not None:
        return (f"checker repo {shlex.quote(join_lines(check.target.folder))}",)
    repository = check.target.repository
    address = shlex.quote(join_lines(f"https://{repository.host}/{repository.slug}"))
    return f"git clone {address}", f"checker repo {shlex.quote(f'./{join_lines(repository.name)}')}"
