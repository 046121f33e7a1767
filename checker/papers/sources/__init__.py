"""Papers and repositories from files, standard input and services: `read_inputs` is the only way in."""

from __future__ import annotations

from checker.papers.sources.base import Inputs, Problem
from checker.papers.sources.read import DEFAULT_BASE_URLS, read_inputs

__all__ = ["DEFAULT_BASE_URLS", "Inputs", "Problem", "read_inputs"]
