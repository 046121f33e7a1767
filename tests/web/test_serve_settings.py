"""The operator's choices for the web application: read from the environment, refused by name."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checker.core.errors import UsageError
from checker.hosts.urls import KNOWN_HOSTS
from checker.web.jobs.archive import ON_DEMAND
from checker.web.settings import VARIABLES, ServeSettings


def test_defaults() -> None:
    settings = ServeSettings.from_environment({})
    assert settings.hosts == KNOWN_HOSTS and not settings.proxies and not settings.names
    assert settings.fresh_for == timedelta(days=7)


def test_every_variable_is_read() -> None:
    env = {
        "CHECKER_CODE_HOSTS": "github.com", "CHECKER_SERVE_NAMES": "checker.example.org",
        "CHECKER_SERVE_PROXIES": "127.0.0.1, 10.0.0.0/8", "CHECKER_SERVE_QUEUE": "3", "CHECKER_SERVE_OPEN": "2",
        "CHECKER_SERVE_RATE": "5 per 10 minutes", "CHECKER_SERVE_LOOKUPS": "1/second",
        "CHECKER_SERVE_QUERIES": "2/minute", "CHECKER_SERVE_FRESH_DAYS": "0", "CHECKER_SERVE_STREAMS": "9",
    }  # fmt: skip
    assert set(env) == set(VARIABLES)
    settings = ServeSettings.from_environment(env)
    assert settings.proxies == ("127.0.0.1", "10.0.0.0/8")
    assert (settings.waiting, settings.open_per_client, settings.streams) == (3, 2, 9)
    assert settings.fresh_for == timedelta(0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("CHECKER_SERVE_PROXIES", "*"),
        ("CHECKER_SERVE_PROXIES", "proxy.example.org"),
        ("CHECKER_SERVE_QUEUE", "0"),
        ("CHECKER_SERVE_QUEUE", "many"),
        ("CHECKER_SERVE_OPEN", "-1"),
        ("CHECKER_SERVE_RATE", "often"),
        ("CHECKER_SERVE_RATE", "0/hour"),
        ("CHECKER_SERVE_FRESH_DAYS", "nan"),
        ("CHECKER_SERVE_FRESH_DAYS", "-1"),
        ("CHECKER_SERVE_NAMES", "https://x.example.org"),
    ],
)
def test_what_cannot_be_is_named(name: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"{name}="):
        ServeSettings.from_environment({name: text})


def test_a_check_on_demand_is_marked_as_checker_repo_marks_it() -> None:
    from checker.cli.stores import SINGLE

    assert ON_DEMAND == SINGLE
