"""The trusted uv against an index of the tests' own: honest answers, faults, and what it refuses to do."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from local_index import LocalIndex, sdist, serve_index, wheel

from checker.core.container import MIB, Limits
from checker.core.indexes import IndexSettings
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import Blame, StepResult, StepStatus
from checker.ecosystems.python.planning.resolve import prepare
from checker.ecosystems.python.planning.steps import LOCK, install, resolve
from checker.index.uv import Downloads
from checker.index.uv_policy import explain_bad_line, explain_refusal
from checker.judging.causes import make_cause
from checker.judging.diagnose import diagnose_attempt
from checker.sandbox.docker.disk import measure_folder
from checker.sandbox.egress.index_trouble import classify


@pytest.fixture
def index() -> Iterator[LocalIndex]:
    with serve_index() as index:
        index.add("alpha", "1.0", ("beta>=1",))
        index.add("alpha", "2.0", ("beta>=9",))
        index.add("beta", "1.2")
        yield index


@pytest.fixture
def settings(index: LocalIndex, tmp_path: Path) -> Settings:
    settings = Settings.from_environment({"HOME": str(tmp_path), "CHECKER_HOME": str(tmp_path / "home")})
    return settings.model_copy(update={"indexes": IndexSettings(default=index.url)})


@pytest.fixture
def downloads(settings: Settings) -> Downloads:
    return Downloads(settings, tries=2, pause=0.05)


Compile = Callable[..., StepResult]


@pytest.fixture
def compile_(downloads: Downloads) -> Compile:
    def run(text: str, *options: str, seconds: int = 60) -> StepResult:
        arguments = ["pip", "compile", "--no-header", "--no-annotate", "in.txt", "-o", "out.txt", *options]
        return downloads.run_uv(
            arguments, seconds=seconds, name="resolve", files={"in.txt": text}, collect=("out.txt", "none")
        )

    return run


def test_resolving(compile_: Compile) -> None:
    result = compile_("alpha")
    assert (result.status, result.exit_code) == (StepStatus.PASSED, 0)
    assert result.collected == (("out.txt", "alpha==1.0\nbeta==1.2\n"),)


@pytest.mark.parametrize("text", ["alpha==3", "alpha==2.0", "nothing", "beta<1"])
def test_the_indexes_honest_no(compile_: Compile, text: str) -> None:
    assert compile_(text).status is StepStatus.FAILED


def test_a_fault_that_passes_is_not_noticed(index: LocalIndex, compile_: Compile) -> None:
    index.faults["simple/alpha"] = ["503"] * 4
    assert compile_("alpha").passed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("simple", "500"),
        ("simple", "429"),
        ("simple", "403"),
        ("files", "503"),
        ("files", "reset"),
        ("files", "half"),
    ],
)
def test_a_fault_that_lasts_is_ours(index: LocalIndex, settings: Settings, where: str, fault: str) -> None:
    index.faults[where] = [f"always {fault}"]
    result = Downloads(settings, tries=1).fetch(
        "alpha==1.0\nbeta==1.2", interpreter="3.11", indexes=(), seconds=120
    )
    assert result.status is StepStatus.ENGINE_ERROR, result.log


def test_a_damaged_wheel_is_ours(index: LocalIndex, downloads: Downloads) -> None:
    index.faults["files/beta"] = ["always wrong"]
    result = downloads.fetch("beta==1.2", interpreter="3.11", indexes=(), seconds=5)
    assert result.status is StepStatus.ENGINE_ERROR


def test_an_index_that_is_not_there_is_ours(settings: Settings) -> None:
    settings = settings.model_copy(update={"indexes": IndexSettings(default="http://127.0.0.1:9/simple")})
    result = Downloads(settings, tries=1).fetch("alpha==1.0", interpreter="3.11", indexes=(), seconds=60)
    assert result.status is StepStatus.ENGINE_ERROR


def test_an_index_of_the_repository_that_is_not_there_is_theirs(downloads: Downloads) -> None:
    gone = "http://127.0.0.1:9/simple"
    result = downloads.fetch("gamma==1.0", interpreter="3.11", indexes=(gone,), seconds=60)
    assert result.status is StepStatus.FAILED


def test_the_time_limit_holds(index: LocalIndex, downloads: Downloads) -> None:
    index.faults["simple"] = ["always 500"]
    result = downloads.fetch("alpha==1.0", interpreter="3.11", indexes=(), seconds=2)
    assert result.status is StepStatus.ENGINE_ERROR
    assert result.seconds < 6


def test_fetching_fills_the_cache_for_offline_use(
    index: LocalIndex, downloads: Downloads, settings: Settings
) -> None:
    lock = "alpha==1.0  # a remark\n# another\nbeta==1.2\n"
    assert downloads.fetch(lock, interpreter="3.11", indexes=(), seconds=60).passed
    asked = len(index.asked)
    assert downloads.fetch(lock, interpreter="3.11", indexes=(), seconds=60).passed
    assert len(index.asked) == asked, "what this process has fetched is not asked for again"
    assert Downloads(settings).fetch(lock, interpreter="3.11", indexes=(), seconds=60).passed
    assert [path for path in index.asked[asked:] if "/files/" in path] == []
    with downloads.cache.lease() as cache:
        assert len(list(cache.glob("archive-v*/*/alpha.py"))) == 1
        modes = {
            path.stat().st_mode & 0o777 for path in cache.rglob("*") if path.is_file() and not path.is_symlink()
        }
        assert all(mode & 0o666 == 0o666 for mode in modes)
        assert cache.parent.stat().st_mode & 0o777 == 0o700


def test_what_has_no_wheel_is_passed_over(index: LocalIndex, downloads: Downloads, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    index.files["gamma-1.0.tar.gz"] = sdist("gamma", "1.0", f"open({str(ran)!r}, 'w')")
    index.files["delta-1.0-cp36-cp36m-manylinux1_x86_64.whl"] = wheel("delta", "1.0")
    lock = "alpha==1.0\nbeta==1.2\ngamma==1.0\ndelta==1.0\n-e ./project\nzeta @ git+https://example.org/zeta\n"
    result = downloads.fetch(lock, interpreter="3.11", indexes=(), seconds=60)
    assert result.passed
    assert "no wheel, left to the sandbox: gamma" in result.log
    assert "no wheel, left to the sandbox: delta" in result.log
    asked = len(index.asked)
    again = downloads.fetch(lock, interpreter="3.11", indexes=(), seconds=60)
    assert again.passed
    assert "gamma" in again.log and "delta" in again.log and len(index.asked) == asked
    assert not ran.exists()


def test_source_distributions_are_never_built(index: LocalIndex, compile_: Compile, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    index.files["gamma-1.0.tar.gz"] = sdist("gamma", "1.0", f"open({str(ran)!r}, 'w')")
    assert compile_("gamma").status is StepStatus.FAILED
    assert not ran.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "python"],
        ["pip", "sync", "in.txt"],
        ["pip", "install", "-r", "in.txt"],
        ["pip", "install", "--target", "/usr/lib/python3", "-r", "in.txt"],
        ["pip", "install", "--target", "../x", "-r", "in.txt"],
        ["pip", "compile", "/etc/passwd"],
        ["pip", "compile", "-r", "/etc/passwd"],
        ["pip", "compile", "--requirements=/etc/passwd"],
        ["pip", "compile", "in.txt", "-o", "/tmp/x"],
        ["pip", "compile", "in.txt", "--config-file", "x"],
        ["pip", "compile", "in.txt", "--no-build-isolation"],
        ["pip", "compile", "in.txt", "--build"],
        ["pip", "compile", "in.txt", "--index", "file:///etc"],
        ["pip", "compile", "in.txt", "--find-links", "/etc"],
        ["pip", "compile", "in.txt", "--index", "https://example.org/${UV_DEFAULT_INDEX}"],
        ["pip", "compile", "in.txt", "-e", "."],
        ["pip", "compile", "in.txt", "-"],
        [],
    ],
)
def test_refused_arguments(downloads: Downloads, arguments: list[str]) -> None:
    result = downloads.run_uv(arguments, seconds=5, name="no", files={"in.txt": ""})
    assert result.status is StepStatus.ENGINE_ERROR
    assert result.log.startswith("refused: ")


def test_files_stay_in_their_folder(downloads: Downloads, tmp_path: Path) -> None:
    arguments = ["pip", "compile", "../../escaped"]
    result = downloads.run_uv(arguments, seconds=5, name="no", files={"../../escaped": "alpha"})
    assert result.status is StepStatus.ENGINE_ERROR


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "-r other.txt",
        "--index-url https://example.org",
        "--find-links /tmp",
        "./folder",
        "/etc/passwd",
        "a @ file:///etc/passwd",
        "a @ git+https://example.org/a",
        "a @ http://example.org/a.whl",
        "a @ https://example.org/a.tar.gz",
        "https://example.org/a.whl",
        "a b",
        "a @ https://example.org/${UV_DEFAULT_INDEX}/a-1.0-py3-none-any.whl",
        "a @ https://${HOME}/a-1.0-py3-none-any.whl#sha256=00",
        "a==1.0 --hash=sha256:${PIP_INDEX_URL}",
        "a==$VERSION",
    ],
)
def test_refused_lines(line: str) -> None:
    assert explain_bad_line(line) is not None
    assert explain_refusal(["pip", "compile", "in.txt"], {"in.txt": f"alpha\n{line}\n"}) is not None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# remark",
        "a",
        "a==1.0",
        "a==1.0  # costs $5",
        "a[b,c]>=1,<2 ; python_version < '3.9'",
        "a==1.0 --hash=sha256:00",
        "a==1 \\",
        "    --hash=sha256:00",
        "a @ https://example.org/a-1.0-py3-none-any.whl#sha256=00",
    ],
)
def test_accepted_lines(line: str) -> None:
    assert explain_bad_line(line) is None


def test_our_own_disk_is_ours() -> None:
    log = "error: Failed to write to the client cache\n  cause: No space left on device (os error 28)"
    assert classify(2, log) is StepStatus.ENGINE_ERROR


def test_no_secret_of_ours_reaches_uv(downloads: Downloads, tmp_path: Path) -> None:
    os.environ["CHECKER_TEST_SECRET"] = "x"
    try:
        assert not [
            name for name in downloads._environment(tmp_path, tmp_path) if "SECRET" in name or "TOKEN" in name
        ]
    finally:
        del os.environ["CHECKER_TEST_SECRET"]


@pytest.mark.parametrize("as_wheel", [False, True])
def test_what_a_repository_names_inside_is_never_asked(
    downloads: Downloads, index: LocalIndex, as_wheel: bool
) -> None:
    with serve_index() as inside:
        inside.add("gamma", "1.0")
        named = inside.url.replace("127.0.0.1", "localhost")
        place = named.removeprefix("http://").removesuffix("/simple")
        arguments = ["pip", "compile", "--no-header", "in.txt", "-o", "out.txt"]
        text = f"alpha==1.0\ngamma @ https://{place}/gamma-1.0-py3-none-any.whl\n"
        result = downloads.run_uv(
            arguments if as_wheel else [*arguments, "--index", named],
            seconds=60,
            name="resolve",
            files={"in.txt": text if as_wheel else "gamma\n"},
        )
        assert result.status is StepStatus.FAILED, result.log
        assert result.cause is not None
        assert result.cause.name == "network_policy"
        assert inside.asked == []
    assert index.asked != []


def test_no_line_of_a_repository_sends_the_passwords_of_indexes_anywhere(
    index: LocalIndex, settings: Settings
) -> None:
    secret = index.url.replace("://", "://me:hunter2@")
    downloads = Downloads(settings.model_copy(update={"indexes": IndexSettings(default=secret)}), tries=1)
    with serve_index() as elsewhere:
        place = elsewhere.url.removesuffix("/simple")
        for line in (
            f"alpha @ {place}/${{UV_DEFAULT_INDEX}}/alpha-1.0-py3-none-any.whl",
            "alpha==${PIP_INDEX_URL}",
        ):
            step = ["pip", "compile", "in.txt", "-o", "out.txt"]
            result = downloads.run_uv(step, seconds=20, name="resolve", files={"in.txt": f"{line}\n"})
            assert result.log.startswith("refused: ") and "variable of the environment" in result.log
            fetched = downloads.fetch(
                line, interpreter="3.11", indexes=(f"{place}/${{UV_DEFAULT_INDEX}}",), seconds=20
            )
            assert "hunter2" not in fetched.log
        assert elsewhere.asked == []


# ---------------------------------------------------------------- the disk

LIMIT = 20 * MIB


def make_bomb(size: int) -> bytes:
    """Return a wheel of a few kilobytes that unpacks to `size` bytes."""
    stream = io.BytesIO(wheel("bomb", "1.0"))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("bomb.bin", "w") as file:
        for _ in range(size // MIB):
            file.write(bytes(MIB))
    return stream.getvalue()


def test_a_wheel_that_unpacks_to_more_than_the_disk_of_an_attempt(index: LocalIndex, settings: Settings) -> None:
    index.files["bomb-1.0-py3-none-any.whl"] = make_bomb(600 * MIB)
    settings = settings.model_copy(update={"limits": Limits(disk_bytes=LIMIT)})
    downloads = Downloads(settings, tries=3)
    result = downloads.fetch("alpha==1.0\nbomb==1.0\n", interpreter="3.11", indexes=(), seconds=120)
    assert (result.status, result.cause and result.cause.name) == (StepStatus.DISK_LIMIT, "disk_limit")
    assert result.cause is not None and "more than 20 MiB" in result.cause.evidence[0].claim
    with downloads.cache.lease() as cache:
        assert measure_folder(cache) < LIMIT
        # An empty one takes no room, and cannot be told from one that another download has just made.
        assert [left for left in cache.glob(".tmp*") if any(left.iterdir())] == []
    again = downloads.fetch("alpha==1.0", interpreter="3.11", indexes=(), seconds=60)
    assert again.passed, again.log


def test_what_is_fetched_without_end_ends_the_installation() -> None:
    plan = BuildPlan(ecosystem="python", way=Way.PERIOD, interpreter="3.11", requirements=("bomb",))
    plan = plan.with_(steps=(resolve(plan), install(plan, offline=False)))

    class Toolbox:
        cpu_index = None

        def fetch(self, lock: str, **_: object) -> StepResult:
            step = Step(name="fetch", phase=Phase.RESOLVE, argv=("uv",))
            return StepResult(step=step, status=StepStatus.DISK_LIMIT, cause=make_cause("disk_limit"))

    def run(step: Step) -> StepResult:
        return StepResult(step=step, status=StepStatus.PASSED, exit_code=0, collected=((LOCK, "bomb==1.0\n"),))

    done = prepare(plan, Toolbox(), run)  # type: ignore[arg-type]
    assert [(r.step.name, r.status) for r in done.results[-1:]] == [("install", StepStatus.DISK_LIMIT)]
    cause = diagnose_attempt(done.results)
    assert cause is not None and (cause.name, cause.blame) == ("disk_limit", Blame.LIMIT)
