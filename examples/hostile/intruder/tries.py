"""What strangers' code tries from inside a check: each try returns what it got, and nothing where it got nothing.

Nothing is sent where a network was found: that there is one is what the try had to find out. What would change the
machine is asked for in a way that changes nothing where it is let through.
"""

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import time

TARGETS = json.loads("{}")

NOTES = "/code/src/tried"
PROXY = ("127.0.0.1", 18128)
END_OF_LINE = bytes([13, 10])  # written as text, it would be changed in a setup script by who builds that
MARK = "hostile-daemon"
POISON = "VERSION = 'poisoned'\n"


# ---------------------------------------------------------------- the host, the engine, other checks


def read_the_hosts_files():
    return read_any(TARGETS.get("files", ()))


def read_another_check():
    return read_any(TARGETS.get("other", ()))


def list_the_checkers_own_folder():
    return [path for path in TARGETS.get("folders", ()) if os.path.isdir(path) and os.listdir(path)]


def read_the_environment_of_the_host():
    found = [name for name in os.environ if name in TARGETS.get("variables", ())]
    for pid in numbers():
        try:
            with open("/proc/{}/environ".format(pid), "rb") as file:
                text = file.read().decode("utf-8", "replace")
        except OSError:
            continue
        found += [name for name in TARGETS.get("variables", ()) if name + "=" in text]
    return found


def find_a_password():
    return [name for name in os.environ if any(word in name for word in ("SECRET", "TOKEN", "PASSWORD"))]


def reach_the_engines_socket():
    paths = ["/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock"]
    for path in paths:
        with socket.socket(socket.AF_UNIX) as one:
            if one.connect_ex(path) == 0:
                return path
    return None


def find_processes_of_the_host():
    return [pid for pid in numbers() if pid in TARGETS.get("processes", ())]


def trace_a_process_of_the_host():
    return [pid for pid in TARGETS.get("processes", ()) if ctypes.CDLL(None).ptrace(16, pid, 0, 0) == 0]


def signal_a_process_of_the_host():
    return [pid for pid in TARGETS.get("processes", ()) if works(lambda: os.kill(pid, 0))]


def find_a_daemon_of_an_earlier_step():
    found = []
    for pid in numbers():
        try:
            with open("/proc/{}/cmdline".format(pid), "rb") as file:
                words = file.read().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        found += words if MARK in words and here() not in words else []
    return found


# ---------------------------------------------------------------- the network


def find_an_interface():
    return [name for name in os.listdir("/sys/class/net") if name != "lo"]


def reach_metadata_directly():
    return direct(TARGETS.get("metadata", ()))


def reach_metadata_through_the_proxy():
    return tunnel(TARGETS.get("metadata", ()))


def reach_private_addresses_directly():
    return direct(TARGETS.get("private", ()))


def reach_private_addresses_through_the_proxy():
    return tunnel(TARGETS.get("private", ()))


def reach_the_hosts_loopback():
    return direct(TARGETS.get("loopback", ()))


def reach_the_hosts_loopback_through_the_proxy():
    return tunnel(TARGETS.get("loopback", ()))


def reach_the_hosts_other_addresses():
    return direct(TARGETS.get("own", ())) + tunnel(TARGETS.get("own", ()))


def reach_an_unnamed_public_host():
    return direct(TARGETS.get("public", ())) + tunnel(TARGETS.get("public", ()))


def resolve_a_name():
    return [] if find_an_interface() else works(lambda: socket.getaddrinfo("name.invalid", 80))


def replace_the_proxys_socket():
    path = "/checker/out/proxy.sock"
    return works(lambda: os.unlink(path)) or works(lambda: open("/checker/out/x", "w").close())


def make_a_raw_socket():
    return works(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close())


def make_a_packet_socket():
    return works(lambda: socket.socket(17, socket.SOCK_RAW).close())


def make_a_socket_to_the_hypervisor():
    return works(lambda: socket.socket(40, socket.SOCK_STREAM).close()) or in_disguise(40, socket.SOCK_STREAM)


def make_such_a_socket_by_a_32_bit_call():
    """Make the same call by the older gate, which a filter may know nothing of."""
    if os.uname().machine != "x86_64":
        return None
    code = "53 b8 67 01 00 00 bb 28 00 00 00 b9 01 00 00 00 31 d2 cd 80 5b c3"

    def call():
        page = mmap.mmap(-1, 4096, prot=7)
        page.write(bytes.fromhex(code))
        return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))() >= 0

    return in_a_child(call)


