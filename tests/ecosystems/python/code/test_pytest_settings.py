"""Settings of pytest that only the author's installation meets do not stop ours."""

from __future__ import annotations

import pytest

from checker.ecosystems.python.entry_points.test_suite import find_tests

TEST = "def test_a(): pass\n"


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ("required_plugins = pytest-x>=3 pytest-cov", ("-o", "required_plugins=")),
        ("minversion = 99.0", ("-o", "minversion=0")),
        ("addopts = -ra -m 'not slow' --cov=x --strict-markers", ()),
        ("addopts = --report-to x.html -ra --cov=x", ("-o", "addopts=-ra --cov=x")),
        ("addopts = --report-to=x\n    -k 'a b'\n    tests", ("-o", "addopts=-k 'a b' tests")),
        ("addopts = --own-flag", ()),
        ("addopts = 'x", ()),
        ("testpaths = tests", ()),
    ],
)
def test_what_our_run_does_without(make_tree, settings: str, options: tuple[str, ...]) -> None:
    conftest = "def pytest_addoption(parser):\n    parser.addoption('--own-flag', action='store_true')\n"
    files = {"pytest.ini": f"[pytest]\n{settings}\n", "tests/test_a.py": TEST, "conftest.py": conftest}
    suite = find_tests(make_tree(files))
    assert suite is not None
    assert suite.options == options


def test_settings_in_pyproject(make_tree) -> None:
    text = '[tool.pytest.ini_options]\nminversion = "9"\naddopts = ["--far", "-ra", "--tb=short"]\n'
    suite = find_tests(make_tree({"pyproject.toml": text, "tests/test_a.py": TEST}))
    assert suite is not None
    assert suite.options == ("-o", "minversion=0", "-o", "addopts=-ra --tb=short")


def test_what_the_settings_alone_require_is_listed_nowhere(make_tree) -> None:
    text = "[tool:pytest]\nrequired_plugins = pytest-far>=1\naddopts = --far=x\n"
    suite = find_tests(make_tree({"setup.cfg": text, "tests/test_a.py": TEST}))
    assert suite is not None
    assert suite.options == ("-o", "required_plugins=", "-o", "addopts=")


def test_an_option_may_belong_to_a_plugin_that_the_author_lists(make_tree) -> None:
    files = {
        "pytest.ini": "[pytest]\naddopts = --far\n",
        "requirements.txt": "pytest-far\n",
        "tests/test_a.py": TEST,
    }
    suite = find_tests(make_tree(files))
    assert suite is not None
    assert suite.options == ()
