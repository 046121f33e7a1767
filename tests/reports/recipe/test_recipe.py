"""Recipes: what they repeat, what they refuse, and that no value of a repository gets out of its line."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from local_index import LocalIndex, sdist, serve_index
from recipe_checks import COMMIT, DATE, a_check, a_plan, an_attempt, imported, passed, watched

from checker.core.container import FILES, PROBES
from checker.core.errors import RegistryFailure, UsageError
from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import Evidence, Phase, Repair, Rung, Step, Way
from checker.core.values.repositories import LeftOut, RepositoryId, Submodule, Target
from checker.core.values.results import Attempt, Check, Missing, StepStatus, Verdict
from checker.ecosystems.python.planning import steps
from checker.hosts.folder import UNCOMMITTED
from checker.index.uv import Downloads
from checker.judging.causes import make_cause
from checker.reports.recipe import write_recipe
from checker.reports.recipe.hashes import find_hashes
from checker.reports.recipe.lock import write_lock
from checker.reports.recipe.quoting import write_block, write_code, write_exec_form, write_variable

SETUP = "from setuptools import setup\nsetup(name='delta', version='1.0', py_modules=[])\n"


@pytest.fixture(scope="module")
def index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        index.add("alpha", "1.0")
        index.add("alpha", "2.0")
        index.add("pip", "20.0")
        index.files["delta-1.0.tar.gz"] = sdist("delta", "1.0", SETUP)
        yield index


@pytest.fixture(scope="module")
def toolbox(index: LocalIndex, tmp_path_factory: pytest.TempPathFactory) -> Downloads:
    home = tmp_path_factory.mktemp("home")
    settings = Settings.from_environment({"HOME": str(home), "CHECKER_HOME": str(home / "checker")})
    return Downloads(settings.model_copy(update={"indexes": IndexSettings(default=index.url)}), tries=1)


class Written:
    """A recipe that was written: its files, and the Dockerfile as the engine reads it."""

    def __init__(self, folder: Path) -> None:
        self.dockerfile = (folder / "Dockerfile").read_text()
        self.lock = (folder / "lock.txt").read_text()
        self.readme = (folder / "README.md").read_text()
        self.files = {path.name for path in folder.iterdir()}
        joined = re.sub(r"\\[ \t]*\n", " ", re.sub(r"(?m)^\s*#.*\n", "", self.dockerfile))
        self.instructions = [line.partition(" ")[::2] for line in joined.splitlines() if line.strip()]

    @property
    def runs(self) -> list[list[str]]:
        """The argv of every RUN in exec form."""
        return [json.loads(rest) for word, rest in self.instructions if word == "RUN" and rest.startswith("[")]

    @property
    def start(self) -> list[str]:
        return next(json.loads(rest) for word, rest in self.instructions if word == "CMD")


@pytest.fixture
def write(toolbox: Downloads, tmp_path: Path):
    def go(check: Check) -> Written:
        return Written(write_recipe(check, tmp_path / "recipe", toolbox))

    return go


# ---------------------------------------------------------------- the usual recipe


def test_a_script_that_starts(write) -> None:
    made = write(a_check(an_attempt(a_plan(), passed(watched("python", "run.py", "--fast")))))
    assert made.instructions[0] == ("ARG", "BASE=python:3.8-slim-bookworm")
    assert made.runs == [
        ["uv", "venv", "--quiet", "--python", "python3.8", "/env/venv"],
        ["env", "UV_EXCLUDE_NEWER=2021-05-04T12:00:00Z", "CPPFLAGS=-g0", "uv", "pip", "install",
         "--python", "/env/venv/bin/python", "--no-deps", "--requirement", "/recipe/lock.txt", "--require-hashes"],
    ]  # fmt: skip
    assert made.start == ["python", "run.py", "--fast"]
    assert ("ARG", "REPOSITORY_URL=https://github.com/ada/paper.git") in made.instructions
    assert ("USER", "10001:10001") in made.instructions
    assert f"checkout --quiet --detach {COMMIT}" in made.dockerfile
    assert "/checker" not in made.dockerfile
    assert made.files == {"Dockerfile", "lock.txt", "README.md"}


def test_system_packages_are_those_of_the_checkers_own_image_and_the_plans(write) -> None:
    attempt = an_attempt(a_plan(system_packages=("libcairo2", "libnosuch1")))
    noted = attempt.results[0].model_copy(update={"log": "[checker] Debian has no package 'libnosuch1'\nmore"})
    attempt = attempt.model_copy(update={"results": (noted, *attempt.results[1:])})
    made = write(a_check(attempt))
    for name in ("build-essential", "git", "libgl1", "ca-certificates", "python3-venv", "libcairo2"):
        assert re.search(rf"(?m)^ .*\b{name}\b", made.dockerfile)
    assert "libnosuch1" not in made.dockerfile
    assert "`libnosuch1`" in made.readme


def test_an_older_debian_for_an_interpreter_that_the_newer_one_has_no_image_of(write) -> None:
    made = write(a_check(an_attempt(a_plan(interpreter="3.6"))))
    assert made.instructions[0] == ("ARG", "BASE=python:3.6-slim-bullseye")
    assert "libffi7" in made.dockerfile and "libffi8" not in made.dockerfile


def test_wheels_that_lay_ready_are_installed_as_wheels_and_without_a_date(write) -> None:
    plan = a_plan(indexes=("https://wheels.example.org/cpu",))
    offline = passed(steps.install(plan, offline=True))
    attempt = an_attempt(plan)
    attempt = attempt.model_copy(update={"results": (attempt.results[0], offline)})
    made = write(a_check(attempt))
    assert "--offline" not in made.dockerfile and "UV_EXCLUDE_NEWER" not in made.dockerfile
    assert "--no-build" in made.runs[1]
    assert made.runs[1][made.runs[1].index("--extra-index-url") + 1] == "https://wheels.example.org/cpu"
    assert "# Further index: https://wheels.example.org/cpu" in made.lock


def test_what_no_lock_fixes_gets_the_date_of_the_check_where_the_plan_has_none(write) -> None:
    plan = a_plan(way=Way.AS_PUBLISHED, cutoff=None)
    tools = passed(steps.make_tools_step(plan, ("pytest",)))
    made = write(a_check(an_attempt(plan, tools, tools)))
    added = [argv for argv in made.runs if "pytest" in argv]
    assert added == [
        ["env", "CPPFLAGS=-g0", "UV_EXCLUDE_NEWER=2024-01-02T03:04:16Z", "uv", "pip", "install",
         "--python", "/env/venv/bin/python", "--constraints", "/recipe/lock.txt", "pytest"]
    ]  # fmt: skip


def test_steps_that_did_not_pass_are_left_out(write) -> None:
    plan = a_plan()
    tools = passed(steps.make_tools_step(plan, ("pytest",)), status=StepStatus.FAILED, exit_code=1)
    assert "pytest" not in write(a_check(an_attempt(plan, tools))).dockerfile


def test_folder_and_variables_of_a_command(write) -> None:
    plan = a_plan(env=(("SKLEARN", "1"),))
    start = watched("python", "run.py", cwd="sub dir", env=(("SKLEARN", "1"), ("CUDA_VISIBLE_DEVICES", "")))
    made = write(a_check(an_attempt(plan, passed(start))))
    assert made.start == ["env", "--chdir=/code/src/sub dir", "CUDA_VISIBLE_DEVICES=", "python", "run.py"]
    assert 'SKLEARN="1"' in made.dockerfile


@pytest.mark.parametrize("launched", [True, False])
def test_what_stood_in_for_a_launcher_comes_along(write, launched: bool) -> None:
    report = json.dumps({"version": 1, "exit_code": 0, "launched": launched})
    result = passed(watched("python", "train.py")).model_copy(
        update={"collected": (("/env/start-1.json", report),)}
    )
    made = write(a_check(an_attempt(a_plan(), result)))
    assert ("LOCAL_RANK=0" in made.start) is launched
    assert made.start[-2:] == ["python", "train.py"]


@pytest.mark.parametrize(
    ("results", "reached", "start"),
    [
        ((), Rung.BUILT, ["uv", "pip", "list"]),
        ((imported("numpy", "own.part"),), Rung.IMPORTABLE, ["numpy", "own.part"]),
        ((passed(watched("own", "--help", phase=Phase.ANSWER)),), Rung.ANSWERS, ["own", "--help"]),
        (
            (
                passed(
                    watched("own", "train"), status=StepStatus.LIMIT, exit_code=1, cause=make_cause("needs_data")
                ),
                passed(watched("own", "demo")),
            ),
            Rung.STARTS,
            ["own", "demo"],
        ),
        (
            (passed(Step(name="run the tests", phase=Phase.TEST, argv=("python", "-m", "pytest"))),),
            Rung.RUNS,
            ["python", "-m", "pytest"],
        ),
    ],
)
def test_the_image_starts_what_reached_the_rung(write, results, reached: Rung, start: list[str]) -> None:
    made = write(a_check(an_attempt(a_plan(), *results, reached=reached)))
    assert made.start[-len(start) :] == start


def test_a_notebook_brings_its_runner(write) -> None:
    argv = (steps.PYTHON, f"{PROBES}/notebook.py", "fit.ipynb", "/env/notebook-1.json", "--seconds", "160")
    step = Step(name="notebook fit.ipynb", phase=Phase.RUN, argv=argv, cwd="nb")
    made = write(a_check(an_attempt(a_plan(), passed(step), reached=Rung.RUNS)))
    assert "notebook.py" in made.files
    assert made.start == [
        "env", "--chdir=/code/src/nb", "python", "/recipe/notebook.py", "fit.ipynb", "/tmp/notebook.json",
        "--seconds", "160",
    ]  # fmt: skip


def test_submodules_come_from_where_the_check_had_them(write) -> None:
    other = "f" * 40
    there = (
        Submodule(path="lib/inner", url="../tools.git", commit=other, status="present"),
        Submodule(path="lib", url="git@gitlab.com:grace/lib.git", commit=other, status="present"),
        Submodule(path="gone", url="https://github.com/a/b.git", commit=other, status="gone"),
        Submodule(path="../out", url="https://github.com/a/b.git", commit=other, status="present"),
        Submodule(path="odd", url="ext::sh -c id", commit=other, status="present"),
    )
    check = a_check(an_attempt(a_plan()))
    assert check.checkout is not None
    made = write(check.model_copy(update={"checkout": check.checkout.model_copy(update={"submodules": there})}))
    clones = [argv for argv in made.runs if argv[:2] == ["git", "clone"]]
    assert [argv[-2:] for argv in clones] == [
        ["https://gitlab.com/grace/lib.git", "/code/src/lib"],
        ["https://gitlab.com/grace/tools.git", "/code/src/lib/inner"],
    ]
    assert "`gone`, `../out`, `odd`" in made.readme


def test_a_repository_that_moved_is_cloned_from_its_new_name(write) -> None:
    check = a_check(an_attempt(a_plan()))
    moved = check.probe.model_copy(update={"moved_to": RepositoryId(owner="ada", name="new-name")})
    made = write(check.model_copy(update={"probe": moved}))
    assert ("ARG", "REPOSITORY_URL=https://github.com/ada/new-name.git") in made.instructions


def test_a_folder_comes_as_a_bundle(write) -> None:
    repository = RepositoryId(host="localhost", owner="local", name="my $(code)\n")
    target = Target(repository=repository, folder="/somewhere")
    made = write(a_check(an_attempt(a_plan()), target=target))
    assert ("ARG", "REPOSITORY_URL=/recipe/source.bundle") in made.instructions
    assert "$(code)" not in made.dockerfile


# ---------------------------------------------------------------- the words


def test_repairs_are_told_with_evidence_and_hint(write) -> None:
    repair = Repair(
        name="removed_alias",
        signature="np.float",
        evidence=(Evidence(claim="the log says so", source="model.py", line=7, text="np.float(`x`)\n# <b>"),),
        changed="numpy → numpy<1.24",
        hint="Write float instead.",
    )
    made = write(a_check(an_attempt(a_plan(way=Way.REPAIRED, repairs=(repair,)))))
    assert "1. **removed\\_alias**: `numpy → numpy<1.24`" in made.readme
    assert "the log says so (`model.py:7`: `` np.float(`x`) # <b> ``)" in made.readme
    assert "hint for the author: Write float instead\\." in made.readme


def test_what_is_not_covered_is_said(write) -> None:
    attempt = an_attempt(a_plan())
    check = a_check(attempt)
    assert check.checkout is not None
    why = make_cause("needs_data")
    made = write(
        check.model_copy(
            update={
                "verdict": Verdict(reached=Rung.STARTS, way=Way.PERIOD, rungs=attempt.rungs, cause=why),
                "missing": (
                    Missing(
                        kind="module",
                        name="models.net",
                        wanted_by=(Evidence(claim="imports", source="train.py", line=3),),
                    ),
                ),
                "checkout": check.checkout.model_copy(
                    update={"left_out": (LeftOut(path="weights.bin", reason="large"),)}
                ),
            }
        )
    )
    assert why.summary.split(".")[0] in made.readme
    assert "`models.net` (wanted by `train.py:3`)" in made.readme
    assert "`weights.bin`" in made.readme


def test_commands_in_the_words_can_be_pasted(write) -> None:
    argv = ("python", "run.py", "it's; $(id)", "```")
    made = write(a_check(an_attempt(a_plan(), passed(watched(*argv)))))
    shown = [line for line in made.readme.splitlines() if line.startswith("docker run") and "run.py" in line]
    assert shlex.split(shown[0])[-len(argv) :] == list(argv)
    assert made.readme.count("\n````") == 2


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize("reached", [None, Rung.CODE, Rung.DECLARED, Rung.RESOLVED])
def test_below_built_there_is_no_recipe(reached: Rung | None, toolbox: Downloads, tmp_path: Path) -> None:
    check = a_check(an_attempt(a_plan(), reached=reached or Rung.CODE))
    check = check.model_copy(update={"verdict": check.verdict.model_copy(update={"reached": reached})})
    with pytest.raises(UsageError, match=r"^ada/paper: no recipe, because nothing was built: it reached [a-z ]+$"):
        write_recipe(check, tmp_path / "recipe", toolbox)
    assert not (tmp_path / "recipe").exists()


def test_another_ecosystem_is_refused(write) -> None:
    with pytest.raises(UsageError, match="none is written for fortran"):
        write(a_check(an_attempt(a_plan(ecosystem="fortran"))))


def test_uncommitted_files_are_refused(write) -> None:
    check = a_check(an_attempt(a_plan()))
    assert check.checkout is not None
    with pytest.raises(UsageError, match="uncommitted"):
        write(check.model_copy(update={"checkout": check.checkout.model_copy(update={"ref": UNCOMMITTED})}))


def test_a_directory_that_cannot_be_written_is_named(toolbox: Downloads, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file: the recipe cannot be written"):
        write_recipe(a_check(an_attempt(a_plan())), tmp_path / "file", toolbox)


HOSTILE = [
    "x\nRUN id",
    "x\r\nRUN id",
    "x\\",
    '"]\nRUN id',
    "$(id)",
    "`id`",
    "a b",
    "x\u2028RUN id",
    "x\0y",
    "; id #",
]


def plan_with(**changes: object) -> Check:
    return a_check(an_attempt(a_plan(**changes)))


def named(owner: str, name: str) -> Check:
    check = a_check(an_attempt(a_plan()))
    repository = RepositoryId(owner=owner, name=name)
    return check.model_copy(update={"target": check.target.model_copy(update={"repository": repository})})


def at_commit(commit: str) -> Check:
    check = a_check(an_attempt(a_plan()))
    assert check.checkout is not None
    return check.model_copy(update={"checkout": check.checkout.model_copy(update={"commit": commit})})


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "made",
    [
        lambda text: named(text, "paper"),
        lambda text: named("ada", text),
        at_commit,
        lambda text: plan_with(interpreter=f"3.8{text}"),
        lambda text: plan_with(env=((text, "1"),)),
        lambda text: a_check(an_attempt(a_plan(), passed(watched("own", env=((text, "1"),))))),
    ],
    ids=["owner", "name", "commit", "interpreter", "variable", "variable of a command"],
)
def test_names_that_are_none_are_refused_in_one_line(made, text: str, write) -> None:
    with pytest.raises(UsageError) as caught:
        write(made(text))
    assert len(str(caught.value).splitlines()) == 1


def shape(made: Written) -> list[str]:
    """The instructions without their values."""
    return [word for word, _ in made.instructions]


@pytest.mark.parametrize("text", HOSTILE)
def test_values_stay_on_their_line(text: str, write) -> None:
    plain = shape(write(a_check(an_attempt(a_plan(), passed(watched("python", "a"))))))
    if "\0" in text:
        with pytest.raises(UsageError, match="NUL"):
            write(a_check(an_attempt(a_plan(), passed(watched("python", text)))))
        return
    start = watched("python", text, cwd=f"sub {text}", env=(("OWN", text),))
    evil = Evidence(claim=text, source=text, text=text)
    repair = Repair(name=text, signature=text, evidence=(evil,), changed=text, hint=text)
    plan = a_plan(system_packages=(text,), repairs=(repair,), evidence=(evil,), way=Way.REPAIRED)
    attempt = an_attempt(plan, passed(start))
    check = a_check(attempt, missing=(Missing(kind="file", name=text, wanted_by=(evil,)),))
    made = write(check.model_copy(update={"checker_version": text}))
    assert shape(made) == plain
    assert made.start[-1] == text and f"OWN={text}" in made.start
    assert not [line for line in (made.dockerfile + made.lock).splitlines() if line.startswith("RUN id")]
    assert "\nRUN id" not in made.readme


@pytest.mark.parametrize("text", HOSTILE)
def test_lines_of_the_lock_that_are_no_requirement_are_refused(text: str, write) -> None:
    for line in (text, f"alpha==1.0{text}", f"alpha==1.0 ; python_version > '3'{text}"):
        with pytest.raises(UsageError, match="in the lock"):
            write(plan_with(lock=(line,)))


@pytest.mark.parametrize(
    "line", ["-r other.txt", "--index-url https://evil.example", "", "alpha==1.0 --hash=sha256:00"]
)
def test_options_are_no_lines_of_a_lock(line: str, write) -> None:
    with pytest.raises(UsageError, match="in the lock"):
        write(plan_with(lock=(line,)))


@given(st.lists(st.text(), min_size=1))
@example(["]", "\\", "\n", "\u2028", "\ud800", "<<EOF"])
def test_exec_form_is_one_line_that_reads_back(words: list[str]) -> None:
    if any("\0" in word for word in words):
        with pytest.raises(UsageError):
            write_exec_form(words)
        return
    line = write_exec_form(words)
    assert len(line.splitlines()) == 1 and line.isascii()
    assert json.loads(line) == words


def test_a_command_that_no_dockerfile_can_hold_is_refused() -> None:
    with pytest.raises(UsageError, match="too long"):
        write_exec_form(["python", "x" * 70_000])


ODD = st.text(st.sampled_from("ab$\"'`\\{} #\n\t\u2028\0")) | st.text()
"""Text made of what a Dockerfile, a shell or Markdown might take for its own."""


@given(ODD)
def test_variables_stay_within_their_quotes(value: str) -> None:
    try:
        line = write_variable("NAME", value)
    except UsageError:
        assert not value.isprintable()
        return
    assert len(line.splitlines()) == 1
    inner = re.fullmatch(r'NAME="((?:[^\\"$]|\\[\\"$])*)"', line)
    assert inner is not None and re.sub(r"\\(.)", r"\1", inner[1]) == value


@given(ODD)
def test_markdown_spans_and_blocks_hold_their_text(text: str) -> None:
    span, fenced = write_code(text), write_block([text]).splitlines()
    assert "\n" not in span
    if span:
        ticks = re.match(r"`+", span)
        assert ticks is not None
        assert ticks[0] not in re.findall(r"`+", span[len(ticks[0]) : -len(ticks[0])])
    fence = fenced[-1]
    assert fenced[0] == f"{fence}sh" and not any(fence in line for line in fenced[1:-1])


# ---------------------------------------------------------------- hashes


def test_hashes_of_wheels_and_of_source_distributions(toolbox: Downloads, index: LocalIndex) -> None:
    lines = ("alpha==1.0", "delta==1.0", "nothing==1.0", "beta @ git+https://github.com/a/b@main")
    found = find_hashes(lines, interpreter="3.8", indexes=(), toolbox=toolbox)
    assert set(found) == {("alpha", "1.0"), ("delta", "1.0")}
    page = (index.page("alpha") or b"") + (index.page("delta") or b"")
    for hashes in found.values():
        assert hashes and all(f"#{text.replace(':', '=')}" in page.decode() for text in hashes)
    assert (
        found["alpha", "1.0"]
        != find_hashes(["alpha==2.0"], interpreter="3.8", indexes=(), toolbox=toolbox)["alpha", "2.0"]
    )


def test_only_source_distributions(toolbox: Downloads) -> None:
    assert find_hashes(["delta==1.0"], interpreter="3.8", indexes=(), toolbox=toolbox)["delta", "1.0"]


def test_an_index_that_does_not_answer_is_our_failure(toolbox: Downloads, index: LocalIndex) -> None:
    index.add("gamma", "1.0")
    index.faults["gamma"] = ["always 503"]
    with pytest.raises(RegistryFailure, match="did not answer"):
        find_hashes(["gamma==1.0"], interpreter="3.8", indexes=(), toolbox=toolbox)
    del index.faults["gamma"]


def test_the_lock_says_why_a_line_has_no_hash(write) -> None:
    lines = (
        "alpha==1.0",
        "nothing==1.0",
        f"beta @ git+https://github.com/a/b@{COMMIT}",
        "beta2 @ git+https://github.com/a/b@main",
        "beta3 @ https://example.org/b-1.0.zip",
        "/code/src/sub",
    )
    made = write(plan_with(lock=lines))
    rows = made.lock.splitlines()
    reasons = [rows[rows.index(line) - 1] for line in lines[1:]]
    assert [reason[: reason.index(".") + 1] for reason in reasons] == [
        "# No hash: the index gives none for this version.",
        "# No hash: a git commit names its content.",
        "# No hash: a git reference that may come to mean another commit.",
        "# No hash: an address instead of an index; nothing vouches for what it serves.",
        "# No hash: a folder or file of the repository itself.",
    ]
    assert rows[rows.index("alpha==1.0 \\") + 1].startswith("    --hash=sha256:")
    assert "--require-hashes" not in made.dockerfile
    assert "5 of them without a hash" in made.readme


def test_markers_of_a_line_are_kept() -> None:
    line = "alpha==1.0 ; python_full_version < '3.9'"
    lock = write_lock([line], {("alpha", "1.0"): ("sha256:" + "0" * 64,)}, heading=["a\nb"])
    assert lock.text == f"# a b\n{line} \\\n    --hash=sha256:{'0' * 64}\n"
    assert lock.hashed


def test_an_empty_lock(write) -> None:
    plan = a_plan(lock=())
    attempt: Attempt = an_attempt(plan)
    made = write(a_check(attempt.model_copy(update={"results": attempt.results[:1]})))
    assert "Nothing had to be installed" in made.lock
    assert FILES not in made.dockerfile
    assert DATE.strftime("%Y-%m-%d") in made.readme


def test_an_index_that_a_repository_names_is_asked_where_installations_may_go_alone(toolbox: Downloads) -> None:
    with serve_index() as inside:
        inside.add("delta", "1.0")
        inside.files["delta-1.0.tar.gz"] = sdist("delta", "1.0", SETUP)
        named = (inside.url, inside.url.replace("127.0.0.1", "localhost"), "file:///etc", "http://[", "ftp://x/y")
        asked = (*named[:2], "https://me:${TOKEN}@example.org/simple", "file:///etc")
        found = find_hashes(["delta==1.0", "nothing==1.0"], interpreter="3.8", indexes=asked, toolbox=toolbox)
        assert set(found) == {("delta", "1.0")}, "the operator's own index still answers"
        assert [dict(toolbox.list_hashes(index, "delta")) for index in named] == [{}] * len(named)
        assert inside.asked == []
