"""Imports modules: `python imports.py SPEC.json OUT.json`; exit code 0 if all required ones came.

All modules are first imported one after another in one process, because most of them bring the same large
packages along; those that did not come are tried again, each alone, and that is what counts for them.

Runs inside the sandbox under the interpreter being checked: Python 3.6 or later, standard library only.

SPEC: {"modules": [{"name": "a.b", "required": true, "own": false}, ...],   a plain name is a required module
       one with "names": ["C"] and "path": ["FOLDER"] is imported as a program in FOLDER does: `from a.b import C`.
       It counts only where something is not found: what else it does is seen when the program starts.
       "cwd": "FOLDER", "path": ["FOLDER"], "also": ["FOLDER"],   folders at the start and end of the path
       "seconds": 60, "total_seconds": 540, "jobs": 2}
OUT:  {"version": 1, "python": "3.8.18", "ok": true, "modules": [{"name", "required", "own", "status", ...}]}
Status: ok, not_found (`missing` names the module asked for), error (`type`, `message`, `frames`; `missing` where
another module was not found), crashed (`signal`), exited (`exit_code`), timed_out, skipped.
"""

import json
import os
import re
import select
import signal
import sys
import tempfile
import time
import traceback

OUTPUT_TAIL = 4000
MESSAGE = 2000


def clip(text, limit):
    """Return the end of a text."""
    return text if len(text) <= limit else "..." + text[-limit:]


def frames_of(trace, limit=8):
    """Return the innermost frames of a traceback, outermost first."""
    found = traceback.extract_tb(trace)[-limit:]
    return [{"file": str(f[0]), "line": f[1], "function": str(f[2]), "code": str(f[3] or "")[:300]} for f in found]


def inside(path, folders):
    """Say whether a path lies in one of the folders."""
    real = os.path.realpath(path)
    return any(real == folder or real.startswith(folder.rstrip(os.sep) + os.sep) for folder in folders)


def describe(module, folders, own):
    """Say where a module came from; a folder of the repository without code of its own is no module."""
    result = {"status": "ok", "file": getattr(module, "__file__", None)}
    version = getattr(module, "__version__", None)
    if isinstance(version, str):
        result["version"] = version[:100]
    if result["file"] is None and hasattr(module, "__path__"):
        result["namespace"] = [str(entry) for entry in list(module.__path__)[:5]]
        if not own and result["namespace"] and all(inside(entry, folders) for entry in result["namespace"]):
            result.update(status="not_found", missing=module.__name__, message="only a folder of that name")
    return result


def failed(name, error):
    """Describe the exception with which an import ended."""
    missing = getattr(error, "name", None) if isinstance(error, ImportError) else None
    result = {"status": "error", "type": type(error).__name__, "frames": frames_of(error.__traceback__)}
    try:
        result["message"] = clip(str(error), MESSAGE)
    except Exception:
        result["message"] = ""
    if isinstance(error, SystemExit):
        result.update(status="exited", exit_code=error.code if isinstance(error.code, int) else 1)
    if type(error).__name__ == "ModuleNotFoundError" and missing:
        result["missing"] = missing
        if name == missing or name.startswith(missing + "."):
            result["status"] = "not_found"
    return result


def import_one(entry, spec):
    """Import a module and say how it went."""
    import importlib

    name, folders = entry["name"], [os.path.realpath(path) for path in spec["path"]]
    before = list(sys.path)
    sys.path[:0] = entry.get("path", [])
    try:
        forget_others(name, entry.get("path"))
        module = importlib.import_module(name)
        if entry.get("names"):
            take(name, entry["names"])
        return describe(module, folders, entry["own"])
    except BaseException as error:
        return tolerate(entry, failed(name, error))
    finally:
        sys.path[:] = before


def take(module, names):
    """Take names from a module as an import statement does; the error is Python's own."""
    for name in names:
        if re.match(r"[A-Za-z_]\w*\Z", name):
            exec("from %s import %s" % (module, name), {})


