"""A workspace full of modules that bear the names of ours and of Python's: no step of a job runs one of them."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import check_samples as samples
import pytest
from ci_runner import ROOT, Runner
from test_gitlab import read

from checker.core.errors import CheckerError
from checker.core.own_program import make_own_command
from checker.core.values.repositories import Target
from checker.hosts.folder import open_folder
from checker.reports.ci.publish_badge import Branch, clone_root
from checker.store import RunState, Store

#: What `python -m venv`, pip, and modules of ours would import, if the current folder were searched.
PLANTED = (
    "venv.py", "pip.py", "docker.py", "sitecustomize.py", "usercustomize.py", "runpy.py", "ensurepip.py",
    "json.py", "typer.py", "uv.py", "git.py", "pyoxigraph.py", "celery.py", "checker/__init__.py",
    "checker/__main__.py", "workers/__init__.py", "pip/__init__.py", "pip/__main__.py",
)  # fmt: skip

#: A package with a build backend of its own, so that pip installs it without any index.
BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "checker-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{folder}/{name}", "w") as wheel:
        info = "checker-1.dist-info"
        for package in ("checker", "checker/sandbox", "checker/sandbox/provision"):
            wheel.writestr(f"{package}/__init__.py", "")
        wheel.writestr("docker.py", "WHOSE = 'the real one'")
        wheel.writestr("checker/sandbox/provision/setup.py", "import docker; print('setup with', docker.WHOSE)")
        wheel.writestr("checker/program.py", "def main():\\n  import docker; print('checker with', docker.WHOSE)")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: checker\\nVersion: 1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\\nchecker = checker.program:main\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""
PYPROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'

CHECKED = "checker with the real one"

OFFLINE = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "PYTHONPATH": ":"}


def plant(folder: Path) -> Path:
    """Fill a folder; whatever of it is run appends its name to the file that is returned."""
    ran = folder.parent / "ran"
    for name in PLANTED:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"open({str(ran)!r}, 'a').write({name + ' '!r})\n")
    return ran


@pytest.fixture
def action(tmp_path: Path) -> Path:
    """A folder of an action whose package is a stand-in, small enough to be installed at once."""
    folder = tmp_path / "action"
    folder.mkdir()
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    return folder


def test_the_planted_modules_would_run(tmp_path: Path) -> None:
    ran = plant(tmp_path / "work")
    subprocess.run(
        [sys.executable, "-m", "venv", "--help"], cwd=tmp_path / "work", capture_output=True, check=False
    )
    assert "venv.py" in ran.read_text()


def test_no_step_of_the_action_runs_them(runner: Runner, action: Path) -> None:
    ran = plant(runner.workspace)
    runner.env = {**OFFLINE, "GITHUB_ACTION_PATH": str(action)}
    runner.event = {"pull_request": {"number": 7, "head": {"repo": None}, "base": {"repo": None}}}
    done = runner.job(install="true", badge_branch="badges", comment="true")
    said = {name: step.output.strip() for name, step in done.steps.items()}
    assert said.pop("Install the checker").endswith("setup with the real one")
    assert said == dict.fromkeys(("Check", "Publish the badge", "Comment on the pull request"), CHECKED)
    assert not ran.exists()


def test_the_gitlab_job_runs_none_of_them(runner: Runner, action: Path) -> None:
    ran = plant(runner.workspace)
    job = read(package=str(action))[1]["reproducibility"]
    environment = {
        "PATH": os.environ["PATH"],
        "CI_PROJECT_DIR": str(runner.workspace),
        **OFFLINE,
        **job["variables"],
    }
    command = ["bash", "-e", "-o", "pipefail", "-c", "\n".join(job["script"])]
    done = subprocess.run(
        command, cwd=runner.workspace, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[-3:-1] == ["setup with the real one", CHECKED], done.stderr
    assert not ran.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "top-causes"),
        ("links", "README.md"),
        ("doctor",),
        ("repo", ".", "--json"),
        ("badge", "octo/fails", "--results", "results"),
    ],
)
def test_no_command_runs_them(runner: Runner, arguments: tuple[str, ...]) -> None:
    with Store.open(runner.workspace / "results" / "checker.sqlite") as store:
        run = store.begin_run(date(2026, 1, 1), inputs=["papers.txt"], checker_version="0.1.0")
        store.save_check(run, samples.failing())
        store.finish_run(run, state=RunState.FINISHED)
    ran = plant(runner.workspace)
    environment = {
        **os.environ,
        "HOME": str(runner.folder),
        "CHECKER_HOME": str(runner.folder / "home"),
        "DOCKER_HOST": f"unix://{runner.folder}/no-engine.sock",
    }
    command = make_own_command("checker", *arguments)
    done = subprocess.run(
        command, cwd=runner.workspace, env=environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert done.stdout or done.stderr.startswith("checker: ")
    assert not ran.exists()


def test_files_that_look_like_a_git_folder_are_no_clone(tmp_path: Path) -> None:
    """HEAD, objects, refs and config can be committed; git would take the folder for a bare repository."""
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    code, ran = tmp_path / "code", tmp_path / "ran"
    subprocess.run(["git", "init", "--quiet", "--bare", str(code)], check=True)
    (code / "config").write_text(
        "[core]\nrepositoryformatversion = 0\nbare = false\nworktree = .\n"
        f'sshCommand = "touch {ran}; false"\nfsmonitor = "touch {ran}; false"\n[remote "origin"]\nurl = ssh://x/y\n'
    )
    (code / "main.py").write_text("import os\n")
    listed = subprocess.run(["git", "-C", str(code), "ls-remote", "origin"], capture_output=True, check=False)
    assert listed.returncode != 0 and ran.exists(), "git itself runs it"
    ran.unlink()
    assert clone_root(code) is None
    with pytest.raises(CheckerError):
        Branch(code, "badges").read("result.json")
    host = open_folder(code)
    repository = samples.repository()
    copy = tmp_path / "copy"
    copy.mkdir()
    host.checkout(Target(repository=repository, folder=str(code)), host.probe(repository), copy)
    assert (copy / "main.py").exists()
    assert not ran.exists()


# ---------------------------------------------------------------- the source

_STARTS_PYTHON = re.compile(r"""(?:\bpython[\d.]*|\$\{?(?:PYTHON|python|base)\b\S*|/python["'])["']?\s+-m\b""")


def _find_unsafe(tree: ast.AST) -> list[int]:
    """Return the lines on which our own interpreter is named and `-P` or `-I` does not follow."""
    safe = {
        id(node.elts[number])
        for node in ast.walk(tree)
        if isinstance(node, ast.List | ast.Tuple)
        for number, after in enumerate(node.elts[1:])
        if isinstance(after, ast.Constant) and after.value in ("-P", "-I")
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "executable" and id(node) not in safe
        if isinstance(node.value, ast.Name) and node.value.id == "sys"
    ]


def test_every_start_of_our_own_interpreter_leaves_the_current_folder_out() -> None:
    files = [path for room in ("checker", "workers", "tools") for path in (ROOT / room).rglob("*.py")]
    files = [path for path in files if "probes" not in path.parts and "inside" not in path.parts]
    assert len(files) > 200
    found = {str(path): lines for path in files if (lines := _find_unsafe(ast.parse(path.read_text())))}
    assert not found


def test_no_process_of_ours_is_started_by_way_of_the_current_folder() -> None:
    """`multiprocessing` would start interpreters that look for it in the current folder first."""
    files = [path for room in ("checker", "workers", "tools") for path in (ROOT / room).rglob("*.py")]
    words = re.compile(
        r"^\s*(?:import|from) (?:multiprocessing|concurrent\.futures\.process)|ProcessPoolExecutor", re.M
    )
    assert not [str(path) for path in files if "probes" not in path.parts and words.search(path.read_text())]


def test_no_script_of_a_job_looks_into_the_current_folder() -> None:
    tools = [path for path in (ROOT / "tools").iterdir() if path.is_file() and not path.suffix]
    for path in (ROOT / "action.yml", ROOT / "ci" / "gitlab.yml", *tools):
        lines = [line.strip() for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
        assert not [line for line in lines if _STARTS_PYTHON.search(line)], path
        assert path in tools or any(" -I -m " in line for line in lines)
