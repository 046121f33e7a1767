"""The settings file: every key is read, every mistake is one line with file, line and key."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import check_samples as samples
import pytest

from checker.core.container import GIB
from checker.core.errors import UsageError
from checker.core.settings import VARIABLES, Settings
from checker.core.toml_lines import find_line, read_toml
from checker.core.values.changes import ReportOptions
from checker.core.values.plans import Rung
from checker.nights.night_settings import add_kept_papers, fill_in_dates, plan_night, read_report_options
from checker.nights.settings_file import SettingsFile, name_key, read_settings_file

ROOT = Path(__file__).parents[2]

WHOLE = """
[night]
sources = ["arxiv:cs.LG", "papers/today.txt", "huggingface:{yesterday}"]
results = "out"
jobs = 4
tries = 2
fresh_days = 0.5
keep_days = 30
at = "03:15"

[report]
require = "starts"
promise_days = 45

[checker]
home = "cache"
mirror = "/srv/mirror"
code_hosts = ["github.com", "codeberg.org"]
github_token = "secret"
index_lookups = true
free_bytes = "1G"

[limits]
memory_bytes = 4294967296
cpus = 1
time_scale = 1.5
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "etc" / "night.toml"
    path.parent.mkdir()
    return path


def test_a_whole_file_is_read(file: Path) -> None:
    file.write_text(WHOLE)
    plan = plan_night(file, {"HOME": "/home/x"})
    assert plan.sources == ("arxiv:cs.LG", str(file.parent / "papers/today.txt"), "huggingface:{yesterday}")
    assert plan.results == file.parent / "out" and plan.settings.home == file.parent / "cache"
    assert (plan.night.jobs, plan.night.tries, plan.night.fresh_days, plan.night.keep_days) == (4, 2, 0.5, 30)
    assert plan.reading == ReportOptions(require=Rung.STARTS, promise_days=45)
    settings = plan.settings
    assert settings.mirror == Path("/srv/mirror") and settings.free_bytes == GIB and settings.index_lookups
    assert settings.code_hosts == {"github.com", "codeberg.org"}
    assert (settings.limits.memory_bytes, settings.limits.cpus, settings.limits.scale) == (4 * GIB, 1.0, 1.5)
    assert "secret" not in repr(plan.settings)


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(file: Path, tmp_path: Path) -> None:
    file.write_text(WHOLE)
    env = {
        "HOME": "/home/x",
        "CHECKER_MEMORY_BYTES": "2G",
        "CHECKER_MIRROR": " ",
        "CHECKER_NIGHT_AT": "04:00",
        "CHECKER_NIGHT_RESULTS": "elsewhere",
        "CHECKER_NIGHT_INPUTS": "'two words.txt' arxiv:cs.CL",
    }
    plan = plan_night(file, env)
    assert plan.settings.limits.memory_bytes == 2 * GIB and plan.settings.limits.scale == 1.5
    assert plan.settings.mirror == Path("/srv/mirror"), "a variable that is empty is not set"
    assert plan.settings.limits.pids == Settings.from_environment({"HOME": "/x"}).limits.pids
    assert (plan.night.at, plan.results) == ("04:00", Path("elsewhere"))
    assert plan.sources == ("two words.txt", "arxiv:cs.CL")


