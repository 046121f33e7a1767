"""Lists of papers whose parts stand for each other: what is read of them stays about as long as they are."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from checker.core.errors import CheckerError
from checker.papers.links import read_paper
from checker.papers.sources import read, read_inputs

_LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefghijk", "bcdefghijkl", strict=True)
)

INPUTS = {
    "aliases.md": f"---\ntitle: Waves\n{_LAUGHS}authors: *l\ntags: *l\nbibliography: x\n---\nhttps://github.com/a/b\n",
    "itself.md": "---\ntitle: Waves\nauthors: &x [*x]\ntags: &y {a: *y}\nbibliography: x\n---\nhttps://github.com/a/b\n",
    "deep.md": f"---\ntitle: Waves\nauthors: {'[' * 20_000}\nbibliography: x\n---\n",
    "tag.md": "---\ntitle: !!python/object/apply:os.system ['touch pwned']\nauthors: []\n---\n",
    "names.bib": '@string{a0="x"}\n' + "".join(f"@string{{a{i + 1}=a{i} # a{i}}}\n" for i in range(60))
    + "@article{k,title=a60}\n",
    "name.bib": '@string{a="waves"}\n' + "@string{a=a # a}\n" * 60 + "@article{k,title=a}\n",
    "many.bib": f'@string{{a="{"x" * 50_000}"}}\n' + "@article{k,title=a}\n" * 5_000,
    "long.bib": '@string{a="' + "x" * 1_900 + '"}\n@article{k,title=' + "a # " * 100_000 + "a}\n",
    "braces.bib": "@article{a,title={" + "{" * 300_000,
    "deep.json": "[" * 200_000,
    "deep.jsonl": '{"id":' * 100_000,
    "quote.csv": 'id,title,abstract\nx,"' + "a," * 500_000,
    "wide.csv": "id,title,abstract" + ",a" * 100_000 + "\nx,y,z\n",
    "links.md": "[a](" * 100_000,
    "pipes.md": "|" * 500_000,
    "address.txt": "Waves\n\nAbstract https://github.com/a/b" + "/x" * 200_000,
    "parts.txt": "Waves\n\nAbstract https://github.com/a-\n" + "b-\n" * 50_000,
}  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_read_or_refused_in_bounds(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(read, "MAX_BYTES", 20_000_000)  # as much is set aside for each file
    (tmp_path / name).write_text(INPUTS[name])
    began = time.process_time()
    tracemalloc.start()
    try:
        for paper in read_inputs([str(tmp_path / name)]).papers[:50]:
            read_paper(paper).model_dump_json()
    except CheckerError as refused:
        assert name in str(refused)
    finally:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 250_000_000
    assert time.process_time() - began < 20
    assert not (tmp_path / "pwned").exists()
