"""Reads a list of repositories, with the benchmark that each row comes from where the list says so."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from checker.core.errors import UsageError
from checker.core.values.base import Value
from checker.core.values.repositories import Target
from checker.papers.sources.repositories import parse_target, read_repositories


class Entry(Value):
    """A repository of a list; `benchmark` and `outcome` (what was published of it) are '' where nobody says."""

    target: Target
    benchmark: str = ""
    outcome: str = ""

    @property
    def key(self) -> str:
        """The name under which results of it are kept."""
        return self.target.key

    @property
    def slug(self) -> str:
        """The repository for people to read, with its commit where it is pinned."""
        commit = self.target.commit
        return f"{self.target.repository}@{commit[:10]}" if commit else str(self.target.repository)


def read_list(path: Path) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries of a list and what is to be said about lines that name no repository.

    `owner/name[@commit]` a line, or CSV with the columns `repo,commit`, and `benchmark,published_outcome` besides.

    Raises:
        UsageError: it cannot be read, or names no repository at all.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: not UTF-8 text") from None
    content = read_repositories(text, str(path))
    said = dict(_benchmarks(text))
    entries = []
    for target in content.targets:
        benchmark, outcome = said.get(target.key, ("", ""))
        entries.append(Entry(target=target, benchmark=benchmark, outcome=outcome))
    if not entries:
        raise UsageError(f"{path}: names no repository (owner/name[@commit] a line, or CSV with repo,commit)")
    return tuple(entries), tuple(str(problem) for problem in content.problems)


def _benchmarks(text: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield what the further columns say, by the key of the row's target; rows that name none are left out."""
    rows = csv.DictReader(text.splitlines())
    if not {"repo", "benchmark"} <= {name.strip().lower() for name in rows.fieldnames or ()}:
        return
    for row in rows:
        known = {str(name).strip().lower(): value for name, value in row.items() if isinstance(value, str)}
        try:
            target = parse_target(known.get("repo", ""), known.get("commit", ""))
        except ValueError:
            continue
        yield (
            target.key,
            (known.get("benchmark", "").strip(), known.get("published_outcome", "").strip()),
        )
