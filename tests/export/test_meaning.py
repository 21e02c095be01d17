"""The browser counts meaning as the terminal does in mode `words`: the same scores, the same order."""

import itertools
import random
import re
import shutil
from dataclasses import replace

import pytest
from support.exports import (
    export_files,
    judged_content,
    judged_texts,
    needs_judged_sets,
    write_export,
)
from support.models import ARTICLES, MEANINGS, make_model

from kb import KnowledgeBase
from kb.assist.as_json import answer_as_json
from kb.config import SemanticConfig
from kb.semantic import clusters, words
from kb.semantic.encoder import KEPT
from kb.site.export import meaning as exported

WORDS = tuple(word for same in MEANINGS for word in same)


@pytest.fixture
def open_words(tmp_path, open_base):
    """Open a folder of articles in mode `words`, or another one, with an encoder of a few words."""

    def open_(content, mode="words", **settings):
        model = tmp_path / "model"
        if not model.exists():
            make_model(model)
        semantic = SemanticConfig(mode=mode, model=str(model))
        return open_base(content, semantic=semantic, **settings)

    return open_


@pytest.fixture
def content(tmp_path):
    """Articles whose words mean something to the model, some of them hidden."""
    folder = tmp_path / "content"
    folder.mkdir()
    for name, text in ARTICLES.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def small_files(monkeypatch):
    """Files and clusters of a few sections, as large sites have them in comparison."""
    for module in (exported, words, clusters):
        monkeypatch.setattr(module, "WHOLE", 4)
    monkeypatch.setattr(exported, "VOCABULARY_WORDS", 3)
    monkeypatch.setattr(exported, "OWN_WORDS", 3)
    monkeypatch.setattr(exported, "SECTIONS", 3)


def many_articles(folder, count=60):
    """Articles with sections of words that mean something, and of others."""
    rng = random.Random(5)
    others = ("order", "parcel", "account", "zorbl", "quux", "label", "shop", "late")
    for number in range(count):
        texts = [" ".join(rng.choices(WORDS + others, k=6)) for _ in range(3)]
        parts = "\n\n".join(f"## {text}\n\n{text} {rng.choice(others)}." for text in texts[1:])
        hidden = "---\naudience: agent\n---\n" if number % 9 == 0 else ""
        (folder / f"m{number}.md").write_text(f"{hidden}# {texts[0]}\n\n{texts[1]}.\n\n{parts}\n")


def asked():
    """Questions whose words are held, or not, or both."""
    rng = random.Random(8)
    others = ("order", "zorbl", "late", "xylograph", "shop")
    return [" ".join(rng.choices(WORDS + others, k=rng.choice((1, 2, 3, 5)))) for _ in range(60)]


ODD = (
    "smashed mug", "lighten the monitor", "xylograph 77", "smashed mug -picture", '"smashed mug"',
    'smashed "display brighter"', "smashed mug tag:billing", "tag:billing", "money tag:nowhere", "!!!",
    "talk to a person about a smashed mug", "smashd mug", "sceen to brigten", "the", "", "beaker topic:none",
)  # fmt: skip


def differences(ours, theirs):
    """Answers that differ: scores are the same to the last of their six digits."""
    for our, their in zip(ours, theirs, strict=True):
        for hit in their["hits"]:
            hit.pop("url"), [twin.pop("url") for twin in hit.get("also", ())]
            [action.pop("url", None) for action in hit["actions"]]
        for hit in our["hits"]:
            [action.pop("url", None) for action in hit["actions"]]
        names = ("found", "total", "confidence", "notices", "corrected", "did_you_mean")
        one = [[h["article"], h["anchor"], h["score"], h["match"], h["weak"]] for h in our["hits"]]
        two = [
            [h["article"], h["anchor"], h["score"], h["match"], h["weak"]] for h in their["hits"]
        ]
        if one != two or any(our[name] != their[name] for name in names):
            yield our["query"], one[:3], two[:3], *((our[n], their[n]) for n in names)


def test_answers_are_the_terminals(content, open_words, both):
    """Of few sections, all of which are looked at: near ones, filters, quotes, corrections, persons."""
    questions = [
        (text, option)
        for text in (*ODD, *asked())
        for option in ({}, {"limit": 2}, {"prefix": True})
    ]
    ours, theirs = both(open_words(content), questions)
    assert [hit["article"] for hit in theirs[0]["hits"]][:1] == ["cup"]
    assert any("known meaning" in notice for answer in ours for notice in answer["notices"])
    assert not list(differences(ours, theirs))


