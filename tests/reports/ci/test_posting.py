"""The comment on a pull request, against a server that answers as the code host's API does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import check_samples as samples
import pytest
from ci_runner import Runner
from ci_world import request, write_check

from checker.core.errors import NetworkFailure, UsageError
from checker.reports.ci.comment import MARK
from checker.reports.ci.post_comment import Comments, NotPermitted

BOT = {"type": "Bot", "login": "github-actions[bot]"}


class Host(ThreadingHTTPServer):
    """Keeps the comments of every pull request in a list; `forbidden` methods are refused."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.comments: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str, str | None]] = []
        self.forbidden: set[str] = set()
        self.broken = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answers(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        page = int(self.path.split("page=")[-1])
        self._answer(self.server.comments[(page - 1) * 100 : page * 100])

    def do_POST(self) -> None:
        body = self._body()
        self.server.comments.append({"id": len(self.server.comments) + 1, "user": BOT, "body": body})
        self._answer(self.server.comments[-1], 201)

    def do_PATCH(self) -> None:
        number, body = int(self.path.rsplit("/", 1)[-1]), self._body()
        (found,) = (comment for comment in self.server.comments if comment["id"] == number)
        if self.command not in self.server.forbidden:
            found["body"] = body
        self._answer(found)

    def _body(self) -> str:
        return str(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])

    def _answer(self, value: object, status: int = 200) -> None:
        self.server.asked.append((self.command, self.path.split("?")[0], self.headers["Authorization"]))
        if self.command in self.server.forbidden:
            value, status = {"message": "Resource not accessible by integration"}, 403
        data = b"<html>" if self.server.broken else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def put(host: Host, body: str) -> bool:
    return Comments(host.address, "octo/lab", 7, "the-token").put(MARK, f"{MARK}\n{body}")


def test_a_comment_is_written_once_and_then_brought_up_to_date(host: Host) -> None:
    assert [put(host, body) for body in ("one", "two", "two")] == [True, False, False]
    assert [comment["body"] for comment in host.comments] == [f"{MARK}\ntwo"]
    assert [method for method, _, _ in host.asked] == ["GET", "POST", "GET", "PATCH", "GET"]
    assert {token for _, _, token in host.asked} == {"Bearer the-token"}
    assert host.asked[1][1] == "/repos/octo/lab/issues/7/comments"


def test_the_earlier_comment_is_found_among_many(host: Host) -> None:
    host.comments = [{"id": n, "user": BOT, "body": f"chat {n}"} for n in range(1, 240)]
    host.comments.append({"id": 240, "user": BOT, "body": f"{MARK}\nold"})
    assert put(host, "new") is False
    assert host.comments[-1]["body"] == f"{MARK}\nnew"


@pytest.mark.parametrize(
    ("comment", "ours"),
    [
        ({"user": BOT}, True),
        ({"user": {"type": "User"}, "author_association": "MEMBER"}, True),
        ({"user": {"type": "User"}, "author_association": "NONE"}, False),
        ({"user": None}, False),
        ({"user": BOT, "body": f"> quoted\n{MARK}"}, False),
        ({"user": BOT, "id": "x"}, False),
    ],
)
def test_a_strangers_comment_is_left_as_it_is(host: Host, comment: dict[str, Any], ours: bool) -> None:
    host.comments = [{"id": 1, "body": f"{MARK}\nold", **comment}]
    assert put(host, "new") is not ours


def test_a_token_that_may_not_write(host: Host) -> None:
    host.forbidden = {"POST"}
    with pytest.raises(NotPermitted, match="403"):
        put(host, "x")


def test_a_host_that_answers_nonsense(host: Host) -> None:
    host.broken = True
    with pytest.raises(NetworkFailure):
        put(host, "x")


def test_a_host_that_is_not_there() -> None:
    with pytest.raises(NetworkFailure):
        Comments("http://127.0.0.1:1", "octo/lab", 7, "t").put(MARK, "x")


@pytest.mark.parametrize("name", ["octo", "../x/y", "a/b/../../c", "a/b?x"])
def test_a_repository_that_cannot_be(name: str) -> None:
    with pytest.raises(UsageError):
        Comments("http://127.0.0.1:1", name, 7, "t")


def test_the_action_comments_on_a_pull_request(host: Host, runner: Runner) -> None:
    runner.event, runner.env = request(), {"GITHUB_API_URL": host.address}
    done = runner.job(check=write_check(runner.folder, samples.failing()), comment="true")
    assert done.steps["Comment on the pull request"].code == 0
    (comment,) = host.comments
    assert comment["body"] == Path(done.outputs["comment"]).read_text()
    assert {token for _, _, token in host.asked} == {"Bearer the-token"}
    host.forbidden = {"PATCH"}
    done = runner.job(check=write_check(runner.folder, samples.passing()), comment="true")
    assert done.passed  # what could not be written is said, and fails nobody's job
    (said,) = done.steps["Comment on the pull request"].said
    assert said.name == "warning" and "the token may not write" in said.text
    assert "No comment was written" in done.summary
