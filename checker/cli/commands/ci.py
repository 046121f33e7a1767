"""`checker ci`: a repository checks itself in its own CI; summary, remarks, outputs, badge and comment."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from checker.cli.common import ByWay, Mirror, Require, choose_goal
from checker.core.errors import CheckerError, NetworkFailure, UsageError
from checker.core.settings import Settings
from checker.core.values.plans import Goal, Rung
from checker.reports.ci import messages
from checker.reports.ci.comment import mark_of
from checker.reports.ci.github import stop_commands
from checker.reports.ci.job import Job, Service, read_job
from checker.reports.ci.publish_badge import Branch, clone_root
from checker.reports.ci.read_result import parse_check, read_check
from checker.reports.ci.values import Level
from checker.reports.document import RepositoryDocument

REPORT = Path("reproducibility-report")


class CiStep(StrEnum):
    """What is to be done: check and tell, publish the badge, or write the comment."""

    CHECK = "check"
    PUBLISH = "publish"
    COMMENT = "comment"


def ci(
    step: Annotated[CiStep, typer.Argument(help="check, publish or comment.")] = CiStep.CHECK,
    path: Annotated[Path, typer.Option("--path", help="Folder of the repository that is checked.")] = Path(),
    require: Require = Rung.IMPORTABLE,
    way: ByWay = None,
    check: Annotated[
        Path | None, typer.Option("--check", help="Report this check, printed by `checker repo --json`.")
    ] = None,
    base: Annotated[
        Path | None, typer.Option("--base", help="Compare with this check instead of the published one.")
    ] = None,
    badge_branch: Annotated[
        str, typer.Option("--badge-branch", help="Branch on which badges are published; '' for none.")
    ] = "",
    report: Annotated[Path, typer.Option("--report", help="Folder of the report.")] = REPORT,
    mirror: Mirror = None,
) -> None:
    """Check the repository of this CI job.

    The required rung must be reached as published, unless --way names a later way.

    Exit codes: 0 it was reached, or published, or commented, or nothing was to be done; 1 it was not reached;
    2 wrong usage; 3 could not be judged, published or written.
    """
    job = read_job(os.environ, path)
    job.folder(path)
    job = job.at(clone_root(path))
    folder = job.folder(path)
    if step is CiStep.CHECK:
        goal = choose_goal(require, way, Settings.from_environment(), own=True)
        if check is None:
            messages.clear_files(report)
        document = read_check(check) if check is not None else _check_folder(job, path, mirror, goal)
        before = read_check(base) if base is not None else _read_published(job, folder, badge_branch)
        story = messages.tell_story(job, folder, document, goal, before)
        messages.tell_service(job, story, messages.write_files(story, folder, report), sys.stdout)
        raise typer.Exit(story.result.exit_code)
    if job.service is Service.NONE:
        raise UsageError(f"ci {step}: works in a job of GitHub Actions or GitLab CI; this is neither")
    messages.refuse_links(report)
    act = _publish if step is CiStep.PUBLISH else _write_comment
    try:
        said = act(job, folder, badge_branch, report)
    except NetworkFailure as error:
        messages.say(job, Level.WARNING, f"{_NOT_DONE[step]}: {error}", sys.stdout)
        raise typer.Exit(error.exit_code) from None
    messages.say(job, Level.NOTICE, said, sys.stdout)


_NOT_DONE = {CiStep.PUBLISH: "The badge was not published", CiStep.COMMENT: "No comment was written"}


# ---------------------------------------------------------------- check


def _check_folder(job: Job, path: Path, mirror: Path | None, goal: Goal) -> RepositoryDocument:
    """Check a folder, while the service takes nothing of what is printed for a command."""
    from checker.cli.checking import check_folder  # noqa: PLC0415 - what checks takes a second to load

    with stop_commands(sys.stdout) if job.service is Service.GITHUB else nullcontext():
        return check_folder(path, mirror, goal)


def _read_published(job: Job, folder: str, badge_branch: str) -> RepositoryDocument | None:
    """Return the last conclusive result of the branch that a pull request goes into, None where none is known."""
    if job.request is None or not job.into or not badge_branch:
        return None
    try:
        found = Branch(job.workspace, badge_branch).read(_place(job.into, folder, messages.CHECK))
        return parse_check(found, f"{badge_branch}:{messages.CHECK}") if found is not None else None
    except CheckerError as error:
        messages.say(job, Level.NOTICE, f"Not compared with {job.into}: {error}", sys.stdout)
        return None


def _place(branch: str, folder: str, name: str) -> str:
    return "/".join(part for part in (branch, folder, name) if part)


# ---------------------------------------------------------------- publish and comment


def _publish(job: Job, folder: str, badge_branch: str, report: Path) -> str:
    """Publish badge, endpoint and result; return what was done, or why nothing was."""
    if not badge_branch:
        return "No badge was published: no branch is named for it (badge-branch)."
    if job.branch is None:
        return "No badge was published: this is not the result of a branch, but of a pull request or a tag."
    if job.branch == badge_branch:
        raise UsageError(f"--badge-branch {badge_branch}: is the branch that was checked; name another one")
    document = read_check(report / messages.CHECK)
    # An inconclusive check turns the badge grey; the check before it stays the one to compare with.
    names = (messages.SVG, messages.ENDPOINT, *(() if document.inconclusive else (messages.CHECK,)))
    files = {_place(job.branch, folder, name): _read_bytes(report / name) for name in names}
    commit = (document.commit or "")[:12] or "this state"
    if Branch(job.workspace, badge_branch).put(files, f"Reproducibility of {job.branch} at {commit}"):
        return f"The badge was published: {_place(job.branch, folder, messages.SVG)} on the branch {badge_branch}."
    return f"The badge on the branch {badge_branch} says that already."


def _write_comment(job: Job, folder: str, badge_branch: str, report: Path) -> str:
    """Write the comment on the pull request; return what was done, or why nothing was."""
    if job.service is not Service.GITHUB:
        return f"No comment was written: only GitHub's is known. Its text is {report / messages.COMMENT}."
    if job.request is None:
        return "No comment was written: this job belongs to no pull request."
    if not job.may_write:
        return f"No comment was written: {job.why_not}. Its text is in the report and above."
    token = os.environ.get("GITHUB_TOKEN", "").strip()
    if not token:
        return "No comment was written: GITHUB_TOKEN is not set."
    from checker.reports.ci.post_comment import Comments  # noqa: PLC0415 - its client is slow to load

    body = _read_bytes(report / messages.COMMENT).decode()
    new = Comments(job.api, job.name, job.request, token).put(mark_of(folder), body)
    return "The comment was written." if new else "The comment was brought up to date."


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}; `checker ci check` writes it") from None
