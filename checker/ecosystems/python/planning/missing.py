"""Lists what a repository needs but lacks: modules that exist nowhere, and files that its commands name."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from checker.core.tree import Tree, join
from checker.core.values.plans import Evidence
from checker.core.values.results import Missing
from checker.ecosystems.instructions.command import Command
from checker.ecosystems.instructions.placeholders import is_to_replace
from checker.ecosystems.instructions.shell.reader import SHELLS, read_commands_of
from checker.ecosystems.instructions.shell.working_directory import Directory
from checker.ecosystems.python.code.local_modules import Kind, LocalModules
from checker.ecosystems.python.code.third_party import find_mostly_served, is_outside
from checker.ecosystems.python.declared.projects import PROJECT_FILES
from checker.ecosystems.python.distributions.table import Distribution, Status, find_distribution
from checker.ecosystems.python.entry_points.locate import locate
from checker.ecosystems.python.import_value import Import, Where, place_of_import
from checker.ecosystems.python.launchers import find_launch, unwrap
from checker.ecosystems.python.source.stdlib import is_python2_name, is_standard, was_standard

MAX_PLACES = 20
MOST_OF_ONE_PACKAGE = 6
_CONFIG = re.compile(r"\.(?:ya?ml|json|toml|cfg|conf|ini|gin|libsonnet|jsonnet)$")
_CONFIG_OPTION = re.compile(
    r"^--?(?:c|cfg|config|conf|configs|opt|options?|yaml|settings?|[\w-]*(?:config|cfg)(?:[_-]?file|[_-]?path)?)$"
)
_OUTPUT = re.compile(
    r"(?i)(^|[/_-])(outputs?|results?|logs?|runs?|exp|experiments?_out|work_dirs?|checkpoints?|ckpts?|save\w{0,60}|tmp|data|datasets?|weights|pretrained\w{0,60})(/|$)"
)
_COMES_FROM_ELSEWHERE = re.compile(
    r"\b(?:git\s+clone|wget|curl|unzip|tar|gdown|mv|cp|ln|mkdir|touch|huggingface-cli)\b"
)
_OWN_PLACES = frozenset({Where.PACKAGE, Where.SCRIPT, Where.NOTEBOOK, Where.EXAMPLE, Where.TEST})

_KINDS = {Kind.ELSEWHERE: "module_out_of_reach", Kind.OTHER_CASE: "module_case"}
_MODULES = frozenset({"module", "module_unknown"})

Covered = Callable[[Import], bool]


def find_missing_modules(
    local: LocalModules, imports: Iterable[Import], covered: Covered, python: str = "3.8"
) -> tuple[Missing, ...]:
    """Return the modules that code imports and that exist nowhere, each with the places that import it.

    `covered` says whether something declared or installed provides an import. Guarded imports and those of
    other people's code in the tree are left out. The kind is `module` for what is nowhere, `module_unknown` where
    the tree holds nothing of that name and a package that the table does not know may bring it,
    `module_out_of_reach` for a file in the tree where its importer does not look, `module_case` for what
    differs in case only.
    """
    items = [item for item in imports if not item.optional and item.where in _OWN_PLACES]
    served = find_mostly_served(items, local)
    found: dict[tuple[str, str], list[Evidence]] = {}
    for item in items:
        kind = _classify_missing(local, item, covered, python, served)
        if kind:
            found.setdefault((kind, _name(local, item)), []).append(place_of_import(item))
    return _list_missing(found)


def _list_missing(found: Mapping[tuple[str, str], list[Evidence]]) -> tuple[Missing, ...]:
    """List what is missing; many modules of one package are one line, `package.*`."""
    packages = Counter(name.partition(".")[0] for kind, name in found if kind in _MODULES and "/" not in name)
    merged: dict[tuple[str, str], list[Evidence]] = {}
    for (kind, name), places in found.items():
        top = name.partition(".")[0]
        many = kind in _MODULES and packages[top] > MOST_OF_ONE_PACKAGE
        merged.setdefault((kind, f"{top}.*" if many else name), []).extend(places)
    return tuple(
        Missing(kind=kind, name=name, wanted_by=tuple(places[:MAX_PLACES]))
        for (kind, name), places in merged.items()
    )


def _name(local: LocalModules, item: Import) -> str:
    """Name what is missing: dotted, a relative import by the path that it means."""
    if not item.level:
        found = local.locate(item)
        return item.full if found is not None else item.module
    base = PurePosixPath(item.path).parent
    for _ in range(item.level - 1):
        base = base.parent
    return join(str(base), *item.full.split("."))


def _classify_missing(
    local: LocalModules, item: Import, covered: Covered, python: str, served: frozenset[str]
) -> str:
    """Return the kind of what is missing, '' where nothing is."""
    place = local.locate(item)
    if place is not None and place.found:
        return ""
    if place is not None and place.kind is Kind.OTHER_CASE and place.path == item.path:
        place = None  # A file does not mean itself: `Chronos.py` imports somebody else's `chronos`.
    own = _KINDS.get(place.kind, "module") if place is not None else "module"
    if item.level:
        return own
    known = is_standard(item.full, python) or was_standard(item.full) or is_python2_name(item.full)
    if known or covered(item):
        return ""
    if is_outside(item, local, item.module in served):
        entry = find_distribution(item.module, item.full)
        if entry is None:
            return "module" if place is not None else "module_unknown"
        return "module" if _is_nowhere(entry) else ""
    return own


def _is_nowhere(entry: Distribution) -> bool:
    """Whether an entry means a module that is not publicly available, on any platform."""
    return entry.status is Status.NEVER or (entry.status is Status.PRIVATE and "only" not in entry.note)


def find_missing_files(tree: Tree, commands: Sequence[Command]) -> tuple[Missing, ...]:
    """Return scripts, configurations and folders that commands name and that were never committed.

    Data, outputs and placeholders are left out; so is what the same page makes or fetches before.
    """
    found: dict[tuple[str, str], list[Evidence]] = {}
    fetched: dict[str, str] = {}
    started: dict[str, list[str]] = {}
    for command in [*commands, *_expand_shell_scripts(tree, commands)]:
        if _COMES_FROM_ELSEWHERE.search(" ".join(command.argv[:4])):
            fetched[command.file] = fetched.get(command.file, "") + " " + command.raw
            continue
        if command.written is not None:
            fetched[command.file] = fetched.get(command.file, "") + " " + command.written.path
        for kind, name in _find_named(tree, command):
            made = any(_may_write(text, name) for text in started.get(command.file, ()))
            if not made and not _comes_along(tree, name, fetched.get(command.file, "")):
                found.setdefault((kind, name), []).append(command.evidence)
        started.setdefault(command.file, []).append(_read_script(tree, command))
    return tuple(
        Missing(kind=kind, name=name, wanted_by=tuple(places[:MAX_PLACES]))
        for (kind, name), places in found.items()
    )


def _read_script(tree: Tree, command: Command) -> str:
    """Return the text of the repository's script that a command starts, '' where it starts none."""
    launch = find_launch(unwrap(command.argv))
    place = locate(tree, launch.script, command.cwd) if launch is not None and launch.script else None
    return tree.read(place[0]) if place is not None else ""


