"""Lists of newest checks, and single checks that stand beside a night."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import check_samples as samples

from checker.store import Store

DAY = date(2026, 3, 1)


def test_the_newest_check_of_each_repository_newest_first(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.sqlite") as store:
        for hours, check in enumerate(
            (samples.passing(), samples.failing(), samples.passing(), samples.unreachable())
        ):
            run = store.begin_run(DAY, inputs=(), checker_version="1", note="single", alone=False)
            later = check.model_copy(update={"started_at": samples.STARTED + timedelta(hours=hours)})
            store.save_check(run, later)
        found = store.find_recent_checks(10)
        assert [str(entry.repository) for entry in found] == ["octo/silent", "octo/passes", "octo/fails"]
        assert found[1].started_at == samples.STARTED + timedelta(hours=2)
        assert found[0].inconclusive and not found[1].inconclusive
        assert [str(e.repository) for e in store.find_recent_checks(10, like="PASS")] == ["octo/passes"]
        assert store.find_recent_checks(10, like="%") == ()
        assert len(store.find_recent_checks(1)) == 1


def test_a_single_check_is_saved_while_a_night_is_being_written(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.sqlite") as night, Store.open(tmp_path / "s.sqlite") as beside:
        night.begin_run(DAY, inputs=("papers",), checker_version="1")
        run = beside.begin_run(DAY, inputs=("octo/passes",), checker_version="1", note="single", alone=False)
        beside.save_check(run, samples.passing())
        assert beside.finish_run(run, note="single").note == "single"
        assert night.find_latest_check("github.com/octo/passes") == samples.passing()
