"""What the standard library gained and lost from one minor version of Python 3 to the next.

Source of every row: the "What's New in Python 3.x" documents.
"""

from __future__ import annotations

ADDED_MODULES = {
    "contextvars": 7,
    "zoneinfo": 9,
    "graphlib": 9,
    "tomllib": 11,
}
ADDED_NAMES = {
    ("__future__", "annotations"): 7,
    ("typing", "Literal"): 8,
    ("typing", "Final"): 8,
    ("typing", "Protocol"): 8,
    ("typing", "TypedDict"): 8,
    ("typing", "final"): 8,
    ("typing", "Annotated"): 9,
    ("typing", "TypeAlias"): 10,
    ("typing", "ParamSpec"): 10,
    ("typing", "Concatenate"): 10,
    ("typing", "TypeGuard"): 10,
    ("typing", "Self"): 11,
    ("typing", "Never"): 11,
    ("typing", "assert_never"): 11,
    ("typing", "LiteralString"): 11,
    ("typing", "NotRequired"): 11,
    ("typing", "Required"): 11,
    ("typing", "Unpack"): 11,
    ("typing", "override"): 12,
    ("types", "NoneType"): 10,
    ("types", "UnionType"): 10,
    ("functools", "cached_property"): 8,
    ("functools", "singledispatchmethod"): 8,
    ("functools", "cache"): 9,
    ("importlib", "metadata"): 8,
    ("math", "prod"): 8,
    ("math", "dist"): 8,
    ("math", "lcm"): 9,
    ("itertools", "pairwise"): 10,
    ("itertools", "batched"): 12,
    ("enum", "StrEnum"): 11,
    ("datetime", "UTC"): 11,
    ("contextlib", "nullcontext"): 7,
    ("contextlib", "chdir"): 11,
    ("asyncio", "TaskGroup"): 11,
    ("asyncio", "timeout"): 11,
    ("asyncio", "to_thread"): 9,
    ("random", "randbytes"): 9,
    ("dataclasses", "KW_ONLY"): 10,
}
"""(module, name) → the first minor version of Python 3 that has it."""

REMOVED_MODULES = {
    "formatter": 9,
    "parser": 9,
    "symbol": 9,
    "binhex": 10,
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), 11),
    **dict.fromkeys(("cgi", "cgitb", "crypt", "imghdr", "pipes", "sndhdr", "telnetlib", "uu", "xdrlib"), 12),
    **dict.fromkeys(("aifc", "audioop", "chunk", "lib2to3", "nntplib", "spwd", "sunau", "mailcap"), 12),
}
_COLLECTIONS = (
    "Awaitable Callable Container Coroutine Generator Hashable ItemsView Iterable Iterator KeysView Mapping"
    " MappingView MutableMapping MutableSequence MutableSet Reversible Sequence Set Sized ValuesView"
)
REMOVED_NAMES = {
    **{("collections", name): 9 for name in _COLLECTIONS.split()},
    ("fractions", "gcd"): 8,
    ("time", "clock"): 7,
    ("platform", "linux_distribution"): 7,
    ("platform", "dist"): 7,
    ("cgi", "escape"): 7,
    ("base64", "decodestring"): 8,
    ("base64", "encodestring"): 8,
    ("inspect", "getargspec"): 10,
    ("asyncio", "coroutine"): 10,
    ("locale", "format"): 11,
    ("pkgutil", "ImpImporter"): 11,
    ("unittest", "makeSuite"): 12,
    ("ast", "Num"): 13,
    ("ast", "Str"): 13,
}
"""(module, name) → the last minor version of Python 3 that has it."""
