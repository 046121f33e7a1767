"""The action as a job runs it: its own scripts with bash, in a fresh clone, with a remote to publish to."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import check_samples as samples
import pytest
import yaml
from ci_runner import ACTION, ROOT, JobDone, Runner
from ci_world import BADGES, git, make_runner, published, request, write_check

from checker.core.settings import Settings
from checker.core.values.plans import Rung
from checker.sandbox.docker.client import connect
from checker.sandbox.provision.images import Images

BIN = Path(sys.executable).parent

ALL = {"badge_branch": "badges", "comment": "true"}


# ---------------------------------------------------------------- a push, on which a requirement fails


@pytest.fixture(scope="module")
def pushing(tmp_path_factory: pytest.TempPathFactory) -> Runner:
    runner = make_runner(tmp_path_factory.mktemp("push"))
    (runner.workspace / "draft.txt").write_text("not committed\n")
    git(runner.workspace, "add", "draft.txt")
    return runner


@pytest.fixture(scope="module")
def failed(pushing: Runner) -> JobDone:
    return pushing.job(check=write_check(pushing.folder, samples.failing()), **ALL)


def test_the_requirement_that_fails_is_named_where_it_stands(failed: JobDone) -> None:
    assert not failed.passed and failed.steps["Check"].code == 1
    (error,) = failed.annotations("error")
    assert error.place == ("requirements.txt", 3)
    assert "Because torch==1.7.0 has no wheels" in error.text
    assert error.text.splitlines()[-1].startswith("Hint: State the Python version")


def test_the_outputs_say_what_came_out(failed: JobDone) -> None:
    assert {name: failed.outputs[name] for name in ("result", "exit-code", "badge", "reached", "cause")} == {
        "result": "not_reached",
        "exit-code": "1",
        "badge": "fails",
        "reached": "declared",
        "cause": "no_matching_python",
    }


def test_the_summary_tells_it_in_full(failed: JobDone) -> None:
    assert failed.summary.startswith(
        "## Reproducibility: **fails** – required and not reached: imports, as published\n"
    )
    assert "| as published | ✓ | ✓ | ✗ | ✗ |" in failed.summary
    assert "`requirements.txt:3`" in failed.summary
    assert "<details><summary>as published: resolve failed</summary>" in failed.summary


def test_the_report_holds_everything(failed: JobDone, pushing: Runner) -> None:
    report = Path(failed.outputs["report"])
    assert {path.name for path in report.iterdir()} == {
        "check.json", "code-quality.json", "comment.md", "junit.xml", "outputs.env", "reproducibility.json",
        "reproducibility.svg", "summary.md",
    }  # fmt: skip
    required = {"goal": {"rung": "importable", "way": "as_published"}, "goal_met": False}
    given = json.loads((pushing.folder / "check.json").read_text())
    assert json.loads((report / "check.json").read_text()) == given | required
    assert (
        ElementTree.parse(report / "reproducibility.svg").getroot().get("aria-label") == "reproducibility: fails"
    )


def test_the_badge_is_published_and_the_workspace_left_alone(failed: JobDone, pushing: Runner) -> None:
    assert failed.steps["Publish the badge"].code == 0
    assert json.loads(published(pushing, "main/reproducibility.json"))["message"] == "fails"
    assert published(pushing, "main/reproducibility.svg").startswith("<svg")
    assert git(pushing.workspace, "status", "--porcelain") == "A  draft.txt\n"
    assert git(pushing.workspace, "for-each-ref", "--format=%(refname)", "refs/heads").split() == [
        "refs/heads/main"
    ]
    assert git(pushing.folder / "remote.git", "ls-tree", "-r", "--name-only", BADGES).split() == [
        "main/check.json", "main/reproducibility.json", "main/reproducibility.svg",
    ]  # fmt: skip


def test_a_push_gets_no_comment(failed: JobDone) -> None:
    assert failed.skipped == [
        "Set up Python",
        "Install the checker",
        "Upload the report",
        "Comment on the pull request",
    ]


# ---------------------------------------------------------------- other jobs


def test_a_failure_of_ours_turns_nobodys_job_red(runner: Runner) -> None:
    done = runner.job(**ALL)  # the runner has no container engine
    assert done.passed and not done.annotations("error")
    (warning,) = done.annotations("warning")
    assert warning.place == (None, None) and "says nothing about the code" in warning.text
    assert (done.outputs["result"], done.outputs["exit-code"]) == ("could_not_tell", "3")
    assert "container engine" in done.summary
    assert json.loads(published(runner, "main/reproducibility.json"))["message"] == "inconclusive"
    assert "Traceback" not in "".join(step.output for step in done.steps.values())


def test_a_fork_gets_the_check_and_is_told_what_was_not_done(runner: Runner) -> None:
    runner.event = request("stranger/lab")
    done = runner.job(check=write_check(runner.folder, samples.failing()), **ALL)
    assert done.steps["Check"].code == 1
    assert "not the result of a branch" in done.steps["Publish the badge"].output
    comment = done.steps["Comment on the pull request"]
    assert comment.code == 0
    (said,) = comment.said
    assert said.name == "notice" and "comes from a fork, whose jobs may not write" in said.text
    assert "comes from a fork" in done.summary
    assert Path(done.outputs["comment"]).read_text().startswith("<!-- reproducibility-checker -->\n")


def test_no_input_reaches_the_shell(runner: Runner) -> None:
    text = "-x \"; touch pwned; ' $(touch pwned) `touch pwned` \n touch pwned"
    done = runner.job(check=text, path=text, require=text, badge_branch=text)
    assert not list(runner.folder.rglob("pwned"))
    assert done.steps["Check"].code == 2 and done.steps["Publish the badge"].code == 2
    assert "Traceback" not in "".join(step.output for step in done.steps.values())


def test_nothing_from_a_repository_is_read_as_a_command(runner: Runner) -> None:
    done = runner.job(check=write_check(runner.folder, samples.hostile()), **ALL)
    names = [said.name for step in done.steps.values() for said in step.said]
    assert sorted(names) == ["error", "notice", "warning"]  # the cause, the pull request, the repair
    assert done.outputs["result"] == "not_reached"


@pytest.mark.docker
def test_the_steps_need_nothing_but_python_and_git(runner: Runner) -> None:
    settings = Settings.from_environment()
    with connect(settings) as client:
        runner.image = Images(client, settings).ensure("python").tag
    done = runner.job(check=write_check(runner.folder, samples.failing()), **ALL)
    assert done.steps["Check"].code == 1, done.steps["Check"].output
    assert [said.place for said in done.annotations("error")] == [("requirements.txt", 3)]
    assert done.steps["Publish the badge"].code == 0, done.steps["Publish the badge"].output
    assert json.loads(published(runner, "main/reproducibility.json"))["message"] == "fails"
    assert "Reproducibility: **fails**" in done.summary


# ---------------------------------------------------------------- the file itself


ACTION_VALUES = yaml.safe_load(ACTION.read_text())
STEPS = ACTION_VALUES["runs"]["steps"]


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step], ids=lambda step: step["name"])
def test_scripts_are_sound_and_hold_no_expression(step: dict[str, str], tmp_path: Path) -> None:
    assert "${{" not in step["run"]
    script = tmp_path / "step.sh"
    script.write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{step['run']}")
    done = subprocess.run([BIN / "shellcheck", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_other_actions_are_pinned_to_a_commit() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert used and all(re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", name) for name in used)


def test_only_the_comment_gets_the_token() -> None:
    holding = {step["name"] for step in STEPS if "token" in json.dumps(step).lower()}
    assert holding == {"Comment on the pull request"}


def test_the_action_is_valid_by_the_published_schema() -> None:
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.github-actions", ACTION]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_input_and_output_is_documented_and_used() -> None:
    page, text = (ROOT / "docs" / "ci.md").read_text(), ACTION.read_text()
    for name in (*ACTION_VALUES["inputs"], *ACTION_VALUES["outputs"]):
        assert f"| `{name}` |" in page
    assert all(f"inputs.{name}" in text for name in ACTION_VALUES["inputs"])
    assert all(rung.value in ACTION_VALUES["inputs"]["require"]["description"] for rung in Rung)
