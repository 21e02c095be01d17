"""What threads and forked children may share: a property that is computed once, and a lock.

Python's own ones leave a child waiting for ever when a thread of its parent was at work as it was
forked: that thread, and with it the one that would release the lock, is not in the child.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload
from weakref import WeakSet

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class cached_property(Generic[T]):  # noqa: N801  # named as the one of functools
    """`functools.cached_property` without a lock, as it is from Python 3.12 on.

    Before, all instances of a class share one lock, which is held while a value is computed.
    Here several threads may compute the same value at once; the last one stays.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, instance: None, owner: type | None = None) -> cached_property[T]: ...

    @overload
    def __get__(self, instance: object, owner: type | None = None) -> T: ...

    def __get__(self, instance: object, owner: type | None = None) -> cached_property[T] | T:
        """The value; asked of a class, the property itself."""
        if instance is None:
            return self
        value = vars(instance)[self._name] = self._compute(instance)
        return value


class ForkSafeLock:
    """A reentrant lock that is free in a forked child, whoever held it in the parent."""

    def __init__(self) -> None:
        self._lock = RLock()
        _LOCKS.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def renew(self) -> None:
        """Forget who holds the lock."""
        self._lock = RLock()


_LOCKS: WeakSet[ForkSafeLock] = WeakSet()


def _renew_locks() -> None:
    for lock in list(_LOCKS):
        lock.renew()


if hasattr(os, "register_at_fork"):  # else the system knows no fork
    os.register_at_fork(after_in_child=_renew_locks)
