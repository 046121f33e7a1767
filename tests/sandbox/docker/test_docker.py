"""What a step can do, what comes back from it, and what is left of it: on the real engine."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import docker
import pytest
from sandbox_steps import SMALL, OpenBox, leftovers, py, run, sh

from checker.core.errors import EngineFailure, StorageFailure
from checker.core.settings import Settings
from checker.core.values.plans import BuildPlan, Phase, Step, Way
from checker.core.values.results import StepStatus
from checker.sandbox.docker.engine import DockerEngine
from checker.sandbox.docker.sandbox import DockerSandbox

pytestmark = pytest.mark.docker


def test_a_step_runs_in_its_folder(box: DockerSandbox) -> None:
    result = run(box, "pwd; ls; cat table.csv", cwd="data")
    assert (result.status, result.exit_code) == (StepStatus.PASSED, 0)
    assert result.log == "/code/src/data\ntable.csv\na,b\n"
    assert not result.log_cut


def test_a_step_may_write_beside_the_tree_and_the_next_finds_it(box: DockerSandbox) -> None:
    assert run(box, "mkdir ../data && echo 1 > ../data/made").status is StepStatus.PASSED
    assert run(box, "cat ../../data/made", cwd="data").log == "1\n"
    assert run(box, "ls -a ..").log.split() == [".", "..", "data", "src"]


@pytest.mark.parametrize("code", [1, 2, 100, 255])
def test_the_exit_code_is_the_engines(box: DockerSandbox, code: int) -> None:
    result = run(box, f"echo '12 passed'; exit {code}")
    assert (result.status, result.exit_code) == (StepStatus.FAILED, code)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"argv": ("no-such-program",)}, 127),
        ({"argv": ("/code/src/main.py",)}, 126),
        ({"cwd": "no/such/folder"}, 126),
        ({"cwd": "main.py"}, 126),
        ({"argv": ("sh", "-c", "kill -SEGV $$")}, 139),
        ({"argv": ("a\0b",)}, 126),
        ({"argv": ("echo", "x" * 2_000_000)}, 126),
        ({"argv": ("echo", "x" * 200_000)}, 126),
        ({"argv": ()}, 126),
    ],
)
def test_what_cannot_start_is_the_steps_own_failure(
    box: DockerSandbox, fields: dict[str, object], code: int
) -> None:
    result = box.run(sh("true").model_copy(update=fields))
    assert (result.status, result.exit_code) == (StepStatus.FAILED, code)


def test_arguments_arrive_as_they_are(box: DockerSandbox) -> None:
    odd = "$(touch /tmp/x); `id` 'a' \"b\" \\ é\n*"
    result = box.run(Step(name="t", phase=Phase.RUN, argv=("printf", "%s|", odd, "", "-n")))
    assert result.log == f"{odd}||-n|"


def test_steps_share_files_and_no_process(box: DockerSandbox) -> None:
    first = run(box, "echo kept > /env/a; echo more >> main.py; (sleep 300 &) ; setsid sleep 300 & exit 0")
    assert first.passed
    second = run(box, "cat /env/a; cat main.py; for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; done")
    assert "kept" in second.log
    assert "more" in second.log
    assert "sleep" not in second.log
    assert first.seconds < 10


def test_the_checkout_itself_stays_as_it_is(box: DockerSandbox, source: Path) -> None:
    assert run(box, "rm -rf data; echo changed > main.py; touch new").passed
    assert (source / "data" / "table.csv").read_text() == "a,b\n"
    assert (source / "main.py").read_text() == "print('hello')\n"
    assert not (source / "new").exists()


def test_plan_files_are_read_only(open_box: OpenBox) -> None:
    box = open_box(files=(("lock.txt", "one\n"), ("deep/er.txt", "two\n")))
    box.write((("/checker/files/lock.txt", "three\n"),))
    result = run(box, "cat /checker/files/lock.txt /checker/files/deep/er.txt; echo x > /checker/files/lock.txt")
    assert result.log.startswith("three\ntwo\n")
    assert result.status is StepStatus.FAILED


def test_plan_files_stay_below_their_folder(engine: DockerEngine, source: Path) -> None:
    for name in ("../src/x", "/etc/passwd/../../../x", ""):
        plan = BuildPlan(ecosystem="base", way=Way.PERIOD, files=((name, "x"),))
        with pytest.raises(EngineFailure), engine.open(plan, source, SMALL):
            pass


def test_environment_of_plan_and_step(open_box: OpenBox) -> None:
    box = open_box(env=(("A", "plan"), ("B", "plan")))
    result = run(box, 'echo "$A $B $HOME $PATH"; id -u', env=(("B", "step"),))
    assert result.log == "plan step /env/home /env/venv/bin:/checker/bin:/usr/local/bin:/usr/bin:/bin\n10001\n"


def test_time_limit_holds_for_silent_and_stubborn_processes(box: DockerSandbox) -> None:
    began = time.monotonic()
    script = "trap '' TERM INT HUP; (trap '' TERM; sleep 100) & (setsid sleep 100 &) ; while :; do sleep 1; done"
    result = run(box, script, seconds=2)
    assert (result.status, result.exit_code) == (StepStatus.TIMED_OUT, None)
    assert time.monotonic() - began < 10


def test_output_before_a_time_out_is_kept(box: DockerSandbox) -> None:
    result = run(box, "echo before; sleep 100", seconds=2)
    assert result.log == "before\n"


def test_time_limits_scale(open_box: OpenBox) -> None:
    box = open_box(SMALL.model_copy(update={"scale": 0.05}))
    assert run(box, "sleep 10", seconds=40).status is StepStatus.TIMED_OUT


def test_lines_arrive_while_the_step_runs(box: DockerSandbox) -> None:
    seen: list[tuple[float, str]] = []
    script = "echo first; sleep 1; printf '\\033[31mse\\tcond\\033[0m\\n'"
    result = box.run(sh(script), lambda line: seen.append((time.monotonic(), line)))
    assert [line for _, line in seen] == ["first", "se\tcond"]
    assert seen[1][0] - seen[0][0] > 0.5
    assert result.log == "first\nse\tcond\n"


def test_a_listener_that_breaks_does_no_harm(box: DockerSandbox) -> None:
    def broken(line: str) -> None:
        raise RuntimeError(line)

    assert box.run(sh("echo a; sleep 0.3; echo b"), broken).log == "a\nb\n"


def test_collected_files(box: DockerSandbox) -> None:
    script = (
        "echo out > data/out.txt; echo env > /env/e.json; ln -s /etc/passwd link; ln -s /etc dir; mkfifo pipe;"
        "head -c 3000000 /dev/zero > big; printf 'a\\033[31m\\377b' > odd"
    )
    names = (
        "out.txt",
        "/env/e.json",
        "../link",
        "../dir/passwd",
        "../pipe",
        "../big",
        "../odd",
        "/etc/passwd",
        "x",
    )
    result = box.run(sh(f"cd ..; {script}", cwd="data", collect=names))
    assert result.passed
    assert dict(result.collected) == {"out.txt": "out\n", "/env/e.json": "env\n", "../odd": "a�b"}
    assert result.output("/env/e.json") == "env\n"
    assert result.output("../link") is None


def test_peak_memory_is_about_what_was_held(box: DockerSandbox) -> None:
    result = box.run(py("import time; a = b'x' * 200_000_000; time.sleep(1)"))
    assert result.passed
    assert result.peak_memory is not None
    assert 190_000_000 < result.peak_memory < 260_000_000


def test_network_is_refused_outside_of_its_phases(box: DockerSandbox) -> None:
    result = box.run(sh("true", network=True))
    assert result.status is StepStatus.ENGINE_ERROR
    assert "refused" in result.log


def test_stop_ends_a_step_from_another_thread(engine: DockerEngine, source: Path) -> None:
    plan = BuildPlan(ecosystem="base", way=Way.PERIOD)
    with engine.open(plan, source, SMALL) as box:
        began = time.monotonic()
        threading.Timer(1, engine.stop).start()
        result = box.run(sh("sleep 100", seconds=100))
        assert result.status is StepStatus.ENGINE_ERROR
        assert time.monotonic() - began < 8
        assert box.run(sh("sleep 100", seconds=100)).status is StepStatus.ENGINE_ERROR


def test_sandboxes_of_many_threads_do_not_meet(engine: DockerEngine, source: Path) -> None:
    logs: dict[int, str] = {}

    def check(number: int) -> None:
        with engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as box:
            box.run(sh(f"echo {number} > mine"))
            logs[number] = box.run(sh("cat mine; ls /code/src /env /tmp")).log

    threads = [threading.Thread(target=check, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {number: log.splitlines()[0] for number, log in logs.items()} == {n: str(n) for n in range(4)}


def test_nothing_is_left_after_an_exception(
    engine: DockerEngine, source: Path, client: docker.APIClient, settings: Settings
) -> None:
    before = set(leftovers(client, settings.home))
    with (
        pytest.raises(ZeroDivisionError),
        engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL) as b,
    ):
        run(b, "mkdir -p a/b; head -c 1000000 /dev/zero > a/b/c; chmod 000 a")
        _ = 1 / 0
    assert set(leftovers(client, settings.home)) <= before


def test_an_engine_that_is_not_there(settings: Settings, source: Path, tmp_path: Path) -> None:
    engine = DockerEngine(settings.model_copy(update={"docker_host": f"unix://{tmp_path}/none.sock"}))
    with (
        pytest.raises(EngineFailure, match="no container engine answers"),
        engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL),
    ):
        pass
    engine.close()


def test_an_engine_on_another_machine(settings: Settings, source: Path) -> None:
    engine = DockerEngine(settings.model_copy(update={"docker_host": "tcp://192.0.2.1:2375"}))
    with (
        pytest.raises(EngineFailure, match="another machine"),
        engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL),
    ):
        pass
    engine.close()


def test_a_disk_without_room(settings: Settings, source: Path) -> None:
    engine = DockerEngine(settings.model_copy(update={"free_bytes": 1 << 60}))
    with (
        pytest.raises(StorageFailure, match="MiB are free"),
        engine.open(BuildPlan(ecosystem="base", way=Way.PERIOD), source, SMALL),
    ):
        pass
    engine.close()
