"""The same releases built for processors: a tenth of the download, and what a machine without a GPU runs. Pure.

PyTorch keeps these builds on an index of its own, whose files are dated only in part; so the version is taken
from the lock, which was made as of the date, and nothing but the build is exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

BUILDS = frozenset({"torch", "torchaudio", "torchvision"})
"""What the index has builds of, under the local version `cpu` (pytorch.org, "Previous Versions")."""

_OF_CUDA = re.compile(r"nvidia-.*-cu\d+|triton|pytorch-triton|cuda-(bindings|pathfinder|toolkit)|nvidia-nvshmem.*")
"""What builds of torch for CUDA bring along and others do not (the metadata of torch 2)."""

_BOUND = frozenset(
    {
        "auto-gptq",
        "bitsandbytes",
        "cupy",
        "deepspeed",
        "flash-attn",
        "flashinfer-python",
        "jax-cuda12-plugin",
        "mamba-ssm",
        "nvidia-dali",
        "spconv",
        "tensorrt",
        "torch-tensorrt",
        "torchao",
        "transformer-engine",
        "vllm",
        "xformers",
    }
)
"""What is itself built against CUDA, or against torch for CUDA: beside other builds it cannot be loaded."""


def for_processors(lock: Sequence[str], asked: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Split a lock into lines for the index of processor builds, and the others; None where nothing is exchanged.

    `asked` are the requirements of the plan: what they name is not left out.
    """
    named = {_name(line) for line in asked}
    names = {_name(line) for line in lock}
    if not names & BUILDS or any(_is_bound(name) for name in names):
        return None
    exchanged = tuple(f"{line}+cpu" for line in lock if _name(line) in BUILDS and _is_plain(line))
    if len(exchanged) != len(names & BUILDS):
        return None
    dropped = {name for name in names - named if _OF_CUDA.fullmatch(name)}
    others = tuple(line for line in lock if _name(line) not in BUILDS | dropped)
    return exchanged, others


def _is_bound(name: str) -> bool:
    return name in _BOUND or name.startswith(("cupy-cuda", "spconv-cu", "nvidia-dali-", "tensorrt-cu"))


def _is_plain(line: str) -> bool:
    return re.fullmatch(r"[A-Za-z-]+==[\w.]+", line) is not None


def _name(line: str) -> str:
    try:
        return canonicalize_name(Requirement(line).name)
    except InvalidRequirement:
        return ""
