"""Finds the imports that a repository provides itself: from a file's folder, its roots, or build outputs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from checker.core.memo import kept_property
from checker.core.tree import Tree, join
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.folders import FOREIGN, find_meaning
from checker.ecosystems.python.code.built_modules import BuiltModule, find_built_modules
from checker.ecosystems.python.code.package_roots import find_package_folders, find_placed_packages
from checker.ecosystems.python.code.pythonpath import find_entry_path, find_stated_path
from checker.ecosystems.python.code.sys_path import find_path_edits
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.distributions.table import MOST_PARTS, find_distribution
from checker.ecosystems.python.import_value import Import

_SUFFIXES = (".py", ".pyx", ".pyw", ".so", ".pyd", ".ipynb")
_CONVENTIONAL_ROOTS = ("src", "lib", "libs", "python", "code", "source")


class Kind(StrEnum):
    """How the repository provides an import.

    `file` and `package` are source that is there; `namespace` a folder of source without `__init__.py`,
    which an installed package of the same name shadows; `built` an extension or a generated module that its
    build makes; `elsewhere` a module of that name that stands in the tree, out of reach of the importing
    file's roots; `other_case` one that differs in upper and lower case only; `absent` a name whose first
    part is local while the rest is not there.
    """

    FILE = "file"
    PACKAGE = "package"
    NAMESPACE = "namespace"
    BUILT = "built"
    ELSEWHERE = "elsewhere"
    OTHER_CASE = "other_case"
    ABSENT = "absent"


@dataclass(frozen=True)
class Local:
    """Where an import is served from: `path` in the tree, `root` the folder that must be on the path."""

    kind: Kind
    path: str
    root: str = "."

    @property
    def found(self) -> bool:
        """Whether an interpreter with `root` on its path finds the module."""
        return self.kind in {Kind.FILE, Kind.PACKAGE, Kind.NAMESPACE, Kind.BUILT}


@dataclass(frozen=True)
class LocalModules:
    """The modules of a tree. `roots` are folders that its own files or commands put on the path.

    `own_name` is the name by which the code imports what stands at the root, '' where it does not. `placed` are
    packages that an installation takes from a folder of another name, `installed` the roots of all others.
    """

    tree: Tree
    roots: tuple[str, ...] = (".",)
    built: tuple[BuiltModule, ...] = ()
    edits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    own_name: str = ""
    placed: dict[str, str] = field(default_factory=dict)
    installed: tuple[str, ...] = ()
    _known: dict[tuple[str, ...], Local | None] = field(default_factory=dict, compare=False, repr=False)

    def locate(self, item: Import) -> Local | None:
        """Find where the tree provides an import, seen from the importing file; None where it does not."""
        if item.level:
            return self._find_relative(item)
        return self.find(item.full, item.path)

    def find(self, module: str, importer: str) -> Local | None:
        """Look a dotted module up as the file `importer` would: folder, roots, built modules, anywhere else."""
        key = (module, str(PurePosixPath(importer).parent), *self.edits.get(importer, ()))
        if key not in self._known:
            self._known[key] = self._find(module, importer)
        return self._known[key]

    def _find(self, module: str, importer: str) -> Local | None:
        parts = module.split(".")
        if parts[0] == self.own_name:
            return self._find_below(".", parts[1:]) if parts[1:] else Local(Kind.NAMESPACE, ".")
        partial: Local | None = None
        namespace: Local | None = None
        for root in self.list_roots(importer):
            local = self._find_below(root, parts)
            if local is not None and local.kind is Kind.NAMESPACE:
                # Further down the path a real package goes before a folder without `__init__.py`.
                namespace = namespace or local
            elif local is not None and local.found:
                return local
            elif not self._belongs_to_distribution(root, parts, local):
                partial = partial or local
        for made in self.built:
            if made.serves(module):
                return Local(Kind.BUILT, made.path)
        return self._find_placed(parts) or namespace or partial or self._find_anywhere(parts)

    def _belongs_to_distribution(self, root: str, parts: Sequence[str], local: Local | None) -> bool:
        """Whether a known distribution is meant, and not the file of that name in a package: `torchx.specs`.

        A package's own folder is on the path of a script in it alone, and a file has no modules below it.
        """
        is_file = local is not None and local.path == join(root, f"{parts[0]}.py")
        return is_file and join(root, "__init__.py") in self.tree and find_distribution(parts[0]) is not None

    def _find_placed(self, parts: Sequence[str]) -> Local | None:
        """Look a module up in the package that an installation takes from a folder of another name."""
        for length in range(min(len(parts), MOST_PARTS), 0, -1):
            folder = self.placed.get(".".join(parts[:length]))
            if folder is not None and parts[length:]:
                return self._find_below(folder, parts[length:]) or Local(Kind.ABSENT, folder)
            if folder is not None:
                return Local(Kind.PACKAGE, folder)
        return None

    def list_roots(self, importer: str) -> tuple[str, ...]:
        """Return the folders an interpreter may search for a file's imports, the nearest first."""
        folder = str(PurePosixPath(importer).parent)
        parents = [str(parent) for parent in PurePosixPath(importer).parents]
        own = [folder, *self.edits.get(importer, ()), *parents]
        nested = [join(parent, name) for parent in parents for name in _CONVENTIONAL_ROOTS]
        nested = [path for path in nested if path in self.tree.folders]
        return tuple(dict.fromkeys([*own, *self.roots, *nested]))

    @kept_property
    def top_modules(self) -> tuple[str, ...]:
        """Names of the packages and modules that an installation of the main project would bring."""
        found = [name for name in self.placed if "." not in name]
        source = tuple(root for root in ("src",) if root in self.tree.folders)
        for root in dict.fromkeys((*self.roots[:1], *self.installed, *source)):
            for path in self.tree.files:
                pure = PurePosixPath(path)
                if pure.name == "__init__.py" and str(pure.parent.parent) == root:
                    found.append(pure.parent.name)
        return tuple(dict.fromkeys(name for name in found if name.isidentifier()))

    @kept_property
    def _stems(self) -> dict[str, tuple[str, ...]]:
        """Lower-case module name → places in the tree where a module of that name stands."""
        places: dict[str, list[str]] = {}
        for path in self.tree.files:
            pure = PurePosixPath(path)
            if pure.suffix not in {".py", ".pyx"}:
                continue
            places.setdefault(pure.stem.lower(), []).append(path)
            folder = pure.parent
            while str(folder) != ".":
                known = places.setdefault(folder.name.lower(), [])
                if str(folder) in known:
                    break
                known.append(str(folder))
                folder = folder.parent
        return {name: tuple(found) for name, found in places.items()}

    @kept_property
    def _code_folders(self) -> frozenset[str]:
        """Folders that hold Python source at any depth."""
        found: set[str] = set()
        for path in self.tree.files:
            if path.endswith(_SUFFIXES):
                found.update(str(parent) for parent in PurePosixPath(path).parents)
        return frozenset(found)

    def _find_below(self, root: str, parts: Sequence[str]) -> Local | None:
        """Look a module up under one root; `absent` where only its first part is there."""
        here = root
        for depth, part in enumerate(parts):
            here = join(here, part)
            last = depth == len(parts) - 1
            file = self._find_file(here)
            if f"{here}/__init__.py" in self.tree:
                if last:
                    return Local(Kind.PACKAGE, f"{here}/__init__.py", root)
            elif file:
                # What comes after a module file is an attribute of it.
                kind = Kind.BUILT if file.endswith(".pyx") else Kind.FILE
                return Local(kind if last else Kind.ABSENT, file, root)
            elif here in self._code_folders:
                if last:
                    return Local(Kind.NAMESPACE, here, root)
            else:
                return Local(Kind.ABSENT, join(root, *parts[:depth]), root) if depth else None
        return None

    def _find_file(self, stem: str) -> str | None:
        for suffix in (".py", ".pyx", ".pyw"):
            if stem + suffix in self.tree:
                return stem + suffix
        return self._compiled.get(stem)

    @kept_property
    def _compiled(self) -> dict[str, str]:
        """Committed extension modules: `a/b/_c.cpython-38-x86_64-linux-gnu.so` is the module `a/b/_c`."""
        found: dict[str, str] = {}
        for path in self.tree.files:
            if path.endswith((".so", ".pyd", ".pyc")):
                pure = PurePosixPath(path)
                found[join(str(pure.parent), pure.name.partition(".")[0])] = path
        return found

    def _find_relative(self, item: Import) -> Local | None:
        base = PurePosixPath(item.path).parent
        for _ in range(item.level - 1):
            base = base.parent
        root = str(base)
        if not item.full:
            return self._find_relative_names(root, item.names)
        parts = item.full.split(".")
        local = self._find_below(root, parts)
        if local is not None and local.found:
            return local
        dotted = join(root, *parts)
        for made in self.built:
            if made.serves_path(dotted):
                return Local(Kind.BUILT, made.path, root)
        other = self._find_other_case(root, parts)
        return other or local or Local(Kind.ABSENT, root, root)

    def _find_relative_names(self, root: str, names: Iterable[str]) -> Local:
        init = f"{root}/__init__.py" if root != "." else "__init__.py"
        if init in self.tree:
            return Local(Kind.PACKAGE, init, root)
        for name in names:
            local = self._find_below(root, [name])
            if local is not None:
                return local
        return Local(Kind.NAMESPACE, root, root)

    def _find_other_case(self, root: str, parts: Sequence[str]) -> Local | None:
        wanted = join(root, *parts).lower()
        for path in self._stems.get(parts[-1].lower(), ()):
            if str(PurePosixPath(path).with_suffix("")).lower() == wanted:
                return Local(Kind.OTHER_CASE, path, root)
        return None

    def _find_anywhere(self, parts: Sequence[str]) -> Local | None:
        """Find a module of that name out of reach: its tail must match where more than a name is given."""
        tail = "/".join(parts)
        for path in self._stems.get(parts[-1].lower(), ()):
            stem = path.removesuffix(".py").removesuffix(".pyx")
            if stem == tail or stem.endswith(f"/{tail}"):
                root = stem.removesuffix(tail).rstrip("/") or "."
                return Local(Kind.ELSEWHERE, path, root)
        for path in self._stems.get(parts[-1].lower(), ()):
            stem = path.removesuffix(".py").removesuffix(".pyx").lower()
            if stem == tail.lower() or stem.endswith(f"/{tail.lower()}"):
                return Local(Kind.OTHER_CASE, path)
        return None


