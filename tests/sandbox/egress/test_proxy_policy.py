"""Which hosts and addresses an installation may reach: every kind of address, every way to write one."""

from __future__ import annotations

import json
import time
from ipaddress import ip_address
from pathlib import Path

import pytest

from checker.core.endpoint import parse_endpoint
from checker.core.errors import RegistryFailure, UsageError
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.sandbox.egress import allowed_hosts
from checker.sandbox.egress.allowed_hosts import default_index, find_file_hosts, reach_of
from checker.sandbox.egress.dial import is_excepted, is_own
from checker.sandbox.egress.http import BadRequest, read_request, write_address
from checker.sandbox.egress.policy import (
    Reach,
    explain_refusal,
    find_registered_domain,
    find_required_hosts,
    is_code_host,
)

SPECIAL = """
0.0.0.0 0.1.2.3 10.0.0.1 100.64.0.1 100.100.100.200 127.0.0.1 127.8.9.10 168.63.129.16 169.254.169.254 172.16.0.1
172.17.0.1 172.31.255.255 192.0.0.192 192.0.2.2 192.168.1.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::a00:1
64:ff9b:1::1 fc00::1 fd00:ec2::254 fe80::1 ff02::1 2001::1 2001:db8::1 2002:a00:1:: 3fff::1 100::1 fec0::1 4000::1
"""


@pytest.mark.parametrize("text", SPECIAL.split())
def test_an_address_that_is_not_public_is_refused(text: str) -> None:
    assert explain_refusal(ip_address(text), vouched=False)


@pytest.mark.parametrize("text", ["1.1.1.1", "151.101.0.223", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_a_public_address_is_let_through(text: str) -> None:
    assert explain_refusal(ip_address(text), vouched=False) is None


@pytest.mark.parametrize("text", ["10.0.0.1", "127.0.0.1", "::1", "192.168.1.1", "fd00::1", "100.64.0.1"])
def test_an_index_of_the_operators_may_lie_inside(text: str) -> None:
    assert explain_refusal(ip_address(text), vouched=True) is None


@pytest.mark.parametrize(
    "text", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254", "224.0.0.1", "0.0.0.0", "::"]
)
def test_no_index_lies_at_a_metadata_service(text: str) -> None:
    assert explain_refusal(ip_address(text), vouched=True)


def test_addresses_of_this_machine_are_known() -> None:
    assert is_own(ip_address("127.0.0.1"))
    assert not is_own(ip_address("1.1.1.1"))
    assert not is_own(ip_address("2606:4700::1111"))


REACH = Reach(
    vouched=frozenset({("index.corp", 8443)}),
    named=frozenset(
        {("github.com", 443), ("download.example.org", 8080), ("x.co.uk", 443), ("mail.example.net", 25)}
    ),
)


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("index.corp", 8443),
        ("github.com", 443),
        ("codeload.github.com", 443),
        ("objects.githubusercontent.com", 443),
        ("mirror.example.org", 80),
        ("download.example.org", 8080),
        ("files.x.co.uk", 443),
    ],
)
def test_a_host_that_is_let_through(host: str, port: int) -> None:
    assert REACH.explain_refusal((host, port)) is None


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("index.corp", 443),
        ("other.corp", 8443),
        ("example.com", 443),
        ("github.com.example.com", 443),
        ("notgithub.com", 443),
        ("other.co.uk", 443),
        ("github.com", 22),
        ("github.com", 6379),
        ("mail.example.net", 25),
        ("github.com", 25),
        ("140.82.112.3", 443),
        ("169.254.169.254", 80),
        ("localhost", 443),
    ],
)
def test_a_host_that_is_refused(host: str, port: int) -> None:
    assert REACH.explain_refusal((host, port))


