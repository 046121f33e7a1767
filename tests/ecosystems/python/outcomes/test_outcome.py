"""A limit of the check is told from a fault of the repository by what the program tried to open."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.core.tree import Tree
from checker.core.values.plans import Phase, Step
from checker.core.values.results import StepResult, StepStatus
from checker.ecosystems.python.outcomes.modules import find_module_cause
from checker.ecosystems.python.outcomes.reasons import explain_step
from checker.ecosystems.python.outcomes.run_report import StartReport, read_report
from checker.ecosystems.python.outcomes.starts import StartStatus, classify_answer, classify_start
from checker.judging.causes import CAUSES

OWN = {"file": "/code/src/run.py", "line": 3, "function": "<module>", "own": True}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return make_tree(
        tmp_path,
        {
            "run.py": "",
            "configs/a.yaml": "",
            "models/net.py": "",
            "assets/list.txt": "",
            "kg/__init__.py": "",
            "kg/.gitkeep": "",
        },
    )


def report(**fields: object) -> StartReport:
    return StartReport.model_validate({"argv": ["python", "run.py"], "exit_code": 1, **fields})


def crashed(
    kind: str, message: str = "", main: bool = True, argv: tuple[str, ...] = ("python", "run.py"), **more: object
) -> dict[str, object]:
    absent = more.pop("absent", ())
    hosts = more.pop("hosts", ())
    exception = {"type": kind, "message": message, "frames": [OWN], **more}
    return {"main": main, "argv": argv, "exception": exception, "absent": absent, "hosts": hosts}


@pytest.mark.parametrize(
    ("kind", "message", "file", "cause"),
    [
        (
            "FileNotFoundError",
            "[Errno 2] No such file or directory: 'data/train.npy'",
            "data/train.npy",
            "needs_data",
        ),
        ("FileNotFoundError", "[Errno 2] ...", "/home/me/imagenet/train", "needs_data"),
        ("FileNotFoundError", "[Errno 2] ...", "/code/src/checkpoints/best.pth", "needs_weights"),
        ("FileNotFoundError", "[Errno 2] ...", "configs/b.yaml", "missing_in_repository"),
        ("FileNotFoundError", "[Errno 2] ...", "/code/src/models/other.py", "missing_in_repository"),
        ("FileNotFoundError", "[Errno 2] ...", "assets/labels.txt", "missing_in_repository"),
        ("FileNotFoundError", "[Errno 2] ...", "kg/relation2ids", "needs_data"),
        ("FileNotFoundError", "[Errno 2] ...", "nvidia-smi", "needs_gpu"),
        ("FileNotFoundError", "./datasets/x.h5 is missing", None, "needs_data"),
        (
            "OSError",
            "Unable to open file (Unable to open file: name = 'data/signs.h5', errno = 2, error message ="
            " 'no such file or directory', flags = 0, o_flags = 0)",
            None,
            "needs_data",
        ),
        ("RuntimeError", "Found no NVIDIA driver on your system", None, "needs_gpu"),
        ("NotImplementedError", "Must indicate valid location of raw data.", None, "needs_data"),
        (
            "InvalidArgumentError",
            "Expected 'tf.Tensor(False)' to be true. Summarized data: b'No files matched pattern: data/*.txt*'",
            None,
            "needs_data",
        ),
        ("ImportError", "libcublas.so.9.0: cannot open shared object file", None, "needs_gpu_toolchain"),
        (
            "RuntimeError",
            "Detected that PyTorch and torch_scatter were compiled with different CUDA versions",
            None,
            "needs_gpu_toolchain",
        ),
        ("AssertionError", "Torch not compiled with CUDA enabled", None, "needs_gpu"),
        ("RuntimeError", "Attempting to deserialize object on a CUDA device but", None, "needs_gpu"),
        ("OSError", "We couldn't connect to 'https://huggingface.co' to load this file", None, "needs_weights"),
        ("URLError", "<urlopen error [Errno -3] Temporary failure in name resolution>", None, "needs_network"),
        ("LookupError", "Resource punkt not found.\n Please use the NLTK Downloader", None, "needs_data"),
        ("OSError", "[Errno 27] File too large", None, "disk_limit"),
        (
            "OSError",
            "[Errno 28] No space left on device: '/code/src/data/x.npy'",
            "/code/src/data/x.npy",
            "disk_limit",
        ),
        ("UsageError", "api_key not configured (no-tty). call wandb login", None, "needs_credentials"),
        ("AuthenticationError", "No API key provided.", None, "needs_credentials"),
        ("TclError", "no display name and no $DISPLAY environment variable", None, "needs_display"),
        ("pygame.error", "No available video device", None, "needs_display"),
        ("Xlib.error.DisplayConnectionError", 'Can\'t connect to display ":0": refused', None, "needs_display"),
        (
            "ImportError",
            "Cannot load backend 'TkAgg' which requires the 'tk' interactive framework, as 'headless' is running",
            None,
            "needs_display",
        ),
        (
            "ValueError",
            "num_samples should be a positive integer value, but got num_samples=0",
            None,
            "needs_data",
        ),
        ("AttributeError", "module 'numpy' has no attribute 'float'", None, "incompatible_dependency"),
        ("TypeError", "forward() got an unexpected keyword argument 'x'", None, "incompatible_dependency"),
        ("NameError", "name 'foo' is not defined", None, "crash"),
        ("ZeroDivisionError", "division by zero", None, "crash"),
        ("MemoryError", "", None, "out_of_memory"),
        ("OSError", "libGL.so.1: cannot open shared object file: No such file", None, "missing_system_library"),
    ],
)
def test_exceptions(tree: Tree, kind: str, message: str, file: str | None, cause: str) -> None:
    outcome = classify_start(report(processes=[crashed(kind, message, file=file)]), tree)
    assert (outcome.cause or None) == cause
    assert outcome.status is (StartStatus.LIMIT if CAUSES[cause].limit else StartStatus.FAILED)
    assert (outcome.evidence[0].source, outcome.evidence[0].line) == ("run.py", 3)


def test_missing_modules(tree: Tree) -> None:
    nowhere = crashed("ModuleNotFoundError", "No module named 'einops'", missing="einops")
    assert classify_start(report(processes=[nowhere]), tree).cause == "undeclared_dependency"
    local = crashed("ModuleNotFoundError", "No module named 'models.old'", missing="models.old")
    assert classify_start(report(processes=[local]), tree).cause == "missing_in_repository"


def test_variable_of_the_environment(tree: Tree) -> None:
    frames = [OWN, {"file": "/usr/lib/python3.8/os.py", "line": 675, "function": "__getitem__"}]
    process = crashed("KeyError", "'OPENAI_TOKEN'")
    process["exception"]["frames"] = frames  # type: ignore[index]
    assert classify_start(report(processes=[process]), tree).cause == "needs_credentials"
    assert classify_start(report(processes=[crashed("KeyError", "'x'")]), tree).cause == "crash"


def test_the_exception_that_another_came_from(tree: Tree) -> None:
    inner = {"type": "FileNotFoundError", "message": "", "file": "data/x.csv"}
    outcome = classify_start(report(processes=[crashed("RuntimeError", "could not start", chain=[inner])]), tree)
    assert outcome.cause == "needs_data"


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("libsums.so", "needs_gpu_toolchain"),
        ("./kernels/build/libother.so", "needs_gpu_toolchain"),
        ("/code/src/_other.so", "needs_gpu_toolchain"),
        ("libGL.so.1", "missing_system_library"),
        ("/usr/lib/libother.so", "missing_system_library"),
    ],
)
def test_the_repository_s_own_cuda_library(tmp_path: Path, message: str, cause: str) -> None:
    tree = make_tree(tmp_path, {"run.py": "", "kernels/sums.cu": ""})
    found = report(processes=[crashed("OSError", f"{message}: cannot open shared object file: No such file")])
    assert classify_start(found, tree).cause == cause
    assert classify_answer(found, tree).cause == cause


def test_what_an_installed_package_lacks_is_not_missing_in_the_repository(tree: Tree) -> None:
    inside = {"file": "/env/venv/lib/python3.6/site-packages/tool/core.py", "line": 6, "own": False}
    lacks = {"missing": "google", "frames": [OWN, inside]}
    process = crashed("ModuleNotFoundError", "No module named 'google'", **lacks)
    assert classify_start(report(processes=[process]), tree).cause == "undeclared_dependency"
    own = crashed("ModuleNotFoundError", "No module named 'google'", missing="google")
    assert classify_start(report(processes=[own]), tree).cause == "missing_in_repository"


def test_a_file_asked_for_explains_what_follows(tree: Tree) -> None:
    asked = [["/code/src/run.py", 3, "main"]]
    absent = [{"path": "data/images", "how": "asked", "asked": asked}, {"path": "lamps/rc", "how": "asked"}]
    process = crashed("IndexError", "list index out of range", absent=absent)
    assert classify_start(report(processes=[process]), tree).cause == "needs_data"
    unrelated = crashed("NameError", "name 'x' is not defined", absent=absent)
    assert classify_start(report(processes=[unrelated]), tree).cause == "crash"


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("assert os.path.exists(path)", "needs_data"),
        ("assert osp.isdir(root), root", "needs_data"),
        ("assert Path(args.data).exists(), 'no data'", "needs_data"),
        ("assert os.path.isfile(args.checkpoint)", "needs_weights"),
        ("assert os.path.exists('configs/b.yaml')", "missing_in_repository"),
        ("assert not os.path.exists(out)", "crash"),
        ("assert len(found) == 3", "crash"),
    ],
)
@pytest.mark.parametrize("marks", ["", "           ^^^^^^^^^^^^^^^^^^\n"])
def test_a_program_that_looks_for_a_file_itself(tree: Tree, line: str, cause: str, marks: str) -> None:
    errors = (
        f'Traceback (most recent call last):\n  File "/code/src/run.py", line 3, in <module>\n    {line}\n{marks}'
    )
    found = report(processes=[crashed("AssertionError")], errors=f"{errors}AssertionError\n")
    assert classify_start(found, tree).cause == cause


TOP = (
    "INFO - main - begins\nERROR - main - Traceback (most recent call last):\n"
    '  File "main.py", line 120, in main\n    runner.train()\n'
    '  File "/code/src/runners/one.py", line 67, in train\n    data = load()\n'
)
DEEP = TOP.replace('"main.py"', '"/code/src/runners/one.py"')
CHAIN = (
    'Traceback (most recent call last):\n  File "/x/socket.py", line 7, in go\ngaierror: no\n\n'
    "During handling of the above exception, another exception occurred:\n\n"
)


@pytest.mark.parametrize(
    ("errors", "argv", "status", "cause"),
    [
        (TOP + "NameError: name 'x' is not defined\n", ["python", "main.py"], "failed", "crash"),
        (
            TOP + "urllib.error.URLError: <urlopen error>\n\n0it [00:00, ?it/s]\n",
            ["python", "main.py"],
            "limit",
            "needs_network",
        ),
        (
            CHAIN + TOP + "urllib.error.URLError: <urlopen error>\n",
            ["python", "main.py"],
            "limit",
            "needs_network",
        ),
        (TOP + "NameError: name 'x' is not defined\n", ["python", "-m", "tool.main"], "failed", "crash"),
        (2 * (TOP + "NameError: name 'x' is not defined\n"), ["python", "main.py"], "passed", ""),
        (TOP + "NameError: name 'x' is not defined\n" + "goes on\n" * 3, ["python", "main.py"], "passed", ""),
        (DEEP + "NameError: name 'x' is not defined\n", ["python", "main.py"], "passed", ""),
        (
            "Exception ignored in: <function Net.__del__ at 0x7f>\nTraceback (most recent call last):\n"
            '  File "main.py", line 9, in __del__\nAttributeError: lost\n',
            ["python", "main.py"],
            "passed",
            "",
        ),
    ],
)
def test_what_the_program_caught_at_the_top_and_gave_up_with(
    tree: Tree, errors: str, argv: list[str], status: str, cause: str
) -> None:
    found = classify_start(report(exit_code=0, output="settings: none\n", errors=errors, argv=argv), tree)
    assert (found.status.value, found.cause) == (status, cause)


def test_a_download_that_failed_by_other_words(tree: Tree) -> None:
    calls = [{"host": "yann.lecun.com", "port": 80}]
    found = report(
        processes=[crashed("RuntimeError", "Error downloading train-images-idx3-ubyte.gz", hosts=calls)]
    )
    assert classify_start(found, tree).cause == "needs_network"
    alone = report(processes=[crashed("RuntimeError", "Error downloading train-images-idx3-ubyte.gz")])
    assert classify_start(alone, tree).cause == "crash"


def test_a_runner_that_exits_with_0_after_its_child_failed(tree: Tree) -> None:
    child = crashed("NameError", "name 'x' is not defined", main=False, argv=("python", "inner.py"))
    outcome = classify_start(report(exit_code=0, processes=[child]), tree)
    assert (outcome.status, outcome.cause) == (StartStatus.FAILED, "crash")


def test_a_question_to_another_interpreter_is_no_child_that_failed(tree: Tree) -> None:
    child = crashed("ImportError", "x", main=False, argv=("python", "-c", "import x"))
    assert classify_start(report(exit_code=0, processes=[child]), tree).status is StartStatus.PASSED


def test_still_at_work_at_the_limit(tree: Tree) -> None:
    working = report(exit_code=None, timed_out=True, seconds=120, output="epoch 1 loss 0.3\n" * 10)
    assert classify_start(working, tree).status is StartStatus.PASSED


def test_waiting_for_a_host_is_no_work(tree: Tree) -> None:
    hosts = [{"host": "huggingface.co"}]
    waiting = report(exit_code=None, timed_out=True, processes=[{"main": True, "hosts": hosts}])
    assert classify_start(waiting, tree).cause == "needs_network"


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("Error: Invalid value for 'DATA_PATH': Directory '/data4/MVTec' does not exist.\n", "needs_data"),
        ("Error: Invalid value for '--ckpt': File 'best.pth' does not exist.\n", "needs_weights"),
        ("fit.py: error: argument --data: can't open 'lamps.csv': [Errno 2] No such file\n", "needs_data"),
        ("Error: Invalid value for '--kind': 'x' is not one of 'a', 'b'.\n", "usage_only"),
    ],
)
def test_a_path_among_the_arguments_that_is_not_there(tree: Tree, said: str, cause: str) -> None:
    text = f"Usage: fit.py [OPTIONS]\nTry 'fit.py --help' for help.\n\n{said}"
    assert classify_start(report(exit_code=2, errors=text), tree).cause == cause


def test_a_usage_error_is_no_start(tree: Tree) -> None:
    text = "usage: run.py [-h] --data DATA\nrun.py: error: the following arguments are required: --data\n"
    outcome = classify_start(report(exit_code=2, errors=text), tree)
    assert (outcome.status, outcome.cause) == (StartStatus.FAILED, "usage_only")


@pytest.mark.parametrize(
    "fields",
    [
        {"exit_code": 0, "output": "Need model name and gpu id as command line arguments.\n"},
        {"exit_code": 0, "output": "fit 1.2\nPlease give the folder as an argument\n"},
        {"exit_code": 1, "errors": "Wrong number of arguments!\n"},
        {"exit_code": 1, "errors": "Arguments missing: folder\n"},
        {
            "exit_code": 1,
            "processes": [crashed("IndexError", "list index out of range")],
            "errors": "Traceback (most recent call last):\n"
            '  File "run.py", line 3, in <module>\n    fit(sys.argv[1])\n'
            "        ~~~~~~~~^^^\nIndexError: list index out of range\n",
        },
    ],
)
def test_a_program_that_asks_for_arguments_has_not_started(tree: Tree, fields: dict[str, object]) -> None:
    outcome = classify_start(report(**fields), tree)
    assert (outcome.status, outcome.cause) == (StartStatus.FAILED, "usage_only")


@pytest.mark.parametrize(
    "fields",
    [
        {"exit_code": 0, "output": "loss 0.5\n" * 30 + "no argument needs to be given\n"},
        {"exit_code": 0, "output": "all arguments are fine\n"},
        {"exit_code": 0, "output": "", "errors": "this parameter is required from the next version on\n"},
    ],
)
def test_a_program_that_speaks_of_arguments_may_have_worked(tree: Tree, fields: dict[str, object]) -> None:
    assert classify_start(report(**fields), tree).status is StartStatus.PASSED


@pytest.mark.parametrize(
    ("wanted", "cause"),
    [
        ("lampc", "needs_program"),
        ("sbatch", "needs_program"),
        ("gcc", "missing_compiler_or_command"),
        ("net", "missing_compiler_or_command"),
        ("data/train.csv", "needs_data"),
    ],
)
def test_a_program_that_another_calls_is_no_file_of_data(tree: Tree, wanted: str, cause: str) -> None:
    frames = [
        OWN,
        {"file": "/opt/lib/python3.8/subprocess.py", "line": 1, "function": "_execute_child", "own": False},
    ]
    message = f"[Errno 2] No such file or directory: '{wanted}'"
    process = crashed("FileNotFoundError", message, file=wanted, frames=frames)
    assert classify_start(report(processes=[process]), tree).cause == cause


@pytest.mark.parametrize(
    ("function", "output", "status"),
    [
        ("<module>", "", StartStatus.FAILED),
        ("<module>", "reads the contracts\n", StartStatus.LIMIT),
        ("main", "", StartStatus.LIMIT),
    ],
)
def test_a_program_that_no_index_has_is_a_limit_once_the_codes_own_work_has_begun(
    tree: Tree, function: str, output: str, status: StartStatus
) -> None:
    calls = {"file": "/opt/lib/python3.8/subprocess.py", "line": 1, "function": "_execute_child", "own": False}
    message = "[Errno 2] No such file or directory: 'lampc'"
    frames = [{**OWN, "function": function}, calls]
    process = crashed("FileNotFoundError", message, file="lampc", frames=frames)
    outcome = classify_start(report(processes=[process], output=output), tree)
    assert (outcome.cause, outcome.status) == ("needs_program", status)


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("CRITICAL:root:Please install lampc and make sure it is in the path.", "needs_program"),
        ("lampc could not be found in your PATH", "needs_program"),
        ("sh: 1: lampc: not found", "needs_program"),
        ("sh: 1: gcc: not found", "missing_compiler_or_command"),
        ("ImportError: make sure that lamps is in the python path", "import_error"),
    ],
)
def test_a_program_that_is_named_in_words(tree: Tree, said: str, cause: str) -> None:
    outcome = classify_start(report(errors=f"{said}\n"), tree)
    assert (outcome.cause, outcome.status) == (cause, StartStatus.FAILED)


@pytest.mark.parametrize(
    ("output", "errors", "status"),
    [
        ("", "lampc is not installed. Install the lamp compiler (lampc) first.\n", StartStatus.FAILED),
        ("reads\n", "lampc is not installed. Install the lamp compiler (lampc) first.\n", StartStatus.LIMIT),
        ("The lamp compiler could not be found.\n", "", StartStatus.FAILED),
        ("reads\nThe lamp compiler could not be found.\n", "", StartStatus.LIMIT),
    ],
)
def test_a_program_that_is_named_in_words_is_a_limit_once_work_has_begun(
    tree: Tree, output: str, errors: str, status: StartStatus
) -> None:
    outcome = classify_start(report(output=output, errors=errors), tree)
    assert (outcome.cause, outcome.status) == ("needs_program", status)


@pytest.mark.parametrize(
    ("output", "status", "cause"),
    [
        ("Error: No module named 'models.net'\n", "failed", "missing_in_repository"),
        ("fits\nAn error occurred: name 'rows' is not defined\n", "failed", "crash"),
        ("Error: [Errno 2] No such file or directory: 'data/lamps.csv'\n", "limit", "needs_data"),
        ("ERROR:root:No module named 'models.net'\n", "failed", "missing_in_repository"),
        ("Error: 0.034\n", "passed", ""),
        ("Error: No module named 'faster', goes on without\nloss 0.1\n", "passed", ""),
        ("Please download the dataset from https://example.org and put it in data/\n", "limit", "needs_data"),
        ("You need to place the pretrained weights in ckpt/\n", "limit", "needs_weights"),
        ("Please cite the paper about the data\n", "passed", ""),
    ],
)
def test_what_a_program_says_last_before_it_ends_well(make_tree, output: str, status: str, cause: str) -> None:
    outcome = classify_start(report(exit_code=0, output=output), make_tree({"models/__init__.py": ""}))
    assert (outcome.status, outcome.cause) == (status, cause)


def test_what_a_shell_did_not_find_explains_what_follows(make_tree) -> None:
    tree = make_tree({"Makefile": "", "main.c": "", "run.py": ""})
    errors = "/bin/sh: 1: ./bin/solve: not found\nIndexError: list index out of range\n"
    process = crashed("IndexError", "list index out of range")
    outcome = classify_start(report(errors=errors, processes=[process]), tree)
    assert (outcome.status, outcome.cause) == (StartStatus.FAILED, "not_built")
    process = crashed("NameError", "name 'x' is not defined")
    assert classify_start(report(errors=errors, processes=[process]), tree).cause == "crash"


@pytest.mark.parametrize("name", ["idaapi", "ghidra.app.plugin.core.analysis", "gdb"])
def test_a_module_that_comes_with_the_program_that_runs_the_script_was_not_forgotten(
    tree: Tree, name: str
) -> None:
    assert find_module_cause(name, tree) == "needs_program"


def test_a_module_that_python_2_alone_had_was_not_forgotten(tree: Tree) -> None:
    assert find_module_cause("Queue", tree) == "python2_syntax"
    assert find_module_cause("net", tree) == "module_out_of_reach"


def test_a_program_that_is_not_there_is_named_as_what_is_missing(tree: Tree) -> None:
    absent = report(exit_code=127, started=False, errors="[Errno 2] No such file or directory: 'allennlp'")
    assert classify_start(absent, tree).cause == "missing_compiler_or_command"


def test_signals(tree: Tree) -> None:
    assert classify_start(report(exit_code=-9, signal=9), tree).cause == "out_of_memory"
    assert classify_start(report(exit_code=-11, signal=11), tree).cause == "crash"


def test_ended_well_and_broken_reports(tree: Tree) -> None:
    assert classify_start(report(exit_code=0, output="done"), tree).status is StartStatus.PASSED
    assert read_report(None) is None
    assert read_report("{") is None
    assert read_report(json.dumps({"exit_code": 0, "later": 1})) is not None


@pytest.mark.parametrize(
    ("fields", "answered"),
    [
        ({"exit_code": 0, "output": "usage: a.py [-h]\n"}, True),
        ({"exit_code": 1, "output": "flags:\n\n--lr: rate\n"}, True),
        ({"exit_code": 0, "output": "Powered by Hydra (https://hydra.cc)\n"}, True),
        ({"exit_code": 0, "output": "lab commands use the following syntax:\n\n  lab MODE ARGS\n"}, True),
        ({"exit_code": 0, "output": "Commands:\n  fit   Train a model\n"}, True),
        ({"exit_code": 0, "output": "training...\n"}, False),
        ({"exit_code": 1, "errors": "usage: x\nTraceback (most recent call last):\n"}, False),
        ({"exit_code": None, "timed_out": True, "output": "epoch 1\n"}, False),
        ({"exit_code": 2, "errors": "usage: a.py\na.py: error: the following arguments are required: x\n"}, False),
    ],
)
def test_answers(fields: dict[str, object], answered: bool, tree: Tree) -> None:
    outcome = classify_answer(report(**fields), tree)
    assert (outcome.status is StartStatus.PASSED) is answered


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("No model found\n", "needs_weights"),
        ("Error: Training metadata not found at results/train/_metadata.json. Extract it first.\n", "needs_data"),
        ("loading\nError: no pretrained weights\n", "needs_weights"),
        ("Could not find the checkpoint at runs/1\n", "needs_weights"),
        ("Dataset directory ./lamps does not exist. Exiting...\n", "needs_data"),
        ("Cannot open file lamps.txt\n", "needs_data"),
        ("Missing input files\n", "needs_data"),
        ("No model found\ntraining from scratch\n", None),
        ("  Skipping art (no data/art.npy)\n  Skipping wiki (no data/wiki.npy)\nStep 3 complete.\n", "needs_data"),
        ("Skipped a.csv: not found\nDone.\n", "needs_data"),
        ("Skipping art (no data/art.npy)\nwiki: 0.71\nStep 3 complete.\n", None),
        ("Skipping epoch 3\nDone.\n", None),
        ("Done.\n", None),
        ("loss 0.5\n" * 30 + "no checkpoint found\n", None),
        ("missing values: 0\n", None),
        ("the model was found\n", None),
    ],
)
def test_a_program_that_says_what_it_lacks_and_ends_has_not_run(tree: Tree, said: str, cause: str | None) -> None:
    outcome = classify_start(report(exit_code=0, output=said), tree)
    assert (outcome.cause or None) == cause
    assert outcome.status is (StartStatus.LIMIT if cause else StartStatus.PASSED)


def test_a_program_that_prints_its_usage_has_not_started(tree: Tree) -> None:
    told = classify_start(report(exit_code=0, output="Usage: tool COMMAND\n\nCommands:\n  train\n  test\n"), tree)
    assert (told.status, told.cause) == (StartStatus.FAILED, "usage_only")
    worked = classify_start(report(exit_code=0, output="loss 0.5\n" * 300 + "memory usage: 3 MB\n"), tree)
    assert worked.status is StartStatus.PASSED


@pytest.mark.parametrize(
    ("name", "cause"),
    [
        ("sklearn", "undeclared_dependency"),
        ("models", "module_out_of_reach"),
        ("models.backbone", "missing_in_repository"),
        ("my_private_helpers_of_2019", "missing_in_repository"),
    ],
)
def test_a_module_that_is_not_found(tree: Tree, name: str, cause: str) -> None:
    process = crashed("ModuleNotFoundError", f"No module named '{name}'", missing=name)
    assert classify_start(report(processes=[process]), tree).cause == cause


@pytest.mark.parametrize(
    ("last", "status", "cause"),
    [
        ("requests.exceptions.ConnectionError: HTTPSConnectionPool(host='drive.google.com', port=443): Max"
         " retries exceeded with url: /uc", StartStatus.LIMIT, "needs_network"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'data/train.npy'", StartStatus.LIMIT,
         "needs_data"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'configs/b.yaml'", StartStatus.FAILED,
         "missing_in_repository"),
        ("AttributeError: module 'torch' has no attribute '_six'", StartStatus.FAILED, "incompatible_dependency"),
        ("ZeroDivisionError: division by zero", StartStatus.FAILED, "crash"),
    ],
)  # fmt: skip
def test_a_program_that_prints_what_ended_it_and_exits_with_0(
    tree: Tree, last: str, status: StartStatus, cause: str
) -> None:
    frame = '  File "/code/src/run.py", line 3, in main'
    errors = f"ERROR - main.py - Traceback (most recent call last):\n{frame}\n{last}\n"
    outcome = classify_start(report(exit_code=0, errors=errors), tree)
    assert (outcome.status, outcome.cause) == (status, cause)


@pytest.mark.parametrize(
    ("asserted", "cause"),
    [
        ("    assert torch.cuda.is_available()\nAssertionError\n", "needs_gpu"),
        (
            "    assert world_size <= torch.cuda.device_count()\n           ^^^^^^^^^^\nAssertionError\n",
            "needs_gpu",
        ),
        ("    assert n > 0\nAssertionError\n", "crash"),
        ("    assert torch.cuda.is_available()\nAssertionError\n    assert n\nAssertionError\n", "crash"),
    ],
)
def test_an_assertion_that_asks_for_a_gpu_is_a_limit(tree: Tree, asserted: str, cause: str) -> None:
    errors = f'Traceback (most recent call last):\n  File "/code/src/run.py", line 3, in main\n{asserted}'
    outcome = classify_start(report(errors=errors, processes=[crashed("AssertionError")]), tree)
    assert (outcome.cause, outcome.status is StartStatus.LIMIT) == (cause, cause == "needs_gpu")


def test_an_option_that_the_code_does_not_define_is_its_own_mistake(tree: Tree) -> None:
    own = crashed("AttributeError", "'Namespace' object has no attribute 'gpu_id'")
    assert classify_start(report(processes=[own]), tree).cause == "crash"
    others = crashed("AttributeError", "module 'torch' has no attribute 'gone'")
    assert classify_start(report(processes=[others]), tree).cause == "incompatible_dependency"


def test_a_program_that_asks_for_screens_wants_a_display(tree: Tree) -> None:
    crash = crashed("ScreenInfoError", "No enumerators available")
    assert classify_start(report(processes=[crash]), tree).cause == "needs_display"


def test_a_mark_that_a_page_left_open_is_no_fault_of_a_package(make_tree) -> None:
    argv = ["python", "code/main.py", "-e", "<name_of_the_encoder>", "-d", "..."]
    said = "module 'ir_models.dense' has no attribute '<name_of_the_encoder>'"
    outcome = classify_start(report(argv=argv, processes=[crashed("AttributeError", said)]), make_tree({}))
    assert (outcome.status, outcome.cause) == (StartStatus.FAILED, "usage_only")
    assert outcome.evidence[0].claim == "it wants a value in place of <name_of_the_encoder>"
    other = "module 'torch' has no attribute '...'"
    outcome = classify_start(report(argv=argv, processes=[crashed("AttributeError", other)]), make_tree({}))
    assert outcome.cause != "usage_only"
    data = report(
        argv=["python", "a.py", "<path/to/data>"],
        processes=[crashed("FileNotFoundError", "[Errno 2] No such file or directory: '<path/to/data>'")],
    )
    assert classify_start(data, make_tree({})).cause == "needs_data"
    said = "Repo id must be in the form 'repo_name' or 'namespace/repo_name': '<path/to/model>'."
    weights = report(argv=["python", "a.py", "<path/to/model>"], processes=[crashed("HFValidationError", said)])
    assert classify_start(weights, make_tree({})).cause == "needs_weights"


def test_lightning_that_asks_for_a_gpu_over_several_lines(make_tree) -> None:
    said = "\n                You requested GPUs: [0]\n                But your machine only has: []\n            "
    crash = crashed("pytorch_lightning.utilities.exceptions.MisconfigurationException", said)
    outcome = classify_start(report(processes=[crash]), make_tree({}))
    assert (outcome.status, outcome.cause) == (StartStatus.LIMIT, "needs_gpu")


def test_git_that_finds_no_host_wants_the_network(make_tree) -> None:
    said = (
        "Cmd('git') failed due to: exit code(128)\n  stderr: 'fatal: unable to access 'https://example.org/a/':"
        " Could not resolve host: example.org'"
    )
    outcome = classify_start(report(processes=[crashed("git.exc.GitCommandError", said)]), make_tree({}))
    assert (outcome.status, outcome.cause) == (StartStatus.LIMIT, "needs_network")


@pytest.mark.parametrize(
    ("path", "text", "cause"),
    [
        ("setup.py", "setup(ext_modules=[CUDAExtension('lamps._C', ['a.cu'])])\n", "needs_gpu_toolchain"),
        ("setup.py", "setup(ext_modules=[Extension('lamps._C', ['a.c'])])\n", "not_built"),
        ("pyproject.toml", '[tool.maturin]\nmodule-name = "lamps._C"\n', "not_built"),
        ("setup.py", "setup()\n", "missing_in_repository"),
        ("setup.py", "setup(ext_modules=[Extension('lamps._C.part', ['a.c'])])\n", "missing_in_repository"),
    ],
)
def test_an_extension_of_the_repository_is_not_missing_in_it(make_tree, path: str, text: str, cause: str) -> None:
    tree = make_tree({path: text, "lamps/__init__.py": "from lamps._C import light\n"})
    assert find_module_cause("lamps._C", tree) == cause


def test_of_several_imports_what_the_repository_owes_is_the_reason(tmp_path: Path) -> None:
    absent = ("nvidia.dali", "yaml")
    modules = [{"name": name, "required": True, "status": "not_found", "missing": name} for name in absent]
    result = StepResult(
        step=Step(name="import", phase=Phase.IMPORT, argv=("python", "imports.py"), required=False),
        status=StepStatus.FAILED,
        exit_code=1,
        collected=(("imports.json", json.dumps({"modules": modules})),),
    )
    found = explain_step(result, make_tree(tmp_path, {"main.py": "import nvidia.dali, yaml\n"}))
    assert found is not None and (found.name, found.modules) == ("undeclared_dependency", ("yaml",))


@pytest.mark.parametrize(
    ("argument", "cause"),
    [
        ("[config file]", "usage_only"),
        ("<experiment_name>", "usage_only"),
        ("configs/{config}", "usage_only"),
        ("<path to your images>", "needs_data"),
        ("[dataset_name].csv", "needs_data"),
    ],
)
@pytest.mark.parametrize("mark", ["", "`"])
def test_a_placeholder_of_ours_in_an_error_is_not_the_authors_data(
    tree: Tree, argument: str, cause: str, mark: str
) -> None:
    message = f"[Errno 2] No such file or directory: '{argument}{mark}'"
    absent = ({"path": f"{argument}{mark}", "own": True, "seconds": 1.0},)
    argv = ("python", "run.py", "-f", f"{argument}{mark}")
    process = crashed("FileNotFoundError", message, argv=argv, filename=f"{argument}{mark}", absent=absent)
    outcome = classify_start(report(argv=argv, processes=[process]), tree)
    assert outcome.cause == cause
    assert (outcome.status is StartStatus.FAILED) == (cause == "usage_only")


@pytest.mark.parametrize(
    ("module", "code", "cause"),
    [
        ("deplib", "import sys\nsys.path.insert(0, 'external/dep-x')\n", "submodule_missing"),
        ("deplib", "import json\n", "missing_in_repository"),
        ("dep_x.core", "import json\n", "submodule_missing"),
        ("yaml", "import sys\nsys.path.insert(0, 'external/dep-x')\n", "undeclared_dependency"),
    ],
)
def test_a_module_of_a_submodule_that_is_not_there(make_tree, module: str, code: str, cause: str) -> None:
    submodule = '[submodule "x"]\n\tpath = external/dep-x\n\turl = https://example.org/dep-x.git\n'
    assert find_module_cause(module, make_tree({".gitmodules": submodule, "main.py": code})) == cause


@pytest.mark.parametrize(
    ("library", "files", "cause"),
    [
        ("./build/libfast.so", {"Makefile": "", "fast.c": ""}, "not_built"),
        ("/code/src/libfast.so", {"fast.c": ""}, "not_built"),
        ("libfast.so", {"Makefile": "libfast.so: fast.c\n"}, "not_built"),
        ("libfast.so", {"CMakeLists.txt": "add_library(fast SHARED fast.c)\n"}, "not_built"),
        ("./lib/libfast.so", {}, "missing_in_repository"),
        ("libfast.so", {"Makefile": "all:\n"}, "missing_system_library"),
        ("/usr/lib/libfast.so.1", {"Makefile": "libfast.so: fast.c\n"}, "missing_system_library"),
    ],
)
def test_a_library_of_its_own_is_none_of_the_systems(
    make_tree, library: str, files: dict[str, str], cause: str
) -> None:
    message = f"{library}: cannot open shared object file: No such file or directory"
    outcome = classify_start(report(processes=[crashed("OSError", message)]), make_tree(files))
    assert (outcome.status, outcome.cause) == (StartStatus.FAILED, cause)


@pytest.mark.parametrize(
    ("script", "cause"),
    [
        ("vendor/x/fit.py", "submodule_missing"),
        ("fit.py", "missing_in_repository"),
        ("data/fit", "missing_in_repository"),
    ],
)
def test_a_script_that_a_child_does_not_find(make_tree, script: str, cause: str) -> None:
    tree = make_tree({".gitmodules": '[submodule "x"]\n\tpath = vendor/x\n', "main.py": "import os\n"})
    errors = f"python: can't open file '/code/src/{script}': [Errno 2] No such file or directory\n"
    outcome = classify_start(report(errors=errors), tree)
    assert (outcome.status, outcome.cause) == (StartStatus.FAILED, cause)
