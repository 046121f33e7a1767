"""Which files that a program looked for in vain explain how it ended: watched runs of small programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from watched_start import start

EXPLAINED = {
    "an empty list of files": "from glob import glob\nfiles = glob('data/*.png')\nprint(files[0])\n",
    "through a function": (
        "import os\ndef read(folder):\n    rows = []\n    if os.path.isdir(folder):\n        rows.append(1)\n"
        "    return rows\nrows = read('data/train')\nfirst = rows\nprint(first[0])\n"
    ),
    "through an object": (
        "from pathlib import Path\nclass Set:\n    def __init__(self):\n"
        "        self.files = sorted(Path('images').glob('*.png'))\n"
        "    def first(self):\n        return self.files[0]\nSet().first()\n"
    ),
    "through a global": (
        "import os\nROWS = []\ndef load():\n    global ROWS\n"
        "    ROWS = ['x'] if os.path.exists('data/a.csv') else []\n"
        "def show():\n    print(ROWS[0])\nload()\nshow()\n"
    ),
    "an own check": "import os\nassert os.path.exists('data/x.csv'), 'first run the other program'\n",
    "nothing to join": (
        "import glob\nparts = []\nfor file in glob.glob('results/*.csv'):\n    parts.append(file)\n"
        "if not parts:\n    raise ValueError('No objects to concatenate')\n"
    ),
    "one that names it": "open('data/train.csv')\n",
}

CRASHES = {
    "a library's settings": "import lamps\nrows = []\nprint(rows[0])\n",
    "a library's settings, imported late": (
        "def main():\n    import lamps\n    rows = []\n    print(rows[0])\nmain()\n"
    ),
    "a library's cache": "import lamps\nlamps.draw()\nrows = []\nprint(rows[0])\n",
    "a library's cache, in a function": (
        "import lamps\ndef plot():\n    lamps.draw()\ndef main():\n    plot()\n"
        "    rows = []\n    print(rows[0])\nmain()\n"
    ),
    "settings of its own, which may be absent": (
        "import os\nscale = 2\nif os.path.exists('data/scale.csv'):\n    scale = 3\n"
        + "".join(f"step_{n} = {n}\n" for n in range(40))
        + "rows = []\nprint(rows[0])\n"
    ),
    "a cache of its own": (
        "import os\nif os.path.exists('data/cache.npy'):\n    rows = [1]\nelse:\n    rows = []\nprint(rows[0])\n"
    ),
    "a folder that it makes": (
        "import os\nif not os.path.isdir('data'):\n    os.makedirs('data')\nrows = []\nrows[0]\n"
    ),
    "a place in HOME": (
        "import os\nhome = os.path.expanduser('~/lamps/data.csv')\n"
        "rows = [1] if os.path.exists(home) else []\nrows[0]\n"
    ),
    "a version": "assert 1 == 2, '2.0.2'\n",
    "a name": "class net:\n    x = 1\nassert net.x == 2, 'torch.float32'\n",
    "a fraction": "assert 1 == 2, '3/4'\n",
    "an assertion without a word": "import lamps\nassert 1 == 2\n",
    "nothing to join, and nothing looked for": "raise ValueError('need at least one array to concatenate')\n",
}


@pytest.mark.parametrize("program", EXPLAINED.values(), ids=EXPLAINED.keys())
def test_a_file_that_the_failing_line_depends_on_explains_it(tmp_path: Path, program: str) -> None:
    outcome = start(tmp_path, {"main.py": program})
    assert (outcome.status, outcome.cause) == ("limit", "needs_data")


@pytest.mark.parametrize("program", CRASHES.values(), ids=CRASHES.keys())
def test_other_files_explain_nothing(tmp_path: Path, program: str) -> None:
    outcome = start(tmp_path, {"main.py": program})
    assert (outcome.status, outcome.cause) == ("failed", "crash")
