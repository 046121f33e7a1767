"""Scripts without a suffix: they are code, and they are started by the program that their first line names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from checker.core.languages import find_language, read_shebang
from checker.core.values.plans import Phase
from checker.ecosystems.base import Facts
from checker.ecosystems.python import ecosystem
from checker.judging.presence import look_for_code
from tests.ecosystems.conftest import MakeTree

DAY = datetime(2026, 11, 1, tzinfo=UTC)
FACTS = Facts(repository="a/b", code_date=DAY, today=DAY, runtimes=(("python", ("3.11", "3.12")),))


def starts_of(make_tree: MakeTree, files: dict[str, str]) -> list[tuple[str, ...]] | None:
    project = ecosystem.open(make_tree(dict(files)), FACTS)
    if project is None:
        return None
    steps = [step for step in project.make_plans()[0].steps if step.phase in {Phase.START, Phase.RUN}]
    return [step.argv[step.argv.index("--") + 1 :] for step in steps]


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("#!/usr/bin/env python3", "Python"),
        ("#!/usr/bin/env -S python3.11 -u", "Python"),
        ("#!/srv/conda/envs/kernel/bin/python", "Python"),
        ("#! /bin/sh -e", "Shell"),
        ("#!/usr/bin/env Rscript", "R"),
        ("#!/usr/bin/env julia", "Julia"),
        ("#!/usr/bin/awk -f", None),
        ("MIT License", None),
        ("#!", None),
    ],
)
def test_the_first_line_names_the_language(line: str, language: str | None) -> None:
    assert find_language("bin/verify", line) == language
    assert find_language("notes.txt", line) is None


def test_the_options_of_the_first_line_are_kept() -> None:
    assert read_shebang("#!/usr/bin/env -S python3 -u") == ("python3", "-u")


def test_scripts_without_a_suffix_are_code(make_tree: MakeTree) -> None:
    tree = make_tree({"LICENSE": "MIT\n", "verify": "#!/usr/bin/env python\nprint(1)\n", "run": "#!/bin/sh\n:\n"})
    assert dict(look_for_code(tree).languages) == {"Python": 1, "Shell": 1}
    assert look_for_code(make_tree({"verify": "no code\n", "run": "", "LICENSE": "x\n"})).languages == ()


@pytest.mark.parametrize(
    ("files", "start"),
    [
        ({"requirements.txt": "six\n", "verify": "#!/usr/bin/env python\nimport six\n"}, ("python", "verify")),
        ({"requirements.txt": "six\n", "verify": "#!/bin/bash\npython -c 'import six'\n"}, ("bash", "verify")),
        ({"apt.txt": "graphviz\n", "verify": "#!/bin/sh -e\nwhich dot\n"}, ("sh", "-e", "verify")),
        ({"fit.py": "print()\n", "go": "#!/bin/sh\npython fit.py 3\n"}, ("python", "fit.py", "3")),
        ({"README.md": "```\n./go 3\n```\n", "go": "#!/usr/bin/env python\nprint()\n"}, ("python", "go", "3")),
        ({"README.md": "```\nsh go\n```\n", "go": "#!/bin/sh\npython a.py\n", "a.py": "f()"}, ("python", "a.py")),
    ],
)  # fmt: skip
def test_a_script_is_started_by_its_program(
    make_tree: MakeTree, files: dict[str, str], start: tuple[str, ...]
) -> None:
    starts = starts_of(make_tree, files)
    assert starts is not None
    assert starts[0] == start


def test_scripts_that_make_ready_are_not_started(make_tree: MakeTree) -> None:
    files = {"requirements.txt": "six\n", "install": "#!/bin/sh\nmake\n", "verify": "#!/bin/sh\ntrue\n"}
    assert starts_of(make_tree, files) == [("sh", "verify")]


def test_shell_scripts_of_another_language_are_not_pythons(make_tree: MakeTree) -> None:
    files = {"apt.txt": "r-base\n", "verify": "#!/bin/sh\nRscript a.R\n", "a.R": "print(1)\n"}
    assert starts_of(make_tree, files) is None
    assert starts_of(make_tree, {"verify": "#!/bin/sh\ntrue\n"}) is None


def test_scripts_that_call_one_another_come_to_an_end(make_tree: MakeTree) -> None:
    calls = "#!/bin/sh\n" + "./a\n./b\n" * 100 + "python fit.py\n"
    files = {"README.md": "```\n./a\n```\n", "a": calls, "b": calls, "fit.py": "print()\n"}
    starts = starts_of(make_tree, files)
    assert starts is not None
    assert ("python", "fit.py") in starts
