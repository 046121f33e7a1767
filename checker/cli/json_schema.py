"""The JSON Schema of everything that `--json` prints (`checker schema`)."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from checker.core.values.base import SCHEMA_VERSION
from checker.core.values.papers import CodeLink
from checker.core.values.trust import Trust
from checker.reports.document import Report, RepositoryDocument

#: A line of `checker links --json`; `run --json` and report.json; what `repo --json` and `trust --json` print.
DOCUMENTS: dict[str, type[BaseModel]] = {
    "link": CodeLink,
    "report": Report,
    "repository": RepositoryDocument,
    "trust": Trust,
}

#: What each version of the documents brought; the last one is `SCHEMA_VERSION`.
VERSIONS = {
    1: "links, reports, repositories",
    2: "report.changes: what became otherwise since the nights before, null where nothing was compared",
    3: "repair.edits: what a repair changed, as values; cause.rule; the digest of the rules that judged",
    4: "repository.by_way, goal, goal_met; funnel.judged, untestable: what could not be judged is in no per cent; "
    "repository.extent, programs, tests: what became of each command, and how many tests pass; "
    "kinds of links: doi, swhid, archived, ancillary; repository.facts.contents and note: where code is",
}


def build_schema() -> dict[str, Any]:
    """Return one schema: any of the documents is valid against it, each is named under `documents`."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        (model, "serialization") for model in DOCUMENTS.values()
    ]
    references, definitions = models_json_schema(wanted, ref_template="#/$defs/{model}")
    named = {name: references[(model, "serialization")] for name, model in DOCUMENTS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Output of the reproducibility checker",
        "version": SCHEMA_VERSION,
        "$comment": " ".join(f"Version {version}: {brought}." for version, brought in VERSIONS.items()),
        "documents": named,
        "anyOf": list(named.values()),
        **definitions,
    }
