"""Close the gaps that line breaks and tokenisers leave inside a repository's URL, where that is safe.

A gap is closed only when what follows can hardly be prose: `github.com/ owner/name` is, since prose has no
`owner/name`; `github.com/owner/ name` is only where `name` looks like a name or ends the sentence.
"""

from __future__ import annotations

import re

from checker.core.data_files import read_toml
from checker.papers.links.patterns import load_patterns

_PATTERNS = load_patterns("line_breaks")
_PROSE = frozenset(read_toml("checker.papers.links", "line_breaks.toml")["words"]["prose"].split())
_NOT_REPOSITORIES = frozenset({"and/or", "or/and", "he/she", "his/her", "she/he"})


def close_gaps(text: str) -> str:
    """Return the text with the gaps inside repository URLs closed; everything else stays as it is."""
    text = _PATTERNS["scheme"].sub(r"\1://", text)
    text = _PATTERNS["host"].sub(lambda match: re.sub(r"\s", "", match.group()), text)
    text = _PATTERNS["broken_owner"].sub(r"\1", text)
    text = _PATTERNS["repository"].sub(_close_repository, text)
    text = _PATTERNS["broken_name"].sub(_close_name, text)
    text = _PATTERNS["deep_name"].sub(_close_deep_name, text)
    for place in ("before_path", "before_view"):
        text = _PATTERNS[place].sub(r"\1", text)
    text = _PATTERNS["after_view"].sub(_close_view, text)
    return _PATTERNS["archive"].sub(lambda match: re.sub(r"\s", "", match.group()), text)


def _close_deep_name(match: re.Match[str]) -> str:
    """Decide about a line break before the name of a repository that lies in a group of a group."""
    head, _, name = match.groups()
    return f"{head}{name}" if _is_name(name, match) else match.group()


def _close_view(match: re.Match[str]) -> str:
    """Decide about a gap before a branch, tag or commit."""
    return match.group() if match["word"].lower().rstrip(".") in _PROSE else match[1]


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
    if _PATTERNS["shape"].search(bare) or following.startswith("/"):
        return True
    return word != bare or following in ("", "\n", "\n\n") or following[0] in ".,;)]}>\"'”’"
