"""What an index on the cluster looks like: its fields, and the scripts that add up scores.

| field | on | holds |
|---|---|---|
| k | all | which kind of document it is: one of KINDS |
| w | sections | terms, each as often as its level says, and once more |
| p | sections | terms that are neighbours, as one, by level |
| x | sections | terms at their places, those in the text of links, too: for phrases |
| h | sections | terms of title and heading, as often as they weigh in coverage |
| ti | sections | terms of the article's title |
| f, v, o | sections | facets of the article; whether the public sees it; whether it is the first |
| m, tm | sections | mass and mass of the title, in whole numbers |
| n | sections | the position in the article |
| g, gr | sections | the group of those that say the same, and the place in it |
| d | sections | positions of terms, and the records of section and article, packed |
| e, l | sections | the vector, and the cluster of those that mean alike, where meaning counts |
| a, f, d | articles | the key of its id, facets, the record |
| q | words | the word as written |
| c | all | a number made of the document's id: their sum is the checksum |

What is added up (frequencies of terms and words, what abbreviations stand for, lengths) is read by
id, and is in the source alone.
"""

from __future__ import annotations

import base64
import json
import zlib
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from kb.search.ranking import LEVELS_PER_E, LOWEST_LEVEL, SATURATION_STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.config import Ranking
    from kb.search.protocols import Phrase

LAYOUT = 4
"""Raised when what is written here changes: an index of another one is built anew."""

AT, NEXT, SAME = "\ue000", "\ue001", "\ue002"
"""Before the frequency of a term; between neighbours; between terms of the same place."""

LONGEST = 120
"""Characters of a term that are kept: a longer one is known by its digest."""

GAP = 100
"""Places between two runs of places: no phrase reaches across."""

CHECK_MASK = 0xFFFFFF
"""Bits of a document's number in the checksum, few enough for sums to be exact in doubles."""

_SATURATION = (
    "double f = Math.exp((doc.freq - 1 + {low}) / {per}.0);"
    " return query.boost * Math.floor({factor} * f * ({k1} + 1) / (f + {k1}) * {steps} + 0.5);"
)

FACTOR = """
double covered = 0;
for (int n = 0; n < params.heads.length; n++) {
  double most = 0;
  for (int k = 0; k < params.heads[n].length; k++) {
    double part = params.factors[n][k] * termFreq('h', params.heads[n][k]);
    if (part > most) { most = part; }
  }
  covered += most;
}
if (covered <= 0 || _score <= 0) { return 1; }
double title = 0;
for (int n = 0; n < params.titles.length; n++) {
  if (termFreq('ti', params.titles[n]) > 0) { title += params.idfs[n]; }
}
double words = _score / params.steps;
double score = words;
double whole = doc['tm'].value / params.head_steps;
if (title > 0 && whole > 0) {
  score += params.part * title / params.idf_steps
    * Math.pow(Math.min(1.0, title / whole), params.power);
}
double mass = doc['m'].value / params.head_steps;
if (mass > 0 && params.asked > 0) {
  score *= 1 + params.coverage * Math.pow(Math.min(1.0, covered / mass), params.head)
    * Math.pow(Math.min(1.0, covered / params.asked), params.query);
}
return score / words;
"""
"""What title and coverage make of a section's words: `Scoring.base_score`, as a factor."""


