"""Workflows of Snakemake: the environments of their rules, and the program itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.values.plans import BuildPlan, Phase
from checker.ecosystems.python.knowledge import Knowledge
from checker.ecosystems.python.planning.plan import make_plans
from tests.ecosystems.conftest import MakeTree

DAY = datetime(2026, 11, 1, tzinfo=UTC)
RULES = """
rule all:
    input: "out.txt"

rule make:
    output: "out.txt"
    conda: "envs/make.yaml"
    script: "scripts/make.py"

rule plot:
    output: "out.png"
    conda:
        "envs/plot.yaml"
    shell: "python scripts/plot.py"
"""
FILES = {
    "README.md": "```\nsnakemake --cores 1 --use-conda\n```\n",
    "scripts/make.py": 'import six\nopen(snakemake.output[0], "w").write(six.__version__)\n',
    "scripts/plot.py": "import attr\n",
}
MAKE = "channels: [conda-forge]\ndependencies:\n  - python=3.11\n  - six\n"
PLOT = "dependencies:\n  - attrs\n  - samtools\n"


def plan_of(make_tree: MakeTree, files: dict[str, str]) -> BuildPlan:
    known = Knowledge(repository="a/b", code_date=DAY, today=DAY, interpreters=("3.9", "3.11", "3.12"))
    return make_plans(make_tree(dict(files)), known)[0]


@pytest.mark.parametrize(
    ("folder", "name"),
    [("", "Snakefile"), ("workflow/", "Snakefile"), ("", "snakefile"), ("workflow/", "rules/a.smk")],
)
def test_the_environments_of_all_rules_are_installed(make_tree: MakeTree, folder: str, name: str) -> None:
    above = folder + (f"{name.rpartition('/')[0]}/" if "/" in name else "")
    own = {"Snakefile": "include: 'workflow/rules/a.smk'\n"} if "/" in name else {}
    files = {f"{above}envs/make.yaml": MAKE, f"{above}envs/plot.yaml": PLOT, folder + name: RULES, **own}
    plan = plan_of(make_tree, {**FILES, **files})
    assert set(plan.requirements) == {"six", "attrs"}
    assert plan.interpreter == "3.11"


def test_the_program_is_brought_and_started(make_tree: MakeTree) -> None:
    plan = plan_of(make_tree, {**FILES, "Snakefile": RULES, "envs/make.yaml": MAKE})
    tools = [step.argv[-1] for step in plan.steps if step.phase is Phase.TOOLS]
    starts = [step.argv[step.argv.index("--") + 1 :] for step in plan.steps if step.phase is Phase.START]
    assert tools == ["snakemake"]
    assert starts == [("snakemake", "--cores", "1")]


def test_a_workflow_without_environments_states_nothing(make_tree: MakeTree) -> None:
    plan = plan_of(
        make_tree, {**FILES, "Snakefile": "rule all:\n    shell: 'echo'\n", "requirements.txt": "six\n"}
    )
    assert plan.requirements == ("six",)
