"""What a check cannot do is a limit: nobody answers a prompt, and Git LFS keeps the content of large files."""

from __future__ import annotations

from pathlib import Path

import pytest
from watched_start import start

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d' * 32}\nsize 123456789\n"

ASKING = {
    "input": "name = input('Which data set? ')\n",
    "input in a function": "def ask():\n    return int(input())\nprint('start')\nask()\n",
    "a password": "import getpass\ngetpass.getpass()\n",
    "a debugger": "x = 1\nbreakpoint()\nprint(x)\n",
    "standard input": "import sys\nrows = sys.stdin.read().split()\nprint(int(rows[0]))\n",
    "standard input in a function": "import json, sys\ndef main():\n    print(json.load(sys.stdin))\nmain()\n",
    "a prompt with its error": "try:\n    input('name: ')\nexcept Exception as e:\n    print('Error:', e)\n",
    "a prompt that gives up": "import sys\ntry:\n    input()\nexcept EOFError:\n    sys.exit('Aborted!')\n",
}

READING = {
    "csv": "import csv\nrows = list(csv.DictReader(open('data/train.csv')))\nprint(float(rows[0]['price']))\n",
    "json": "import json\nwith open('data/train.csv') as file:\n    json.load(file)\n",
    "pickle": "import pickle\npickle.load(open('data/train.csv', 'rb'))\n",
    "zip": "import zipfile\nzipfile.ZipFile('data/train.csv')\n",
    "in a function": (
        "from pathlib import Path\ndef read(name):\n    return [line.split(',') for line in name.open()]\n"
        "rows = read(Path('data') / 'train.csv')\nprint(rows[1][4])\n"
    ),
    "read by C": "def read(name):\n    raise OSError('file signature not found')\nread('data/train.csv')\n",
    "a database": (
        "import sqlite3\nrows = sqlite3.connect('data/train.csv')\n"
        "print(rows.execute('select * from t').fetchall())\n"
    ),
    "and ends well": "print(len(open('data/train.csv').readlines()))\n",
}


@pytest.mark.parametrize("program", ASKING.values(), ids=ASKING.keys())
def test_a_program_that_asks_its_user_is_at_a_limit(tmp_path: Path, program: str) -> None:
    outcome = start(tmp_path, {"main.py": program})
    assert (outcome.status, outcome.cause) == ("limit", "needs_input")


@pytest.mark.parametrize(
    ("name", "cause"),
    [("LAMP_DATA", "needs_data"), ("LAMP_HOME", "needs_data"), ("LAMP_API_KEY", "needs_credentials")],
)
@pytest.mark.parametrize("read", ["os.environ['{}']", "os.getenv('{}')", "os.environ.get('{}')"])
def test_a_variable_that_is_not_set_is_a_limit(tmp_path: Path, name: str, cause: str, read: str) -> None:
    program = f"import os\nplace = {read.format(name)}\nprint(os.path.join(place, 'x'))\n"
    outcome = start(tmp_path, {"main.py": program})
    assert (outcome.status, outcome.cause) == ("limit", cause)


def test_none_that_comes_from_elsewhere_is_no_variable(tmp_path: Path) -> None:
    program = "import os\nplace = os.getenv('LAMPS')\nrows = None\nprint(os.path.join(rows, 'x'))\n"
    assert start(tmp_path, {"main.py": program}).cause == "crash"


def test_a_mistake_beside_input_is_a_mistake(tmp_path: Path) -> None:
    program = "import sys\ntext = sys.stdin.read()\nrows = []\nprint(rows[0])\n"
    assert start(tmp_path, {"main.py": program}).cause == "crash"


def test_an_end_of_a_file_is_no_question(tmp_path: Path) -> None:
    program = "import io, pickle\npickle.load(io.BytesIO())\n"
    assert start(tmp_path, {"main.py": program}).cause == "crash"


@pytest.mark.parametrize("program", READING.values(), ids=READING.keys())
def test_a_pointer_read_as_data_is_a_limit(tmp_path: Path, program: str) -> None:
    outcome = start(tmp_path, {"main.py": program, "data/train.csv": POINTER})
    assert (outcome.status, outcome.cause) == ("limit", "left_out_by_check")
    assert outcome.why is not None and "data/train.csv" in outcome.why.evidence[0].claim


@pytest.mark.parametrize(
    ("program", "cause"),
    [
        ("text = open('data/train.csv').read()\nprint(txet)\n", "crash"),
        ("text = open('data/train.csv').read()\nimport nowhere_at_all\n", "missing_in_repository"),
        ("text = open('data/train.csv').read()\nrows = []\nrows[0]\n", "crash"),
    ],
)
def test_its_own_mistakes_stay_its_own(tmp_path: Path, program: str, cause: str) -> None:
    assert start(tmp_path, {"main.py": program, "data/train.csv": POINTER}).cause == cause


@pytest.mark.parametrize(
    "program",
    [
        "import sys\nname, out = sys.argv[1:]\n",
        "import sys\nassert len(sys.argv) == 3, 'two are wanted'\n",
        "import sys\nprint(open(sys.argv[1]).read())\n",
    ],
)
def test_a_program_that_takes_its_arguments_apart_wants_some(tmp_path: Path, program: str) -> None:
    outcome = start(tmp_path, {"main.py": program})
    assert (outcome.status, outcome.cause) == ("failed", "usage_only")


def test_a_file_that_may_not_be_run_is_not_missing(tmp_path: Path) -> None:
    program = "import subprocess\nsubprocess.check_call(['./all.sh'])\n"
    outcome = start(tmp_path, {"main.py": program, "all.sh": "#!/bin/sh\n"})
    assert (outcome.status, outcome.cause) == ("failed", "crash")
