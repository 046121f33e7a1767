"""Where things lie inside a report: file names from names that others chose, safe on every file system."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import quote, urlsplit

_UNSAFE = re.compile(r"[^A-Za-z0-9._+-]+")

#: A name that looks as if it had a hash already gets one, so that it cannot take another's place.
_HASHED = re.compile(r"-[0-9a-f]{10}$")

_MAX = 80


def make_safe_name(text: str) -> str:
    """Return a file name for a text: itself where that is one, else what is left of it and a hash.

    Two different texts never get the same name, upper and lower case counting as the same.
    """
    kept = _UNSAFE.sub("-", text).strip(".-")[:_MAX]
    if kept == text == text.lower() and kept and not _HASHED.search(text):
        return kept
    digest = sha256(text.encode()).hexdigest()[:10]
    return f"{kept.lower()}-{digest}" if kept else digest


def paper_path(paper_id: str) -> str:
    """Return the page of a paper, relative to the report."""
    return f"papers/{make_safe_name(paper_id)}.html"


def _name_repository(target: str) -> str:
    """Return `owner/name` for a target of GitHub, `host/owner/name` for others (`Target.key`)."""
    host, _, rest = target.partition("/")
    parts = [make_safe_name(part) for part in rest.split("/")]
    return "/".join(parts if host == "github.com" else [make_safe_name(host), *parts])


def repository_path(target: str) -> str:
    """Return the page of a repository, relative to the report."""
    return f"repositories/{_name_repository(target)}.html"


def badge_path(target: str, ending: str = "svg") -> str:
    """Return the badge of a repository, relative to the report."""
    return f"badges/{_name_repository(target)}.{ending}"


def check_web_address(url: str | None) -> str | None:
    """Return the address if a reader may be sent there: http or https with a host, nothing hidden; else None."""
    if not url or any(character.isspace() or ord(character) < 32 for character in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not host or parts.username is not None:
        return None
    return url


def file_address(repository_url: str | None, commit: str | None, source: str, line: int | None) -> str | None:
    """Return where a file of a repository is shown by GitHub, None for other hosts and for what is no path."""
    if not repository_url or not commit or not repository_url.startswith("https://github.com/"):
        return None
    if not re.fullmatch(r"[\w@+ .-]+(?:/[\w@+ .-]+)*", source) or "." not in source.rpartition("/")[2]:
        return None
    anchor = f"#L{line}" if line else ""
    return f"{repository_url}/blob/{quote(commit)}/{quote(source)}{anchor}"


def paper_address(paper_id: str) -> str | None:
    """Return the public page of a paper whose id is an arXiv identifier."""
    if re.fullmatch(r"(?:arxiv:)?\d{4}\.\d{4,5}(?:v\d+)?", paper_id, re.IGNORECASE):
        return f"https://arxiv.org/abs/{paper_id.lower().removeprefix('arxiv:')}"
    return None
