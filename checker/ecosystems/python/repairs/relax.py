"""Finds the fewest and least harmful relaxations under which requirements resolve, by bisection. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checker.ecosystems.python.plan_edits import name_of, parse, version, with_specifier

#: Whether a resolver finds versions for requirement lines; more relaxed lines never resolve less.
Resolves = Callable[[Sequence[str]], bool]

#: Development tools, and packages that only ever come along with others: freed first, to no effect on the code.
TOOLS = re.compile(
    "^(?:pytest.*|nose|tox|flake8.*|black|isort|pylint|mypy.*|autopep8|yapf|pre-commit|coverage"
    "|codecov|twine|bump2version|wheel|pip|setuptools|build|sphinx.*|ipython|ipykernel|ipywidgets"
    "|jupyter.*|notebook|nbconvert|nbformat|ipdb|types-.*|certifi|idna|chardet|charset-normalizer"
    "|urllib3|six|pytz|pyparsing|zipp|importlib-.*|typing-extensions|packaging|attrs|tzdata"
    "|markupsafe|wcwidth|pickleshare|backcall|ptyprocess|pexpect|decorator|prompt-toolkit|tornado"
    "|traitlets|pygments|parso|jedi|pyzmq|mkl-.*|conda.*|cffi|pycparser|oauthlib|rsa|pyasn1.*"
    "|cachetools|google-auth.*|requests-oauthlib|werkzeug|grpcio|absl-py|tensorboard-.*|nvidia-.*"
    "|sentry-sdk|smmap|gitdb)$"
)

#: What a program is written for; changed last.
FRAMEWORKS = frozenset(
    {"torch", "tensorflow", "jax", "jaxlib", "mxnet", "keras", "paddlepaddle", "python", "numpy"}
)

#: How much it harms to give up the version of what the author names beside the specification only.
_HARM_OF_VERSIONS = 1

#: How much it harms to give up what the author does not state: as much as a patch of what is imported.
_HARM_OF_ADDITIONS = 2


#: Returns the names in the resolver's last message about lines without a solution.
Blamed = Callable[[], frozenset[str]]


@dataclass(frozen=True)
class Relaxed:
    """The requirements as they resolve, the lines that were changed (old → new; '' is removed), and the trials."""

    requirements: tuple[str, ...]
    changes: tuple[tuple[str, str], ...]
    trials: int


@dataclass(frozen=True)
class _Step:
    index: int
    line: str
    harm: int


def loosen_line(line: str) -> str | None:
    """Return a requirement line one degree looser; None where it is free already, or no requirement.

    The degrees: without the local suffix (`+cu111`), any patch (`==1.7.*`), any minor (`==1.*`), any version. A
    version below 1 has no major to keep; a range is given up whole.
    """
    found = parse(line)
    if found is None or not (found.specifier or found.url):
        return None
    pin = next((s for s in found.specifier if s.operator in ("==", "===", "~=")), None)
    pinned = None if pin is None else version(pin.version.removesuffix(".*"))
    if pin is None or pinned is None:
        return with_specifier(line, "")
    if pinned.local:
        return with_specifier(line, f"=={pinned.public}")
    major, *rest = pinned.release
    patch_free = pin.operator == "~=" or pin.version.endswith(".*")
    if rest and not patch_free:
        return with_specifier(line, f"=={major}.{rest[0]}.*")
    if major == 0 or (patch_free and not rest):
        return with_specifier(line, "")
    return with_specifier(line, f"=={major}.*")


def rate_harm(line: str, imported: frozenset[str]) -> int:
    """Return how much loosening harms: 0 tools, 1 what nothing imports, 2 what is imported, 3 frameworks."""
    name = name_of(line)
    if TOOLS.match(name) and name not in imported:
        return 0
    if name in FRAMEWORKS:
        return 3
    return 2 if name in imported else 1


def list_steps(
    requirements: Sequence[str], imported: frozenset[str], added: frozenset[str] = frozenset()
) -> tuple[_Step, ...]:
    """Return every single relaxation, least harmful first.

    Tools are unpinned first, then packages that are not imported; then patches, minors and majors of imported
    ones are relaxed, frameworks last at each degree; finally, requirements other than frameworks are removed.
    What the checker `added` (names) is removed, not loosened, before even a patch of the author's is relaxed.
    An address is never replaced by the name alone: a distribution of that name may be another project.
    """
    steps: list[_Step] = []
    for index, line in enumerate(requirements):
        if name_of(line) in added:
            free = with_specifier(line, "")
            steps += [] if free in (None, line) else [_Step(index, free, _HARM_OF_VERSIONS)]
            steps.append(_Step(index, "", _HARM_OF_ADDITIONS))
            continue
        harm = rate_harm(line, imported)
        found = parse(line)
        degrees = [] if found is None or found.url else _list_degrees(line)
        if harm < 2:
            degrees = degrees[-1:]
        steps += [_Step(index, new, harm if harm < 2 else 2 * level + harm) for level, new in enumerate(degrees)]
        if name_of(line) and harm < 3:
            steps.append(_Step(index, "", 90 + harm))
    return tuple(sorted(steps, key=lambda step: step.harm))


def relax(
    requirements: Sequence[str],
    resolves: Resolves,
    *,
    blamed: Blamed = frozenset,
    imported: frozenset[str] = frozenset(),
    added: frozenset[str] = frozenset(),
    trials: int = 40,
) -> Relaxed | None:
    """Return the requirements with the fewest and least harmful changes that make them resolve.

    The relaxations are put in order of harm; bisection finds how many of them it takes, then those that turn
    out to be unnecessary are taken back, in halves. Only what the resolver blames is searched, where that is
    enough. What was `added` is tried by itself before anything that the author states. After `trials` calls of
    `resolves` the best answer so far is given. None when nothing helps.
    """
    steps = list_steps(requirements, imported, added)
    search = _Search(tuple(requirements), resolves, trials)
    suspects = _find_suspects(search, steps, blamed)
    named = tuple(step for step in steps if name_of(requirements[step.index]) in suspects)
    for among in (named, steps):
        first = tuple(step for step in among if name_of(requirements[step.index]) in added)
        for chosen in (first, among):
            found = search.run(chosen) if chosen else None
            if found is not None:
                return found
    return None


def _find_suspects(search: _Search, steps: tuple[_Step, ...], blamed: Blamed) -> frozenset[str]:
    """Return names without which the others resolve; none where the blamed names do not lead to them.

    A resolver proves its conflict from the requirements that it names, so one of those has to change; a further
    conflict shows once they are away.
    """
    suspects: frozenset[str] = frozenset()
    while more := blamed() - suspects:
        suspects |= more
        chosen = tuple(step for step in steps if name_of(search.original[step.index]) in suspects)
        if search.can_resolve(search.apply_steps(chosen)):
            return suspects
    return frozenset()


def _list_degrees(line: str) -> list[str]:
    found: list[str] = []
    new = loosen_line(line)
    while new is not None and new not in found:
        found.append(new)
        new = loosen_line(new)
    return found


class _Search:
    """What was tried of some requirements, and the bisections over it."""

    def __init__(self, original: tuple[str, ...], resolves: Resolves, trials: int) -> None:
        self.original, self.resolves, self.left = original, resolves, trials
        self.spent = 0
        self._known: dict[tuple[str, ...], bool] = {}

    def run(self, steps: tuple[_Step, ...]) -> Relaxed | None:
        """Return the fewest of the steps that it takes, with as little of each as it takes."""
        if self.can_resolve(self.original):
            return Relaxed(self.original, (), self.spent)
        if not self.can_resolve(self.apply_steps(steps)):
            return None
        low, high = 0, len(steps)
        while high - low > 1 and self.left > 0:
            middle = (low + high) // 2
            low, high = (low, middle) if self.can_resolve(self.apply_steps(steps[:middle])) else (middle, high)
        best = self._restore_unneeded(self.apply_steps(steps[:high]), steps, steps[high - 1].index)
        return Relaxed(tuple(line for line in best if line), self._list_changes(best), self.spent)

    def apply_steps(self, steps: tuple[_Step, ...]) -> tuple[str, ...]:
        """Return the lines with these steps taken; '' stands for one that is removed."""
        lines = list(self.original)
        for step in steps:
            lines[step.index] = step.line
        return tuple(lines)

    def can_resolve(self, lines: tuple[str, ...]) -> bool:
        """Whether lines resolve; each is asked once, and none any more when all trials are spent."""
        if lines not in self._known:
            if self.left <= 0:
                return False
            self.left -= 1
            self.spent += 1
            self._known[lines] = self.resolves([line for line in lines if line])
        return self._known[lines]

    def _restore_unneeded(self, lines: tuple[str, ...], steps: tuple[_Step, ...], needed: int) -> tuple[str, ...]:
        """Take back what was not necessary, most harmful changes first, in halves; then loosen the rest less."""
        last = {step.index: place for place, step in enumerate(steps) if lines[step.index] == step.line}
        changed = [i for i in sorted(last, key=lambda i: -last[i]) if i != needed and lines[i] != self.original[i]]
        lines = self._take_back(lines, changed)
        for index in changed:
            degrees = [step.line for step in steps if step.index == index]
            for degree in degrees[: degrees.index(lines[index])] if lines[index] in degrees else ():
                trial = (*lines[:index], degree, *lines[index + 1 :])
                if self.can_resolve(trial):
                    lines = trial
                    break
        return lines

    def _take_back(self, lines: tuple[str, ...], indexes: Sequence[int]) -> tuple[str, ...]:
        if not indexes:
            return lines
        trial = tuple(self.original[i] if i in indexes else line for i, line in enumerate(lines))
        if self.can_resolve(trial):
            return trial
        if len(indexes) == 1:
            return lines
        half = len(indexes) // 2
        return self._take_back(self._take_back(lines, indexes[:half]), indexes[half:])

    def _list_changes(self, lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((old, new) for old, new in zip(self.original, lines, strict=True) if old != new)
