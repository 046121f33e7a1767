"""The filter of system calls: no way to the hypervisor or the kernel's ciphers, and all that code needs."""

from __future__ import annotations

import platform

import pytest
from sandbox_steps import py

from checker.core.values.results import StepStatus
from checker.sandbox.docker.sandbox import DockerSandbox

pytestmark = pytest.mark.docker

VSOCK, ALG = 40, 38


@pytest.mark.parametrize("family", [VSOCK, ALG])
def test_families_of_sockets_that_belong_to_no_network_are_refused(box: DockerSandbox, family: int) -> None:
    result = box.run(py(f"import socket; socket.socket({family}, socket.SOCK_STREAM)"))
    assert result.status is StepStatus.FAILED
    assert "PermissionError" in result.log


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of the call is this processor's")
def test_more_bits_than_the_kernel_reads_are_no_way_around(box: DockerSandbox) -> None:
    script = "import ctypes; print(ctypes.CDLL(None).syscall(41, ctypes.c_ulong({} | 1 << 40), 1, 0))"
    assert box.run(py(script.format(VSOCK))).log == "-1\n"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the code is this processor's")
def test_a_32_bit_call_is_no_way_around(box: DockerSandbox) -> None:
    code = "53 b8 67 01 00 00 bb 28 00 00 00 b9 01 00 00 00 31 d2 cd 80 5b c3"
    script = f"""
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex({code!r}))
call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
print("made", call())
"""
    result = box.run(py(script))
    assert result.status is StepStatus.FAILED
    assert "made" not in result.log


def test_what_ordinary_code_does_is_let_through(box: DockerSandbox) -> None:
    script = """
import asyncio, ctypes, mmap, multiprocessing, os, signal, socket, subprocess, tempfile, threading
for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
    socket.socket(family, socket.SOCK_STREAM).close()
one, other = socket.socketpair()
threads = [threading.Thread(target=one.send, args=(b"x",)) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert other.recv(10)
with multiprocessing.get_context("fork").Pool(2) as pool:
    assert pool.map(abs, [-1, -2]) == [1, 2]
multiprocessing.Queue().put("a semaphore")
assert subprocess.run(["sh", "-c", "exit 3"]).returncode == 3
assert mmap.mmap(-1, 4096).write(b"x") == 1
signal.setitimer(signal.ITIMER_REAL, 0)
os.sched_getaffinity(0)
os.getrandom(4)
with tempfile.TemporaryFile() as file:
    os.posix_fallocate(file.fileno(), 0, 10)
asyncio.run(asyncio.sleep(0))
pid = os.fork()
if pid == 0:
    os._exit(0 if ctypes.CDLL(None).ptrace(0, 0, 0, 0) == 0 else 1)  # a debugger's child asks to be traced
assert os.waitpid(pid, 0)[1] == 0
"""
    result = box.run(py(script))
    assert result.passed, result.log