def test_where_the_file_is_looked_for(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--settings or CHECKER_SETTINGS"):
        plan_night(None, {})
    assert read_report_options(None, {}) == ReportOptions()
    (tmp_path / "checker.toml").write_text('[night]\nsources = ["a"]\nat = "01:00"\n')
    assert plan_night(None, {}).night.at == "01:00"
    file.write_text(WHOLE)
    assert plan_night(None, {"CHECKER_SETTINGS": str(file)}).night.at == "03:15"
    assert plan_night(Path("checker.toml"), {"CHECKER_SETTINGS": str(file)}).night.at == "01:00"
    assert read_report_options(file, {}).promise_days == 45


NIGHT = '[night]\nsources = ["a"]\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[night]\nsorces = ["a"]\n', "line 2: night.sorces: no such key; did you mean sources?"),
        (f"{NIGHT}\n[repotr]\nx = 1\n", "line 4: repotr: no such key; did you mean report?"),
        (
            f"{NIGHT}# jobs = 1\n[limits]\nzzz = 1\n",
            "line 5: limits.zzz: no such key; there are memory_bytes, cpus",
        ),
        (f'{NIGHT}jobs = "four"\n', "line 3: night.jobs: should be a valid integer, not 'four'"),
        (f"{NIGHT}jobs = 0\n", "line 3: night.jobs: should be greater than or equal to 1, not 0"),
        (f"{NIGHT}tries = true\n", "line 3: night.tries: should be a valid integer, not True"),
        ('[night]\nsources = "a"\n', "line 2: night.sources: should be a valid array, not 'a'"),
        ("[night]\n\nsources = []\n", "line 3: night.sources: "),
        ('[night]\nsources = [\n  "a",\n  3,\n]\n', "line 2: night.sources: should be a valid string, not 3"),
        (f'{NIGHT}at = "25:00"\n', "line 3: night.at: "),
        (f'{NIGHT}[report]\nrequire = "flies"\n', "line 4: report.require: should be 'code', "),
        (f"{NIGHT}[report]\npromise_days = 1.5\n", "line 4: report.promise_days: should be a valid integer"),
        (
            f'{NIGHT}[limits]\nmemory_bytes = "lots"\n',
            "line 4: limits.memory_bytes: is not a value that can be used",
        ),
        (
            f"{NIGHT}# limits.cpus = 1\n[limits]\ncpus = -1\n",
            "line 5: limits.cpus: is not a value that can be used",
        ),
        (f'{NIGHT}[checker]\nscratch = "ram"\n', "line 4: checker.scratch: should be 'auto', 'loop' or 'folder'"),
        (f"{NIGHT}[checker]\nuid = 4294967296\n", "line 4: checker.uid: should be less than 2147483648"),
        ("night = 3\n", "line 1: night: is a section"),
        ("", "night: is missing"),
        ("[night]\n", "line 1: night.sources: is missing"),
        ('[night]\nsources = ["a"\n', "line 2: Unclosed array"),
        (f"{NIGHT}sources = []\n", "line 3: Cannot overwrite a value"),
        (f"{NIGHT}[night]\n", "line 3: "),
        (f"{NIGHT}x = \x00\n", "line 3: "),
    ],
)
def test_a_mistake_is_one_line_with_file_line_and_key(file: Path, text: str, words: str) -> None:
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_settings_file(file)
    said = str(caught.value)
    assert "\n" not in said and said.startswith(str(file)) and words in said, said


def test_a_token_is_not_shown(file: Path) -> None:
    file.write_text(f"{NIGHT}[checker]\ngithub_token = 123456\n")
    with pytest.raises(UsageError, match=r"line 4: checker\.github_token") as caught:
        read_settings_file(file)
    assert "123456" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "not text in UTF-8"),
        (lambda path: path.write_bytes(b"#" * 300_000), "longer than"),
        (lambda path: path.write_text("x = " + "[" * 5000), "too deeply"),
    ],
)
def test_a_file_that_cannot_be_read(file: Path, make, words: str) -> None:
    make(file)
    with pytest.raises(UsageError, match=words):
        read_toml(file)


def test_the_line_of_a_key_however_it_is_written() -> None:
    text = "# a\n'a' = '''\n\nb = 1\n'''\n\n[x]\ny.z = 1\n[x.'w w']\nq = [\n 1,\n 2]\n"
    assert [find_line(text, keys) for keys in (["a"], ["x"], ["x", "y", "z"], ["x", "w w", "q"], ["b"])] == [
        2, 7, 8, 10, None,
    ]  # fmt: skip


def test_every_variable_has_its_key() -> None:
    ours = {name_key(name) for name in VARIABLES if name.startswith("CHECKER_")}
    sections = {
        key for part in ("checker", "limits") for key in SettingsFile.model_fields[part].annotation.model_fields
    }
    assert sections == ours


def make_reference_table() -> str:
    """Return the table of keys for docs/nightly.md, made from the model (variables: deployment.md)."""
    lines = ["| key | default | what it sets |", "|---|---|---|"]
    for section in ("night", "report"):
        for key, info in SettingsFile.model_fields[section].annotation.model_fields.items():
            default = "must be given"
            if not info.is_required():
                default = "–" if info.default is None else f"`{json.dumps(info.default)}`"
            lines.append(f"| `{section}.{key}` | {default} | {info.description} |")
    return "\n".join(lines)


def test_the_documentation_holds_the_table_of_keys_as_the_model_has_it() -> None:
    assert make_reference_table() in (ROOT / "docs" / "nightly.md").read_text("utf-8"), (
        f"put this there:\n{make_reference_table()}"
    )


@pytest.mark.parametrize("path", sorted((ROOT / "deploy").glob("*.toml")), ids=lambda path: path.name)
def test_a_shipped_settings_file_can_be_used(path: Path) -> None:
    assert plan_night(path, {"HOME": "/x"}).sources


def test_dates_of_the_night() -> None:
    assert fill_in_dates("huggingface:{yesterday}", date(2026, 3, 1)) == "huggingface:2026-02-28"
    assert fill_in_dates("{today}.txt", date(2026, 3, 1)) == "2026-03-01.txt"
    assert fill_in_dates("{papers}.txt", date(2026, 3, 1)) == "{papers}.txt"


def test_papers_of_earlier_nights_stand_behind_tonights() -> None:
    one, two = samples.paper(1, "octo/a"), samples.paper(2, "octo/b")
    newer = samples.paper(1, "octo/c")
    assert add_kept_papers([newer], [one, two]) == (newer, two)
    assert add_kept_papers([], [two]) == (two,)
