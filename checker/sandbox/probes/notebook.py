"""Runs a notebook from top to bottom and writes down how each cell ended.

    python notebook.py NOTEBOOK.ipynb OUT.json [--seconds N] [--root DIR]

It runs in its own folder; one that does not find a file or a module there is run again in DIR, where its author
may have started it, and that run is reported where it gets further.

Runs inside the sandbox: Python 3.6 or later. Where nbclient and ipykernel are installed beside the notebook's own
packages a kernel runs it, else its cells are run as plain Python, without what only IPython understands.
Exit code 0 if every cell ran, 1 if one failed, 124 at the time limit.

OUT: {"version": 1, "runner", "ok", "timed_out", "from_root", "pointers": [...],
      "cells": [{"index", "status", "seconds", "type", "message", "traceback"}]}
Status: ok, error, skipped (not Python), not_reached.
"""

import ast
import json
import os
import re
import signal
import sys
import time
import traceback

FOREIGN = re.compile(r"^\s*%%(?!time\b|timeit\b|capture\b|prun\b|memit\b)")
MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w,][\w, ]*=\s*[%!])")
TEXT = 4000
NOT_FOUND = ("FileNotFoundError", "NotADirectoryError", "ModuleNotFoundError", "ImportError", "OSError", "IOError")
QUOTED = re.compile(r"""["']([^"'\n]{1,300})["']""")
POINTER = b"version https://git-lfs.github.com/spec/v1"


class OutOfTime(BaseException):
    """The notebook's time is up; no `except Exception` of a cell holds it."""


def code_cells(content):
    """Return the source of all code cells, of notebook formats 2 to 4."""
    cells = content.get("cells")
    if cells is None:
        cells = [cell for sheet in content.get("worksheets", []) for cell in sheet.get("cells", [])]
    sources = [cell.get("source", cell.get("input", "")) for cell in cells if cell.get("cell_type") == "code"]
    return ["".join(source) if isinstance(source, list) else source for source in sources]


def as_python(source):
    """Return a cell without magics and shell commands; None where it is another language altogether."""
    if FOREIGN.match(source):
        return None
    lines = []
    for line in source.split("\n"):
        match = MAGIC.match(line)
        lines.append(
            match.group(1) + "pass" if match else line.rstrip("?") if line.rstrip().endswith("?") else line
        )
    return "\n".join(lines)


def show(value):
    """Show the value of a cell's last expression as a notebook would."""
    if value is not None:
        print(repr(value)[:TEXT])


def run_cell(source, index, namespace):
    """Run one cell; the value of its last expression is shown."""
    tree = ast.parse(source, "<cell %d>" % index)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell %d>" % index, "exec"), namespace)
    if last is not None:
        show(eval(compile(ast.Expression(last.value), "<cell %d>" % index, "eval"), namespace))


def run_plainly(sources, report):
    """Run the cells in this process; returns the exception that ended them, if one did."""
    namespace = {"__name__": "__main__", "display": show, "get_ipython": lambda: None}
    ended = None
    for index, source in enumerate(sources):
        code = as_python(source)
        cell = {"index": index, "status": "skipped" if code is None else "not_reached"}
        report["cells"].append(cell)
        if code is None or ended is not None:
            continue
        started = time.time()
        try:
            run_cell(code, index, namespace)
            cell["status"] = "ok"
        except BaseException as error:
            ended = error
            cell.update(status="error", type=type(error).__name__, message=str(error)[:TEXT])
            cell["traceback"] = traceback.format_exc()[-TEXT:]
        cell["seconds"] = round(time.time() - started, 2)
    return ended


