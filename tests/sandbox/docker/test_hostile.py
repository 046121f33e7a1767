"""Steps that mean harm: each ends inside its limits, with the honest status, and nothing gets out."""

from __future__ import annotations

import os
import resource
import socket
import time
from pathlib import Path

import pytest
from sandbox_steps import SMALL, OpenBox, py, run, sh

from checker.core.container import GIB, MIB
from checker.core.settings import Settings
from checker.core.values.plans import Phase
from checker.core.values.results import StepStatus
from checker.sandbox.docker.disk import free_bytes
from checker.sandbox.docker.sandbox import DockerSandbox

pytestmark = pytest.mark.docker


def test_fork_bomb(box: DockerSandbox) -> None:
    began = time.monotonic()
    result = run(box, "bomb() { bomb | bomb & }; bomb; sleep 100", seconds=3)
    # Three honest ends: the bomb waits for its time to be up, its first shell cannot fork and gives up, or the
    # kernel kills it for memory. What ended processes had it frees late: of 128 at once, 250 MB were seen.
    assert result.status in (StepStatus.TIMED_OUT, StepStatus.FAILED, StepStatus.OUT_OF_MEMORY)
    assert time.monotonic() - began < 60, "it would have slept for 100"
    assert run(box, "echo fine").log == "fine\n"


def test_processes_are_bounded(box: DockerSandbox) -> None:
    script = """
import os
made = 0
try:
    while made < 2000:
        if os.fork() == 0:
            os.pause() if hasattr(os, "pause") else __import__("signal").pause()
        made += 1
except OSError:
    print("stopped at", made)
os._exit(3)
"""
    result = box.run(py(script))
    assert result.exit_code == 3
    assert 50 < int(result.log.split()[-1]) < SMALL.pids


def test_memory_hog(box: DockerSandbox) -> None:
    result = box.run(py("a = []\nwhile True: a.append(bytearray(50_000_000))"))
    assert (result.status, result.exit_code) == (StepStatus.OUT_OF_MEMORY, 137)
    assert result.peak_memory is None or result.peak_memory <= SMALL.memory_bytes * 1.05


def test_memory_hog_in_a_child(box: DockerSandbox) -> None:
    hog = "python3.11 -c 'a = []\nwhile True: a.append(bytearray(50_000_000))'"
    assert run(box, f"{hog} || exit 7").status is StepStatus.OUT_OF_MEMORY


def test_shared_memory_counts_as_memory(box: DockerSandbox) -> None:
    result = run(box, "head -c 2000000000 /dev/zero > /dev/shm/a; ls -l /dev/shm")
    assert result.status in (StepStatus.OUT_OF_MEMORY, StepStatus.PASSED)
    assert "2000000000" not in result.log


@pytest.mark.parametrize("folder", ["/code/src", "/code", "/env", "/tmp"])
def test_disk_filler(box: DockerSandbox, settings: Settings, folder: str) -> None:
    before = free_bytes(settings.home)
    result = run(box, f"cd {folder}; n=0; while :; do n=$((n+1)); head -c 20000000 /dev/zero > f$n; done")
    assert result.status is StepStatus.DISK_LIMIT
    assert before - free_bytes(settings.home) < SMALL.disk_bytes + 200 * MIB


def test_disk_filler_that_ends_by_itself(box: DockerSandbox) -> None:
    result = run(box, "head -c 400000000 /dev/zero > big")
    assert result.status is StepStatus.DISK_LIMIT


def test_many_small_files(box: DockerSandbox) -> None:
    script = "import itertools\nfor n in itertools.count(): open(f'/tmp/{n}', 'w').close()"
    assert box.run(py(script, seconds=60)).status is StepStatus.DISK_LIMIT


def test_one_huge_file(open_box: OpenBox) -> None:
    box = open_box(SMALL.model_copy(update={"file_bytes": 20 * MIB}))
    result = run(box, "exec head -c 30000000 /dev/zero > /tmp/a")
    assert result.status is StepStatus.DISK_LIMIT
    assert run(box, "wc -c < /tmp/a").log == f"{20 * MIB}\n"


def test_a_sparse_file_takes_no_disk(box: DockerSandbox) -> None:
    assert run(box, "truncate -s 400M /tmp/sparse").passed


@pytest.mark.slow
def test_log_flood(box: DockerSandbox, settings: Settings) -> None:
    before, disk = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, free_bytes(settings.home)
    result = run(box, "echo start; yes 'a line of output' | head -c 2000000000; echo end", seconds=200)
    assert result.passed
    assert result.log.startswith("start\n")
    assert result.log.endswith("end\n")
    assert len(result.log) < SMALL.log_bytes + 200
    assert result.log_cut
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024
    assert disk - free_bytes(settings.home) < 100 * MIB


def test_one_endless_line(box: DockerSandbox) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines: list[str] = []
    result = box.run(sh("head -c 200000000 /dev/zero | tr '\\0' x; echo; sleep 0.3; echo done"), lines.append)
    assert result.passed
    assert len(result.log) < SMALL.log_bytes + 200
    assert all(len(line) <= 400 for line in lines)
    assert lines[-1] == "done"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


def test_terminal_escapes_and_bad_bytes(box: DockerSandbox) -> None:
    script = r"printf '\033]0;title\007\033[2J\033[31mred\033[0m \000\b\177 \377 \302\233 \342\200\256txt\r\n'"
    assert run(box, script).log == "red  \N{REPLACEMENT CHARACTER}  txt\n"


