"""`checker ci` inside this process: every kind of check, the published badge, the comparison, what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import check_samples as samples
import pytest
from ci_runner import Runner, Said, commands
from ci_world import BADGES, git, published, request, write_check
from small_world import tiny_services

from checker.check import Services
from checker.cli import app as application
from checker.cli import checking
from checker.core.values.plans import BuildPlan, Step
from checker.core.values.repositories import RepositoryId, Target
from checker.core.values.results import Check, StepResult, StepStatus
from checker.hosts.folder import open_folder
from checker.reports.ci.messages import FILES
from checker.sandbox.scripted import ScriptedEngine

Call = Callable[..., "Done"]


class Done:
    def __init__(self, code: int, out: str, err: str, summary: str) -> None:
        self.code, self.out, self.err, self.summary = code, out, err, summary

    @property
    def said(self) -> list[Said]:
        return commands(self.out)

    def places(self, level: str) -> list[tuple[str | None, int | None]]:
        return [said.place for said in self.said if said.name == level]


@pytest.fixture
def call(runner: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Return what calls `checker ci` in the environment of a job."""
    temp, files = runner.folder / "temp", {n: runner.folder / n for n in ("summary", "output", "event.json")}
    temp.mkdir()

    def once(step: str, *arguments: str, event: dict[str, Any] | None = None, **env: str) -> Done:
        runner.event = event or {}
        files["event.json"].write_text(json.dumps(runner.event))
        files["summary"].write_text("")
        for name, value in {**runner.environment(files, str(temp)), **env}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(runner.workspace)
        capsys.readouterr()
        code = application.carry_out(["ci", step, "--report", str(temp / "report"), *arguments])
        said = capsys.readouterr()
        return Done(code, said.out, said.err, files["summary"].read_text())

    return once


@pytest.fixture
def tell(call: Call, runner: Runner) -> Call:
    """Return what tells a check."""

    def once(check: Check, *arguments: str, **more: Any) -> Done:
        return call("check", "--check", write_check(runner.folder, check), *arguments, **more)

    return once


LINE = ("requirements.txt", 3)


@pytest.mark.parametrize(
    ("check", "code", "errors", "warnings"),
    [
        (samples.passing(), 0, [], []),
        (samples.period_only(), 1, [LINE], []),
        (samples.repaired(), 1, [LINE], [(None, None)]),
        (samples.failing(), 1, [LINE], []),
        (samples.incomplete(), 1, [("train.py", 3)], []),
        (samples.no_code(), 1, [(None, None)], []),
        (samples.unreachable(), 3, [], [(None, None)]),
    ],
    ids=["passing", "period", "repaired", "failing", "incomplete", "no-code", "unreachable"],
)
def test_each_kind_of_check(
    tell: Call, check: Check, code: int, errors: list[object], warnings: list[object]
) -> None:
    done = tell(check)
    assert (done.code, done.places("error"), done.places("warning"), done.err) == (code, errors, warnings, "")


@pytest.mark.parametrize(
    ("check", "way", "code"),
    [
        (samples.repaired(), "repaired", 0),
        (samples.repaired(), "period", 1),
        (samples.period_only(), "repaired", 0),
        (samples.period_only(), "period", 0),
    ],
)
def test_a_later_way_counts_where_it_is_asked_for(tell: Call, check: Check, way: str, code: int) -> None:
    done = tell(check, "--way", way)
    assert (done.code, done.places("error")) == (code, [LINE] if code else [])
    assert tell(check, CHECKER_WAY=way).code == code
    assert tell(check, "--way", "as_published", CHECKER_WAY=way).code == 1


def test_every_output_says_the_same_word_as_the_exit_code(tell: Call, runner: Runner) -> None:
    report = runner.folder / "temp" / "report"
    for check, word, code in ((samples.repaired(), "needs repairs", 1), (samples.passing(), "runs", 0)):
        assert tell(check).code == code
        assert f"Reproducibility: **{word}**" in (report / "summary.md").read_text()
        assert f"Reproducibility: **{word}**" in (report / "comment.md").read_text()
        assert json.loads((report / "reproducibility.json").read_text())["message"] == word
        assert f"REPRODUCIBILITY_BADGE={word}\n" in (report / "outputs.env").read_text()
        written = json.loads((report / "check.json").read_text())
        assert (written["outcome"]["label"], written["goal_met"]) == (word, code == 0)
        assert ("<failure" in (report / "junit.xml").read_text()) is (code == 1)
    tell(samples.repaired())
    assert "required and not reached: imports, as published" in (report / "summary.md").read_text()


