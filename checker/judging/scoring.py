"""Scores a paper for availability and for runnability; the rubric is explained in docs/scoring.md. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from checker.core.values.papers import CodeLink, CodeStatus, LinkedPaper, LinkKind
from checker.core.values.plans import Rung, Way
from checker.core.values.repositories import Availability
from checker.core.values.results import Attempt, Blame, Check, PaperScores, Point, Score
from checker.judging.causes import is_limit
from checker.judging.ladder import holds, is_inconclusive
from checker.judging.presence import describe_contents

#: Points for availability; together 100. A link that answers without code behind it has the first two alone.
LINKED, ANSWERS, HOLDS_CODE, SAME_PLACE, COMPLETE = 10, 10, 60, 10, 10

#: Per cent of the points for source files where they are only in an archive.
ARCHIVE_SHARE = 50

#: Points for runnability; together 100.
RUNGS: Mapping[Rung, int] = {
    Rung.CODE: 5,
    Rung.DECLARED: 10,
    Rung.RESOLVED: 10,
    Rung.BUILT: 20,
    Rung.IMPORTABLE: 20,
    Rung.ANSWERS: 10,
    Rung.STARTS: 15,
    Rung.RUNS: 10,
}

#: Per cent of a rung's points by the way that reached it.
SHARES: Mapping[Way, int] = {Way.AS_PUBLISHED: 100, Way.PERIOD: 80, Way.REPAIRED: 60}

#: Per cent of a rung's points where a limit of the check hides whether it holds.
LIMIT_SHARE = 50

#: Causes for which code that is there has not been tried.
_NOT_TRIED = frozenset({"unsupported_language", "code_in_archive", "left_out_by_check"})

_TIMELESS = frozenset({Rung.CODE, Rung.DECLARED})
_ANSWERING = frozenset({Availability.AVAILABLE, Availability.MOVED, Availability.NO_CODE, Availability.EMPTY})
_GONE = frozenset({Availability.MISSING, Availability.BLOCKED, Availability.EMPTY})
_WORDS = {
    Way.AS_PUBLISHED: "as published",
    Way.PERIOD: "with the package index of its date",
    Way.REPAIRED: "with the repairs that are listed",
}

#: The score of an inconclusive check.
NO_SCORE = Score(value=None)


def score_paper(paper: LinkedPaper, checks: Mapping[str, Check]) -> PaperScores:
    """Return the scores of a paper from the checks of its repositories, by `RepositoryId.key`.

    The best repository counts. Where one is inconclusive, so is the best of them, unless another has
    all points already: a failure of the checker must not lower a score. Other people's code does not count.
    """
    paper = paper.model_copy(update={"links": tuple(link for link in paper.links if not link.borrowed)})
    if not paper.links:
        return PaperScores(availability=_score_without_link(paper), runnability=NO_SCORE)
    found = _find_checks(paper, checks)
    if not found:
        return PaperScores(availability=_score_without_repository(paper), runnability=NO_SCORE)
    return PaperScores(
        availability=_pick_best(found, score_availability),
        runnability=_pick_best(found, score_runnability),
    )


def _find_checks(paper: LinkedPaper, checks: Mapping[str, Check]) -> list[Check | None]:
    """Return the checks of the repositories that count for a paper, None for one that tells nothing.

    A model or a data set counts where it holds code, or is all that the paper links as its code. A copy in an
    archive outlives its origin: where that is gone, nothing is known of the copy.
    """
    named: dict[str, list[CodeLink]] = {}
    data: set[str] = set()
    for link in paper.links:
        if link.repository is not None:
            named.setdefault(link.repository.key, []).append(link)
            data |= {link.repository.key} if link.repository.may_be_data else set()
    only_data = data == named.keys() and paper.code_status is CodeStatus.LINKED
    found: list[Check | None] = []
    for key in sorted(named):
        check = checks.get(key)
        if key in data and not only_data and (check is None or not check.languages):
            continue
        copied = all(link.kind is not LinkKind.REPOSITORY for link in named[key])
        found.append(None if check and copied and check.availability in _GONE else check)
    return found


def score_availability(check: Check) -> Score:
    """Return how much of what a paper's link promises is there."""
    if not check.probe.conclusive or check.availability is Availability.UNREACHABLE:
        return NO_SCORE
    if check.availability in (Availability.AVAILABLE, Availability.MOVED) and _is_unread(check):
        return NO_SCORE
    answer = check.availability
    code = answer in (Availability.AVAILABLE, Availability.MOVED) and check.checkout is not None
    archived = ", archived by its owner" if check.probe.archived else ""
    packed = code and bool(check.contents.archives)
    away = _describe_other_place(check) if code else "there is no code in the place"
    lacking = _describe_lack(check) if code and not packed else "there is no source to be complete"
    return _sum(
        Point(points=LINKED, of=LINKED, reason="the paper links its code"),
        _make_point(answer in _ANSWERING, ANSWERS, f"the link answers: {answer.value}{archived}"),
        _score_code(check, code=code, packed=packed),
        _make_point(not away, SAME_PLACE, away or "in the place that the paper prints"),
        _make_point(not lacking, COMPLETE, lacking or "nothing that its code asks for was left out"),
    )


