"""Everything read about a Python repository before anything is planned: one value, made once per tree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from checker.core.memo import kept_property
from checker.core.tree import Tree, join, once_per_tree
from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.binder import FOLDERS
from checker.ecosystems.instructions.containers.run import is_compose, read_run
from checker.ecosystems.instructions.variables import Variable, keep_first
from checker.ecosystems.python.code.imports import ImportScan, scan_project
from checker.ecosystems.python.code.local_modules import LocalModules, find_local_modules
from checker.ecosystems.python.code.self_import import find_own_name
from checker.ecosystems.python.code.third_party import OWN_CODE, ThirdPartyModule, find_third_party_modules
from checker.ecosystems.python.declared.author import collect_author_statements
from checker.ecosystems.python.declared.choose import LISTS, find_specifications, main_project
from checker.ecosystems.python.declared.contradictions import resolve_contradictions
from checker.ecosystems.python.declared.formats.requirement_line import parse
from checker.ecosystems.python.declared.formats.uv_settings import UvSettings, read_uv_settings
from checker.ecosystems.python.declared.managers.local_sources import find_place
from checker.ecosystems.python.declared.projects import list_modules_below
from checker.ecosystems.python.declared.vendored import find_copied_projects, is_large
from checker.ecosystems.python.distributions.table import covers
from checker.ecosystems.python.entry_points.entry_point import EntryPoint
from checker.ecosystems.python.entry_points.find import find_entry_points
from checker.ecosystems.python.entry_points.preparation import Groundwork, find_groundwork
from checker.ecosystems.python.entry_points.test_suite import TestSuite, find_tests
from checker.ecosystems.python.import_value import Import, Where
from checker.ecosystems.python.stated import Problem, Project, Requirement, Specification, Statements

#: What installs, and is no part of what is installed for the code.
_OF_INSTALLERS = frozenset(
    {"", "pip", "setuptools", "wheel", "uv", "poetry", "pipenv", "pip-tools", "virtualenv", "conda"}
)


@dataclass(frozen=True)
class Survey:
    """What a tree holds and states. `project` is the main one; paths are relative to the tree."""

    tree: Tree
    specifications: tuple[Specification, ...]
    statements: Statements
    project: Project

    @kept_property
    def scan(self) -> ImportScan:
        """All imports of the whole tree; which of them count is a matter of where they stand.

        A copy of a known distribution that nothing installs and no code beside it imports is other people's, and
        so is one as large as a library: what it wants shows when the repository's own programs use it.
        """
        found = scan_project(self.tree, ".")
        foreign = tuple(
            f"{folder}/"
            for folder in find_copied_projects(self.tree, self.project.folder)
            if is_large(self.tree, folder) or not self._is_used(folder, found.imports)
        )
        if not foreign:
            return found
        imports = (
            item.model_copy(update={"where": Where.VENDORED}) if item.path.startswith(foreign) else item
            for item in found.imports
        )
        return found.model_copy(update={"imports": tuple(imports)})

    def _is_used(self, folder: str, imports: Iterable[Import]) -> bool:
        """Whether the author installs a folder of the tree, or code outside it imports what it holds."""
        if folder in self.statements.installs or any(r.local == folder for r in self.runtime):
            return True
        names = list_modules_below(self.tree, folder)
        return any(item.module in names and not item.path.startswith(f"{folder}/") for item in imports)

    @property
    def copied_modules(self) -> frozenset[str]:
        """The top-level modules of libraries that were copied into the tree: programs show whether they work."""
        large = (f for f in find_copied_projects(self.tree, self.project.folder) if is_large(self.tree, f))
        return frozenset(
            name for f in large for name in (posixpath.basename(f), *list_modules_below(self.tree, f))
        )

    @kept_property
    def local(self) -> LocalModules:
        """What the repository serves itself."""
        found = find_local_modules(
            self.tree.whole, self.project.folder, (*self.statements.commands, *self.statements.exports)
        )
        return found if self.own_name is None else replace(found, own_name=self.own_name.claim)

    @kept_property
    def own_name(self) -> Evidence | None:
        """The name by which the code imports its own root, as the claim of the place that does."""
        return find_own_name(self.tree.whole, self.scan.imports)

    @kept_property
    def entry_points(self) -> tuple[EntryPoint, ...]:
        """Ways to start the code, the best first."""
        specs = (spec for spec in self.project.specifications if spec.installs_project)
        folders = dict.fromkeys((*(spec.project for spec in specs), *self.statements.installs))
        beside = tuple(folder for folder in folders if folder != self.project.folder)
        return find_entry_points(self.tree, self.statements.commands, self.project.folder, beside)

    @kept_property
    def groundwork(self) -> tuple[Groundwork, ...]:
        """What the pages have a reader compile and copy before the code starts."""
        return find_groundwork(self.tree, self.statements.commands, self.project.folder)

    @kept_property
    def tests(self) -> TestSuite | None:
        """The repository's tests, if it has some."""
        called = (*self.statements.commands, *self.statements.tasks)
        return find_tests(self.tree, self.project.folder, called)

    @kept_property
    def runtime(self) -> tuple[Requirement, ...]:
        """What the main project asks for, in order, each distribution as often as written.

        Where no specification and no page says anything, the installation lines of the author's Dockerfile
        and scripts do: they are carried out in our sandbox, not by an image build.
        """
        return self._settled[0]

    @kept_property
    def variables(self) -> tuple[Variable, ...]:
        """What is set for everything that runs: by the project's specifications, then by pages and other files."""
        own = (variable for spec in self.project.specifications for variable in spec.variables)
        return keep_first((*own, *self.statements.variables))

    @property
    def conflicting_pins(self) -> tuple[Requirement, ...]:
        """Versions that the pages name beside those of `runtime`, for environments of another time."""
        return self._settled[1]

    @kept_property
    def _settled(self) -> tuple[tuple[Requirement, ...], tuple[Requirement, ...]]:
        asked = tuple(r for spec in self.project.specifications for r in spec.runtime)
        asked = (*asked, *self._list_added_in_container(asked)) if asked else ()
        return resolve_contradictions(asked or tuple(r for r in self.statements.packages if r.group is None))

    def _list_added_in_container(self, asked: Iterable[Requirement]) -> Iterator[Requirement]:
        """Yield what the author's container has besides the lists, where no page installs without it."""
        pages = [spec for spec in self.project.specifications if spec.kind == "readme"]
        by_pages = any(page.requirements or page.included or page.installs_project for page in pages)
        calls = any(read_run(command.argv) or is_compose(command.argv) for command in self.statements.commands)
        known = {r.name for r in asked} | _OF_INSTALLERS
        if calls or not by_pages:
            yield from (r for r in self.statements.in_container if r.text and r.name not in known and not r.group)

    @property
    def modules_from_the_tree(self) -> tuple[frozenset[str], ...]:
        """The modules of other folders that an installation takes from the tree: no package of theirs is meant."""
        found = (place for spec in self.project.specifications for r in spec.runtime if (place := find_place(r)))
        return tuple(list_modules_below(self.tree, place) for place in dict.fromkeys(found) if place != ".")

    @property
    def uv_settings(self) -> UvSettings:
        """What uv would apply to the author's installation; nothing where uv is not what installs it."""
        used = any("uv" in command.argv[:1] for command in self.statements.commands)
        locked = join(self.project.folder, "uv.lock") in self.tree or "uv.lock" in self.tree
        return read_uv_settings(self.tree, self.project.folder) if used or locked else UvSettings()

    @kept_property
    def test_requirements(self) -> tuple[str, ...]:
        """What the specifications list for tests and development."""
        asked = [r for spec in self.project.specifications for r in spec.requirements]
        groups = ["test", "dev", "extra:test", "extra:tests", "extra:testing", "extra:dev"]
        for group in groups:  # grows while it is read: a group may name others, `own[more]`
            own = (parse(r.text) for r in asked if r.group == group and r.problem is Problem.SELF)
            extras = sorted(extra for found in own if found is not None for extra in found.extras)
            groups += [name for extra in extras if (name := f"extra:{extra}") not in groups]
        found = (r for group in groups for r in asked if r.group == group and r.problem is not Problem.SELF)
        return tuple(dict.fromkeys(r.text for r in found if r.text))

    def find_required_modules(
        self, python: str, places: frozenset[Where] = OWN_CODE
    ) -> tuple[ThirdPartyModule, ...]:
        """Return the third-party modules that the repository's own code, or other `places`, require."""
        return self.tree.keep(("wanted", python, places), lambda: self._find_required_modules(python, places))

    def _find_required_modules(self, python: str, places: frozenset[Where]) -> tuple[ThirdPartyModule, ...]:
        found = find_third_party_modules(self.scan.imports, self.local, python, places)
        return tuple(module for module in found if module.required)

    def find_undeclared(self, python: str, declared: tuple[str, ...]) -> tuple[ThirdPartyModule, ...]:
        """Return the required third-party modules that none of the named distributions provides."""
        return tuple(
            w for w in self.find_required_modules(python) if not any(covers(declared, item) for item in w.imports)
        )


