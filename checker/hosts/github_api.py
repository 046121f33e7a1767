"""GitHub's API: what git cannot tell of a repository; the only user of PyGithub."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from github import Auth, Github, GithubException

from checker.core.values.base import Value
from checker.core.values.repositories import Availability, RepositoryId
from checker.hosts.answers import API_STATUS, BLOCK, RATE_LIMIT, Answer, blame_ourselves, read_wait
from checker.hosts.retry import ask_with_retries

A = Availability

NO_LICENCE = frozenset({"NOASSERTION", "NONE"})


class Facts(Value):
    """What the API tells of a repository that it shows us."""

    full_name: str
    id: int | None = None
    archived: bool | None = None
    fork: bool | None = None
    private: bool = False
    disabled: bool = False
    licence: str | None = None
    last_push: datetime | None = None
    default_branch: str | None = None

    @property
    def repository(self) -> RepositoryId:
        """The repository under the name that it has now."""
        owner, _, name = self.full_name.partition("/")
        return RepositoryId(owner=owner, name=name)


class Told(Value):
    """The API's answer, with facts where it shows the repository."""

    answer: Answer
    facts: Facts | None = None
    head_commit: str | None = None


@dataclass(frozen=True)
class GithubApi:
    """GitHub's REST API; `timeout` of one request and `max_wait` of all waiting in seconds."""

    token: str
    url: str = "https://api.github.com"
    timeout: float = 30
    max_wait: float = 60

    def look_up(self, repository: RepositoryId) -> Told:
        """Ask for a repository; never raises. A renamed one is answered under its new name."""
        return self._ask_patiently(
            lambda client: Told(answer=_make_answer(), facts=_read_facts(_fetch_raw(client, repository)))
        )

    def head(self, repository: RepositoryId, branch: str | None) -> Told:
        """Ask for the head commit of a branch: 409 means that the repository is empty; never raises."""
        return self._ask_patiently(
            lambda client: Told(answer=_make_answer(), head_commit=_fetch_head(client, repository, branch))
        )

    def _ask_patiently(self, question: Callable[[Github], Told]) -> Told:
        return ask_with_retries(lambda: self._ask(question), lambda told: told.answer, self.max_wait)

    def _ask(self, question: Callable[[Github], Told]) -> Told:
        client = Github(
            auth=Auth.Token(self.token),
            base_url=self.url,
            timeout=max(1, math.ceil(self.timeout)),
            retry=None,  # its own retries sleep until the limit resets, up to an hour; `patiently` is bounded
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        try:
            return question(client)
        except GithubException as error:
            return Told(answer=judge_api(error.status, error.data, error.headers or {}))
        except (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError, AssertionError) as error:
            # requests' errors are OSErrors; the others are PyGithub's ways of meeting an answer that is no JSON
            return Told(answer=blame_ourselves(f"the API did not answer properly: {_join_lines(error)}"))
        finally:
            client.close()


def _fetch_raw(client: Github, repository: RepositoryId) -> Mapping[str, Any]:
    return client.get_repo(repository.slug).raw_data


def _fetch_head(client: Github, repository: RepositoryId, branch: str | None) -> str:
    found = client.get_repo(repository.slug).get_commits(sha=branch or "HEAD")
    return found[0].sha


def _read_facts(raw: Mapping[str, Any]) -> Facts:
    licence = (raw.get("license") or {}).get("spdx_id")
    pushed = raw.get("pushed_at")
    return Facts(
        full_name=raw["full_name"],
        id=raw.get("id"),
        archived=raw.get("archived"),
        fork=raw.get("fork"),
        private=bool(raw.get("private")),
        disabled=bool(raw.get("disabled")),
        licence=None if licence in NO_LICENCE else licence,
        last_push=datetime.fromisoformat(pushed).astimezone(UTC) if pushed else None,
        default_branch=raw.get("default_branch"),
    )


def judge_api(status: int, data: object, headers: Mapping[str, str], now: datetime | None = None) -> Answer:
    """Say what an error of the API means for the repository; what is about us is `unreachable`."""
    lower = {name.lower(): value for name, value in headers.items()}
    text = json.dumps(data, default=str)[:4000]
    said = f"{_read_message(data)} (HTTP {status})"
    wait = read_wait(lower, now or datetime.now(UTC))
    block = data.get("block") if isinstance(data, dict) else None
    if status in (403, 451) and (block or BLOCK.search(text)):
        reason = block.get("reason") if isinstance(block, dict) else None
        return Answer(availability=A.BLOCKED, detail=said + (f": {reason}" if reason else ""))
    if status == 429 or (status == 403 and (RATE_LIMIT.search(text) or wait is not None)):
        return blame_ourselves(f"the API limits our rate: {said}", again=True, wait=wait)
    if status >= 500:
        return blame_ourselves(f"the API failed: {said}", again=True, wait=wait)
    if status == 401:
        return blame_ourselves(f"the API refuses our token: {said}")
    if status in API_STATUS:
        availability, meaning = API_STATUS[status]
        return Answer(availability=availability, detail=f"{meaning} (API, HTTP {status})")
    return blame_ourselves(f"the API refused: {said}")


def _read_message(data: object) -> str:
    words = data.get("message") if isinstance(data, dict) else None
    return _join_lines(words or "no message")


def _join_lines(words: object) -> str:
    return "".join(c if c.isprintable() else " " for c in str(words))[:200]


def _make_answer() -> Answer:
    return Answer(availability=A.AVAILABLE, detail="answers")
