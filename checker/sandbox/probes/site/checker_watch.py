"""Notes what a Python process tries to open or reach, and how it ends, as one JSON line an event.

Python 3.6 or later, standard library only. It never raises into the program, and it changes no result: files are
looked at before they are opened, with an audit hook (3.8 and later) or around the functions (3.6, 3.7).

Events: start {argv}, absent {path, how, asked}, pointer {path, how, asked} (read, and its content is in Git LFS),
connect {host, port}, resolve {host}, child {command, code}, end,
exception {type, message, frames, missing, file, chain}. `asked` are the frames of the repository's code that
asked, the innermost first: what a package looks for while it is imported, or in a place of its own, is left out.
"""

import json
import os
import sys
import threading

MOST = 400
MOST_ASKING = 8
POINTER, POINTER_BYTES = b"version https://git-lfs.github.com/spec/v1", (60, 1024)
_SKIPPED = ("/proc/", "/sys/", "/dev/", "/usr/", "/lib", "/etc/", "/bin/", "/opt/", sys.prefix, sys.base_prefix)
_HOMES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
_state = threading.local()
_seen = set()
_place = {"folder": "", "root": "", "cwd": "", "homes": (), "count": 0}


def emit(kind, **fields):
    """Add one event to this process's file; a failure to do so is nobody's."""
    if getattr(_state, "busy", False):
        return
    _state.busy = True
    try:
        fields["kind"] = kind
        name = os.path.join(_place["folder"], "%d.jsonl" % os.getpid())
        handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(handle, (json.dumps(fields) + "\n").encode("utf-8", "replace"))
        finally:
            os.close(handle)
    except Exception:
        pass
    finally:
        _state.busy = False


def _full(name):
    """Return a source file's whole path: before Python 3.9 a script is known by the path it was called by."""
    return name if name.startswith(("/", "<")) else os.path.join(_place["cwd"], name)


def _is_own(name):
    return _full(name).startswith(_place["root"]) and "site-packages" not in name


def _asking(depth=3):
    """Return the frames of the repository that ask, innermost first; none where an import stands before them."""
    frame, found = sys._getframe(depth), []
    for _ in range(60):
        if frame is None or len(found) == MOST_ASKING:
            return found
        code = frame.f_code
        if _is_own(code.co_filename):
            found.append([_full(code.co_filename), frame.f_lineno, code.co_name])
        elif not found and code.co_filename.startswith("<frozen importlib"):
            return found
        frame = frame.f_back
    return found


def _is_private(text):
    """Whether a path is a place of the system or of installed packages, and not one of the repository."""
    full = os.path.join(_place["cwd"], text)
    if full.startswith(_place["root"]):
        return "site-packages" in text
    return full.startswith(_SKIPPED + _place["homes"]) or "site-packages" in full or text.startswith("~")


def _note_absent(path, how):
    if getattr(_state, "busy", False) or _place["count"] >= MOST:
        return
    try:
        text = os.fspath(path)
    except TypeError:
        return
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    if _is_private(text) or text.endswith((".pyc", ".so", "pyvenv.cfg", "__pycache__")):
        return
    key = (text, how)
    if key in _seen:
        return
    asked = _asking()
    kind = _look_at(text, how) if asked else None
    if kind is not None:
        _seen.add(key)
        _place["count"] += 1
        emit(kind, path=text, cwd=os.getcwd(), how=how, asked=asked)


def _look_at(text, how):
    """Return what a path is that is looked for: `absent`, `pointer`, or None for anything else."""
    _state.busy = True
    try:
        if how == "glob":
            import glob

            return "absent" if "**" not in text and next(glob.iglob(text), None) is None else None
        try:
            size = os.stat(text).st_size
        except (OSError, ValueError):
            return "absent"
        if how != "open" or not POINTER_BYTES[0] < size <= POINTER_BYTES[1]:
            return None
        with open(text, "rb") as file:
            return "pointer" if file.read(len(POINTER)) == POINTER else None
    except Exception:
        return None
    finally:
        _state.busy = False


def _reads(mode, flags):
    if isinstance(mode, str):
        return "w" not in mode and "a" not in mode and "x" not in mode
    return not (isinstance(flags, int) and flags & (os.O_CREAT | os.O_WRONLY))


def _note_host(kind, host, port=None):
    if isinstance(host, bytes):
        host = host.decode("utf-8", "replace")
    if not host or host in ("localhost", "127.0.0.1", "::1", "0.0.0.0", "") or (kind, host) in _seen:
        return
    _seen.add((kind, host))
    emit(kind, host=str(host)[:200], port=port if isinstance(port, int) else None)


def _audit(event, args):
    if getattr(_state, "busy", False):
        return
    try:
        if event == "open":
            if isinstance(args[0], (str, bytes)) and _reads(args[1], args[2]):
                _note_absent(args[0], "open")
        elif event in ("os.listdir", "os.scandir", "os.chdir"):
            if isinstance(args[0], (str, bytes)):
                _note_absent(args[0], "list")
        elif event == "glob.glob":
            _note_absent(args[0], "glob")
        elif event == "pathlib.Path.glob":
            _note_absent(os.path.join(str(args[0]), str(args[1])), "glob")
        elif event == "subprocess.Popen":
            _watch_popen()
        elif event == "socket.connect":
            if isinstance(args[1], tuple):
                _note_host("connect", args[1][0], args[1][1])
        elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
            _note_host("resolve", args[0])
    except Exception:
        pass


