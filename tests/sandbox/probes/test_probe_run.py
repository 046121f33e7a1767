"""The run probe under real interpreters: exit codes kept, and what the program tried written down."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

import pytest
from interpreters import VERSIONS, interpreter

from checker.core.tree import Tree
from checker.ecosystems.python.outcomes.run_report import StartReport, read_report
from checker.ecosystems.python.outcomes.starts import StartStatus, classify_answer, classify_start

PROBE = Path(__file__).parents[3] / "checker" / "sandbox" / "probes" / "run.py"

PROGRAMS = {
    "opens.py": "import argparse\np = argparse.ArgumentParser()\n"
    "p.add_argument('--data', default='data/train.npy')\nopen(p.parse_args().data)\n",
    "asks.py": "import os\nif not os.path.isdir('data/images'):\n"
    "    raise RuntimeError('could not find what I need')\n",
    "lists.py": "import os\nos.listdir('data/val')\n",
    "calls.py": "import socket\nsocket.getaddrinfo('data.invalid', 443)\n",
    "connects.py": "import socket\ns = socket.socket()\ns.settimeout(0.2)\ns.connect(('192.0.2.1', 9))\n",
    "hooked.py": "import sys\nsys.excepthook = lambda *a: print('mine')\nraise KeyError('x')\n",
    "printed.py": "import sys\nsys.excepthook(RuntimeError, RuntimeError('compiled against 0x10'), None)\n"
    "open('data/train.npy')\n",
    "leaves.py": "import os\nprint('bye', flush=True)\nos._exit(7)\n",
    "child.py": "import subprocess, sys\nsubprocess.call([sys.executable, 'hooked.py'])\nprint('all fine')\n",
    "starts.py": "import os, subprocess\nos.system('./solve > out/1.txt')\nsubprocess.call(['false'])\n"
    "subprocess.check_output('true; exit 0', shell=True)\ntry:\n    subprocess.call(['lampc', '-v'])\n"
    "except OSError:\n    pass\n",
    "works.py": "import time\nfor n in range(1000):\n"
    "    print('epoch', n, 'loss', 1 / (n + 1), flush=True)\n    time.sleep(0.05)\n",
    "variable.py": "import os\nos.environ['SOME_SECRET_KEY']\n",
    "noisy.py": "import sys\nsys.stderr.write('e' * 400000)\nsys.stdout.write('o' * 400000)\n",
    "good.py": "import sys, os\nprint(sys.argv[1:], 'checker' in ''.join(sys.path), __name__)\n",
    "killed.py": "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "src"
    folder.mkdir()
    for name, text in PROGRAMS.items():
        (folder / name).write_text(text)
    (folder / "run.sh").write_text('python_path="$1"\n"$python_path" hooked.py\necho done\n')
    return folder


def run(source: Path, python: str, *argv: str, seconds: float = 30, launcher: str = "") -> tuple[int, StartReport]:
    out = source.parent / "out.json"
    options = ["--seconds", str(seconds), "--root", str(source), *(["--launcher", launcher] if launcher else [])]
    command = [python, str(PROBE), str(out), *options, "--", *argv]
    done = subprocess.run(command, cwd=source, capture_output=True, timeout=120, check=False)
    found = read_report(out.read_text())
    assert found is not None
    return done.returncode, found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("program", "code", "cause"),
    [
        ("opens.py", 1, "needs_data"),
        ("asks.py", 1, "needs_data"),
        ("lists.py", 1, "needs_data"),
        ("calls.py", 1, "needs_network"),
        ("hooked.py", 1, "crash"),
        ("printed.py", 1, "needs_data"),
        ("variable.py", 1, "needs_credentials"),
        ("child.py", 0, "crash"),
        ("killed.py", 139, "crash"),
        ("noisy.py", 0, ""),
    ],
)
def test_how_it_ended_and_why(source: Path, version: str, program: str, code: int, cause: str) -> None:
    python = interpreter(version)
    returned, found = run(source, python, python, program)
    outcome = classify_start(found, Tree(source))
    assert (returned, outcome.cause) == (code, cause), (found.errors, found.processes)


@pytest.mark.parametrize("version", VERSIONS)
def test_hosts_are_noted(source: Path, version: str) -> None:
    python = interpreter(version)
    _, found = run(source, python, python, "connects.py")
    assert [(contact.host, contact.port) for contact in found.processes[0].hosts] == [("192.0.2.1", 9)]


def test_the_program_is_not_changed(source: Path) -> None:
    python = interpreter("this")
    code, found = run(source, python, python, "good.py", "--a", "b c")
    assert (code, found.output.strip()) == (0, "['--a', 'b c'] False __main__")


def test_exit_codes_are_kept(source: Path) -> None:
    python = interpreter("this")
    code, found = run(source, python, python, "leaves.py")
    assert (code, found.exit_code, found.output) == (7, 7, "bye\n")
    assert run(source, python, python, "opens.py", "--wrong")[0] == 2
    assert run(source, python, "no-such-program")[0] == 127


def test_usage_error_and_answer(source: Path) -> None:
    python = interpreter("this")
    _, refused = run(source, python, python, "opens.py", "--wrong")
    assert classify_start(refused, Tree(source)).cause == "usage_only"
    _, asked = run(source, python, python, "opens.py", "--help")
    assert classify_answer(asked, Tree(source)).status is StartStatus.PASSED


def test_time_limit_ends_everything_and_counts_as_a_start(source: Path) -> None:
    python = interpreter("this")
    started = time.monotonic()
    code, found = run(source, python, python, "works.py", seconds=2)
    assert time.monotonic() - started < 15
    assert (code, found.timed_out) == (124, True)
    assert classify_start(found, Tree(source)).status is StartStatus.PASSED


def test_a_shell_script_that_goes_on_after_a_crash(source: Path) -> None:
    python = interpreter("this")
    code, found = run(source, python, "sh", "run.sh", python)
    assert code == 0
    assert classify_start(found, Tree(source)).status is StartStatus.FAILED


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("text", "code", "launched"),
    [
        ("import os\nprint('rank', int(os.environ['RANK']))\n", 0, True),
        ("import os\nif 'LOCAL_RANK' in os.environ:\n    local_rank = 0\nprint(local_rank)\n", 0, True),
        ("import os\nrank = os.environ['RANK']\nopen('weights.pth')\n", 1, True),
        ("import os\nprint('alone', os.environ.get('RANK'))\n", 0, False),
        ("open('weights.pth')\n", 1, False),
        ("print('MASTER_PORT is not set; alone')\n", 0, False),
    ],
)
def test_a_launcher_is_stood_in_for_where_the_program_asks(
    source: Path, version: str, text: str, code: int, launched: bool
) -> None:
    (source / "several.py").write_text(text)
    python = interpreter(version)
    ended, report = run(source, python, python, "several.py", launcher="RANK=0 LOCAL_RANK=0 MASTER_ADDR=127.0.0.1")
    assert (ended, report.launched) == (code, launched)
    assert ("weights.pth" in report.errors) is ("weights" in text)
    assert "KeyError" not in report.errors
    assert run(source, python, python, "several.py")[1].launched is False


def test_the_sources_of_a_compiled_module_are_not_the_repository(source: Path) -> None:
    """A compiled module names its sources by the place at which they were compiled, relative to nothing here."""
    made = "exec(compile('def go():\\n    raise OSError(5)\\n', 'h5/_objects.pyx', 'exec'))\ngo()\n"
    (source / "compiled.py").write_text(made)
    python = interpreter(VERSIONS[0])
    _, report = run(source, python, python, "compiled.py")
    raised = report.processes[0].exception
    assert raised is not None
    assert [frame.own for frame in raised.frames] == [True, False]


def test_long_output_is_bounded(source: Path) -> None:
    python = interpreter("this")
    _, found = run(source, python, python, "noisy.py")
    assert 50_000 < len(found.errors) < 100_000
    assert 50_000 < len(found.output) < 100_000


def test_an_own_sitecustomize_still_runs(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = interpreter("this")
    (source / "site").mkdir()
    (source / "site" / "sitecustomize.py").write_text("import builtins\nbuiltins.own_site = 'here'\n")
    (source / "shows.py").write_text("print(own_site)\n")
    monkeypatch.setenv("PYTHONPATH", str(source / "site"))
    assert run(source, python, python, "shows.py")[1].output == "here\n"


def test_wrong_usage() -> None:
    done = subprocess.run([interpreter("this"), str(PROBE), "a.json"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: run.py OUT.json")


def test_the_report_is_json_with_a_version(source: Path) -> None:
    python = interpreter("this")
    run(source, python, python, "good.py")
    assert json.loads((source.parent / "out.json").read_text())["version"] == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_the_input_is_a_terminal_on_which_nobody_types(source: Path, version: str) -> None:
    """Progress bars ask for its size, and nothing waits for an answer."""
    python = interpreter(version)
    program = (
        "import os, sys\n"
        "print(os.popen('stty size').read().split(), sys.stdin.isatty(), os.get_terminal_size(0)[:])\n"
        "for _ in range(9):\n"
        "    try: input('name? ')\n"
        "    except EOFError: print('nobody')\n"
        "print(repr(sys.stdin.read()))\n"
    )
    code, found = run(source, python, python, "-c", program)
    lines = found.output.replace("name? ", "").splitlines()
    assert code == 0, found.errors
    assert lines == ["['24', '80'] True (80, 24)", *["nobody"] * 9, "''"]
    assert found.seconds < 20


def test_without_a_terminal_the_input_is_empty(source: Path) -> None:
    python = interpreter("this")
    out = source.parent / "out.json"
    script = (
        "import os, runpy, sys\n"
        "def none(): raise OSError('no terminals here')\n"
        "os.openpty = none\n"
        "read = 'import sys; print(repr(sys.stdin.read()))'\n"
        f"sys.argv = ['run.py', {str(out)!r}, '--', {python!r}, '-c', read]\n"
        f"runpy.run_path({str(PROBE)!r}, run_name='__main__')\n"
    )
    done = subprocess.run([python, "-c", script], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, b"''\n"), done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_processes_that_the_code_starts_are_noted_with_how_they_ended(source: Path, version: str) -> None:
    python = interpreter(version)
    code, found = run(source, python, python, "starts.py")
    children = [(child.command, child.code) for child in found.processes[0].children]
    assert children == [("./solve > out/1.txt", 2), ("false", 1), ("true; exit 0", 0), ("lampc -v", 255)]
    assert (code, classify_start(found, Tree(source)).status) == (0, StartStatus.FAILED)
