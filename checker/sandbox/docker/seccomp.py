"""Which system calls untrusted code may make: the checker's own filter, the same on every engine.

An engine's own default differs from version to version: older ones let a container make sockets of the kind that a
virtual machine talks to its hypervisor by, which belong to no network namespace, and let 32-bit calls through, of
which no filter sees the arguments. What is let through here is what the published default of the engine (moby,
Apache-2.0) lets through without any capability, for the processor's own calls alone, and four families of sockets.
What an engine does not know is left out by it; what is not named is refused.
"""

from __future__ import annotations

import json
from typing import Any

from checker.core.data_files import read_toml

_DATA = read_toml("checker.sandbox.docker", "seccomp.toml")

#: Let through with any arguments.
CALLS: tuple[str, ...] = tuple(name for group in _DATA["calls"].values() for name in group.split())

#: What the kernel reads of a family: a filter that compared all 64 bits could be passed by setting others.
LOW_HALF = 0xFFFFFFFF

#: Flags of clone that ask for a namespace of the process' own.
NEW_NAMESPACES = 0x7E020000

ENOSYS = 38


def _make_rule(name: str, *arguments: dict[str, Any]) -> dict[str, Any]:
    return {"names": [name], "action": "SCMP_ACT_ALLOW", "args": list(arguments)}


def _make_argument(operator: str, value: int, second: int = 0) -> dict[str, Any]:
    return {"index": 0, "op": f"SCMP_CMP_{operator}", "value": value, "valueTwo": second}


def make_profile() -> str:
    """Return the filter as the engine takes it: JSON, for the security option `seccomp`.

    `clone3` hides its flags behind a pointer: it is said not to be there, and C libraries take `clone` instead.
    """
    rules = [
        {"names": CALLS, "action": "SCMP_ACT_ALLOW"},
        *(
            _make_rule("socket", _make_argument("MASKED_EQ", LOW_HALF, family))
            for family in _DATA["arguments"]["socket_families"]
        ),
        *(_make_rule("personality", _make_argument("EQ", value)) for value in _DATA["arguments"]["personalities"]),
        _make_rule("clone", _make_argument("MASKED_EQ", NEW_NAMESPACES)),
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": ENOSYS},
    ]
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": rules}, separators=(",", ":"))
