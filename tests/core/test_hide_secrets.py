"""Addresses without what opens doors; everything else of a text stays as it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.core.endpoint import hide_secrets

SHAPES = (
    "https://me:{}@host:8/simple?x",
    "https://{}@host/simple",
    "error: cannot reach `https://me:{}@host/simple`, tried https://oauth2:{}@[::1]:80.",
    "redis://:{}@broker:6379/0",
    "git+https://x-access-token:{}@github.com/a/b.git@main#egg=b",
    "ssh://git:{}@host/a/b",
    "socks5h://a@b:{}@proxy",
    "https://me:a/{}@host/simple",
    "https://host/simple/?token={}&x=1",
    "https://host/f?X-Amz-Credential=a&X-Amz-Signature={}#x",
    "https://host/f?sv=1;sig={}",
    "https://host/f?private_token={}",
    "https://host/cb#access_token={}",
    "https://host?api_key={}",
    r'{"url": "https:\/\/me:{}@host"} of https://host',
    "docker://me:{}@host/image:1",
)
SECRETS = st.text("abcXYZ0189-_.~!$&()*+,:=%\u00e9", min_size=1, max_size=30).map(
    lambda text: f"hunter2{text}hunter2"
)


@given(st.sampled_from(SHAPES), SECRETS)
def test_a_secret_is_gone(shape: str, secret: str) -> None:
    if "?" in shape or "#a" in shape:
        secret = secret.replace("&", "")
    found = hide_secrets(shape.replace("{}", secret))
    assert "hunter2" not in found
    assert hide_secrets(found) == found
    assert "://" in found


@pytest.mark.parametrize(
    "text",
    [
        "https://host/a@b",
        "https://host:8/@scope/name?page=2",
        "git+ssh://git@github.com/a/b.git@main",
        "git+ssh://github.com:a/b.git@v1.0",
        "apptainer exec docker://python:3.8@sha256:00 python x.py",
        "docker://python:latest and oras://host/image:latest@sha256:00",
        r"https:\/\/host\/a@b",
        "name @ https://host/name-1.0-py3-none-any.whl#sha256=00",
        "a@b.example, me:secret@host, mailto:a@b.example",
        "if (a & token=b) // c://",
        "",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert hide_secrets(text) == text


def test_the_rest_of_an_address_stays() -> None:
    assert hide_secrets("see https://me:pw@host:8/a?x=1&token=y&z=2#f, and b") == (
        "see https://host:8/a?x=1&token=***&z=2#f, and b"
    )


@pytest.mark.parametrize(
    "piece", ["://", "://a@", "a", "://a:b", "?token=", "&" + "a" * 41, "://" + "@" * 50, ";token"]
)
def test_it_is_quick_whatever_comes(piece: str) -> None:
    began = time.perf_counter()
    hide_secrets(f"https://{piece * (1_000_000 // len(piece))}")
    assert time.perf_counter() - began < 5
