"""The supported languages, in the order in which they are tried."""

from __future__ import annotations

from checker.ecosystems.base import Ecosystem
from checker.ecosystems.python import ecosystem as python

#: Every ecosystem; adding a language is one file and one name here.
ALL: tuple[Ecosystem, ...] = (python,)