def test_no_network_at_run_time(box: DockerSandbox) -> None:
    script = "import socket\ntry:\n socket.create_connection(('{}', {}), 3)\nexcept OSError as e: print(e)"
    with socket.create_server(("0.0.0.0", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        addresses = {"127.0.0.1", "172.17.0.1", "169.254.169.254", socket.gethostbyname(socket.gethostname())}
        for address in addresses:
            result = box.run(py(script.format(address, port)))
            assert "refused" in result.log or "unreachable" in result.log
        with pytest.raises(TimeoutError):
            server.accept()
    assert run(box, "cat /sys/class/net/*/address").log.split() == ["00:00:00:00:00:00"]


def test_installing_has_no_interface_either(box: DockerSandbox) -> None:
    result = run(box, "ls /sys/class/net; echo offline=$UV_OFFLINE", phase=Phase.INSTALL, network=True)
    assert result.log == "lo\noffline=\n"


def test_the_hosts_loopback_is_out_of_reach_while_installing(box: DockerSandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        script = f"import socket; socket.create_connection(('127.0.0.1', {port}), 3)"
        assert "refused" in box.run(py(script, phase=Phase.INSTALL, network=True)).log
        with pytest.raises(TimeoutError):
            server.accept()


def test_host_files_environment_and_engine_are_not_there(box: DockerSandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret of the host")
    os.environ["CHECKER_TEST_SECRET"] = "a secret of the host"
    try:
        script = (
            f"cat {secret}; ls -la /var/run/docker.sock /run/docker.sock; env; cat /proc/1/environ; ls /root /home"
        )
        result = run(box, script)
    finally:
        del os.environ["CHECKER_TEST_SECRET"]
    assert "a secret" not in result.log
    assert "cannot access '/var/run/docker.sock'" in result.log


@pytest.mark.parametrize(
    "script",
    [
        "echo x > /etc/passwd",
        "touch /usr/bin/x",
        "touch /checker/x",
        "touch /checker/files/x",
        "touch /checker/probes/x",
        "touch /checker/bin/x",
        "chmod u+w /checker/bin/uv",
        "touch $(dirname $(readlink -f /checker/bin/python3.11))/x",
        "mount -t tmpfs none /mnt",
        "mount -o remount,rw /",
        "umount /tmp",
        "chroot / true",
        "date -s 2001-01-01",
        "mknod /tmp/disk b 254 0",
        "echo 1 > /proc/sys/kernel/panic",
        "echo 1 > /proc/sysrq-trigger",
        "cat /proc/kcore",
        "dmesg",
        "unshare -U true",
        "unshare -n true",
        "hostname other",
        "cp /bin/sh /tmp/s && chmod 4755 /tmp/s && /tmp/s -p -c 'test $(id -u) = 0'",
        "su -c true",
        "ulimit -c 1",
        "ulimit -n 100000000",
    ],
)
def test_what_must_not_work(box: DockerSandbox, script: str) -> None:
    result = run(box, script)
    assert result.status is StepStatus.FAILED, result.log


@pytest.mark.parametrize(
    "script",
    [
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)",
        "import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "import os; os.setuid(0)",
        "import os; os.setgroups([0])",
        "import os; os.nice(-5)",
        "import time; time.clock_settime(time.CLOCK_REALTIME, 0)",
        "import ctypes, os; libc = ctypes.CDLL(None); os._exit(int(libc.syscall(272, 0x10000000) != 0))",
        "import os; os.mknod('/tmp/x', 0o60666, os.makedev(254, 0))",
        "import ctypes, os; libc = ctypes.CDLL(None); os._exit(int(libc.syscall(321, 0, 0, 0) < 0))",
    ],
)
def test_system_calls_that_must_not_work(box: DockerSandbox, script: str) -> None:
    assert box.run(py(script)).status is StepStatus.FAILED


def test_capabilities_and_privileges(box: DockerSandbox) -> None:
    facts = dict(
        line.split(":\t", 1) for line in run(box, "cat /proc/self/status").log.splitlines() if ":\t" in line
    )
    assert {facts[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert facts["NoNewPrivs"] == "1"
    assert facts["Seccomp"] == "2"
    assert facts["Uid"].split() == ["10001"] * 4 or os.geteuid() != 0


def test_links_out_of_the_tree_are_links_to_nothing(open_box: OpenBox, source: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret of the host")
    (source / "out").symlink_to(tmp_path / "secret")
    (source / "up").symlink_to("../../../../../../../../")
    box = open_box()
    assert "a secret" not in run(box, f"cat out; cat up{tmp_path}/secret").log
    assert (tmp_path / "secret").stat().st_uid == os.geteuid()


def test_names_that_are_hard_to_remove(open_box: OpenBox) -> None:
    box = open_box()
    script = """
import os
for depth in range(3000):
    os.mkdir("d"); os.chdir("d")
os.mkdir(b"\\xff\\n-rf"); os.mkfifo("pipe"); os.chmod(".", 0)
"""
    assert box.run(py(script)).passed


def test_limits_are_settings(open_box: OpenBox) -> None:
    limits = SMALL.model_copy(update={"memory_bytes": 3 * GIB, "disk_bytes": GIB, "cpus": 0.5})
    box = open_box(limits)
    assert box.run(py("a = bytearray(900_000_000)")).passed
    assert run(box, "echo $OMP_NUM_THREADS").log == "1\n"
    assert run(box, "head -c 500000000 /dev/zero > /tmp/a").passed
