"""Reads the commands of shell text by the shell's grammar, with the values that are known; runs nothing.

`ARGS="--k 1"; ARGS+=" --l 2"; python fit.py $ARGS` → `python fit.py --k 1 --l 2`. Of a loop the first turn is
read, of branches all unless the values at hand decide; a function where it is called, a subshell with a folder and
variables of its own. Text that is given to a program, as a here-document or in quotes, is no command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from checker.core.tree import Tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.environment import Environment
from checker.ecosystems.instructions.shell.text import MAX_RAW, prepare
from checker.ecosystems.instructions.shell.walker import MAX_COMMANDS, MAX_WORDS, Walker
from checker.ecosystems.instructions.shell.working_directory import Directory

SHELLS = frozenset({"bash", "sh", "zsh", "source", "."})

#: How shell scripts end; `sbatch` runs them as well.
_SCRIPT = (".sh", ".bash", ".slurm", ".sbatch")

_PROGRAM = re.compile(r"^(?!\.{1,2}$)[A-Za-z_./~$][\w./+~${}<>-]*$")


def find_script(argv: Sequence[str]) -> str | None:
    """Return the shell script that a command runs, as it names it; None where it runs none."""
    script = next((part for part in argv if part.endswith(_SCRIPT)), None)
    runs = bool(argv) and (argv[0] in SHELLS or argv[0].endswith((".sh", ".bash")) or argv[0] == "sbatch")
    return script if runs else None


def read_commands_of(
    tree: Tree,
    text: str,
    file: str,
    *,
    start: int,
    directory: Directory,
    language: str = "",
    heading: str = "",
    environment: Environment | None = None,
    is_typed: bool = False,
) -> Iterator[Command]:
    """Yield the commands of a shell text in order, each with the folder it would run in.

    `environment` holds what is known before, and keeps what the text sets; `is_typed`: the text stands on a page,
    as somebody types it at a prompt. A line that begins with an option
    continues the command above: the backslash was lost on the page.
    """
    source = prepare(text, start=start, is_typed=is_typed)
    walker = Walker(environment or Environment(None if is_typed else ()), is_typed=is_typed)
    places = _Places(directory)
    last: Command | None = None
    for count, simple in enumerate(walker.walk(source)):
        if count >= MAX_COMMANDS:
            break
        argv = simple.argv
        if argv[0].startswith("-") and last is not None and simple.raw.startswith("-"):
            last = last.model_copy(
                update={"argv": (*last.argv, *argv)[:MAX_WORDS], "raw": f"{last.raw} {simple.raw}"[:MAX_RAW]}
            )
            continue
        if not _PROGRAM.match(argv[0]) and not (argv[0] == "." and argv[1:]):
            continue
        if last is not None:
            yield last
        places.enter(simple.scope)
        last = Command(
            argv=argv,
            raw=simple.raw,
            file=file,
            line=simple.line,
            cwd=directory.place(argv),
            language=language,
            heading=heading[:200],
            env=simple.env,
            written=simple.written,
        )
        directory.follow(argv)
    if last is not None:
        yield last
    places.enter(())


class _Places:
    """Takes the working folder back to where it was once a subshell ends."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._scope: tuple[int, ...] = ()
        self._before: list[tuple[str, bool]] = []

    def enter(self, scope: tuple[int, ...]) -> None:
        """Go on in a subshell, given by the numbers of those around it and its own."""
        common = 0
        while common < min(len(scope), len(self._scope)) and scope[common] == self._scope[common]:
            common += 1
        if len(self._before) > common:
            self._directory.now, self._directory.lost = self._before[common]
            del self._before[common:]
        self._before += [(self._directory.now, self._directory.lost)] * (len(scope) - common)
        self._scope = scope
