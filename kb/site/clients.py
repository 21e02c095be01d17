"""Who is connected to a server: so many at most, and none that takes for ever to say what it wants.

A connection costs a thread. One that has not said what it wants is let go after a while; where
there are too many, the one that has been idle for longest gives way to the next.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from math import inf

MOST = 256
PATIENCE = 10.0
"""Seconds for a client to say what it wants, however slowly it says it."""


class Clients:
    """The connections of a server. Whoever is let go finds its connection closed."""

    def __init__(self, most: int = MOST, patience: float = PATIENCE) -> None:
        self._most = most
        self._patience = patience
        self._idle: dict[socket.socket, float] = {}
        self._busy: set[socket.socket] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._idle) + len(self._busy)

    def admit(self, client: socket.socket) -> bool:
        """Take in a client; False where everyone is being answered, and there is no room."""
        with self._lock:
            if len(self) >= self._most:
                longest = next(iter(self._idle), None)
                if longest is None:
                    return False
                self._let_go(longest)
            self._idle[client] = time.monotonic() + self._patience
            return True

    def answer(self, client: socket.socket) -> None:
        """Note that a client has said what it wants."""
        with self._lock:
            if self._idle.pop(client, None) is not None:
                self._busy.add(client)

    def rest(self, client: socket.socket) -> None:
        """Note that a client has what it wanted, and stays to hear of changes."""
        with self._lock:
            if client in self._busy:
                self._busy.discard(client)
                self._idle[client] = inf

    def leave(self, client: socket.socket) -> None:
        """Forget a client that is gone."""
        with self._lock:
            self._idle.pop(client, None)
            self._busy.discard(client)

    def let_slow_ones_go(self) -> None:
        """Let go of all that took too long to say what they want."""
        now = time.monotonic()
        with self._lock:
            for client in [client for client, until in self._idle.items() if until < now]:
                self._let_go(client)

    def close(self) -> None:
        """Let go of all."""
        with self._lock:
            for client in (*self._idle, *self._busy):
                self._let_go(client)

    def _let_go(self, client: socket.socket) -> None:
        self._idle.pop(client, None)
        self._busy.discard(client)
        with contextlib.suppress(OSError):  # it may be gone already
            client.shutdown(socket.SHUT_RDWR)