def test_the_rung_that_is_required_decides(tell: Call) -> None:
    assert tell(samples.incomplete(), "--require", "built").code == 0
    assert tell(samples.passing(), "--require", "runs").code == 0
    assert tell(samples.repaired(), "--require", "runs").code == 1


@pytest.mark.parametrize("text", ["[", "null", '{"version": 1, "surprise": 2}'])
def test_a_check_that_is_none(call: Call, runner: Runner, text: str) -> None:
    (runner.folder / "bad.json").write_text(text)
    done = call("check", "--check", str(runner.folder / "bad.json"))
    assert (done.code, done.out) == (2, "")
    (line,) = done.err.splitlines()
    assert "bad.json: no check as `checker repo --json` prints it: " in line
    assert not (runner.folder / "temp" / "report").exists()


def test_a_check_of_another_version(call: Call, runner: Runner) -> None:
    path = Path(write_check(runner.folder, samples.passing()))
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 99}))
    done = call("check", "--check", str(path))
    assert done.code == 2 and "version 99 of the format" in done.err


@pytest.mark.parametrize("path", ["..", "absent", "README.md"])
def test_a_folder_that_cannot_be_checked(tell: Call, path: str) -> None:
    done = tell(samples.passing(), "--path", path)
    assert done.code == 2 and f"--path {path}: " in done.err


def test_a_log_full_of_commands_gives_none(tell: Call) -> None:
    lines = (
        "error: torch==1.7.0",
        "::set-output name=result::reached",
        "##[error]x",
        "  ::error::y",
        "%0A::error::z",
    )
    first = samples.failed_attempt()
    nasty = first.model_copy(update={"results": (first.results[0].model_copy(update={"log": "\n".join(lines)}),)})
    done = tell(samples.check("a/b", nasty))
    assert [said.name for said in done.said] == ["error"]
    assert not any(line.lstrip().startswith("##[") for line in done.out.splitlines())


