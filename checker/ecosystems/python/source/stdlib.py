"""Which module names belong to the standard library of which Python, and which existed in Python 2 alone.

Source: the "Removed" and "New modules" sections of the What's New documents of Python 3.6 to 3.14.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

Version = tuple[int, int]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALWAYS = _words(
    """
    abc antigravity argparse array ast asyncio atexit base64 bdb binascii bisect builtins bz2 cProfile
    calendar cmath cmd code codecs codeop collections colorsys compileall concurrent configparser
    contextlib copy copyreg csv ctypes curses datetime dbm decimal difflib dis doctest email encodings
    ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc
    genericpath getopt getpass gettext glob grp gzip hashlib heapq hmac html http idlelib imaplib
    importlib inspect io ipaddress itertools json keyword linecache locale logging lzma mailbox marshal
    math mimetypes mmap modulefinder msvcrt multiprocessing netrc nt ntpath nturl2path numbers opcode
    operator optparse os pathlib pdb pickle pickletools pkgutil platform plistlib poplib posix posixpath
    pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re
    readline reprlib resource rlcompleter runpy sched secrets select selectors shelve shlex shutil signal
    site smtplib socket socketserver sqlite3 sre_compile sre_constants sre_parse ssl stat statistics
    string stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile tempfile termios
    textwrap this threading time timeit tkinter token tokenize trace traceback tracemalloc tty turtle
    turtledemo types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser winreg
    winsound wsgiref xml xmlrpc zipapp zipfile zipimport zlib
    """
)

_ADDED: Mapping[str, Version] = {
    "contextvars": (3, 7),
    "dataclasses": (3, 7),
    "importlib.resources": (3, 7),
    "importlib.metadata": (3, 8),
    "graphlib": (3, 9),
    "zoneinfo": (3, 9),
    "tomllib": (3, 11),
    "annotationlib": (3, 14),
    "compression": (3, 14),
}

_REMOVED: Mapping[str, Version] = {
    "macurl2path": (3, 7),
    "macpath": (3, 8),
    "dummy_threading": (3, 9),
    "_dummy_thread": (3, 9),
    "formatter": (3, 10),
    "parser": (3, 10),
    "symbol": (3, 10),
    "binhex": (3, 11),
    "asynchat": (3, 12),
    "asyncore": (3, 12),
    "distutils": (3, 12),
    "imp": (3, 12),
    "smtpd": (3, 12),
    **dict.fromkeys(
        _words(
            """
        aifc audioop cgi cgitb chunk crypt imghdr lib2to3 mailcap msilib nis nntplib ossaudiodev
        pipes sndhdr spwd sunau telnetlib uu xdrlib
        """
        ),
        (3, 13),
    ),
}

PYTHON2_NAMES: Mapping[str, str] = {
    "BaseHTTPServer": "http.server",
    "CGIHTTPServer": "http.server",
    "ConfigParser": "configparser",
    "Cookie": "http.cookies",
    "Dialog": "tkinter.dialog",
    "DocXMLRPCServer": "xmlrpc.server",
    "FileDialog": "tkinter.filedialog",
    "HTMLParser": "html.parser",
    "Queue": "queue",
    "ScrolledText": "tkinter.scrolledtext",
    "SimpleDialog": "tkinter.simpledialog",
    "SimpleHTTPServer": "http.server",
    "SimpleXMLRPCServer": "xmlrpc.server",
    "SocketServer": "socketserver",
    "StringIO": "io",
    "Tix": "tkinter.tix",
    "Tkconstants": "tkinter.constants",
    "Tkdnd": "tkinter.dnd",
    "Tkinter": "tkinter",
    "UserDict": "collections",
    "UserList": "collections",
    "UserString": "collections",
    "__builtin__": "builtins",
    "anydbm": "dbm",
    "bsddb": "",
    "cPickle": "pickle",
    "cStringIO": "io",
    "commands": "subprocess",
    "compiler": "ast",
    "cookielib": "http.cookiejar",
    "copy_reg": "copyreg",
    "dbhash": "dbm",
    "dircache": "os",
    "dumbdbm": "dbm.dumb",
    "dummy_thread": "_dummy_thread",
    "exceptions": "builtins",
    "future_builtins": "builtins",
    "gdbm": "dbm.gnu",
    "hotshot": "cProfile",
    "htmlentitydefs": "html.entities",
    "htmllib": "html.parser",
    "httplib": "http.client",
    "md5": "hashlib",
    "mimetools": "email",
    "new": "types",
    "popen2": "subprocess",
    "repr": "reprlib",
    "rfc822": "email",
    "robotparser": "urllib.robotparser",
    "sets": "builtins",
    "sgmllib": "html.parser",
    "sha": "hashlib",
    "sre": "re",
    "thread": "_thread",
    "tkColorChooser": "tkinter.colorchooser",
    "tkCommonDialog": "tkinter.commondialog",
    "tkFileDialog": "tkinter.filedialog",
    "tkFont": "tkinter.font",
    "tkMessageBox": "tkinter.messagebox",
    "tkSimpleDialog": "tkinter.simpledialog",
    "ttk": "tkinter.ttk",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "whichdb": "dbm",
    "xmllib": "xml",
    "xmlrpclib": "xmlrpc.client",
}
"""Modules that only Python 2 had, and where their content is today ('' where nowhere)."""

_PRIVATE = _words(
    """
    __future__ __main__ _abc _ast _asyncio _bisect _blake2 _bootlocale _bz2 _codecs _collections
    _collections_abc _compat_pickle _compression _csv _ctypes _curses _datetime _decimal _elementtree
    _functools _hashlib _heapq _imp _io _json _locale _lsprof _lzma _markupbase _md5 _multibytecodec
    _multiprocessing _opcode _operator _osx_support _pickle _posixshmem _posixsubprocess _py_abc
    _pydecimal _pyio _queue _random _sha1 _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3
    _sre _ssl _stat _statistics _string _strptime _struct _symtable _sysconfigdata _thread
    _threading_local _tkinter _tracemalloc _typing _uuid _warnings _weakref _weakrefset _winapi _zoneinfo
    """
)


def parse_version(text: str) -> Version:
    """Read `3.8` or `3.8.10` as (3, 8); anything else is read as (3, 8), the middle of the field."""
    parts = text.strip().split(".")
    try:
        return int(parts[0]), int(parts[1])
    except (ValueError, IndexError):
        return 3, 8


def is_standard(name: str, python: str = "3.8") -> bool:
    """Say whether the standard library of `python` ("3.8") holds a module, by its full dotted name."""
    version = parse_version(python)
    added = _ADDED.get(".".join(name.split(".")[:2])) or _ADDED.get(name.partition(".")[0])
    if added is not None:
        return version >= added
    top = name.partition(".")[0]
    if top in _REMOVED:
        return version < _REMOVED[top]
    return top in _ALWAYS or top in _PRIVATE


def was_standard(name: str) -> bool:
    """Say whether any Python 3 had the module in its standard library."""
    top = name.partition(".")[0]
    return top in _ALWAYS or top in _PRIVATE or top in _ADDED or top in _REMOVED


def is_python2_name(name: str) -> bool:
    """Say whether the module is one that Python 2 alone had (`urllib2`, `ConfigParser`, `cPickle`)."""
    return name.partition(".")[0] in PYTHON2_NAMES


def standard_names() -> frozenset[str]:
    """Return every top-level name that some Python had, for guarding against look-alike distributions."""
    added = {name for name in _ADDED if "." not in name}
    return _ALWAYS | added | frozenset(_REMOVED) | frozenset(PYTHON2_NAMES)


_BACKPORTS = frozenset(
    {"dataclasses", "contextvars", "configparser", "datetime", "importlib", "graphlib", "zoneinfo"}
)


def standard_library_name(name: str) -> bool:
    """Say whether a distribution name is that of a standard module, which needs no installation.

    Backports that are harmless on later interpreters (`dataclasses`), and distributions of another module by
    the same name (`DateTime`), do not count.
    """
    module = name.replace("-", "_").lower()
    return module in _STANDARD and module not in _BACKPORTS


_STANDARD = frozenset(
    {module.lower() for module in sys.stdlib_module_names if not module.startswith("_")}
    | {
        "asyncore",
        "asynchat",
        "imp",
        "distutils",
        "smtpd",
        "cgi",
        "crypt",
        "pipes",
        "telnetlib",
        "urllib2",
        "tkinter",
    }
    | {"cpickle", "__future__"}
)
