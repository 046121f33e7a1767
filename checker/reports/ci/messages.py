"""Tells a check to whoever reads it: files of the report, the service's own files, remarks in the job's output."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from checker.core.errors import StorageFailure, UsageError
from checker.core.text import join_lines
from checker.core.tree import Tree
from checker.core.values.plans import Goal
from checker.reports.badge import make_badge, render_shields, render_svg
from checker.reports.ci import github, gitlab
from checker.reports.ci.annotations import annotate
from checker.reports.ci.comment import render_comment
from checker.reports.ci.job import Job, Service
from checker.reports.ci.summary import render_summary
from checker.reports.ci.values import Annotation, Level, Story, judge_result
from checker.reports.document import RepositoryDocument
from checker.reports.goals import narrow
from checker.reports.markdown import escape

CHECK, SUMMARY, COMMENT = "check.json", "summary.md", "comment.md"
SVG, ENDPOINT = "reproducibility.svg", "reproducibility.json"
CODE_QUALITY, JUNIT, DOTENV = "code-quality.json", "junit.xml", "outputs.env"
FILES = (CHECK, SUMMARY, COMMENT, SVG, ENDPOINT, CODE_QUALITY, JUNIT, DOTENV)


def refuse_links(report: Path, names: Sequence[str] = FILES) -> None:
    """Refuse a report that is a link or holds one: in a workspace it may be the repository's, and lead anywhere.

    Raises:
        UsageError: it is, or does.

    """
    for path in (report, *(report / name for name in names)):
        if path.is_symlink():
            raise UsageError(f"--report {report}: {path.name} is a link; `checker ci check` writes files")


def clear_files(report: Path) -> None:
    """Remove files that lie where the report will: in a workspace they may be the repository's, and forged.

    Raises:
        UsageError: the folder is a link, which would lead out of the workspace.
        StorageFailure: a file cannot be removed.

    """
    refuse_links(report, ())
    for name in FILES:
        try:
            (report / name).unlink(missing_ok=True)
        except NotADirectoryError:
            raise UsageError(f"--report {report}: is a file, not a folder") from None
        except OSError as error:
            raise StorageFailure(f"{report / name}: cannot be removed: {error.strerror}") from error


def tell_story(
    job: Job, folder: str, check: RepositoryDocument, goal: Goal, base: RepositoryDocument | None = None
) -> Story:
    """Put together what is told of a check of a folder of the job's repository."""
    document = narrow(check, goal)
    result = judge_result(document, goal)
    tree = Tree(job.workspace / folder)
    name = job.name or document.repository
    return Story(
        name=f"{name}/{folder}" if folder else name,
        document=document,
        check=check.model_copy(update={name: getattr(document, name) for name in ("outcome", "goal", "goal_met")}),
        badge=make_badge(document.outcome),
        goal=goal,
        result=result,
        annotations=annotate(document, result, tree, folder),
        base=base,
        base_name=job.into,
        job_url=job.url,
    )


def write_files(story: Story, folder: str, report: Path) -> dict[str, str]:
    """Write every file of the report; return the outputs of the job.

    Raises:
        UsageError: the folder is a link.
        StorageFailure: a file cannot be written.

    """
    clear_files(report)
    document = story.document
    outputs = {
        "result": story.result.word,
        "exit-code": str(story.result.exit_code),
        "badge": story.badge.message,
        "reached": document.reached.value if document.reached else "",
        "way": document.way.value if document.way else "",
        "cause": document.cause or "",
        "report": str(report),
        "badge-svg": str(report / SVG),
        "badge-json": str(report / ENDPOINT),
        "comment": str(report / COMMENT),
    }
    files = {
        CHECK: story.check.model_dump_json(indent=1) + "\n",
        SUMMARY: render_summary(story),
        COMMENT: render_comment(story, folder),
        SVG: render_svg(story.badge),
        ENDPOINT: render_shields(story.badge),
        CODE_QUALITY: gitlab.render_code_quality(story.annotations),
        JUNIT: gitlab.render_junit(story),
        DOTENV: gitlab.render_dotenv(outputs),
    }
    for name, text in files.items():
        _write(report / name, text)
    return outputs


def tell_service(job: Job, story: Story, outputs: Mapping[str, str], stream: TextIO) -> None:
    """Tell the service that runs the job: its summary, its outputs, the remarks.

    Raises:
        StorageFailure: one of the service's files cannot be written.

    """
    if job.summary is not None:
        github.append(job.summary, render_summary(story))
    if job.output is not None:
        github.append(job.output, github.render_outputs(outputs))
    for level in Level:
        remarks = [a for a in story.annotations if a.level is level]
        stream.writelines(f"{_render_line(job, a)}\n" for a in remarks[: github.MOST_ANNOTATIONS])
    stream.flush()


def say(job: Job, level: Level, text: str, stream: TextIO) -> None:
    """Say one thing about the job itself, in its output and in its summary."""
    remark = Annotation(level=level, title="reproducibility", message=join_lines(text, 1000))
    stream.write(f"{_render_line(job, remark)}\n")
    stream.flush()
    if job.summary is not None:
        github.append(job.summary, f"\n{escape(text, 1000)}\n")


def _render_line(job: Job, annotation: Annotation) -> str:
    if job.service is Service.GITHUB:
        return github.render_command(annotation)
    where = f"{annotation.path}:{annotation.line}: " if annotation.path else ""
    return f"{annotation.level.value}: {where}{join_lines(annotation.message, 1000)}"


def _write(path: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StorageFailure(f"{path}: cannot be written: {error.strerror}") from error