def test_a_check_of_its_own_prints_nothing_that_is_read_as_a_command(
    call: Call, runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def play(plan: BuildPlan, step: Step) -> StepResult:
        log = "::error::x\n##[error]y\n::stop-commands::z"
        return StepResult(step=step, status=StepStatus.FAILED, exit_code=1, log=log)

    @contextmanager
    def ready(*_: object) -> Iterator[Services]:
        yield tiny_services(runner.folder, runner.folder / "checkouts", ScriptedEngine(play))

    monkeypatch.setattr(checking, "prepare_services", ready)
    done = call("check")
    assert done.code == 1 and "as published: install" in done.out
    assert [said.name for said in done.said] == ["error"]
    report = json.loads((runner.folder / "temp" / "report" / "check.json").read_text())
    assert (report["reached"], report["attempts"][0]["steps"][0]["status"]) == ("code", "failed")


def test_the_jobs_credentials_do_not_travel_into_the_check(runner: Runner) -> None:
    git(runner.workspace, "config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic the-token")
    host, name = open_folder(runner.workspace), RepositoryId(host="local", owner="octo", name="lab")
    destination = runner.folder / "checkout"
    destination.mkdir()
    host.checkout(Target(repository=name, folder=str(runner.workspace)), host.probe(name), destination)
    files = [path for path in destination.rglob("*") if path.is_file()]
    assert destination / ".git" / "HEAD" in files
    assert not [path for path in files if b"the-token" in path.read_bytes()]


# ---------------------------------------------------------------- publishing


def test_the_next_result_takes_the_place_of_the_last(tell: Call, call: Call, runner: Runner) -> None:
    said = []
    for check, message in ((samples.failing(), "fails"), (samples.passing(), "runs"), (samples.passing(), "runs")):
        tell(check)
        said.append(call("publish", "--badge-branch", BADGES))
        assert json.loads(published(runner, "main/reproducibility.json"))["message"] == message
    assert [done.code for done in said] == [0, 0, 0]
    assert "says that already" in said[-1].out
    assert git(runner.folder / "remote.git", "rev-list", "--count", BADGES).strip() == "2"


def test_what_could_not_be_told_greys_the_badge_and_keeps_the_result(
    tell: Call, call: Call, runner: Runner
) -> None:
    for check in (samples.passing(), samples.unreachable()):
        tell(check)
        assert call("publish", "--badge-branch", BADGES).code == 0
    assert json.loads(published(runner, "main/reproducibility.json"))["message"] == "inconclusive"
    assert json.loads(published(runner, "main/check.json"))["outcome"]["label"] == "runs"


def test_two_jobs_that_publish_at_once_both_get_in(tell: Call, call: Call, runner: Runner) -> None:
    tell(samples.failing())
    assert call("publish", "--badge-branch", BADGES).code == 0
    hook = runner.folder / "remote.git" / "hooks" / "update"
    # The first push finds that another job has just been there.
    hook.write_text(
        "#!/bin/sh\n[ -f raced ] && exit 0\ntouch raced\n"
        "new=$(git commit-tree -p badges -m other badges^{tree})\ngit update-ref refs/heads/badges $new\n"
    )
    hook.chmod(0o755)
    tell(samples.passing())
    assert call("publish", "--badge-branch", BADGES).code == 0
    assert json.loads(published(runner, "main/reproducibility.json"))["message"] == "runs"
    assert "other" in git(runner.folder / "remote.git", "log", "--format=%s", BADGES)


def test_a_shallow_clone_publishes_too(tell: Call, call: Call, runner: Runner) -> None:
    tell(samples.failing())
    call("publish", "--badge-branch", BADGES)
    git(runner.folder, "clone", "--quiet", "--depth=1", f"file://{runner.folder}/remote.git", "shallow")
    runner.workspace = runner.folder / "shallow"
    tell(samples.passing())
    assert call("publish", "--badge-branch", BADGES).code == 0
    assert git(runner.folder / "remote.git", "rev-list", "--count", BADGES).strip() == "2"


def test_a_whole_clone_stays_whole(tell: Call, call: Call, runner: Runner) -> None:
    tell(samples.failing())
    call("publish", "--badge-branch", BADGES)
    call("publish", "--badge-branch", BADGES)
    assert git(runner.workspace, "rev-parse", "--is-shallow-repository").strip() == "false"


def test_hooks_and_filters_of_the_repository_do_not_run(tell: Call, call: Call, runner: Runner) -> None:
    hook = runner.workspace / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {runner.folder}/ran\n")
    hook.chmod(0o755)
    (runner.workspace / ".gitattributes").write_text("* filter=evil\n")
    git(runner.workspace, "config", "filter.evil.clean", f"touch {runner.folder}/ran; cat")
    tell(samples.failing())
    assert call("publish", "--badge-branch", BADGES).code == 0
    assert not (runner.folder / "ran").exists()


def test_a_branch_that_may_not_be_written(tell: Call, call: Call, runner: Runner) -> None:
    hook = runner.folder / "remote.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'you may not write here' >&2\nexit 1\n")
    hook.chmod(0o755)
    tell(samples.failing())
    done = call("publish", "--badge-branch", BADGES)
    (said,) = done.said
    assert done.code == 3 and said.name == "warning" and "may not write here" in said.text
    assert "may not write here" in done.summary


@pytest.mark.parametrize("name", ["main", "a..b", "-x", "a b", "x.lock"])
def test_branches_that_cannot_hold_badges(tell: Call, call: Call, name: str) -> None:
    tell(samples.failing())
    done = call("publish", f"--badge-branch={name}")
    assert done.code == 2 and name in done.err


def test_nothing_checked_and_nothing_to_publish(call: Call) -> None:
    done = call("publish", "--badge-branch", BADGES)
    assert done.code == 2 and "check.json: cannot be read" in done.err


def test_a_folder_of_the_repository_has_its_own_place(tell: Call, call: Call, runner: Runner) -> None:
    inner = runner.workspace / "code" / "model"
    inner.mkdir(parents=True)
    (inner / "requirements.txt").write_text("torch==1.7.0\n")
    done = tell(samples.failing(), "--path", "code/model")
    assert done.places("error") == [("code/model/requirements.txt", 1)]
    call("publish", "--path", "code/model", "--badge-branch", BADGES)
    assert published(runner, "main/code/model/reproducibility.svg").startswith("<svg")


