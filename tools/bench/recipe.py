"""The newcomer's way as a Dockerfile: Python 3.11, plain pip, whatever stands at the root; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from checker.core.container import ENVIRONMENT, HOME, SOURCE
from checker.core.tree import Tree
from checker.core.values.base import Value
from checker.ecosystems.instructions.yaml import YamlProblem, find, find_scalars, load

PYTHON = "3.11"
LABEL = "reproducibility-checker.bench"
"""Label by which images and containers of a benchmark are found again, intermediate ones included."""

CONDA_PART = "conda-pip-part.txt"
CA_FILE = "ca.pem"
CA_PLACE = f"/{CA_FILE}"

_ENVIRONMENTS = ("environment.yml", "environment.yaml")
_PROJECTS = ("setup.py", "pyproject.toml")
_IDENTIFIER = re.compile(r"[0-9a-f]{6,64}")


class Specification(Value):
    """What a newcomer installs from: the root's file, the command, and what we write out for it ('' nothing)."""

    source: str
    command: tuple[str, ...]
    written: str = ""


def specification(tree: Tree) -> Specification | None:
    """Return what a newcomer finds at the root; None where nothing there says what to install.

    `requirements.txt` first, else `setup.py` or `pyproject.toml`, else the pip part of `environment.yml`.
    """
    if "requirements.txt" in tree:
        return Specification(source="requirements.txt", command=("pip", "install", "-r", "requirements.txt"))
    for name in _PROJECTS:
        if name in tree:
            return Specification(source=name, command=("pip", "install", "."))
    for name in _ENVIRONMENTS:
        if name in tree and (lines := pip_part(tree.read(name))):
            written = "".join(f"{line}\n" for line in lines)
            return Specification(source=name, command=("pip", "install", "-r", f"/{CONDA_PART}"), written=written)
    return None


def pip_part(text: str) -> tuple[str, ...]:
    """Return the lines below `pip:` of a conda environment; none where it is no YAML or has no such part."""
    try:
        parts = tuple(find(load(text), "pip"))
    except YamlProblem:
        return ()
    return tuple(" ".join(line.split()) for part in parts for line in find_scalars(part) if line.strip())


def dockerfile(
    base: str, run: str, found: Specification | None, *, env: Mapping[str, str], certificates: bool = False
) -> str:
    """Return the Dockerfile, over a context that holds the checkout in `source/`.

    `run` (hexadecimal digits) labels every layer; `env` are variables of this machine's package index. Nothing of
    the repository becomes part of the text.

    Raises:
        ValueError: `run` is no such label.

    """
    if not _IDENTIFIER.fullmatch(run):
        raise ValueError(run)
    place = {"VIRTUAL_ENV": f"{ENVIRONMENT}/venv", "HOME": HOME, **env}
    lines = [
        f"FROM {base}",
        f'LABEL {LABEL}="{run}"',
        *(f"COPY {CA_FILE} {CA_PLACE}" for _ in range(certificates)),
        *(f"ENV {name}={json.dumps(value)}" for name, value in place.items()),
        f'ENV PATH="{ENVIRONMENT}/venv/bin:$PATH"',
        f"RUN mkdir -p {HOME} && python{PYTHON} -m venv {ENVIRONMENT}/venv",
        f"COPY source {SOURCE}",
        f"WORKDIR {SOURCE}",
    ]
    if found is not None:
        lines += [f"COPY {CONDA_PART} /{CONDA_PART}"] if found.written else []
        lines.append(f"RUN {json.dumps(list(found.command))}")
    return "\n".join(lines) + "\n"


def with_tools(image: str, run: str, packages: tuple[str, ...]) -> str:
    """Return a Dockerfile that adds test and notebook tools to an image that is built; they may fail."""
    words = json.dumps(["sh", "-c", 'pip install --quiet "$@" || true', "sh", *packages])
    return f'FROM {image}\nLABEL {LABEL}="{run}"\nRUN {words}\n'
