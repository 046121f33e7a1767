"""Finds which path a program could not open, and classifies it: code and settings, weights, or data."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from checker.core.container import SOURCE
from checker.core.tree import Tree
from checker.judging.table import Row, read_rows, read_table

#: What is written before a path that lies beside committed files, for the row that judges such paths.
BESIDE = "{}"


def find_opened(message: str, whole: str) -> re.Match[str] | None:
    """Return the match whose group `path` could not be opened, in a message or, with frames, in the whole text."""
    places = ((row, whole if row.frames else message) for row in read_table("paths").opened)
    return next((found for row, text in places if (found := row.regex.search(text))), None)


#: The end of a traceback in which a process is started: by subprocess, os.exec and their like.
_STARTS_A_PROCESS = re.compile(
    r"^[ \t]*File \"[^\"\n]{0,300}\", line \d+, in (?:_execute_child|_execvpe|_spawnvef|_?posix_spawnp?)\n"
    r"(?:[ \t][^\n]{0,400}\n){0,4}(?:FileNotFoundError|NotADirectoryError): ",
    re.MULTILINE,
)

#: How a shell says that a program is not there.
_NO_PROGRAM = re.compile(r": (?:command )?not found[ \t]*$", re.MULTILINE)


def is_about_program(opened: str, whole: str) -> bool:
    """Whether a path is that of a program to start: its text, and the text of the whole failure."""
    return _STARTS_A_PROCESS.search(whole) is not None or _NO_PROGRAM.search(opened) is not None


def judge_path(path: str, tree: Tree | None = None, *, is_program: bool = False) -> Row:
    """Return the row that says whose a path is that is not there.

    `configs/base.yaml` is missing in the repository, `checkpoints/best.pth` are weights, `data/a.npy` is data. A
    file of no telling kind was to be committed where it lies beside committed files; in a folder that only keeps
    its place it is what a user brings. What the tree tells about a path goes before its name: it belongs to a
    submodule, is to be built first, or stands in the tree and is looked for where it stood on another machine.
    """
    relative = path.removeprefix(f"{SOURCE}/").removeprefix("./")
    beside = tree is not None and _lies_beside_files(relative, tree)
    rows = read_rows("paths")
    named = next(row for row in rows if row.search(relative) or (beside and row.search(BESIDE)))
    # A process that cannot be started may lack the folder that it is to work in.
    is_program = is_program and named.name not in _DATA_ROWS
    # What lies in a build's folder is made by it, but for data by its name.
    in_build = named.name not in _DATA_ROWS and _IN_BUILD.search(relative) is not None
    is_built = in_build or _BUILT.search(relative) is not None
    mark = _find_mark(relative, tree, is_program=is_program, is_built=is_built)
    return next((row for row in rows if mark and row.search(mark)), named)


def _find_mark(relative: str, tree: Tree | None, *, is_program: bool, is_built: bool) -> str:
    """Return the mark by which a row of the table knows what the tree tells about a path; '' where nothing."""
    is_inside = not relative.startswith(("/", "~", ".."))
    is_made = is_built and not relative.startswith(("/", "~"))
    if tree is not None and is_inside and lies_in_submodule(relative, tree):
        return SUBMODULE
    if tree is not None and ((is_inside and is_program) or is_made) and _is_built_here(tree):
        return UNBUILT
    if tree is not None and not is_inside and not is_program and _stands_elsewhere(relative, tree):
        return ELSEWHERE
    return (OWN_PROGRAM if is_inside else PROGRAM) if is_program else ""


#: Marks of paths: of a submodule, to be built first, standing elsewhere in the tree, a program of the tree's own
#: or of another.
SUBMODULE, UNBUILT, ELSEWHERE, OWN_PROGRAM, PROGRAM = "{sub}", "{unbuilt}", "{elsewhere}", "{own}", "{program}"

_DATA_ROWS = frozenset({"data_file", "data_folder"})

#: What a build makes, and no data: programs and libraries.
_BUILT = re.compile(
    r"(?i:\.(?:so(?:\.\d+)*|dll|dylib|a|o|exe|jar)\Z)"
    r"|(?:\A|/)(?:_?build[\w-]*|cmake-build-\w+|target/(?:release|debug)|bin)/(?:[\w.-]+/){0,30}[\w-]+\Z"
)
_IN_BUILD = re.compile(r"(?:\A|/)(?:_?build|build-[\w-]{1,40}|cmake-build-\w{1,40}|target/(?:release|debug))/.")
RECIPES = ("CMakeLists.txt", "Makefile", "makefile", "GNUmakefile", "meson.build", "configure", "Cargo.toml")
_SOURCES = (".c", ".cc", ".cpp", ".cxx", ".cu", ".f90", ".rs", ".pyx", ".java", ".go")


def _is_built_here(tree: Tree) -> bool:
    """Whether a tree holds what its author compiles."""
    return any(PurePosixPath(path).name in RECIPES or path.endswith(_SOURCES) for path in tree.files)


_SUBMODULE = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(?P<path>[^\n]{1,300}?)[ \t]*$", re.MULTILINE)


def list_absent_submodules(tree: Tree) -> list[str]:
    """Return the folders of submodules of which the tree holds nothing."""
    folders = [found["path"].strip("/") for found in _SUBMODULE.finditer(tree.read(".gitmodules"))]
    return [folder for folder in folders if folder not in tree.folders]


def lies_in_submodule(relative: str, tree: Tree) -> bool:
    """Whether a path belongs to a submodule of which the tree holds nothing."""
    return any(f"{relative}/".startswith(f"{folder}/") for folder in list_absent_submodules(tree))


#: Parts of a path that are looked for: no file of a tree lies as deep.
MOST_PARTS = 100


def _stands_elsewhere(path: str, tree: Tree) -> bool:
    """Whether a file of the tree is the end of an absolute path: `configs/a.yaml` of `/home/me/configs/a.yaml`."""
    parts = PurePosixPath(path).parts[1:][-MOST_PARTS:]
    return any("/".join(parts[at:]) in tree for at in range(len(parts)))


def _lies_beside_files(relative: str, tree: Tree) -> bool:
    folder = relative.rpartition("/")[0]
    beside = (path for path in tree.files if folder and path.startswith(f"{folder}/"))
    return any(not _is_placeholder(path) for path in beside)


def _is_placeholder(path: str) -> bool:
    """Whether a file only keeps its folder in git (`.gitkeep`, a README)."""
    name = PurePosixPath(path).name.lower()
    return name in {"__init__.py", "placeholder", "placeholder.txt"} or name.startswith(
        (".git", ".keep", "readme")
    )
