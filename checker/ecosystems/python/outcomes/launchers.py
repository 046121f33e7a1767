"""Judges a program that only starts others, or prints how to start them, by what became of those.

`for path in glob("data/*"): subprocess.call(["python", "fit.py", path])` succeeds without any data, whatever is
installed; so does `os.system("./solve > out/1.txt")` where there is neither a solver nor a folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from checker.core.tree import Tree
from checker.ecosystems.python.outcomes.run_report import Child, StartReport
from checker.ecosystems.python.source.stdlib import is_standard

_STARTS = re.compile(r"\b(?:subprocess\.\w+|os\.(?:system|popen))\(")
_PYTHON = re.compile(r"[\"']python[\d.]*\b|\bsys\.executable\b")
#: What writes a file of commands for its user to run.
_WRITES = re.compile(r"\.write\([^\n]{0,80}\bpython[\d.]* [^\n]{0,80}\.py\b")
_IMPORTED = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)

#: Programs that any program may start in passing: that one of them fails says nothing.
_CHORES = frozenset(
    {
        "cat", "cd", "chmod", "clear", "cls", "cp", "date", "df", "diff", "du", "echo", "export", "file",
        "find", "free", "git", "grep", "head", "hostname", "kill", "ls", "lscpu", "mkdir", "mv", "notify-send",
        "nvidia-smi", "open", "pause", "pip", "pkill", "ps", "pwd", "rm", "set", "sleep", "stty", "tail", "test",
        "tput", "touch", "uname", "wc", "which", "whoami", "xdg-open",
    }
)  # fmt: skip

#: What a shell, or the Python that it starts, says of a command that it cannot carry out.
_COMPLAINT = re.compile(
    r"^(?:/\S*/)?(?:(?:ba|da|z)?sh|python[\d.]*|env|make)(?:\[\d+\])?: "
    r"|: (?:not found|command not found|No such file or directory|Directory nonexistent|Permission denied)$"
)


def is_idle_launcher(report: StartReport, tree: Tree) -> bool:
    """Whether a program that ended with 0 started none of the programs it exists to start, and printed nothing.

    Of several scripts by its name in the tree, all have to be such.
    """
    if report.errors.strip() or len(report.processes) > 1 or _list_children(report):
        return False
    texts = _read_script(report, tree)
    if not texts or not _is_plain(texts):
        return False
    if len(report.output.strip().splitlines()) <= MOST_AROUND and all(map(_WRITES.search, texts)):
        return True
    return not report.output.strip() and all(_STARTS.search(text) and _PYTHON.search(text) for text in texts)


def _read_script(report: StartReport, tree: Tree) -> list[str]:
    name = PurePosixPath(next((word for word in report.argv if word.endswith(".py")), "")).name
    return [tree.read(path) for path in tree.files if name and PurePosixPath(path).name == name]


def _is_plain(texts: list[str]) -> bool:
    """Whether scripts import only the standard library: they compute little themselves."""
    return all(is_standard(module) for text in texts for module in _IMPORTED.findall(text))


def find_failed_child(report: StartReport, tree: Tree) -> str:
    """Return a command that failed, where a program that ended with 0 did nothing but start such; '' else.

    Most of what it started failed, and it printed nothing but complaints or imports nothing that could do more.
    """
    started = [child for child in _list_children(report) if _find_program(child) not in _CHORES]
    failed = [child for child in started if child.code != 0]
    said = [line for line in (*report.output.splitlines(), *report.errors.splitlines()) if line.strip()]
    only_complaints = bool(report.errors.strip()) and all(_COMPLAINT.search(line.strip()) for line in said)
    if started and len(failed) * 2 <= len(started):
        return ""
    if failed and (only_complaints or not said or _is_plain(_read_script(report, tree))):
        return failed[-1].command
    return said[-1] if only_complaints and not started else ""


#: Exceptions that do not follow from what a process that was started did not print or write.
NOT_OF_CHILDREN = frozenset(
    {"NameError", "UnboundLocalError", "ModuleNotFoundError", "ImportError", "SyntaxError", "AttributeError"}
)
_NO_PROGRAM = re.compile(r"^[^\n:]{0,60}: (?:(?:line )?\d+: )?[^\s:]{1,200}: (?:command )?not found[ \t]*$")


def find_complaint(report: StartReport) -> str:
    """Return what a shell said of a program that is not there, where the program itself called it; '' else."""
    lines = report.errors.splitlines()
    return next((line.strip() for line in lines if _NO_PROGRAM.search(line.strip())), "")


def _list_children(report: StartReport) -> list[Child]:
    """Return what the program started, and what its forks did (`multiprocessing`), which have no command."""
    return [
        child for process in report.processes if process.main or not process.argv for child in process.children
    ]


def _find_program(child: Child) -> str:
    words = [word for word in child.command.split() if "=" not in word]
    return PurePosixPath(words[0]).name if words else ""


_PRINTED = re.compile(
    r"^(?:\$ +)?(?:\w+=\S* +)*(?:(?:srun|nohup|sbatch|time) +)?"
    r"(?:python[\d.]* +(?:-u +)?(?:\S+\.py\b|-m +\S)|(?:torchrun|accelerate +launch|deepspeed) +\S"
    r"|(?:bash|sh|sbatch|qsub) +\S+\.(?:sh|sbatch|slurm|pbs)\b|\./\S)"
)
_RULE = re.compile(r"^[\W_]+$|^#")

#: What stands before a command that is printed: `Run: python fit.py`, `[3] python fit.py`.
_LABEL = re.compile(r"^(?:[A-Za-z][\w ]{0,30}:|\[?\d{1,5}[\]).:]?|[-*>])\s+(?=\S)")

#: Other lines that may stand around the commands: `3 jobs written.`
MOST_AROUND = 2


def list_printed_commands(report: StartReport) -> list[str]:
    """Return the commands that a program printed for its user to run, where it ended well and did nothing else."""
    if report.exit_code != 0 or report.errors.strip() or _list_children(report) or len(report.processes) > 1:
        return []
    return list(dict.fromkeys(_read_printed(report.output)))


def _read_printed(output: str) -> Iterator[str]:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    lines = [_LABEL.sub("", line) for line in lines if not _RULE.search(line)]
    commands = [line for line in lines if _PRINTED.search(line)]
    if commands and len(lines) - len(commands) <= min(MOST_AROUND, len(commands) - 1):
        yield from (line.removeprefix("$").strip() for line in commands)
