"""Turns the report of an import step into text that the tables of signatures can be matched against. Pure."""

from __future__ import annotations

from checker.core.json_text import parse_json
from checker.core.values.plans import Phase
from checker.core.values.results import StepResult

#: Modules of one report that are read.
MODULES = 400

#: Characters of what one module printed that are read.
OUTPUT = 4000


def read_import_errors(result: StepResult) -> tuple[str, ...]:
    """Return why required modules could not be imported, one text each: its output, then its error.

    The report is that of `sandbox/probes/imports.py`; it was written inside the sandbox, so nothing in it is
    trusted. Optional modules do not count.
    """
    if result.step.phase is not Phase.IMPORT:
        return ()
    return tuple(error for _, text in result.collected for error in _read_errors(text))


def _read_errors(text: str) -> tuple[str, ...]:
    try:
        report = parse_json(text)
    except ValueError:
        return ()
    modules = report.get("modules") if isinstance(report, dict) else None
    entries = [m for m in modules[:MODULES] if isinstance(m, dict)] if isinstance(modules, list) else []
    return tuple(filter(None, (_describe_error(entry) for entry in entries if entry.get("required", True))))


def _describe_error(entry: dict[str, object]) -> str:
    status = entry.get("status")
    if status in ("ok", "skipped", None):
        return ""
    output = str(entry.get("output") or "")[-OUTPUT:].rstrip()
    missing, message = entry.get("missing"), entry.get("message")
    if missing:
        said = f"ModuleNotFoundError: No module named '{missing}'"
    elif status == "crashed":
        said = f"Segmentation fault or abort (signal {entry.get('signal')}) on importing {entry.get('name')}"
    elif status == "timed_out":
        said = f"importing {entry.get('name')} did not end in time"
    else:
        said = f"{entry.get('type') or 'SystemExit'}: {message or entry.get('exit_code') or ''}"
    return f"{output}\n{said}".lstrip("\n")