def make_a_socket_to_the_kernels_ciphers():
    return works(lambda: socket.socket(38, socket.SOCK_SEQPACKET).close()) or in_disguise(38, socket.SOCK_SEQPACKET)


def in_disguise(family, kind):
    """Ask for a family with more bits than the kernel reads: a filter may look at all of them."""
    return os.uname().machine == "x86_64" and ctypes.CDLL(None).syscall(41, ctypes.c_ulong(family | 1 << 40), kind, 0) >= 0


# ---------------------------------------------------------------- the kernel


def set_the_clock():
    return works(lambda: time.clock_settime(time.CLOCK_REALTIME, time.clock_gettime(time.CLOCK_REALTIME)))


def mount_something():
    os.makedirs("/tmp/mount", exist_ok=True)
    return ctypes.CDLL(None).mount(b"none", b"/tmp/mount", b"tmpfs", 0, b"") == 0


def open_the_root_for_writing():
    return ctypes.CDLL(None).mount(b"none", b"/", b"none", 32 | 4096, b"") == 0 or writes("/usr/bin/x")


def become_root():
    return works(lambda: os.setuid(0)) or works(lambda: os.setgroups([0]))


def become_root_by_a_program():
    script = "cp /bin/sh /tmp/rooted && chmod 4755 /tmp/rooted && /tmp/rooted -p -c 'test $(id -u) = 0'"
    return subprocess.call(["sh", "-c", script], stderr=subprocess.DEVNULL) == 0


def make_a_device():
    return works(lambda: os.mknod("/tmp/device", 0o60600, os.makedev(254, 0)))


def make_a_user_namespace():
    return in_a_child(lambda: ctypes.CDLL(None).unshare(0x10000000) == 0)


def make_a_network_namespace():
    return in_a_child(lambda: ctypes.CDLL(None).unshare(0x40000000) == 0)


def enter_a_namespace_of_the_host():
    return in_a_child(lambda: ctypes.CDLL(None).setns(os.open("/proc/1/ns/net", os.O_RDONLY), 0) == 0)


def load_a_kernel_module():
    return let_through(175, None, 0, b"")


def load_a_program_into_the_kernel():
    return let_through(321, 0, None, 0)


def use_the_kernels_keys():
    return let_through(248, b"user", b"hostile", b"x", 1, -4)


def open_a_file_by_its_handle():
    return let_through(304, -100, None, 0)


def change_a_setting_of_the_kernel():
    return writes("/proc/sys/kernel/core_pattern") or writes("/proc/sys/vm/overcommit_memory")


def leave_by_the_control_group():
    folders = ["/sys/fs/cgroup"] + ["/sys/fs/cgroup/" + name for name in listed("/sys/fs/cgroup")]
    return [path for path in folders if writes(path + "/release_agent") or writes(path + "/cgroup.procs")]


def read_the_kernels_log_and_memory():
    return let_through(103, 3, None, 0) or works(lambda: open("/proc/kcore", "rb").read(1))


def take_precedence():
    return works(lambda: os.nice(-5)) or works(lambda: lower("/proc/self/oom_score_adj"))


def call_itself_something_else():
    return ctypes.CDLL(None).sethostname(b"other", 5) == 0


def change_its_root():
    return in_a_child(lambda: works(lambda: os.chroot("/tmp")))


def replace_the_checkers_tools():
    folders = ["/checker", "/checker/bin", "/checker/probes", "/checker/files", "/checker/builds"]
    folders.append(os.path.dirname(os.path.realpath("/checker/bin/python3.11")))
    return [path for path in folders if os.path.isdir(path) and writes(path + "/x")]


# ---------------------------------------------------------------- how it is tried


def numbers():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def listed(path):
    try:
        return os.listdir(path)
    except OSError:
        return []


def read_any(paths):
    found = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                found.append((path, len(file.read(1000))))
        except OSError:
            pass
    return found


def works(act):
    try:
        act()
    except (OSError, ValueError):
        return None
    return "it was let through"


def writes(path):
    """Say whether a file can be opened for writing; one that is there keeps what it holds."""
    return works(lambda: os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)))


def lower(path):
    with open(path, "r+") as file:
        file.write("-1000")


