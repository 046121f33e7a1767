"""`checker links`: the links that papers name, one line each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import typer

from checker.cli.common import AsJson, complain
from checker.cli.inputs import InputNames, read
from checker.core.text import join_lines
from checker.core.values.papers import CodeLink
from checker.papers.links import link_of_target, read_paper
from checker.papers.sources import Inputs

FIELDS = ("paper_id", "title", "url", "host", "kind", "owner", "name", "ref", "path", "promised")


def links(names: InputNames, as_json: AsJson = False) -> None:
    """Print the links found in papers, one a line."""
    inputs = read(names)
    found = list(find_links(inputs))
    if not found:
        count = len(inputs.papers)
        complain(f"no links in {count} {'paper' if count == 1 else 'papers'}")
    for link in found:
        typer.echo(json.dumps(make_line(link), ensure_ascii=False) if as_json else describe_link(link))


def find_links(inputs: Inputs) -> Iterator[CodeLink]:
    """Yield the links of all papers in order, then those of the repositories listed."""
    for paper in inputs.papers:
        yield from read_paper(paper).links
    for target in inputs.targets:
        yield link_of_target(target)


def make_line(link: CodeLink) -> dict[str, Any]:
    """Return the fields of a line of `links --json`."""
    values = link.model_dump(mode="json")
    return {name: values[name] for name in FIELDS}


def describe_link(link: CodeLink) -> str:
    """Return a link for people: what it is, where it leads, which paper names it."""
    what = f"{link.owner}/{link.name}" if link.owner and link.name else link.owner or link.name or link.host
    said = " (promised)" if link.promised else " (other people's code)" if link.borrowed else ""
    return join_lines(f"{link.kind.value:<10} {what}{said}  {link.url}  {link.title or link.paper_id}", 400)
