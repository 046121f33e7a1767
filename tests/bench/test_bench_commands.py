"""The command line: tables out of stored results, and one line for every mistake."""

from __future__ import annotations

import json
import subprocess
from datetime import date
from pathlib import Path

import check_samples as samples
import pytest

from checker.store import Store
from tools.bench.app import carry_out

ROOT = Path(__file__).parents[2]
PAGE = "before\n<!-- bench:funnel -->\n<!-- /bench:funnel -->\nafter\n"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    with Store.open(folder / "checker.sqlite") as store:
        run = store.begin_run(date(2026, 3, 1), inputs=("list.txt",), checker_version="0.1.0")
        for check in (samples.passing(), samples.period_only(), samples.repaired()):
            store.save_check(run, check)
        store.finish_run(run)
    return folder


def test_the_funnel_of_stored_results_renews_its_section(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    options = ["--mirror", str(tmp_path), "--repositories", "list.txt", "--results", str(results), "--existing"]
    assert carry_out(["funnel", *options, "--write", str(page)]) == 0
    text = page.read_text()
    assert text.startswith("before\n<!-- bench:funnel -->\n`python -m tools.bench funnel --mirror MIRROR")
    assert text.endswith("<!-- /bench:funnel -->\nafter\n")
    assert str(tmp_path) not in text
    data = json.loads((results / "bench/funnel.json").read_text())
    assert data["funnel"]["repositories"] == 3
    assert (results / "bench/funnel.md").read_text() in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("funnel", "--existing", "--mirror", ".", "--repositories", "x", "--results", "{none}"),
            "holds no results",
        ),
        (("funnel", "--repositories", "x"), "--mirror"),
        (("newcomer", "--mirror", "{none}", "--repositories", "{list}"), "{none}"),
        (("newcomer", "--mirror", ".", "--repositories", "{none}"), "{none}"),
        (("published", "--mirror", ".", "--repositories", "{empty}"), "names no repository"),
        (("isolation", "--mirror", ".", "--results", "{results}", "no repository"), "names no repository"),
        (("nothing",), "nothing"),
    ],
)
def test_a_mistake_is_one_line(
    tmp_path: Path, arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list").write_text("octo/lab\n")
    (tmp_path / "empty").write_text("")
    places = {name: str(tmp_path / name) for name in ("none", "list", "empty", "results")}
    assert carry_out([argument.format(**places) for argument in arguments]) == 2
    line = capsys.readouterr().err.strip().splitlines()[-1]
    assert line.startswith("bench: ")
    assert said.format(**places) in line


def test_what_the_checker_refuses_is_passed_on(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = ["--mirror", str(tmp_path), "--results", str(tmp_path / "results")]
    assert carry_out(["funnel", *options, "--repositories", str(tmp_path / "none.txt")]) == 2
    first, last = capfd.readouterr().err.strip().splitlines()
    assert first.startswith("checker: ")
    assert "none.txt" in first
    assert last.startswith("bench: ")


def test_make_bench_says_how_it_is_called() -> None:
    done = subprocess.run(["make", "bench"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "MIRROR=folder REPOSITORIES=list" in done.stderr
