"""The GitLab template: valid, and its script played as a job would run it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import check_samples as samples
import pytest
import yaml
from ci_runner import ROOT, Runner
from ci_world import write_check

from checker.core.values.plans import Rung
from checker.core.values.results import Check

BIN = Path(sys.executable).parent
TEMPLATE = ROOT / "ci" / "gitlab.yml"


def read(**inputs: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return specification and jobs, with the inputs put in as GitLab does it."""
    head, body = TEMPLATE.read_text().split("\n---\n")
    spec = yaml.safe_load(head)["spec"]["inputs"]
    values = {name: value.get("default") for name, value in spec.items()} | inputs
    whole = re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda found: json.dumps(values[found[1]]), body)
    return spec, yaml.safe_load(whole)


def play(runner: Runner, check: Check) -> subprocess.CompletedProcess[bytes]:
    _, jobs = read()
    job = jobs["reproducibility"]
    environment = {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "HOME": str(runner.folder),
        "GITLAB_CI": "true",
        "CI_PROJECT_DIR": str(runner.workspace),
        "CI_PROJECT_PATH": "group/lab",
        "CI_COMMIT_BRANCH": "main",
        **job["variables"],
        "CHECK_FINISHED": write_check(runner.folder, check),
    }
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", "\n".join(job["script"])]
    return subprocess.run(command, cwd=runner.workspace, env=environment, capture_output=True, check=False)


def test_the_job_leaves_what_it_promises(runner: Runner) -> None:
    done = play(runner, samples.failing())
    assert done.returncode == 1
    assert done.stdout.decode().startswith("error: requirements.txt:3: ")
    artifacts = read()[1]["reproducibility"]["artifacts"]
    for name in (*artifacts["reports"].values(), *artifacts["paths"]):
        assert (runner.workspace / name).exists(), name
    reports = {kind: (runner.workspace / name).read_text() for kind, name in artifacts["reports"].items()}
    (issue,) = json.loads(reports["codequality"])
    assert issue["location"] == {"path": "requirements.txt", "lines": {"begin": 3}}
    assert ElementTree.fromstring(reports["junit"]).get("failures") == "1"
    assert "REPRODUCIBILITY_RESULT=not_reached\n" in reports["dotenv"]
    assert (runner.workspace / "reproducibility-report" / "reproducibility.svg").is_file()


def test_what_could_not_be_told_is_allowed_to_fail(runner: Runner) -> None:
    done = play(runner, samples.unreachable())
    assert done.returncode == read()[1]["reproducibility"]["allow_failure"]["exit_codes"] == 3


def test_it_is_valid_by_the_published_schema(tmp_path: Path) -> None:
    (tmp_path / "jobs.yml").write_text(yaml.safe_dump(read()[1]))
    command = [BIN / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", tmp_path / "jobs.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_script_is_sound_and_holds_no_input(tmp_path: Path) -> None:
    script = "\n".join(read()[1]["reproducibility"]["script"])
    assert "$[[" not in yaml.safe_load(TEMPLATE.read_text().split("\n---\n")[1])["reproducibility"]["script"][0]
    (tmp_path / "job.sh").write_text(f"#!/usr/bin/env bash\nset -eo pipefail\n{script}")
    done = subprocess.run([BIN / "shellcheck", tmp_path / "job.sh"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_its_inputs_are_documented() -> None:
    spec, _ = read()
    page = (ROOT / "docs" / "ci.md").read_text()
    assert all(f"`{name}`" in page for name in spec)
    assert spec["require"]["options"] == [rung.value for rung in Rung]


@pytest.mark.parametrize("source", ["group/lab", "stranger/lab"])
def test_a_merge_request_is_known(source: str) -> None:
    from checker.reports.ci.job import read_job

    env = {
        "GITLAB_CI": "true",
        "CI_PROJECT_PATH": "group/lab",
        "CI_MERGE_REQUEST_IID": "12",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_PATH": source,
    }
    job = read_job(env, Path())
    assert (job.request, job.into, job.branch, job.may_write) == (12, "main", None, source == "group/lab")
