"""Plays a job of GitHub's runner: a composite action's steps with bash, the environment files, the commands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"

_COMMAND = re.compile(r"^\s*::(?P<name>[\w-]+)(?: (?P<properties>[^:]*(?::(?!:)[^:]*)*))?::(?P<text>.*)$")


@dataclass(frozen=True)
class Said:
    """A workflow command as the runner reads it, unescaped."""

    name: str
    text: str
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> tuple[str | None, int | None]:
        line = self.properties.get("line")
        return self.properties.get("file"), int(line) if line else None


def commands(output: str) -> list[Said]:
    """Read the commands out of a step's output, as far as they are not stopped."""
    found, token = [], None
    for line in output.splitlines():
        match = _COMMAND.match(line)
        if match is None:
            continue
        if token is not None:
            token = None if match["name"] == token else token
        elif match["name"] == "stop-commands":
            token = match["text"]
        else:
            pairs = (pair.partition("=") for pair in (match["properties"] or "").split(",") if pair)
            properties = {name.strip(): unquote(value) for name, _, value in pairs}
            found.append(Said(match["name"], unquote(match["text"]), properties))
    return found


def read_outputs(text: str) -> dict[str, str]:
    """Read the runner's output file."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, mark, delimiter = line.partition("<<")
        assert mark, line
        value = []
        for more in lines:
            if more == delimiter:
                break
            value.append(more)
        found[name] = "\n".join(value)
    return found


@dataclass
class StepDone:
    """What became of a step."""

    name: str
    code: int
    output: str

    @property
    def said(self) -> list[Said]:
        return commands(self.output)


@dataclass
class JobDone:
    """What became of a job."""

    steps: dict[str, StepDone]
    skipped: list[str]
    summary: str
    outputs: dict[str, str]
    passed: bool

    def annotations(self, level: str) -> list[Said]:
        return [said for step in self.steps.values() for said in step.said if said.name == level]


@dataclass
class Runner:
    """A runner with a workspace, a clone that the test made; `image` gives each step a fresh container."""

    folder: Path
    workspace: Path
    env: dict[str, str] = field(default_factory=dict)
    event: dict[str, Any] = field(default_factory=dict)
    image: str | None = None

    def job(self, **inputs: str) -> JobDone:
        """Run the action with these inputs; steps that use other actions are passed over."""
        action = yaml.safe_load(ACTION.read_text())
        known = {name: str(value.get("default", "")) for name, value in action["inputs"].items()}
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(known)
        context = {f"inputs.{name}": value for name, value in {**known, "install": "false", **given}.items()}
        temp = self.folder / "temp"
        temp.mkdir(exist_ok=True)
        context |= {"runner.temp": str(temp), "github.token": "the-token", "event": json.dumps(self.event)}
        if context["inputs.token"] == "${{ github.token }}":
            context["inputs.token"] = "the-token"
        files = {name: self.folder / name for name in ("summary", "output", "event.json")}
        for path in files.values():
            path.write_text("")
        files["event.json"].write_text(json.dumps(self.event))
        done = JobDone({}, [], "", {}, passed=True)
        for step in action["runs"]["steps"]:
            self._step(step, context, files, done)
        done.summary = files["summary"].read_text()
        done.outputs = read_outputs(files["output"].read_text())
        return done

    def _step(self, step: dict[str, Any], context: dict[str, str], files: dict[str, Path], done: JobDone) -> None:
        name = step["name"]
        wanted = _condition(step.get("if", ""), context) and (done.passed or "cancelled()" in step.get("if", ""))
        if "uses" in step or not wanted:
            done.skipped.append(name)
            return
        assert step["shell"] == "bash"
        given = {key: expand(value, context) for key, value in step.get("env", {}).items()}
        bash = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
        env = {**self.environment(files, context["runner.temp"]), **given}
        run = subprocess.run(
            bash if self.image is None else [*self._container(env), *bash],
            cwd=self.workspace,
            env=env if self.image is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        done.steps[name] = StepDone(name, run.returncode, run.stdout.decode())
        if run.returncode and not step.get("continue-on-error"):
            done.passed = False

    def _container(self, env: dict[str, str]) -> list[str]:
        """Return what starts a container that has the checker, this runner's folder, and nothing else of ours."""
        mounts = {str(ROOT): "ro", sys.base_prefix: "ro", str(self.folder): "rw"}
        given = {**env, "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"}
        options = [
            *(f"--volume={path}:{path}:{mode}" for path, mode in mounts.items()),
            *(f"--env={name}={value}" for name, value in given.items()),
        ]
        return [
            "docker",
            "run",
            "--rm",
            "--network=none",
            f"--workdir={self.workspace}",
            *options,
            str(self.image),
        ]

    def environment(self, files: dict[str, Path], temp: str) -> dict[str, str]:
        """Return what the runner tells every step."""
        request = "pull_request" in self.event
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "CHECKER_HOME": str(self.folder / "home"),
            "DOCKER_HOST": f"unix://{self.folder}/no-engine.sock",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_WORKSPACE": str(self.workspace),
            "GITHUB_REPOSITORY": "octo/lab",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "42",
            "GITHUB_EVENT_NAME": "pull_request" if request else "push",
            "GITHUB_EVENT_PATH": str(files["event.json"]),
            "GITHUB_REF_NAME": "7/merge" if request else "main",
            "GITHUB_REF_TYPE": "branch",
            "GITHUB_BASE_REF": "main" if request else "",
            "GITHUB_STEP_SUMMARY": str(files["summary"]),
            "GITHUB_OUTPUT": str(files["output"]),
            "RUNNER_TEMP": temp,
            **self.env,
        }


_CHECKER = (
    "inputs.install == 'true' && format('{0}/reproducibility-checker/bin/checker', runner.temp) || 'checker'"
)


def expand(text: str, context: dict[str, str]) -> str:
    """Put in what the action's expressions stand for; one that is not known here fails the test."""

    def value(match: re.Match[str]) -> str:
        expression = match[1].strip()
        if expression == _CHECKER:
            home = f"{context['runner.temp']}/reproducibility-checker/bin/checker"
            return home if context["inputs.install"] == "true" else "checker"
        if expression == "steps.python.outputs.python-path":
            return context.get(expression, sys.executable)
        return context[expression]

    return re.sub(r"\$\{\{(.*?)\}\}", value, text)


def _condition(text: str, context: dict[str, str]) -> bool:
    """Evaluate the conditions that the action uses: comparisons that must all hold."""
    terms = [term.strip() for term in text.removeprefix("${{").removesuffix("}}").split("&&") if term.strip()]
    return all(_holds(term, context) for term in terms)


def _holds(term: str, context: dict[str, str]) -> bool:
    if term == "!cancelled()":
        return True
    if term == "github.event.pull_request != null":
        return "pull_request" in json.loads(context["event"])
    name, operator, value = term.split(" ")
    assert operator in ("==", "!="), term
    return (context[name] == value.strip("'")) is (operator == "==")
