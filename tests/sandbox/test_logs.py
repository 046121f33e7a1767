"""Output is bounded and cleaned, whatever comes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.sandbox.logs import BoundedLog, LineFeed, clean, clean_bytes


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("plain\n\ttext\n", "plain\n\ttext\n"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[2J\x1b[H\x1b(Btext\x1b=", "text"),
        ("\x1bPdevice\x1b\\x", "x"),
        ("\x9b31mx", "31mx"),
        ("a\x00b\x08c\x7fd", "abcd"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("10%\r50%\r100%\ndone", "100%\ndone"),
        ("safe\u202etxt.exe\u2066\u200b", "safetxt.exe"),
        ("\x1b", ""),
        ("\x1b[", ""),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.binary())
def test_nothing_dangerous_survives(data: bytes) -> None:
    text = clean_bytes(data)
    assert not [sign for sign in text if (ord(sign) < 32 and sign not in "\n\t") or 127 <= ord(sign) < 160]


@pytest.mark.parametrize(
    "piece", [b"x" * 100_000, b"\r" * 100_000, b"\x1b]" * 50_000, b"\x1b[" * 50_000, b"a\r" * 50_000]
)
def test_cleaning_takes_linear_time(piece: bytes) -> None:
    began = time.monotonic()
    clean_bytes(piece)
    assert time.monotonic() - began < 2


@given(st.lists(st.binary(max_size=50)), st.integers(2, 60))
def test_head_and_tail_are_kept(pieces: list[bytes], limit: int) -> None:
    log, whole = BoundedLog(limit), b"".join(pieces).replace(b"\r", b"?")
    for piece in pieces:
        log.write(piece.replace(b"\r", b"?"))
    half = limit // 2
    assert log.written == len(whole)
    assert log.cut == (len(whole) > 2 * half)
    if not log.cut:
        assert log.text() == clean_bytes(whole)
    else:
        head, dropped, tail = clean_bytes(whole[:half]), len(whole) - 2 * half, clean_bytes(whole[-half:])
        assert log.text() == f"{head}\n[… {dropped} bytes left out …]\n{tail}"


def test_lines_are_bounded_in_number_and_length() -> None:
    seen: list[str] = []
    feed = LineFeed(seen.append)
    for number in range(20_000):
        feed.write(f"line {number}\n".encode())
    assert 1 <= len(seen) < 30
    time.sleep(0.12)
    feed.write(b"y" * 100_000)
    feed.write(b"\nlast\n")
    assert seen[-1] == "last"
    assert max(map(len, seen)) <= 400
