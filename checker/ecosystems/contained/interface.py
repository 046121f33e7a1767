"""The methods of a protocol as JSON in and out: what comes from another process is validated by its signature."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import BaseModel, TypeAdapter, create_model

from checker.ecosystems.base import Project

#: Arguments of a project's methods that are no values: each side has its own.
_NOT_SENT = frozenset({"self", "tools", "run"})


@dataclass(frozen=True)
class Method:
    """One method or property: its arguments, and what it returns."""

    signature: inspect.Signature
    arguments: type[BaseModel]
    returns: TypeAdapter[Any]
    is_property: bool = False

    def pack_arguments(self, *args: object, **kwargs: object) -> bytes:
        """Return the arguments of a call as JSON."""
        given = self.signature.bind(*args, **kwargs).arguments
        return self.arguments(**given).model_dump_json().encode()

    def unpack_arguments(self, body: bytes) -> dict[str, Any]:
        """Return the arguments of a call by name."""
        given = self.arguments.model_validate_json(body)
        return {name: getattr(given, name) for name in self.arguments.model_fields}

    def pack(self, answer: object) -> bytes:
        """Return an answer as JSON."""
        return self.returns.dump_json(answer)

    def unpack(self, body: bytes) -> Any:
        """Return the answer that JSON holds."""
        return self.returns.validate_json(body)

    def answer(self, target: object, name: str, body: bytes) -> bytes:
        """Call the method of an object with arguments in JSON."""
        found = getattr(target, name)
        return self.pack(found if self.is_property else found(**self.unpack_arguments(body)))


def describe(function: Callable[..., object], name: str, leave_out: Collection[str] = _NOT_SENT) -> Method:
    """Return how a function's arguments and answer are sent.

    Raises:
        TypeError: an argument or the answer is nothing that JSON can hold (a mistake of ours).

    """
    hints = get_type_hints(function)
    given = [p for p in inspect.signature(function).parameters.values() if p.name not in leave_out]
    fields: dict[str, Any] = {
        p.name: (hints[p.name], ... if p.default is inspect.Parameter.empty else p.default) for p in given
    }
    return Method(
        signature=inspect.Signature(given),
        arguments=create_model(name, **fields),
        returns=TypeAdapter(hints["return"]),
    )


def describe_tools(protocol: type, path: str = "") -> Mapping[str, Method]:
    """Return how the trusted tools of a protocol are called, by dotted name: `python.look_up`."""
    found: dict[str, Method] = {}
    for name, member in vars(protocol).items():
        if name.startswith("_"):
            continue
        if not isinstance(member, property):
            if inspect.isfunction(member):
                found[path + name] = describe(member, name)
            continue
        hint = get_type_hints(member.fget)["return"]
        if getattr(hint, "_is_protocol", False):
            found |= describe_tools(hint, f"{path}{name}.")
        else:
            found[path + name] = Method(
                inspect.Signature(), create_model(name), TypeAdapter(hint), is_property=True
            )
    return found


#: What a project is asked; `detection` is sent when it is opened.
PROJECT: Mapping[str, Method] = {
    name: describe(getattr(Project, name), name)
    for name in ("make_plans", "prepare", "ask", "repair", "interpret", "find_missing")
}
