"""Close the gaps that line breaks and tokenisers leave inside a repository's URL, where that is safe.

A gap is closed only when what follows can hardly be prose: `github.com/ owner/name` is, since prose has no
`owner/name`; `github.com/owner/ name` is only where `name` looks like a name or ends the sentence.
"""

from __future__ import annotations

import re

_GAP = r"(?:[ \t]{0,3}(?:\n[ \t]{0,3})?)"
_SOME = r"(?:[ \t]{1,3}(?:\n[ \t]{0,3})?|\n[ \t]{0,3})"
_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})"
_NAME = r"[A-Za-z0-9._-]{1,100}"
_FORGES = rf"git{_GAP}hub|gitlab|bitbucket|gitee|codeberg|huggingface"

_SCHEME = re.compile(
    rf"(https?){_GAP}:{_GAP}/{_GAP}/{_GAP}(?=[A-Za-z0-9-]{{2,63}}{_GAP}\.{_GAP}[A-Za-z]{{2}})", re.IGNORECASE
)
_HOST = re.compile(
    rf"(?<![A-Za-z0-9_.@-])((?:www{_GAP}\.{_GAP})?(?:{_FORGES})){_GAP}\.{_GAP}(com|org|co){_GAP}/(?!/)",
    re.IGNORECASE,
)
_REPOSITORY = re.compile(rf"(github\.com[/:])({_GAP})({_OWNER})({_GAP})/({_GAP})({_NAME})", re.IGNORECASE)
_BROKEN_OWNER = re.compile(
    rf"(github\.com/[A-Za-z0-9-]{{0,38}}-){_SOME}(?=[A-Za-z0-9][A-Za-z0-9-]{{0,38}}/[A-Za-z0-9._-])",
    re.IGNORECASE,
)
_BROKEN_NAME = re.compile(rf"(github\.com/{_OWNER}/[A-Za-z0-9._-]{{0,98}})([-_])({_SOME})({_NAME})", re.IGNORECASE)
_BEFORE_PATH = re.compile(
    rf"(github\.com/{_OWNER}/{_NAME}){_SOME}(?=/(?:tree|blob|raw|releases|commit)/)", re.IGNORECASE
)

_WORDS = """
a about above after all along also an and are as at available be been below both but by can code codes
coming contains data dataset datasets demo for freely from github has have here https http if in including
includes is it its later link may model models more now of on once online only or our page paper please
project provides publicly see shortly since so soon that the their there these they this to today together
too under upon using via was we website when where which while will with without www yet you
"""
_PROSE = frozenset(_WORDS.split())
_SHAPE = re.compile(r"[0-9_]|[a-z][A-Z]|[A-Za-z0-9]-[A-Za-z0-9]|[A-Z]{2}|\.git$")
_NOT_REPOSITORIES = frozenset({"and/or", "or/and", "he/she", "his/her", "she/he"})


def close_gaps(text: str) -> str:
    """Return the text with the gaps inside repository URLs closed; everything else stays as it is."""
    text = _SCHEME.sub(r"\1://", text)
    text = _HOST.sub(lambda match: re.sub(r"\s", "", match.group()), text)
    text = _BROKEN_OWNER.sub(r"\1", text)
    text = _REPOSITORY.sub(_close_repository, text)
    text = _BROKEN_NAME.sub(_close_name, text)
    return _BEFORE_PATH.sub(r"\1", text)


def _close_repository(match: re.Match[str]) -> str:
    """Decide about the gaps before the owner and around the slash after it."""
    host, first, owner, before, after, name = match.groups()
    joined = f"{host}{owner}/{name}"
    if not (first or before or after):
        return match.group()
    if before and after:  # prose has ` / ` too, unless every part stands apart, as in a tokeniser's text
        return joined if first and name.lower().rstrip(".") not in _PROSE else match.group()
    if first and f"{owner}/{name}".lower().rstrip(".") in _NOT_REPOSITORIES:
        return match.group()
    if after and not _is_name(name, match):
        return f"{host}{owner}/{after}{name}"
    return joined


def _close_name(match: re.Match[str]) -> str:
    """Decide about a name that breaks after a hyphen or an underscore."""
    head, mark, gap, rest = match.groups()
    certain = (mark == "_" or "\n" in gap) and rest.lower().rstrip(".") not in _PROSE
    return f"{head}{mark}{rest}" if certain or _is_name(rest, match) else match.group()


def _is_name(word: str, match: re.Match[str]) -> bool:
    """Tell whether the word that ends a match is a repository's name rather than the sentence going on."""
    following = match.string[match.end() : match.end() + 2]
    bare = word.rstrip(".")
    if not bare or bare.lower() in _PROSE or following.startswith(":"):
        return False
    if _SHAPE.search(bare) or following.startswith("/"):
        return True
    return word != bare or following in ("", "\n", "\n\n") or following[0] in ".,;)]}>\"'”’"