@pytest.mark.usefixtures("small_files")
def test_answers_by_clusters_are_the_terminals(content, open_words, both):
    """Of many sections, where the nearest clusters alone are looked at."""
    many_articles(content)
    questions = [(text, option) for text in (*ODD, *asked()) for option in ({}, {"limit": 30})]
    ours, theirs = both(open_words(content), questions)
    assert not list(differences(ours, theirs))


@needs_judged_sets
@pytest.mark.parametrize("name", ["emanual_tv", "stackfaq"])
def test_judged_queries_are_answered_alike(name, open_words, both):
    """Of a judged set, with a model that knows few of its words (benchmarks/browser_search.py asks
    all with a real one).
    """
    questions = [(text, {"limit": 10}) for text in judged_texts(name, 30)]
    ours, theirs = both(open_words(judged_content(name)), questions)
    assert not list(differences(ours, theirs))


def test_the_site_of_an_encoder_ranks_by_words(content, open_words, both, tmp_path):
    """The same files as in mode `words`, and the answers of that."""
    by_words = export_files(open_words(content))
    shutil.rmtree(tmp_path / "index")
    encoder = open_words(content, "encoder")
    assert export_files(encoder) == by_words
    _, theirs = both(encoder, [("smashed mug", {})])
    assert theirs[0]["hits"][0]["article"] == "cup"


def test_without_the_setting_nothing_is_written(content, open_base):
    """Neither vectors nor the script."""
    files = export_files(open_base(content))
    assert not [name for name in files if name[0] in "yzvcqn"]
    assert b"meaning" not in files["m.js"]


@pytest.mark.usefixtures("small_files")
def test_an_edit_changes_the_vectors_of_its_sections_alone(content, open_words):
    """And what names them: the vocabulary stays, as do other sections, words and clusters."""
    many_articles(content)
    base = open_words(content)
    before = export_files(base)
    path = content / "m7.md"
    path.write_text(path.read_text().replace("quux", "zorbl") + "\nA swollen battery.\n")
    after = export_files(base)

    def changed(kinds):
        return [name for name in after.keys() - before.keys() if name[0] in kinds]

    assert changed("y") == []
    assert {of_documents(name) for name in changed("v")} == {*changed("d")} != set()
    assert len(changed("v")) < sum(name[0] == "v" for name in after) / 2
    assert 0 < len(changed("c")) < sum(name[0] == "c" for name in after) / 2
    assert len(changed("q")) == 1


@pytest.mark.usefixtures("small_files")
def test_a_name_is_never_that_of_two_contents(content, open_words, monkeypatch):
    """As a site grows, more sections have their vectors in one file, and a kb of another version may
    have more words in one: browsers keep the others.
    """
    many_articles(content)
    base = open_words(content)
    before = export_files(base)
    for name in ("SECTIONS", "VOCABULARY_WORDS", "OWN_WORDS"):
        monkeypatch.setattr(exported, name, 5)
    after = export_files(base)
    both = before.keys() & after.keys() - {"m.js"}
    assert {name[0] for name in after.keys() - both} == {*"mvyz"}
    assert all(before[name] == after[name] for name in both)


def of_documents(name):
    """The file of documents whose sections' vectors are in such a file."""
    return re.sub(r"^v(\d+)-\d+-\d+", r"d\1", name)


@pytest.mark.usefixtures("small_files")
def test_an_export_after_an_edit_is_as_a_new_one(content, open_words, tmp_path):
    """To the last byte: clusters depend on no history."""
    many_articles(content)
    base = open_words(content)
    export_files(base)
    (content / "m3.md").unlink()
    (content / "new.md").write_text("# A swollen cell\n\nText of quux.\n")
    edited = export_files(base)
    shutil.rmtree(tmp_path / "index")
    assert export_files(open_words(content)) == edited


