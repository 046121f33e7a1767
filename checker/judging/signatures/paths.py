"""Tells missing programs, weights, data and parts of the repository apart by what was opened."""

from __future__ import annotations

import re

from checker.judging.signatures.row import table

_OPENED = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        "(?:No such file or directory|does not exist|Not a directory"
        r"|Permission denied): b?['\"]([^'\"\n]{1,300})['\"]",
        r"name = '([^'\n]{1,300})', errno = \d+",
        r"NotFoundError: ([^;\n]{1,300}); No such file",
        r"(?:FileNotFoundError|NotADirectoryError|OSError|IOError): (?:\[Errno \d+\]"
        r" )?[^\n'\"]{0,120}['\"]([^'\"\n]{1,300})['\"]",
        "(?:FileNotFoundError|NotADirectoryError|OSError|IOError"
        r"|AssertionError): (?:[A-Za-z]+[ :]+){0,8}((?:[\w.~-]+)?/[^\s'\":]{1,300}"
        r"|[\w-]{1,80}\.\w{1,8})\b[^\n]{0,80}(?:not found|not exist|[Nn]o such|missing|$)",
        r"^\w*(?:Error|Exception): ['\"]?(/[^\s'\":]{1,300})['\"]?"
        r" (?:is neither a (?:file|dir)|is not a (?:valid )?(?:file|dir|path)|(?:does not|doesn't) exist)",
        r"^(?:\w[\w.+-]{0,30}: )(?:(?:cannot|can't) \w+ )?['\"‘]?([^\s'\":’]{1,300})['\"’]?: No such file"
        " or directory",
        r"([^\s'\":]{1,300}): No such file or directory",
    )
)

PATHS = table(
    (
        "program",
        "missing_compiler_or_command",
        r"\A(?!data|test|train|val|log|out|tmp|src)[a-z][a-zA-Z0-9_+-]{1,24}\Z",
    ),
    (
        "weights",
        "needs_weights",
        r"\.(?:pth|pt|ckpt|safetensors|onnx|tflite|caffemodel|weights|gguf|index)(?:\.tar|\.gz)?\Z"
        r"|(?i:check-?points?|ckpts?|weights?|pre-?train\w*|saved_models?|snapshots?)(?:/|\Z)"
        r"|(?:pytorch_)?model\.(?:bin|pb|h5|hdf5|pkl|json)\Z|saved_model",
    ),
    (
        "author_machine",
        "needs_data",
        r"\A(?:/(?!src/|env/|usr/|etc/|opt/|proc/|sys/|dev/|checker/|lib)|~/|[A-Z]:[\\/])",
    ),
    (
        "data_folder",
        "needs_data",
        r"(?i:(?:\A|/)(?:\w*data\w*|corpus|corpora|\w*images?|videos?|annotations?|splits?|raw|inputs?)/)",
    ),
    (
        "code",
        "missing_in_repository",
        r"\.(?:py|pyx|ya?ml|cfg|ini|toml|conf|gin|sh|jinja2?|prototxt|cu|cpp|c|so|md|rst|R|jl|ipynb)\Z"
        r"|(?i:conf(?:ig)?s?\b[^/]*\.json)\Z|(?i:(?:\A|/)configs?/)|requirements[^/]*\.txt\Z",
    ),
    ("data", "needs_data", r""),
)
"""How a path is judged, first hit wins; the last row takes everything: what else a program opens is its data."""


def opened(text: str) -> re.Match[str] | None:
    """Return the match whose first group is the path that a program could not open, or None."""
    return next((found for pattern in _OPENED if (found := pattern.search(text))), None)
