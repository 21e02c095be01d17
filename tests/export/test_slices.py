"""Long work in the browser is cut into slices, between which the page hears its reader."""

from itertools import pairwise
from pathlib import Path

from support.exports import write_export

SAMPLE = Path(__file__).parents[2] / "content"
WORDS = (
    "package", "order", "chat", "phone", "refund", "late", "email", "charge", "account", "item",
)  # fmt: skip


def test_work_that_grows_with_the_query_is_in_slices(node, tmp_path, open_base):
    """For every word, pair, quoted text and unknown word there is a moment for others."""
    write_export(open_base(SAMPLE), tmp_path / "data")
    queries = (
        " ".join(WORDS),
        " ".join(f'"{one} {other}"' for one, other in pairwise(WORDS)),
        " ".join(f"{word}zqx" for word in WORDS),
    )
    questions = [[query, {"limit": 5}] for query in queries]
    many, quoted, unknown = node(data=f"{tmp_path / 'data'}/", questions=questions, slices=True)
    pairs = len(WORDS) - 1
    assert many >= len(WORDS) + len(WORDS) + pairs  # to read terms, add words up, find pairs
    assert quoted >= len(WORDS) + pairs + pairs  # words, pairs of the same, quoted texts
    assert unknown >= len(WORDS)
