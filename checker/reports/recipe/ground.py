"""What a recipe stands on: which attempt it repeats, where the code comes from, image and system packages."""

from __future__ import annotations

import re

from checker.core.errors import HostRefusal, UsageError
from checker.core.text import join_lines
from checker.core.values.base import Value
from checker.core.values.plans import BuildPlan, Rung
from checker.core.values.repositories import Checkout, RepositoryId, Submodule
from checker.core.values.results import Attempt, Check
from checker.hosts.folder import UNCOMMITTED
from checker.hosts.urls import check_repository, resolve
from checker.judging.ladder import find_decisive_attempt
from checker.reports.recipe.commands import PLACE
from checker.sandbox.provision.images import PACKAGE_NAME, find_dockerfiles

#: Name of the git bundle that may lie beside the Dockerfile, for when no host can be asked.
BUNDLE = "source.bundle"

BUNDLE_URL = f"{PLACE}/{BUNDLE}"

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_UNSAFE = re.compile(r"[^\w.~+-]+", re.ASCII)
_INTERPRETER = re.compile(r"3\.\d{1,2}")
_INSTALL = re.compile(r"apt-get install\b(?P<words>[^&|;]*)")
_NOT_THERE = re.compile(r"\[checker\] Debian has no package '([^']*)'")

#: Interpreters that have no official image on bookworm; source: the tags of Docker's official python image.
OLDER_DEBIAN = {"3.6": "bullseye"}

#: Packages of bookworm that have another name in an older Debian; source: packages.debian.org.
RENAMED = {"bullseye": {"libffi8": "libffi7", "libssl3": "libssl1.1"}}


def find_verified_attempt(check: Check) -> Attempt:
    """Return the attempt that the verdict rests on.

    Raises:
        UsageError: nothing was built, or not by an ecosystem that recipes are written for.

    """
    verdict, name = check.verdict, join_lines(str(check.target.repository), 120)
    if verdict.reached is None or verdict.reached.height < Rung.BUILT.height:
        raise UsageError(
            f"{name}: no recipe, because nothing was built: it reached {verdict.reached or 'no rung'}"
        )
    attempt = find_decisive_attempt(check)
    if attempt is None or check.checkout is None:
        raise UsageError(f"{name}: no recipe, because the check does not hold the attempt that its verdict names")
    if attempt.plan.ecosystem != "python":
        raise UsageError(f"{name}: no recipe, because none is written for {attempt.plan.ecosystem} yet")
    return attempt


def find_verified_commit(checkout: Checkout) -> str:
    """Return the commit that was checked.

    Raises:
        UsageError: the files were no commit, so that nobody else can have them.

    """
    if checkout.ref == UNCOMMITTED:
        raise UsageError("no recipe of uncommitted files: commit them and check again")
    if not _COMMIT.fullmatch(checkout.commit):
        raise UsageError(f"no recipe: {checkout.commit[:80]!r} is no commit")
    return checkout.commit


def find_repository(check: Check) -> RepositoryId:
    """Return the repository under the name by which it answers now; of a folder, one fit to be shown.

    Raises:
        UsageError: it has a name that no repository has.

    """
    found = check.probe.moved_to or check.target.repository
    if is_from_folder(check):
        return RepositoryId(owner=_UNSAFE.sub("-", found.owner), name=_UNSAFE.sub("-", found.name))
    try:
        check_repository(found)
    except HostRefusal as error:
        raise UsageError(f"no recipe: {join_lines(str(error))}") from error
    return found


def is_from_folder(check: Check) -> bool:
    """Whether a local folder was checked, of which nobody knows an address."""
    return check.target.folder is not None or check.probe.answered_by == "folder"


def find_address(check: Check) -> str:
    """Return where the recipe gets the repository from unless it is told otherwise."""
    found = find_repository(check)
    return BUNDLE_URL if is_from_folder(check) else f"https://{found.host}/{found.slug}.git"


class Source(Value):
    """A submodule to clone: from where, to which path below the repository, at which commit."""

    url: str
    path: str
    commit: str


def list_submodules(check: Check) -> tuple[Source, ...]:
    """Return the submodules that the check had and that everybody can ask for, outer ones first."""
    there = [s for s in (check.checkout.submodules if check.checkout else ()) if s.status == "present"]
    owners: dict[str, RepositoryId] = {"": find_repository(check)}
    found: list[Source] = []
    for submodule in sorted(there, key=lambda s: s.path.count("/")):
        outer = max((path for path in owners if f"{submodule.path}/".startswith(path)), key=len)
        try:
            find_address = resolve(owners[outer], submodule.url).repository
        except HostRefusal:
            continue
        owners[f"{submodule.path}/"] = find_address
        if _is_placed(submodule):
            url = f"https://{find_address.host}/{find_address.slug}.git"
            found.append(Source(url=url, path=submodule.path, commit=submodule.commit or ""))
    return tuple(found)


def _is_placed(submodule: Submodule) -> bool:
    inside = not {"", ".", "..", ".git"} & {*submodule.path.split("/")}
    return inside and _COMMIT.fullmatch(submodule.commit or "") is not None


# ---------------------------------------------------------------- image and packages


def read_interpreter(plan: BuildPlan) -> str:
    """Return the minor version of Python.

    Raises:
        UsageError: it is none.

    """
    version = plan.interpreter or ""
    if not _INTERPRETER.fullmatch(version):
        raise UsageError(f"no recipe: {version[:40]!r} is not a version of Python")
    return version


def choose_base_image(plan: BuildPlan) -> str:
    """Return the official image with the plan's interpreter."""
    version = read_interpreter(plan)
    return f"python:{version}-slim-{OLDER_DEBIAN.get(version, 'bookworm')}"


def list_usual_packages(plan: BuildPlan) -> tuple[str, ...]:
    """Return the system packages of the checker's own image, under the names of the recipe's Debian."""
    text = "".join(
        (find_dockerfiles() / name / "Dockerfile").read_text(encoding="utf-8") for name in ("base", "python")
    )
    joined = text.replace("\\\n", " ")
    words = [word for found in _INSTALL.finditer(joined) for word in found["words"].split()]
    names = RENAMED.get(OLDER_DEBIAN.get(read_interpreter(plan), ""), {})
    return tuple(dict.fromkeys(names.get(word, word) for word in words if PACKAGE_NAME.fullmatch(word)))


def list_own_packages(attempt: Attempt) -> tuple[str, ...]:
    """Return the system packages that this repository needs besides, without those that Debian does not have."""
    absent = set(list_unknown_packages(attempt))
    return tuple(sorted({p for p in attempt.plan.system_packages if PACKAGE_NAME.fullmatch(p)} - absent))


def list_unknown_packages(attempt: Attempt) -> tuple[str, ...]:
    """Return the wanted system packages that the check had to do without: it said so before its first step."""
    log = attempt.results[0].log if attempt.results else ""
    notes = []
    for line in log.splitlines():
        if (found := _NOT_THERE.fullmatch(line)) is None:
            break
        notes.append(found[1])
    wanted = attempt.plan.system_packages
    return tuple(sorted(name for name in set(wanted) if name in notes or not PACKAGE_NAME.fullmatch(name)))
