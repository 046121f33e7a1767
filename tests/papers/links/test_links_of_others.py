"""Other people's code that a paper works with is a link of the paper, and neither its code nor a promise of it."""

from __future__ import annotations

import pytest

from checker.core.values.papers import CodeStatus, LinkedPaper, Paper
from checker.papers.links import read_paper

OTHERS = "https://github.com/lee/net"
OURS = "https://gitlab.com/sea-lab/waves"


def read(text: str) -> LinkedPaper:
    return read_paper(Paper(id="p1", title="A Title", abstract=text))


BORROWED = [
    f"We use the implementation of Lee et al. ({OTHERS}) as a baseline.",
    f"Our method builds upon the official PyTorch code of Net ({OTHERS}).",
    f"Baselines were run with the authors' code, {OTHERS}.",
    f"Following the official repository {OTHERS}, all models are trained for 100 epochs.",
    f"We extend the original implementation ({OTHERS}).",
    f"The framework is built on the software provided by the institute ({OTHERS}).",
    f"Code from {OTHERS} was used for the baselines.",
    f"The implementation of the baseline was taken from {OTHERS}.",
    f"For comparison, we used the publicly available implementation ({OTHERS}).",
    f"We thank the authors of {OTHERS}.",
    f"The codebase is forked from {OTHERS}.",
    f"Code for baselines: {OTHERS}",
]


@pytest.mark.parametrize("text", BORROWED)
def test_other_peoples_code_is_not_the_papers(text: str) -> None:
    paper = read(text)
    assert [(link.url, link.borrowed) for link in paper.links] == [(OTHERS, True)]
    assert paper.code_status is CodeStatus.NONE


@pytest.mark.parametrize("text", BORROWED)
def test_the_papers_own_link_counts_beside_it(text: str) -> None:
    paper = read(f"{text.rstrip('.')}. Our code is available at {OURS}.")
    assert [(link.url, link.borrowed) for link in paper.links] == [(OTHERS, True), (OURS, False)]
    assert paper.code_status is CodeStatus.LINKED


@pytest.mark.parametrize("text", BORROWED)
def test_a_promise_beside_it_stays_one(text: str) -> None:
    assert read(f"{text.rstrip('.')}. Our code will be released.").code_status is CodeStatus.PROMISED


OWN = [
    f"We use our own implementation, available at {OURS}.",
    f"Our code, based on the implementation of Lee et al., is available at {OURS}.",
    f"Code based on Net is available at {OURS}.",
    f"Figures can be reproduced using the code from {OURS}.",
    f"Users can use the code from {OURS} to run simulations.",
    f"To use the code from our paper, see {OURS}.",
    f"We build on the code of Lee et al. [12], and release ours at {OURS}.",
    f"Our implementation follows the official code of Lee et al. and is available at {OURS}.",
    f"We present Waves, an open-source library ({OURS}) for using existing code of others.",
    f"Waves is built on our library ({OURS}).",
    f"See {OURS}.",
    f"Waves is based on the observation that waves move ({OURS}).",
    f"The code for the baselines and our method is at {OURS}.",
]


def test_one_clause_may_name_both() -> None:
    for text in (
        f"The code is adapted from {OTHERS} and available at {OURS}.",
        f"We use the implementation of Lee et al. ({OTHERS}) and our code is at {OURS}.",
    ):
        paper = read(text)
        assert [(link.url, link.borrowed) for link in paper.links] == [(OTHERS, True), (OURS, False)]
        assert paper.code_status is CodeStatus.LINKED
    both = read(f"We use existing implementations ({OTHERS}, {OURS}).")
    assert [link.borrowed for link in both.links] == [True, True]


@pytest.mark.parametrize("text", OWN)
def test_the_authors_own_code_stays_theirs(text: str) -> None:
    paper = read(text)
    assert [(link.url, link.borrowed) for link in paper.links] == [(OURS, False)]
    assert paper.code_status is CodeStatus.LINKED


def test_a_link_that_is_also_the_papers_own_is_its_own() -> None:
    paper = read(f"We use the implementation of Lee et al. ({OTHERS}). Our code is at {OTHERS}.")
    assert [link.borrowed for link in paper.links] == [False]
    assert paper.code_status is CodeStatus.LINKED
