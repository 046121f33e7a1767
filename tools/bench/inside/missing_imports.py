"""Runs pyright inside the sandbox and keeps what matters of its answer, which may be longer than a log may be.

    python missing_imports.py PYRIGHT PYTHON ORDER.json OUT.json

ORDER: {"arguments": ["src", "tests"]}. OUT: {"exit_code", "files", "missing": [[file, module], ...], "error"}.
Standard library only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

MOST = 2000
MODULE = re.compile(r'Import "([^"]*)"')


def count(answer: dict[str, Any]) -> tuple[int, list[list[str]]]:
    """Return (files looked at, missing imports) of pyright's JSON."""
    rows = [row for row in answer.get("generalDiagnostics", []) if row.get("rule") == "reportMissingImports"]
    names = [MODULE.search(str(row.get("message", ""))) for row in rows]
    found = [[str(row.get("file", "")), name[1] if name else "?"] for row, name in zip(rows, names, strict=True)]
    return answer.get("summary", {}).get("filesAnalyzed", 0), found


def main(arguments: list[str]) -> int:
    """Run and write down; 0 if pyright gave an answer."""
    pyright, python, order, out = arguments
    targets = json.loads(Path(order).read_text(encoding="utf-8"))["arguments"]
    argv = [pyright, "--level", "error", "--outputjson", "--pythonpath", python, *targets]
    done = subprocess.run(argv, capture_output=True, check=False)
    report: dict[str, Any] = {"exit_code": done.returncode, "files": 0, "missing": [], "count": 0, "error": ""}
    try:
        files, found = count(json.loads(done.stdout.decode("utf-8", "replace")))
        report.update(files=files, missing=found[:MOST], count=len(found))
    except (ValueError, AttributeError) as error:
        said = done.stderr.decode("utf-8", "replace").strip() or str(error)
        report["error"] = said[-500:]
    Path(out).write_text(json.dumps(report), encoding="utf-8")
    return 1 if report["error"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
