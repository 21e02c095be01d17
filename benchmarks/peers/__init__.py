"""The engines that kb is compared with, each used as its own documentation says.

A peer is a class with a `title`, the `packages` whose versions matter, `build(records,
folder)` that indexes records into an empty folder (or in memory), and `search(queries,
limit)` that gives, for each query, the numbers of the records found, best first. What can't
run raises `MissingPeerError` with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from corpora import Record


class MissingPeerError(Exception):
    """An engine that can't be measured here, and why."""


class Peer(Protocol):
    """An engine under comparison."""

    title: str
    packages: tuple[str, ...]

    def build(self, records: Sequence[Record], folder: Path) -> None:
        """Index the records."""
        ...

    def search(self, queries: Sequence[str], limit: int) -> list[list[int]]:
        """The numbers of the records that each query finds, best first."""
        ...


def python_peers() -> list[Peer]:
    """Those that are Python packages."""
    from peers import bm25s_peer, sqlite_peer, tantivy_peer, whoosh_peer

    return [
        whoosh_peer.NaiveWhoosh(),
        whoosh_peer.WordsOnlyWhoosh(),
        sqlite_peer.Fts5(),
        bm25s_peer.Bm25s(),
        tantivy_peer.Tantivy(),
    ]


def npm_peers() -> list[Peer]:
    """Those that are npm packages, run by Node."""
    from peers import npm

    return npm.peers()
