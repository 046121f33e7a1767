"""The environment and the settings under which git runs: what makes a hostile repository harmless to it."""

from __future__ import annotations

import os

_PROGRAMS = ("PATH", "TMPDIR", "LD_LIBRARY_PATH", "GIT_EXEC_PATH")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE")
_PROXY_SETTINGS = ("GIT_PROXY_SSL_CAINFO", "GIT_HTTP_PROXY_AUTHMETHOD")

KEPT_ENVIRONMENT = frozenset((*_PROGRAMS, *_PROXIES, *_CERTIFICATES, *_PROXY_SETTINGS))
"""What git is told of the worker's environment: where programs, proxies and certificates are. No secrets."""

ENVIRONMENT = {
    "HOME": "/nonexistent",  # no ~/.netrc, no ~/.gitconfig
    "LC_ALL": "C",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PROTOCOL_FROM_USER": "0",
}

SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.attributesFile": os.devnull,
    "core.askPass": "",
    "credential.helper": "",
    "filter.lfs.smudge": "",
    "filter.lfs.process": "",
    "filter.lfs.required": "false",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "http.followRedirects": "false",
    "http.lowSpeedLimit": "1000",
    "safe.directory": "*",
    "diff.external": "",
    "log.showSignature": "false",
}
"""Given on the command line, which wins over any file of the repository."""
