"""Many threads build syntax trees at once, and none of them disturbs another."""

from __future__ import annotations

import gc
import threading
import time

import pytest

from checker.ecosystems.python.source.parsing import parse_syntax_tree

DEEP = "x = " + "(" * 60 + "1" + ")" * 60 + "\n" + "y = " + "[" * 40 + "]" * 40 + "\n"


def test_threads_do_not_count_each_others_depth() -> None:
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                parse_syntax_tree(DEEP * 5)
        except BaseException as error:
            errors.append(error)

    def let_another_go_on(phase: str, _: object) -> None:
        time.sleep(0)

    before = gc.get_threshold()
    gc.set_threshold(50)
    gc.callbacks.append(let_another_go_on)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.callbacks.remove(let_another_go_on)
        gc.set_threshold(*before)
    assert errors == []


@pytest.mark.parametrize("text", ["def f(:", "x = 1\0", "(" * 10_000])
def test_what_is_no_python_raises_and_blocks_nobody(text: str) -> None:
    for _ in range(2):
        with pytest.raises((SyntaxError, ValueError, RecursionError, MemoryError)):
            parse_syntax_tree(text)
    assert parse_syntax_tree("x = 1").body
