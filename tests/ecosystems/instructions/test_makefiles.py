"""What `make` would carry out is read from Makefiles, and what it starts is an entry point."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from small_trees import make_tree

from checker.ecosystems.instructions.makefiles import (
    find_goals,
    find_recipes,
    read_made_commands,
    read_make_arguments,
    read_make_values,
)
from checker.ecosystems.python.declared.author import collect_author_statements
from checker.ecosystems.python.declared.page_commands import read_commands
from checker.ecosystems.python.entry_points.find import find_entry_points

STARS = """
include data.mk
OUT ?= out
SEED := 3  # of the paper
FIT = python fit.py
FIT += --seed $(SEED)

.PHONY: all clean
all: $(OUT)/fit.json plots

$(OUT)/%.json: data/stars.csv
\t@mkdir -p $(dir $@)
\t$(FIT) --data $< \\
\t\t--save $@ --name $*

define plot
\t$(PYTHON) plot.py $(1) --kind $(2)
endef

plots: ; $(call plot,$(OUT)/fit.json,bars)

each: $(foreach n,1 2 3,$(OUT)/run$(n).json)

shell:
\tfor i in 1 2; do python fit.py --seed $$i --where $(HERE); done

clean:
\trm -rf $(OUT)
"""
DATA = "data/stars.csv:\n\twget https://stars.example/$(notdir $@)\n"
FILES = {"Makefile": STARS, "data.mk": DATA, "fit.py": "import argparse\n", "plot.py": "print(1)\n"}


def texts(tmp_path: Path, *asked: str) -> list[str]:
    found = find_recipes(make_tree(tmp_path, FILES), ".", asked)
    return [" ".join(" ".join(row for _, row in recipe.rows).split()) for recipe in found]


def test_what_a_goal_depends_on_comes_before_it(tmp_path: Path) -> None:
    assert texts(tmp_path, "all") == [
        "wget https://stars.example/stars.csv",
        "mkdir -p out/ python fit.py --seed 3 --data data/stars.csv --save out/fit.json --name fit",
        "python plot.py out/fit.json --kind bars",
    ]


def test_without_a_goal_the_first_rule_is_made_those_of_included_files_first(tmp_path: Path) -> None:
    assert texts(tmp_path) == ["wget https://stars.example/stars.csv"]


def test_a_default_goal_is_taken(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"makefile": ".DEFAULT_GOAL := b\na:\n\tpython a.py\nb:\n\tpython b.py\n"})
    assert [recipe.rows for recipe in find_recipes(tree, ".")] == [((5, "python b.py"),)]


def test_the_first_turn_of_a_loop_is_read(tmp_path: Path) -> None:
    assert texts(tmp_path, "each")[-1].endswith("--save out/run1.json --name run1")


def test_the_shells_own_variables_and_what_is_unknown_stay(tmp_path: Path) -> None:
    assert texts(tmp_path, "shell") == ["for i in 1 2; do python fit.py --seed $i --where ${HERE}; done"]


def test_recipes_say_where_they_stand(tmp_path: Path) -> None:
    found = find_recipes(make_tree(tmp_path, FILES), ".", ("data/stars.csv", "out/fit.json", "plots", "shell"))
    assert [(recipe.goal, recipe.path, recipe.rows[-1][0]) for recipe in found] == [
        ("data/stars.csv", "data.mk", 2),
        ("out/fit.json", "Makefile", 12),
        ("plots", "Makefile", 19),
        ("shell", "Makefile", 24),
    ]


def test_a_folder_without_a_makefile_makes_nothing(tmp_path: Path) -> None:
    tree = make_tree(tmp_path, {"a.py": ""})
    assert find_recipes(tree, ".", ("all",)) == ()
    assert find_goals(tree, ".") == ()


@pytest.mark.parametrize(
    ("words", "folder", "asked"),
    [
        ("", ".", ()),
        ("-j4 fit", ".", ("fit",)),
        ("-j 4 fit SEED=3 plot", ".", ("fit", "plot")),
        ("-C study all", "study", ("all",)),
        ("-B --directory study", "study", ()),
    ],
)
def test_what_make_is_asked_for(words: str, folder: str, asked: tuple[str, ...]) -> None:
    assert read_make_arguments(words.split(), ".") == (folder, asked)


def starts(tmp_path: Path, page: str) -> dict[tuple[str, ...], bool]:
    tree = make_tree(tmp_path, {**FILES, "README.md": page})
    found = find_entry_points(tree, read_commands(tree))
    return {entry.start: entry.declared for entry in found if entry.start and len(entry.start) > 2}


def test_a_page_that_says_make_declares_what_it_starts(tmp_path: Path) -> None:
    assert starts(tmp_path, "Run:\n\n    make -j2 all\n") == {
        ("python", "plot.py", "out/fit.json", "--kind", "bars"): True,
        (
            "python",
            "fit.py",
            "--seed",
            "3",
            "--data",
            "data/stars.csv",
            "--save",
            "out/fit.json",
            "--name",
            "fit",
        ): True,
    }


def test_what_no_page_speaks_of_is_found_in_the_code(tmp_path: Path) -> None:
    found = starts(tmp_path, "Stars.\n")
    assert ("python", "plot.py", "out/fit.json", "--kind", "bars") in found
    assert set(found.values()) == {False}


def test_goals_that_make_ready_or_tidy_up_are_no_starts(tmp_path: Path) -> None:
    rules = "".join(f"{goal}:\n\tpython a.py {goal}\n" for goal in ("install", "clean", "test", "data", "run"))
    tree = make_tree(tmp_path, {"Makefile": rules, "a.py": "print(1)\n"})
    found = find_entry_points(tree, ())
    assert {entry.start for entry in found} == {("python", "a.py", "run"), ("python", "a.py")}


@pytest.mark.parametrize(
    "text",
    [
        "a: b\nb: a\n\tpython a.py\n",
        "f = $(call f) $(g)\ng = $(f)$(f)\na:\n\tpython $(f)\n",
        "f = $(call g,$(call f,$(1)))\ng = $(call f,$(1))\na:\n\t$(call f,1)\n",
        "a" + " " * 200_000 + "\n" + "a:" * 50_000 + "\n" + "$(" * 50_000,
        "include " + "Makefile " * 1_000 + "\na:\n\t" + "$(dir " * 600 + "\n",
        "".join(f"t{n}: t{n + 1}\n\tpython a.py\n" for n in range(3_000)),
        "a: $(foreach x," + "$(foreach x," * 500 + "\n",
        "%: %%\n\tpython a.py\n%%: %\n\tpython a.py\n",
    ],
)
def test_a_makefile_made_to_keep_us_busy_ends(tmp_path: Path, text: str) -> None:
    tree = make_tree(tmp_path, {"Makefile": text})
    began = time.monotonic()
    find_recipes(tree, ".", ("a", "t0", "%"))
    find_recipes(tree, ".")
    find_goals(tree, ".")
    assert time.monotonic() - began < 20


ROOT = """
env:
\tgit clone https://code.example/other/tool.git
\tcd tool; pip install .
\tpip install -U pip; cd lib; pip install -e .
\tconda install -y astropy=5.1
"""


def test_what_make_installs_is_a_statement_of_the_author(tmp_path: Path) -> None:
    files = {"Makefile": ROOT, "lib/setup.py": "from setuptools import setup\nsetup(name='own')\n", "a.py": ""}
    said = collect_author_statements(make_tree(tmp_path, files))
    astropy = next(requirement for requirement in said.packages if requirement.name == "astropy")
    assert (astropy.text, astropy.evidence.source, astropy.evidence.line) == ("astropy==5.1.*", "Makefile", 5)
    assert said.installs == ("lib",)


def test_each_line_of_a_recipe_begins_in_its_folder(tmp_path: Path) -> None:
    tree = make_tree(
        tmp_path, {"study/Makefile": "all:\n\tcd lib; python a.py\n\tpython b.py\n", "study/lib/a.py": ""}
    )
    assert [(command.cwd, command.argv[-1]) for command in read_made_commands(tree, "study", manifests=())] == [
        ("study", "lib"),
        ("study/lib", "a.py"),
        ("study", "b.py"),
    ]


@pytest.mark.parametrize(
    ("makefile", "given", "found"),
    [
        ("N ?= 2\ngo:\n\tpython a.py $(N)\n", (("N", "5"),), "python a.py 5"),
        ("N = 2\ngo:\n\tpython a.py $(N)\n", (("N", "5"),), "python a.py 5"),
        ("S = 1 2\ngo: $(addprefix fit-,$(S))\nfit-%:\n\tpython a.py $*\n", (), "python a.py 1"),
        ("S = 1 2\ngo: $(S:%=fit-%)\nfit-%:\n\tpython a.py $*\n", (), "python a.py 1"),
        (
            "F = $(wildcard c/*.yml)\ngo: $(F:.yml=.out)\n%.out: %.yml\n\tpython a.py $<\n",
            (),
            "python a.py c/x.yml",
        ),
        ("F = $(patsubst c/%.yml,%,$(wildcard c/*))\ngo:\n\tpython a.py $(F)\n", (), "python a.py x"),
        ("go:\n\tpython a.py $(subst a,b,cat) $(firstword 1 2) $(sort 3 2 3)\n", (), "python a.py cbt 1 2 3"),
        ("go:\n\tpython a.py $(basename x.tar.gz) $(addsuffix .c,x)\n", (), "python a.py x.tar x.c"),
        ("go:\n\tpython a.py $(subst a)\n", (), "python a.py ${subst}"),
    ],
)
def test_what_make_is_given_and_its_functions_on_words(
    tmp_path: Path, makefile: str, given: tuple[tuple[str, str], ...], found: str
) -> None:
    tree = make_tree(tmp_path, {"Makefile": makefile, "c/x.yml": "1"})
    assert find_recipes(tree, ".", ("go",), given)[0].rows[0][1] == found


def test_the_values_that_make_is_given() -> None:
    assert read_make_values(["fit", "N=5", "-j4", "M=a=b"]) == (("N", "5"), ("M", "a=b"))
