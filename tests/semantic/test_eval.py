"""`kb eval --semantic`: which mode is better for the queries at hand."""

import json

import pytest
from support.judged import write_labels, write_queries
from support.models import make_model

from kb.cli.app import run

QUERIES = {
    "1": ("smashed mug", "cup"),
    "2": ("shattered beaker", "cup"),
    "3": ("lighten the monitor", "screen"),
    "4": ("brighten the screen", "screen"),
    "5": ("swollen cell", "battery"),
    "6": ("money", "refund"),
}


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """A folder of judged queries in other words than those of the articles."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    make_model(tmp_path / "model")
    (tmp_path / "kb.toml").write_text('[semantic]\nmodel = "model"\n', encoding="utf-8")
    folder = tmp_path / "judged"
    (folder / "articles").mkdir(parents=True)
    for name, text in (
        ("cup", "A broken cup"),
        ("screen", "Brighten the display"),
        ("battery", "The bloated battery"),
        ("refund", "Your refund"),
    ):
        (folder / "articles" / f"{name}.md").write_text(f"# {text}\n\n{text}.\n", encoding="utf-8")
    write_queries(folder, {qid: text for qid, (text, _) in QUERIES.items()})
    write_labels(folder, *(f"{qid}\t{article}\t1" for qid, (_, article) in QUERIES.items()))
    return folder


@pytest.mark.parametrize("mode", ["encoder", "words"])
def test_it_says_which_mode_is_better(judged, capsys, mode):
    """With the interval of the difference."""
    assert run(["eval", str(judged), "--semantic", mode]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Since semantic.mode off" in said
    assert f"Better here: {mode}, by" in said
    assert "with 95% probability" in said


def test_json_has_the_comparison(judged, capsys):
    """As that with a saved evaluation."""
    assert run(["eval", str(judged), "--semantic", "encoder", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["comparison"]["baseline"] == "semantic.mode off"
    assert found["comparison"]["measures"]["ndcg"]["low"] > 0
    assert found["measures"]["ndcg"] == 1


def test_where_nothing_differs_it_says_so(judged, capsys):
    """Queries in the articles' own words."""
    write_queries(judged, {"1": "broken cup", "2": "bloated battery"})
    write_labels(judged, "1\tcup\t1", "2\tbattery\t1")
    assert run(["eval", str(judged), "--semantic", "encoder"]) == 0
    assert "No difference that is more than luck" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--semantic", "off"], "the settings say off: compare that with words or encoder"),
        (["--semantic", "senses"], "'senses' is not one of"),
        (["--semantic", "encoder", "--baseline", "x.json"], "both compare"),
    ],
)
def test_what_can_not_be_compared_is_explained(judged, capsys, options, said):
    """Before anything is asked."""
    (judged.parent / "x.json").write_text('{"version": 1, "by_query": []}', encoding="utf-8")
    assert run(["eval", str(judged), *options]) in (2, 3)
    assert said in capsys.readouterr().err