def layout_of(ranking: Ranking, shards: int, replicas: int) -> dict[str, Any]:
    """The settings and fields of an index."""

    def similarity(k1: float, factor: float) -> dict[str, Any]:
        source = _SATURATION.format(
            low=LOWEST_LEVEL, per=LEVELS_PER_E, factor=float(factor), k1=float(k1),
            steps=SATURATION_STEPS,
        )  # fmt: skip
        return {"type": "scripted", "script": {"source": source}}

    def counted(similarity: str) -> dict[str, Any]:
        return {
            "type": "text", "analyzer": "counted", "search_analyzer": "plain", "norms": False,
            "index_options": "freqs", "similarity": similarity,
        }  # fmt: skip

    number = {"type": "integer", "index": False, "doc_values": True}
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "number_of_replicas": replicas,
                "refresh_interval": "-1",
                "unassigned.node_left.delayed_timeout": "0",
                "max_result_window": 1_000_000,
            },
            "analysis": {
                "tokenizer": {"spaces": {"type": "whitespace", "max_token_length": 10_000}},
                "filter": {
                    "counted": {"type": "delimited_term_freq", "delimiter": AT},
                    "places": {
                        "type": "pattern_capture", "preserve_original": False,
                        "patterns": [f"([^{SAME}]+)"],
                    },
                },
                "analyzer": {
                    "plain": {"type": "custom", "tokenizer": "spaces"},
                    "counted": {"type": "custom", "tokenizer": "spaces", "filter": ["counted"]},
                    "places": {"type": "custom", "tokenizer": "spaces", "filter": ["places"]},
                },
            },
            "similarity": {
                "word": similarity(ranking.k1, 1.0),
                "pair": similarity(ranking.pair_k1, ranking.pair_weight),
                "steps": {
                    "type": "scripted", "script": {"source": "return query.boost * doc.freq;"},
                },
            },
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "k": {"type": "keyword"},
                "w": counted("word"),
                "p": counted("pair"),
                "h": counted("steps"),
                "ti": {
                    "type": "text", "analyzer": "plain", "norms": False, "index_options": "freqs",
                    "similarity": "steps",
                },
                "x": {
                    "type": "text", "analyzer": "places", "search_analyzer": "plain",
                    "norms": False, "index_options": "positions", "position_increment_gap": GAP,
                },
                "f": {"type": "keyword"},
                "a": {"type": "keyword"},
                "q": {"type": "keyword"},
                "v": {"type": "boolean"},
                "o": {"type": "boolean"},
                "m": number,
                "tm": number,
                "c": number,
                "n": number,
                "g": {"type": "integer"},
                "gr": number,
                "d": {"type": "binary", "doc_values": True},
                "e": {"type": "binary", "doc_values": True},
                "l": {"type": "keyword"},
                "s": {"type": "object", "enabled": False},
            },
        },
    }  # fmt: skip


def token(term: str) -> str:
    """A term as it stands in the index: any text, and of any length, is one word there."""
    if len(term) <= LONGEST and term.isprintable() and not (_MARKS & {*term}) and " " not in term:
        try:
            term.encode()
        except UnicodeEncodeError:
            return _digest(term)
        return term
    return _digest(term)


_MARKS = {AT, NEXT, SAME}


def _digest(text: str) -> str:
    return "\ue003" + blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def pair_token(one: str, other: str) -> str:
    """Two neighbouring terms as one."""
    return f"{token(one)}{NEXT}{token(other)}"


def with_counts(counts: Iterable[tuple[str, int]]) -> str:
    """Words of the index with how often they stand there."""
    return " ".join(f"{word}{AT}{count}" for word, count in counts)


def runs_of(places: Sequence[tuple[int, str]]) -> list[str]:
    """Terms at their places, ascending, as field `x` takes them: a text for each run of places
    without a gap, and words of one place as one.
    """
    runs: list[list[list[str]]] = []
    last = None
    for place, term in places:
        if last is None or place > last + 1:
            runs.append([])
        if place != last:
            runs[-1].append([])
        if term not in runs[-1][-1]:
            runs[-1][-1].append(term)
        last = place
    return [" ".join(SAME.join(at) for at in run) for run in runs]


def phrase_query(phrase: Phrase) -> dict[str, Any]:
    """What the sections have to fit that hold a phrase."""
    if not phrase:
        return {"match_none": {}}
    if len(phrase) == 1:
        return {"term": {"w": token(phrase[0][0])}}
    places: dict[int, list[str]] = {}
    for term, offset in phrase:
        places.setdefault(offset, []).append(token(term))
    if len(places) == len(phrase):
        words = " ".join(each for [each] in places.values())
        return {"match_phrase": {"x": {"query": words, "analyzer": "plain"}}}
    rules = [_at_one_place(terms) for terms in places.values()]
    if len(rules) == 1:
        return {"intervals": {"x": rules[0]}}
    return {"intervals": {"x": {"all_of": {"ordered": True, "max_gaps": 0, "intervals": rules}}}}


def _at_one_place(terms: Sequence[str]) -> dict[str, Any]:
    rule: dict[str, Any] = {"query": terms[0], "analyzer": "plain"}
    if len(terms) > 1:
        rule["filter"] = {"contained_by": _at_one_place(terms[1:])}
    return {"match": rule}


def document_id(kind: str, text: str) -> str:
    """The id of a document: its kind, and what it is about, shortened where that is long."""
    return f"{kind}{token(text)}"


def article_key(id_: str) -> str:
    """What sections and documents of an article are known by."""
    return blake2b(id_.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def check_number(document: str) -> int:
    """What a document's id adds to the checksum."""
    return zlib.crc32(document.encode()) & CHECK_MASK


def pack(value: object) -> str:
    """A value as JSON, compressed, as a binary field takes it."""
    data = json.dumps(value, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(data, 6)).decode()


def unpack(text: str) -> Any:
    """What `pack` packed. Raises ValueError and zlib.error."""
    plain = text.replace("-", "+").replace("_", "/")
    return json.loads(zlib.decompress(base64.b64decode(plain + "=" * (-len(plain) % 4))))
