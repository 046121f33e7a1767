"""Makes the steps of a Python plan: environment, resolve, install, import; each an argv for uv or Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from checker.core.container import ENVIRONMENT, FILES, SOURCE
from checker.core.values.plans import BuildPlan, Phase, Step
from checker.ecosystems.python.entry_points.preparation import Groundwork
from checker.ecosystems.python.planning import legacy_metadata
from checker.ecosystems.python.spec import spec_of

VENV = f"{ENVIRONMENT}/venv"
PYTHON = f"{VENV}/bin/python"
LOCK = f"{ENVIRONMENT}/lock.txt"

RESOLVE_SECONDS = 600
#: mmcv-full compiles on a processor in 3 to 7 minutes; what takes half an hour is not waited for.
INSTALL_SECONDS = 1800
GROUNDWORK_SECONDS = 600
IMPORT_SECONDS = 600
ANSWER_SECONDS = 120
START_SECONDS = 180
TEST_SECONDS = 900

Env = tuple[tuple[str, str], ...]


def make_run_variables(plan: BuildPlan) -> Env:
    """The environment of the repository's own code: what its author states, then what the plan needs."""
    return tuple((dict(spec_of(plan).variables) | dict(plan.env)).items())


def make_environment(plan: BuildPlan) -> Step:
    """Make the empty virtual environment with the plan's interpreter."""
    argv = ("uv", "venv", "--quiet", "--python", f"python{plan.interpreter}", VENV)
    return Step(name="create environment", phase=Phase.PREPARE, argv=argv, seconds=120)


def make_index_date(plan: BuildPlan) -> Env:
    """The index date as uv reads it; it cuts off build requirements as well."""
    return () if plan.cutoff is None else (("UV_EXCLUDE_NEWER", plan.cutoff.strftime("%Y-%m-%dT%H:%M:%SZ")),)


#: What interpreters tell compilers about debugging, removed: those symbols are never read, and extensions of
#: torch take half the time without (torch-sparse 0.6.18, two of its files: 61 s of processor instead of 113).
#: setuptools adds this variable to what it has. `CFLAGS` and `CXXFLAGS` would take the place of what a package's
#: Makefile or setup script says itself (`CXXFLAGS ?= … -fPIC`): jsonnet 0.19.1 does not link with them.
LEAN = (("CPPFLAGS", "-g0"),)


def make_build_variables(plan: BuildPlan) -> Env:
    """The environment of a step that may build packages from source."""
    return (*make_index_date(plan), *LEAN)


#: The day after setuptools 40.8.0, the first with the back end that uv builds a lone `setup.py` with.
LEGACY_BACKEND_SINCE = datetime(2019, 2, 6, tzinfo=UTC)


def make_index_options(plan: BuildPlan) -> tuple[str, ...]:
    """Name the exceptions from the index date, and the extra indexes; a version may then come from any of them.

    Nothing without wheels could be installed as of a day before LEGACY_BACKEND_SINCE: pip of that time ran
    `setup.py` by itself, uv asks for a back end that was not there yet.
    """
    early = plan.cutoff is not None and plan.cutoff < LEGACY_BACKEND_SINCE
    backend = ("--exclude-newer-package", f"setuptools={LEGACY_BACKEND_SINCE:%Y-%m-%dT%H:%M:%SZ}") if early else ()
    links = tuple(part for folder in spec_of(plan).find_links for part in ("--find-links", f"{SOURCE}/{folder}"))
    return (*make_older_options(plan), *backend, *_list_extra_indexes(plan), *links)


def _list_extra_indexes(plan: BuildPlan) -> tuple[str, ...]:
    if not plan.indexes:
        return ()
    extra = tuple(part for url in plan.indexes for part in ("--extra-index-url", url))
    return (*extra, "--index-strategy", "unsafe-best-match")