@once_per_tree
def survey(tree: Tree) -> Survey:
    """Read a tree; what it holds is read once, however often it is asked for."""
    specifications = find_specifications(tree)
    seen = Survey(tree, specifications, collect_author_statements(tree), main_project(tree, specifications))
    covering = _find_covering_list(seen)
    if covering is None:
        return seen
    marked = tuple(
        spec.model_copy(update={"covering": True}) if spec == covering else spec for spec in specifications
    )
    return replace(seen, specifications=marked, project=main_project(tree, marked))


def _find_covering_list(seen: Survey) -> Specification | None:
    """Return a list that lacks less of what the code imports than the one of the plainest name, and nothing else.

    An author who keeps two lists and names none of them works with the one that goes with the code.
    """
    followed = [spec for spec in seen.project.specifications if spec.kind in LISTS and spec.group is None]
    others = [spec for spec in seen.project.alternatives if spec.kind in LISTS and spec.group is None]
    named = {path for spec in seen.specifications for path in spec.included}
    if len(followed) != 1 or not others or followed[0].path in named or _is_of_binder(followed[0]):
        return None
    beside = tuple(r.name for spec in seen.project.specifications if spec is not followed[0] for r in spec.runtime)

    def list_open(spec: Specification) -> frozenset[str]:
        open_ones = seen.find_undeclared("3.8", (*beside, *(r.name for r in spec.runtime)))
        return frozenset(module.module for module in open_ones)

    lacking = list_open(followed[0])
    better = [spec for spec in others if list_open(spec) < lacking] if lacking else []
    return min(better, key=lambda spec: len(list_open(spec)), default=None)


def _is_of_binder(spec: Specification) -> bool:
    return posixpath.dirname(spec.path) in FOLDERS