def _may_write(text: str, name: str) -> bool:
    """Whether a script that ran before on the same page writes files, and has the name of a script as a string."""
    base = posixpath.basename(name)
    named = re.search(rf"[\"'/]{re.escape(base)}[\"']", text) is not None
    return base.endswith((".sh", ".py")) and named and _OPENS_TO_WRITE.search(text) is not None


_OPENS_TO_WRITE = re.compile(r"[\"'][wax][bt]?\+?[\"']|\bwrite_text\(")


def _expand_shell_scripts(tree: Tree, commands: Sequence[Command]) -> list[Command]:
    inner: list[Command] = []
    for command in commands:
        for part in command.argv[:3]:
            place = locate(tree, part, command.cwd) if part.endswith((".sh", ".bash")) else None
            if place is not None:
                text = tree.read(place[0])
                inner.extend(
                    read_commands_of(
                        tree,
                        text,
                        place[0],
                        start=1,
                        directory=Directory(tree, place[1], PROJECT_FILES),
                        language="sh",
                    )
                )
    return inner


def _comes_along(tree: Tree, name: str, fetched: str) -> bool:
    """Whether something fetched on the same page may hold the file: a clone's own folder is not ours."""
    top = name.partition("/")[0]
    clones = re.findall(r"git\s+clone\s+(?:-\S+\s+)*\S*?/([\w.-]+?)(?:\.git)?(?:\s+([\w./-]+))?(?:\s|$)", fetched)
    for repository, folder in clones:
        into = PurePosixPath(folder or repository).name
        if into == top or (into not in tree.folders and "/" not in name and len(clones) > 1):
            return True
    return posixpath.basename(name) in fetched