def _wrap(holder, name, before):
    """Put a look-out before a function; it keeps its name and what it is."""
    original = getattr(holder, name, None)
    if original is None:
        return

    def wrapped(*args, **kwargs):
        try:
            before(*args, **kwargs)
        except Exception:
            pass
        return original(*args, **kwargs)

    wrapped.__name__ = name
    wrapped.__wrapped__ = original
    setattr(holder, name, wrapped)


def _watch_questions():
    """Note what a program asks about before it gives up: `os.path.exists` opens nothing."""
    for name in ("exists", "isfile", "isdir"):
        _wrap(os.path, name, lambda path, *rest: _note_absent(path, "asked"))


def _note_child(command, code):
    """Note a process that code of the repository started, once it has ended."""
    if _place["count"] < MOST and isinstance(code, int) and _asking():
        _place["count"] += 1
        words = [command] if isinstance(command, (str, bytes, os.PathLike)) else list(command)
        words = [word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word) for word in words]
        emit("child", command=" ".join(words)[:500], code=code)


def _watch_children():
    """Note how processes end that are started by `os.system` and `subprocess`."""
    original = os.system

    def system(command):
        status = original(command)
        try:
            _note_child(command, status >> 8 if status > 255 else -status)
        except Exception:
            pass  # Watching never changes how the program ends: what cannot be noted is not.
        return status

    system.__wrapped__ = original
    os.system = system
    if "subprocess" in sys.modules:
        _watch_popen()


def _watch_popen():
    import subprocess

    original = subprocess.Popen._handle_exitstatus
    if hasattr(original, "__wrapped__"):
        return

    def ended(self, *args, **kwargs):
        original(self, *args, **kwargs)
        try:
            _note_child(self.args, self.returncode)
        except Exception:
            pass  # As above.

    ended.__wrapped__ = original
    subprocess.Popen._handle_exitstatus = ended


def _watch_by_wrapping():
    import builtins
    import io
    import socket

    _watch_popen()

    def opened(file, mode="r", *rest, **kwargs):
        if (isinstance(file, (str, bytes)) or hasattr(file, "__fspath__")) and _reads(mode, None):
            _note_absent(file, "open")

    _wrap(builtins, "open", opened)
    io.open = builtins.open
    _wrap(os, "listdir", lambda path=".", *rest: _note_absent(path, "list"))
    import glob

    for name in ("glob", "iglob"):
        _wrap(glob, name, lambda path, *rest, **kw: _note_absent(path, "glob"))
    _wrap(socket, "getaddrinfo", lambda host, *rest, **kw: _note_host("resolve", host))
    _wrap(socket, "gethostbyname", lambda host, *rest: _note_host("resolve", host))
    original = socket.socket.connect

    def connect(self, address):
        if isinstance(address, tuple):
            _note_host("connect", address[0], address[1])
        return original(self, address)

    socket.socket.connect = connect


def _frames(trace):
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append({"file": _full(code.co_filename), "line": trace.tb_lineno, "function": code.co_name})
        trace = trace.tb_next
    for frame in found[-25:]:
        # What a compiled module was made of is called by the place that it had where it was made.
        frame["own"] = _is_own(frame["file"]) and os.path.exists(frame["file"])
    return found[-25:]


def _describe(error):
    try:
        message = str(error)[:3000]
    except Exception:
        message = ""
    missing = getattr(error, "name", None) if isinstance(error, ImportError) else None
    file = getattr(error, "filename", None) if isinstance(error, OSError) else None
    return {
        "type": type(error).__name__,
        "message": message,
        "bases": [base.__name__ for base in type(error).__mro__[1:6]],
        "frames": _frames(error.__traceback__),
        "missing": missing if isinstance(missing, str) else None,
        "file": file if isinstance(file, str) else None,
    }


#: The exception that was noted last, and how many were.
_ended = {}


def _note_exception(error):
    """Note an exception, each once: the last one ended the process; extensions print others and go on."""
    if not isinstance(error, BaseException) or error is _ended.get("by") or _ended.get("noted", 0) >= 50:
        return
    _ended.update(by=error, noted=_ended.get("noted", 0) + 1)
    found = _describe(error)
    chain = []
    inner = error.__cause__ or error.__context__
    while inner is not None and len(chain) < 5:
        chain.append(_describe(inner))
        inner = inner.__cause__ or inner.__context__
    emit("exception", chain=chain, **found)


def _watch_the_end():
    """Catch the exception that ends the process, even where the program has set a hook of its own."""
    import atexit

    previous = sys.excepthook

    def hook(kind, error, trace):
        _note_exception(error)
        previous(kind, error, trace)

    sys.excepthook = hook

    def at_exit():
        error = getattr(sys, "last_value", None)
        if error is not None:
            _note_exception(error)
        emit("end")

    atexit.register(at_exit)


def start(folder, root):
    """Watch this process; events go to `folder`, `root` is the repository's tree."""
    _place.update(folder=folder, root=root.rstrip("/") + "/", cwd=os.getcwd())
    homes = [os.environ[name].rstrip("/") for name in _HOMES if os.environ.get(name)]
    _place["homes"] = tuple(home + "/" for home in homes if home)
    _watch_the_end()
    _watch_questions()
    _watch_children()
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(_audit)
    else:
        _watch_by_wrapping()
    emit("start", parent=os.getppid(), executable=sys.executable, argv=_argv())


def _argv():
    try:
        with open("/proc/self/cmdline", "rb") as file:
            parts = file.read(8000).split(b"\0")[:-1]
        return [part.decode("utf-8", "replace")[:500] for part in parts[:60]]
    except OSError:
        return list(getattr(sys, "argv", []))
