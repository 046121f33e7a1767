"""Arguments that pytest and its plugins hand to a test without being told by the repository."""

from __future__ import annotations

_NAMES = """
cache capfd capfdbinary caplog capsys capsysbinary doctest_namespace monkeypatch pytestconfig pytester
record_property record_testsuite_property record_xml_attribute recwarn request testdir tmp_path tmp_path_factory
tmpdir tmpdir_factory
"""
PYTEST_FIXTURES = frozenset(_NAMES.split())
"""What pytest itself hands to a test (its reference, "Fixtures")."""

PLUGIN_FIXTURES = {
    "mocker": "pytest-mock",
    "benchmark": "pytest-benchmark",
    "httpserver": "pytest-httpserver",
    "requests_mock": "requests-mock",
    "httpx_mock": "pytest-httpx",
    "snapshot": "syrupy",
    "qtbot": "pytest-qt",
    "datadir": "pytest-datadir",
    "data_regression": "pytest-regressions",
    "event_loop": "pytest-asyncio",
    "subtests": "pytest-subtests",
    "httpbin": "pytest-httpbin",
    "aiohttp_client": "pytest-aiohttp",
    "faker": "faker",
    "freezer": "pytest-freezer",
    "fs": "pyfakefs",
}
"""Argument of a test function → the distribution whose plugin provides it, unless the repository does."""
