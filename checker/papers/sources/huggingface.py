"""Hugging Face's daily papers through their API: `huggingface:2026-11-19`, or `huggingface:today`."""

from __future__ import annotations

import json
from datetime import date

from checker.core.errors import NetworkFailure, UsageError
from checker.papers.sources import web
from checker.papers.sources.base import Content, Entry, Problem, read_day

BASE_URL = "https://huggingface.co"


def read_huggingface(argument: str, name: str, base_url: str = BASE_URL) -> Content:
    """Return the papers of a day.

    Raises:
        UsageError: the day is no date, or there are no papers of it.
        NetworkFailure: the service does not answer, or not with a list.

    """
    query = {"limit": "100"}
    if argument not in ("", "today"):
        try:
            query["date"] = date.fromisoformat(argument).isoformat()
        except ValueError:
            raise UsageError(f"{name}: expected a date such as 2026-11-19") from None
    try:
        items = json.loads(web.get(f"{base_url}/api/daily_papers", query, name))
    except ValueError:
        items = None
    if not isinstance(items, list):
        raise NetworkFailure(f"{name}: the answer is not a list of papers")
    read = [_read_entry(item) for item in items]
    entries = tuple(entry for entry in read if entry is not None)
    if not entries:
        raise UsageError(f"{name}: no papers on that day")
    lost = read.count(None)
    problems = (Problem(source=name, message=f"{lost} papers without a title left out"),) if lost else ()
    return Content(entries=entries, problems=problems)


def _read_entry(item: object) -> Entry | None:
    """Return one paper of the list; the inner record is the paper, the outer one its place on the page."""
    outer = item if isinstance(item, dict) else {}
    inner = outer.get("paper")
    paper = {**outer, **inner} if isinstance(inner, dict) else outer
    title, summary = paper.get("title"), paper.get("summary")
    if not isinstance(title, str) or not title.strip():
        return None
    extra = " ".join(str(paper[key]) for key in ("githubRepo", "projectPage") if isinstance(paper.get(key), str))
    abstract = "\n\n".join(filter(None, (summary if isinstance(summary, str) else "", extra)))
    number = paper.get("id")
    return Entry(
        id=number if isinstance(number, str) and number else None,
        title=" ".join(title.split()),
        abstract=abstract,
        published=read_day(paper.get("publishedAt")),
    )