def run_in_kernel(path, seconds, report):
    """Run the notebook in a kernel of its own; returns the exception that ended it, if one did."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:
        # What the author's own run left behind says nothing about this one.
        cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook, timeout=int(seconds), kernel_name="python3", resources={"metadata": {"path": os.getcwd()}}
    )
    ended = None
    try:
        client.execute()
    except BaseException as error:
        ended = error
    for index, cell in enumerate(cells):
        report["cells"].append(outcome(index, cell))
    name_failed_cell(report["cells"], ended)
    return ended


def name_failed_cell(cells, ended):
    """Note the exception with the cell that it ended: a magic that is not there leaves no output behind."""
    if type(ended).__name__ != "CellExecutionError" or any(cell["status"] == "error" for cell in cells):
        return
    reached = [cell for cell in cells if cell["status"] == "ok"] or cells
    if reached:
        message = str(getattr(ended, "evalue", "")) or str(ended)[-TEXT:]
        reached[-1].update(status="error", type=getattr(ended, "ename", ""), message=message[:TEXT])


def outcome(index, cell):
    """Say how a cell that a kernel ran has ended."""
    failures = [output for output in cell.get("outputs", []) if output.get("output_type") == "error"]
    if failures:
        found = failures[0]
        trace = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(found.get("traceback", [])))
        return {
            "index": index,
            "status": "error",
            "type": found.get("ename", ""),
            "message": str(found.get("evalue", ""))[:TEXT],
            "traceback": trace[-TEXT:],
        }
    ran = cell.get("execution_count") is not None or not cell.source.strip()
    return {"index": index, "status": "ok" if ran else "not_reached"}


def has_kernel():
    """Say whether this environment can run a kernel."""
    try:
        import ipykernel  # noqa: F401
        import nbclient  # noqa: F401
        import nbformat  # noqa: F401
    except Exception:
        return False
    return True


def stop(number, frame):
    """End whatever runs when the time is up."""
    raise OutOfTime("time limit")


def execute(path, seconds, root=None):
    """Run a notebook in its folder, and in `root` where it finds something only there; (report, exception)."""
    path, began = os.path.abspath(path), time.time()
    report, ended = execute_in(os.path.dirname(path), path, seconds)
    left = seconds - (time.time() - began)
    if root is None or os.path.samefile(root, os.path.dirname(path)) or not has_not_found(report) or left < 5:
        return report, ended
    sys.stdout.write("[checker] run again from the root of the repository\n")
    again, ended_again = execute_in(root, path, left)
    if count_done(again) > count_done(report):
        return dict(again, from_root=True), ended_again
    return report, ended


def has_not_found(report):
    """Say whether a cell stopped for a file or a module that is not there."""
    return any(cell.get("type") in NOT_FOUND for cell in report["cells"])


def count_done(report):
    """Return how many cells ran."""
    return sum(cell["status"] == "ok" for cell in report["cells"])


def find_pointers(sources):
    """Return the files named in the cells that hold no content: Git LFS keeps it elsewhere."""
    found = []
    for name in [name for source in sources for name in QUOTED.findall(source)][:2000]:
        try:
            if name not in found and os.path.isfile(name) and os.path.getsize(name) <= 1024:
                with open(name, "rb") as file:
                    found += [name] if file.read(len(POINTER)) == POINTER else []
        except (OSError, ValueError):
            continue
    return found


def execute_in(folder, path, seconds):
    """Run a notebook in a folder and return (report, the exception that ended it)."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    report = {"version": 1, "runner": "kernel" if has_kernel() else "plain", "cells": [], "timed_out": False}
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    os.environ.setdefault("MPLBACKEND", "Agg")
    os.chdir(folder)
    try:
        if report["runner"] == "kernel":
            ended = run_in_kernel(path, seconds, report)
        else:
            sys.path.insert(0, os.getcwd())
            ended = run_plainly(code_cells(content), report)
    except OutOfTime as error:
        ended = error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    report["timed_out"] = isinstance(ended, OutOfTime) or type(ended).__name__ == "CellTimeoutError"
    report["ok"] = ended is None
    reached = sum(cell["status"] != "not_reached" for cell in report["cells"])
    report["pointers"] = find_pointers(code_cells(content)[:reached])
    if ended is not None:
        report["ended"] = [type(ended).__name__, str(ended)[-TEXT:]]
    return report, ended


def main(arguments):
    """Run one notebook; 2 for wrong usage."""
    options = dict(zip(arguments[2::2], arguments[3::2]))  # noqa: B905 - Python 3.6
    if len(arguments) < 2 or len(arguments) % 2 or not {"--seconds", "--root"}.issuperset(options):
        sys.stderr.write("usage: notebook.py NOTEBOOK.ipynb OUT.json [--seconds N] [--root DIR]\n")
        return 2
    out = os.path.abspath(arguments[1])
    report, ended = execute(arguments[0], float(options.get("--seconds", 600)), options.get("--root"))
    with open(out, "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    if report["timed_out"]:
        return 124
    if ended is not None:
        raise ended
    return 0


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    sys.exit(main(sys.argv[1:]))
