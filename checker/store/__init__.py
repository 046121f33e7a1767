"""The store: results in one SQLite file with one writer; it opens well in Datasette."""

from checker.store.recent import RecentCheck
from checker.store.store import SINGLE, Run, RunState, Store
from checker.store.writing import make_target_key

__all__ = ["SINGLE", "RecentCheck", "Run", "RunState", "Store", "make_target_key"]
