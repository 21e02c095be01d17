"""kb.evaluate.trec: run files that trec_eval reads as they were ranked."""

import struct
from itertools import pairwise

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import RR, nDCG
from support.judged import evaluation_of, judged, label

from kb.evaluate.judgments import JudgedQuery, Label
from kb.evaluate.trec import _falling, write_runs


def test_a_section_run_has_sections_in_order(tmp_path):
    """Six columns: query, Q0, name, rank, score, tag; no second file."""
    found = evaluation_of({"late": ["a#1", "b#2"]}, judged("q1", "late", b__2=1))
    assert write_runs(found, tmp_path / "run.txt") == [tmp_path / "run.txt"]
    assert (tmp_path / "run.txt").read_text() == "q1 Q0 a#1 1 9 kb\nq1 Q0 b#2 2 8.89999962 kb\n"
    assert list(tmp_path.iterdir()) == [tmp_path / "run.txt"]


def test_an_article_run_has_its_sections_beside_it(tmp_path):
    """Where labels name articles the run does too, and a second file has the sections."""
    found = evaluation_of({"late": ["a#1", "a#2", "b#2"]}, judged("q1", "late", b=1))
    run, beside = write_runs(found, tmp_path / "run.txt")
    assert beside.name == "run.section.txt"
    assert [line.split()[2] for line in run.read_text().splitlines()] == ["a", "b"]
    assert [line.split()[2] for line in beside.read_text().splitlines()] == ["a#1", "a#2", "b#2"]


def test_a_run_measures_as_the_evaluation_did(tmp_path):
    """Other tools get our figures from the run and the labels."""
    queries = [judged("1", "one", b=2, c=1), judged("2", "two", a=1), judged("3", "none", a=1)]
    found = evaluation_of({"one": ["a#1", "b#1"], "two": ["b#1", "c#1", "a#1"]}, *queries)
    (run, _) = write_runs(found, tmp_path / "run")
    qrels = {query.qid: query.grades for query in queries}
    theirs = ir_measures.calc_aggregate(
        [nDCG @ 10, RR @ 10], qrels, list(ir_measures.read_trec_run(str(run)))
    )
    assert theirs[nDCG @ 10] == pytest.approx(found.measures.ndcg)
    assert theirs[RR @ 10] == pytest.approx(found.measures.mrr)


def test_names_are_those_of_the_labels(tmp_path):
    """A label that spells an anchor otherwise is written its way, so that both fit."""
    query = JudgedQuery("q", "late", (Label("a", "x", 1, "a#_x_"),))
    (run,) = write_runs(evaluation_of({"late": ["a#x"]}, query), tmp_path / "run")
    assert run.read_text().split()[2] == "a#_x_"


def test_names_are_one_word(tmp_path):
    """White space, and what can't be written, is per cent: columns stay columns."""
    query = JudgedQuery("q \ud800", "late", (label("a b#x"),))
    (run,) = write_runs(evaluation_of({"late": ["a b#x", "a\u00a0b#y"]}, query), tmp_path / "run")
    lines = [line.split() for line in run.read_text().splitlines()]
    assert [line[:3] for line in lines] == [
        ["q%20%ED%A0%80", "Q0", "a%20b#x"],
        ["q%20%ED%A0%80", "Q0", "a%C2%A0b#y"],
    ]


@given(st.lists(st.floats(-100, 100), max_size=20))
def test_scores_always_fall_in_single_precision(scores):
    """Equal scores come out different, so that no reader orders them by name."""
    ranked = sorted(scores, reverse=True)
    fallen = [
        struct.unpack("<f", struct.pack("<f", float(f"{s:.9g}")))[0] for s in _falling(ranked)
    ]
    assert all(a > b for a, b in pairwise(fallen))
    assert fallen == pytest.approx(ranked, abs=1e-3)
