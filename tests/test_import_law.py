"""The import law: models ← pure modules ← input and output ← check ← coordinator ← command line and workers."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LAYERS: tuple[tuple[str, ...], ...] = (
    ("checker.models", "checker.errors", "checker"),
    (
        "checker.attempts",
        "checker.causes",
        "checker.diagnose",
        "checker.ecosystems",
        "checker.import_report",
        "checker.index_pages",
        "checker.indexes",
        "checker.ladder",
        "checker.languages",
        "checker.left_out",
        "checker.links",
        "checker.repairs",
        "checker.scoring",
        "checker.settings",
        "checker.signatures",
        "checker.system_packages",
        "checker.text",
        "checker.tree",
        "checker.uv_policy",
        "checker.sandbox.base",
        "checker.sandbox.proxy_http",
        "checker.sandbox.proxy_policy",
        "checker.sandbox.system_calls",
    ),
    (
        "checker.begun",
        "checker.cache",
        "checker.ci",
        "checker.changes",
        "checker.comparing",
        "checker.differences",
        "checker.doctor",
        "checker.downloads",
        "checker.hosting",
        "checker.index_client",
        "checker.index_lookup",
        "checker.interpreters",
        "checker.jobs",
        "checker.linked",
        "checker.nightly",
        "checker.past",
        "checker.promises",
        "checker.recipe",
        "checker.remote_files",
        "checker.reporter",
        "checker.schema",
        "checker.sandbox",
        "checker.settings_file",
        "checker.sources",
        "checker.store",
        "checker.toml_lines",
    ),
    ("checker.check",),
    ("checker.coordinator", "checker.services", "checker.uniting"),
    ("checker.web",),
    ("checker.cli", "checker.__main__", "workers"),
)
"""Lowest first; a module belongs to the longest name that matches it."""

ONE_USER = {"docker": "checker.sandbox", "github": "checker.hosting", "git": "checker.hosting"}
"""Libraries that one part of the project has to itself."""


def layer_of(module: str) -> int:
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        name = ".".join(parts[:length])
        for level, names in enumerate(LAYERS):
            if name in names and (name != "checker" or module == "checker"):
                return level
    raise AssertionError(f"{module} has no layer: give it one in LAYERS")


def modules() -> dict[str, Path]:
    found = {}
    for package in ("checker", "workers"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "probes" in path.parts:
                continue
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return found


MODULES = modules()


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downwards(module: str) -> None:
    level = layer_of(module)
    ours = {name for name in imports_of(MODULES[module]) if name in MODULES and name not in {"checker", module}}
    upwards = sorted(name for name in ours if layer_of(name) > level)
    assert not upwards, f"{module} imports {upwards}, which lie above it"


@pytest.mark.parametrize("module", MODULES)
def test_libraries_stay_where_they_belong(module: str) -> None:
    for library, owner in ONE_USER.items():
        used = any(name.split(".")[0] == library for name in imports_of(MODULES[module]))
        assert not used or module.startswith(owner), f"{module} uses {library}, which is {owner}'s"


def test_models_import_nothing_of_ours() -> None:
    assert not {name for name in imports_of(MODULES["checker.models"]) if name.startswith(("checker", "workers"))}
