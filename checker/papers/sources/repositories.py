"""Lists of repositories: `owner/name[@commit]` a line, or CSV with the columns `repo` and `commit`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

from checker.core.values.papers import CodeLink, LinkKind
from checker.core.values.repositories import Target
from checker.papers.links import locate
from checker.papers.sources.base import Content, Problem
from checker.papers.sources.records import find_parts

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
_REPO_COLUMNS = ("repo", "repository", "full_name", "html_url", "repo_url", "url")
_COMMIT_COLUMNS = ("commit", "sha", "ref", "revision")

#: Line number where it is known, repository as written, commit or ''.
Row = tuple[int | None, str, str]


def is_list(text: str) -> bool:
    """Tell whether a text is a list of repositories: CSV with such a column, or lines that mostly name one."""
    lines = [line for line in _read_content_lines(text[:20_000]) if line]
    if not lines:
        return False
    if _read_csv_columns(lines[0]) is not None:
        return True
    good = sum(map(_names_repositories, lines))
    return bool(_PLAIN.match(_split_parts(lines[0])[0]) or good > 1) and good * 2 >= len(lines)


def _names_repositories(line: str) -> bool:
    """Whether a line holds nothing but names or URLs of repositories."""
    return all(_PLAIN.match(part) or _URL.match(part) for part in _split_parts(line))


def _split_parts(line: str) -> list[str]:
    return re.split(r"[,;]\s+", _split_line(line)[0])


def read_repository_items(items: Iterable[tuple[int | None, object]], name: str) -> Content | None:
    """Return the repositories of a JSON list of names or of objects with `repo`; None where it is no such list."""
    rows: list[Row] = []
    for line, item in items:
        fields = item if isinstance(item, dict) else {"repo": item}
        if find_parts(fields) & {"title", "abstract"}:
            return None
        written = next((fields[column] for column in _REPO_COLUMNS if fields.get(column)), None)
        commit = next((fields[column] for column in _COMMIT_COLUMNS if fields.get(column)), "")
        if not isinstance(written, str) or not isinstance(commit, str) or not _names_repositories(written):
            return None
        rows.append((line, written, commit))
    return _collect(rows, name) if rows else None


def read_repositories(text: str, name: str) -> Content:
    """Return the repositories of a list, each once, and a problem for each line that names none."""
    first = next((line for line in _read_content_lines(text) if line), "")
    rows = _read_csv_rows(text, first) if _read_csv_columns(first) is not None else _read_plain_rows(text)
    return _collect(rows, name)


def describe_header(text: str, name: str) -> str | None:
    """Say of a table that it has no column that is known, None where a line of it names a repository."""
    lines = [(number, line) for number, line in enumerate(_read_content_lines(text[:20_000]), start=1) if line]
    if not lines or any(_names_repositories(line) for _, line in lines):
        return None
    number, header = lines[0]
    return f"{name}, line {number}: no column that is known (title, abstract or repo): {_shorten(header)!r}"


def _collect(rows: Iterable[Row], name: str) -> Content:
    """Return the repositories that rows name, each once."""
    targets: dict[tuple[str, str | None, str | None], tuple[Target, int | None]] = {}
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
        kept, before = targets.setdefault(key, (target, line))
        if kept is not target:
            place = "is there" if before is None else f"is on line {before}"
            message = f"{written.strip()} {place} already; counted once"
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
        bare = re.sub(r"\A(?:[-*•]|\d{1,4}[.)])\s+", "", re.sub(r"(?:\A|\s)#.*\Z", "", line).strip())
        yield bare.strip("\"'<>,; ") if bare[:1] in "\"'<" or bare[-1:] in ",;" else bare


def _read_plain_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(_read_content_lines(text), start=1):
        written, commit = _split_line(line)
        for part in filter(None, re.split(r"[,;]\s+", written)):
            yield number, part, commit


def _split_line(line: str) -> tuple[str, str]:
    """Part the commit from a line that has it behind a blank or a comma: `owner/name 0a1b2c3`."""
    found = re.match(r"(\S{1,500}?)(?:\s{1,20}|[,;]\s{0,20})([0-9a-fA-F]{7,40})\Z", line)
    return (found[1], found[2]) if found else (line, "")


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