def resolve(plan: BuildPlan, extra_inputs: Sequence[str] = ()) -> Step:
    """Find one consistent set of versions for the plan's requirements."""
    argv = ["uv", "pip", "compile", "--python", PYTHON, "--no-header", "--no-annotate", "--output-file", LOCK]
    argv += ["--constraints", f"{FILES}/constraints.txt"] if plan.constraints else []
    argv += ["--overrides", f"{FILES}/overrides.txt"] if plan.overrides else []
    argv += ["--prerelease", "allow"] if spec_of(plan).prereleases else []
    argv += [*_build_options(plan), *(_make_project_options(plan) if extra_inputs else ())]
    argv += [
        *legacy_metadata.make_options(plan),
        *make_index_options(plan),
        f"{FILES}/requirements.in",
        *extra_inputs,
    ]
    return Step(
        name="resolve",
        phase=Phase.RESOLVE,
        argv=tuple(argv),
        cwd=plan.project,
        env=make_build_variables(plan),
        network=True,
        seconds=RESOLVE_SECONDS,
        collect=(LOCK,),
    )


def make_older_options(plan: BuildPlan) -> list[str]:
    """Let the named packages end on days of their own."""
    held = spec_of(plan).older
    return [part for name, day in held for part in ("--exclude-newer-package", f"{name}={day}")]


def _build_options(plan: BuildPlan) -> list[str]:
    """Build the named packages against what is installed, because they do not name what they build with.

    Others do not compile at all and are taken from wheels alone.
    """
    spec = spec_of(plan)
    against = [part for name in spec.no_build_isolation for part in ("--no-build-isolation-package", name)]
    return [*against, *(part for name, _ in spec.wheels_only for part in ("--only-binary", name))]


def _make_project_options(plan: BuildPlan) -> list[str]:
    """Build the project itself against what is installed, where it does not name what it builds with."""
    return ["--no-build-isolation"] if spec_of(plan).project_no_build_isolation else []


def make_preinstall_steps(plan: BuildPlan) -> tuple[Step, ...]:
    """Install what legacy builds expect to be there before the rest is resolved."""
    wanted = spec_of(plan).preinstall
    if not wanted:
        return ()
    argv = ("uv", "pip", "install", "--python", PYTHON, *make_index_options(plan), *wanted)
    return (
        Step(
            name="install build requirements",
            phase=Phase.INSTALL,
            argv=argv,
            env=make_build_variables(plan),
            network=True,
            seconds=INSTALL_SECONDS,
        ),
    )


def install(plan: BuildPlan, *, offline: bool) -> Step:
    """Install the lock; offline when every entry came as a wheel that the cache already holds."""
    argv = ["uv", "pip", "install", "--python", PYTHON, "--no-deps", *_build_options(plan)]
    # Named offline too: what came from another index lies in the cache under that index' name.
    argv += ["--offline", *_list_extra_indexes(plan)] if offline else make_index_options(plan)
    return Step(
        name="install",
        phase=Phase.INSTALL,
        argv=(*argv, "--requirement", f"{FILES}/lock.txt" if offline else LOCK),
        cwd=plan.project,
        env=() if offline else make_build_variables(plan),
        network=not offline,
        seconds=INSTALL_SECONDS,
    )


#: Release of setuptools 64, the first that builds editable wheels (PEP 660).
EDITABLE_SINCE = datetime(2022, 8, 12, tzinfo=UTC)

#: Interpreters that setuptools 64 does not support: their pip asks the setup script, today as well.
WITHOUT_EDITABLE = frozenset({"3.5", "3.6"})


#: pip runs a setup script with setuptools loaded and in its reach: one that imports `setup` from distutils gets
#: `develop` by that, and one that forgets to import setuptools works all the same.
AS_PIP_RUNS_IT = (
    "import setuptools, sys, tokenize; sys.argv[0] = __file__ = 'setup.py';"
    " exec(compile(tokenize.open(__file__).read(), __file__, 'exec'))"
)


