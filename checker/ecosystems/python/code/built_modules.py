"""Finds modules that a repository's own build makes: compiled extensions, generated code, version files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from checker.core.tree import Tree, once_per_tree

_EXTENSION = re.compile(
    r"\b(?:\w{0,60}Extension|make_\w{0,60}ext\w{0,60}|get_ext|ext_module)\s*\(\s*(?:name\s*=\s*)?[f]?[\"']([\w./]+)[\"']"
)
_MODULE_ARGUMENT = re.compile(r"name\s*=\s*[\"'](\w+)[\"']\s*,\s*module\s*=\s*[\"']([\w.]+)[\"']")
_JIT = re.compile(
    r"\b(?:load|load_inline|cpp_extension\.load|_jit_compile)\s*\(\s*(?:name\s*=\s*)?[f]?[\"'](\w+)[\"']"
)
_NATIVE = re.compile(
    r"(?:pybind11_add_module|PYBIND11_MODULE|NB_MODULE|nanobind_add_module|BOOST_PYTHON_MODULE|PyInit_|"
    r"TORCH_LIBRARY|swig_add_(?:module|library)|python_add_library|Python3?_add_library)\s*+(?:\(\s*+)?(\w+)"
)
_RUST = re.compile(r"#\[pymodule\][\s\S]{0,200}?fn\s+(\w+)|module-name\s*=\s*[\"']([\w.]+)[\"']")
_WRITTEN = re.compile(
    r"(?:write_to|version_file|version-file|versionfile_source)\s*=\s*[\"']?([\w./-]+\.py)"
    r"|[\"']([\w./-]*_?version\w*\.py)[\"']"
)
_VERSION_STEMS = frozenset({"version", "_version", "__version__", "git_version", "_git_version"})
_NATIVE_SUFFIXES = (".cpp", ".cc", ".cxx", ".cu", ".c", ".txt", ".cmake", ".pyx", ".rs", ".toml")
_MAX_NATIVE = 400_000


@dataclass(frozen=True)
class BuiltModule:
    """A dotted module name that the file `path` says is made from it."""

    name: str
    path: str

    def serves(self, module: str) -> bool:
        """Whether an import of `module` may mean this one: a bare name stands for any package it is put in."""
        return (
            module == self.name
            or self.name.startswith(f"{module}.")
            or ("." not in self.name and module.endswith(f".{self.name}"))
        )

    def serves_path(self, dotted_path: str) -> bool:
        """Whether the slashed path of an absolute or relative import ends in this module."""
        wanted = dotted_path.replace("/", ".")
        return wanted == self.name or wanted.endswith(f".{self.name}") or self.name.endswith(f".{wanted}")


@once_per_tree
def find_built_modules(tree: Tree) -> tuple[BuiltModule, ...]:
    """Return the modules that builds of the tree make, with the files that say so; runs nothing."""
    found: dict[str, BuiltModule] = {}
    for path in tree.files:
        for name in _names(tree, path):
            found.setdefault(name, BuiltModule(name, path))
    return tuple(found.values())


def _names(tree: Tree, path: str) -> Iterator[str]:
    pure = PurePosixPath(path)
    if pure.suffix == ".py":
        yield from _read_setup_script(tree, path)
    elif pure.suffix == ".proto":
        for suffix in ("_pb2", "_pb2_grpc"):
            yield _name_module(str(pure.with_suffix("")) + suffix)
    elif pure.suffix == ".pyx":
        yield _name_module(str(pure.with_suffix("")))
    elif pure.suffix == ".ui":
        yield _name_module(str(pure.with_name(f"ui_{pure.stem}")))
    elif path.endswith(_NATIVE_SUFFIXES):
        text = tree.read(path)[:_MAX_NATIVE]
        for match in _NATIVE.finditer(text):
            if match[1] not in {"TORCH_EXTENSION_NAME", "NAME", "MODULE"}:
                yield match[1]
        if pure.suffix in {".rs", ".toml"}:
            for match in _RUST.finditer(text):
                yield match[1] or match[2]
    if pure.name in {"setup.py", "setup.cfg", "pyproject.toml"}:
        yield from _find_version_modules(tree, path)


def _read_setup_script(tree: Tree, path: str) -> Iterator[str]:
    text = tree.read(path)
    if "ext" not in text.lower() and "load" not in text:
        return
    base = str(PurePosixPath(path).parent)
    if "Extension" in text or "_ext" in text:
        for match in _MODULE_ARGUMENT.finditer(text):
            yield f"{match[2]}.{match[1]}"
        for match in _EXTENSION.finditer(text):
            name = match[1].replace("/", ".")
            yield name
            if base != "." and "." in name:
                yield f"{_name_module(base)}.{name}"
    if "cpp_extension" in text:
        for match in _JIT.finditer(text):
            yield match[1]


def _find_version_modules(tree: Tree, path: str) -> Iterator[str]:
    """Yield version modules that the build writes: named by a setting, and not in the tree."""
    text = tree.read(path)
    base = PurePosixPath(path).parent
    for match in _WRITTEN.finditer(text):
        written = PurePosixPath(match[1] or match[2])
        if written.stem in _VERSION_STEMS or match[1]:
            yield _name_module(str(written.with_suffix("")))
            yield _name_module(str((base / written).with_suffix("")))
    if re.search(r"setuptools[-_]scm|hatch-vcs|versioneer|write_version|version\.py", text):
        for folder in sorted(tree.folders):
            if str(PurePosixPath(folder).parent) in {str(base), str(base / "src")}:
                for stem in ("version", "_version"):
                    yield f"{_name_module(folder)}.{stem}"


def _name_module(path: str) -> str:
    return ".".join(part for part in path.split("/") if part not in {"", "."})
