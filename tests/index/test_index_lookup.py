"""Looking up what distributions held on a date, against a small index of the tests' own."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from lookup_index import LookupIndex, serve_lookups, tarball

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.ecosystems.python.tools import FoundRelease, Holding, Query
from checker.index.lookup import FRESH_SECONDS, IndexLookup
from checker.index.uv import Downloads
from checker.judging.repair_engine import Part, Release

WHEN = datetime(2022, 1, 1, tzinfo=UTC)
INIT = "from ._core import Thing\nVALUE = 1\ndef work(): ...\n"


@pytest.fixture
def index() -> Iterator[LookupIndex]:
    with serve_lookups() as index:
        index.add_wheel("rare-thing", "1.0", "2020-01-01", "old_thing.py")
        index.add_wheel("rare-thing", "1.1", "2021-06-01", "rare/sub/deep.py", files={"rare/__init__.py": INIT})
        index.add_wheel("rare-thing", "2.0", "2023-01-01", "new_thing.py")
        yield index


@pytest.fixture
def settings(index: LookupIndex, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", indexes=IndexSettings(default=index.url), index_lookups=True)


Ask = Callable[..., Holding | None]


@pytest.fixture
def ask(settings: Settings) -> Ask:
    def one(line: str, names_of: str = "", moment: datetime = WHEN) -> Holding | None:
        lookup = IndexLookup(settings, lambda: None)
        return lookup.look_up([Query(line=line, names_of=names_of)], as_of=moment, seconds=10)[0]

    return one


def test_a_real_wheel_as_of_a_date(ask: Ask) -> None:
    held = ask("Rare.Thing")
    assert held is not None
    assert (held.exists, held.version, held.releases, held.first) == (True, "1.1", 2, date(2020, 1, 1))
    assert held.left == ("1.0", "1.1", "2.0")
    assert held.modules == ("rare", "rare.sub.deep")
    assert held.file == "rare_thing-1.1-py3-none-any.whl"
    assert held.complete


def test_specifiers_and_dates_choose_the_release(ask: Ask) -> None:
    versions = [
        held.version if (held := ask(line, moment=moment)) else None
        for line, moment in (
            ("rare-thing<1.1", WHEN),
            ("rare-thing>=2", WHEN),
            ("rare-thing", datetime(2024, 1, 1, tzinfo=UTC)),
            ("rare-thing", datetime(2019, 1, 1, tzinfo=UTC)),
        )
    ]
    assert versions == ["1.0", "", "2.0", ""]


def test_the_names_that_a_module_binds(ask: Ask) -> None:
    held = ask("rare-thing", "rare")
    assert held is not None
    assert held.names is not None
    assert set(held.names) == {"Thing", "VALUE", "work"}
    assert (other := ask("rare-thing")) is not None
    assert other.names is None


def test_a_large_wheel_is_read_by_its_end(index: LookupIndex, ask: Ask) -> None:
    ballast = random.Random(1).randbytes(3_000_000)
    index.add_wheel("big", "1", "2020-01-01", files={"big/data.bin": ballast, "big/__init__.py": "X = 1\n"})
    held = ask("big", "big")
    assert held is not None
    assert (held.modules, held.names) == (("big",), ("X",))
    wheel = [line for line in index.asked if ".whl" in line]
    assert wheel
    assert all("bytes=" in line for line in wheel)


@pytest.mark.parametrize(("size", "modules"), [(1_000_000, ("big",)), (9_000_000, None)])
def test_without_ranges_small_files_are_read_whole(
    index: LookupIndex, ask: Ask, size: int, modules: tuple[str, ...] | None
) -> None:
    index.ranges = False
    index.add_wheel("big", "1", "2020-01-01", files={"big/__init__.py": "", "big/data.bin": bytes(size)})
    held = ask("big")
    assert held is not None
    assert held.modules == modules


def test_a_source_distribution_tells_its_packages(index: LookupIndex, ask: Ask) -> None:
    told = {"plain-1.0/plain.egg-info/top_level.txt": "plainer\n", "plain-1.0/tests/__init__.py": ""}
    index.add("plain", "plain-1.0.tar.gz", tarball(told), "2020-01-01")
    index.add("seen", "seen-1.0.tar.gz", tarball({"seen-1.0/src/seen/__init__.py": ""}), "2020-01-01")
    index.add("broken", "broken-1.0.tar.gz", b"no archive", "2020-01-01")
    held = [ask(name) for name in ("plain", "seen", "broken")]
    assert [h and (h.modules, h.complete) for h in held] == [
        (("plainer",), True),
        (("seen",), False),
        (None, False),
    ]


def test_a_page_without_dates(index: LookupIndex, ask: Ask) -> None:
    index.html = True
    held = ask("rare-thing")
    assert held is not None
    assert (held.version, held.first, held.releases) == ("2.0", None, 3)


def test_yanked_and_early_releases_are_passed_over(index: LookupIndex, ask: Ask) -> None:
    for version, yanked in (("1.0", False), ("1.1", True)):
        index.add("half", f"half-{version}-py3-none-any.whl", b"", "2020-01-01", yanked=yanked)
    index.add("half", "half-2.0rc1-py3-none-any.whl", b"", "2020-01-01")
    index.add("half", "half-3.0-cp38-cp38-win_amd64.whl", b"", "2023-01-01")
    held = ask("half")
    assert held is not None
    assert held.version == "1.0"
    assert held.left == ("1.0", "2.0rc1", "3.0")


def test_linux_is_looked_at_first(index: LookupIndex, ask: Ask) -> None:
    names = ("win_amd64", "macosx_10_9_x86_64", "manylinux2014_x86_64", "musllinux_1_1_x86_64")
    for name in names:
        index.add("many", f"many-1.0-cp38-cp38-{name}.whl", b"", "2020-01-01")
    held = ask("many")
    assert held is not None
    assert "manylinux2014" in held.file


def test_answers_are_kept(index: LookupIndex, settings: Settings, ask: Ask) -> None:
    first, absent = ask("rare-thing", "rare"), ask("nothing-here")
    count = len(index.asked)
    assert (ask("rare-thing", "rare"), ask("nothing-here")) == (first, absent)
    assert len(index.asked) == count
    past = time.time() - FRESH_SECONDS - 60
    for path in settings.home.rglob("*.json"):
        os.utime(path, (past, past))
    assert ask("rare-thing", "rare") == first
    assert [line.partition(" ")[0] for line in index.asked[count:]] == ["/simple/rare-thing/"]


def test_absence_is_an_answer_and_failure_is_not(index: LookupIndex, ask: Ask) -> None:
    nothing = ask("nothing-here")
    assert nothing is not None
    assert not nothing.exists
    index.faults = {"rare-thing": 503, "other": 403}
    assert ask("rare-thing") is None
    assert ask("other") is None
    index.faults = {}
    assert ask("rare-thing") is not None


def test_a_file_that_fails_is_asked_for_again(index: LookupIndex, ask: Ask) -> None:
    index.faults = {".whl": 500}
    assert ask("rare-thing") is None
    index.faults = {}
    assert (held := ask("rare-thing")) is not None
    assert held.modules


@pytest.mark.parametrize("line", ["", "a b", "../../etc", "x @ https://index.example/x-1-py3-none-any.whl"])
def test_what_is_no_name_is_not_asked_for(index: LookupIndex, ask: Ask, line: str) -> None:
    assert ask(line) is None
    assert not index.asked


def test_many_at_once_in_order(index: LookupIndex, settings: Settings) -> None:
    for number in range(30):
        index.add_wheel(f"p{number}", "1", "2020-01-01", f"m{number}.py")
    queries = [Query(line=f"p{number}") for number in range(30)]
    found = IndexLookup(settings, lambda: None).look_up(queries, as_of=WHEN, seconds=30)
    assert [held.modules if held else None for held in found] == [(f"m{number}",) for number in range(30)]


def test_an_index_that_is_not_there_or_not_wanted(index: LookupIndex, settings: Settings) -> None:
    query = [Query(line="rare-thing")]
    nowhere = settings.model_copy(update={"indexes": IndexSettings(default="http://127.0.0.1:9/simple")})
    off = settings.model_copy(update={"index_lookups": False})
    unset = settings.model_copy(update={"indexes": IndexSettings()})
    for other in (nowhere, off, unset):
        assert IndexLookup(other, lambda: None).look_up(query, as_of=WHEN, seconds=5) == (None,)
    assert not index.asked


def test_an_extra_index_is_asked_second(index: LookupIndex, settings: Settings) -> None:
    with serve_lookups() as extra:
        extra.add_wheel("elsewhere", "1", "2020-01-01", "elsewhere.py")
        both = settings.model_copy(update={"indexes": IndexSettings(default=index.url, extra=(extra.url,))})
        held = IndexLookup(both, lambda: None).look_up([Query(line="elsewhere")], as_of=WHEN, seconds=5)[0]
    assert held is not None
    assert held.modules == ("elsewhere",)


def test_a_proxy_of_the_settings_is_used(index: LookupIndex, settings: Settings) -> None:
    proxy = index.url.removesuffix("/simple")
    behind = settings.model_copy(
        update={
            "indexes": IndexSettings(default="http://index.example/simple"),
            "proxies": (("http_proxy", proxy),),
        }
    )
    IndexLookup(behind, lambda: None).look_up([Query(line="rare-thing")], as_of=WHEN, seconds=5)
    assert index.asked == ["http://index.example/simple/rare-thing/"]
    around = behind.model_copy(update={"proxies": (("http_proxy", proxy), ("no_proxy", ".example"))})
    IndexLookup(around, lambda: None).look_up([Query(line="other-thing")], as_of=WHEN, seconds=5)
    assert len(index.asked) == 1


def test_the_toolbox_looks_up(index: LookupIndex, settings: Settings) -> None:
    held = Downloads(settings).look_up([Query(line="rare-thing")], as_of=WHEN, seconds=10)
    assert held[0] is not None
    assert held[0].version == "1.1"


# ---------------------------------------------------------------- which release has a part


PART = Part(distribution="lamp", installed="3.0", module="lamp", name="glow")


@pytest.fixture
def lamps(index: LookupIndex) -> LookupIndex:
    old, new = "def glow(): ...\n", "def shine(): ...\n"
    index.add("lamp", "lamp-0.9.tar.gz", tarball({"lamp-0.9/lamp.py": old}), "2019-01-01")
    index.add("lamp", "lamp-1.0.tar.gz", tarball({"lamp-1.0/lamp.py": old}), "2020-01-01")
    index.add_wheel("lamp", "2.0", "2021-01-01", files={"lamp.py": new})
    index.add_wheel("lamp", "3.0", "2022-01-01", files={"lamp.py": new})
    index.add_wheel("lamp", "4.0b1", "2023-01-01", files={"lamp.py": old})
    return index


def test_the_nearest_release_with_a_name_whatever_kind_its_file_is(lamps: LookupIndex, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", indexes=IndexSettings(default=lamps.url))
    found = IndexLookup(settings, lambda: None).find_releases([PART], seconds=30)
    assert found == (FoundRelease(release=Release(version="1.0", newer=False, day="2020-01-01")),)
    count = len(lamps.asked)
    assert IndexLookup(settings, lambda: None).find_releases([PART], seconds=30) == found
    assert len(lamps.asked) == count  # what a file holds never changes


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (PART.model_copy(update={"name": "never"}), FoundRelease()),
        (PART.model_copy(update={"installed": "7.0"}), FoundRelease()),
        (PART.model_copy(update={"installed": "no version"}), None),
        (PART.model_copy(update={"distribution": "../lamp"}), None),
    ],
)
def test_a_part_that_no_release_has_or_that_cannot_be_asked_about(
    lamps: LookupIndex, tmp_path: Path, part: Part, expected: FoundRelease | None
) -> None:
    settings = Settings(home=tmp_path / "home", indexes=IndexSettings(default=lamps.url))
    assert IndexLookup(settings, lambda: None).find_releases([part], seconds=30) == (expected,)


def test_no_answer_in_time_from_a_failing_index_or_where_it_is_off(lamps: LookupIndex, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", indexes=IndexSettings(default=lamps.url))
    assert IndexLookup(settings, lambda: None).find_releases([PART], seconds=0) == (None,)
    off = settings.model_copy(update={"name_lookups": False})
    assert IndexLookup(off, lambda: None).find_releases([PART], seconds=30) == (None,)
    assert not [line for line in lamps.asked if "files" in line]
    lamps.faults = {"files": 503}
    assert IndexLookup(settings, lambda: None).find_releases([PART], seconds=30) == (None,)
