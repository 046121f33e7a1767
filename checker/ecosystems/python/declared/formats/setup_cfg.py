"""Reads setuptools' `setup.cfg`."""

from __future__ import annotations

import configparser
import posixpath
import re

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.declared.formats.requirements import read_lines, read_requirements
from checker.ecosystems.python.stated import Origin, Requirement, Specification, Strength
from checker.ecosystems.python.version_statement import statement

_CLASSIFIER = re.compile(r"Programming Language\s*::\s*Python\s*::\s*(\d\.\d+)")


def _make_evidence(claim: str, path: str, line: int, text: str) -> Evidence:
    return Evidence(claim=claim, source=path, line=line, text=text.strip()[:300])


def read_setup_cfg(tree: Tree, path: str) -> Specification | None:
    """Read a `setup.cfg`; None for one that only configures tools."""
    folder = posixpath.dirname(path) or "."
    config = configparser.RawConfigParser(strict=False)
    text = tree.read(path)
    base = Specification(path=path, kind="setup.cfg", project=folder, installs_project=True)
    try:
        config.read_string(text)
    except configparser.Error as error:
        problem = (f"{path}: {str(error)[:200]}",)
        return base.model_copy(update={"unreadable": problem}) if "install_requires" in text else None
    if not config.has_section("options") and not config.has_option("metadata", "name"):
        return None
    values = dict(config.items("options")) if config.has_section("options") else {}
    reader = _Cfg(tree, path, folder, text)
    requirements = [*reader.read_lines(values.get("install_requires", ""), None)]
    requirements += reader.read_lines(values.get("tests_require", ""), "test")
    section = "options.extras_require"
    for extra in config.options(section) if config.has_section(section) else ():
        requirements += reader.read_lines(config.get(section, extra), f"extra:{extra}")
    wanted = values.get("python_requires", "")
    enforced = reader.make_evidence("python_requires", wanted)
    said = statement(wanted, Strength.PINNED, enforced, Origin.METADATA) if wanted else None
    classifiers = _CLASSIFIER.findall(config.get("metadata", "classifiers", fallback=""))
    weak = [
        statement(version, Strength.WEAK, reader.make_evidence("classifier", version), Origin.CLASSIFIER)
        for version in classifiers
    ]
    return base.model_copy(
        update={
            "name": config.get("metadata", "name", fallback=None),
            "requirements": tuple(requirements),
            "build_requires": tuple(reader.read_lines(values.get("setup_requires", ""), "build")),
            "python": tuple(s for s in (said, *weak) if s),
            "included": tuple(reader.included),
        }
    )


class _Cfg:
    """Reads requirement lists of a `setup.cfg`, `file:` lists included."""

    def __init__(self, tree: Tree, path: str, folder: str, text: str) -> None:
        self.tree, self.path, self.folder, self.text = tree, path, folder, text
        self.included: list[str] = []

    def make_evidence(self, claim: str, value: str) -> Evidence:
        start = self.text.find(value.strip().split("\n")[0]) if value.strip() else 0
        return _make_evidence(claim, self.path, self.text.count("\n", 0, max(start, 0)) + 1, value)

    def read_lines(self, value: str, group: str | None) -> list[Requirement]:
        if value.strip().startswith("file:"):
            return self._read_files(value.strip()[5:], group)
        # One line is one requirement with its range, else a list: with semicolons for setuptools, or commas.
        whole = "\n" in value.strip() or parse(value.strip()) is not None
        rows = [row for row in re.split(r"\n" if whole else r"[\n;,]", value) if row.strip()]
        numbered = [(self.make_evidence("requirement", row).line or 1, row) for row in rows]
        return list(read_lines(self.tree, self.path, numbered, folder=self.folder, group=group).requirements)

    def _read_files(self, value: str, group: str | None) -> list[Requirement]:
        found: list[Requirement] = []
        for name in re.split(r"[,\s]+", value.strip()):
            path = posixpath.normpath(posixpath.join(self.folder, name))
            if path in self.tree:
                self.included.append(path)
                found += read_requirements(self.tree, path, self.folder, group).requirements
        return found
