"""Starts programs of small repositories under the watcher, and judges them as if they stood in a container."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.ecosystems.python.outcomes.run_report import read_report
from checker.ecosystems.python.outcomes.starts import StartOutcome, classify_start

PROBE = Path(__file__).parents[4] / "checker/sandbox/probes/run.py"

#: A package that looks for its settings when it is imported, and for a cache when it is called.
LIBRARY = """
import os
os.path.exists("lampsrc")
for place in ("lamps/rc", os.path.expanduser("~/.config/lamps"), os.path.expanduser("~/lamps.json")):
    os.path.exists(place)

def draw():
    os.path.exists(os.path.expanduser("~/.cache/lamps.npy"))
    os.path.exists("lamps/settings")
"""


def start(folder: Path, files: dict[str, str]) -> StartOutcome:
    """Run `main.py` of a small repository under the watcher, and judge it as if it stood in a container."""
    root, home, packages = folder / "root", folder / "home", folder / "lib/site-packages"
    for place, content in ((root, files), (packages, {"lamps.py": LIBRARY}), (home, {})):
        place.mkdir(parents=True)
        for name, text in content.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
    out = folder / "out.json"
    argv = [sys.executable, str(PROBE), str(out), "--root", str(root), "--", sys.executable, "main.py"]
    environment = {**os.environ, "HOME": str(home), "PYTHONPATH": str(packages)}
    subprocess.run(argv, cwd=root, env=environment, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    text = json.dumps(json.loads(out.read_text())).replace(str(root), SOURCE)
    report = read_report(text)
    assert report is not None
    return classify_start(report, Tree(root))
