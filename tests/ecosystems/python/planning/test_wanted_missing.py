"""What must be installed, and what exists nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from small_trees import make_tree

from checker.core.values.plans import BuildPlan, Way
from checker.core.values.results import Attempt, Missing
from checker.ecosystems.python.code.imports import find_imports
from checker.ecosystems.python.code.local_modules import find_local_modules
from checker.ecosystems.python.code.third_party import ThirdPartyModule, find_third_party_modules
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.ecosystem import find_missing as missing
from checker.ecosystems.python.planning.missing import (
    find_missing_files,
    find_missing_modules,
)


def wanted(tmp_path: Path, files: Mapping[str, str], python: str = "3.8") -> dict[str, ThirdPartyModule]:
    tree = make_tree(tmp_path, files)
    found = find_third_party_modules(find_imports(tree, ".", python), find_local_modules(tree), python)
    return {item.module: item for item in found}


def lacking(tmp_path: Path, files: Mapping[str, str]) -> tuple[Missing, ...]:
    tree = make_tree(tmp_path, files)
    return find_missing_modules(
        find_local_modules(tree), find_imports(tree), lambda item: item.module == "declared"
    )


def test_required_and_not(tmp_path: Path) -> None:
    files = {
        "run.py": """
            import numpy, os, near
            try:
                import cupy
            except ImportError:
                pass
            def f():
                import scipy
            """,
        "near.py": "",
        "docs/conf.py": "import sphinx_rtd_theme\n",
        "tests/test_a.py": "import pytest\n",
        "setup.py": "import setuptools\n",
    }
    found = wanted(tmp_path, files)
    assert {name for name, item in found.items() if item.required} == {"numpy", "scipy"}
    assert found["scipy"].lazy
    assert not found["cupy"].required
    assert found["numpy"].evidence[0].source == "run.py"


def test_folder_of_scripts_does_not_hide_a_distribution(tmp_path: Path) -> None:
    files = {
        "run.py": "import wandb, datasets, tools\n",
        "wandb/log.py": "",
        "datasets/__init__.py": "",
        "tools/a.py": "",
    }
    assert set(wanted(tmp_path, files)) == {"wandb"}


def test_of_two_alternatives_one_is_needed(tmp_path: Path) -> None:
    text = "try:\n    import {}\nexcept ImportError:\n    import {}\n"
    cases = {
        ("ujson", "simplejson"): {"ujson"},
        ("simplejson", "json"): set(),
        ("cPickle", "pickle"): set(),
        ("petrel_client", "einops"): {"einops"},
        ("near", "einops"): set(),
    }
    for number, ((first, second), needed) in enumerate(cases.items()):
        files = {"run.py": text.format(first, second), "near.py": ""}
        found = wanted(tmp_path / str(number), files)
        assert {name for name, item in found.items() if item.required} == needed, (first, second)


def test_standard_library_of_that_interpreter(tmp_path: Path) -> None:
    files = {"run.py": "import distutils.version, dataclasses\n"}
    assert set(wanted(tmp_path / "a", files, "3.12")) == {"distutils"}
    assert set(wanted(tmp_path / "b", files, "3.6")) == {"dataclasses"}


def test_overlay_of_a_known_package(tmp_path: Path) -> None:
    files = {
        "detectron2/modeling/__init__.py": "",
        "detectron2/modeling/mine.py": "",
        "run.py": """
            from detectron2.config import a
            from detectron2.data import b
            from detectron2.modeling.mine import c
            """,
        "detectron2/__init__.py": "",
    }
    assert set(wanted(tmp_path, files)) == {"detectron2"}


def test_a_file_beside_its_importer_shadows_a_package(tmp_path: Path) -> None:
    files = {
        "gan/instructor.py": "class Instructor: ...\n",
        "gan/main.py": "from instructor import Instructor\nfrom instructor.real_data import Gan\n",
        "pkg/__init__.py": "",
        "pkg/wandb.py": "",
        "pkg/log.py": "import wandb.sdk\n",
        "deep/flax.py": "import flax.linen\n",
    }
    assert set(wanted(tmp_path / "a", files)) == {"wandb", "flax"}
    assert [(item.kind, item.name) for item in lacking(tmp_path / "b", files)] == [
        ("module", "instructor.real_data")
    ]


def test_a_folder_with_a_plain_name_is_the_repositorys_own(tmp_path: Path) -> None:
    files = {
        "dataset/scans.py": "",
        "datasets/ours.py": "",
        "fit.py": """
            from dataset.scans import Scans
            from dataset.gone import Gone
            from dataset.lost import Lost
            from datasets import load_dataset
            from datasets.ours import Ours
            from datasets.other import Other
            """,
    }
    assert set(wanted(tmp_path / "a", files)) == {"datasets"}
    assert {item.name for item in lacking(tmp_path / "b", files)} == {"dataset.gone", "dataset.lost"}


def test_missing_modules(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": "from .gone import a\nfrom . import present\n",
        "pkg/present.py": "",
        "utils/__init__.py": "",
        "run.py": """
            import numpy, declared, declared2
            from utils.lost import f
            from nowhere_at_all import g
            import MyNet
            try:
                import guarded_and_gone
            except ImportError:
                pass
            """,
        "mynet.py": "",
        "far/away.py": "",
        "other.py": "import away\nfrom nowhere_at_all import h\n",
    }
    found = {(item.kind, item.name): item for item in lacking(tmp_path, files)}
    assert set(found) == {
        ("module", "pkg/gone"),
        ("module_unknown", "declared2"),
        ("module", "utils.lost"),
        ("module_unknown", "nowhere_at_all"),
        ("module_case", "MyNet"),
        ("module_out_of_reach", "away"),
    }
    places = found["module_unknown", "nowhere_at_all"].wanted_by
    assert [(place.source, place.line) for place in places] == [("other.py", 2), ("run.py", 3)]


def test_a_file_does_not_mean_itself_by_another_case(tmp_path: Path) -> None:
    files = {"models/__init__.py": "", "models/Declared.py": "import declared\n", "models/Net.py": "import net\n"}
    assert [(item.kind, item.name) for item in lacking(tmp_path, files)] == [("module", "net")]


def test_what_a_stated_name_may_bring_is_not_called_missing(tmp_path: Path) -> None:
    files = {"requirements.txt": "lamp-forecasting\n", "run.py": "import lamp\nimport lampshade\n"}
    assert [item.name for item in missing(make_tree(tmp_path, files), [tried("lamp-forecasting")])] == [
        "lampshade"
    ]


def tried(*requirements: str) -> Attempt:
    return Attempt(plan=BuildPlan(ecosystem="python", way=Way.REPAIRED, requirements=requirements))


def test_many_modules_of_one_package_are_one_line(tmp_path: Path) -> None:
    lines = "".join(f"import pkg.lost{n}\n" for n in range(9))
    files = {"pkg/__init__.py": "", "run.py": lines + "import pkg\n"}
    assert [item.name for item in lacking(tmp_path, files)] == ["pkg.*"]


def test_missing_files(tmp_path: Path) -> None:
    page = """
        # Use
        ```bash
        git clone https://example.org/other/tool.git
        cd tool
        python tool/setup_tool.py
        ```
        ```bash
        wget https://example.org/fetched.yaml
        python train.py --config configs/there.yaml
        python train.py --config configs/lost.yaml --data data/set.yaml --out results/x.yaml
        python lost.py --epochs 3
        python train.py --config <your_config>.yaml
        python train.py --config fetched.yaml
        bash scripts/lost.sh
        bash scripts/there.sh
        python /home/me/own.py
        bash script_name.sh 0
        python scripts/your_script.py
        ```
        """
    files = {
        "README.md": page,
        "train.py": "",
        "configs/there.yaml": "",
        "scripts/there.sh": "python inner_lost.py\npython train.py\n",
    }
    tree = make_tree(tmp_path, files)
    found = {item.name: item.wanted_by[0].source for item in find_missing_files(tree, read_commands(tree))}
    assert found == {
        "configs/lost.yaml": "README.md",
        "lost.py": "README.md",
        "scripts/lost.sh": "README.md",
        "inner_lost.py": "scripts/there.sh",
    }


def test_what_a_script_of_the_same_page_writes_is_not_missing(tmp_path: Path) -> None:
    files = {
        "README.md": "```bash\n./late.sh\npython make.py\n./fetch.sh\n./lost.sh\n./etch.sh\npython late.py\n"
        "python read.py\n./read.sh\n```\n",
        "make.py": "open('out/' + 'fetch.sh', 'w')\n",
        "read.py": "open('read.sh')\n",
        "late.py": 'open("late.sh", "w")\n',
    }
    tree = make_tree(tmp_path, files)
    assert [item.name for item in find_missing_files(tree, read_commands(tree))] == [
        "late.sh",
        "lost.sh",
        "etch.sh",
        "read.sh",
    ]
