"""Reading all documents of a kind, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kb.index.opensearch.names import WRITE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kb.index.opensearch.client import Cluster

PAGE = 2_000


def scan(
    cluster: Cluster, index: str, kind: str, fields: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """All documents of a kind with some fields of their source, from one moment: nobody changes an
    index that is finished.
    """
    body: dict[str, Any] = {
        "size": PAGE, "query": {"term": {"k": kind}}, "_source": fields,
        "sort": [{"a": "asc"}, {"n": {"order": "asc", "missing": 0}}],
        "track_total_hits": False,
    }  # fmt: skip
    while True:
        answer = cluster.search(index, body, request_timeout=WRITE_SECONDS)
        hits = answer["hits"]["hits"]
        yield from hits
        if len(hits) < PAGE:
            return
        body["search_after"] = hits[-1]["sort"]