def install_project(plan: BuildPlan, folder: str, *, setup_script: bool) -> tuple[Step, ...]:
    """Install the repository's own package in place, without its dependencies: the lock has installed them.

    Where the index date lies before editable wheels, or the interpreter has none, a `setup_script` is asked to do
    what pip has it do there.
    """
    name = "install the project" if folder == plan.project else f"install {folder}"
    early = plan.cutoff is not None and plan.cutoff < EDITABLE_SINCE
    if setup_script and (early or plan.interpreter in WITHOUT_EDITABLE):
        tools_of_then = ("uv", "pip", "install", "--python", PYTHON, "setuptools", "wheel")
        develop = (PYTHON, "-c", AS_PIP_RUNS_IT, "develop", "--no-deps")
        return (
            _make_project_step(plan, folder, f"{name}: setuptools of its date", tools_of_then),
            _make_project_step(plan, folder, name, develop),
        )
    target = f"{SOURCE}/{folder}" if folder != "." else SOURCE
    # The whole folder on the path, as `develop` did it: code beside the package counts on that.
    compat = ("--config-setting", "editable_mode=compat") if setup_script else ()
    options = (*_build_options(plan), *_make_project_options(plan), *compat, *make_index_options(plan))
    argv = ("uv", "pip", "install", "--python", PYTHON, "--no-deps", *options, "--editable", target)
    return (_make_project_step(plan, folder, name, argv),)


def _make_project_step(plan: BuildPlan, folder: str, name: str, argv: tuple[str, ...]) -> Step:
    return Step(
        name=name,
        phase=Phase.INSTALL,
        argv=argv,
        cwd=folder,
        env=(*make_build_variables(plan), *make_run_variables(plan)),
        network=True,
        seconds=INSTALL_SECONDS,
    )


def lay_groundwork(plan: BuildPlan, work: Groundwork) -> tuple[Step, ...]:
    """Compile or copy what the author's page says, or run what comes after the installation.

    The code may do without; mostly there is no network.
    """
    needs = (make_tools_step(plan, work.needs, f"install what {work.argv[-1]} calls"),) if work.needs else ()
    step = Step(
        name=work.name,
        phase=Phase.INSTALL,
        argv=work.argv,
        cwd=work.cwd,
        env=(*(make_build_variables(plan) if work.network else ()), *make_run_variables(plan)),
        network=work.network,
        seconds=GROUNDWORK_SECONDS,
        required=False,
        evidence=(work.evidence,),
    )
    return (*needs, step)


def make_folders(plan: BuildPlan) -> tuple[Step, ...]:
    """Make the empty folders that programs write into and that git does not keep."""
    return tuple(
        Step(
            name=f"make the folder {folder}",
            phase=Phase.INSTALL,
            argv=("mkdir", "-p", "--", folder),
            seconds=GROUNDWORK_SECONDS,
            required=False,
        )
        for folder in spec_of(plan).folders_to_make
    )


#: 2to3 on every file, in place. It leaves `input()` alone: as `eval(input())` it would run what is typed.
_CONVERSION = ("--nofix=input", "--write", "--nobackups", "--no-diffs", "--processes=2")


def convert_python2(plan: BuildPlan) -> tuple[Step, ...]:
    """Convert the copy of the repository with 2to3, which interpreters up to 3.12 have; some files may resist."""
    if not spec_of(plan).convert_python2:
        return ()
    return (
        Step(
            name="convert from Python 2",
            phase=Phase.PREPARE,
            argv=(PYTHON, "-m", "lib2to3", *_CONVERSION, SOURCE),
            seconds=GROUNDWORK_SECONDS,
            required=False,
        ),
    )


def make_tools_step(plan: BuildPlan, packages: Iterable[str], name: str = "install test tools") -> Step:
    """Add what the check itself needs; the versions of the lock stay as they are."""
    argv = ["uv", "pip", "install", "--python", PYTHON, *make_index_options(plan)]
    argv += ["--constraints", LOCK] if plan.lock else []
    return Step(
        name=name,
        phase=Phase.TOOLS,
        argv=(*argv, *packages),
        env=make_build_variables(plan),
        network=True,
        seconds=RESOLVE_SECONDS,
        required=False,
    )