def let_through(number, *arguments):
    """Make a system call of this processor that can do nothing as it is called; what refuses it says EPERM or ENOSYS."""
    if os.uname().machine != "x86_64":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(number, *arguments)
    return None if done < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS, errno.EACCES) else (number, done)


def in_a_child(act):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if act() else 1
        except BaseException:
            pass
        os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def direct(places):
    if find_an_interface():
        return ["there is an interface"]
    return [place for place in places if works(lambda: socket.create_connection(tuple(place), 2).close())]


def tunnel(places):
    """Ask the attempt's own proxy, where this step has one."""
    found = []
    for host, port in places:
        try:
            with socket.create_connection(PROXY, 5) as one:
                one.settimeout(5)
                one.sendall("CONNECT {}:{} HTTP/1.1".format(host, port).encode() + 2 * END_OF_LINE)
                if b" 200 " in one.recv(1000).split(END_OF_LINE)[0]:
                    found.append((host, port))
        except OSError:
            pass
    return found


def here():
    """Name the container: when its first process began."""
    with open("/proc/1/stat") as file:
        return file.read().rpartition(")")[2].split()[19]


def leave_a_daemon():
    program = "import signal, time\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\ntime.sleep(600)"
    with open(os.devnull, "r+b") as nothing:
        subprocess.Popen(
            [sys.executable, "-c", program, MARK, here()],
            stdin=nothing,
            stdout=nothing,
            stderr=nothing,
            start_new_session=True,
        )


def poison():
    """Overwrite what the cache holds under a good name, and lay a wheel beside it; count what was written."""
    written, cache = 0, os.environ.get("UV_CACHE_DIR", "/checker/cache")
    for folder, _, names in os.walk(cache):
        if "good.py" in names:
            try:
                with open(os.path.join(folder, "good.py"), "w") as file:
                    file.write(POISON)
                written += 1
            except OSError:
                pass
    return written + bool(writes(os.path.join(cache, "good-1.0-py3-none-any.whl")))


TRIES = (
    read_the_hosts_files,
    read_another_check,
    list_the_checkers_own_folder,
    read_the_environment_of_the_host,
    find_a_password,
    reach_the_engines_socket,
    find_processes_of_the_host,
    trace_a_process_of_the_host,
    signal_a_process_of_the_host,
    find_a_daemon_of_an_earlier_step,
    find_an_interface,
    reach_metadata_directly,
    reach_metadata_through_the_proxy,
    reach_private_addresses_directly,
    reach_private_addresses_through_the_proxy,
    reach_the_hosts_loopback,
    reach_the_hosts_loopback_through_the_proxy,
    reach_the_hosts_other_addresses,
    reach_an_unnamed_public_host,
    resolve_a_name,
    replace_the_proxys_socket,
    make_a_raw_socket,
    make_a_packet_socket,
    make_a_socket_to_the_hypervisor,
    make_such_a_socket_by_a_32_bit_call,
    make_a_socket_to_the_kernels_ciphers,
    set_the_clock,
    mount_something,
    open_the_root_for_writing,
    become_root,
    become_root_by_a_program,
    make_a_device,
    make_a_user_namespace,
    make_a_network_namespace,
    enter_a_namespace_of_the_host,
    load_a_kernel_module,
    load_a_program_into_the_kernel,
    use_the_kernels_keys,
    open_a_file_by_its_handle,
    change_a_setting_of_the_kernel,
    leave_by_the_control_group,
    read_the_kernels_log_and_memory,
    take_precedence,
    call_itself_something_else,
    change_its_root,
    replace_the_checkers_tools,
)


def carry_out(place):
    """Try everything once, write down what came of it, and leave a daemon and a poisoned cache behind."""
    os.makedirs(NOTES, exist_ok=True)
    with open(os.path.join(NOTES, place), "a") as notes:
        for attempt in TRIES:
            try:
                got = attempt()
            except Exception as error:
                notes.write("TRIED {} {} broken {!r}\n".format(place, attempt.__name__, error))
                continue
            said = "got {!r}".format(got) if got else "nothing"
            notes.write("TRIED {} {} {}\n".format(place, attempt.__name__, said))
        leave_a_daemon()
        notes.write("TRIED {} poison wrote {}\n".format(place, poison()))


def tell():
    """Print what came of it so far, in all places."""
    for name in sorted(os.listdir(NOTES)):
        with open(os.path.join(NOTES, name)) as notes:
            print(notes.read())
