"""Sending documents to a new index, and making sure of what it holds before it answers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import IndexingError
from kb.index.opensearch.client import RETRIED, as_lines, pause
from kb.index.opensearch.mapping import check_number
from kb.index.opensearch.names import WRITE_SECONDS
from kb.index.opensearch.reader import Summary, constants_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.config import Ranking
    from kb.index.opensearch.client import Cluster
    from kb.index.opensearch.sums import Sums

BATCH_ROWS, BATCH_BYTES = 500, 2_000_000
"""Documents, and characters, of one request at most."""

MORE_TRIES = 8
"""How often, beside the retries of any request, documents are sent that a full queue refuses."""

_GONE = 404
_FAILED = 300


class Change(NamedTuple):
    """What is to become of a document: `row` is what it holds from now on, None where it goes;
    with `partly` only these fields change. `adds` says how many documents more there are then.
    """

    id: str
    row: dict[str, Any] | None
    adds: int = 1
    partly: bool = False

    def lines(self) -> str:
        """As a bulk request takes it: sent twice, it does the same as once."""
        if self.row is None:
            return as_lines([{"delete": {"_id": self.id}}])
        if self.partly:
            return as_lines([{"update": {"_id": self.id}}, {"doc": self.row}])
        return as_lines([{"index": {"_id": self.id}}, {**self.row, "c": check_number(self.id)}])


class Sender:
    """Sends changes in batches, and counts the documents that there are and their check numbers."""

    def __init__(self, cluster: Cluster, index: str, count: int = 0, check: int = 0) -> None:
        self.cluster, self.index = cluster, index
        self.count, self.check = count, check

    def send(self, changes: Iterable[Change]) -> None:
        """Send them all. Raises ClusterError and IndexingError."""
        batch: list[str] = []
        size = 0
        for change in changes:
            lines = change.lines()
            if batch and (len(batch) >= BATCH_ROWS or size + len(lines) > BATCH_BYTES):
                self._send(batch)
                batch, size = [], 0
            batch.append(lines)
            size += len(lines)
            self.count += change.adds
            self.check += change.adds * check_number(change.id)
        if batch:
            self._send(batch)

    def _send(self, batch: list[str]) -> None:
        """One request; what a full queue refused comes again, until it is in."""
        path, timeout = f"/{self.index}/_bulk", {"request_timeout": WRITE_SECONDS}
        for attempt in range(self.cluster.settings.retries + MORE_TRIES):
            answer = self.cluster.request(
                "POST", path, "".join(batch), timeout, patience=MORE_TRIES
            )
            items = [item for row in answer["items"] for item in row.values()]
            again = []
            for lines, item in zip(batch, items, strict=True):
                is_gone = item["status"] == _GONE and item.get("result") == "not_found"
                if item["status"] in RETRIED:
                    again.append(lines)
                elif item["status"] >= _FAILED and not is_gone:
                    reason = item.get("error", {}).get("reason", item["status"])
                    raise IndexingError(f"{self.cluster.name} does not take a document: {reason}")
            if not again:
                return
            batch = again
            pause(attempt)
        raise IndexingError(
            f"{self.cluster.name} refuses documents: its queues are full", hint="try again later"
        )

    def finish(  # noqa: PLR0917  # what an index says of itself
        self,
        sums: Sums,
        identity: str,
        ranking: Ranking,
        terms: int,
        groups: int,
        adds: int,
        made: str,
    ) -> None:
        """Write what the index says of itself, look whether all is there, and let nobody change it
        any more. `adds` is 0 where it has said something before; `made` tells the vectors.
        """
        summary = Summary(
            token=os.urandom(8).hex(),
            identity=identity,
            content=f"{sums.content:064x}",
            sections=sums.sections,
            articles=sums.articles,
            totals=sums.totals,
            constants=constants_of(ranking),
            documents=self.count + adds,
            check=self.check + adds * check_number("m"),
            terms=terms,
            stored_sections=sums.stored_sections,
            groups=groups,
            made=made,
        )
        self.send([Change("m", {"k": "m", "s": summary._asdict()}, adds)])
        self._verify()
        self.cluster.request("PUT", f"/{self.index}/_settings", {"index.blocks.write": True})

    def _verify(self) -> None:
        """Raise IndexingError unless the index holds what was sent."""
        timeout = {"request_timeout": WRITE_SECONDS}
        self.cluster.request("POST", f"/{self.index}/_refresh", params=timeout)
        body = {
            "size": 0, "track_total_hits": True, "query": {"match_all": {}},
            "aggs": {"check": {"sum": {"field": "c"}}},
        }  # fmt: skip
        answer = self.cluster.search(self.index, body, request_timeout=WRITE_SECONDS)
        found = answer["hits"]["total"]["value"], int(answer["aggregations"]["check"]["value"])
        if found != (self.count, self.check):
            raise IndexingError(
                f"{self.index} on {self.cluster.name} is not what was sent:"
                f" {found[0]} documents of {self.count}",
                hint="run `kb index` again",
            )