def forget_others(name, path):
    """Take a module of that name out of the way that was imported from another folder."""
    top = name.partition(".")[0]
    file = getattr(sys.modules.get(top), "__file__", None)
    if path and file and not inside(file, [os.path.realpath(folder) for folder in path]):
        forget_half_imported(top)


def tolerate(entry, result):
    """Let what a program imports count only where a module or a name is not found."""
    told = result["status"] == "ok" or result.get("missing") or result.get("type") == "ImportError"
    if "path" in entry and not told:
        result["required"] = False
    return result


def child(entry, spec, pipe, output):
    """Be the process of one module: whatever it prints, prints, and however it exits, the pipe tells."""
    os.setsid()
    quiet = os.open(os.devnull, os.O_RDONLY)
    os.dup2(quiet, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.argv[:] = [""]
    started = time.time()
    result = import_one(entry, spec)
    result["seconds"] = round(time.time() - started, 2)
    data = json.dumps(result).encode("utf-8", "replace")
    while data:
        data = data[os.write(pipe, data) :]
    os._exit(0)


def together(spec):
    """Import all modules in one process; return the reports of those that came, by their place in the order.

    The process may crash, hang or leave at any module: what it reported until then stands.
    """
    reader, writer = os.pipe()
    deadline = time.time() + spec["total_seconds"] / 2.0
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            import_all(spec, writer)
        finally:
            os._exit(70)
    os.close(writer)
    data = b""
    plain = sum("path" not in entry for entry in spec["modules"])
    while time.time() < deadline:
        if data.count(b"\n") == plain:
            # A module that a program imports may be a program itself, and be at work for hours.
            deadline = min(deadline, time.time() + spec["seconds"])
        if not select.select([reader], [], [], 0.2)[0]:
            continue
        chunk = os.read(reader, 65536)
        if not chunk:
            break
        data += chunk
    os.close(reader)
    for number in (pid, -pid):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            pass
    os.waitpid(pid, 0)
    found = {}
    for line in data.split(b"\n")[:-1]:
        try:
            result = json.loads(line.decode("utf-8"))
        except ValueError:
            continue
        if result.get("status") == "ok":
            found[result.pop("index")] = result
    return found


def import_all(spec, pipe):
    """Be the process of all modules: a line of JSON for each as soon as it is known."""
    os.setsid()
    quiet = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(quiet, number)
    sys.argv[:] = [""]
    for index, entry in enumerate(spec["modules"]):
        started = time.time()
        result = import_one(entry, spec)
        result = dict(entry, **result)
        result.update(index=index, seconds=round(time.time() - started, 2))
        data = json.dumps(result).encode("utf-8", "replace") + b"\n"
        while data:
            data = data[os.write(pipe, data) :]
        if result["status"] != "ok":
            forget_half_imported(entry["name"])
    os._exit(0)


def forget_half_imported(name):
    """Take what a failed import left behind out of the way of the next ones."""
    for known in [known for known in sys.modules if known == name or known.startswith(name + ".")]:
        del sys.modules[known]


class Running:
    """One module being imported."""

    def __init__(self, entry, spec, left):
        self.entry = entry
        self.output = tempfile.TemporaryFile()  # noqa: SIM115
        self.reader, writer = os.pipe()
        self.started = time.time()
        self.deadline = self.started + min(spec["seconds"], left)
        self.data = b""
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.reader)
                child(entry, spec, writer, self.output.fileno())
            finally:
                os._exit(70)
        os.close(writer)

    def read(self):
        """Take what the child wrote; True once it has written everything."""
        chunk = os.read(self.reader, 65536)
        self.data += chunk
        return not chunk or self._whole()

    def _whole(self):
        try:
            json.loads(self.data.decode("utf-8"))
        except ValueError:
            return False
        return True

    def finish(self, timed_out):
        """End the child and all it started; return what is to be reported."""
        grace = time.time() + 2
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        while not timed_out and pid == 0 and time.time() < grace:
            time.sleep(0.01)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except OSError:
            pass
        if pid == 0:
            os.waitpid(self.pid, 0)
        os.close(self.reader)
        result = self._result(timed_out, status)
        result.setdefault("seconds", round(time.time() - self.started, 2))
        self.output.seek(0, os.SEEK_END)
        self.output.seek(max(0, self.output.tell() - OUTPUT_TAIL))
        result["output"] = self.output.read().decode("utf-8", "replace")
        self.output.close()
        return dict(self.entry, **tolerate(self.entry, result))

    def _result(self, timed_out, status):
        try:
            return json.loads(self.data.decode("utf-8"))
        except ValueError:
            pass
        if timed_out:
            return {"status": "timed_out"}
        if os.WIFSIGNALED(status):
            return {"status": "crashed", "signal": os.WTERMSIG(status)}
        return {"status": "exited", "exit_code": os.WEXITSTATUS(status)}


