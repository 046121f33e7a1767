"""Checks on demand: watched, joined, reused, kept; over the real queue with a played sandbox."""

from __future__ import annotations

from houses import House
from theatre import put_on, step

from checker.core.values.repositories import RepositoryId
from checker.core.values.results import StepStatus, Tone


def test_from_question_to_result(house: House) -> None:
    put_on(
        house.mirror,
        "ada/engine",
        step("install", limit=1200, lines=["one", "two"]),
        step("imports", "import", status="failed", lines=["ModuleNotFoundError: No module named 'x'"]),
    )
    view = house.until(house.ask("ada/engine")["id"])
    said = {s.activity: s.status for s in view.steps}
    assert said["asking the code host"] is None and "cloning" in said
    assert said["as published: install"] is StepStatus.PASSED
    assert said["as published: imports"] is StepStatus.FAILED
    assert view.result == "/repositories/ada/engine" and view.outcome is not None and not view.lines
    kept = house.archive.find_latest(RepositoryId(owner="ada", name="engine"))
    assert kept is not None and kept.cause is not None and kept == house.jobs.find_result(view.id)


def test_lines_of_output_are_seen_while_the_step_runs(house: House) -> None:
    put_on(house.mirror, "ada/slow", step("install", limit=60, lines=["begun"], gate="slow"))
    ticket = house.ask("ada/slow")["id"]
    view = house.when(ticket, lambda view: bool(view.lines))
    assert view.lines == ("begun",) and view.steps[-1].limit == 60 and not view.steps[-1].ended
    house.open("slow")
    assert house.until(ticket).outcome is not None


def test_the_same_repository_asked_twice_is_one_check(house: House) -> None:
    put_on(house.mirror, "ada/twice", step("install", gate="twice"))
    first = house.ask("ada/twice")["id"]
    assert house.ask("https://github.com/ada/twice")["id"] == first
    assert house.ask("Ada/Twice")["id"] == first
    house.open("twice")
    house.until(first)
    assert house.ask("ada/twice")["id"] != first


def test_a_fresh_result_of_the_same_commit_counts_again_unless_asked_anew(house: House) -> None:
    put_on(house.mirror, "ada/fresh", step("install"))
    first = house.until(house.ask("ada/fresh")["id"])
    again = house.until(house.ask("ada/fresh")["id"])
    assert again.reused and not first.reused and again.outcome == first.outcome
    assert not house.until(house.ask("ada/fresh", anew=True)["id"]).reused


def test_what_the_mirror_lacks_is_missing(house: House) -> None:
    view = house.until(house.ask("ada/nowhere")["id"])
    assert view.outcome is not None and view.outcome.tone is Tone.GONE


def test_a_mistake_of_ours_is_tried_again_and_then_not_told(house: House) -> None:
    put_on(house.mirror, "ada/broken", step("install"), **{"show.json": "no json"})
    view = house.until(house.ask("ada/broken")["id"])
    assert view.outcome is not None and view.outcome.tone is Tone.UNTOLD
    assert len([line for line in house.mistakes if "JSONDecodeError" in line]) == 2
