"""Find the URLs in a text, whole and without the dirt that stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from checker.papers.links.archives import DOI_ADDRESS, SWHID_ADDRESS, find_ancillary
from checker.papers.links.hosts import split_host
from checker.papers.links.patterns import load_patterns

_PATTERNS = load_patterns("urls")
_MARKS = ("/", "@", "swh:", "www.", "WWW.", ".io", ".IO")
_DIRT = ".,;:!?&+%#@~(-"


class Found(NamedTuple):
    """A URL in a text: where it stands, how it reads; `cut` means that its end is missing (`…`).

    `beside`: words that stand for files beside the paper ("as ancillary files"), and no URL.
    """

    start: int
    end: int
    url: str
    cut: bool = False
    beside: bool = False


def find_links(text: str) -> tuple[Found, ...]:
    """Return the URLs of a normalised text, and what stands for one, in order; repetitions included."""
    beside = [Found(start, end, text[start:end], beside=True) for start, end in find_ancillary(text)]
    kept: list[Found] = []
    for found in sorted([*_scan(text), *beside]):
        if not kept or found.start >= kept[-1].end:
            kept.append(found)
    return tuple(kept)


def _scan(text: str) -> Iterator[Found]:
    """Look at the words that can hold a URL; going over the others would be most of the work."""
    for word in re.finditer(r"\S+", text):
        if any(mark in word.group() for mark in _MARKS):
            yield from _scan_word(text, *word.span())


def _scan_word(text: str, position: int, stop: int) -> Iterator[Found]:
    while (match := _PATTERNS["start"].search(text, position, stop)) is not None:
        body = _PATTERNS["body"].match(text, match.end(), stop)
        end = _find_whole_end(text, match.end(), body.end() if body else match.end())
        cut = _is_cut(text, match.end(), end)
        end = _clean_end(text, match.end(), end)
        position = max(end, match.end(), match.start() + 1)
        found = _build_url(text, match, end, cut)
        if found is not None:
            yield found


def _build_url(text: str, match: re.Match[str], end: int, cut: bool) -> Found | None:
    """Put a URL together, or return None where its host cannot be one."""
    start, written = match.start(), match.group()
    rest = text[match.end() : end]
    if match["broken"] is not None:
        url = f"https://{rest}"
    elif match["doi"] is not None:
        url = DOI_ADDRESS + rest
    elif match["swhid"] is not None:
        url = SWHID_ADDRESS + rest
    elif ":/" in written:
        scheme = _PATTERNS["scheme"].search(written)
        url = f"{scheme.group() if scheme else 'https'}://{rest}"
    else:
        url = written + rest
    return Found(start=start, end=end, url=url, cut=cut) if rest and split_host(url) else None


def _find_whole_end(text: str, start: int, end: int) -> int:
    """Return where the URL ends before another one that is glued to it, or an unopened bracket."""
    parts_of_it = "" if _PATTERNS["on_forge"].match(text, start, end) else "/="
    for inner in _PATTERNS["inner"].finditer(text, start, end):
        if inner.start() > start and text[inner.start() - 1] not in parts_of_it:
            end = inner.start()
            break
    dashes = text.find("---", start, end)
    end = end if dashes < 0 else dashes
    end = _find_allowed_end(text, start, end)
    depth, opened = 0, end
    for index in range(start, end):
        if text[index] == "(":
            depth, opened = depth + 1, index if depth == 0 else opened
        elif text[index] == ")":
            if depth == 0:
                return index
            depth -= 1
    return opened if depth else end


def _find_allowed_end(text: str, start: int, end: int) -> int:
    """Return where a character stands that no path on a forge has, or that no path anywhere is likely to have."""
    on_forge = _PATTERNS["on_forge"].match(text, start, end)
    if on_forge:
        return on_forge.end()
    semicolon = text.find(";", start, end)
    while semicolon >= 0 and _PATTERNS["qualifier"].match(text, semicolon, end):
        semicolon = text.find(";", semicolon + 1, end)
    return end if semicolon < 0 or "?" in text[start:semicolon] else semicolon


def _is_cut(text: str, start: int, end: int) -> bool:
    """Tell whether an ellipsis stands where the URL ends."""
    return text[start:end].endswith("...") or bool(_PATTERNS["cut_short"].match(text, end))


def _clean_end(text: str, start: int, end: int) -> int:
    """Return where the URL ends without punctuation and without a sentence glued to it."""
    while True:
        before = end
        while end > start and text[end - 1] in _DIRT:
            end -= 1
        if end > start and text[end - 1] == "=" and "?" not in text[start:end]:
            end -= 1
        if end > start and text[end - 1] == "_" and text[max(0, start - 12) : start].count("_"):
            end -= 1
        tail = text[max(start, end - 24) : end]
        opening = _PATTERNS["new_sentence"].search(tail)
        if opening and _is_followed_by_prose(text, end):
            end -= len(tail) - opening.start()
        glued = _PATTERNS["glued"].search(tail)
        if (
            glued
            and re.match(r"\s[a-z]", text[end : end + 2])
            and _PATTERNS["github_name"].search(text, max(0, start - 12), end)
        ):
            end -= len(tail) - glued.start()
        if end == before:
            return end


def _is_followed_by_prose(text: str, end: int) -> bool:
    """Tell whether prose follows: a space or an apostrophe, then a letter."""
    return bool(re.match(r"[\s,'’]\s?[A-Za-z]", text[end : end + 3]))
