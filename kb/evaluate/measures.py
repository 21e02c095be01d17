"""The measures, and the only door to ir-measures (Macdonald et al., CIKM 2021), which
computes them with trec_eval's own code: linear gains and a discount of log2(rank + 1)
for nDCG (Järvelin and Kekäläinen, TOIS 2002).
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from statistics import fmean
from typing import TYPE_CHECKING, Any

from kb.errors import KbError
from kb.extras import install_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures from 0 to 1 of one query, or their means over many.

    `ndcg` is nDCG@10, `mrr` the reciprocal rank of the first right result of ten, `recall`
    the share of the right results among the first ten, `success` whether the first is right.
    """

    ndcg: float
    mrr: float
    recall: float
    success: float


TITLES = {"ndcg": "nDCG@10", "mrr": "MRR@10", "recall": "Recall@10", "success": "Success@1"}
"""What people call each of the `Measures`."""


def mean(values: Iterable[Measures]) -> Measures:
    """The mean of each measure; zeros when there are none."""
    rows = [astuple(value) for value in values]
    if not rows:
        return Measures(*(0.0 for _ in fields(Measures)))
    return Measures(*(fmean(column) for column in zip(*rows, strict=True)))


def measure(
    rankings: Mapping[str, Sequence[str]], grades: Mapping[str, Mapping[str, int]]
) -> dict[str, Measures]:
    """The measures of every query in `grades`, by query id, from its names best first.

    A query without a ranking, or with an empty one, has zeros. Raises KbError `missing-extra`
    when the extra `eval` is not installed.
    """
    library = _library()
    wanted = {
        library.nDCG @ 10: "ndcg",
        library.RR @ 10: "mrr",
        library.R @ 10: "recall",
        library.Success @ 1: "success",
    }
    numbered = dict(enumerate(grades))
    qrels = {str(n): {_name(d): g for d, g in grades[qid].items()} for n, qid in numbered.items()}
    run = {str(n): _scored(rankings.get(qid, ())) for n, qid in numbered.items()}
    found: dict[str, dict[str, float]] = {qid: {} for qid in grades}
    for value in library.iter_calc(list(wanted), qrels, run):
        found[numbered[int(value.query_id)]][wanted[value.measure]] = float(value.value)
    return {
        qid: Measures(**{name: row.get(name, 0.0) for name in TITLES}) for qid, row in found.items()
    }


def _scored(names: Sequence[str]) -> dict[str, float]:
    # trec_eval orders by score and breaks ties by name; whole numbers keep the order given.
    return {_name(name): float(len(names) - place) for place, name in enumerate(names)}


def _name(text: str) -> str:
    # pytrec_eval crashes the process on text that UTF-8 can't hold.
    return text.encode("utf-8", "backslashreplace").decode()


def _library() -> Any:
    try:
        import ir_measures  # noqa: PLC0415 takes a second, and comes with an extra
    except ImportError as error:
        raise KbError(
            "measuring needs ir-measures, which is not installed",
            hint=install_command("eval"),
            code="missing-extra",
        ) from error
    return ir_measures
