"""Repairs for what the interpreter itself has lost or does not have yet."""

from __future__ import annotations

import re

from checker.ecosystems.python.repairs.rows import at_least, at_most
from checker.judging.repair_engine import Rule

_LACKS = r"module '{0}' has no attribute '(?:{1})'|cannot import name '(?:{1})' from '{0}'"


def lacks(module: str, names: str) -> str:
    """Return the pattern of what Python says when a module lacks one of several names."""
    return _LACKS.format(re.sub(r"(?<!\\)\.", r"\.", module), names)


_ABCS = (
    "Mapping|MutableMapping|Iterable|Sequence|Callable|Hashable|MutableSet|Set|Sized|Container"
    "|Iterator|MutableSequence|KeysView|ValuesView|ItemsView|Generator"
)

GONE: tuple[Rule, ...] = (
    at_most(
        "keyword_async",
        "3.6",
        r"^[^\n]{0,200}\basync\b\s*(?:=|,|\)|\.)[^\n]*\n[ ^~]*\n?\s*SyntaxError: invalid syntax",
    ),
    at_most("stop_iteration", "3.6", r"RuntimeError: generator raised StopIteration"),
    at_most("time_clock", "3.7", lacks("time", "clock")),
    at_most("platform_names", "3.7", lacks("platform", "linux_distribution|dist|popen")),
    at_most("cgi_escape", "3.7", lacks("cgi", "escape|parse_qs|parse_qsl")),
    at_most("fractions_gcd", "3.8", lacks("fractions", "gcd")),
    at_most("base64_strings", "3.8", lacks("base64", "encodestring|decodestring")),
    at_most(
        "xml_children",
        "3.8",
        r"'xml\.etree\.ElementTree\.Element' object has no attribute '(?:getchildren|getiterator)'",
    ),
    at_most("thread_alive", "3.8", r"'\w*Thread\w*' object has no attribute 'isAlive'"),
    at_most("html_unescape", "3.8", r"'HTMLParser' object has no attribute 'unescape'"),
    at_most("array_strings", "3.8", r"'array\.array' object has no attribute '(?:tostring|fromstring)'"),
    at_most("collections_abcs", "3.9", lacks("collections", _ABCS)),
    at_most("parser_modules", "3.9", r"No module named '(?:parser|formatter|symbol|_bootlocale|macpath)'"),
    at_most("getargspec", "3.10", lacks("inspect", "getargspec|formatargspec|ArgSpec")),
    at_most("asyncio_coroutine", "3.10", lacks("asyncio", "coroutine|async")),
    at_most(
        "dataclass_defaults", "3.10", r"mutable default <class [^\n]{1,200} is not allowed: use default_factory"
    ),
    at_most("random_set", "3.10", r"Population must be a sequence\."),
    at_most("shuffle_random", "3.10", r"shuffle\(\) takes 2 positional arguments but 3 were given"),
    at_most(
        "interpreter_internals",
        "3.10",
        r"fatal error: longintrepr\.h|has no member named ‘(?:use_tracing|f_back|f_code)’"
        "|has no member named 'f_code'",
    ),
    at_most("thread_state", "3.6", r"has no member named [‘'](?:exc_type|exc_value|exc_traceback)[’']"),
    at_most("type_print", "3.8", r"has no member named [‘']tp_print[’']"),
    at_most("imp", "3.11", r"No module named '(?:imp|asynchat|asyncore|smtpd)'"),
    at_most("pkgutil_importers", "3.11", lacks("pkgutil", "ImpImporter|ImpLoader")),
    at_most("ssl_wrap", "3.11", lacks("ssl", "wrap_socket|match_hostname")),
    at_most(
        "config_parser",
        "3.11",
        r"'(?:Raw)?ConfigParser' object has no attribute 'readfp'|" + lacks("configparser", "SafeConfigParser"),
    ),
    at_most(
        "assert_equals",
        "3.11",
        "object has no attribute '(?:assertEquals|assertNotEquals|assertRegexpMatches|assertItemsEqual"
        "|assertAlmostEquals)'",
    ),
    at_most("numpy_distutils", "3.11", r"No module named 'numpy\.distutils"),
    at_most(
        "wide_characters",
        "3.11",
        r"_PyUnicode_get_wstr_length|PyUnicode_AsUnicode|has no member named ‘ob_digit’|PyUnicode_GET_SIZE",
    ),
    at_most("find_module", "3.11", r"'\w*(?:Importer|Finder)' object has no attribute 'find_module'"),
    at_most(
        "dead_batteries",
        "3.12",
        "No module named '(?:cgi|cgitb|pipes|telnetlib|imghdr|crypt|audioop|sndhdr|nntplib|xdrlib|uu"
        "|chunk|aifc|lib2to3)'",
    ),
    at_most(
        "long_bytes", "3.12", r"too few arguments to function ‘_PyLong_AsByteArray’|_PyInterpreterState_GetConfig"
    ),
    at_most("ast_nodes", "3.13", lacks("ast", "Num|Str|Bytes|NameConstant|Ellipsis")),
)

