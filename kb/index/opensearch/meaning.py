"""What sections on a cluster mean: their vectors stand with them, and are ranked here.

A section's vector is a doc value. Of the candidates by words it comes with all else that is read of
them; what is near a query is found on the cluster by `NEAR_BYTES` or `NEAR_NIBBLES`, under the
query's own filters, in one search: of all sections, or of those in the clusters whose leaders are
nearest (`kb.semantic.clusters`). The cluster's scores are single floats, so a few more than are
wanted are fetched, and their cosines computed here, from the same whole numbers as on one machine.

Beside the sections an index holds what its builders and readers share, each a document:

    ym  what made the vectors, and the leaders of clusters: name and vector, in order
    y0  the projection, and y1 the vocabulary, of mode `words`: every builder takes them from here
"""

from __future__ import annotations

import base64
from array import array
from typing import TYPE_CHECKING, Any

from kb.index.opensearch.client import NotThereError
from kb.search.meaning import length
from kb.semantic.nibbles import SIGNED, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.index.opensearch.client import Cluster
    from kb.search.protocols import NearQuery
    from kb.semantic.kept import KeptVectors, Leader

ABOUT, SHARED = "ym", ("y0", "y1")
"""The documents that are not about one section."""

NEAR_BYTES = """
BytesRef own = doc['e'].value;
List query = params.query;
long dot = 0;
long square = 0;
for (int n = 0; n < own.length; n++) {
  long each = own.bytes[own.offset + n];
  dot += each * query[n];
  square += each * each;
}
return square == 0 ? 0.0 : Math.max(0.0, dot / (Math.sqrt((double) square) * params.length));
"""
"""The cosine of a section whose numbers are bytes."""

NEAR_NIBBLES = """
BytesRef own = doc['e'].value;
List query = params.query;
List values = params.values;
long dot = 0;
long square = 0;
for (int n = 0; n < own.length; n++) {
  int both = own.bytes[own.offset + n];
  long low = values[both & 15];
  long high = values[(both >> 4) & 15];
  dot += low * query[n] + high * query[n + own.length];
  square += low * low + high * high;
}
return square == 0 ? 0.0 : Math.max(0.0, dot / (Math.sqrt((double) square) * params.length));
"""
"""The same where they are four bits each (`kb.semantic.nibbles`)."""


def as_binary(data: bytes) -> str:
    """Bytes as a binary field takes them."""
    return base64.b64encode(data).decode()


def from_binary(text: str) -> bytes:
    """What a binary field gives. Raises ValueError."""
    plain = text.replace("-", "+").replace("_", "/")
    return base64.b64decode(plain + "=" * (-len(plain) % 4))


def numbers_of(vector: bytes, dimensions: int) -> array[int]:
    """The numbers of a vector: a byte each, or four bits. Raises ValueError where it is another."""
    if len(vector) == dimensions:
        return array("b", vector)
    if 2 * len(vector) == dimensions:
        return unpack(vector)
    raise ValueError("the vector has another length")


def near_script(query: NearQuery) -> dict[str, Any]:
    """What gives the cosine of a section with a query."""
    params = {"query": [*query.vector], "length": length(query.vector)}
    if query.size == len(query.vector):
        return {"source": NEAR_BYTES, "params": params}
    return {"source": NEAR_NIBBLES, "params": {**params, "values": SIGNED}}


def about_rows(
    vectors: KeptVectors, leaders: Sequence[Leader]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The documents that are not about one section."""
    rows = [(leader.name, as_binary(leader.vector)) for leader in leaders]
    yield ABOUT, {"k": "y", "s": {"made": vectors.made, "size": vectors.size, "leaders": rows}}
    for id_, data in zip(SHARED, vectors.shared(), strict=False):  # an encoder shares nothing
        yield id_, {"k": "y", "s": {"data": as_binary(data)}}


def offer(vectors: KeptVectors, cluster: Cluster, index: str) -> None:
    """Let a builder begin with what the index of now shares, if it is there and whole."""
    try:
        found = [cluster.get(f"/{index}/_doc/{id_}")["_source"]["s"]["data"] for id_ in SHARED]
        vectors.offer([from_binary(text) for text in found])
    except (NotThereError, KeyError, TypeError, ValueError):
        return  # it is made here
