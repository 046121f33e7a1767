"""The closed list of causes: why a check stopped, whose it is, and what the author can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from checker.core.plans import Evidence
from checker.core.results import Blame, Cause

THEIRS, LIMIT, OURS = Blame.REPOSITORY, Blame.LIMIT, Blame.CHECKER


class Kind(NamedTuple):
    """One row of the list: whose it is, what is said in one line, what helps."""

    blame: Blame
    summary: str
    hint: str


_ROWS: dict[str, Kind] = {
    # what the link names
    "commit_gone": Kind(
        THEIRS,
        "The commit, branch or tag that is asked for cannot be had from the repository.",
        "Link to a commit or tag that is there, and do not rewrite what papers link to.",
    ),
    "repository_too_large": Kind(
        LIMIT,
        "The repository is larger, or holds more files, than this check brings.",
        "Keep data and results in an archive of their own, and link to them.",
    ),
    # specification and resolution
    "no_specification": Kind(
        THEIRS,
        "No file states which packages the code needs.",
        "Add a requirements.txt, pyproject.toml or environment.yml that names every package with its version.",
    ),
    "malformed_specification": Kind(
        THEIRS,
        "The file that states the dependencies cannot be read by the tool it is written for.",
        "Install from the file once in an empty environment and correct the line that is reported.",
    ),
    "dependency_conflict": Kind(
        THEIRS,
        "The stated versions contradict each other: no set of packages satisfies them all.",
        "Write the versions down from an environment in which the code ran (`pip freeze`), or loosen a pin.",
    ),
    "version_gone": Kind(
        THEIRS,
        "A stated version of a package is not on the package index.",
        "Pin a version that is on the index, without a local suffix such as `+cu111`.",
    ),
    "package_gone": Kind(
        THEIRS,
        "A stated package is not on the package index under that name.",
        "Check the spelling; where the package comes from elsewhere, give its address in the same file.",
    ),
    "no_matching_python": Kind(
        THEIRS,
        "A stated version has no build for the Python version in use.",
        "State the Python version that you used (`requires-python`, `.python-version`, or in the README).",
    ),
    "git_requirement_gone": Kind(
        THEIRS,
        "A requirement is a git repository or revision that does not exist or is not public.",
        "Make that repository public, or require a release of it from the package index.",
    ),
    "private_index": Kind(
        THEIRS,
        "A requirement comes from a package index that wants a password or does not serve the public.",
        "Publish the package, or name a public replacement.",
    ),
    "download_gone": Kind(
        THEIRS,
        "A file that the installation downloads is no longer at its address.",
        "Put the file into a release or an archive with a lasting address, and link to that.",
    ),
    # building
    "missing_system_library": Kind(
        THEIRS,
        "A shared library of the operating system is needed and not installed.",
        "List the system packages next to the Python ones, for instance as an `apt install` line in the README.",
    ),
    "missing_header": Kind(
        THEIRS,
        "A C or C++ header is needed to compile and not installed.",
        "List the development packages that compiling needs, for instance as an `apt install` line.",
    ),
    "missing_compiler_or_command": Kind(
        THEIRS,
        "A compiler or program is called that is not installed.",
        "List the programs that the code calls, for instance as an `apt install` line in the README.",
    ),
    "undeclared_build_dependency": Kind(
        THEIRS,
        "A setup.py imports a package that it does not declare as needed for building.",
        "Name it in `[build-system] requires` of a pyproject.toml beside the setup.py.",
    ),
    "build_backend_error": Kind(
        THEIRS,
        "The build script of a package (setup.py or pyproject.toml) stops with an error.",
        "Build once in an empty environment; pin the build tools in `[build-system] requires`.",
    ),
    "compile_error": Kind(
        THEIRS,
        "C, C++, Fortran or Cython code does not compile with the present tools.",
        "State the compiler and library versions that were used, or publish built wheels.",
    ),
    "needs_gpu_toolchain": Kind(
        LIMIT,
        "An extension has to be compiled or loaded with a GPU toolchain that this check does not have.",
        "A path that works without the extension lets anyone check the rest of the code.",
    ),
    # the code itself
    "undeclared_dependency": Kind(
        THEIRS,
        "The code imports a package that no specification names.",
        "Add the package, with its version, to the specification.",
    ),
    "missing_in_repository": Kind(
        THEIRS,
        "The code wants a module or file that is not in the repository, and that no known package brings.",
        "Commit the file (check .gitignore), or declare the package that brings it.",
    ),
    "module_out_of_reach": Kind(
        THEIRS,
        "The code imports a module of its own repository that is not on Python's path where it is started.",
        "Say in the README from which folder to start it, or make the code installable.",
    ),
    "python2_syntax": Kind(
        THEIRS,
        "The code is written for Python 2, which has been without support since 2020.",
        "Convert it (`2to3` does most of it), or say plainly that Python 2 is needed.",
    ),
    "syntax_for_another_python": Kind(
        THEIRS,
        "The code is written for another Python version than the one in use.",
        "State the Python version that you used (`requires-python`, `.python-version`, or in the README).",
    ),
    "broken_syntax": Kind(
        THEIRS,
        "A file of the repository is not valid in any version of Python.",
        "Correct the line that is named; a test that imports every module would have shown it.",
    ),
    "incompatible_dependency": Kind(
        THEIRS,
        "The code uses something that the installed version of a package no longer has, or does not have yet.",
        "Pin the version of the package that you used.",
    ),
    "import_error": Kind(
        THEIRS,
        "A module is found but cannot be imported.",
        "Import it once in an empty environment made from the stated requirements.",
    ),
    "crash": Kind(
        THEIRS,
        "The program stops with an error of its own.",
        "Run the command from the README in a fresh clone and correct what it reports.",
    ),
    "no_entry_point": Kind(
        THEIRS,
        "No command, script or example was found that starts the code.",
        "Give one complete command in the README.",
    ),
    "usage_only": Kind(
        THEIRS,
        "The program prints its usage, but no complete call of it is documented.",
        "Give one complete command in the README, with every argument that is required.",
    ),
    "no_tests": Kind(
        THEIRS,
        "No tests were found.",
        "A single small test or example that runs to its end lets anyone see that the code works.",
    ),
    "tests_fail": Kind(
        THEIRS,
        "Tests run, and some fail.",
        "Run the tests in a fresh clone; mark those that need data or special hardware.",
    ),
    "tests_do_not_collect": Kind(
        THEIRS,
        "The test runner stops before the first test.",
        "Run the test runner in a fresh clone with the stated requirements; declare the plugins it needs.",
    ),
    # limits of the check
    "needs_gpu": Kind(
        LIMIT,
        "The program wants a GPU, and this check has none.",
        "A `--device cpu` that is honoured everywhere lets anyone try the code.",
    ),
    "needs_data": Kind(
        LIMIT,
        "The program stops for data that is not part of the repository.",
        "A few sample records in the repository let anyone try the code.",
    ),
    "left_out_by_check": Kind(
        LIMIT,
        "The program stops for a file of the repository that this check leaves out because of its size or kind.",
        "Keep large files in an archive of their own, and let a small sample stand in for them.",
    ),
    "needs_weights": Kind(
        LIMIT,
        "The program stops for trained weights that are not part of the repository.",
        "Say where the weights are and under which name they belong; a random initialisation helps for a trial.",
    ),
    "needs_credentials": Kind(
        LIMIT,
        "The program wants an account, key or token.",
        "Say which key is needed, and let the rest of the code work without it.",
    ),
    "needs_network": Kind(
        LIMIT,
        "The program wants the network while it runs; checks run without one.",
        "Separate downloading from running, so that the code also works offline.",
    ),
    "network_policy": Kind(
        LIMIT,
        "The installation wants more of the network than this check lets it have.",
        "Name every package index and code host among the requirements; load nothing else while installing.",
    ),
    "needs_display": Kind(
        LIMIT,
        "The program opens a window, and this check has no display.",
        "Offer a headless mode, or write pictures to files.",
    ),
    "unsupported_language": Kind(
        LIMIT,
        "The code is written in a language that this checker does not build.",
        "A Dockerfile in the repository is built whatever the language.",
    ),
    "unsupported_platform": Kind(
        LIMIT,
        "The code, or a package it needs, is for another operating system or processor.",
        "Say in the README which system is needed; keep platform packages out of the general requirements.",
    ),
    "time_out": Kind(
        LIMIT,
        "A step did not end within its time limit.",
        "Offer a small example that ends within minutes.",
    ),
    "out_of_memory": Kind(
        LIMIT,
        "A step needed more memory than the check allows.",
        "Say how much memory is needed; offer a small example.",
    ),
    "disk_limit": Kind(
        LIMIT,
        "A step wrote more to disk than the check allows.",
        "Say how much disk is needed; keep optional downloads out of the installation.",
    ),
    # ours
    "registry": Kind(
        OURS,
        "A package index did not answer properly; the check will be tried again.",
        "Nothing to do: this says nothing about the repository.",
    ),
    "network": Kind(
        OURS,
        "The network failed while the check needed it; the check will be tried again.",
        "Nothing to do: this says nothing about the repository.",
    ),
    "engine": Kind(
        OURS,
        "The container engine failed; the check will be tried again.",
        "Nothing to do: this says nothing about the repository.",
    ),
    "storage": Kind(
        OURS,
        "The checker's own disk was full or not writable; the check will be tried again.",
        "Nothing to do: this says nothing about the repository.",
    ),
    "checker": Kind(
        OURS,
        "The checker itself made a mistake; the check will be tried again.",
        "Nothing to do: please report it with the log.",
    ),
}

CAUSES: Mapping[str, Kind] = MappingProxyType(_ROWS)
"""Every cause by name, in the order of docs/causes.md, whose table is held equal to this one by a test."""


def cause(name: str, *evidence: Evidence, hint: str | None = None) -> Cause:
    """Return the cause `name` with its evidence; `hint` replaces the general hint where a better one is known.

    Raises:
        KeyError: `name` is not in the list (a mistake of the caller's: the list is closed).

    """
    kind = CAUSES[name]
    return Cause(
        name=name,
        blame=kind.blame,
        summary=kind.summary,
        hint=kind.hint if hint is None else hint,
        evidence=evidence,
    )


def is_ours(found: Cause | None) -> bool:
    """Whether a cause is a failure of the checker's, which never counts against a repository."""
    return found is not None and found.blame is Blame.CHECKER
