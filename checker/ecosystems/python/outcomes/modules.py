"""Explains why a module or a compiled library of a repository is not found."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath

from checker.core.container import SOURCE
from checker.core.tree import Tree, once_per_tree
from checker.ecosystems.python.code.built_modules import BuiltModule, find_built_modules
from checker.ecosystems.python.distributions.table import Status, find_distribution
from checker.ecosystems.python.source.stdlib import is_python2_name
from checker.judging.paths import RECIPES, judge_path, lies_in_submodule, list_absent_submodules

_LIBRARY = re.compile(
    r"(?<![\w./-])(?P<folder>[\w./-]*/)?(?:lib)?(?P<stem>[\w-]+)\.so(?:\.\d+)*: cannot open shared object file"
)

#: What a file that describes a build, or its source, has where a GPU toolchain makes it.
_GPU_BUILD = re.compile(r"\bCUDAExtension\b|\bCUDA_ADD_LIBRARY\b|__global__|LANGUAGES[^)]{0,200}\bCUDA\b")


def is_in_tree(module: str, tree: Tree) -> bool:
    """Whether a file or a folder of the tree has the name of a module's first part."""
    top = module.partition(".")[0]
    return any(path.split("/")[-1] == f"{top}.py" for path in tree.files) or any(
        folder.split("/")[-1] == top for folder in tree.folders
    )


#: Where a module comes from that the index does not have: the cause where it is not found.
_ELSEWHERE = {
    Status.CUDA: "needs_gpu_toolchain",
    Status.OFF_INDEX: "undeclared_dependency",
    Status.HOST: "needs_program",
}


def find_module_cause(name: str, tree: Tree) -> str:
    """Return the cause of a missing module: it is not on the path, to be installed or built, or exists nowhere."""
    top = name.partition(".")[0]
    here = is_in_tree(name, tree)
    if not here and (is_python2_name(name) or is_of_absent_submodule(name, tree)):
        return "python2_syntax" if is_python2_name(name) else "submodule_missing"
    entry = find_distribution(top, name)
    if here and "." not in name:
        return "module_out_of_reach"
    made = next((each for each in find_built_modules(tree) if _is_extension(each, name)), None)
    if made is not None and (here or entry is None):
        return "needs_gpu_toolchain" if _GPU_BUILD.search(tree.read(made.path)) else "not_built"
    if entry is not None and entry.status in _ELSEWHERE and not (here and entry.status is Status.HOST):
        return _ELSEWHERE[entry.status]
    if entry is None or here or not entry.name or entry.status in (Status.PRIVATE, Status.NEVER):
        return "missing_in_repository"
    # Python names the first part that it does not find: before a submodule, the package itself was found.
    return "incompatible_dependency" if "." in name and entry.module == top else "undeclared_dependency"


def is_of_absent_submodule(module: str, tree: Tree) -> bool:
    """Whether a module belongs to a submodule that is not there: its place, its name, or the path tells."""
    if lies_in_submodule(module.replace(".", "/"), tree):
        return True
    top = _normalise(module.partition(".")[0])
    for folder in list_absent_submodules(tree):
        if _normalise(posixpath.basename(folder)) == top:
            return True
        if find_distribution(module.partition(".")[0], module) is None and _is_put_on_path(tree, folder):
            return True
    return False


def _normalise(name: str) -> str:
    return re.sub(r"[-_.]", "", name.lower()).removeprefix("py")


@once_per_tree
def _is_put_on_path(tree: Tree, folder: str) -> bool:
    """Whether the code, or a page, puts a folder on the path."""
    texts = (tree.read(path) for path in tree.files if path.endswith((".py", ".ipynb", ".sh", ".md", ".rst")))
    return any(folder in text and ("sys.path" in text or "PYTHONPATH" in text) for text in texts)


def _is_extension(made: BuiltModule, name: str) -> bool:
    """Whether an installation builds a module: neither a package around one, nor code that a reader generates."""
    around = made.name.startswith(f"{name}.")
    return made.serves(name) and not around and not made.path.endswith((".proto", ".ui"))


def find_own_library(message: str, tree: Tree) -> str:
    """Return the cause where a shared library that is not there is the repository's own; '' for a system's.

    `./build/libfast.so` is to be built where the tree has what builds it, and was never committed elsewhere.
    """
    found = _LIBRARY.search(message)
    if found is None:
        return ""
    folder = found["folder"] or ""
    if folder.startswith("/") and not folder.startswith(f"{SOURCE}/"):
        return ""
    row = judge_path(f"{folder.removeprefix(f'{SOURCE}/').removeprefix('./')}{found['stem']}.so", tree)
    recipes = (path for path in tree.files if posixpath.basename(path) in RECIPES)
    stem = re.escape(found["stem"])
    named = re.compile(rf"\b(?:lib)?{stem}\.so\b|\badd_library\(\s?{stem}\b")
    return row.cause if folder or any(named.search(tree.read(path)) for path in recipes) else ""


def is_built_by_gpu_tools(message: str, tree: Tree) -> bool:
    """Whether a shared library that is not there is the repository's own, to be compiled from its CUDA code."""
    found = _LIBRARY.search(message)
    if found is None:
        return False
    sources = [PurePosixPath(path).stem for path in tree.files if path.endswith(".cu")]
    folder = found["folder"] or ""
    own = bool(folder) and (not folder.startswith("/") or folder.startswith(f"{SOURCE}/"))
    return found["stem"] in sources or (own and bool(sources))
