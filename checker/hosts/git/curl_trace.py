"""The HTTP answers that git received, read out of what `GIT_TRACE_CURL` writes; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Response:
    """Status and headers (names in lower case) of one HTTP answer that git received."""

    status: int
    headers: Mapping[str, str]


_HEADER = re.compile(rb"<= Recv header: (.*?)\r?$", re.MULTILINE)
_STATUS = re.compile(r"^HTTP/[\d.]+ (\d{3})")


def parse_trace(trace: bytes) -> tuple[Response, ...]:
    """Read the HTTP answers out of what `GIT_TRACE_CURL` wrote."""
    answers: list[tuple[int, dict[str, str]]] = []
    for match in _HEADER.finditer(trace):
        line = match[1].decode("latin-1")
        if status := _STATUS.match(line):
            answers.append((int(status[1]), {}))
        elif answers and ":" in line:
            name, value = line.split(":", 1)
            answers[-1][1][name.strip().lower()] = value.strip()
    return tuple(Response(status, headers) for status, headers in answers)
