"""kb.evaluate.comparison: a baseline, and what changed since."""

import json
import random

import pytest
from support.judged import evaluation_of, judged

from kb.errors import JudgmentError
from kb.evaluate.comparison import bootstrap, compare, evaluation_as_json, read_saved

QUERIES = [judged(f"q{i}", f"query {i}", a__x=1) for i in range(4)]
BEFORE = {"query 0": ["a#x"], "query 1": ["b#x", "a#x"], "query 2": ["a#x"]}
NOW = {"query 0": ["b#x", "a#x"], "query 1": ["a#x"], "query 2": ["a#x"], "query 3": ["a#x"]}


def save(tmp_path, evaluation, **changes):
    path = tmp_path / "before.json"
    path.write_text(json.dumps({**evaluation_as_json(evaluation, None), **changes}))
    return path


def test_an_evaluation_comes_back_as_it_was_saved(tmp_path):
    """What --json prints is what --baseline reads."""
    before = evaluation_of(BEFORE, *QUERIES)
    saved = read_saved(save(tmp_path, before))
    assert {qid: query.measures for qid, query in saved.items()} == {
        o.judged.qid: o.measures for o in before.outcomes
    }
    assert saved["q0"].text == "query 0"


def test_what_changed_is_found_query_by_query(tmp_path):
    """Losses worst first, gains best first, and the means before and now."""
    saved = read_saved(save(tmp_path, evaluation_of(BEFORE, *QUERIES)))
    found = compare(evaluation_of(NOW, *QUERIES), saved, "before.json")
    assert [c.qid for c in found.losses] == ["q0"]
    assert [c.qid for c in found.gains] == ["q3", "q1"]
    assert (found.worse, found.better) == (1, 2)
    success = found.intervals["success"]
    assert (success.before, success.now, success.difference) == (0.5, 0.75, 0.25)
    assert success.low <= success.difference <= success.high
    assert not success.is_certain


def test_queries_that_one_side_lacks_are_left_out(tmp_path):
    """A query counts only when both sides have its id and asked it in the same words."""
    other = [judged("q0", "query 0", a__x=1), judged("q1", "other words", a__x=1)]
    saved = read_saved(save(tmp_path, evaluation_of(BEFORE, *other)))
    found = compare(evaluation_of(NOW, *QUERIES), saved, "before.json")
    assert [c.qid for c in found.changes] == ["q0"]
    assert (found.only_before, found.only_now) == (1, 3)


def test_nothing_in_common_is_an_error(tmp_path):
    """A baseline of another set says nothing about this one."""
    saved = read_saved(save(tmp_path, evaluation_of({}, judged("z", "z", a__x=1))))
    with pytest.raises(JudgmentError, match="none of the queries"):
        compare(evaluation_of(NOW, *QUERIES), saved, "before.json")


def test_a_comparison_is_part_of_the_json(tmp_path):
    """Machines get the means, the interval, and the queries that changed."""
    saved = read_saved(save(tmp_path, evaluation_of(BEFORE, *QUERIES)))
    now = evaluation_of(NOW, *QUERIES)
    value = evaluation_as_json(now, compare(now, saved, "before.json"))
    assert json.loads(json.dumps(value)) == value
    comparison = value["comparison"]
    assert comparison["measures"]["success"]["difference"] == 0.25
    assert comparison["losses"][0]["qid"] == "q0"
    assert value["by_query"][1]["results"] == [
        {"article": "a", "anchor": "x", "score": 9.0, "grade": 1}
    ]
    assert value["by_query"][1]["relevant"] == [{"article": "a", "anchor": "x", "grade": 1}]
    assert value["no_results"] == 0


def test_the_interval_is_the_same_every_time():
    """The seed is fixed: the same differences give the same interval."""
    differences = [random.Random(1).gauss(0.1, 0.3) for _ in range(50)]
    assert bootstrap(differences) == bootstrap(differences)


def test_the_interval_is_the_textbook_one():
    """For many queries the interval is the mean give or take 1.96 standard errors."""
    source = random.Random(2)
    differences = [source.gauss(0.1, 0.3) for _ in range(400)]
    low, high = bootstrap(differences)
    average = sum(differences) / 400
    spread = (sum((d - average) ** 2 for d in differences) / 400) ** 0.5 / 20
    assert low == pytest.approx(average - 1.96 * spread, abs=0.005)
    assert high == pytest.approx(average + 1.96 * spread, abs=0.005)


def test_no_change_has_no_interval():
    """Where no query changed, neither can the mean."""
    assert bootstrap([0.0] * 5) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is not a saved evaluation"),
        ('{"by_query": 1}', "is not a saved evaluation"),
        ('{"version": 9, "by_query": []}', "is of version 9"),
        ('{"version": 1, "by_query": [{}]}', "a query that is not as kb writes it"),
        ('{"version": 1, "by_query": [1]}', "a query that is not as kb writes it"),
        (
            '{"version": 1, "by_query": [{"qid": "a", "query": "b", "ndcg": "x"}]}',
            "a query that is not as kb writes it",
        ),
    ],
)
def test_what_is_no_baseline_is_an_error(tmp_path, text, message):
    """Every file that is no saved evaluation is told so, by its name."""
    path = tmp_path / "before.json"
    path.write_text(text)
    with pytest.raises(JudgmentError, match=message) as caught:
        read_saved(path)
    assert caught.value.path == str(path)


def test_a_baseline_that_cannot_be_read_is_an_error(tmp_path):
    """A missing file, and bytes that are no text."""
    with pytest.raises(JudgmentError, match="can't be read"):
        read_saved(tmp_path / "none.json")
    (tmp_path / "bad.json").write_bytes(b'"\xff"')
    with pytest.raises(JudgmentError, match="is not JSON"):
        read_saved(tmp_path / "bad.json")
