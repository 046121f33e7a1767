"""Lists of repositories: `owner/name[@commit]` a line, or CSV with the columns `repo` and `commit`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from checker.core.values.papers import CodeLink, LinkKind
from checker.core.values.repositories import Target
from checker.papers.links import locate
from checker.papers.sources.base import Content, Problem

_COMMIT = re.compile(r"[0-9a-f]{7,40}\Z", re.IGNORECASE)

#: Digits of a commit's whole id; fewer are looked up in the repository.
FULL_ID = 40

_REF = re.compile(r"(?!-)[A-Za-z0-9._/+-]{1,200}\Z")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,100}/[A-Za-z0-9._-]+(?:@\S+)?\Z")
_URL = re.compile(
    r"(?:(?:https?|git|ssh|git\+https)://|git@|swh:1:|(?:www\.)?(?:github\.com|bitbucket\.org|codeberg\.org"
    r"|huggingface\.co|hf\.co|gitee\.com|git\.sr\.ht|(?:[a-z0-9-]+\.)?gitlab\.[a-z0-9.-]+)/)\S+\Z",
    re.IGNORECASE,
)
_REPO_COLUMNS = ("repo", "repository", "full_name", "url")
_COMMIT_COLUMNS = ("commit", "sha", "ref", "revision")

#: Line number, repository as written, commit or ''.
Row = tuple[int, str, str]


def is_list(text: str) -> bool:
    """Tell whether a text is a list of repositories: CSV with such a column, or lines that mostly name one."""
    lines = [line for line in _read_content_lines(text[:20_000]) if line]
    if not lines:
        return False
    if _read_csv_columns(lines[0]) is not None:
        return True
    good = sum(1 for line in lines if _PLAIN.match(line) or _URL.match(line))
    return bool(_PLAIN.match(lines[0]) or good > 1) and good * 2 >= len(lines)


def read_repositories(text: str, name: str) -> Content:
    """Return the repositories of a list, each once, and a problem for each line that names none."""
    first = next((line for line in _read_content_lines(text) if line), "")
    rows = _read_csv_rows(text, first) if _read_csv_columns(first) is not None else _read_plain_rows(text)
    targets: dict[tuple[str, str | None, str | None], tuple[Target, int]] = {}
    problems: list[Problem] = []
    listed = 0
    for line, written, commit in rows:
        try:
            target = parse_target(written, commit)
        except ValueError as error:
            problems.append(Problem(source=name, line=line, message=str(error)))
            continue
        listed += 1
        key = (target.repository.key, target.commit, target.ref)
        _, before = targets.setdefault(key, (target, line))
        if before != line:
            message = f"{written.strip()} is on line {before} already; counted once"
            problems.append(Problem(source=name, line=line, message=message))
    return Content(targets=tuple(kept for kept, _ in targets.values()), problems=tuple(problems), listed=listed)


def parse_target(written: str, commit: str = "") -> Target:
    """Return the repository that `owner/name`, `owner/name@commit` or a URL names.

    Raises:
        ValueError: it names none; the message says why.

    """
    text = written.strip()
    url = f"https://github.com/{text}" if _PLAIN.match(text) else text
    place = locate(url) if re.fullmatch(r"\S+", url) else None
    repository = place.repository if place is not None else None
    if place is None or repository is None:
        raise ValueError(f"not a repository: {_shorten(text)!r} (expected owner/name, owner/name@commit or a URL)")
    wanted = commit.strip() or _take_after_at(text) or place.ref or ""
    if wanted and not _REF.match(wanted):
        raise ValueError(f"not a commit: {_shorten(wanted)!r}")
    if _COMMIT.match(wanted) and len(wanted) < FULL_ID:
        return Target(repository=repository, commit=wanted.lower())
    path = "/".join(place.parts) if place.ref == (wanted or None) else ""
    link = CodeLink(
        paper_id="",
        url=url,
        host=repository.host,
        kind=LinkKind.REPOSITORY,
        owner=repository.owner,
        name=repository.name,
        ref=wanted or None,
        path=path or None,
    )
    return link.target or Target(repository=repository)


def _take_after_at(text: str) -> str:
    return text.rpartition("@")[2] if _PLAIN.match(text) and "@" in text else ""


def _shorten(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _read_content_lines(text: str) -> Iterator[str]:
    """Give every line without its comment and bullet; '' where nothing is left."""
    for line in text.split("\n"):
        yield re.sub(r"\A[-*•]\s+", "", re.sub(r"(?:\A|\s)#.*\Z", "", line).strip())


def _read_plain_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(_read_content_lines(text), start=1):
        if line:
            yield number, line, ""


def _read_csv_columns(header: str) -> tuple[str, int, int | None] | None:
    """Return the delimiter and the columns of repository and commit, or None where it is no such header."""
    for delimiter in (",", ";", "\t"):
        names = [cell.strip().strip('"').lower() for cell in header.split(delimiter)]
        repo = next((names.index(column) for column in _REPO_COLUMNS if column in names), None)
        if repo is not None:
            return delimiter, repo, next((names.index(c) for c in _COMMIT_COLUMNS if c in names), None)
    return None


def _read_csv_rows(text: str, header: str) -> Iterable[Row]:
    columns = _read_csv_columns(header)
    if columns is None:
        return
    delimiter, repo, commit = columns
    lines = text.split("\n")
    begin = next(i for i, line in enumerate(_read_content_lines(text)) if line) + 1
    for number, line in enumerate(lines[begin:], start=begin + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            cells = []
        written = cells[repo] if repo < len(cells) else ""
        yield number, written, cells[commit] if commit is not None and commit < len(cells) else ""
