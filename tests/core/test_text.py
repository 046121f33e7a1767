"""Text from outside: cleaned, bounded, the telling line found."""

from __future__ import annotations

import pytest

from checker.core.text import clean, cut_excerpt, find_telling_line, join_lines


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain\ttext\nline", "plain\ttext\nline"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://evil.test\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\x", "x"),
        ("\x1bPq#0;2\x1b\\x", "x"),
        ("\x9b2Jx", "x"),
        ("50%\r100%\r\n", "50%\n100%\n"),
        ("a\x00b\x08c\x7f", "abc"),
        ("\u202egnp.exe\u2066", "gnp.exe"),
        ("naïve 数 😀", "naïve 数 😀"),
        ("\x1b", ""),
        ("\x1b[", ""),
        ("\x1b\nleft alone \x07", "\nleft alone "),
    ],
)
def test_controls_go_and_text_stays(raw: str, shown: str) -> None:
    assert clean(raw) == shown


def test_cleaning_twice_changes_nothing() -> None:
    nested = "\x1b\x1b[31m[31mx\x1b]\x1b]a\x07b\x07" + "\x9b" * 5
    assert clean(clean(nested)) == clean(nested) and "\x1b" not in clean(nested)


def test_one_line_is_one_line_of_that_length() -> None:
    assert join_lines("a\n b\t c") == "a b c"
    assert join_lines("x" * 50, 10) == "x" * 9 + "…"


def test_an_excerpt_keeps_both_ends() -> None:
    text = cut_excerpt("head" + "x" * 10_000 + "tail", 100)
    assert text.startswith("head") and text.endswith("tail") and "9,908 characters left out" in text


@pytest.mark.parametrize(
    ("lines", "quoted", "found"),
    [
        (["a", "KeyError: 'x'", "b"], "", 1),
        (["error: one", "ok", "torch.cuda.OutOfMemoryError: two", "bye"], "", 2),
        (["  × No solution found", "  hint: x"], "", 0),
        (["DeprecationWarning: error", "E   assert 1 == 2", "1 failed"], "", 1),
        (["first", "quoted words here", "KeyError: x"], "quoted words", 1),
        (["just", "text", ""], "", 1),
        (["", ""], "", None),
        ([], "", None),
    ],
)
def test_the_line_that_tells_why(lines: list[str], quoted: str, found: int | None) -> None:
    assert find_telling_line(lines, quoted) == found
