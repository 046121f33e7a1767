"""Bounds of the job queue, each tried in a house of its own: one process has one embedded queue at a time."""

from __future__ import annotations

from pathlib import Path

from houses import GENEROUS, ArxivServer, open_house
from theatre import put_on, step

from checker.web.settings import ServeSettings


def test_the_line_is_bounded_and_so_is_each_client(tmp_path: Path, arxiv: ArxivServer) -> None:
    settings = ServeSettings(waiting=2, open_per_client=3, rate="100/minute")
    with open_house(tmp_path, settings, arxiv.url, jobs=1) as house:
        for number in range(5):
            put_on(house.mirror, f"ada/n{number}", step("install", gate="go"))
        running = house.ask("ada/n0")["id"]
        house.when(running, lambda view: "install" in view.steps[-1].activity)
        waiting = [house.ask(f"ada/n{number}")["id"] for number in (1, 2)]
        full = house.client.post("/api/checks", json={"repository": "ada/n3"})
        assert full.status_code == 503 and int(full.headers["retry-after"]) > 0
        assert house.ask("ada/n1")["id"] == waiting[0], "joining needs no place"
        house.open("go")
        for ticket in (running, *waiting):
            house.until(ticket)
        assert house.until(house.ask("ada/n3")["id"]).outcome is not None


def test_one_client_may_begin_so_many(tmp_path: Path, arxiv: ArxivServer) -> None:
    with open_house(tmp_path, GENEROUS.model_copy(update={"rate": "2/hour"}), arxiv.url) as house:
        for _ in range(2):
            house.until(house.ask("ada/nowhere", anew=True)["id"])
        answer = house.client.post("/api/checks", json={"repository": "ada/nowhere"})
        assert answer.status_code == 429 and 3000 < int(answer.headers["retry-after"]) <= 3600
        form = house.client.post("/checks", data={"what": "ada/nowhere"}, headers={"accept": "text/html"})
        assert form.status_code == 429 and "Try again in" in form.text


def test_stopping_keeps_what_is_done_and_says_so_of_the_rest(tmp_path: Path, arxiv: ArxivServer) -> None:
    with open_house(tmp_path, GENEROUS, arxiv.url) as house:
        put_on(house.mirror, "ada/done", step("install"))
        put_on(house.mirror, "ada/half", step("install", gate="never"))
        done = house.ask("ada/done")["id"]
        house.until(done)
        half = house.ask("ada/half")["id"]
        house.when(half, lambda view: "install" in view.steps[-1].activity)
    assert house.jobs.look(done).outcome is not None
    stopped = house.jobs.look(half)
    assert stopped.state.value == "stopped" and stopped.outcome is None and "Ask again" in stopped.note
