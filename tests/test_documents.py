"""The documents: links lead somewhere, decisions are listed, pages stay short, forms are valid."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [*sorted(ROOT.glob("*.md")), *DOCS]
RECORDS = [page for page in DOCS if re.match(r"\d{4}-", page.name)]
GITHUB = ROOT / ".github"

_CODE = re.compile(r"^( *)```.*?^\1```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        if re.match(r"https?:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_lists_every_decision_with_its_date_and_title() -> None:
    index = (ROOT / "docs/adr/README.md").read_text("utf-8")
    rows = []
    for record in RECORDS:
        title, date = re.findall(r"\A# \d+\. (.+)\n\n(\d{4}-\d\d-\d\d) · \w+", record.read_text("utf-8"))[0]
        rows.append(f"| [{record.name[:4]}]({record.name}) | {date} | {title} |")
    assert rows
    assert [line for line in index.splitlines() if line.startswith("| [")] == rows
    assert [int(record.name[:4]) for record in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_the_documents_stay_short() -> None:
    assert sum(len(page.read_text("utf-8").split()) for page in DOCS) <= 20_000
    assert len((ROOT / "docs/benchmarks.md").read_text("utf-8").splitlines()) <= 150


def test_the_cited_version_has_its_notes() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    heading = f"## [{cited['version']}] - {cited['date-released']}"
    assert heading in (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("citation-file-format", [ROOT / "CITATION.cff"]),
        ("github-issue-forms", sorted(GITHUB.glob("ISSUE_TEMPLATE/[!c]*.yml"))),
        ("github-workflows", sorted(GITHUB.glob("workflows/*.yml"))),
    ],
)
def test_the_forms_are_valid(schema: str, files: list[Path]) -> None:
    assert files
    command = [Path(sys.executable).parent / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
