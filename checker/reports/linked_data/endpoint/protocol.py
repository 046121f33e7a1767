"""The SPARQL 1.1 protocol without a web framework: what a request asks for, and what it accepts (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs

#: Bytes of a request's body at most.
LONGEST_BODY = 200_000

FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"


class Refused(Exception):
    """A request that is not answered: the status, and one line that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def read_request(method: str, query_string: str, content_type: str = "", body: bytes = b"") -> str:
    """Return the query of a request, "" where it holds none (then the service describes itself).

    GET gives it as `query=`; POST as the same in a form, or as the body itself (`application/sparql-query`).

    Raises:
        Refused: 400 for an update, for graphs of the caller's choice, and for what is no text; 405, 413, 415.

    """
    if method in ("GET", "HEAD"):
        return _decode_form(query_string)
    if method != "POST":
        raise Refused(405, f"{method[:20]}: only GET and POST are offered")
    if len(body) > LONGEST_BODY:
        raise Refused(413, f"the request holds more than {LONGEST_BODY:,} bytes")
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in (FORM, QUERY):
        raise Refused(415, f"a query is posted as {FORM} or {QUERY}")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "the request is not UTF-8") from None
    if kind == FORM:
        return _decode_form(text)
    _decode_form(query_string)
    return text


def _decode_form(text: str) -> str:
    try:
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise Refused(400, "the request is not UTF-8, or has too many fields") from None
    if "update" in fields:
        raise Refused(400, "updates are not offered: the graph is only read")
    if any(name.endswith("-graph-uri") for name in fields):
        raise Refused(400, "there is one graph; none can be chosen")
    queries = fields.get("query", [])
    if len(queries) > 1:
        raise Refused(400, "more than one query")
    return queries[0] if queries else ""


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return the first of the offered media types that is accepted best, None where none is.

    No `Accept`, and one that is empty, accepts everything.
    """
    ranges = [_parse_range(part) for part in (accept or "").split(",") if part.strip()]
    if not ranges:
        return offered[0]
    best, weight = None, 0.0
    for media in offered:
        fits = [(len(wanted) if wanted != "*/*" else 0, q) for wanted, q in ranges if _fits(media, wanted)]
        q = max(fits)[1] if fits else 0.0
        if q > weight:
            best, weight = media, q
    return best


def _parse_range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    weight = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return media, float(weight)
    except ValueError:
        return media, 0.0


def _fits(media: str, wanted: str) -> bool:
    return wanted in ("*/*", media) or (wanted.endswith("/*") and media.startswith(wanted[:-1]))
