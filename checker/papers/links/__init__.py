"""Abstracts to links: what a paper's text points at, and what it says about code. Pure."""

from __future__ import annotations

from checker.papers.links.hosts import locate
from checker.papers.links.reader import link_of_target, read_paper

__all__ = ["link_of_target", "locate", "read_paper"]
