"""Searches by words and meaning: what is found, what stays hidden, what an edit costs."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.models import ARTICLES, make_model

from kb import KnowledgeBase
from kb.cli.app import run
from kb.errors import ConfigError
from kb.search.meaning import MEANING, scale_of
from kb.semantic.encoder import Encoder


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A knowledge base that searches by meaning, with an encoder of a few words."""
    monkeypatch.chdir(tmp_path)
    make_model(tmp_path / "model")
    (tmp_path / "content").mkdir()
    for name, text in ARTICLES.items():
        (tmp_path / "content" / f"{name}.md").write_text(text, encoding="utf-8")
    settings = '[semantic]\nmode = "encoder"\nmodel = "model"\n'
    (tmp_path / "kb.toml").write_text(settings, encoding="utf-8")
    return tmp_path


def found(query, **options):
    """The articles that answer, best first."""
    answer = KnowledgeBase.open().search(query, **options)
    return list(dict.fromkeys(hit.article for hit in answer.hits))


def test_what_no_word_finds_is_found_by_its_meaning(folder):
    """And by words alone it is not."""
    assert found("smashed mug") == ["cup"]
    assert found("lighten the monitor")[0] == "screen"
    (folder / "kb.toml").write_text("", encoding="utf-8")
    assert found("smashed mug") == []


def test_an_article_is_near_to_what_its_issue_phrases_mean(folder):
    """They are what customers say, where the text says it in the words of the help center."""
    issue = "---\nissue: [a broken beaker]\n---\n"
    text = "# Transit incidents\n\nWe settle these claims.\n"
    (folder / "content" / "cup.md").write_text(text, encoding="utf-8")
    assert found("smashed mug") == []
    (folder / "content" / "cup.md").write_text(issue + text, encoding="utf-8")
    assert found("smashed mug") == ["cup"]


def test_words_that_say_all_are_not_outweighed(folder):
    """Where the best section holds every word, meaning adds nothing."""
    (folder / "content" / "other.md").write_text("# Broken\n\nA cup, a mug, a cup.\n", "utf-8")
    answer = KnowledgeBase.open().search("display brighter", explain=True)
    assert answer.hits[0].article == "screen"
    assert "meaning" not in {part.kind for part in answer.hits[0].parts}


def test_the_parts_of_a_score_add_up_to_it(folder):
    """What meaning adds is one of them."""
    answer = KnowledgeBase.open().search("money for a broken beaker", explain=True)
    kinds = {part.kind for hit in answer.hits for part in hit.parts}
    assert "meaning" in kinds
    for hit in answer.hits:
        assert math.isclose(sum(part.score for part in hit.parts), hit.score, abs_tol=2e-6)


def test_what_is_hidden_is_not_found_by_its_meaning(folder):
    """Neither drafts nor what is for agents, but by who may see them."""
    assert not {"draft", "agents"} & {*found("smashed mug", limit=50)}
    assert "draft" in found("smashed mug", drafts=True)
    assert "agents" in found("smashed mug", audience="agent")
    assert "draft" not in found("smashed mug", audience="agent")


def test_filters_exclusions_and_quotes_hold(folder):
    """For what is near as for what holds a word."""
    assert found("smashed mug tag:billing") == []
    assert found("smashed mug", tag="billing") == []
    assert found("smashed mug -picture") == []
    assert found('smashed mug "display brighter"') == ["screen"]
    assert found("cash money tag:billing") == ["money"]


def test_who_asks_for_a_person_is_answered_by_words(folder):
    """A contact comes first, whatever is near."""
    (folder / "content" / "chat.md").write_text(
        "---\ntier: contact\nchannel: {name: chat}\n---\n# Chat\n\nTalk to a person.\n", "utf-8"
    )
    assert found("talk to a person about a smashed mug")[0] == "chat"


def test_the_first_hits_do_not_depend_on_how_many_are_asked_for(folder):
    """A longer list only goes on."""
    for number in range(120):
        text = f"# Order {number}\n\n{'mug ' * (number % 3)}broken order {number % 7}\n"
        (folder / "content" / f"order-{number}.md").write_text(text, "utf-8")
    kb = KnowledgeBase.open()
    for query in ("broken order", "smashed order 3", "shattered cup of the order", "beaker"):
        whole = [(r.article, r.score) for r in kb.rank(query, limit=150)]
        assert len(whole) > 20
        assert [(r.article, r.score) for r in kb.rank(query, limit=5)] == whole[:5]
        assert [(r.article, r.score) for r in kb.rank(query, limit=40)] == whole[:40]


def encoded(base):
    """How many sections an update of the index has encoded."""
    seen = []
    plain = Encoder.encode_texts
    noting = lambda self, given: (seen.extend(given), plain(self, given))[1]  # noqa: E731
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Encoder, "encode_texts", noting)
        base.index()
    return len(seen)


