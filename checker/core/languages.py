"""Which file is source code, by its suffix: what tells `no_code` from code, and names the language."""

from __future__ import annotations

_LANGUAGES = {
    "Python": (".py", ".pyx", ".pyw"),
    "Jupyter Notebook": (".ipynb",),
    "C": (".c", ".h"),
    "C++": (".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx"),
    "CUDA": (".cu", ".cuh"),
    "Java": (".java",),
    "Scala": (".scala",),
    "Kotlin": (".kt",),
    "JavaScript": (".js", ".mjs", ".cjs", ".jsx"),
    "TypeScript": (".ts", ".tsx"),
    "R": (".r", ".rmd", ".qmd"),
    "Julia": (".jl",),
    "MATLAB": (".m", ".mlx"),
    "Go": (".go",),
    "Rust": (".rs",),
    "Fortran": (".f", ".f90", ".f95", ".for"),
    "C#": (".cs",),
    "Swift": (".swift",),
    "Objective-C": (".mm",),
    "Ruby": (".rb",),
    "Perl": (".pl", ".pm"),
    "PHP": (".php",),
    "Lua": (".lua",),
    "Haskell": (".hs",),
    "OCaml": (".ml", ".mli"),
    "Coq": (".v",),
    "Lean": (".lean",),
    "Isabelle": (".thy",),
    "Shell": (".sh", ".bash"),
    "Verilog": (".sv", ".svh"),
    "VHDL": (".vhd", ".vhdl"),
    "Prolog": (".pro",),
    "Lisp": (".lisp", ".el", ".clj", ".scm"),
    "Erlang": (".erl", ".ex", ".exs"),
    "Dart": (".dart",),
    "Solidity": (".sol",),
    "Stan": (".stan",),
    "NetLogo": (".nlogo",),
    "GAMS": (".gms",),
    "Mathematica": (".nb", ".wl"),
    "Modelica": (".mo",),
    "SAS": (".sas",),
    "Stata": (".do", ".ado"),
    "SQL": (".sql",),
}

SOURCE_SUFFIXES: dict[str, str] = {
    suffix: language for language, suffixes in _LANGUAGES.items() for suffix in suffixes
}
"""Suffix in lower case → language."""
