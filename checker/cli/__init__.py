"""The command line: one small module per group of commands, one place where errors become a line."""

from __future__ import annotations

from checker.cli.app import main

__all__ = ["main"]