def test_an_address_brings_no_siblings() -> None:
    assert Reach(named=frozenset({("1.1.1.1", 443)})).explain_refusal(("1.1.1.1", 443)) is None
    assert Reach(named=frozenset({("1.1.1.1", 443)})).explain_refusal(("2.1.1.1", 443))
    assert find_registered_domain("a.b.example.org") == "example.org"
    assert is_code_host("codeload.github.com")
    assert not is_code_host("github.com.evil.org")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("pip @ git+https://github.com/pypa/pip@main", {"github.com"}),
        ("own @ https://user:word@files.example.org:8080/own.whl#sha256=0", {"files.example.org"}),
        ("--extra-index-url https://wheels.example.org/simple\n-f https://links.example.net/x.html",
         {"wheels.example.org", "links.example.net"}),
        ("-i http://one.example.org/simple", {"one.example.org"}),
        ('name = { git = "https://gitlab.com/a/b.git" }\n[[source]]\nurl = "https://own.example.org/simple"',
         {"gitlab.com", "own.example.org"}),
        ('dependency_links=["https://old.example.org/x.zip"]', {"old.example.org"}),
        ("# see https://docs.example.org\nHomepage = 'https://home.example.org'", set()),
        ("git+ssh://git@github.com/a/b", set()),
    ],
)  # fmt: skip
def test_hosts_of_requirements(text: str, found: set[str]) -> None:
    assert {host for host, _ in find_required_hosts(text)} == found


def test_hosts_of_a_plan_and_of_its_specifications(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    (tree / "sub").mkdir(parents=True)
    (tree / "setup.py").write_text("install_requires=['a @ git+https://gitlab.com/a/a']")
    (tree / "sub" / "requirements.txt").write_text("b @ https://files.example.org/b.zip\n")
    (tree / "main.py").write_text("'c @ https://main.example.org/c.zip'")
    (tmp_path / "secret.txt").write_text("d @ https://secret.example.org/d.zip")
    (tree / "linked.txt").symlink_to("../secret.txt")
    step = Step(
        name="t", phase=Phase.INSTALL, argv=("pip", "install", "-f", "https://argv.example.org"), network=True
    )
    plan = BuildPlan(
        ecosystem="python",
        way=Way.PERIOD,
        project="sub",
        indexes=("https://wheels.example.org/cpu",),
        registries=("https://registry.example.com/npm",),
        steps=(step, step.model_copy(update={"network": False, "argv": ("curl", "https://later.example.org")})),
    )
    env = {
        "HOME": str(tmp_path),
        "UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple",
        "CHECKER_INSTALL_HOSTS": "one.corp",
    }
    settings = Settings.from_environment({**env, "CHECKER_HOME": str(tmp_path)})
    remembered = {"http://127.0.0.1:9/simple": [time.time(), [["files.corp", 443]]]}
    (settings.home / "index-hosts.json").write_text(json.dumps(remembered))
    reach = reach_of(settings, plan, tree, {})
    named = {"gitlab.com", "files.example.org", "argv.example.org", "wheels.example.org"}
    assert reach.named == {(name, 443) for name in named}
    assert reach.vouched == {
        ("127.0.0.1", 9),
        ("files.corp", 443),
        ("one.corp", 443),
        ("registry.example.com", 443),
    }
    none = settings.model_copy(update={"named_hosts": False})
    assert reach_of(none, plan, tree, {}).named == frozenset()
    few = settings.model_copy(update={"code_hosts": frozenset({"github.com"})})
    assert reach_of(few, plan, tree, {}).named == {("wheels.example.org", 443)}


@pytest.mark.parametrize(
    "text", ["dependency_links ", "@ ", "git+", "https://", "https://a.b/", "-f ", "url = ['", "index-url= "]
)
def test_a_mebibyte_of_anything_is_read_quickly(text: str) -> None:
    began = time.monotonic()
    find_required_hosts(text * (1024 * 1024 // len(text)))
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("columns", ["40", "60", "200"])
def test_uv_tells_its_own_index_however_narrow_the_terminal(monkeypatch: pytest.MonkeyPatch, columns: str) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    default_index.cache_clear()
    assert default_index().startswith("https://")
    assert default_index().endswith("/simple")


@pytest.mark.parametrize("variable", ["FORCE_COLOR", "CLICOLOR_FORCE", "LANG", "LC_ALL"])
def test_uv_tells_its_own_index_in_plain_text(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "tr_TR.UTF-8" if variable.startswith("L") else "1")
    default_index.cache_clear()
    assert default_index().endswith("/simple")


def test_an_index_that_named_no_hosts_is_asked_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    answers: list[list[list[object]]] = [[], [["files.example", 443]]]
    monkeypatch.setattr(allowed_hosts, "_ask", lambda index, environment: answers.pop(0))
    asked = [find_file_hosts(tmp_path, "https://index.example/simple", {}) for _ in range(3)]
    assert asked == [(), (("files.example", 443),), (("files.example", 443),)]


def test_an_index_that_uv_could_not_name_is_a_failure_of_ours_and_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    silent = tmp_path / "uv"
    silent.write_text("#!/bin/sh\nexit 0\n")
    silent.chmod(0o755)
    default_index.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr("uv.find_uv_bin", lambda: str(silent))
        with pytest.raises(RegistryFailure, match="does not name the index"):
            default_index()
    assert default_index().endswith("/simple")


def test_wrong_hosts_in_the_settings_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="CHECKER_INSTALL_HOSTS='a/b' is not a value"):
        Settings.from_environment({"HOME": str(tmp_path), "CHECKER_INSTALL_HOSTS": "a/b"})
    with pytest.raises(UsageError, match="CHECKER_INSTALL_NETWORK"):
        Settings.from_environment({"HOME": str(tmp_path), "CHECKER_INSTALL_NETWORK": "host"})


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("Example.ORG.:443", ("example.org", 443)),
        ("[::1]:80", ("::1", 80)),
        ("1.2.3.4", ("1.2.3.4", 443)),
    ],
)
def test_an_endpoint_is_read(text: str, end: tuple[str, int]) -> None:
    assert parse_endpoint(text, 443) == end