def _get_last_part(folder: str) -> str:
    return PurePosixPath(folder).name or "."


def find_local_modules(tree: Tree, project: str = ".", commands: Sequence[Command] = ()) -> LocalModules:
    """Read which folders and modules the repository puts on the path of its own code; runs nothing.

    Roots are, in this order: the project, its `package_dir` and `src`, other projects of the tree, folders of
    vendored code, what `sys.path` edits, `PYTHONPATH=` and the working folders of commands name.
    """
    edits = find_path_edits(tree)
    roots = [project or "."]
    placed: dict[str, str] = {}
    installed: tuple[str, ...] = ()
    for path in tree.files:
        pure = PurePosixPath(path)
        if pure.name in PROJECT_FILES:
            roots.append(str(pure.parent))
            folders = find_package_folders(tree, path)
            roots.extend(folders)
            if str(pure.parent) == project:
                installed += folders
                placed |= find_placed_packages(tree, path)
    for folder in tree.folders:
        parent = PurePosixPath(folder)
        if find_meaning(parent.name) in FOREIGN:
            roots.append(folder)
            roots.extend(child for child in sorted(tree.folders) if str(PurePosixPath(child).parent) == folder)
    roots.extend(
        sorted(folder for folder in tree.folders if f"{join(folder, _get_last_part(folder))}/__init__.py" in tree)
    )
    roots.extend(folder for found in edits.values() for folder in found)
    for command in commands:
        roots.append(command.cwd)
        roots.extend(find_entry_path(tree, command))
    roots.extend(folder for folder, _ in find_stated_path(tree, commands))
    known = [root for root in dict.fromkeys(roots) if root in tree.folders]
    return LocalModules(
        tree, tuple(known) or (".",), find_built_modules(tree), edits, placed=placed, installed=installed
    )
