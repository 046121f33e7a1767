"""What is kept stays within its bound, and is worked out once, whichever thread comes first."""

from __future__ import annotations

import threading
import time

from checker.core.memo import Memo, kept_property


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    made: list[str] = []

    def get(key: str) -> str:
        return memo.get(key, lambda: made.append(key) or key * 4, len)  # type: ignore[func-returns-value]

    memo: Memo[str, str] = Memo(9)
    assert [get(key) for key in "abaca"] == ["aaaa", "bbbb", "aaaa", "cccc", "aaaa"]
    assert made == ["a", "b", "c"]  # b went for c
    assert get("b") == "bbbb"
    assert made[-1] == "b"


def test_what_is_heavier_than_the_bound_is_handed_out_and_pushes_nothing_out() -> None:
    memo: Memo[str, str] = Memo(3)
    memo.get("a", lambda: "a", len)
    assert memo.get("b", lambda: "bbbb", len) == "bbbb"
    assert memo.get("a", lambda: "other", len) == "a"


def test_one_thread_makes_a_value_and_the_others_wait_for_it() -> None:
    memo: Memo[str, int] = Memo(10)
    made: list[int] = []

    def make() -> int:
        time.sleep(0.02)
        made.append(1)
        return 7

    threads = [threading.Thread(target=memo.get, args=("a", make, int)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_a_kept_property_is_worked_out_once_for_each_instance() -> None:
    made: list[object] = []

    class Thing:
        @kept_property
        def size(self) -> int:
            made.append(self)
            return len(made)

    first, second = Thing(), Thing()
    assert (first.size, first.size, second.size, first.size) == (1, 1, 2, 1)
