"""One article turned inside out: what each of its sections holds, by term."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from kb.index.inverter import Inverter
from kb.model import encode_meta
from kb.search.protocols import HIDDEN

if TYPE_CHECKING:
    from kb.config import Ranking
    from kb.index.inverter import ArticleDocuments
    from kb.model import Article
    from kb.search.ranking import Averages
    from kb.text.analysis import Analyzer


class Sections(NamedTuple):
    """An article turned inside out: for each section its terms with weights, the places of its
    words, and those in the text of links; and a digest of all that the article is.
    """

    digest: str
    documents: ArticleDocuments
    weights: list[dict[str, int]]
    places: list[dict[str, list[int]]]
    linked: list[dict[str, list[int]]]


def invert(article: Article, analyzer: Analyzer, ranking: Ranking, averages: Averages) -> Sections:
    """Turn one article inside out."""
    inverter = Inverter(analyzer, ranking)
    documents = inverter.add(article, 0)
    count = len(documents.sections)
    data = json.dumps(encode_meta(article), sort_keys=True).encode()
    found = Sections(
        hashlib.sha256(data).hexdigest(),
        documents,
        [{} for _ in range(count)],
        [{} for _ in range(count)],
        [{} for _ in range(count)],
    )
    for name, rows in inverter.postings(averages).items():
        is_linked = name.removeprefix(HIDDEN) == "linked"
        for term, postings in rows:
            start = 0
            for doc, weight, size in zip(
                postings.docs, postings.weights, postings.sizes, strict=True
            ):
                places = postings.positions[start : start + size].tolist()
                start += size
                (found.linked if is_linked else found.places)[doc - 1][term] = places
                if not is_linked:
                    found.weights[doc - 1][term] = weight
    return found
