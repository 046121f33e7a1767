"""A check as an RO-Crate after the Process Run Crate profile: what was run on which revision, and what came out.

The folder holds the whole check as JSON, the log of every step, and `ro-crate-metadata.json`, which says of each
step which tool was called how, on what, how it ended, and which log it left (source: the profile, `PROFILE`).
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.rocrate import ROCrate

from checker.core.errors import StorageFailure, UsageError
from checker.core.text import clean, join_lines
from checker.core.values.results import Attempt, Check, StepResult, StepStatus
from checker.reports.linked_data.graph.checks import check_iri, make_repository_iri
from checker.reports.linked_data.graph.names import swhid

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
TERMS = "https://w3id.org/ro/terms/workflow-run/context"

_CHECKER = "#checker"
_FAILED = {"@id": "http://schema.org/FailedActionStatus"}
_COMPLETED = {"@id": "http://schema.org/CompletedActionStatus"}
_Properties = dict[str, Any]


def write_crate(check: Check, folder: Path) -> Path:
    """Write the crate of a check into a folder that is empty or not there; return the folder.

    Raises:
        UsageError: something stands in the folder.
        StorageFailure: it cannot be written, or the disk is full.

    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder}: is not an empty folder; choose another one")
        with TemporaryDirectory() as scratch:
            _describe(check, Path(scratch)).write(folder)
    except OSError as error:
        raise StorageFailure(f"{folder}: {error.strerror or error}") from error
    return folder


def _describe(check: Check, scratch: Path) -> ROCrate:
    """Return the crate; its files are written into `scratch`, from where they are copied."""
    crate = ROCrate(version="1.1")
    crate.metadata.extra_contexts.append(TERMS)
    slug = join_lines(str(check.target.repository), 200)
    crate.name = f"Check of {slug}"
    crate.description = (
        f"Whether {slug} is available, builds and runs, as found on {check.started_at:%Y-%m-%d} "
        f"by the reproducibility checker {check.checker_version}: every command, how it ended, and its log."
    )
    crate.datePublished = check.started_at.isoformat()
    crate.root_dataset["identifier"] = check_iri(check)
    crate.root_dataset["conformsTo"] = crate.add(
        ContextEntity(crate, PROFILE, {"@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"})
    )
    software = crate.add(
        ContextEntity(
            crate,
            _CHECKER,
            {
                "@type": "SoftwareApplication",
                "name": "Reproducibility checker",
                "softwareVersion": check.checker_version,
            },
        )
    )
    source = _add_source(crate, check)
    whole = _add_file(crate, scratch, "check.json", check.model_dump_json(indent=1) + "\n", "The whole check")
    actions = [_add_check(crate, check, software, source, whole)]
    for number, attempt in enumerate(check.attempts, start=1):
        actions += _add_steps(crate, scratch, number, attempt, source)
    crate.root_dataset["mentions"] = actions
    return crate


def _add_source(crate: ROCrate, check: Check) -> Any:
    """Add what was checked: the repository at its revision."""
    checkout = check.checkout
    revision = swhid(checkout.swhid_revision) if checkout else None
    place = make_repository_iri(check.target.repository)
    properties: _Properties = {
        "@type": "SoftwareSourceCode",
        "name": join_lines(str(check.target.repository), 200),
        "codeRepository": place,
    }
    if checkout is not None:
        properties |= {
            "version": join_lines(checkout.commit, 80),
            "dateModified": checkout.committed_at.isoformat(),
        }
    if check.languages:
        properties["programmingLanguage"] = [join_lines(name, 80) for name, _ in check.languages]
    if check.probe.licence:
        properties["license"] = join_lines(check.probe.licence, 80)
    return crate.add(ContextEntity(crate, revision or place, properties))


def _add_check(crate: ROCrate, check: Check, software: Any, source: Any, whole: Any) -> Any:
    cause = check.cause or check.verdict.cause
    reached = check.verdict.reached.value if check.verdict.reached else "no rung"
    properties: _Properties = {
        "name": "The whole check",
        "description": f"availability: {check.availability.value}; reached: {reached}"
        + (f"; stopped: {join_lines(cause.summary, 300)}" if cause else ""),
        "startTime": check.started_at.isoformat(),
        "endTime": (check.started_at + timedelta(seconds=check.seconds)).isoformat(),
        "actionStatus": _FAILED if check.inconclusive else _COMPLETED,
    }
    if check.inconclusive and cause is not None:
        properties["error"] = join_lines(cause.summary, 300)
    return crate.add_action(software, "#check", object=[source], result=[whole], properties=properties)


def _add_steps(crate: ROCrate, scratch: Path, number: int, attempt: Attempt, source: Any) -> Iterator[Any]:
    way = attempt.plan.way.value
    for place, result in enumerate(attempt.results, start=1):
        if result.status is StepStatus.SKIPPED:
            continue
        name = f"attempts/{number}-{way}/{place:02d}-{result.step.phase.value}.log"
        log = _add_file(crate, scratch, name, clean(result.log), f"Log of {join_lines(result.step.name, 100)}")
        yield crate.add_action(
            _add_tool(crate, result),
            f"#attempt-{number}-step-{place}",
            object=[source],
            result=[log],
            properties=_describe_step(crate, f"#attempt-{number}-step-{place}", attempt, result),
        )


def _describe_step(crate: ROCrate, identifier: str, attempt: Attempt, result: StepResult) -> _Properties:
    command = join_lines(shlex.join(result.step.argv), 2000)
    python = f", Python {join_lines(attempt.plan.interpreter, 40)}" if attempt.plan.interpreter else ""
    properties: _Properties = {
        "name": f"{attempt.plan.way.value}{python}: {join_lines(result.step.name, 200)}",
        "description": f"{command} (in {join_lines(result.step.cwd, 200)}; {result.seconds:.1f} s;"
        f" network {'on' if result.step.network else 'off'}; ended: {result.status.value})",
        "actionStatus": _COMPLETED if result.passed else _FAILED,
    }
    if not result.passed:
        code = "" if result.exit_code is None else f", exit code {result.exit_code}"
        said = f": {join_lines(result.cause.summary, 300)}" if result.cause else ""
        properties["error"] = f"{result.status.value}{code}{said}"
    variables = [
        crate.add(
            ContextEntity(
                crate,
                f"{identifier}-environment-{place}",
                {"@type": "PropertyValue", "name": join_lines(name, 200), "value": join_lines(value, 500)},
            )
        )
        for place, (name, value) in enumerate(result.step.env, start=1)
    ]
    if variables:
        properties["environment"] = variables
    return properties


def _add_tool(crate: ROCrate, result: StepResult) -> Any:
    """Return the program that a step calls; the same one for all steps that call it."""
    name = join_lines(result.step.argv[0].rpartition("/")[2], 80) if result.step.argv else ""
    name = name or "unnamed"
    identifier = "#tool-" + "".join(
        sign if sign.isalnum() and sign.isascii() else f"_{ord(sign):x}" for sign in name
    )
    known = crate.get(identifier)
    return known or crate.add(ContextEntity(crate, identifier, {"@type": "SoftwareApplication", "name": name}))


def _add_file(crate: ROCrate, scratch: Path, name: str, text: str, title: str) -> Any:
    path = scratch / name
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8", "replace")
    path.write_bytes(data)
    form = "application/json" if name.endswith(".json") else "text/plain"
    return crate.add_file(
        path, dest_path=name, properties={"name": title, "encodingFormat": form, "contentSize": str(len(data))}
    )
