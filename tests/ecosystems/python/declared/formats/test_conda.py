from __future__ import annotations

import time

import pytest

from checker.core.values.plans import Evidence
from checker.ecosystems.instructions.yaml import YamlProblem, load
from checker.ecosystems.python.declared.formats.conda import read_environment, translate_spec, translate_version

HERE = Evidence(claim="conda package", source="environment.yml", line=3)


@pytest.mark.parametrize(
    ("version", "meant"),
    [
        ("=1.2", "==1.2.*"),
        ("=1.2.3", "==1.2.3"),
        ("=1.2=py37_0", "==1.2"),
        ("==1.2", "==1.2"),
        (">=1.2,<2", ">=1.2,<2"),
        (" 1.2.*", "==1.2.*"),
        ("=9e", ""),
        ("", ""),
        ("=1.2|1.3", "==1.2.*"),
    ],
)
def test_versions(version: str, meant: str) -> None:
    assert translate_version(version) == meant


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("pytorch::pytorch=1.7.0=py3.8_cuda11", "torch==1.7.0"),
        ("opencv=4.5.3", "opencv-python-headless==4.5.3.*"),
        ("scikit-learn", "scikit-learn"),
        ("pyyaml[version='>=5']", "pyyaml>=5"),
        ("matplotlib-base=3.3", "matplotlib==3.3.*"),
        ("librosa", "librosa"),
    ],
)
def test_names(spec: str, text: str) -> None:
    found = translate_spec(spec, HERE).requirement
    assert found is not None
    assert (found.text, found.written) == (text, spec)


@pytest.mark.parametrize(
    "spec", ["cudatoolkit=11.1", "_libgcc_mutex=0.1=main", "libgcc-ng", "openssl", "mkl", "pip", "ucsc-liftover"]
)
def test_platform_packages_are_dropped(spec: str) -> None:
    assert translate_spec(spec, HERE).dropped == spec


def test_system_packages_and_the_interpreter() -> None:
    assert [p.name for p in translate_spec("ffmpeg", HERE).system_packages] == ["ffmpeg"]
    assert [p.name for p in translate_spec("blast=2.9", HERE).system_packages] == ["ncbi-blast+"]
    python = translate_spec("python=3.7.9=h7579374_0", HERE).python
    assert python is not None
    assert (python.version, python.specifier) == ("3.7", "==3.7.*")


ENVIRONMENT = """
    name: demo
    channels:
      - pytorch
      - defaults
    dependencies:
      - python=3.8
      - pytorch=1.7.0
      - cudatoolkit=11.0
      - ffmpeg
      - conda-forge::tqdm
      - pip:
        - -r requirements.txt
        - timm==0.3.2
        - --extra-index-url https://download.example.org
"""


def test_an_environment(make_tree) -> None:
    tree = make_tree({"environment.yml": ENVIRONMENT, "requirements.txt": "einops\n"})
    spec = read_environment(tree, "environment.yml", ".")
    assert spec is not None
    assert [r.text for r in spec.requirements] == ["torch==1.7.0", "tqdm", "einops", "timm==0.3.2"]
    assert spec.requirements[0].evidence.line == 7
    assert (spec.channels, spec.dropped) == (("pytorch", "defaults", "conda-forge"), ("cudatoolkit=11.0",))
    assert [p.name for p in spec.system_packages] == ["ffmpeg"]
    assert [s.version for s in spec.python] == ["3.8"]
    assert [o.name for o in spec.options] == ["extra-index-url"]


def test_other_yaml_is_no_environment(make_tree) -> None:
    tree = make_tree({"env.yml": "learning_rate: 0.1\n", "envs.yml": "- a\n- b\n"})
    assert read_environment(tree, "env.yml", ".") is None
    assert read_environment(tree, "envs.yml", ".") is None


def test_a_broken_environment_is_read_line_by_line_and_said(make_tree) -> None:
    text = "name: x\ndependencies:\n  - python=3.7\n<<<<<<< HEAD\n  - numpy=1.19\n  - pip:\n    - six\n"
    spec = read_environment(make_tree({"environment.yml": text}), "environment.yml", ".")
    assert spec is not None
    assert [r.text for r in spec.requirements] == ["numpy==1.19.*", "six"]
    assert "environment.yml: no YAML in line" in spec.unreadable[0]


def test_scalars_stay_as_written() -> None:
    assert load("python: 3.10\non: yes\n") == {"python": "3.10", "on": "yes"}


@pytest.mark.parametrize(
    "bomb",
    [
        "a: &a [x,x]\n"
        + "".join(f"{c}: &{c} [*{p},*{p},*{p},*{p}]\n" for p, c in zip("abcdefghij", "bcdefghijk", strict=True)),
        "a: &a {x: 1}\n" + "".join(f"k{n}: &k{n} {{<<: [*a, *a], y: *a}}\n" for n in range(2000)),
        "x: !!python/object/apply:os.system ['true']\n",
    ],
)
def test_bombs_stay_small(bomb: str) -> None:
    started = time.monotonic()
    assert len(repr(load(bomb))) < 10 * len(bomb) + 1000
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("text", ["[" * 100_000, "a" * 400_000, "a: [", "\t- x\n:"])
def test_what_cannot_be_read_is_said(text: str) -> None:
    with pytest.raises(YamlProblem):
        load(text)
