"""What is kept instead of being worked out again: by key within a bound, or as an attribute."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, Self, TypeVar, overload

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")


class Memo(Generic[K, V]):
    """Values by key; those that were not asked for the longest go once the weight of all passes `most`.

    A value heavier than that is handed out and not kept. Safe for threads: one works a value out, others wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._weight = 0
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = threading.RLock()

    def get(self, key: K, make: Callable[[], V], weigh: Callable[[V], int]) -> V:
        """Return what is kept under a key, or make and keep it."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
            value = make()
            weight = weigh(value)
            if weight <= self._most:
                self._held[key] = (value, weight)
                self._weight += weight
            while self._weight > self._most:
                self._weight -= self._held.popitem(last=False)[1][1]
            return value

    def clear(self) -> None:
        """Keep nothing of what was kept so far."""
        with self._lock:
            self._held.clear()
            self._weight = 0


class kept_property(Generic[T]):  # noqa: N801
    """A `functools.cached_property` without its lock: on Python 3.11 that one is shared by all instances.

    Checks run as threads of one process, and one must not wait until another has read its tree.
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> Self | T:
        """Work the value out where the instance does not hold it yet; afterwards it is a plain attribute."""
        if instance is None:
            return self
        value = self._make(instance)
        instance.__dict__[self._name] = value
        return value
