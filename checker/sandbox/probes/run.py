"""Runs a command as its user would and writes down what it tried to open, how it ended, and where it stood then.

    python run.py OUT.json [--seconds N] [--root DIR] [--launcher VARIABLES] -- PROGRAM ARGUMENT...

With `--launcher "NAME=VALUE ..."`, a command that asks for what a launcher of several processes (`torchrun` and
its like) sets is run again with these variables; `launched` holds then, and all else is of that second run.

Runs inside the sandbox: Python 3.6 or later, standard library only. Every Python process of the command is
watched (site/checker_watch.py). Ends with the command's own exit code, 124 at the time limit, 128 plus the
number of the signal that killed it, 127 where the program is not there.

OUT: {"version": 1, "argv", "cwd", "exit_code", "signal", "timed_out", "seconds", "started", "output", "errors",
      "launched",
      "processes": [{"pid", "main", "argv", "exception", "absent": [...],
                    "pointers": [...], "hosts": [...], "children": [...], "ended"}]}
"""

import fcntl
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

HEAD, TAIL = 20000, 60000
ROWS, COLUMNS = 24, 80
ENDS = b"\x04" * 512
MOST_PROCESSES = 40
WANTS_LAUNCHER = re.compile(
    r"\b(?:(?:LOCAL_)?RANK|(?:LOCAL_)?WORLD_SIZE|MASTER_(?:ADDR|PORT)|local_rank)\b"
    r"|\b(?:OMPI_COMM_WORLD|PMI|SLURM)_[A-Z_]+\b"
    r"|\b(?:torchrun|torch\.distributed\.(?:run|launch)|accelerate launch|mpirun|mpiexec)\b"
    r"|process group has not been initialized"
)
"""What the last words of a program are that a launcher should have started, where nothing was set up."""

LAST_WORDS = 3000


class Tail(threading.Thread):
    """Drains one pipe as it fills, passes it on where there is a target, and keeps its head and its tail."""

    def __init__(self, pipe, target):
        super().__init__(daemon=True)
        self.pipe, self.target = pipe, target
        self.head, self.tail, self.cut = b"", b"", False
        self.start()

    def run(self):
        """Read until every process has closed the pipe."""
        while True:
            chunk = os.read(self.pipe.fileno(), 65536)
            if not chunk:
                return
            if self.target is not None:
                self.pass_on(chunk)
            room = HEAD - len(self.head)
            if room > 0:
                self.head, chunk = self.head + chunk[:room], chunk[room:]
            self.tail += chunk
            if len(self.tail) > TAIL:
                self.tail, self.cut = self.tail[-TAIL:], True

    def pass_on(self, chunk):
        """Write to the target, as long as somebody reads it."""
        try:
            self.target.write(chunk)
            self.target.flush()
        except (OSError, ValueError):
            pass

    def text(self):
        """Return what was kept."""
        middle = b"\n[...]\n" if self.cut else b""
        return (self.head + middle + self.tail).decode("utf-8", "replace")


def environment(folder, root):
    """Return the environment of the command: as it is, and every Python in it watched."""
    site = os.path.join(os.path.dirname(os.path.abspath(__file__)), "site")
    env = dict(os.environ)
    before = env.get("PYTHONPATH")
    env["PYTHONPATH"] = site + (os.pathsep + before if before else "")
    env["CHECKER_WATCH"] = folder
    env["CHECKER_WATCH_ROOT"] = root
    env["PYTHONUNBUFFERED"] = "1"
    return env


def terminal():
    """Return (read end, write end) of an input as a user has it: a terminal of a size, on which nobody types.

    Every read of it ends at once. Progress bars ask it for its size, and crash where there is none (`stty size`).
    Where no terminal can be had, the input is empty.
    """
    try:
        master, slave = os.openpty()
    except OSError:
        return os.open(os.devnull, os.O_RDONLY), None
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        os.write(master, ENDS)
        os.set_blocking(master, False)
    except OSError:
        pass
    return slave, master


def wait(process, seconds, typed):
    """Wait for a command and return its exit code, None at the time limit.

    Its input ends again and again: `getpass` throws away what was typed before it asks.
    """
    ends = time.time() + seconds
    while True:
        try:
            return process.wait(max(0.0, min(1.0, ends - time.time())))
        except subprocess.TimeoutExpired:
            if time.time() >= ends:
                return None
        try:
            os.write(typed, b"\x04")
        except (OSError, TypeError):
            pass  # nothing reads it, or there is no terminal


def end_group(process):
    """End the command and everything it started: politely, then not."""
    for number, patience in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)):
        try:
            os.killpg(process.pid, number)
        except OSError:
            pass
        try:
            process.wait(patience)
            if number == signal.SIGTERM:
                continue
            return
        except subprocess.TimeoutExpired:
            continue


