"""Tells a package index that does not answer from one that answers that there is no such version."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from checker.core.values.results import StepStatus

_INDEX_TROUBLE = re.compile(
    r"error sending request|operation timed out|timed out|dns error|failed to lookup address"
    r"|connection (?:refused|reset|closed|error)|connection closed before message completed"
    r"|HTTP status (?:server error|client error \((?:407|408|425|429))"
    r"|(?:^|\D)(?:429 Too Many Requests|50[0234] [A-Z])"
    r"|Request failed after \d+ retr|error decoding response body|unexpected end of file|unexpected EOF"
    r"|Hash mismatch|tls handshake|invalid peer certificate|tunnel error|Network (?:is )?unreachable"
    r"|Failed to (?:read|extract|unzip)[^\n]{0,300}(?:archive|wheel|zip)|invalid Zip|Range request"
    r"|Received some unexpected (?:HTML|JSON)",
    re.IGNORECASE | re.MULTILINE,
)
_OUR_TROUBLE = re.compile(r"No space left on device|Read-only file system|Disk quota exceeded|os error 28")


_URL = re.compile(r"(?:for url \(|Failed to fetch: `?|An index (?:URL )?\()(https?://[^\s)`]+)")
_DENIED = re.compile(r"An index (?:URL )?\(https?://[^\s)]{1,500}\)[^\n]{0,300}\b(?:401|403)\b")


def classify(exit_code: int, log: str, theirs: Iterable[str] = ()) -> StepStatus:
    """Tell the index's answer (no such version, conflict: `failed`) from our failures (`engine_error`).

    `theirs` are indexes that the repository names itself: one that does not answer is the repository's trouble.
    """
    if exit_code == 0:
        return StepStatus.PASSED
    if _OUR_TROUBLE.search(log) or is_index_trouble(log, theirs):
        return StepStatus.ENGINE_ERROR
    return StepStatus.FAILED


def is_index_trouble(log: str, theirs: Iterable[str] = ()) -> bool:
    """Whether an index of ours does not answer, or not properly: trying again later may help."""
    if _OUR_TROUBLE.search(log) or not (_INDEX_TROUBLE.search(log) or _DENIED.search(log)):
        return False
    foreign = {urlsplit(url).hostname for url in theirs}
    return not foreign & {urlsplit(url).hostname for url in _URL.findall(log)}
