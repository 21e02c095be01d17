"""`kb eval`: what it measures, prints and writes, and how it exits."""

import json
from typing import ClassVar, NamedTuple

import pytest

from kb.cli.command import Session


class Ranked(NamedTuple):
    article: str
    anchor: str
    score: float


class Ranks:
    """Ranks the customers' own words right, the word "status" wrong, and nothing else."""

    RANKINGS: ClassVar = {
        "package never arrived": ["orders/late#check-the-tracking", "contact/chat#chat-with-us"],
        "status": ["contact/chat#chat-with-us", "orders/late#check-the-tracking"],
    }

    def __init__(self, base):
        self.base = base

    def __getattr__(self, name):
        return getattr(self.base, name)

    def rank(self, query, *, limit=100, language=None):
        names = self.RANKINGS.get(query, [])[:limit]
        return [Ranked(*name.split("#"), score=2.0 - n) for n, name in enumerate(names)]


@pytest.fixture
def sessions(base, monkeypatch, tmp_path):
    """The sessions that commands open, in order; each gets a base that ranks."""
    opened = []

    def open_base(session):
        opened.append(session)
        return Ranks(base)

    monkeypatch.setattr(Session, "open", open_base)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return opened


@pytest.fixture
def judged(folder, sessions):
    """A judged folder of three queries: one right, one second, one that finds nothing."""
    place = folder / "judged"
    place.mkdir()
    (place / "articles").symlink_to(folder / "content")
    queries = {"q1": "package never arrived", "q2": "status", "q3": "zzz"}
    lines = [json.dumps({"qid": qid, "text": text}) for qid, text in queries.items()]
    (place / "queries.jsonl").write_text("\n".join(lines))
    labels = [f"{qid}\torders/late#check-the-tracking\t1\n" for qid in queries]
    (place / "qrels.tsv").write_text("".join(labels))
    return place


def test_the_figures_of_a_judged_folder(kb, judged, folder):
    """Means, empty queries, times and the cost of the cap, on stdout."""
    result = kb("eval", judged)
    assert result.code == 0
    assert result.err == ""
    lines = result.out.splitlines()
    assert lines[0] == "judged: 3 queries, labels of level section"
    assert "  nDCG@10     0.5436" in lines
    assert "  MRR@10      0.5000" in lines
    assert "  Recall@10   0.6667" in lines
    assert "  Success@1   0.3333" in lines
    assert "  no results  33.33% (1)" in lines
    assert "median" in lines[6]
    text = " ".join(result.out.split())
    assert "From search.sure = 0.6 on 0.00% of the first hits are sure." in text
    assert "The cap of 3 sections per article changes what 0 queries show first" in text
    assert not (folder / "judged" / "index").exists()


def test_a_judged_folder_has_articles_and_an_index_of_its_own(kb, judged, sessions, tmp_path):
    """The index goes to the cache, or where --index says."""
    kb("eval", judged)
    kb("eval", judged, "--index", tmp_path / "here")
    first, second = sessions
    assert first.content == second.content == (tmp_path / "content").resolve()
    assert first.index.is_relative_to(tmp_path / "cache")
    assert second.index == tmp_path / "here"


def test_v_lists_what_went_worst(kb, judged):
    """What was found, and what should have been."""
    result = kb("eval", judged, "-v")
    assert "1 query went badly, worst first" in result.out
    assert "  zzz\n    found nothing\n    should be orders/late#check-the-tracking\n" in result.out


def test_json_is_one_object_that_a_baseline_can_be(kb, judged, folder):
    """--json prints everything, --baseline reads it."""
    result = kb("eval", judged, "--json")
    value = json.loads(result.out)
    assert value["measures"]["success"] == pytest.approx(1 / 3)
    assert value["by_query"][1]["results"][1]["grade"] == 1
    (folder / "before.json").write_text(result.out)
    again = kb("eval", judged, "--baseline", "before.json")
    assert "Since before.json: 0 queries lost, 0 gained" in again.out
    assert "no query changed" in again.out
    compared = json.loads(kb("eval", judged, "--baseline", "before.json", "--json").out)
    assert compared["comparison"]["measures"]["ndcg"]["difference"] == 0