def launched(argv, seconds, root, variables):
    """Run the command by itself, and as a launcher would where it asks for that; return the report of the last."""
    began = time.time()
    report = watched(argv, seconds, root, {}, (None, None))
    last = (report["errors"] + report["output"])[-LAST_WORDS:] if report["exit_code"] else ""
    left = seconds - (time.time() - began)
    if WANTS_LAUNCHER.search(last) and left > 5:
        said = " ".join("=".join(item) for item in variables.items())
        sys.stderr.write("[checker] run again as by its launcher, in one process: %s\n" % said)
        sys.stderr.flush()
        return dict(watched(argv, left, root, variables), launched=True)
    for target, text in ((sys.stdout, report["output"]), (sys.stderr, report["errors"])):
        target.buffer.write(text.encode("utf-8", "replace"))
        target.flush()
    return report


def watched(argv, seconds, root, variables, targets=None):
    """Run the command with more variables and return its report, with what its processes did."""
    folder = tempfile.mkdtemp(prefix="checker-watch-")
    try:
        env = dict(environment(folder, root), **variables)
        report = run(argv, seconds, env, targets or (sys.stdout.buffer, sys.stderr.buffer))
        report["processes"] = processes(folder, report.pop("pid", None))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return dict(report, version=1)


def run(argv, seconds, env, targets):
    """Run the command and return what is known from outside of it; its output goes on to the two targets."""
    report = {"argv": argv, "cwd": os.getcwd(), "exit_code": None, "signal": None, "timed_out": False, "pid": None}
    started = time.time()
    given, typed = terminal()
    try:
        process = subprocess.Popen(
            argv,
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=env,
            start_new_session=True,
        )
    except OSError as error:
        report.update(exit_code=127, started=False, output="", errors=str(error), seconds=0.0)
        return report
    finally:
        os.close(given)
    report["pid"] = process.pid
    out, err = Tail(process.stdout, targets[0]), Tail(process.stderr, targets[1])
    code = wait(process, seconds, typed)
    report["timed_out"] = code is None
    report["seconds"] = round(time.time() - started, 2)
    end_group(process)
    out.join(5)
    err.join(5)
    if typed is not None:
        os.close(typed)
    if code is not None and code < 0:
        report["signal"] = -code
    report.update(started=True, exit_code=code, output=out.text(), errors=err.text())
    return report


def processes(folder, main):
    """Read the events of all watched processes, the main one first."""
    found = []
    for name in os.listdir(folder):
        if not name.endswith(".jsonl"):
            continue
        entry = {"pid": int(name[:-6]), "main": False, "argv": [], "exception": None, "absent": [], "hosts": []}
        entry.update(pointers=[], children=[], ended=False)
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            for line in file:
                add_event(entry, line)
        found.append(entry)
    found.sort(key=lambda entry: entry["pid"])
    for entry in found:
        entry["main"] = entry["pid"] == main
    found.sort(key=lambda entry: (not entry["main"], entry["exception"] is None, entry["pid"]))
    return found[:MOST_PROCESSES]


def add_event(entry, line):
    """Add one event to a process; a broken line is left out."""
    try:
        event = json.loads(line)
        kind = event.pop("kind")
    except (ValueError, KeyError, AttributeError):
        return
    if kind == "start":
        entry["argv"] = event.get("argv", [])
    elif kind == "absent":
        if not os.path.exists(os.path.join(event.get("cwd", ""), event.get("path", ""))):
            entry["absent"].append(event)  # what the program has made since, it did not lack
    elif kind == "pointer":
        entry["pointers"].append(event)
    elif kind in ("connect", "resolve"):
        entry["hosts"].append(dict(event, how=kind))
    elif kind == "child":
        entry["children"].append(event)
    elif kind == "exception":
        entry["exception"] = event
    elif kind == "end":
        entry["ended"] = True


def read_arguments(arguments):
    """Take the own options off; returns (out, seconds, root, launcher, argv) or None for wrong usage."""
    if not arguments or "--" not in arguments:
        return None
    cut = arguments.index("--")
    own, argv = arguments[:cut], arguments[cut + 1 :]
    out, seconds, root, launcher = own[0], 120.0, os.getcwd(), {}
    rest = own[1:]
    while len(rest) >= 2:
        if rest[0] == "--seconds":
            seconds = float(rest[1])
        elif rest[0] == "--root":
            root = rest[1]
        elif rest[0] == "--launcher":
            launcher = dict(part.split("=", 1) for part in rest[1].split())
        else:
            return None
        rest = rest[2:]
    return None if rest or not argv else (out, seconds, os.path.realpath(root), launcher, argv)


def main(arguments):
    """Run, write the report, and end as the command ended."""
    known = read_arguments(arguments)
    if known is None:
        usage = "usage: run.py OUT.json [--seconds N] [--root DIR] [--launcher VARIABLES] -- PROGRAM ARGUMENT...\n"
        sys.stderr.write(usage)
        return 2
    out, seconds, root, launcher, argv = known
    report = launched(argv, seconds, root, launcher) if launcher else watched(argv, seconds, root, {})
    with open(out, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    if report["timed_out"]:
        return 124
    return 128 + report["signal"] if report["signal"] else report["exit_code"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
