"""The names of generations on a cluster, and which of them answers."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from kb.errors import IndexBusyError, IndexingError
from kb.index.opensearch.client import ConflictError, NotThereError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kb.index.opensearch.client import Cluster

WRITE_SECONDS = 60
"""How long a request that writes may take."""


class Names:
    """The names of one knowledge base's indexes: an alias, and it with a number for each."""

    def __init__(self, cluster: Cluster, alias: str) -> None:
        self.cluster, self.alias = cluster, alias

    def current(self) -> str:
        """The index that answers. There is always one after this: an empty one at first, so that
        of two that build for the first time only one can take its place.
        """
        for _ in range(3):
            try:
                return str(next(iter(self.cluster.get(f"/_alias/{self.alias}"))))
            except NotThereError:
                self._begin()
        raise IndexingError(f"{self.cluster.name} does not keep the alias {self.alias}")

    def _begin(self) -> None:
        first = f"{self.alias}-{0:08d}"
        body = {
            "aliases": {self.alias: {}},
            "settings": {
                "number_of_shards": 1,
                "number_of_replicas": self.cluster.settings.replicas,
            },
        }
        try:
            self.cluster.request("PUT", f"/{first}", body, {"request_timeout": WRITE_SECONDS})
        except ConflictError:
            add = {"add": {"index": first, "alias": self.alias}}
            self.cluster.request("POST", "/_aliases", {"actions": [add]})

    def all(self) -> list[str]:
        """All indexes, finished or not, in order."""
        rows = self.cluster.get(f"/_cat/indices/{self.alias}-*", h="index", format="json")
        own = re.compile(re.escape(self.alias) + r"-[0-9]{8}")
        return sorted(row["index"] for row in rows if own.fullmatch(row["index"]))

    def create(self, body: Mapping[str, Any]) -> str:
        """Make an index under a number that no other has."""
        params = self._when_copied()
        while True:
            name = self._next()
            try:
                self.cluster.request("PUT", f"/{name}", body, params)
            except ConflictError:
                continue  # another builder was faster
            return name

    def copy(self, old: str) -> str:
        """Make an index that begins as another one, under a number that no other has. It shares
        the files of that one, which has to be finished.
        """
        settings, params = {"index.blocks.write": None}, self._when_copied()
        while True:
            name = self._next()
            try:
                self.cluster.request("PUT", f"/{old}/_clone/{name}", {"settings": settings}, params)
            except ConflictError:
                continue
            return name

    def _when_copied(self) -> dict[str, int]:
        """Parameters by which an answer comes when all parts have their copies, as many as there
        are nodes for: a part without one would be lost with its node.
        """
        nodes = int(self.cluster.get("/_cluster/health")["number_of_data_nodes"])
        copies = min(self.cluster.settings.replicas + 1, nodes)
        return {"request_timeout": WRITE_SECONDS, "wait_for_active_shards": copies}

    def _next(self) -> str:
        numbers = [int(name[-8:]) for name in self.all()]
        return f"{self.alias}-{max(numbers, default=0) + 1:08d}"

    @contextlib.contextmanager
    def replacing(self, old: str, new: str) -> Iterator[None]:
        """Let a new index answer in place of the old one once the block has written it; where that
        fails, remove the new one, if the cluster can be asked.
        """
        try:
            yield
            self.move(old, new)
        except BaseException:
            with contextlib.suppress(IndexingError):
                self.remove(new)
            raise
        self.tidy(old, new)

    def move(self, old: str, new: str) -> None:
        """Let the new index answer from now on, if the old one has done so until now.

        Raises IndexBusyError where another builder's has taken its place.
        """
        actions = [
            {"remove": {"index": old, "alias": self.alias, "must_exist": True}},
            {"add": {"index": new, "alias": self.alias}},
        ]
        try:
            self.cluster.request("POST", "/_aliases", {"actions": actions})
        except NotThereError:
            if self.current() == new:  # the answer to the first try was lost
                return
            raise IndexBusyError(
                f"another builder has changed {self.alias} on {self.cluster.name} meanwhile",
                hint="run `kb index` again",
            ) from None

    def remove(self, name: str) -> None:
        """Remove an index, if it is there."""
        with contextlib.suppress(NotThereError):
            self.cluster.request("DELETE", f"/{name}", params={"request_timeout": WRITE_SECONDS})

    def tidy(self, last: str, current: str) -> None:
        """Remove what is older than the current index, but the one that answered last, which
        readers may still ask.
        """
        for name in self.all():
            if name < current and name != last:
                self.remove(name)
