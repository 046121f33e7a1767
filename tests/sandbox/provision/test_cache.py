"""The download cache: leases keep a generation alive, eviction starts the next one, and nobody is harmed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_index import LocalIndex, serve_index, wheel

from checker.core.container import GIB, MIB
from checker.core.errors import StorageFailure
from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.index.uv import Downloads
from checker.sandbox.docker.disk import measure_folder
from checker.sandbox.provision.download_cache import DownloadCache, link_tree


@pytest.fixture
def cache(tmp_path: Path) -> DownloadCache:
    return DownloadCache(tmp_path / "cache", limit=10 * MIB)


def fill(cache: DownloadCache, name: str, size: int, used: float) -> Path:
    """Put an archive into the present generation that was last used `used` seconds ago."""
    with cache.lease() as folder:
        archive = folder / "archive-v0" / name
        archive.mkdir(parents=True)
        (archive / "module.py").write_bytes(os.urandom(size))
        moment = time.time() - used
        os.utime(archive, (moment, moment))
        return archive


def test_the_first_lease_makes_a_generation(cache: DownloadCache) -> None:
    with cache.lease() as folder:
        assert folder.name == "gen-1"
        assert folder.stat().st_mode & 0o777 == 0o777
        assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_a_cache_within_its_limit_stays(cache: DownloadCache) -> None:
    fill(cache, "a", MIB, used=1)
    assert not cache.evict()
    assert [path.name for path in cache.list_generations()] == ["gen-1"]


def test_eviction_keeps_what_was_used_last(cache: DownloadCache) -> None:
    for used in (5, 1, 4, 2, 3):
        fill(cache, f"used-{used}", 3 * MIB, used)
    with cache.lease() as folder:
        (folder / "wheels-v1").mkdir()
        (folder / "wheels-v1" / "pointer").symlink_to("../archive-v0/used-1")
    assert cache.evict()
    with cache.lease() as folder:
        assert folder.name == "gen-2"
        assert {path.name for path in folder.glob("archive-v0/*")} == {"used-1", "used-2"}
        assert (folder / "wheels-v1" / "pointer" / "module.py").stat().st_size == 3 * MIB
        assert folder.stat().st_mode & 0o777 == 0o777
    assert [path.name for path in cache.list_generations()] == ["gen-2"]
    assert not cache.evict()


def test_a_generation_with_a_lease_stays_whole(cache: DownloadCache) -> None:
    archives = [fill(cache, f"a{number}", 4 * MIB, used=number) for number in range(4)]
    with cache.lease() as mine:
        seen: list[str] = []

        def evict_elsewhere() -> None:
            assert cache.evict()
            with cache.lease() as theirs:
                seen.append(theirs.name)

        thread = threading.Thread(target=evict_elsewhere)
        thread.start()
        thread.join()
        assert seen == ["gen-2"]
        assert all((archive / "module.py").is_file() for archive in archives)
        with cache.lease() as again:
            assert again == mine
    cache.evict()
    assert not mine.exists()
    assert [path.name for path in cache._folder.glob("gen-1*")] == []


def test_what_an_old_generation_keeps_on_the_disk_stays_in_use(cache: DownloadCache) -> None:
    """A check that takes long holds the old one: what it holds would be fetched again, and lie there twice."""
    kept = [fill(cache, f"a{number}", 4 * MIB, used=number) for number in range(4)]
    with cache.lease():
        assert cache.evict()
        made: list[Path] = []
        stranger = threading.Thread(target=lambda: made.extend(_grow(cache, 3)))
        stranger.start()
        stranger.join()
        assert cache.evict()
        newest = cache.list_generations()[-1]
        assert newest.name == "gen-3"
        names = {path.name for path in newest.glob("archive-v0/*")}
        assert names == {"a0", "new-0"}, "what is on the disk anyway, as far as the limit goes"
        assert not cache.evict(), "what is shared is no reason to begin anew"
        first = {path.stat().st_ino for path in kept[0].iterdir()}
        assert first == {path.stat().st_ino for path in (newest / "archive-v0" / "a0").iterdir()}
    cache.evict()
    assert len(cache.list_generations()) == 1


def test_checks_that_overlap_do_not_hand_on_all_that_was_ever_fetched(cache: DownloadCache) -> None:
    """Somebody always reads the generation before: what it holds costs nothing, until it ends."""
    ends = [threading.Event() for _ in range(12)]
    began: list[threading.Thread] = []

    def check(number: int, started: threading.Event) -> None:
        with cache.lease():
            for part in range(3):
                fill(cache, f"{number}-{part}", 3 * MIB, used=0)
            started.set()
            assert ends[number].wait(10)

    for number in range(12):
        started = threading.Event()
        began.append(threading.Thread(target=check, args=(number, started)))
        began[-1].start()
        assert started.wait(10)
        cache.evict()
        if number >= 2:
            ends[number - 2].set()
            began[number - 2].join()
        newest = cache.list_generations()[-1]
        assert measure_folder(newest) <= 20 * MIB, "a limit's worth of its own, and as much that lies there anyway"
    for end, thread in zip(ends, began, strict=True):
        end.set()
        thread.join()
    cache.evict()
    assert [measure_folder(one) <= 10 * MIB for one in cache.list_generations()] == [True]


def test_of_two_copies_the_last_use_counts(cache: DownloadCache) -> None:
    """A check in an older generation goes on using what others have not touched for long."""
    for number in range(3):
        fill(cache, f"a{number}", 3 * MIB, used=10 + number)
    with cache.lease() as mine:
        fill(cache, "a3", 3 * MIB, used=20)
        assert cache.evict()
        cache.touch([mine / "archive-v0" / "a3"])
        stranger = threading.Thread(target=lambda: _grow(cache, 3))
        stranger.start()
        stranger.join()
        assert cache.evict()
        assert (cache.list_generations()[-1] / "archive-v0" / "a3").is_dir()


def _grow(cache: DownloadCache, count: int) -> list[Path]:
    """Put archives into the newest generation, as another check does."""
    return [fill(cache, f"new-{number}", 4 * MIB, used=0.1 * number) for number in range(count)]


def test_what_nobody_reads_any_more_goes_before_the_next_measurement(cache: DownloadCache) -> None:
    fill(cache, "big", 20 * MIB, used=1)
    with cache.lease():
        cache.evict_if_full()
        assert [path.name for path in cache.list_generations()] == ["gen-1", "gen-2"]
        cache.evict_if_full()
        assert [path.name for path in cache.list_generations()] == ["gen-1", "gen-2"]
    cache.evict_if_full()
    assert [path.name for path in cache.list_generations()] == ["gen-2"]


@pytest.mark.parametrize(("keep_free", "measured_again"), [(1, False), (1 << 60, True)])
def test_a_short_disk_is_measured_more_often(tmp_path: Path, keep_free: int, measured_again: bool) -> None:
    cache = DownloadCache(tmp_path / "cache", limit=10 * MIB, keep_free=keep_free)
    fill(cache, "a", MIB, used=1)
    stamp = tmp_path / "cache" / "measured"
    cache.evict_if_full()
    before = time.time() - 100
    os.utime(stamp, (before, before))
    cache.evict_if_full()
    assert (stamp.stat().st_mtime > before + 50) is measured_again


@pytest.mark.parametrize(
    ("lost", "seconds", "measured_again"), [(2 * GIB, 100, True), (2 * GIB, 20, False), (GIB // 4, 100, False)]
)
def test_a_disk_that_fills_fast_is_measured_more_often(
    tmp_path: Path, lost: int, seconds: int, measured_again: bool
) -> None:
    """Between two measurements of every quarter of an hour, a pass over real repositories fetched 26 GB."""
    cache = DownloadCache(tmp_path / "cache", limit=10 * MIB, keep_free=1)
    fill(cache, "a", MIB, used=1)
    stamp = tmp_path / "cache" / "measured"
    cache.evict_if_full()
    stamp.write_text(str(int(stamp.read_text()) + lost))
    before = time.time() - seconds
    os.utime(stamp, (before, before))
    cache.evict_if_full()
    assert (stamp.stat().st_mtime > before + 10) is measured_again


def test_room_that_became_free_fills_as_fast_as_any_other(tmp_path: Path) -> None:
    """A removed generation would hide as many bytes as it had: 53 GB were seen at a limit of 32."""
    cache = DownloadCache(tmp_path / "cache", limit=10 * MIB, keep_free=1)
    fill(cache, "a", MIB, used=1)
    stamp = tmp_path / "cache" / "measured"
    cache.evict_if_full()
    stamp.write_text(str(int(stamp.read_text()) - 20 * GIB))
    before = time.time() - 100
    os.utime(stamp, (before, before))
    known = int(stamp.read_text())
    cache.evict_if_full()
    assert int(stamp.read_text()) > known + 10 * GIB
    assert stamp.stat().st_mtime == pytest.approx(before)


def test_two_at_once_evict_once(cache: DownloadCache) -> None:
    for number in range(4):
        fill(cache, f"a{number}", 4 * MIB, used=number)
    answers: list[bool] = []
    threads = [threading.Thread(target=lambda: answers.append(cache.evict())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(True) == 1
    assert [path.name for path in cache.list_generations()] == ["gen-2"]


def test_an_unfinished_generation_is_removed(cache: DownloadCache) -> None:
    fill(cache, "a", 1, used=0)
    (cache._folder / "gen-2.making").mkdir()
    cache.evict()
    assert [path.name for path in cache._folder.glob("gen-*[!k]")] == ["gen-1"]


def test_a_full_disk_makes_the_cache_give_way(tmp_path: Path) -> None:
    cache = DownloadCache(tmp_path / "cache", limit=1 << 50, keep_free=1 << 60)
    fill(cache, "a", MIB, used=1)
    assert cache.evict()


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailure), DownloadCache(tmp_path / "file" / "cache", 1).lease():
        pass


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        for name in ("alpha", "beta"):
            text = os.urandom(MIB).hex()
            index.files[f"{name}-1.0-py3-none-any.whl"] = wheel(name, "1.0", files=((f"{name}.py", text),))
        yield index


def test_uv_fetches_again_what_was_evicted(index: LocalIndex, tmp_path: Path) -> None:
    settings = Settings.from_environment({"HOME": str(tmp_path), "CHECKER_HOME": str(tmp_path / "home")})
    settings = settings.model_copy(
        update={"indexes": IndexSettings(default=index.url), "cache_bytes": 5 * MIB, "free_bytes": 0}
    )
    downloads = Downloads(settings)
    for name in ("alpha", "beta"):
        assert downloads.fetch(f"{name}==1.0", interpreter="3.11", indexes=(), seconds=60).passed
        time.sleep(0.05)
    assert downloads.fetch("alpha==1.0", interpreter="3.11", indexes=(), seconds=60).passed
    with downloads.cache.lease() as folder:
        (folder / "archive-v0" / "padding").mkdir()
        (folder / "archive-v0" / "padding" / "x").write_bytes(b"x" * 2 * MIB)
        os.utime(folder / "archive-v0" / "padding", (1, 1))
    assert downloads.cache.evict()
    with downloads.cache.lease() as folder:
        assert [path.name for path in folder.glob("archive-v*/*/*.py")] == ["alpha.py"]
    asked = len(index.asked)
    assert downloads.fetch("alpha==1.0", interpreter="3.11", indexes=(), seconds=60).passed
    assert not [path for path in index.asked[asked:] if "/files/" in path]
    assert downloads.fetch("beta==1.0", interpreter="3.11", indexes=(), seconds=60).passed
    with downloads.cache.lease() as folder:
        assert {path.name for path in folder.glob("archive-v*/*/*.py")} == {"alpha.py", "beta.py"}


def test_what_is_added_to_a_linked_copy_is_not_in_its_source(tmp_path: Path) -> None:
    shared, own = tmp_path / "shared", tmp_path / "own"
    (shared / "wheels").mkdir(parents=True)
    (shared / "wheels" / "six.whl").write_text("six")
    (shared / "latest").symlink_to("wheels")
    link_tree(shared, own)
    assert (own / "latest").is_symlink()
    assert (own / "latest" / "six.whl").samefile(shared / "wheels" / "six.whl")
    (own / "wheels" / "more.whl").write_text("more")
    assert [path.name for path in (shared / "wheels").iterdir()] == ["six.whl"]