def _score_code(check: Check, *, code: bool, packed: bool) -> Point:
    """Give the points for source files: half where they are only in an archive."""
    if packed:
        reason = f"source files only in an archive: {', '.join(check.contents.archives)}"
        return Point(points=HOLDS_CODE * ARCHIVE_SHARE // 100, of=HOLDS_CODE, reason=reason)
    said = describe_contents(check.contents) or "no source files"
    return _make_point(code, HOLDS_CODE, "it holds source files" if code else said)


def _describe_other_place(check: Check) -> str:
    """Say where code is that is not where the paper's link leads, or ''."""
    if check.availability is Availability.MOVED:
        return f"under another name: {check.probe.moved_to}" if check.probe.moved_to else "under another name"
    return f"on branch {check.contents.branch}" if check.contents.branch else ""


def score_runnability(check: Check) -> Score:
    """Return how far the code of a repository gets, rung by rung, and by which way."""
    if check.inconclusive or check.availability is Availability.UNREACHABLE or _is_unread(check):
        return NO_SCORE
    if check.availability not in (Availability.AVAILABLE, Availability.MOVED):
        reason = f"nothing to run: {check.availability.value}"
        return Score(value=0, points=tuple(Point(points=0, of=of, reason=reason) for of in RUNGS.values()))
    cause = check.cause or check.verdict.cause
    if cause is not None and cause.name in _NOT_TRIED and not check.attempts:
        return NO_SCORE
    if cause is not None and cause.blame is Blame.CHECKER and not check.attempts:
        return NO_SCORE
    return _sum(*(_score_rung(rung, of, check) for rung, of in RUNGS.items()))


def _score_rung(rung: Rung, of: int, check: Check) -> Point:
    """Give a rung its points: by the way that reached it, as a limit, or none."""
    way, favour = _find_earliest(rung, check.attempts)
    if way is not None and rung in _TIMELESS:
        return Point(points=of, of=of, reason=f"{rung.value}: holds")
    if way is not None:
        doubt = "; an earlier way was inconclusive and counts in its favour" if favour else ""
        return Point(points=of * SHARES[way] // 100, of=of, reason=f"{rung.value}: holds {_WORDS[way]}{doubt}")
    told = holds(check.verdict.rungs, rung)
    reached = check.verdict.reached
    if told is None and reached is not None and rung.height < reached.height and check.verdict.way is not None:
        points = of if rung in _TIMELESS else of * SHARES[check.verdict.way] // 100
        return Point(points=points, of=of, reason=f"{rung.value}: nothing to do, and `{reached.value}` holds")
    stopped = check.verdict.cause
    if is_limit(stopped) and stopped is not None and (reached is None or rung.height > reached.height):
        reason = f"{rung.value}: cannot be tried here ({stopped.name.replace('_', ' ')})"
        return Point(points=of * LIMIT_SHARE // 100, of=of, reason=reason)
    return Point(points=0, of=of, reason=f"{rung.value}: {'was not reached' if told is None else 'does not hold'}")


def _find_earliest(rung: Rung, attempts: Sequence[Attempt]) -> tuple[Way | None, bool]:
    """Return the way that counts for a rung that holds in some attempt, and whether by benefit of the doubt.

    A way that stopped below the rung through our failure might have reached it too: it counts as if it had.
    """
    reached = {a.plan.way for a in attempts if holds(a.rungs, rung)}
    if not reached:
        return None, False
    told = {a.plan.way for a in attempts if holds(a.rungs, rung) is not None or not is_inconclusive(a)}
    doubted = {a.plan.way for a in attempts} - told
    best = max(reached | doubted, key=SHARES.__getitem__)
    return best, best not in reached


def _is_unread(check: Check) -> bool:
    """Whether a reachable repository could not be checked out, through no fault of its own."""
    there = check.availability in (Availability.AVAILABLE, Availability.MOVED)
    own = check.cause is not None and check.cause.blame is Blame.REPOSITORY
    return there and check.checkout is None and not own


def _describe_lack(check: Check) -> str:
    """Describe what the repository itself lacks, or ''; a host that did not answer does not count."""
    names = [f"{missing.kind.partition('_')[0]} {missing.name}" for missing in check.missing]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"not in the repository: {', '.join(names[:3])}{more}" if names else ""


def _score_without_link(paper: LinkedPaper) -> Score:
    """Score a paper without any link; one that does not mention code is not scored."""
    if paper.code_status is CodeStatus.NONE:
        return NO_SCORE
    said = {
        CodeStatus.PROMISED: "code is promised, and there is no link yet",
        CodeStatus.CLAIMED: "the paper says there is code and gives no link",
        CodeStatus.LINKED: "the link cannot be read",
    }[paper.code_status]
    return Score(value=0, points=(Point(points=0, of=100, reason=said),))


def _score_without_repository(paper: LinkedPaper) -> Score:
    """Score a paper whose links name no repository: pages and archives are not searched, owners hold no code."""
    if not {link.kind for link in paper.links} <= {LinkKind.OWNER, LinkKind.GIST}:
        return NO_SCORE
    kind = paper.links[0].kind.value
    return _sum(
        Point(points=LINKED, of=LINKED, reason="the paper gives a link"),
        Point(points=0, of=100 - LINKED, reason=f"it leads to no repository but to: {kind}"),
    )


def _pick_best(checks: Sequence[Check | None], score: Callable[[Check], Score]) -> Score:
    scores = [NO_SCORE if check is None else score(check) for check in checks]
    told = [s for s in scores if s.value is not None]
    best = max(told, key=lambda s: s.value or 0, default=NO_SCORE)
    return best if len(told) == len(scores) or best.value == 100 else NO_SCORE


def _make_point(holds_: bool, of: int, reason: str) -> Point:
    return Point(points=of if holds_ else 0, of=of, reason=reason)


def _sum(*points: Point) -> Score:
    return Score(value=sum(p.points for p in points), points=points)