NOT_YET: tuple[Rule, ...] = (
    at_least("future_annotations", "3.7", r"SyntaxError: future feature annotations is not defined"),
    at_least("modules_of_37", "3.7", r"No module named '(?:dataclasses|contextvars|importlib\.resources)'"),
    at_least(
        "capture_output",
        "3.7",
        r"__init__\(\) got an unexpected keyword argument '(?:capture_output|text)'|" + lacks("asyncio", "run"),
    ),
    at_least("walrus", "3.8", r":=[^\n]*\n[ ^~]*\n?\s*SyntaxError: invalid syntax"),
    at_least("f_string_equals", "3.8", r"=\}[^\n]*\n[ ^~]*\n?\s*SyntaxError: (?:f-string: )?invalid syntax"),
    at_least(
        "modules_of_38",
        "3.8",
        r"No module named 'importlib\.metadata'|" + lacks("math", "prod|dist|isqrt|comb|perm"),
    ),
    at_least(
        "typing_of_38",
        "3.8",
        lacks("typing", "Literal|Protocol|TypedDict|Final|runtime_checkable|SupportsIndex|get_args|get_origin"),
    ),
    at_least("cached_property", "3.8", lacks("functools", "cached_property|singledispatchmethod")),
    at_least(
        "builtin_generics",
        "3.9",
        r"TypeError: 'type' object is not subscriptable|'ABCMeta' object is not subscriptable",
    ),
    at_least(
        "modules_of_39",
        "3.9",
        r"No module named '(?:zoneinfo|graphlib)'|"
        + lacks("math", "lcm|nextafter")
        + "|"
        + lacks("functools", "cache"),
    ),
    at_least("typing_of_39", "3.9", lacks("typing", "Annotated")),
    at_least("remove_prefix", "3.9", r"'str' object has no attribute 'remove(?:prefix|suffix)'"),
    at_least("resources_files", "3.9", lacks("importlib.resources", "files|as_file")),
    at_least(
        "boolean_action", "3.9", lacks("argparse", "BooleanOptionalAction") + "|" + lacks("asyncio", "to_thread")
    ),
    at_least("dict_union", "3.9", r"unsupported operand type\(s\) for \|=?: 'dict' and 'dict'"),
    at_least("match_statement", "3.10", r"^[ \t]*match [^\n]{1,80}:\n[ ^~]*\n?\s*SyntaxError: invalid syntax"),
    at_least(
        "type_union",
        "3.10",
        r"unsupported operand type\(s\) for \|: '(?:type|\w*Meta\w*|NoneType|_GenericAlias"
        r"|types\.GenericAlias|GenericAlias)' and",
    ),
    at_least(
        "typing_of_310",
        "3.10",
        lacks("typing", "TypeAlias|ParamSpec|Concatenate|TypeGuard")
        + "|"
        + lacks("types", "NoneType|UnionType|EllipsisType"),
    ),
    at_least("pairwise", "3.10", lacks("itertools", "pairwise") + r"|zip\(\) takes no keyword arguments"),
    at_least("dataclass_options", "3.10", r"dataclass\(\) got an unexpected keyword argument '(?:slots|kw_only)'"),
    at_least("entry_points_group", "3.10", r"entry_points\(\) got an unexpected keyword argument 'group'"),
    at_least(
        "modules_of_311",
        "3.11",
        r"No module named 'tomllib'|" + lacks("enum", "StrEnum") + "|" + lacks("datetime", "UTC"),
    ),
    at_least(
        "typing_of_311",
        "3.11",
        lacks(
            "typing",
            "Self|Never|LiteralString|assert_never|Unpack|NotRequired|Required|TypeVarTuple|dataclass_transform",
        ),
    ),
    at_least(
        "exception_groups",
        "3.11",
        r"name '(?:Base)?ExceptionGroup' is not defined|" + lacks("asyncio", "TaskGroup|timeout"),
    ),
    at_least(
        "names_of_312", "3.12", lacks("typing", "override|TypeAliasType") + "|" + lacks("itertools", "batched")
    ),
    at_least(
        "f_string_quotes",
        "3.12",
        r"SyntaxError: (?:f-string: (?:expecting '\}'|unmatched '\('|expression part cannot include)"
        "|f-string expression part cannot)",
    ),
)

RULES = (*GONE, *NOT_YET)
