"""Parses one requirement line, as people write it, into a clean PEP 508 requirement."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from checker.core.values.plans import Evidence
from checker.ecosystems.python.distributions.packages import load_mistaken_names
from checker.ecosystems.python.source.stdlib import is_standard_distribution
from checker.ecosystems.python.stated import Problem, Requirement

#: Characters of a line that are looked at: a pin with the hashes of fifty wheels fits.
MAX_LINE = 40_000

#: Characters of a requirement, its options left out, that are believed.
MAX_REQUIREMENT = 1_000

#: Characters of a line that is no requirement as written but may be meant as one.
MAX_MENDED = 150

#: Characters of a distribution's name that are believed.
MAX_NAME = 100

_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTIONS = re.compile(r"(?<!\s)\s+--[a-z]")
_DASHES = str.maketrans({"＝": "=", "＞": ">", "＜": "<", "–": "-", "—": "-", "，": ",", "\u00a0": " ", "‐": "-"})
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"))
_VCS = re.compile(r"^(?:git|hg|svn|bzr)\+", re.IGNORECASE)
_SCP = re.compile(r"^(?:git\+)?(?:ssh://)?git@(?P<host>[\w.-]+)[:/](?P<path>.+)$")
_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NAMED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\s*(?P<extras>\[[^\]]*\]))?\s*@\s*(?P<target>\S.*)$")
_PATHLIKE = re.compile(r"^(?:\.{1,2}(?:[/\\\[]|$)|/|~|[A-Za-z]:[\\/]|file:)|\.(?:whl|zip|tar\.gz|tar\.bz2|tgz)$")
_PLACEHOLDER = re.compile(r"[{}<]\w*[}>]|\$\{?\w|^<|\.\.\.|\*[^,;*]{0,200}\.(?:whl|gz|zip)$")
_WHEEL = re.compile(r"(?<![\w.])(?P<name>[A-Za-z0-9][\w.]{0,99})-(?P<version>\d[^-/]{0,99})-[^/]{0,200}\.whl")
_SDIST = re.compile(
    r"(?<![\w.-])(?P<name>[A-Za-z0-9][\w.-]{0,99}?)-(?P<version>\d[^-/]{0,99})\.(?:tar\.gz|tar\.bz2|tgz|zip)"
)
_REPOSITORY = re.compile(
    r"https?://(?:github|gitlab)\.com/[\w.-]+/([\w.-]+?)(?:\.git)?(?:@[\w./-]+|/archive/.*)?/?$"
)
_NAME = r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?"
_VERSION = r"v?\d[\w.*+!]*"

#: How lines that pip refuses are meant: conda's single `=`, columns, `=>`, a version in brackets, `==latest`.
_MENDED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"^({_NAME}(?:\[[^\]]*\])?)\s*=>\s*({_VERSION})\s*$"), r"\1>=\2"),
    (re.compile(rf"^({_NAME}(?:\[[^\]]*\])?)\s*=<\s*({_VERSION})\s*$"), r"\1<=\2"),
    (re.compile(rf"^({_NAME})\s*=\s*({_VERSION})(?:=\S+)?\s*$"), r"\1==\2"),
    (re.compile(rf"^({_NAME})\s+=+\s+({_VERSION})\s*$"), r"\1==\2"),
    (
        re.compile(
            rf"^({_NAME})(?:\s++(?:[:(]\s*+)?|[:(]\s*+)(?:version\s*+)?({_VERSION})\s*+(?:\)\s*+)?$", re.IGNORECASE
        ),
        r"\1==\2",
    ),
    (re.compile(rf"^({_NAME})\s*(?:~>|\^|~)\s*({_VERSION})\s*$"), r"\1>=\2"),
    (re.compile(rf"^({_NAME}(?:\[[^\]]*\])?)\s*==?\s*(?:latest|newest|stable|\*)(?:\+\w*)?\s*$"), r"\1"),
    (re.compile(r"~=\s*(\d[\d.]*)\.[xX*]"), r"==\1.*"),
    (re.compile(r"(?<![=!~])([<>]=?)\s*(\d[\d.]*?)\.[xX*]"), r"\1\2"),
    (re.compile(r"([=!]=\s*\d[\d.]*)\.[xX]"), r"\1.*"),
)

#: The build that a reader is to choose (`torch-scatter==2.0.5+${CUDA}`, as PyG's pages wrote it).
_BUILD_MARK = re.compile(r"(?<=\w)\+(?:\$\{?\w+\}?|\{\w+\}|<\w+>)$")


#: How tools write the project's own folder: PDM, Hatch, and those that use neither.
_HERE = re.compile(r"(?:file:/{0,3})?(?:\$\{PROJECT_ROOT\}|\{root:uri\}|\{root\}|\$PWD|\$\{PWD\}|\$\(pwd\))/")

_SENTENCES = """
a above after all also an and are as at be before below by can dependencies dependency do first following for from
have if in install installed installing is it its list need needed needs not of on only or our package packages
please project required requirements run running see should that then the these this those to use used using
version versions we when will with you your
"""

#: Words of sentences, of which several are names on the index: a line that holds one is not a list of packages.
SENTENCE_WORDS = frozenset(_SENTENCES.split())


def strip_comment(line: str) -> str:
    """Return a line without its comment, invisible characters and typographic operators."""
    return _COMMENT.sub("", line[:MAX_LINE].translate(_INVISIBLE).translate(_DASHES)).strip()


def strip_quotes(text: str) -> str:
    """Return a text without the pair of quotes around it."""
    return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def parse_requirement(
    line: str,
    evidence: Evidence,
    *,
    group: str | None = None,
    folder: str = ".",
    editable: bool = False,
    exists: Callable[[str], bool] | None = None,
) -> Requirement | None:
    """Read one line (no option line); None for an empty one.

    `folder` is where relative paths start, `exists` tells whether a folder or file of the tree exists.
    """
    text = strip_comment(line)
    options = _OPTIONS.search(text)
    bare = strip_quotes((text[: options.start()] if options else text).strip())
    if not bare:
        return None
    notes = ("hashes dropped",) if options and "--hash" in text else ()
    if len(bare) > MAX_REQUIREMENT:
        return (
            _Line(bare[:200], "", "", "", evidence)
            .make_problem(Problem.UNPARSABLE)
            .model_copy(update={"group": group})
        )
    found = _read(bare, evidence, folder, exists or (lambda _path: False))
    return found.model_copy(
        update={"group": group, "editable": editable or found.editable, "notes": found.notes + notes}
    )


@dataclass(frozen=True)
class _Line:
    """A line taken apart: `name[extras] @ target`, or a bare target."""

    bare: str
    target: str
    name: str
    extras: str
    evidence: Evidence

    def make_requirement(self, *, text: str, name: str, problem: Problem, **more: object) -> Requirement:
        fields = {"written": self.bare, "evidence": self.evidence, "problem": problem, **more}
        return Requirement.model_validate({"text": text, "name": name, **fields})

    def make_problem(self, problem: Problem, **more: object) -> Requirement:
        return self.make_requirement(text="", name="", problem=problem, **more)


def _read(bare: str, evidence: Evidence, folder: str, exists: Callable[[str], bool]) -> Requirement:
    bare = _HERE.sub("./", _BUILD_MARK.sub("", bare))
    line = _Line(bare, bare, "", "", evidence)
    if (named := _NAMED.match(bare)) and not _SCP.match(bare):
        line = _Line(bare, named["target"].strip(), named["name"], named["extras"] or "", evidence)
    target = line.target
    if _PLACEHOLDER.search(bare) and not _VCS.match(target):
        return line.make_problem(Problem.PLACEHOLDER)
    if _VCS.match(target) or _SCP.match(target):
        return _parse_version_control(line)
    if target.startswith("file:") or (_PATHLIKE.search(target) and not _URL.match(target)):
        return _parse_local(line, folder, exists)
    if _URL.match(target):
        return _parse_url(line)
    path = re.sub(r"\[[^\]]*\]$", "", target)
    if "/" in path and target == bare and exists(posixpath.normpath(posixpath.join(folder, path))):
        return _parse_local(line, folder, exists)
    return _parse_plain(line)


def _parse_plain(line: _Line) -> Requirement:
    parsed, problem = parse(line.bare), None
    if parsed is None:
        parsed, problem = _parse_leniently(line.bare), Problem.REPAIRED_SYNTAX
    if parsed is None:
        return line.make_problem(Problem.UNPARSABLE)
    name = canonicalize_name(parsed.name)
    if "+" in str(parsed.specifier):
        problem = problem or Problem.LOCAL_VERSION
    if is_standard_distribution(name):
        problem = Problem.STANDARD_LIBRARY
    elif name in load_mistaken_names():
        problem = Problem.STUB
    return Requirement(
        text=str(parsed),
        name=name,
        written=line.bare,
        evidence=line.evidence,
        problem=problem,
        replacement=load_mistaken_names().get(name),
    )


def parse(text: str) -> Pep508 | None:
    """Parse a PEP 508 requirement; None for anything else."""
    try:
        parsed = Pep508(text)
        return parsed if len(parsed.name) <= MAX_NAME else None
    except InvalidRequirement:
        return None


def _parse_leniently(text: str) -> Pep508 | None:
    """Parse a malformed line as its author means it; long lines are prose."""
    if len(text) > MAX_MENDED:
        return None
    text = text.rstrip(",;. \t")
    candidates = (text, *(pattern.sub(form, text) for pattern, form in _MENDED))
    return next((found for found in map(parse, candidates) if found is not None), None)


def _parse_version_control(line: _Line) -> Requirement:
    target, name, extras = line.target, line.name, line.extras
    if scp := _SCP.match(target):
        target = f"git+ssh://git@{scp['host']}/{scp['path']}"
    url, _, fragment = target.partition("#")
    url = url.split(";", maxsplit=1)[0].strip()
    if egg := re.search(r"egg=([\w.-]+?)(\[[^\]]*\])?(?:-\d[\w.]*)?(?:&|$)", fragment):
        name, extras = name or egg[1], extras or egg[2] or ""
    name = name or posixpath.basename(re.sub(r"(?<=[^/:])@[^/]*$", "", url).rstrip("/")).removesuffix(".git")
    folder = re.search(r"subdirectory=([^&\s]+)", fragment)
    link = url + (f"#subdirectory={folder[1]}" if folder else "")
    parsed = parse(f"{name}{extras} @ {link}")
    if parsed is None:
        return line.make_problem(Problem.UNPARSABLE)
    git = _VCS.sub("", link)
    return line.make_requirement(text=str(parsed), name=canonicalize_name(name), problem=Problem.GIT, git=git)


def _parse_url(line: _Line) -> Requirement:
    path = line.target.split("#", maxsplit=1)[0].replace("%2B", "+").replace("%2b", "+")
    repository = _REPOSITORY.match(path)
    if repository and (path.endswith(".git") or "/archive/" not in path):
        name = line.name or repository[1]
        return _parse_version_control(replace(line, target=f"git+{line.target}", name=name))
    file = _match_file_name(path)
    name = line.name or (repository[1] if repository else "") or (file["name"] if file else "")
    parsed = parse(f"{name}{line.extras} @ {line.target}") if name else None
    if parsed is None:
        return line.make_problem(Problem.URL)
    notes = (f"version {file['version']}",) if file else ()
    return line.make_requirement(text=str(parsed), name=canonicalize_name(name), problem=Problem.URL, notes=notes)


def parse_file_address(line: str) -> tuple[str, str] | None:
    """Return distribution and version of the wheel or archive that a line names by address; None without one."""
    path = unquote(line.partition("#")[0].partition(" ;")[0]).strip()
    found = _match_file_name(path) if "://" in path else None
    return (found["name"], found["version"]) if found else None


def _match_file_name(path: str) -> re.Match[str] | None:
    name = posixpath.basename(path)
    return _WHEEL.search(name) or _SDIST.search(name)


def _parse_local(line: _Line, folder: str, exists: Callable[[str], bool]) -> Requirement:
    path, extras = re.sub(r"^file:(?://(?:localhost(?=/))?)?", "", line.target), line.extras
    path = re.split(r"[;#]", path, maxsplit=1)[0].strip().replace("\\", "/")
    if not extras and (bracket := re.search(r"\[[^\]]*\]$", path)):
        path, extras = path[: bracket.start()], bracket[0]
    path = _find_own_folder(path, line.name, exists) or path
    inside = posixpath.normpath(posixpath.join(folder, path or "."))
    outside = path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path) or inside.startswith("..")
    if line.name:
        note = "path of another machine dropped" if outside else "" if exists(inside) else "not in the repository"
        return line.make_requirement(
            text=f"{line.name}{extras}",
            name=canonicalize_name(line.name),
            problem=Problem.LOCAL_PATH,
            local=path if outside else inside,
            notes=(note,) if note else (),
        )
    if outside:
        return _refuse_outside(line, path)
    notes = (*((f"extras {extras}",) if extras else ()), *(() if exists(inside) else ("not in the repository",)))
    return line.make_problem(Problem.LOCAL_PATH, local=inside, notes=notes)


def _find_own_folder(path: str, name: str, exists: Callable[[str], bool]) -> str | None:
    """Return the folder of the tree that a script means by its own: `file://{HERE}/libs/toolz` → `libs/toolz`.

    One folder alone says little: it counts where it has the name of what is installed.
    """
    own = path.lstrip("/")
    if not path.startswith("/") or not exists(own):
        return None
    return own if "/" in own or canonicalize_name(own) == canonicalize_name(name or ".") else None


def _refuse_outside(line: _Line, path: str) -> Requirement:
    file = _match_file_name(path)
    parsed = parse(f"{file['name']}=={file['version']}") if file else None
    if parsed is None:
        return line.make_problem(Problem.OUTSIDE, local=path)
    return line.make_requirement(
        text=str(parsed), name=canonicalize_name(parsed.name), problem=Problem.OUTSIDE, local=path
    )


def drop_local_version(found: Requirement) -> Requirement:
    """Return the requirement without local version suffixes (`torch==1.8.0+cu111` asks for `torch==1.8.0`)."""
    parsed = parse(found.text)
    if parsed is None or "+" not in str(parsed.specifier):
        return found
    specifiers = ",".join(re.sub(r"\+[\w.]+", "", str(item)) for item in parsed.specifier)
    try:
        parsed.specifier = SpecifierSet(specifiers)
    except InvalidSpecifier:
        return found
    suffix = re.search(r"\+[\w.]+", found.text)
    note = f"local version {suffix[0] if suffix else ''} dropped"
    return found.model_copy(update={"text": str(parsed), "notes": (*found.notes, note)})
