"""Puts the comment on a pull request of GitHub: once, and later in the place of the earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx

from checker.core.errors import NetworkFailure, UsageError
from checker.core.text import join_lines

SECONDS = 30

#: Pages of a hundred comments that are looked through for the earlier one.
PAGES = 20

_NAME = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)

#: Beside bots, whose comment may be taken for an earlier one of ours: a stranger's is left as it is.
_OURS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


class NotPermitted(NetworkFailure):
    """The token may not write comments."""


class Comments:
    """The comments of one pull request."""

    def __init__(self, api: str, repository: str, number: int, token: str) -> None:
        if not _NAME.fullmatch(repository):
            raise UsageError(f"{join_lines(repository, 200)!r}: not owner/name")
        self._issue = f"/repos/{repository}/issues/{number}/comments"
        self._comments = f"/repos/{repository}/issues/comments"
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "reproducibility-checker",
        }
        self._client = httpx.Client(base_url=api, headers=headers, timeout=SECONDS)

    def put(self, mark: str, body: str) -> bool:
        """Write the comment that begins with `mark`; return whether it is a new one.

        Raises:
            NotPermitted: the token may not write.
            NetworkFailure: the service does not answer, or answers otherwise than it should.

        """
        with self._client:
            earlier = next((c for c in self._all() if _is_ours(c, mark)), None)
            if earlier is None:
                self._ask("POST", self._issue, {"body": body})
            elif earlier.get("body") != body:
                self._ask("PATCH", f"{self._comments}/{int(earlier['id'])}", {"body": body})
            return earlier is None

    def _all(self) -> Iterator[dict[str, Any]]:
        for page in range(1, PAGES + 1):
            found = self._ask("GET", f"{self._issue}?per_page=100&page={page}")
            if not isinstance(found, list):
                raise NetworkFailure("the code host answers with something that is no list of comments")
            yield from (comment for comment in found if isinstance(comment, dict))
            if len(found) < 100:
                return

    def _ask(self, method: str, path: str, values: dict[str, str] | None = None) -> Any:
        try:
            answer = self._client.request(method, path, json=values)
            if answer.status_code in (401, 403, 404):
                raise NotPermitted(
                    f"the code host answers {answer.status_code} to {method}: the token may not write"
                )
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NetworkFailure(f"the comment could not be written: {join_lines(str(error), 200)}") from None


def _is_ours(comment: dict[str, Any], mark: str) -> bool:
    first = str(comment.get("body", "")).split("\n", 1)[0].strip()
    user = comment.get("user")
    bot = isinstance(user, dict) and user.get("type") == "Bot"
    known = bot or comment.get("author_association") in _OURS
    return first == mark and known and isinstance(comment.get("id"), int)
