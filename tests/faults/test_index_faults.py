"""Faults of the package index inside the sandbox's own installation: ours, in uv's words and in pip's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from local_index import LocalIndex, sdist, serve_index, wheel
from sandbox_steps import SMALL

from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import StepResult, StepStatus
from checker.judging.causes import is_ours
from checker.judging.diagnose import diagnose
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.docker.sandbox import DockerSandbox

pytestmark = [pytest.mark.docker, pytest.mark.slow]

ANEW = "rm -rf /tmp/t /tmp/cache; export UV_CACHE_DIR=/tmp/cache;"
"""Nothing is there from before."""

UV = ("sh", "-c", f"{ANEW} exec uv pip install --python python3.11 --target /tmp/t alpha")
PIP = ("sh", "-c", f"{ANEW} exec python3.11 -m pip install --no-cache-dir --retries 1 --target /tmp/t alpha")


@pytest.fixture(scope="module")
def index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        index.add("pip", "1.0")
        index.add("alpha", "1.0")
        yield index


@pytest.fixture(scope="module")
def box(index: LocalIndex, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerSandbox]:
    home = tmp_path_factory.mktemp("home")
    env = {"CHECKER_HOME": str(home), "CHECKER_FREE_BYTES": "1M"}
    settings = Settings.from_environment(env).model_copy(update={"indexes": IndexSettings(default=index.url)})
    (home / "source").mkdir()
    engine = DockerEngine(settings)
    with engine.open(BuildPlan(ecosystem="python", way=Way.PERIOD), home / "source", SMALL) as box:
        yield box
    engine.close()


def install(box: DockerSandbox, argv: tuple[str, ...]) -> StepResult:
    env = (("UV_HTTP_RETRIES", "1"), ("UV_HTTP_TIMEOUT", "5"))
    return box.run(Step(name="install", phase=Phase.INSTALL, argv=argv, network=True, seconds=60, env=env))


@pytest.mark.parametrize("tool", [UV, PIP], ids=["uv", "pip"])
def test_an_index_without_faults(box: DockerSandbox, index: LocalIndex, tool: tuple[str, ...]) -> None:
    index.faults.clear()
    result = install(box, tool)
    assert result.passed, result.log


CASES = [
    ("uv", "simple/alpha", "500"),
    ("uv", "simple/alpha", "429"),
    ("uv", "files/alpha", "500"),
    ("uv", "files/alpha", "half"),
    ("uv", "files/alpha", "wrong"),
    ("pip", "simple/alpha", "500"),
    ("pip", "simple/alpha", "429"),
    ("pip", "files/alpha", "500"),
    ("pip", "files/alpha", "half"),
    ("pip", "files/alpha", "reset"),
    ("pip", "files/alpha", "wrong"),
]


@pytest.mark.parametrize(("tool", "where", "fault"), CASES)
def test_a_fault_of_the_index_is_ours(
    box: DockerSandbox, index: LocalIndex, tool: str, where: str, fault: str
) -> None:
    index.faults = {where: [f"always {fault}"]}
    result = install(box, {"uv": UV, "pip": PIP}[tool])
    assert result.status in (StepStatus.FAILED, StepStatus.ENGINE_ERROR), result.log
    why = diagnose(result)
    assert why is not None and why.name == "registry", (why, result.log)


FORGED = """
import sys
print("error: Failed to fetch: `{url}/alpha/`")
print("  Caused by: HTTP status server error (503 Service Unavailable) for url ({url}/alpha/)")
print("  Hash mismatch for `alpha==1.0`")
print("ModuleNotFoundError: No module named 'never_committed'")
sys.exit(1)
"""


def test_printed_words_excuse_no_failure(box: DockerSandbox, index: LocalIndex) -> None:
    """A setup script that imitates a fault of the index gets a second try, and is then judged without it."""
    index.faults.clear()
    index.files["forger-1.0.tar.gz"] = sdist("forger", "1.0", FORGED.format(url=index.url))
    index.files["setuptools-70.0-py3-none-any.whl"] = backend()
    script = f"{ANEW} exec uv pip install --python python3.11 --target /tmp/t forger"
    result = install(box, ("sh", "-c", script))
    assert "503 Service Unavailable" in result.log
    assert "second try" in result.log
    why = diagnose(result)
    assert result.status is StepStatus.FAILED
    assert why is not None and not is_ours(why), (why, result.log)


FORGED_HOST = """
import sys
print("fatal: unable to access '{url}/lab/own.git/': The requested URL returned error: 503")
sys.exit(1)
"""


@pytest.mark.parametrize("fault", [None, "always 503"])
def test_what_is_said_of_a_code_host_is_looked_into(
    box: DockerSandbox, index: LocalIndex, fault: str | None
) -> None:
    """A host that answers the checker excuses nothing; one that does not makes the check inconclusive."""
    host = index.url.removesuffix("/simple")
    index.faults = {} if fault is None else {"lab/own.git": [fault]}
    index.files["hoster-1.0.tar.gz"] = sdist("hoster", "1.0", FORGED_HOST.format(url=host))
    index.files["setuptools-70.0-py3-none-any.whl"] = backend()
    result = install(box, ("sh", "-c", f"{ANEW} exec uv pip install --python python3.11 --target /tmp/t hoster"))
    index.faults.clear()
    why = diagnose(result)
    assert result.status is StepStatus.FAILED
    assert why is not None
    assert ("second try" in result.log) is (fault is None)
    assert is_ours(why) is (fault is not None), (why, result.log)
    if fault is not None:
        assert why.name == "network"
        assert "503" in why.evidence[0].claim


def test_a_package_that_is_honestly_not_there_is_theirs(box: DockerSandbox, index: LocalIndex) -> None:
    index.faults.clear()
    script = f"{ANEW} exec python3.11 -m pip install --target /tmp/t nowhere-to-be-found"
    result = install(box, ("sh", "-c", script))
    why = diagnose(result)
    assert why is not None and why.name == "package_gone", (why, result.log)
    assert "second try" not in result.log


def backend() -> bytes:
    """Return a wheel that builds by running the setup script: what a build needs of setuptools, and no more."""
    build = (
        "import runpy\n\n\ndef build_wheel(*_, **__):\n    runpy.run_path('setup.py')\n\n\n"
        "def get_requires_for_build_wheel(*_):\n    return []\n"
    )
    files = (
        ("setuptools/__init__.py", ""),
        ("setuptools/build_meta/__init__.py", f"{build}\n\nclass __legacy__:\n    build_wheel = build_wheel\n"),
    )
    return wheel("setuptools", "70.0", files=files)
