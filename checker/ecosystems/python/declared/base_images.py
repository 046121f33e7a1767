"""Reads from a Dockerfile's base image the interpreter and the frameworks that it includes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.core.tree import Tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.containers.definitions import Definition
from checker.ecosystems.instructions.containers.devcontainers import Devcontainer
from checker.ecosystems.instructions.containers.dockerfiles import ASSIGNMENT, Arguments, read_instructions
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.stated import PythonStatement, Requirement, Strength
from checker.ecosystems.python.version_statement import statement

_FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(?P<image>\S+)", re.IGNORECASE)
_IMAGES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:^|/)pytorch/pytorch:(?P<version>\d+\.\d+(?:\.\d+)?)"), "torch"),
    (re.compile(r"(?:^|/)tensorflow/tensorflow:(?P<version>\d+\.\d+(?:\.\d+)?)"), "tensorflow"),
    (re.compile(r"(?:^|/)paddlepaddle/paddle:(?P<version>\d+\.\d+(?:\.\d+)?)"), "paddlepaddle"),
)
_PYTHON_IMAGE = re.compile(
    r"(?:^|/)(?:python|cimg/python|circleci/python|astral-sh/uv)[:](?:python)?(?P<version>[23]\.\d{1,2})"
    r"|(?:^|/)(?:devcontainers/(?:python|miniconda|anaconda)|vscode/devcontainers/[\w-]+)"
    r":(?:dev-)?(?:\d[\d.]*-)?(?P<minor>3\.\d{1,2})"
)
_PYTHON_IN_TAG = re.compile(r"(?:py|python)-?(?P<major>[23])\.?(?P<minor>\d{1,2})(?!\d)")
_UBUNTU = re.compile(r"ubuntu:?(?P<version>\d\d\.\d\d)|debian:?(?P<debian>\w+)")
#: Release of Ubuntu or Debian → the Python 3 that it carries.
_SYSTEM_PYTHON = {
    "16.04": "3.5",
    "18.04": "3.6",
    "20.04": "3.8",
    "22.04": "3.10",
    "24.04": "3.12",
    "buster": "3.7",
    "bullseye": "3.9",
    "bookworm": "3.11",
}


def read_base_images(tree: Tree, path: str, given: Arguments = ()) -> Iterator[PythonStatement | Requirement]:
    """Yield what the base images and `PYTHON_VERSION` arguments of a Dockerfile state."""
    for number, line in read_instructions(tree.read(path), given):
        evidence = Evidence(claim="base image", source=path, line=number, text=line[:300])
        if image := _FROM.match(line):
            yield from _read_image(image["image"], evidence)
        elif (assign := ASSIGNMENT.match(line)) and re.search(r"py(?:thon)?_?ver", assign["name"], re.IGNORECASE):
            said = statement(assign["value"].strip("\"'"), Strength.PINNED, evidence)
            yield from [said] if said else []


def read_devcontainer(said: Devcontainer) -> Iterator[PythonStatement | Requirement]:
    """Yield what the image and the features of an editor's container state."""
    if said.image:
        text = f'"image": "{said.image}"'
        yield from _read_image(
            said.image,
            Evidence(claim="image of the devcontainer", source=said.path, line=said.image_line, text=text),
        )
    for name, version, line in said.features:
        if re.search(r"/features/python(?::|$)", name):
            evidence = Evidence(claim="feature of the devcontainer", source=said.path, line=line, text=version)
            found = statement(version, Strength.PINNED, evidence)
            yield from [found] if found else []


def read_definition(said: Definition) -> Iterator[PythonStatement | Requirement]:
    """Yield what the image states that a definition file of Apptainer starts from."""
    if said.image:
        evidence = Evidence(
            claim="base image", source=said.path, line=said.image_line, text=f"From: {said.image}"[:300]
        )
        yield from _read_image(said.image, evidence)


def _read_image(image: str, evidence: Evidence) -> Iterator[PythonStatement | Requirement]:
    if python := _PYTHON_IMAGE.search(image):
        said = statement(python["version"] or python["minor"], Strength.PINNED, evidence)
        yield from [said] if said else []
        return
    for pattern, name in _IMAGES:
        if framework := pattern.search(image):
            number = framework["version"]
            wanted = f"{name}=={number}" if number.count(".") > 1 else f"{name}=={number}.*"
            if parse(wanted):
                yield Requirement(
                    text=wanted, name=name, written=image, evidence=evidence, notes=("comes with the base image",)
                )
    if tagged := _PYTHON_IN_TAG.search(image):
        said = statement(f"{tagged['major']}.{tagged['minor']}", Strength.INHERITED, evidence)
        yield from [said] if said else []
    elif system := _UBUNTU.search(image):
        version = _SYSTEM_PYTHON.get(system["version"] or system["debian"] or "")
        said = statement(version, Strength.WEAK, evidence) if version else None
        yield from [said] if said else []
