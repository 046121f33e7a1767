"""Comment, summary, annotations and GitLab's reports as values: short, escaped, on the right line."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import check_samples as samples
import pytest
from ci_world import FILES
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from checker.core.tree import Tree
from checker.core.values.edits import (
    AddRequirement,
    AddSystemPackages,
    Constrain,
    DropRequirement,
    MakeFolder,
    MoveInterpreter,
    SetAside,
)
from checker.core.values.plans import Evidence, Goal, Phase, Repair, Rung, Way
from checker.core.values.results import Check, Missing, StepStatus
from checker.reports.build import build_repository_document
from checker.reports.ci import github, gitlab
from checker.reports.ci.against_base import describe_changes
from checker.reports.ci.annotations import REPAIRED
from checker.reports.ci.comment import mark_of, render_comment
from checker.reports.ci.job import Job
from checker.reports.ci.locate_lines import locate_step
from checker.reports.ci.marks import render_block, render_code, render_prose
from checker.reports.ci.messages import tell_story
from checker.reports.ci.summary import MOST_BYTES, render_summary
from checker.reports.ci.values import Annotation, Level, Story

PAGE = MarkdownIt("commonmark", {"html": True}).enable("table")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def story(
    workspace: Path,
    check: Check,
    base: Check | None = None,
    require: Rung = Rung.IMPORTABLE,
    way: Way = Way.REPAIRED,
) -> Story:
    job = Job(workspace=workspace, name="octo/lab", into="main", url="https://github.com/octo/lab/actions/runs/42")
    return tell_story(
        job,
        "",
        build_repository_document(check),
        Goal(rung=require, way=way),
        build_repository_document(base) if base else None,
    )


# ---------------------------------------------------------------- the comment


@pytest.mark.parametrize("check", samples.every_kind())
def test_a_comment_is_short_and_marked(workspace: Path, check: Check) -> None:
    body = render_comment(story(workspace, check, samples.passing()))
    lines = body.splitlines()
    assert len(lines) <= 20 and len(body) < 6000
    assert lines[0] == "<!-- reproducibility-checker -->"
    assert lines[1].startswith("### Reproducibility: **")


def test_a_comment_says_what_an_author_needs(workspace: Path) -> None:
    body = render_comment(story(workspace, samples.incomplete(), samples.passing()))
    assert "Against `main`: runs → **builds**" in body
    assert "newly missing: `utils.secret_sauce`" in body
    assert "- Stopped by: The code imports a module that was never committed, `train.py:3`" in body
    assert "- Hint: Commit utils/secret" in body
    assert "- Not in the repository: `utils.secret_sauce`" in body
    assert "[all of it](<https://github.com/octo/lab/actions/runs/42>)" in body


def test_a_comment_on_repairs_says_what_fails_as_published(workspace: Path) -> None:
    body = render_comment(story(workspace, samples.repaired()))
    assert "- As published: A stated version has no build" in body and "`requirements.txt:3`" in body
    assert "- Repaired: setuptools" in body


def test_many_missing_files_stay_one_line(workspace: Path) -> None:
    missing = tuple(Missing(kind="file", name=f"part{number}.py") for number in range(50))
    body = render_comment(story(workspace, samples.incomplete().model_copy(update={"missing": missing})))
    assert "`part3.py` and 46 more" in body
    assert len(body.splitlines()) <= 20


def test_each_folder_has_its_own_comment(workspace: Path) -> None:
    marks = {mark_of(""), mark_of("a"), mark_of("a/b")}
    assert len(marks) == 3
    assert mark_of("x --> y").count("-->") == 1


# ---------------------------------------------------------------- what changed


def test_what_changed_is_told_once(workspace: Path) -> None:
    assert describe_changes(story(workspace, samples.passing(), samples.failing())) == [
        "fails → **runs**",
        "now resolves, builds, imports, shows usage, starts and runs as published",
    ]
    assert describe_changes(story(workspace, samples.passing(), samples.passing())) == ["nothing changed"]
    assert describe_changes(story(workspace, samples.passing())) == []
    assert describe_changes(story(workspace, samples.unreachable(), samples.passing())) == [
        "cannot be told this time"
    ]
    assert describe_changes(story(workspace, samples.passing(), samples.unreachable())) == []


def test_another_cause_is_a_change(workspace: Path) -> None:
    other = samples.failing().model_copy(update={"cause": samples.MISSING_MODULE})
    assert describe_changes(story(workspace, samples.failing(), other)) == [
        "stops for another cause than before (missing in repository)"
    ]


# ---------------------------------------------------------------- escaping


def rendered(markdown: str) -> ElementTree.Element:
    """Render as GitHub would before it cleans, and read the result strictly."""
    html = PAGE.render(markdown).replace("<br>", "<br/>").replace("&nbsp;", " ")
    return ElementTree.fromstring(f"<div>{html}</div>")


ALLOWED = {
    "div", "h2", "h3", "p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "a", "pre",
    "details", "summary",
}  # fmt: skip


@pytest.mark.parametrize("write", [render_comment, render_summary])
def test_nothing_of_a_repository_becomes_markup(workspace: Path, write: object) -> None:
    assert callable(write)
    for base in (None, samples.passing()):
        page = rendered(write(story(workspace, samples.hostile(), base)))
        assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= ALLOWED
        links = [element.get("href") for element in page.iter("a")]
        assert set(links) <= {"https://github.com/octo/lab/actions/runs/42"}


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.text("`|<>\\*[]()!#\n &", max_size=30)


@given(TEXT)
def test_code_ends_where_it_should(text: str) -> None:
    page = rendered(f"| a |\n|---|\n| {render_code(text)} tail |\n")
    (cell,) = page.iter("td")
    assert "".join(cell.itertext()).endswith("tail")
    assert {element.tag for element in page.iter()} <= {"div", "table", "thead", "tbody", "tr", "th", "td", "code"}


@given(TEXT)
def test_prose_is_text_and_code_and_nothing_else(text: str) -> None:
    page = rendered(f"x {render_prose(text)} tail")
    assert {element.tag for element in page.iter()} <= {"div", "p", "code"}
    assert "".join(page.itertext()).rstrip().endswith("tail")


@given(TEXT)
def test_a_block_ends_where_it_should(text: str) -> None:
    page = rendered("\n".join([*render_block(text), "", "tail"]))
    assert [element.tag for element in page] == ["pre", "p"]


def test_a_summary_has_a_limit(workspace: Path) -> None:
    check = samples.failing()
    step = check.attempts[0].results[0].model_copy(update={"log": "error: x\n" + "y" * 490})
    attempts = tuple(check.attempts[0].model_copy(update={"results": (step,) * 60}) for _ in range(60))
    text = render_summary(story(workspace, check.model_copy(update={"attempts": attempts})))
    assert len(text.encode()) <= MOST_BYTES


@given(st.text())
def test_any_annotation_is_one_command(text: str) -> None:
    line = github.render_command(
        Annotation(level=Level.ERROR, title=text, message=text, path=text or None, line=3)
    )
    assert len((line + "\n").splitlines()) >= 1 and "\n" not in line and "\r" not in line
    properties, _, message = line.removeprefix("::error ").partition("::")
    assert all("=" in part for part in properties.split(",") if part)
    assert "%" not in message.replace("%25", "").replace("%0A", "").replace("%0D", "")


@pytest.mark.parametrize(
    ("text", "message", "value"),
    [("50%", "50%25", "50%25"), ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"), ("a:b,c", "a:b,c", "a%3Ab%2Cc")],
)
def test_the_runners_escapes(text: str, message: str, value: str) -> None:
    assert (github.escape_message(text), github.escape_property(text)) == (message, value)


def test_no_output_ends_before_its_end() -> None:
    text = github.render_outputs({"a": "x\nend-0\nb<<end-0\ny", "c": "z"})
    first, second = text.split("\n", 1)[0], text.splitlines()[-3]
    assert first.startswith("a<<end-") and second.startswith("c<<end-")
    assert first.removeprefix("a<<") not in second and len(first) > 30


# ---------------------------------------------------------------- lines


CONFLICT = "  × No solution found\n  ╰─▶ Because you require scikit-learn==0.19.0 and numpy>=2, it cannot be."
WHERE = [
    ("torch==1.7.0\nnumpy\n", "Because torch==1.7.0 has no wheels with a matching Python version tag", [1]),
    ("numpy\nscikit_learn==0.19.0\n", CONFLICT, [2]),
    ("numpy>=2\nscipy<1\n", "Because numpy>=2 and scipy<1 depends on numpy<1.20, it cannot be", [1, 2]),
    ("torch\ntorchvision\n", "error: Failed to build `torchvision==0.2`", [2]),
    ("numpy\n", "error: Failed to build `pandas==0.2`", []),
    ("# torch==1.7.0\nnumpy\n", "Because torch==1.7.0 has no wheels", []),
]


@pytest.mark.parametrize(("stated", "log", "lines"), WHERE)
def test_the_line_of_a_requirement(tmp_path: Path, stated: str, log: str, lines: list[int]) -> None:
    (tmp_path / "requirements.txt").write_text(stated)
    (tmp_path / "main.py").write_text("print(1)\n")
    failed = samples.failed_attempt()
    step = failed.results[0].model_copy(update={"log": f"Using CPython\nerror: it failed\n{log}"})
    entry = build_repository_document(samples.check("a/b", failed.model_copy(update={"results": (step,)})))
    places = locate_step(entry.attempts[0].steps[0], entry.attempts[0], entry, Tree(tmp_path))
    assert places == tuple(("requirements.txt", line) for line in lines)


def test_the_line_at_which_a_file_of_settings_breaks(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = [\n  "numpy"\n  "scipy",\n]\n')
    (tmp_path / "main.py").write_text("import numpy\n")
    log = "error: Failed to parse: `pyproject.toml`\n  Caused by: TOML parse error at line 4, column 3"
    failed = samples.failed_attempt()
    step = failed.results[0].model_copy(update={"log": log})
    check = samples.check("a/b", failed.model_copy(update={"results": (step,)}))
    assert [(a.path, a.line) for a in story(tmp_path, check).annotations] == [("pyproject.toml", 4)]


def test_other_specifications_have_lines_too(tmp_path: Path) -> None:
    (tmp_path / "environment.yml").write_text("dependencies:\n  - python=3.7\n  - pip:\n    - torch==1.7.0\n")
    (tmp_path / "main.py").write_text("import torch\n")
    found = story(tmp_path, samples.failing()).annotations
    assert [(a.path, a.line) for a in found] == [("environment.yml", 4)]


def test_what_a_repair_rests_on_is_named_where_the_log_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "setup.py").write_text("import numpy\nfrom setuptools import setup\nsetup()\n")
    failed = samples.failed_attempt()
    step = failed.results[0].model_copy(update={"log": "error: the build script failed"})
    evidence = (Evidence(claim="imports numpy", source="setup.py", line=1),)
    repair = Repair(name="r", signature="s", changed="numpy added", evidence=evidence)
    mended = samples.good_attempt(Way.REPAIRED, plan=samples.plan(Way.REPAIRED, repairs=(repair,)))
    check = samples.check("a/b", failed.model_copy(update={"results": (step,)}), mended)
    assert [(a.level, a.title, a.path, a.line) for a in story(tmp_path, check).annotations] == [
        (Level.WARNING, "reproducibility: fails as published", None, None),
        (Level.WARNING, REPAIRED, "setup.py", 1),
    ]


LOG_LINE = Evidence(claim="resolve says so", source="log", text="Failed to build `scikit-learn==0.19.0`")
REPAIRS = (
    Repair(name="older", signature="s", edits=(Constrain(requirement="scikit_learn<0.20"),), evidence=(LOG_LINE,)),
    Repair(name="older", signature="s", edits=(Constrain(requirement="numpy<2"),), evidence=(LOG_LINE,)),
    Repair(name="undeclared", signature="s", edits=(AddRequirement(requirement="PyYAML"),), hint="Name it."),
    Repair(name="python", signature="s", edits=(MoveInterpreter(before="3.12", after="3"),), evidence=(LOG_LINE,)),
    Repair(name="system", signature="s", edits=(AddSystemPackages(packages=("libgl1",)),)),
    Repair(
        name="set",
        signature="s",
        edits=(
            SetAside(requirement="torch==1.7.0"),
            DropRequirement(requirement="dlib"),
            MakeFolder(folder="o"),
        ),
    ),
)


def test_each_repair_is_a_remark_on_the_line_of_its_package(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("numpy\nscipy\nscikit-learn==0.19.0\ntorch==1.7.0\ndlib\n")
    (tmp_path / "main.py").write_text("import numpy\nimport scipy\nimport yaml\n")
    failed = samples.failed_attempt()
    log = "Resolved numpy, scipy, torch\nerror: Failed to build `scikit-learn==0.19.0`\n"
    step = failed.results[0].model_copy(update={"log": log})
    mended = samples.good_attempt(Way.REPAIRED, plan=samples.plan(Way.REPAIRED, repairs=REPAIRS))
    check = samples.check("a/b", failed.model_copy(update={"results": (step,)}), mended)
    for way, level in ((Way.AS_PUBLISHED, Level.ERROR), (Way.REPAIRED, Level.WARNING)):
        first, *repairs = story(tmp_path, check, way=way).annotations
        assert (first.level, first.path, first.line) == (level, "requirements.txt", 3)
        assert {a.level for a in repairs} == {Level.WARNING}
        assert [(a.message.splitlines()[0], a.path, a.line) for a in repairs] == [
            ("Repaired: scikit_learn<0.20", "requirements.txt", 3),
            ("Repaired: numpy<2", "requirements.txt", 1),
            ("Repaired: added PyYAML", "main.py", 3),
            ("Repaired: Python 3.12 → 3", "requirements.txt", 3),
            ("Repaired: system packages: libgl1", None, None),
            ("Repaired: torch==1.7.0 set aside", "requirements.txt", 4),
            ("Repaired: dlib left out", "requirements.txt", 5),
            ("Repaired: made the empty folder o", None, None),
        ]
    issues = json.loads(gitlab.render_code_quality(story(tmp_path, check).annotations))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 7


def test_repairs_that_brought_nothing_are_no_remarks(workspace: Path) -> None:
    vain = samples.failed_attempt(Way.REPAIRED)
    vain = vain.model_copy(update={"plan": samples.plan(Way.REPAIRED, repairs=REPAIRS)})
    found = story(workspace, samples.check("a/b", samples.failed_attempt(), vain)).annotations
    assert [(a.level, a.path, a.line) for a in found] == [(Level.ERROR, "requirements.txt", 3)]


def test_a_repair_that_only_betters_what_works_is_a_notice(workspace: Path) -> None:
    mended = samples.good_attempt(Way.REPAIRED, plan=samples.plan(Way.REPAIRED, repairs=REPAIRS[1:2]))
    check = samples.check("a/b", samples.good_attempt(reached=Rung.IMPORTABLE), mended)
    (found,) = story(workspace, check, way=Way.AS_PUBLISHED).annotations
    assert (found.level, found.path, found.line) == (Level.NOTICE, "requirements.txt", 2)


def test_a_module_that_python_does_not_find_is_named_where_it_is_imported(workspace: Path) -> None:
    (workspace / "train.py").write_text("import numpy\nimport torch\nimport einops.layers\n")
    missing = samples.MISSING_MODULE.model_copy(update={"name": "undeclared_dependency"})
    log = "ModuleNotFoundError: No module named 'einops'"
    result = samples.result("import", Phase.IMPORT, StepStatus.FAILED, log=log, cause=missing)
    attempt = samples.good_attempt(reached=Rung.BUILT, results=(result,), cause=missing)
    (found,) = story(workspace, samples.check("a/b", attempt)).annotations
    assert (found.level, found.path, found.line) == (Level.ERROR, "train.py", 3)


def test_the_innermost_line_of_its_own_code_in_a_traceback(workspace: Path) -> None:
    log = (
        'Traceback (most recent call last):\n  File "/code/src/train.py", line 2, in <module>\n    f()\n'
        '  File "/env/lib/x.py", line 9, in f\nValueError: no'
    )
    crash = samples.NEEDS_DATA.model_copy(update={"name": "crash", "blame": samples.NO_MATCHING_PYTHON.blame})
    result = samples.result("train.py", Phase.START, StepStatus.FAILED, log=log, cause=crash)
    attempt = samples.good_attempt(reached=Rung.IMPORTABLE, results=(result,), cause=crash)
    found = story(workspace, samples.check("a/b", attempt), require=Rung.STARTS).annotations
    assert [(a.level, a.path, a.line) for a in found] == [(Level.ERROR, "train.py", 2)]
    found = story(workspace, samples.check("a/b", attempt)).annotations
    assert [(a.level, a.path, a.line) for a in found] == [(Level.NOTICE, "train.py", 2)]


def test_a_place_outside_of_the_repository_is_not_named(workspace: Path) -> None:
    log = 'Traceback (most recent call last):\n  File "/code/src/../etc/passwd", line 1, in x\nValueError: no'
    result = samples.result("train.py", Phase.START, StepStatus.FAILED, log=log, cause=samples.MISSING_MODULE)
    attempt = samples.good_attempt(reached=Rung.BUILT, results=(result,), cause=samples.MISSING_MODULE)
    (found,) = story(workspace, samples.check("a/b", attempt)).annotations
    assert (found.path, found.line) == (None, None)


# ---------------------------------------------------------------- GitLab


@pytest.mark.parametrize("check", samples.every_kind())
def test_junit_counts_what_it_holds(workspace: Path, check: Check) -> None:
    told = story(workspace, check)
    suite = ElementTree.fromstring(gitlab.render_junit(told))
    counted = {kind: len(list(suite.iter(kind))) for kind in ("testcase", "failure", "error", "skipped")}
    assert counted["testcase"] == len(Rung) == int(suite.get("tests", ""))
    assert counted["failure"] == (told.result.exit_code == 1) == int(suite.get("failures", ""))
    assert counted["error"] == (told.result.exit_code == 3) == int(suite.get("errors", ""))
    assert counted["skipped"] == int(suite.get("skipped", ""))


def test_the_code_quality_report_has_what_gitlab_asks_for(workspace: Path) -> None:
    (issue,) = json.loads(gitlab.render_code_quality(story(workspace, samples.failing()).annotations))
    assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
    assert issue["location"] == {"path": "requirements.txt", "lines": {"begin": 3}}
    assert issue["severity"] == "major" and len(issue["fingerprint"]) == 64
    again = json.loads(gitlab.render_code_quality(story(workspace, samples.failing()).annotations))
    assert again[0]["fingerprint"] == issue["fingerprint"]


@given(st.text())
def test_dotenv_values_are_of_one_line(text: str) -> None:
    lines = gitlab.render_dotenv({"a-b": text, "c": "d"}).splitlines()
    assert len(lines) == 2 and lines[0].startswith("REPRODUCIBILITY_A_B=") and lines[1] == "REPRODUCIBILITY_C=d"
