"""What a CI service says about the job it runs, read out of its environment once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from checker.core.errors import UsageError
from checker.core.values.base import Value

_EVENT_BYTES = 8 * 1024 * 1024


class Service(StrEnum):
    """Whose job it is."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


class Job(Value):
    """A job. `branch` is the branch whose own result this is: None for pull requests and tags.

    `into` is the branch that a pull request goes into, `request` its number; `may_write` whether the job's token
    may write, as far as that is known: it may not where a pull request comes from a fork. `why_not` says why.
    """

    service: Service = Service.NONE
    workspace: Path
    name: str = ""
    branch: str | None = None
    request: int | None = None
    into: str = ""
    may_write: bool = True
    why_not: str = ""
    url: str = ""
    api: str = ""
    summary: Path | None = None
    output: Path | None = None

    def at(self, root: Path | None) -> Job:
        """Return the job with the root of a clone in its workspace as the workspace: paths count from there."""
        inside = root is not None and root.resolve().is_relative_to(self.workspace.resolve())
        return self.model_copy(update={"workspace": root}) if inside else self

    def folder(self, path: Path) -> str:
        """Return a folder relative to the workspace, '' for the workspace itself.

        Raises:
            UsageError: it is no folder, or lies outside.

        """
        whole = path.expanduser().resolve()
        if not whole.is_dir():
            raise UsageError(f"--path {path}: no such folder")
        try:
            inside = whole.relative_to(self.workspace.resolve()).as_posix()
        except ValueError:
            raise UsageError(f"--path {path}: lies outside of {self.workspace}") from None
        return "" if inside == "." else inside


def read_job(env: Mapping[str, str], path: Path) -> Job:
    """Return the job that runs; without a CI service `path` itself is the workspace."""
    if env.get("GITHUB_ACTIONS") == "true":
        return _read_github(env)
    if env.get("GITLAB_CI") == "true":
        return _read_gitlab(env)
    return Job(workspace=path, name=path.expanduser().resolve().name)


FORK = "the pull request comes from a fork, whose jobs may not write"


def _read_github(env: Mapping[str, str]) -> Job:
    event = _read_event(env.get("GITHUB_EVENT_PATH", ""))
    request = event.get("pull_request")
    number = request.get("number") if isinstance(request, dict) else None
    # Jobs of pull_request_target have the rights of the repository itself, also for forks.
    fork = (
        isinstance(request, dict) and env.get("GITHUB_EVENT_NAME") != "pull_request_target" and _is_fork(request)
    )
    name, server = env.get("GITHUB_REPOSITORY", ""), env.get("GITHUB_SERVER_URL", "https://github.com")
    run = env.get("GITHUB_RUN_ID", "")
    on_branch = request is None and env.get("GITHUB_REF_TYPE") == "branch"
    return Job(
        service=Service.GITHUB,
        workspace=Path(env.get("GITHUB_WORKSPACE") or "."),
        name=name,
        branch=env.get("GITHUB_REF_NAME") or None if on_branch else None,
        request=number if isinstance(number, int) else None,
        into=env.get("GITHUB_BASE_REF", ""),
        may_write=not fork,
        why_not=FORK if fork else "",
        url=f"{server}/{name}/actions/runs/{run}" if run.isdigit() else "",
        api=env.get("GITHUB_API_URL", "https://api.github.com"),
        summary=_read_path(env, "GITHUB_STEP_SUMMARY"),
        output=_read_path(env, "GITHUB_OUTPUT"),
    )


def _is_fork(request: Mapping[str, Any]) -> bool:
    """Whether the two sides of a pull request are of different repositories; a side that is gone counts as one."""
    sides = [request.get(side) for side in ("head", "base")]
    repositories = [side.get("repo") if isinstance(side, dict) else None for side in sides]
    names = [repo.get("full_name") if isinstance(repo, dict) else None for repo in repositories]
    return None in names or names[0] != names[1]


def _read_gitlab(env: Mapping[str, str]) -> Job:
    request, project = env.get("CI_MERGE_REQUEST_IID", ""), env.get("CI_PROJECT_PATH", "")
    source = env.get("CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", project)
    return Job(
        service=Service.GITLAB,
        workspace=Path(env.get("CI_PROJECT_DIR") or "."),
        name=project,
        branch=env.get("CI_COMMIT_BRANCH") or None,
        request=int(request) if request.isdigit() else None,
        into=env.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", ""),
        may_write=source == project,
        why_not="" if source == project else FORK,
        url=env.get("CI_JOB_URL", ""),
    )


def _read_path(env: Mapping[str, str], name: str) -> Path | None:
    return Path(env[name]) if env.get(name) else None


def _read_event(name: str) -> dict[str, Any]:
    """Return what set the job off; {} where the service does not say, or says it in a way that nobody can read."""
    try:
        with Path(name).open("rb") as file:
            event = json.loads(file.read(_EVENT_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}
