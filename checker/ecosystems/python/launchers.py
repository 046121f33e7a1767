"""Looks through launchers (`torchrun`, `accelerate launch`, `python -m …`) to the script that a command runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from checker.core.data_files import read_toml
from checker.core.values.base import Value

#: What starts an interpreter of Python.
PYTHON = re.compile(r"^(?:.*/)?(?:python|py|python[23](?:\.\d+)?|pypy3?|ipython3?)$")
#: How Windows' launcher is told which interpreter to start: `py -3.11`.
_OF_PY = re.compile(r"-[23](?:\.\d{1,2})?(?:-\d\d)?")
_FLAGGED = frozenset({"-W", "-X", "-Q"})


class Programs(Value):
    """The fields of data/launchers.toml, explained there."""

    launchers: frozenset[str]
    launch_modules: frozenset[str]
    rank_giving: frozenset[str]
    value_options: tuple[str, ...]
    tool_modules: frozenset[str]
    on_pages: frozenset[str]
    programs_of_packages: frozenset[str]
    runners: frozenset[str]
    files_of_programs: Mapping[str, tuple[str, ...]]
    of_the_machine: Mapping[str, str]
    wrappers: Mapping[str, tuple[str, ...]]
    one_process: Mapping[str, str]
    brought: Mapping[str, str]
    runner_values: Mapping[str, tuple[str, ...]]
    script_tables: Mapping[str, tuple[tuple[str, ...], ...]]


PROGRAMS = Programs.model_validate(read_toml(__package__, "launchers.toml"))

#: Programs of packages that do a repository's work when given its settings: `allennlp train a.jsonnet`.
PROGRAMS_OF_PACKAGES = PROGRAMS.programs_of_packages

#: What such a program reads in its folder where it is given no file.
FILES_OF_PROGRAMS = PROGRAMS.files_of_programs

#: Options of theirs that ask for another environment, or another machine, than the one that is there.
OF_THE_MACHINE = {name: re.compile(pattern) for name, pattern in PROGRAMS.of_the_machine.items()}

#: What runs the program that follows it, and its options that take a value as a word of its own.
WRAPPERS = PROGRAMS.wrappers

#: What a launcher sets for the only process of a run.
ONE_PROCESS = tuple(PROGRAMS.one_process.items())

#: A bare word before the program that is none: how long (`timeout 2h`), on which processors (`taskset 0x3`).
_OF_WRAPPERS = re.compile(r"\d+(?:\.\d+)?[smhd]?|0x[\da-fA-F]+")

#: How a script is started at IPython's prompt, where `run` needs no sign before it: `run -i fit.py 3`.
RUN_OF_IPYTHON = re.compile(r"%?run\s+(?:-[a-z]\s+){0,4}(?P<script>[\w./-]+\.py)(?!\S)")

#: What hands a job to a machine in the recipes of Kaldi and ESPnet, with options and a log before the program:
#: `${cuda_cmd} --gpu 1 exp/train.log python train.py`.
_JOB = re.compile(r"(?:\$\{?)?\w+_cmd\}?|(?:run|queue|slurm|ssh|stdout|pbs|parallel)\.pl")

_VALUE_OPTIONS = re.compile(rf"--?(?:{'|'.join(PROGRAMS.value_options)})")


#: Options by which a launcher that adds an argument is told not to.
_BY_ENVIRONMENT = frozenset({"--use_env", "--use-env"})


class Launch(Value):
    """What a command really runs: a script (`script`) or a module (`module`) with its `arguments`.

    `distributed` holds where a launcher was taken off that starts several processes, `gives_rank` where it adds
    `--local_rank=0` to the arguments; `tool` where the module is a tool of Python and no code of the repository.
    `program` is a command that stands for the script: it was installed with the repository. `prompt` holds where
    IPython runs it, which finds modules in the folder that it was started in as well.
    """

    program: str = ""
    script: str = ""
    module: str = ""
    arguments: tuple[str, ...] = ()
    distributed: bool = False
    gives_rank: bool = False
    tool: bool = False
    prompt: bool = False
    options: tuple[str, ...] = ()

    @property
    def argv(self) -> tuple[str, ...]:
        """The command with `python`, or an installed command, alone in front."""
        if self.program:
            return (self.program, *self.arguments)
        target = ("-m", self.module) if self.module else (self.script,)
        return ("python", *self.options, *target, *self.arguments)


def unwrap(argv: Sequence[str]) -> tuple[str, ...]:
    """Take off what stands in front of the program: wrappers, and `run` of project managers."""
    rest = list(argv)
    while rest:
        head = posixpath.basename(rest[0])
        if head in WRAPPERS or re.fullmatch(r"[A-Za-z_]\w*=.*", rest[0]):
            rest = _drop_wrapper_options(rest[1:], WRAPPERS.get(head, ()))
        elif head in PROGRAMS.runners and (inner := _find_run(head, rest[1:])) is not None:
            rest = inner
        elif _JOB.fullmatch(head) and (program := next(filter(_runs_python, rest[1:]), None)) is not None:
            rest = rest[rest.index(program) :]
        else:
            break
    return tuple(rest)


def _find_run(manager: str, words: list[str]) -> list[str] | None:
    """Return what a project manager runs, without its options before and after `run`; None where it runs nothing.

    `poetry -C src run python fit.py` and `hatch run exp:python fit.py` → `python fit.py`.
    """
    valued = PROGRAMS.runner_values.get(manager, ())
    words = _drop_options(words, valued)
    if words[:1] != ["run"] and (manager, words[:1]) != ("pixi", ["r"]):
        return None
    words = _drop_options(words[1:], valued)
    if manager == "hatch" and words:
        words[0] = re.sub(r"^[\w.-]+:(?=.)", "", words[0])
    return words


def _drop_wrapper_options(rest: list[str], valued: tuple[str, ...]) -> list[str]:
    """Drop what is meant for a wrapper: its options, of which `valued` take a word more, and bare numbers."""
    while rest and (rest[0].startswith("-") or _OF_WRAPPERS.fullmatch(rest[0])):
        rest = rest[2:] if rest[0] in valued else rest[1:]
    return rest


def _runs_python(word: str) -> bool:
    return PYTHON.match(word) is not None or word.endswith(".py")


def find_launch(argv: Sequence[str]) -> Launch | None:
    """Return the Python script or module that a command runs, or None where it runs no Python of its own."""
    rest = list(unwrap(argv))
    if not rest:
        return None
    head = posixpath.basename(rest[0])
    if head in PROGRAMS.launchers:
        return _read_launched(rest[1:])
    if PYTHON.match(rest[0]):
        return _read_interpreter(rest[1:], prompt=head.startswith("ipython"))
    if rest[0].endswith(".py"):
        return Launch(script=_clean(rest[0]), arguments=tuple(rest[1:]))
    if (run := RUN_OF_IPYTHON.match(" ".join(rest))) is not None:
        return Launch(script=_clean(run["script"]), arguments=tuple(rest[len(run[0].split()) :]), prompt=True)
    return None


_BAZEL_TARGET = re.compile(r"(?://)?(?P<package>[\w./-]*)(?::(?P<target>[\w./-]+))?")


def find_bazel_launch(argv: Sequence[str]) -> Launch | None:
    """Return the module that a program built by Bazel is made of, or None where a command runs none.

    `bazel-bin/pkg/fit --x` and `bazel run //pkg:fit -- --x` are `python -m pkg.fit --x` in the workspace: there
    its root is on the path.
    """
    rest = list(unwrap(argv))
    head, _, built = (rest[0] if rest else "").removeprefix("./").partition("/")
    if head == "bazel-bin" and built:
        return Launch(module=built.replace("/", "."), arguments=tuple(rest[1:]))
    if head not in {"bazel", "bazelisk", "blaze"} or "run" not in rest[1:]:
        return None
    words = rest[rest.index("run") + 1 :]
    at = words.index("--") if "--" in words else len(words)
    asked, given = words[:at], words[at + 1 :]
    target = next((word for word in asked if not word.startswith("-") and word != "opt"), "")
    named = _BAZEL_TARGET.fullmatch(target)
    if named is None or not target:
        return None
    package = named["package"].strip("/")
    name = named["target"] or posixpath.basename(package)
    return Launch(module=f"{package}/{name}".strip("/").replace("/", "."), arguments=tuple(given))


def _read_launched(rest: list[str]) -> Launch | None:
    """Read what follows a launcher: its options, then a script, `-m module`, or `python script`."""
    if rest and rest[0] in {"launch", "run"}:
        rest = rest[1:]
    if "-m" in rest[:12] or "--module" in rest[:12]:
        at = min(rest.index(flag) for flag in ("-m", "--module") if flag in rest)
        if at + 1 < len(rest) and not any(part.endswith(".py") for part in rest[:at]):
            return Launch(module=rest[at + 1], arguments=tuple(rest[at + 2 :]), distributed=True)
    rest = _drop_options(rest)
    inner = find_launch(rest)
    return inner.model_copy(update={"distributed": True}) if inner is not None else None


def _read_interpreter(rest: list[str], *, prompt: bool = False) -> Launch | None:
    """Read what follows the interpreter; `prompt`: that of IPython."""
    options: list[str] = []
    while rest and rest[0].startswith("-") and rest[0] not in {"-m", "-c", "-"}:
        if rest[0] in _FLAGGED:
            options, rest = [*options, *rest[:2]], rest[2:]
        elif _OF_PY.fullmatch(rest[0]):
            rest = rest[1:]
        elif rest[0] in {"-V", "--version", "-h", "--help"}:
            return None
        elif rest[0].startswith("-m") and len(rest[0]) > 2:
            rest = ["-m", rest[0][2:], *rest[1:]]
        else:
            options, rest = [*options, rest[0]], rest[1:]
    if not rest or rest[0] in {"-c", "-"}:
        return None
    if rest[0] != "-m":
        given = tuple(rest[1:])
        return Launch(script=_clean(rest[0]), arguments=given, prompt=prompt, options=tuple(options))
    if len(rest) < 2:
        return None
    if rest[1] in PROGRAMS.launch_modules:
        launched = _read_launched(rest[2:])
        gives = rest[1] in PROGRAMS.rank_giving and not _BY_ENVIRONMENT.intersection(rest)
        return launched.model_copy(update={"gives_rank": gives}) if launched is not None else None
    tool = rest[1] in PROGRAMS.tool_modules or rest[1].partition(".")[0] in PROGRAMS.tool_modules
    return Launch(module=rest[1].removesuffix(".py"), arguments=tuple(rest[2:]), tool=tool, options=tuple(options))


def _drop_options(rest: list[str], valued: tuple[str, ...] = ()) -> list[str]:
    """Drop the options before the next program or script; `valued` take a value besides the usual ones."""
    while rest and rest[0].startswith("-"):
        named = rest[0] in valued or _VALUE_OPTIONS.fullmatch(rest[0]) is not None
        takes_value = named and len(rest) > 1 and not rest[1].endswith(".py")
        rest = rest[2:] if takes_value else rest[1:]
    while rest and re.fullmatch(r"\d+", rest[0]):
        rest = rest[1:]
    return rest


def _clean(path: str) -> str:
    return path.removeprefix("./")
