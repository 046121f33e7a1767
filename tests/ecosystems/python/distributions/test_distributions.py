"""The table of distributions: what it says, what it must never say, and what a declared name covers."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest
from packaging.requirements import Requirement

from checker.ecosystems.python import distributions as table
from checker.ecosystems.python.distributions.table import (
    Status,
    covers,
    find_distribution,
    find_distributions,
    has_twin,
    normalise,
    provides,
    remove_twins,
)
from checker.ecosystems.python.import_value import Import, Where
from checker.ecosystems.python.source.stdlib import is_standard


def imported(full: str, *names: str) -> Import:
    return Import(module=full.partition(".")[0], full=full, names=names, path="a.py", line=1, where=Where.SCRIPT)


def rows() -> list[dict[str, str]]:
    text = files(table).joinpath("data", "distributions.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("cv2", "opencv-python-headless"),
        ("PIL", "pillow"),
        ("sklearn", "scikit-learn"),
        ("yaml", "pyyaml"),
        ("google.protobuf.text_format", "protobuf"),
        ("google.cloud.storage", "google-cloud-storage"),
        ("ruamel.yaml", "ruamel.yaml"),
        ("mpl_toolkits.mplot3d", "matplotlib"),
        ("mmcv.runner.hooks", "mmcv-full"),
        ("mmcv.cnn", "mmcv"),
        ("attr", "attrs"),
        ("tree", "dm-tree"),
        ("haiku", "dm-haiku"),
        ("faiss", "faiss-cpu"),
        ("community", "python-louvain"),
        ("umap", "umap-learn"),
        ("skimage", "scikit-image"),
        ("Bio", "biopython"),
        ("fitz", "pymupdf"),
    ],
)
def test_well_known_names(module: str, name: str) -> None:
    entry = find_distribution(module.partition(".")[0], module)
    assert entry is not None
    assert entry.name == name
    assert entry.installable


@pytest.mark.parametrize(
    ("module", "status"),
    [
        ("apex", Status.CUDA),
        ("flash_attn", Status.CUDA),
        ("MinkowskiEngine", Status.CUDA),
        ("detectron2", Status.OFF_INDEX),
        ("panopticapi", Status.OFF_INDEX),
        ("petrel_client", Status.PRIVATE),
        ("parrots", Status.PRIVATE),
        ("enum", Status.NEVER),
        ("configparser", Status.NEVER),
        ("dataclasses", Status.BACKPORT),
    ],
)
def test_names_that_the_index_does_not_serve(module: str, status: Status) -> None:
    entry = find_distribution(module)
    assert entry is not None
    assert entry.status is status


def test_unknown_names_are_not_guessed() -> None:
    assert find_distribution("surely_nobody_wrote_this") is None


def test_the_table_is_well_formed() -> None:
    seen = set()
    for row in rows():
        assert set(row) == {"module", "distribution", "specifier", "status", "alternative", "note"}
        assert row["status"] in {"", "also", "before", *(s.value for s in Status)}, row
        assert all(part.isidentifier() for part in row["module"].split(".")), row
        assert (row["module"], row["distribution"]) not in seen, row
        seen.add((row["module"], row["distribution"]))
        if row["distribution"]:
            assert normalise(row["distribution"]).replace("-", "").isalnum(), row
            Requirement(row["distribution"] + row["specifier"])
        if row["status"] in {"", "also", "before", "backport"}:
            assert row["distribution"], row
        if row["status"] == "before":
            assert any(each["module"] == row["module"] and not each["status"] for each in rows()), row
        if row["alternative"]:
            Requirement(row["alternative"])
    assert len(seen) > 700


def test_the_table_replaces_no_living_standard_library() -> None:
    installed = [row["module"] for row in rows() if row["status"] in {"", "also", "before"}]
    assert [name for name in installed if is_standard(name, "3.12")] == []


@pytest.mark.parametrize(
    ("declared", "module"),
    [
        ("opencv-python>=4", "cv2"),
        ("opencv-contrib-python-headless", "cv2"),
        ("tensorflow-gpu==1.15", "tensorflow"),
        ("tensorflow_cpu", "tensorflow"),
        ("faiss-gpu", "faiss"),
        ("mxnet-cu101", "mxnet"),
        ("onnxruntime-gpu[x]", "onnxruntime"),
        ("mmcv-full==1.4.0", "mmcv"),
        ("sklearn", "sklearn"),
        ("Pillow", "PIL"),
        ("pydantic_core", "pydantic_core"),
        ("python-slugify", "slugify"),
        ("cupy-cuda11x", "cupy"),
        ("psycopg2", "psycopg2"),
    ],
)
def test_what_a_declared_name_covers(declared: str, module: str) -> None:
    assert module in provides(declared)
    assert covers([declared], imported(module))


def test_namespace_packages_are_told_apart() -> None:
    assert covers(["google-cloud-storage"], imported("google.cloud", "storage"))
    assert not covers(["google-cloud-storage"], imported("google.protobuf"))
    assert covers(["protobuf"], imported("google.protobuf", "message"))


def test_the_api_decides_between_generations() -> None:
    old = find_distributions([imported("mmcv"), imported("mmcv.runner", "load_checkpoint")])
    assert [entry.requirement for entry in old["mmcv"]] == ["mmcv-full<2"]
    new = find_distributions([imported("mmcv"), imported("mmcv.cnn", "ConvModule")])
    assert [entry.requirement for entry in new["mmcv"]] == ["mmcv"]


def test_a_submodule_may_want_a_second_distribution() -> None:
    found = find_distributions([imported("torch"), imported("torch.utils.tensorboard", "SummaryWriter")])
    assert [entry.name for entry in found["torch"]] == ["torch", "tensorboard"]


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("mmcv-full<2", "mmcv"), ("mmcv-full<2",)),
        (("mmcv", "numpy", "mmcv-full<2"), ("numpy", "mmcv-full<2")),
        (("opencv-python", "opencv-contrib-python-headless"), ("opencv-contrib-python-headless",)),
        (("numpy", "mmcv"), ("numpy", "mmcv")),
        ((), ()),
    ],
)
def test_the_fuller_of_two_distributions_of_one_module_is_kept(
    lines: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    assert remove_twins(lines) == kept


def test_a_twin_is_another_name_for_the_same_module() -> None:
    assert has_twin("mmcv", ("numpy", "mmcv-full<2"))
    assert not has_twin("mmcv", ("mmcv<2", "mmdet"))
    assert not has_twin("numpy", ("scipy",))
