"""The store: results in one SQLite file with one writer; it opens well in Datasette."""

from checker.store.recent import RecentCheck
from checker.store.store import SINGLE, Run, RunState, Store

__all__ = ["SINGLE", "RecentCheck", "Run", "RunState", "Store"]
