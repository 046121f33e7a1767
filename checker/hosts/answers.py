"""What git's answer means: a table from HTTP status and message to availability; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pydantic import TypeAdapter

from checker.core.data_files import read_toml
from checker.core.values.base import Value
from checker.core.values.repositories import Availability
from checker.hosts.git.command import Done


class Answer(Value):
    """A host's answer: what it says of the repository, in words, and whether asking again may help.

    `wait` is the number of seconds after which the host wants to be asked again (None: it did not say).
    """

    availability: Availability
    detail: str
    again: bool = False
    wait: float | None = None


#: Content type of a host that speaks git; to git itself any page looks like an empty repository.
SMART = "application/x-git-upload-pack"

_DATA = read_toml("checker.hosts", "answers.toml")
PATTERNS = {
    name: re.compile(row["regex"].replace("\n", ""), re.IGNORECASE) for name, row in _DATA["patterns"].items()
}
RATE_LIMIT, BLOCK, NOT_FOUND = (PATTERNS[name] for name in ("rate_limit", "block", "not_found"))
PROXY, UNSUPPORTED_OBJECT, NO_SPACE = (PATTERNS[name] for name in ("proxy", "unsupported_object", "no_space"))

_STATUSES = TypeAdapter(dict[int, tuple[Availability, str]])

#: What a status says of a repository, of any host and of GitHub's API.
BY_STATUS, API_STATUS = (_STATUSES.validate_python(_DATA[name]) for name in ("statuses", "api_statuses"))


def judge(done: Done, now: datetime | None = None) -> Answer:
    """Say what git's answer means for the repository; what is about us or the host is `unreachable`."""
    if done.ok and any(SMART in r.headers.get("content-type", "") for r in done.responses):
        return Answer(availability=Availability.AVAILABLE, detail="answers")
    if done.ok:
        return blame_ourselves("something answered that does not speak git")
    words = clean_message(done.messages)
    if done.why != "exited":
        limits = {"time": "no answer in time", "size": "more data than the limit allows"}
        return blame_ourselves(limits[done.why])
    if PROXY.search(done.messages):
        return blame_ourselves(f"the proxy refused: {words}")
    status = done.responses[-1].status if done.responses else None
    headers = done.responses[-1].headers if done.responses else {}
    return _read_status(status, headers, done.messages, words, now or datetime.now(UTC))


def _read_status(status: int | None, headers: Mapping[str, str], text: str, words: str, now: datetime) -> Answer:
    wait = read_wait(headers, now)
    if status is None:
        return blame_ourselves(words or "no answer")
    if status == 429 or RATE_LIMIT.search(text) or _is_rate_limited(status, headers):
        return blame_ourselves(f"the host limits our rate (HTTP {status})", again=True, wait=wait)
    if status >= 500:
        return blame_ourselves(f"the host failed (HTTP {status})", again=True, wait=wait)
    return _read_refusal(status, text, words) or blame_ourselves(f"{words} (HTTP {status})")


def _read_refusal(status: int, text: str, words: str) -> Answer | None:
    """Return what an answer says of the repository, or None where it says nothing."""
    if BLOCK.search(text):
        return Answer(availability=Availability.BLOCKED, detail=f"{words} (HTTP {status})")
    if status in BY_STATUS:
        availability, meaning = BY_STATUS[status]
        return Answer(availability=availability, detail=f"{meaning} (HTTP {status})")
    if status == 200 and NOT_FOUND.search(text):
        return Answer(availability=Availability.MISSING, detail=words)
    return None


def blame_ourselves(detail: str, again: bool = False, wait: float | None = None) -> Answer:
    """Return an answer that says nothing of the repository."""
    return Answer(availability=Availability.UNREACHABLE, detail=detail, again=again, wait=wait)


def _is_rate_limited(status: int, headers: Mapping[str, str]) -> bool:
    return status == 403 and headers.get("x-ratelimit-remaining") == "0"


def read_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read `Retry-After` (seconds or a date), else `X-RateLimit-Reset` where nothing remains; None if absent.

    Source: GitHub's "Best practices for using the REST API", RFC 9110 section 10.2.3.
    """
    retry = headers.get("retry-after", "").strip()
    if retry.isdigit():
        return float(retry)
    if retry:
        try:
            return max(0.0, (parsedate_to_datetime(retry) - now).total_seconds())
        except (ValueError, TypeError):
            return None
    reset = headers.get("x-ratelimit-reset", "").strip()
    if reset.isdigit() and headers.get("x-ratelimit-remaining") == "0":
        return max(0.0, float(reset) - now.timestamp() + 1)  # the reset falls somewhere inside its second
    return None


def clean_message(text: str) -> str:
    """Return what a host said, on one line, without git's own trimmings and without control characters."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    remote = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    chosen = remote or [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
    joined = " ".join(chosen).removeprefix("fatal: ")
    return "".join(c for c in joined if c.isprintable())[:300]
