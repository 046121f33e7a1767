"""Reads the code of Jupyter notebooks: magics are removed, install commands kept as author statements."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from checker.core.json_text import parse_json
from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.shell.walker import split_commands
from checker.ecosystems.python.source.parsing import parse_module

_INSTALL = re.compile(
    r"^\s*+(?:[!%]++|get_ipython\(\)\.system\(['\"])\s*+(?:sudo\s++)?"
    r"(?P<command>(?:python3?\s+-m\s+|\{?sys\.executable\}?\s+-m\s+)?(?:pip3?|uv\s+pip|conda|mamba|apt|apt-get)\s.*)$"
)
_FOREIGN_CELLS = (
    "%%bash", "%%sh", "%%script", "%%writefile", "%%html", "%%javascript", "%%js", "%%latex", "%%markdown",
    "%%r", "%%R", "%%perl", "%%ruby", "%%svg", "%%cython", "%%cu", "%%sql", "%%bigquery", "%%file", "%%cmd",
    "%%system", "%%!",
)  # fmt: skip
_ASSIGNED = re.compile(r"^(\s*+)[\w, ]++=\s*[!%]")
_MAGIC = re.compile(r"^(\s*)[%!?]")


#: Beginnings of the names of kernels that say no language, which mostly are environments of Python.
_KERNELS = (
    ("irkernel", "r"), ("ir-", "r"), ("julia", "julia"), ("octave", "octave"), ("matlab", "matlab"),
    ("xcpp", "c++"),
    ("bash", "bash"), ("scala", "scala"), ("almond", "scala"), ("ihaskell", "haskell"), ("haskell", "haskell"),
    ("iruby", "ruby"), ("ruby", "ruby"), ("rust", "rust"), ("evcxr", "rust"), ("gophernotes", "go"),
    ("stata", "stata"), ("sas", "sas"), ("sagemath", "sage"), ("javascript", "javascript"),
    ("ijava", "java"), ("java", "java"),
)  # fmt: skip


@dataclass(frozen=True)
class NotebookCode:
    """The code of a notebook: `cells` are the code cells as Python, `text` joins them, line by line.

    `language` is what the notebook's kernel speaks ('python' where nothing is said); `statements` counts
    its lines in `text`. `error` says why nothing could be read.
    """

    cells: tuple[str, ...] = ()
    statements: tuple[Command, ...] = ()
    language: str = "python"
    error: str = ""

    @property
    def text(self) -> str:
        """All code cells, one blank line between two."""
        return "\n\n".join(self.cells)


def parse_notebook(text: str, path: str) -> NotebookCode:
    """Read the text of an `.ipynb` file of format 2 to 4, tolerantly: what is not understood is left out."""
    try:
        content = parse_json(text)
    except ValueError as error:
        return NotebookCode(error=f"not a notebook: {error}")
    if not isinstance(content, dict):
        return NotebookCode(error="not a notebook: no object at its top")
    cells: list[str] = []
    statements: list[Command] = []
    line = 1
    for source in _list_sources(content):
        code, found = _clean(source, path, line)
        statements.extend(found)
        if code is None:
            continue
        cells.append(code)
        line += code.count("\n") + 2
    return NotebookCode(tuple(cells), tuple(statements), _find_language(content))


@once_per_tree
def read_notebook(tree: Tree, path: str) -> NotebookCode:
    """Read a notebook of the tree."""
    return parse_notebook(tree.read(path), path)


def has_code(tree: Tree, path: str) -> bool:
    """Whether a notebook holds Python besides shell commands: one that only installs is no example of the code.

    One that cannot be read may; one for another language's kernel does not.
    """
    found = read_notebook(tree, path)
    if found.language != "python" or found.error:
        return found.language == "python"
    modules = (parse_module(tree, cell) for cell in found.cells)
    return any(m is None or any(not isinstance(node, ast.Pass) for node in m.body) for m in modules)


def _list_sources(content: dict[str, object]) -> list[str]:
    cells = content.get("cells")
    if not isinstance(cells, list):
        sheets = content.get("worksheets")
        cells = []
        for sheet in sheets if isinstance(sheets, list) else []:
            inner = sheet.get("cells") if isinstance(sheet, dict) else None
            cells.extend(inner if isinstance(inner, list) else [])
    found: list[str] = []
    for cell in cells:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        found.append("".join(str(part) for part in source) if isinstance(source, list) else str(source))
    return found


def _find_language(content: dict[str, object]) -> str:
    metadata = content.get("metadata")
    if not isinstance(metadata, dict):
        return "python"
    for section, key in (("kernelspec", "language"), ("language_info", "name")):
        part = metadata.get(section)
        if isinstance(part, dict) and isinstance(part.get(key), str):
            said = str(part[key]).lower()
            return "python" if "python" in said else said
    kernel = metadata.get("kernelspec")
    name = str(kernel.get("name", "")).lower() if isinstance(kernel, dict) else ""
    return "r" if name == "ir" else next((known for start, known in _KERNELS if name.startswith(start)), "python")


def _clean(source: str, path: str, first_line: int) -> tuple[str | None, list[Command]]:
    """Return the cell as Python (None where it is not Python at all) and the install commands in it."""
    statements: list[Command] = []
    lines: list[str] = []
    foreign = source.lstrip().startswith(_FOREIGN_CELLS)
    for offset, line in enumerate(source.splitlines()):
        match = _INSTALL.match(f"!{line}" if foreign and not line.startswith(("!", "%")) else line)
        if match:
            statements.extend(_split_statements(match["command"], path, first_line + offset))
        lines.append(_replace_magic(line))
    return (None if foreign else "\n".join(lines)), statements


def _split_statements(command: str, path: str, line: int) -> Iterator[Command]:
    raw = command.split(" #", maxsplit=1)[0].strip()
    raw = raw.rstrip("'\")") if raw.endswith(")") else raw  # get_ipython().system('pip install …')
    for each in split_commands(raw):
        yield Command(argv=each.argv, raw=raw, file=path, line=line, language="notebook", env=each.env)


def _replace_magic(line: str) -> str:
    """Replace what only IPython understands by `pass`, which keeps indented blocks whole."""
    for pattern in (_MAGIC, _ASSIGNED):
        match = pattern.match(line)
        if match:
            return f"{match[1]}pass"
    stripped = line.rstrip()
    if stripped.endswith("?") and re.fullmatch(r"\s*[\w.]+\?{1,2}", stripped):
        return "pass"
    return line