def write(folder, name, text):
    """An article."""
    (folder / "content" / f"{name}.md").write_text(text, encoding="utf-8")


def test_an_edit_encodes_what_it_changed(folder):
    """And finds it; what is gone is found no more."""
    kb = KnowledgeBase.open()
    kb.index()
    write(folder, "new", "# One\n\nA swollen cell.\n\n## Two\n\nText.\n\n## Three\n\nText.\n")
    assert encoded(kb) == 3
    assert found("bloated battery")[0] == "new"
    write(folder, "new", "# One\n\nA swollen cell.\n\n## Two\n\nOther text.\n\n## Three\n\nText.\n")
    assert encoded(kb) == 1
    (folder / "content" / "new.md").unlink()
    assert encoded(kb) == 0
    assert found("bloated battery") == []


def test_a_run_that_is_stopped_goes_on_where_it_was(folder):
    """What was encoded is not encoded again."""
    sections = "".join(f"\n## Part {number}\n\nText {number}.\n" for number in range(300))
    write(folder, "long", f"# Long\n{sections}")

    def stop(done, total):
        if total > 300:
            raise KeyboardInterrupt

    kb = KnowledgeBase.open()
    with pytest.raises(KeyboardInterrupt):
        kb.index(progress=stop)
    assert 100 < encoded(kb) < 200
    assert found("smashed mug") == ["cup"]
    assert not (folder / "index" / "vectors.part").exists()


def test_another_model_encodes_all_anew(folder):
    """No vector of one is ever held against that of another."""
    assert found("smashed mug") == ["cup"]
    make_model(folder / "model", dimensions=12)
    assert found("smashed mug") == ["cup"]
    make_model(folder / "model", text_prefix="refund ")
    assert found("money")[0] in ARTICLES


def test_vectors_that_are_damaged_are_made_anew(folder):
    """As all of an index is."""
    assert found("smashed mug") == ["cup"]
    (path,) = (folder / "index").glob("g*/vectors")
    path.write_bytes(path.read_bytes()[:-3])
    assert found("smashed mug") == ["cup"]
    (path,) = sorted((folder / "index").glob("g*/vectors"))[-1:]
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert found("smashed mug") == ["cup"]


def test_a_section_takes_its_dimensions_and_eight_bytes(folder):
    """And the file one line."""
    kb = KnowledgeBase.open()
    kb.index()
    (path,) = (folder / "index").glob("g*/vectors")
    assert path.stat().st_size < 200 + 16 * (kb.describe().sections + 2)


@pytest.mark.parametrize("missing", ["model.onnx", "encoder.json"])
def test_a_missing_model_is_one_line(folder, missing, capsys):
    """Of every command that needs it."""
    (folder / "model" / missing).unlink()
    assert run(["search", "mug"]) == 3
    said = capsys.readouterr().err
    assert missing in said
    assert "Traceback" not in said
    with pytest.raises(ConfigError):
        KnowledgeBase.open().search("mug")


def test_languages_have_vectors_of_their_own(folder):
    """A question in one brings its own articles."""
    for tag, text in (("en", "# A broken cup\n\nSend it.\n"), ("de", "# Tasse\n\nEine mug.\n")):
        (folder / "content" / tag).mkdir()
        (folder / "content" / tag / "cup.md").write_text(text, encoding="utf-8")
    for path in (folder / "content").glob("*.md"):
        path.unlink()
    assert found("smashed mug", language="en") == ["en/cup"]
    assert found("smashed beaker", language="de") == ["de/cup"]


ROWS = st.lists(st.tuples(st.floats(0, 50), st.floats(-1, 1)), min_size=1, max_size=60)


@given(ROWS, st.integers(0, 5000), st.integers(0, 5000))
def test_meaning_adds_and_never_takes(rows, held, asked):
    """The more, the nearer; nothing where the words say all."""
    scale = scale_of(rows, held, asked)
    parts = [scale.part(cosine) for _, cosine in sorted(rows, key=lambda row: row[1])]
    assert parts == sorted(parts)
    assert all(part >= 0 and math.isfinite(part) for part in parts)
    if asked and held >= asked:
        assert not any(parts)


def test_the_scale_is_that_of_both_spreads():
    """A cosine one deviation higher weighs as a score one deviation higher, times the weight."""
    scale = scale_of([(0, 0.2), (4, 0.4)], 1, 2)
    assert scale.part(0.4) == pytest.approx(MEANING * 0.5 * 2 / 0.1 * 0.2, rel=1e-3)
    assert scale.part(0.1) == 0


def test_an_explained_answer_says_that_the_site_ranks_otherwise(folder, capsys):
    """A browser has no encoder; without `--explain` nobody need know."""
    assert run(["search", "smashed mug", "--explain"]) == 0
    assert "a site's search ranks as" in " ".join(capsys.readouterr().err.split())
    assert run(["search", "smashed mug"]) == 0
    assert "site" not in capsys.readouterr().err
