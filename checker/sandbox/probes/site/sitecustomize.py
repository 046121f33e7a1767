"""Starts the watcher in every Python process of a watched command, then lets the real sitecustomize run.

Python 3.6 or later, standard library only. It is on the path for as long as this file runs, no longer.
"""

import os
import sys


def _start():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.environ.get("CHECKER_WATCH")
    if folder:
        import checker_watch

        checker_watch.start(folder, os.environ.get("CHECKER_WATCH_ROOT", os.getcwd()))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]


def _next():
    """Run the sitecustomize that this one hides, if there is one."""
    from importlib.machinery import PathFinder

    spec = PathFinder.find_spec("sitecustomize")
    if spec is not None and spec.loader is not None and spec.origin != __file__:
        with open(spec.origin, "rb") as file:
            code = compile(file.read(), spec.origin, "exec")
        exec(code, {"__name__": "sitecustomize", "__file__": spec.origin})


try:
    _start()
    _next()
except Exception:
    pass
