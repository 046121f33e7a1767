"""Shims for modules that only conda's build of a package has under that name (`ruamel_yaml` is `ruamel.yaml`)."""

from __future__ import annotations

from collections.abc import Iterable

from checker.core.values.edits import UseShim
from checker.core.values.plans import Phase, Repair, Step
from checker.ecosystems.python.code.self_import import ABOVE
from checker.ecosystems.python.code.third_party import ThirdPartyModule
from checker.ecosystems.python.distributions.packages import load_conda_modules


def find_shims(wanted: Iterable[ThirdPartyModule]) -> tuple[Repair, ...]:
    """Return a repair for every such module that code imports and must have."""
    known = load_conda_modules()
    return tuple(
        Repair(
            name="name of conda's own",
            signature=f"import {module.module}",
            evidence=module.evidence,
            edits=(UseShim(module=module.module, target=known[module.module]),),
            hint=f"Import {known[module.module]}: only conda's copy of it has the other name.",
        )
        for module in wanted
        if module.module in known
    )


def write_shim(name: str) -> Step:
    """Write the module into the folder above the repository, as an alias of the other one."""
    target = load_conda_modules()[name]
    text = f"import sys, {target}; sys.modules[__name__] = {target}"
    script = 'mkdir -p "$1" && echo "$2" > "$1/$3.py"'
    argv = ("sh", "-c", script, "sh", ABOVE, text, name)
    return Step(name=f"let {name} stand for {target}", phase=Phase.PREPARE, argv=argv, seconds=60)
