"""TREC run files: `qid Q0 name rank score tag`, one result a line, for trec_eval and its kin."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING
from urllib.parse import quote

from kb.evaluate.judgments import Level

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kb.evaluate.evaluation import Evaluation, QueryOutcome, Result

TAG = "kb"
_BELOW_ZERO = 0x8000_0001


def write_runs(evaluation: Evaluation, path: Path) -> list[Path]:
    """Write the run whose names are those of the labels, so that qrels and run fit together.

    Where labels name articles a second file beside it, `NAME.section.EXT`, has the sections.
    """
    outcomes = evaluation.outcomes
    runs = {path: [line for o in outcomes for line in _lines(o, o.response.results)]}
    if any(o.judged.level is Level.ARTICLE for o in outcomes):
        beside = path.with_name(f"{path.stem}.section{path.suffix}")
        runs[beside] = [line for o in outcomes for line in _lines(o, o.response.sections)]
    for file, lines in runs.items():
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return list(runs)


def _lines(outcome: QueryOutcome, results: Sequence[Result]) -> Iterator[str]:
    written = {label.name: label.written for label in outcome.judged.labels}
    scores = _falling([result.score for result in results])
    for rank, (result, score) in enumerate(zip(results, scores, strict=True), 1):
        name = _one_word(written.get(result.name, result.name))
        yield f"{_one_word(outcome.judged.qid)} Q0 {name} {rank} {score:.9g} {TAG}"


def _falling(scores: Sequence[float]) -> Iterator[float]:
    """The scores in single precision, each below the one before.

    trec_eval keeps scores in single precision, ignores the rank, and orders equals by name
    backwards: equal scores would come out in an order that nobody saw.
    """
    last = float("inf")
    for score in scores:
        last = min(_single(score), _below(last))
        yield last


def _single(number: float) -> float:
    value: float = struct.unpack("<f", struct.pack("<f", number))[0]
    return value


def _below(number: float) -> float:
    """The next lower number in single precision."""
    (bits,) = struct.unpack("<I", struct.pack("<f", number))
    if number == 0:
        bits = _BELOW_ZERO
    else:
        bits += -1 if number > 0 else 1
    return _from_bits(bits)


def _from_bits(bits: int) -> float:
    value: float = struct.unpack("<f", struct.pack("<I", bits))[0]
    return value


def _one_word(name: str) -> str:
    """The name with what would end a column, or can't be written, in per cent."""
    return "".join(c if c.isprintable() and c != " " else _escape(c) for c in name)


def _escape(character: str) -> str:
    return quote(character.encode("utf-8", "surrogatepass"))
