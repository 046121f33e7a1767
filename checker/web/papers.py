"""Papers by their arXiv identifier: looked up, read for links, kept for a while; few questions at a time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from checker.core.errors import UsageError
from checker.core.values.papers import LinkedPaper, Paper
from checker.papers.links import read_paper
from checker.papers.sources.arxiv import read_arxiv
from checker.papers.sources.base import Content
from checker.web.refusals import Full, Unknown

#: Takes an identifier and how the visitor's question is called; `checker.papers.sources.arxiv.read_arxiv`.
Look = Callable[[str, str], Content]

#: Questions to arXiv at a time: it asks for few.
AT_ONCE = 2

KEPT_SECONDS = 3600.0
MOST_KEPT = 500
WAIT_SECONDS = 20.0


class Papers:
    """Answers from memory where the question was asked lately."""

    def __init__(self, look: Look = read_arxiv) -> None:
        self._look = look
        self._kept: OrderedDict[str, tuple[float, LinkedPaper]] = OrderedDict()
        self._lock = threading.Lock()
        self._places = threading.Semaphore(AT_ONCE)

    def read(self, arxiv: str, spend: Callable[[], None]) -> LinkedPaper:
        """Return a paper with its links; `spend` is called where arXiv has to be asked.

        Raises:
            Unknown: arXiv knows no such paper.
            Full: too many questions are under way.
            NetworkFailure: arXiv does not answer.

        """
        with self._lock:
            asked_at, paper = self._kept.get(arxiv, (float("-inf"), None))
            if paper is not None and time.monotonic() - asked_at < KEPT_SECONDS:
                return paper
        spend()
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise Full("too many papers are being looked up", 30)
        try:
            found = self._ask_source(arxiv)
        finally:
            self._places.release()
        with self._lock:
            self._kept[arxiv] = (time.monotonic(), found)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return found

    def _ask_source(self, arxiv: str) -> LinkedPaper:
        try:
            content = self._look(arxiv, f"arXiv:{arxiv}")
        except UsageError as error:
            raise Unknown(str(error)) from error
        entry = content.entries[0]
        return read_paper(
            Paper(id=entry.id or arxiv, title=entry.title, abstract=entry.abstract, published=entry.published)
        )
