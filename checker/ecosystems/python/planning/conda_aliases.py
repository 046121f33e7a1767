"""Modules that only conda's build of a package has under that name; elsewhere the same code has another."""

from __future__ import annotations

from collections.abc import Iterable

from checker.core.edits import UseShim
from checker.core.plans import Phase, Repair, Step
from checker.ecosystems.python.code.self_import import ABOVE
from checker.ecosystems.python.code.third_party import Wanted

ALIASES = {"ruamel_yaml": "ruamel.yaml"}
"""Conda's module → the module that it is a copy of (conda's package `ruamel_yaml` holds `ruamel.yaml`, moved)."""


def aliased(wanted: Iterable[Wanted]) -> tuple[Repair, ...]:
    """Return a repair for every such module that code imports and must have."""
    return tuple(
        Repair(
            name="name of conda's own",
            signature=f"import {module.module}",
            evidence=module.evidence,
            edits=(UseShim(module=module.module, target=ALIASES[module.module]),),
            hint=f"Import {ALIASES[module.module]}: only conda's copy of it has the other name.",
        )
        for module in wanted
        if module.module in ALIASES
    )


def stand_in(name: str) -> Step:
    """Write the module of the alias into the folder above the repository; it is the other one from then on."""
    text = f"import sys, {ALIASES[name]}; sys.modules[__name__] = {ALIASES[name]}"
    script = 'mkdir -p "$1" && echo "$2" > "$1/$3.py"'
    argv = ("sh", "-c", script, "sh", ABOVE, text, name)
    return Step(name=f"let {name} stand for {ALIASES[name]}", phase=Phase.PREPARE, argv=argv, seconds=60)