@pytest.mark.parametrize(
    "text", ["", ":80", "a b:80", "a@b:80", "a:b", "a:99999", "a/b:80", "-x:80", "[::1%lo]:80", "é:80"]
)
def test_what_is_no_endpoint(text: str) -> None:
    with pytest.raises(ValueError):
        parse_endpoint(text, 443)


# ---------------------------------------------------------------- requests


def test_a_plain_request_is_written_anew() -> None:
    head = (
        b"POST http://u:p@Host.example.org:8080/a?b=c HTTP/1.1\r\nHost: other\r\nProxy-Authorization: Basic x\r\n"
        b"Connection: x-own, keep-alive\r\nX-Own: 1\r\nAccept: */*\r\nContent-Length: 3\r\n\r\n"
    )
    request = read_request(head)
    assert (request.end, request.body, request.is_tunnel) == (("host.example.org", 8080), 3, False)
    assert request.head == (
        b"POST /a?b=c HTTP/1.1\r\nHost: host.example.org:8080\r\nAccept: */*\r\nContent-Length: 3\r\n"
        b"Connection: close\r\n\r\n"
    )
    assert request.write_for_upstream("Basic abc").startswith(
        b"POST http://host.example.org:8080/a?b=c HTTP/1.1\r\nProxy-Authorization: Basic abc\r\nHost:"
    )


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET https://a/ HTTP/1.1\r\n\r\n",
        b"GET ftp://a/ HTTP/1.1\r\n\r\n",
        b"GET http://a/ HTTP/2\r\n\r\n",
        b"get http://a/ HTTP/1.1\r\n\r\n",
        b"GET  http://a/ HTTP/1.1\r\n\r\n",
        b"GET http://a/\x00 HTTP/1.1\r\n\r\n",
        b"GET http://a/ HTTP/1.1\r\nX : y\r\n\r\n",
        b"GET http://a/ HTTP/1.1\r\nX: y\nHost: b\r\n\r\n",
        b"GET http://a/ HTTP/1.1\r\n folded\r\n\r\n",
        b"POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST http://a/ HTTP/1.1\r\nContent-Length: +1\r\n\r\n",
        b"CONNECT a HTTP/1.1\r\n\r\n",
        b"CONNECT a:443/ HTTP/1.1\r\n\r\n",
        b"CONNECT x@a:443 HTTP/1.1\r\n\r\n",
        b"\xff\r\n\r\n",
    ],
)
def test_a_request_that_is_none(head: bytes) -> None:
    with pytest.raises(BadRequest):
        read_request(head)


def test_the_operators_exceptions() -> None:
    for rule in ("*", "corp", ".corp", "*.corp", "a.corp", "a.corp:443", "x, a.corp"):
        assert is_excepted(("a.corp", 443), rule), rule
    for rule in ("", "b.corp", "a.corp:80", "orp", "a.corp.example"):
        assert not is_excepted(("a.corp", 443), rule), rule
    assert write_address(("::1", 80), 80) == "[::1]"
