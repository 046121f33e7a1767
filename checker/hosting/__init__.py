"""Code hosts: whether a repository is there, and its files at one commit."""

from __future__ import annotations

from checker.hosting.base import Host
from checker.hosting.router import open_host

__all__ = ["Host", "open_host"]
