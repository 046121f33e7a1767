"""Code hosts: whether a repository is there, and its files at one commit."""

from __future__ import annotations

from checker.hosts.base import Host
from checker.hosts.open import open_host

__all__ = ["Host", "open_host"]
