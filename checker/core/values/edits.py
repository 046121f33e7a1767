"""What a repair changed in a plan, as typed values; the sentence that people read is made from them here.

`AddRequirement(requirement="einops")` → "added einops". `note` is for people alone: nothing decides by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from checker.core.values.base import Value


class BaseEdit(Value):
    """A change of a plan; `note` says in words what is worth knowing besides."""

    words: ClassVar[str] = ""
    note: str = ""

    def sentence(self) -> str:
        """Return what was changed in words: the fields put into the template of the kind."""
        return self.words.format_map(dict(self))


class AddRequirement(BaseEdit):
    """A requirement that the author does not state was added."""

    words = "added {requirement}"
    kind: Literal["add_requirement"] = "add_requirement"
    requirement: str


class Constrain(BaseEdit):
    """A distribution was narrowed to a range, whether it is required itself or comes along with another."""

    words = "{requirement}"
    kind: Literal["constrain"] = "constrain"
    requirement: str


class ChangeRequirement(BaseEdit):
    """One requirement took the place of another."""

    words = "{before} → {after}"
    kind: Literal["change_requirement"] = "change_requirement"
    before: str
    after: str


class DropRequirement(BaseEdit):
    """A requirement was left out and does not count as missing."""

    words = "{requirement} left out"
    kind: Literal["drop_requirement"] = "drop_requirement"
    requirement: str


class SetAside(BaseEdit):
    """A requirement was left out so that the rest can be tried; what needs it fails."""

    words = "{requirement} set aside"
    kind: Literal["set_aside"] = "set_aside"
    requirement: str


class LeaveToResolver(BaseEdit):
    """Pins of a frozen environment were left out: the resolver chooses these versions."""

    kind: Literal["leave_to_resolver"] = "leave_to_resolver"
    names: tuple[str, ...]

    def sentence(self) -> str:
        """Return what was changed in words."""
        return f"left to the resolver, because the code imports none of them: {', '.join(self.names)}"


class Override(BaseEdit):
    """A version was fixed whatever the metadata of other distributions say."""

    words = "{requirement} {note}"
    kind: Literal["override"] = "override"
    requirement: str
    note: str = "for all that ask for its local build"


class RelaxByTrial(BaseEdit):
    """Requirements may give way; which of them have to is found out while resolving."""

    words = "the fewest requirements give way that have to"
    kind: Literal["relax_by_trial"] = "relax_by_trial"


class MoveInterpreter(BaseEdit):
    """Another interpreter was chosen."""

    words = "Python {before} → {after}"
    kind: Literal["move_interpreter"] = "move_interpreter"
    before: str | None
    after: str


class MoveDate(BaseEdit):
    """The index date was moved; `after` is None for the index of today."""

    kind: Literal["move_date"] = "move_date"
    before: datetime | None
    after: datetime | None

    def sentence(self) -> str:
        """Return what was changed in words."""
        return f"index date → {'today' if self.after is None else f'{self.after:%Y-%m-%d}'}"


class HoldDistribution(BaseEdit):
    """The releases of one distribution end on a day (`2019-05-31`) of its own."""

    words = "{name} as of {day}"
    kind: Literal["hold_distribution"] = "hold_distribution"
    name: str
    day: str


class ReleaseDistribution(BaseEdit):
    """The releases of one distribution end with the index date again."""

    words = "{name} of the code's date again"
    kind: Literal["release_distribution"] = "release_distribution"
    name: str


class WheelsOnly(BaseEdit):
    """A distribution is installed from wheels alone."""

    words = "{name} from wheels alone"
    kind: Literal["wheels_only"] = "wheels_only"
    name: str


class AllowSources(BaseEdit):
    """A distribution may be built from sources again."""

    words = "{name} from sources again"
    kind: Literal["allow_sources"] = "allow_sources"
    name: str


class BuildWith(BaseEdit):
    """A distribution ('' for the project) is built with what was installed beforehand."""

    kind: Literal["build_with"] = "build_with"
    name: str = ""
    requirements: tuple[str, ...]

    def sentence(self) -> str:
        """Return what was changed in words."""
        return f"{self.name or 'the project'} is built with {', '.join(self.requirements)}"


class AddSystemPackages(BaseEdit):
    """Packages of the operating system were added."""

    kind: Literal["add_system_packages"] = "add_system_packages"
    packages: tuple[str, ...]

    def sentence(self) -> str:
        """Return what was changed in words."""
        return f"system packages: {' '.join(self.packages)}"


class DropIndex(BaseEdit):
    """An extra index was left out."""

    words = "without the index {url}"
    kind: Literal["drop_index"] = "drop_index"
    url: str


class IgnoreSettings(BaseEdit):
    """The repository's settings for the installer were ignored: in results of before they always were."""

    words = "without the repository's settings for uv ({url})"
    kind: Literal["ignore_settings"] = "ignore_settings"
    url: str


class PutOnPath(BaseEdit):
    """A folder was put where imports are looked for."""

    words = "{folder} put on Python's path"
    kind: Literal["put_on_path"] = "put_on_path"
    folder: str


class SkipInstallation(BaseEdit):
    """The project is not installed: its folder is where imports are looked for."""

    words = "the project is put on the path instead of installed"
    kind: Literal["skip_installation"] = "skip_installation"


class MakeFolder(BaseEdit):
    """An empty folder was made."""

    words = "made the empty folder {folder}"
    kind: Literal["make_folder"] = "make_folder"
    folder: str


class SetVariable(BaseEdit):
    """An environment variable was set."""

    words = "{name}={value}"
    kind: Literal["set_variable"] = "set_variable"
    name: str
    value: str


class ConvertPython2(BaseEdit):
    """The repository's own files were converted from Python 2 to 3."""

    words = "the repository's files converted from Python 2 with 2to3"
    kind: Literal["convert_python2"] = "convert_python2"


class UseShim(BaseEdit):
    """A module was written that only passes on another."""

    words = "{module} stands for {target}"
    kind: Literal["use_shim"] = "use_shim"
    module: str
    target: str


Edit = Annotated[
    AddRequirement
    | AddSystemPackages
    | AllowSources
    | BuildWith
    | ChangeRequirement
    | Constrain
    | ConvertPython2
    | DropIndex
    | DropRequirement
    | HoldDistribution
    | IgnoreSettings
    | LeaveToResolver
    | MakeFolder
    | MoveDate
    | MoveInterpreter
    | Override
    | PutOnPath
    | RelaxByTrial
    | ReleaseDistribution
    | SetAside
    | SetVariable
    | SkipInstallation
    | UseShim
    | WheelsOnly,
    Field(discriminator="kind"),
]


def describe(edits: Iterable[BaseEdit]) -> str:
    """Return what was changed as people read it: `numpy<2; Python 3.12 → 3.11`."""
    return "; ".join(f"{edit.sentence()}: {edit.note}" if edit.note else edit.sentence() for edit in edits)