def _find_named(tree: Tree, command: Command) -> list[tuple[str, str]]:
    """Return (kind, path) of what a command needs and the tree does not hold."""
    argv = unwrap(command.argv)
    launch = find_launch(argv)
    found: list[tuple[str, str]] = []
    if launch is not None:
        if launch.script.endswith(".py") and _is_absent(tree, launch.script, command.cwd):
            return [("file", _show_path(command.cwd, launch.script))]
        found.extend(
            ("file", _show_path(command.cwd, path)) for path in _find_configs(tree, launch.arguments, command.cwd)
        )
    elif (
        len(argv) > 1 and argv[0] in SHELLS and argv[1].endswith(".sh") and _is_absent(tree, argv[1], command.cwd)
    ):
        found.append(("file", _show_path(command.cwd, argv[1])))
    elif argv and argv[0].startswith("./") and argv[0].endswith(".sh") and _is_absent(tree, argv[0], command.cwd):
        found.append(("file", _show_path(command.cwd, argv[0])))
    elif argv[:2] in {("pip", "install"), ("pip3", "install")} and "-r" in argv[:-1]:
        path = argv[argv.index("-r") + 1]
        if _is_absent(tree, path, command.cwd):
            found.append(("file", _show_path(command.cwd, path)))
    return found


def _find_configs(tree: Tree, arguments: Sequence[str], cwd: str) -> list[str]:
    found: list[str] = []
    for index, argument in enumerate(arguments):
        option, _, value = argument.partition("=")
        if not value and index:
            option, value = arguments[index - 1], argument
        if _CONFIG.search(value) and _CONFIG_OPTION.match(option) and _is_absent(tree, value, cwd):
            found.append(value)
    return found


#: A placeholder for a file's name: `script_name.sh`, `your_script.py`.
_NAMES_NONE = re.compile(r"(?i)^(?:(?:script|program|file|module|notebook)_?name|(?:your|some|any)_\w+)\.\w+$")


def _is_absent(tree: Tree, path: str, cwd: str) -> bool:
    """Whether a path of the repository is not there; what a user brings or the program makes does not count."""
    bare = path.removeprefix("./")
    if (
        is_to_replace(bare)
        or _NAMES_NONE.match(posixpath.basename(bare))
        or _OUTPUT.search(posixpath.dirname(bare))
        or bare.startswith(("/", "~", "http", ".."))
    ):
        return False
    if "*" in bare or "`" in bare or "$" in bare or not re.fullmatch(r"[\w./+@=-]+", bare):
        return False
    if locate(tree, bare, cwd) is not None:
        return False
    # A page may be written from the folder above, or from another copy of the folder.
    tail = bare.partition("/")[2]
    if tail and locate(tree, tail, cwd) is not None:
        return False
    return not any(path == bare or path.endswith(f"/{bare}") for path in tree.files)


def _show_path(cwd: str, path: str) -> str:
    return join(cwd, path)