def test_a_clone_inside_of_the_workspace_is_told_from_its_own_root(tell: Call, call: Call, runner: Runner) -> None:
    (runner.workspace / ".gitignore").write_text("inner\n")
    git(runner.workspace, "clone", "--quiet", str(runner.folder / "remote.git"), "inner")
    assert tell(samples.failing(), "--path", "inner").places("error") == [LINE]
    assert call("publish", "--path", "inner", "--badge-branch", BADGES).code == 0
    assert published(runner, "main/reproducibility.svg").startswith("<svg")


# ---------------------------------------------------------------- pull requests


def test_a_pull_request_is_compared_with_its_base(tell: Call, call: Call) -> None:
    tell(samples.passing())
    call("publish", "--badge-branch", BADGES)
    done = tell(samples.failing(), "--badge-branch", BADGES, event=request())
    assert "**Against `main`:** runs → **fails**; no longer resolves and builds as published" in done.summary
    assert tell(samples.passing(), "--badge-branch", BADGES, event=request()).summary.count("nothing changed") == 1


def test_the_first_pull_request_has_nothing_to_be_compared_with(tell: Call) -> None:
    done = tell(samples.failing(), "--badge-branch", BADGES, event=request())
    assert done.code == 1 and "Against" not in done.summary and done.err == ""


def test_a_published_result_that_is_none_is_said(tell: Call, call: Call, runner: Runner) -> None:
    tell(samples.passing())
    (runner.folder / "temp" / "report" / "reproducibility.svg").write_text("<svg/>")
    call("publish", "--badge-branch", BADGES)
    clone = runner.folder / "other"
    git(runner.folder, "clone", "--quiet", "--branch", BADGES, str(runner.folder / "remote.git"), str(clone))
    (clone / "main" / "check.json").write_text("[")
    git(clone, "commit", "--quiet", "--all", "--message", "broken")
    git(clone, "push", "--quiet")
    done = tell(samples.failing(), "--badge-branch", BADGES, event=request())
    assert done.code == 1
    assert any(said.name == "notice" and "Not compared with main" in said.text for said in done.said)


@pytest.mark.parametrize("event", [{"pull_request": None}, {"pull_request": 3}, {"pull_request": {"number": "x"}}])
def test_events_that_nobody_expects(tell: Call, call: Call, event: dict[str, Any]) -> None:
    assert tell(samples.failing(), event=event).code == 1
    assert call("comment", event=event).code == 0


def test_outside_of_a_service_it_is_plain(
    runner: Runner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(runner.workspace)
    path = write_check(runner.folder, samples.failing())
    assert application.carry_out(["ci", "--check", path, "--report", str(runner.folder / "report")]) == 1
    assert capsys.readouterr().out.startswith("error: requirements.txt:3: ")


# ---------------------------------------------------------------- a report's folder in the workspace


def test_nothing_is_written_or_read_through_a_link(tell: Call, call: Call, runner: Runner) -> None:
    secret = runner.folder / "secret"
    secret.mkdir()
    for name in FILES:
        (secret / name).write_text("a secret")
    (runner.workspace / "report").symlink_to(secret)
    done = tell(samples.failing(), "--report", "report")
    assert (done.code, "is a link" in done.err) == (2, True)
    (runner.workspace / "report").unlink()
    (runner.workspace / "report").mkdir()
    for name in FILES:
        (runner.workspace / "report" / name).symlink_to(secret / name)
    published_at_once = call("publish", "--badge-branch", BADGES, "--report", "report")
    assert (published_at_once.code, "is a link" in published_at_once.err) == (2, True)
    assert tell(samples.failing(), "--report", "report").code == 1
    assert not [name for name in FILES if (runner.workspace / "report" / name).is_symlink()]
    assert {(secret / name).read_text() for name in FILES} == {"a secret"}


def test_a_forged_result_is_gone_before_the_check(call: Call, runner: Runner) -> None:
    (runner.workspace / "report").mkdir()
    for name in FILES:
        (runner.workspace / "report" / name).write_text("forged")
    call("check", "--report", "report", "--path", "nowhere")
    call("check", "--report", "report", DOCKER_HOST="tcp://nowhere")
    left = [path.read_text() for path in (runner.workspace / "report").iterdir()]
    assert "forged" not in left
