"""Repairs for headers, libraries and commands of the operating system."""

from __future__ import annotations

from collections.abc import Callable

from checker.core.values.edits import MakeFolder
from checker.core.values.plans import BuildPlan
from checker.ecosystems import system_packages
from checker.ecosystems.python.outcomes.output_folders import find_output_folder
from checker.ecosystems.python.repairs.actions import add_system
from checker.ecosystems.python.spec import spec_of, with_spec
from checker.judging.repair_engine import Action, Change, Found

#: Folders that are made for one plan at most.
MOST_FOLDERS = 8


def make_folder(plan: BuildPlan, found: Found) -> Change | None:
    """Make the folder that a program writes into: its author had it, and git keeps no empty ones."""
    folder = find_output_folder(found.match, found.result.step.cwd)
    made = spec_of(plan).folders_to_make
    if folder is None or folder in made or len(made) >= MOST_FOLDERS:
        return None
    return with_spec(plan, folders_to_make=(*made, folder)), (MakeFolder(folder=folder),)


def make_installer(lookup: Callable[[str], tuple[str, ...]]) -> Action:
    """Install the system packages that hold what the groups `name` or `other` of the pattern name."""

    def action(plan: BuildPlan, found: Found) -> Change | None:
        return add_system(plan, lookup(found["name"] or found["other"]))

    return action


def _find_library_packages(name: str) -> tuple[str, ...]:
    """Return what brings a library: without a version (`libhdf5.so`) it is asked for by something that builds."""
    building = system_packages.find_for_module(name.removesuffix(".so")) if name.endswith(".so") else ()
    return building or system_packages.find_for_library(name)


install_header = make_installer(system_packages.find_for_header)
install_library = make_installer(_find_library_packages)
install_module = make_installer(system_packages.find_for_module)
install_command = make_installer(system_packages.find_for_command)