def run(spec):
    """Import all modules within the time given; return the reports in order."""
    end = time.time() + spec["total_seconds"]
    came = together(spec) if len(spec["modules"]) > 1 else {}
    done = {n: report(came[n]) for n in sorted(came)}
    waiting = [(n, entry) for n, entry in enumerate(spec["modules"]) if n not in done]
    running = {}
    while waiting or running:
        while waiting and len(running) < spec["jobs"]:
            index, entry = waiting.pop(0)
            left = end - time.time()
            if left <= 0:
                done[index] = tolerate(entry, dict(entry, status="skipped"))
            else:
                running[index] = Running(entry, spec, left)
        readers = {task.reader: index for index, task in running.items()}
        ready = select.select(list(readers), [], [], 0.2)[0] if readers else []
        for reader in ready:
            index = readers[reader]
            if running[index].read():
                done[index] = report(running.pop(index).finish(False))
        for index in [i for i, task in running.items() if time.time() > task.deadline]:
            done[index] = report(running.pop(index).finish(True))
    return [done[index] for index in sorted(done)]


def telling_line(message):
    """Return the first line of a message; of one that holds a traceback, the line that names its exception."""
    lines = message.split("\n")
    named = [line for line in lines if re.match(r"[A-Za-z_][\w.]*(?:Error|Exception)\b", line)]
    return named[-1] if named and lines[0].startswith("Traceback") else lines[0]


def report(result):
    """Say one line about a module as soon as it is known."""
    reason = result.get("missing") or result.get("message") or result.get("signal") or ""
    line = "%-12s %s %s" % (result["status"], result["name"], telling_line(str(reason))[:200])
    sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()
    return result


def read_spec(path):
    """Read the order and fill in what it leaves out."""
    with open(path, encoding="utf-8") as file:
        spec = json.load(file)
    entries = [{"name": item} if isinstance(item, str) else item for item in spec.get("modules", [])]
    spec["modules"] = [
        dict(e, required=bool(e.get("required", True)), own=bool(e.get("own", False))) for e in entries
    ]
    spec.setdefault("cwd", os.getcwd())
    spec.setdefault("path", [spec["cwd"]])
    spec.setdefault("seconds", 60)
    spec.setdefault("total_seconds", 540)
    spec.setdefault("jobs", 2)
    return spec


def main(arguments):
    """Carry out one order; 0 if every required module came, 1 if not, 2 for wrong usage."""
    if len(arguments) != 2:
        sys.stderr.write("usage: imports.py SPEC.json OUT.json\n")
        return 2
    spec = read_spec(arguments[0])
    here = os.path.dirname(os.path.abspath(__file__))
    installed = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    sys.path[:] = list(spec["path"]) + installed + list(spec.get("also", []))
    os.chdir(spec["cwd"])
    modules = run(spec)
    ok = all(item["status"] == "ok" for item in modules if item["required"])
    result = {"version": 1, "python": sys.version.split()[0], "ok": ok, "modules": modules}
    with open(arguments[1], "w", encoding="utf-8") as file:
        json.dump(result, file, indent=1)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
