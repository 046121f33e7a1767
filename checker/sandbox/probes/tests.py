"""Runs tests as `python -m pytest ...` or `python -m unittest ...` would, and counts how they ended.

    python tests.py OUT.json -- python -m RUNNER ARGUMENT...

Runs inside the sandbox: Python 3.6 or later, standard library and the runner only. Ends with the runner's exit
code. The counts are written again and again, so that they are there when the time is up.

OUT: {"passed", "failed", "errors", "skipped", "files", "uncollected"}; `files` were collected and
`uncollected` were not. A test that was expected to fail and did is one that passed.
"""

import json
import os
import sys
import time

EVERY = 1.0


class Counter(object):
    """Counts what a runner reports, as a plugin of pytest."""

    def __init__(self, out):
        self.out = out
        self.counts = dict.fromkeys(("passed", "failed", "errors", "skipped", "files", "uncollected"), 0)
        self.written = 0.0

    def add(self, name, number=1):
        """Count something, and write down what is known every second."""
        self.counts[name] += number
        if time.time() - self.written > EVERY:
            self.write()

    def write(self):
        """Write the counts; a failure to do so is nobody's."""
        self.written = time.time()
        try:
            with open(self.out + ".new", "w") as file:
                json.dump(self.counts, file)
            os.rename(self.out + ".new", self.out)
        except OSError:
            pass

    def pytest_collectreport(self, report):
        """Count a file of tests."""
        if report.nodeid.endswith(".py"):
            self.add("uncollected" if report.failed else "files")

    def pytest_runtest_logreport(self, report):
        """Count a test once: by its call, or by what went wrong around it."""
        if report.when == "call":
            expected = hasattr(report, "wasxfail") and report.skipped
            self.add("passed" if report.passed or expected else "skipped" if report.skipped else "failed")
        elif report.failed:
            self.add("errors")
        elif report.skipped and report.when == "setup":
            self.add("skipped")

    def pytest_sessionfinish(self):
        """Write the final counts."""
        self.write()


def run_pytest(arguments, counter):
    import pytest

    sys.argv[:] = [os.path.join(os.path.dirname(pytest.__file__), "__main__.py"), *arguments]
    return pytest.main(arguments, plugins=[counter])


def run_unittest(arguments, counter):
    import unittest

    program = unittest.main(module=None, argv=["python -m unittest", *arguments], exit=False)
    result = program.result
    lost = [test for test, _ in result.errors if type(test).__name__ == "_FailedTest"]
    counter.add("uncollected", len(lost))
    counter.add("errors", len(result.errors) - len(lost))
    counter.add("failed", len(result.failures) + len(result.unexpectedSuccesses))
    counter.add("skipped", len(result.skipped))
    bad = len(result.errors) + len(result.failures) + len(result.unexpectedSuccesses) + len(result.skipped)
    counter.add("passed", max(0, result.testsRun - bad))
    counter.add("files", 1 if result.testsRun > len(lost) else 0)
    counter.write()
    if not result.testsRun and not result.skipped:
        return 5
    return 0 if result.wasSuccessful() else 1


def main(arguments):
    """Run, count, and end as the runner would."""
    if len(arguments) < 5 or arguments[1] != "--" or arguments[3] != "-m":
        sys.stderr.write("usage: tests.py OUT.json -- python -m RUNNER ARGUMENT...\n")
        return 2
    sys.path[0] = os.getcwd()
    counter = Counter(arguments[0])
    runner = run_unittest if arguments[4] == "unittest" else run_pytest
    return int(runner(arguments[5:], counter))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
