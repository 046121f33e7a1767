from __future__ import annotations

import pytest

from checker.core.values.papers import CodeStatus, LinkedPaper, Paper
from checker.papers.links import read_paper
from checker.papers.links.patterns import load_patterns, load_rows

REPO = "https://github.com/sea-lab/wave-net"


def read(abstract: str) -> LinkedPaper:
    return read_paper(Paper(id="p1", title="Waves Everywhere", abstract=f"We study waves. {abstract}"))


LINKED = [
    f"Code is available at {REPO}.",
    f"The related codes could be available at {REPO}.",
    f"Our code is released at {REPO}, which will facilitate future research.",
    f"We release our code at {REPO} and will release the models.",
    f"The code is available at {REPO}, and the dataset will be released upon acceptance.",
    f"Our dataset is available at {REPO}.",
    f"GitHub: {REPO}",
    f"Code and models: {REPO}.",
    "Code is available at https://github.com/sea-lab.",
    "Code: https://sea-lab.org/research/wave",
    "The tool is available at https://sea-lab.org/tool.",
    "The code can be accessed via https://anonymous.4open.science/r/wave-1234/.",
    "The code has been deposited at Zenodo: https://doi.org/10.5281/zenodo.123456.",
    "See https://gitlab.com/sea-lab/wave.",
    "A script is at https://gist.github.com/someone/0123abcd.",
    "Project page: https://sea.github.io. Code: https://sea.github.io/code.",
    "Our code is publicly available. https://sea-lab.org/wave",
    f"Code is available at {REPO}\\footnote{{Code will be updated.}}",
]

PROMISED = [
    "We will release our code.",
    "Code will be made publicly available.",
    "Codes will be made available.",
    "Our code and dataset will be publicly available.",
    "The source code will be open-sourced upon acceptance.",
    "All code, data, and models will be released upon publication.",
    "Code coming soon!",
    "Code and models to be released.",
    "We plan to open-source our framework.",
    "WaveNet2 will be open-sourced soon.",
    "The full code base will be provided after the review process.",
    "Once the paper is accepted, we will make the code public.",
    "The code is available upon acceptance.",
    "We are going to release the implementation and our code.",
    "Our toolkit will be published.",
    "The code is not yet available but will be released upon acceptance.",
    "Our code is under review and will be released.",
    f"Code is available at {REPO} (will be made public upon acceptance).",
    "Project page: https://sea.github.io. Code will be released.",
    f"The code will be released at {REPO}.",
    f"Code will be released soon. {REPO}",
    f"{REPO} will host our code.",
    f"Code (coming soon): {REPO}",
]

CLAIMED = [
    "The code is publicly available.",
    "The code is publicly available on GitHub.",
    "Code is available at this https URL.",
    "Our implementation is open source and can be found on GitHub.",
    "To foster further research, we make our code publicly available.",
    "We release all code and models under a free licence.",
    "Details, sourcecode, and data are available in our supplementary material.",
    "Source code and data are in the supplementary material.",
    "We introduce WaveLib, an open-source Python library for waves.",
    "The code is available upon request.",
    "The software can be obtained with pip install wavelib.",
    "We have open-sourced part of the network code.",
    "Our toolkit has been open-sourced.",
    "The code is available, but the data cannot be shared.",
    "We not only release our code but also our weights.",
    "Code is available at https://github.com/sea-lab/wav...",
]

NONE = [
    "",
    "Waves are found everywhere.",
    "We do not release code.",
    "The source code will not be released.",
    "There is no public implementation.",
    "The code isn't available.",
    "Our dataset and benchmark will be made publicly available.",
    "Our models will be released.",
    "Our dataset is available at https://huggingface.co/datasets/sea/wave.",
    "A video is at https://youtu.be/abc.",
    "The hash codes are available for every image.",
    "We release a dataset of source code vulnerabilities.",
    "We build on publicly available code of prior work.",
    "We fine-tune open-source models on code generation.",
    "We evaluate using an open-source toolkit.",
    "Code models are released every week.",
    "The prototype code is adopted to supervise the generator.",
    "Experiments on publicly available data show our implementation is fast.",
    "It beats public systems when running graphs provided by a graph library.",
    "We demonstrate an implementation of waves.",
]


@pytest.mark.parametrize(
    ("abstract", "status"),
    [
        *((text, CodeStatus.LINKED) for text in LINKED),
        *((text, CodeStatus.PROMISED) for text in PROMISED),
        *((text, CodeStatus.CLAIMED) for text in CLAIMED),
        *((text, CodeStatus.NONE) for text in NONE),
    ],
)
def test_what_a_paper_says_about_its_code(abstract: str, status: CodeStatus) -> None:
    paper = read(abstract)
    assert paper.code_status is status
    assert bool(paper.evidence) == (status is not CodeStatus.NONE)


PROMISES = {
    f"The code will be available at {REPO}.": [True],
    f"Code is available at {REPO}.": [False],
    f"Code, models and data will be available at {REPO}, https://a.org/m and https://a.org/d.": [True, True, True],
    f"Our code is at {REPO} and the dataset will be released at https://a.org/d.": [False, True],
    f"We release code and models at {REPO}, and data will be released at https://a.org/d.": [False, True],
    f"Code will be released at {REPO}. It is available at {REPO}.": [False],
    f"If accepted, we will release the code at {REPO}.": [True],
    f"The code at {REPO} will be made public upon publication.": [True],
    f"Code is at {REPO}; the weights will follow.": [False],
    f"Models will be released. Code: {REPO}": [False],
    f"We will present results. See {REPO}.": [False],
}


@pytest.mark.parametrize(("abstract", "promised"), PROMISES.items())
def test_a_promise_is_laid_to_its_own_link(abstract: str, promised: list[bool]) -> None:
    assert [link.promised for link in read(abstract).links] == promised


def test_the_evidence_is_the_sentence() -> None:
    paper = read(f"It is fast, e.g. 5 ms. The code is\navailable at {REPO}. We thank everyone.")
    assert paper.evidence == f"The code is available at {REPO}."


def test_long_evidence_is_cut() -> None:
    paper = read(f"{'very ' * 500} long code is available at {REPO} {'and so on ' * 500}.")
    assert REPO in paper.evidence
    assert len(paper.evidence) <= 400


@pytest.mark.parametrize(
    ("name", "package"),
    [*((name, "links") for name in ("clauses", "line_breaks", "patterns", "urls")), ("page", "sources")],
)
def test_each_pattern_is_found_in_its_own_example(name: str, package: str) -> None:
    rows, patterns = (load(name, f"checker.papers.{package}") for load in (load_rows, load_patterns))
    assert [key for key, row in rows.items() if not patterns[key].search(row.matches)] == []
