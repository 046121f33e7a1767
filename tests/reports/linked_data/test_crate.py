"""RO-Crates: what the profile asks for is there, everything that is named exists, hostile names stay inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import check_samples as samples
import pytest
from rocrate.rocrate import ROCrate

from checker.core.errors import StorageFailure, UsageError
from checker.core.values.results import Check
from checker.reports.linked_data.crate import PROFILE, write_crate
from checker.reports.linked_data.graph.checks import check_iri

ACTIONS = ("CreateAction",)
TOOLS = ("SoftwareApplication", "SoftwareSourceCode")


def entities(folder: Path) -> dict[str, dict[str, Any]]:
    graph = json.loads((folder / "ro-crate-metadata.json").read_text())["@graph"]
    assert len({entity["@id"] for entity in graph}) == len(graph), "each entity once"
    return {entity["@id"]: entity for entity in graph}


def referred(value: object) -> set[str]:
    parts = value if isinstance(value, list) else [value]
    return {part["@id"] for part in parts if isinstance(part, dict)}


@pytest.mark.parametrize("check", samples.every_kind(), ids=lambda check: str(check.target.repository)[:20])
def test_a_crate_is_what_the_profile_asks_for(check: Check, tmp_path: Path) -> None:
    folder = write_crate(check, tmp_path / "crate")
    found = entities(folder)
    root = found["./"]
    assert referred(root["conformsTo"]) == {PROFILE}
    assert found[PROFILE]["@type"] == "CreativeWork"
    assert found["ro-crate-metadata.json"]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert root["identifier"] == check_iri(check)
    assert root["datePublished"].startswith("2026-03-01")
    assert root["name"]
    assert root["description"]
    actions = [entity for entity in found.values() if entity["@type"] in ACTIONS]
    ran = sum(result.status != "skipped" for attempt in check.attempts for result in attempt.results)
    assert len(actions) == 1 + ran
    assert referred(root["mentions"]) == {action["@id"] for action in actions}
    for action in actions:
        (tool,) = referred(action["instrument"])
        assert found[tool]["@type"] in TOOLS
        assert found[tool]["name"]
        assert action["name"]
        assert action["description"]
        for name in referred(action["object"]) | referred(action["result"]):
            assert name in found
        failed = action["actionStatus"]["@id"].endswith("FailedActionStatus")
        assert failed == ("error" in action), action


@pytest.mark.parametrize("check", samples.every_kind(), ids=lambda check: str(check.target.repository)[:20])
def test_every_file_is_there_and_none_beside(check: Check, tmp_path: Path) -> None:
    folder = write_crate(check, tmp_path / "crate")
    named = {name for name, entity in entities(folder).items() if entity["@type"] == "File"}
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == named | {"ro-crate-metadata.json"}
    assert referred(entities(folder)["./"].get("hasPart", [])) == named
    assert Check.model_validate_json((folder / "check.json").read_text()) == check
    assert "\x1b" not in "".join((folder / name).read_text() for name in named if name.endswith(".log"))


def test_the_library_reads_it_back(tmp_path: Path) -> None:
    crate = ROCrate(write_crate(samples.repaired(), tmp_path / "crate"))
    source = crate.dereference(f"swh:1:rev:{samples.COMMIT}")
    assert source is not None
    assert source["codeRepository"] == "https://github.com/octo/repaired"
    step = crate.dereference("#attempt-1-step-1")
    assert step["error"].startswith("failed, exit code 1: ")
    assert step["description"].startswith("uv resolve --verbose ")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not an empty folder"):
        write_crate(samples.passing(), tmp_path)
    with pytest.raises(UsageError, match="not an empty folder"):
        write_crate(samples.passing(), tmp_path / "mine.txt")
    with pytest.raises(StorageFailure, match=r"mine\.txt"):
        write_crate(samples.passing(), tmp_path / "mine.txt" / "below")