def test_losses_and_gains_are_listed(kb, judged, folder, monkeypatch):
    """Since a baseline, the queries that changed most are named."""
    (folder / "before.json").write_text(kb("eval", judged, "--json").out)
    rankings = {"status": ["orders/late#check-the-tracking"]}
    monkeypatch.setattr(Ranks, "RANKINGS", rankings)
    (judged / "queries.jsonl").write_text(
        (judged / "queries.jsonl").read_text().replace("zzz", "other")
    )
    out = kb("eval", judged, "--baseline", "before.json").out
    assert "1 query lost, 1 gained, 2 left out that only one side has" in out
    assert "Worst losses (nDCG@10)\n  -1.000  1.000 to 0.000  package never arrived\n" in out
    assert "Best gains (nDCG@10)\n  +0.369  0.631 to 1.000  status\n" in out
    assert "may be luck" in out


def test_fail_under_exits_with_1(kb, judged):
    """Each figure that is too low is named; the exit code is 1."""
    good = kb("eval", judged, "--fail-under", "ndcg=0.5", "--fail-under", "answered=0.6")
    assert (good.code, good.err) == (0, "")
    bad = kb("eval", judged, "--fail-under", "ndcg=0.9", "--fail-under", "success@1=0.5")
    assert bad.code == 1
    assert bad.err.splitlines() == [
        "kb: error: nDCG@10 is 0.5436, below 0.9",
        "kb: error: Success@1 is 0.3333, below 0.5",
    ]
    assert "nDCG@10" in bad.out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--fail-under", "p95=1"], "the names are ndcg, mrr, recall, success, answered"),
        (["--run", "none/run.txt"], "there is no folder none"),
        (["--report", "none/r.html"], "there is no folder none"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_measured(
    kb, judged, sessions, options, message
):
    """Exit code 2, and no time lost."""
    result = kb("eval", judged, *options)
    assert result.code == 2
    assert message in result.err
    assert sessions == []


def test_a_run_and_a_report_are_written(kb, judged, folder):
    """Both files are named on stderr."""
    result = kb("eval", judged, "--run", "run.txt", "--report", "r.html")
    assert result.err == "run: run.txt\nreport: r.html\n"
    assert (folder / "run.txt").read_text().startswith("q1 Q0 orders/late#check-the-tracking 1 ")
    assert "<title>judged" in (folder / "r.html").read_text()


def test_a_malformed_folder_exits_with_3_and_says_where(kb, judged):
    """The error has the file and the line."""
    with (judged / "qrels.tsv").open("a") as file:
        file.write("q9\torders/late\t1\n")
    result = kb("eval", judged)
    assert result.code == 3
    assert f"{judged}/qrels.tsv:4: no query has the id 'q9'" in result.err
    assert kb("eval", "nowhere").code == 3


def test_a_missing_baseline_exits_with_3_at_once(kb, judged, sessions):
    """It is read before anything is measured."""
    assert kb("eval", judged, "--baseline", "none.json").code == 3
    assert sessions == []


def test_without_a_folder_the_issue_phrases_are_asked(kb, sessions, folder):
    """Each phrase is a query; judgments.tsv adds to them; what went badly is listed."""
    result = kb("eval")
    assert result.code == 0
    assert result.out.startswith("Help center: 1 query, labels of level article\n")
    assert "Success@1   1.0000" in result.out
    assert "went badly" not in result.out
    lines = [f"zzz {n}\torders/late\n" for n in range(11)]
    (folder / "judgments.tsv").write_text("".join(lines))
    result = kb("eval")
    assert "12 queries" in result.out
    assert "11 queries went badly, worst first" in result.out
    assert "and 1 more: --report FILE.html" in result.out


def test_queries_without_a_judgment_are_counted(kb, judged):
    """They are left out, and that is said."""
    with (judged / "queries.jsonl").open("a") as file:
        file.write('\n{"qid": "q4", "text": "x"}\n')
    assert "3 queries, 1 more without a judgment, labels" in kb("eval", judged).out