@pytest.mark.usefixtures("small_files")
def test_a_damaged_file_leaves_the_answer_by_words(content, open_words, node, tmp_path):
    """Of words or of sections, missing, cut or another one: no answer has but a part of meaning."""
    many_articles(content)
    base = open_words(content)
    files = export_files(base)
    off = KnowledgeBase(replace(base.config, semantic=SemanticConfig(), index=tmp_path / "plain"))
    near, own = "smashed quokka xylograph", "quux quokka xylograph"
    for query in (near, own):
        assert scores(answer_as_json(off.search(query))) != scores(
            answer_as_json(base.search(query))
        )
    for kind, damage in itertools.product("yzvqc", DAMAGES):
        data = tmp_path / f"data-{kind}-{damage}"
        data.mkdir()
        for name, body in files.items():
            kept = body if name[0] != kind else DAMAGES[damage](body)
            if kept:
                (data / name).write_bytes(kept)
        query = own if kind == "z" else near
        [their] = node(data=f"{data}/", questions=[(query, {"limit": 10})])
        assert scores(their) == scores(answer_as_json(off.search(query, limit=10))), (kind, damage)


@pytest.mark.usefixtures("small_files")
def test_what_the_words_found_is_asked_for_before_what_means_the_same(
    content, open_words, node, tmp_path
):
    """So that the answer by words can be drawn when meaning takes long."""
    many_articles(content)
    write_export(open_words(content), tmp_path / "data")
    questions = [["quux quokka", {"limit": 10}], ["smashed quux quokka", {"limit": 10}]]
    found = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    for (text, _), asked in zip(questions, found, strict=True):
        kinds = [[name[0] for name in wave] for wave in asked["waves"]]
        meant = next(wave for wave in kinds if {"y", "z"} & set(wave))
        assert "d" in meant, text
        assert max(at for at, kind in enumerate(meant) if kind == "d") < min(
            at for at, kind in enumerate(meant) if kind in "yz"
        )


@pytest.mark.usefixtures("small_files")
def test_so_are_the_sections_that_say_the_same(content, open_words, node, tmp_path):
    """A hit names them."""
    many_articles(content)
    for name in ("one", "two"):
        (content / f"{name}.md").write_text("# Quokkas\n\nOf quokkas and wombats.\n")
    write_export(open_words(content), tmp_path / "data")
    questions = [["wombats quokkas xylograph", {"limit": 10}]]
    [asked] = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    kinds = [[name[0] for name in wave] for wave in asked["waves"]]
    meant = next(wave for wave in kinds if "y" in wave)
    assert meant.index("g") < meant.index("y")


@pytest.mark.usefixtures("small_files")
def test_what_is_held_whole_asks_for_no_meaning(content, open_words, node, tmp_path):
    """The best section by words holds all that was asked: meaning would weigh nothing."""
    many_articles(content)
    write_export(open_words(content), tmp_path / "data")
    questions = [["status of my order", {"limit": 10}], ["status of my parcel mug", {"limit": 10}]]
    held, open_ = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    assert not {name[0] for wave in held["waves"] for name in wave} & {*"yzvcq"}
    assert {name[0] for wave in open_["waves"] for name in wave} >= {*"yv"}


@pytest.mark.usefixtures("small_files")
def test_vectors_of_words_and_sections_are_asked_for_at_once(content, open_words, node, tmp_path):
    """Each wave of requests is a time of its own: words that are no everyday ones are looked for in
    both places, and the best sections by words are known before the query's vector is.
    """
    many_articles(content)
    write_export(open_words(content), tmp_path / "data")
    questions = [["order status parcel quux mug", {"limit": 10}]]
    [asked] = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    kinds = [{name[0] for name in wave} for wave in asked["waves"]]
    assert next(wave for wave in kinds if "y" in wave) >= {*"yzv"}
    assert sum("v" in wave for wave in kinds) == 1


DAMAGES = {
    "missing": lambda body: b"",
    "cut": lambda body: re.sub(rb'"(words|vectors)":"[^"]*"', rb'"\1":"AAAAA"', body),
    "other": lambda body: b'kbShard({"name":"x0"})\n',
}


def scores(answer):
    """The sections of an answer with their scores."""
    return [[hit["article"], hit["anchor"], hit["score"]] for hit in answer["hits"]]


def test_vectors_take_few_bytes(content, open_words, tmp_path):
    """At most 180 a section, of the most dimensions that are kept, with few sections in a file."""
    make_model(tmp_path / "model", dimensions=2 * KEPT)
    many_articles(content, 150)
    base = open_words(content)
    files = export_files(base)
    sections = sum(len(data) for name, data in files.items() if name[0] in "vcq")
    assert any(name[0] == "q" for name in files)
    assert KEPT / 2 < sections / base.describe().sections <= 180
