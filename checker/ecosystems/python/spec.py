"""What a plan of a Python repository holds besides the fields that every ecosystem has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

from pydantic import ConfigDict, model_validator

from checker.core.values.plans import BuildPlan, Spec

Names = tuple[str, ...]

#: Pairs of a name and what belongs to it; a name is used once.
Pairs = tuple[tuple[str, str], ...]


class PythonSpec(Spec):
    """How the environment of a plan is made, and what repairs have settled for good.

    - `interpreter_ladder`: the interpreters to try after the plan's own, the likeliest first.
    - `folders`: folders of the repository that are installed; `project_on_path`: none is, they are found by path.
    - `skip`: distributions and modules that the plan does without; `left_out`: of those that were added, the ones
      not to be added again; `out_of_reach`: distribution → the cause that its modules are missing for.
    - `older`: distribution → the day on which its releases end; `index_date_before`: the index date of before it
      was moved to the time of the author's pins, which happens once.
    - `wheels_only`: distribution → the cause why its sources will not do; `no_build_isolation`,
      `project_no_build_isolation`: built against what is installed; `preinstall`: installed before the rest.
    - `relax`: requirements in conflict may give way; holds the distributions that the code imports.
    - `shims`: modules that are written to pass on another; `folders_to_make`: empty folders made before the start.
    - `missing_interpreter`: the version that the author states (`3.5`), where no such interpreter is here.
    - `convert_python2`: the code is converted from Python 2 before anything imports it.
    - `variables`: what the author's pages and files set for the code; no tool of ours is given them.
    - `find_links`: folders of the repository in which wheels and archives are looked for, too.
    - `prereleases`: the author asks for releases that are not final, too.
    - `fork_of`: the package of another repository's library that the project is a fork of; its tests are not tried
      where pages give commands.
    """

    model_config = ConfigDict(extra="forbid")

    interpreter_ladder: Names = ()
    folders: Names = ()
    project_on_path: bool = False
    skip: Names = ()
    left_out: Names = ()
    out_of_reach: Pairs = ()
    older: Pairs = ()
    index_date_before: datetime | None = None
    wheels_only: Pairs = ()
    no_build_isolation: Names = ()
    project_no_build_isolation: bool = False
    preinstall: Names = ()
    relax: Names | None = None
    shims: Names = ()
    folders_to_make: Names = ()
    missing_interpreter: str = ""
    convert_python2: bool = False
    variables: Pairs = ()
    find_links: Names = ()
    prereleases: bool = False
    fork_of: str = ""

    @model_validator(mode="before")
    @classmethod
    def _read_texts(cls, data: Any) -> Any:
        """Read plans that were stored when every value was a text: `a=cause,b=cause`."""
        if not isinstance(data, Mapping):
            return data
        known = {
            "shims" if name == "aliased" else name: value for name, value in data.items() if name not in _GONE
        }
        return {
            name: _FROM_TEXT[name](value) if name in _FROM_TEXT and isinstance(value, str) else value
            for name, value in known.items()
        }


def _names(text: str) -> Names:
    return tuple(part for part in text.split(",") if part not in ("", "-"))


def _pairs(text: str) -> Pairs:
    return tuple((name, value) for name, _, value in (part.partition("=") for part in _names(text)))


#: Fields of plans that were stored earlier: settings for uv in a repository are never read by now.
_GONE = frozenset({"without_uv_settings"})

_FROM_TEXT: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(("interpreter_ladder", "folders", "skip", "left_out", "no_build_isolation"), _names),
    **dict.fromkeys(("relax", "shims", "folders_to_make"), _names),
    **dict.fromkeys(("out_of_reach", "older", "wheels_only"), _pairs),
    "preinstall": lambda text: tuple(text.split(";")),
}


class SpecChanges(TypedDict, total=False):
    """The fields of a spec, so that changes of them are checked."""

    interpreter_ladder: Names
    folders: Names
    project_on_path: bool
    skip: Names
    left_out: Names
    out_of_reach: Pairs
    older: Pairs
    index_date_before: datetime | None
    wheels_only: Pairs
    no_build_isolation: Names
    project_no_build_isolation: bool
    preinstall: Names
    relax: Names | None
    shims: Names
    folders_to_make: Names
    missing_interpreter: str
    convert_python2: bool
    variables: Pairs
    find_links: Names
    prereleases: bool
    fork_of: str


def spec_of(plan: BuildPlan) -> PythonSpec:
    """Return the spec of a plan; one that was read from a file is made anew."""
    return plan.spec if isinstance(plan.spec, PythonSpec) else PythonSpec.model_validate(plan.spec.model_dump())


def with_spec(plan: BuildPlan, **changes: Unpack[SpecChanges]) -> BuildPlan:
    """Return the plan with some fields of its spec replaced."""
    return plan.with_(spec=spec_of(plan).model_copy(update=dict(changes)))
