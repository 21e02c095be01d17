"""Searches by the meaning of a question's words, without a model: mode `words`."""

import math
import shutil
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.models import ARTICLES, MEANINGS, make_model

from kb import KnowledgeBase
from kb.cli.app import run
from kb.search.meaning import COSINE_STEPS, cosine, nearest, weighted_sum
from kb.semantic.encoder import KEPT, Encoder, Projection, find_model
from kb.semantic.nibbles import unpack
from kb.semantic.words import SECTIONS, VOCABULARY, WORDS


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A knowledge base in mode `words`, with an encoder of a few words."""
    monkeypatch.chdir(tmp_path)
    make_model(tmp_path / "model")
    (tmp_path / "content").mkdir()
    for name, text in ARTICLES.items():
        write(tmp_path, name, text)
    settings = '[semantic]\nmode = "words"\nmodel = "model"\n'
    (tmp_path / "kb.toml").write_text(settings, encoding="utf-8")
    return tmp_path


def write(folder, name, text):
    """An article."""
    (folder / "content" / f"{name}.md").write_text(text, encoding="utf-8")


def found(query, **options):
    """The articles that answer, best first."""
    answer = KnowledgeBase.open().search(query, **options)
    return list(dict.fromkeys(hit.article for hit in answer.hits))


def test_what_no_word_finds_is_found_by_its_meaning(folder):
    """And by words alone it is not."""
    assert found("smashed mug")[0] == "cup"
    assert found("lighten the monitor")[0] == "screen"
    (folder / "kb.toml").write_text("", encoding="utf-8")
    assert found("smashed mug") == []


def test_what_is_hidden_is_not_found_by_its_meaning(folder):
    """Neither drafts nor what is for agents, but by who may see them."""
    assert not {"draft", "agents"} & {*found("smashed mug", limit=50)}
    assert "draft" in found("smashed mug", drafts=True)
    assert "agents" in found("smashed mug", audience="agent")


def test_filters_exclusions_and_quotes_hold(folder):
    """For what is near as for what holds a word."""
    assert "cup" not in found("smashed mug tag:billing")
    assert "cup" not in found("smashed mug", tag="billing")
    assert "cup" not in found("smashed mug -picture")
    assert found('smashed mug "display brighter"') == ["screen"]


def test_the_parts_of_a_score_add_up_to_it(folder):
    """What meaning adds is one of them."""
    answer = KnowledgeBase.open().search("money for a broken beaker", explain=True)
    assert "meaning" in {part.kind for hit in answer.hits for part in hit.parts}
    for hit in answer.hits:
        assert math.isclose(sum(part.score for part in hit.parts), hit.score, abs_tol=2e-6)


def test_the_first_hits_do_not_depend_on_how_many_are_asked_for(folder):
    """A longer list only goes on, past what is ranked anew."""
    for number in range(120):
        write(folder, f"o{number}", f"# Order {number}\n\n{'mug ' * (number % 3)}broken order\n")
    kb = KnowledgeBase.open()
    for query in ("broken order", "smashed order 3", "shattered cup of the order", "beaker"):
        whole = [(r.article, r.score) for r in kb.rank(query, limit=150)]
        assert len(whole) > 10
        assert [(r.article, r.score) for r in kb.rank(query, limit=5)] == whole[:5]
        assert [(r.article, r.score) for r in kb.rank(query, limit=40)] == whole[:40]


def test_words_without_a_known_meaning_are_answered_by_words(folder):
    """And that is said."""
    (path,) = (folder / "content").glob("cup.md")
    path.unlink()
    kb = KnowledgeBase.open()
    assert not kb.search("broken").notices
    answer = kb.search("xylograph 77")
    assert not answer.hits
    assert any("known meaning" in notice for notice in answer.notices)


def test_where_the_best_section_holds_all_that_was_asked_the_answer_is_that_by_words(folder):
    """To the last score, without a notice: meaning would weigh nothing."""
    write(folder, "late", "# A late order\n\nOf a mug.\n")

    def answer():
        kb = KnowledgeBase.open()
        answers = [kb.search(query, explain=True) for query in ("status of my order", "order")]
        return [
            (a.notices, [(h.article, h.anchor, h.score, h.parts) for h in a.hits]) for a in answers
        ]

    by_meaning = answer()
    (folder / "kb.toml").write_text("", encoding="utf-8")
    assert by_meaning == answer()
    assert all(hits for _, hits in by_meaning)


@pytest.fixture
def encoded(monkeypatch):
    """The texts and words that were encoded, as they come."""
    texts = []
    for name in ("encode_texts", "encode_queries"):
        plain = getattr(Encoder, name)
        noting = lambda self, given, plain=plain: (texts.extend(given), plain(self, given))[1]  # noqa: E731
        monkeypatch.setattr(Encoder, name, noting)
    return texts


def test_an_edit_encodes_the_sections_and_words_that_are_new(folder, encoded):
    """What is gone is found no more."""
    kb = KnowledgeBase.open()
    kb.index()
    encoded.clear()
    write(folder, "new", "# Swollen cell\n\nA cell.\n\n## Broken\n\nText.\n\n## Cup\n\nText.\n")
    kb.index()
    assert len(encoded) == 4
    assert encoded[-1] == "text"
    assert found("bloated battery")[0] == "new"
    encoded.clear()
    write(folder, "new", "# Swollen cell\n\nA cell.\n\n## Broken\n\nText.\n\n## Cup\n\nTexts.\n")
    kb.index()
    assert encoded == ["Swollen cell Cup\nTexts.", "texts"]
    encoded.clear()
    (folder / "content" / "new.md").unlink()
    kb.index()
    assert encoded == []
    assert "new" not in found("bloated battery")


def test_an_index_that_was_edited_is_as_one_that_is_new(folder):
    """To the last byte of its vectors."""
    kb = KnowledgeBase.open()
    kb.index()
    write(folder, "new", "# A swollen cell\n\nText of it.\n")
    kb.index()
    (folder / "content" / "post.md").unlink()
    kb.index()
    edited = files_of(folder)
    shutil.rmtree(folder / "index")
    (folder / "index").mkdir()
    KnowledgeBase.open().index()
    assert found("bloated battery")[0] == "new"
    new = files_of(folder)
    assert edited[WORDS] == new[WORDS]
    assert edited[VOCABULARY] == new[VOCABULARY]


def files_of(folder):
    """The files of the newest generation, by name."""
    newest = max(path for path in (folder / "index").glob("g*"))
    return {path.name: path.read_bytes() for path in newest.iterdir() if path.is_file()}


def test_answers_need_neither_the_model_nor_what_runs_it(folder):
    """Once the index is there; what changes it says what is missing."""
    KnowledgeBase.open().index()
    shutil.rmtree(folder / "model")
    script = (
        "import sys; from kb.cli.app import run; code = run(['search', 'smashed mug']);"
        "names = {'numpy', 'onnxruntime', 'tokenizers'} & {*sys.modules};"
        "sys.exit(f'{code} {names}' if code or names else 0)"
    )
    asked = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert asked.returncode == 0, asked.stderr
    assert "broken cup" in asked.stdout
    write(folder, "new", "# A new one\n")
    assert run(["search", "mug"]) == 3


def test_another_model_makes_all_anew(folder):
    """No vector of one is ever held against that of another."""
    assert found("smashed mug")[0] == "cup"
    make_model(folder / "model", dimensions=12)
    assert found("smashed mug")[0] == "cup"


@pytest.mark.parametrize("name", [SECTIONS, WORDS, VOCABULARY, "projection"])
def test_vectors_that_are_damaged_are_made_anew(folder, name):
    """As all of an index is."""
    assert found("smashed mug")[0] == "cup"
    (path,) = (folder / "index").glob(f"g*/{name}")
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert found("smashed mug")[0] == "cup"
    for harm in (lambda data: data[:-3], lambda data: b"", lambda data: bytes(len(data))):
        path = max((folder / "index").glob(f"g*/{name}"))
        path.write_bytes(harm(path.read_bytes()))
        assert found("smashed mug")[0] == "cup"


def test_languages_share_their_words(folder):
    """And have sections of their own."""
    for tag, text in (("en", "# A broken cup\n\nSend it.\n"), ("de", "# Tasse\n\nEine mug.\n")):
        (folder / "content" / tag).mkdir()
        write(folder, f"{tag}/cup", text)
    for path in (folder / "content").glob("*.md"):
        path.unlink()
    assert found("smashed mug", language="en") == ["en/cup"]
    assert found("smashed beaker", language="de") == ["de/cup"]
    assert len([*(folder / "index").glob(f"g*/{WORDS}")]) == 1


def test_the_words_of_a_vocabulary_are_whole(tmp_path):
    """No marks, no parts, no letters."""
    encoder = Encoder(find_model(make_model(tmp_path / "model")))
    assert encoder.words() == [word for same in MEANINGS for word in same]


def test_a_projection_keeps_what_is_near_near():
    """And at most KEPT dimensions, two in a byte."""
    encoded = [bytes([10 + n % 7, 5, (n * n) % 100, n % 11] * 50) for n in range(40)]
    projection = Projection.of(encoded, 200)
    again = Projection(projection.data, 200)
    short = again.shorten(encoded)
    assert {2 * len(vector) for vector in short} == {KEPT}
    assert nearest(unpack(short[3]), enumerate(map(unpack, short)))[0][1] == 3
    assert projection.shorten([]) == []


VECTOR = st.lists(st.integers(-127, 127), min_size=4, max_size=4)


@given(VECTOR, VECTOR)
def test_a_cosine_is_that_of_the_angle(one, other):
    """Between -1 and 1, the same from both sides, 0 for what has no direction."""
    assert abs(cosine(one, other)) <= 1 + 1 / COSINE_STEPS
    assert cosine(one, other) == cosine(other, one)
    assert cosine(one, [0, 0, 0, 0]) == 0
    if any(one):
        assert cosine(one, one) == pytest.approx(1)


@given(st.lists(st.tuples(VECTOR, st.integers(1, 800)), max_size=5))
def test_a_query_is_the_sum_of_its_words(words):
    """Each as often as its idf has steps."""
    together = weighted_sum(words)
    assert together == [sum(v[n] * idf for v, idf in words) for n in range(4 if words else 0)]
