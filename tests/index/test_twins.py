"""Which sections say the same, as an index knows it and a search tells it."""

import random
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.articles import make_article
from support.memory_engine import MemoryEngine

from kb.config import Ranking
from kb.index import twins
from kb.index.generations import DamagedIndexError
from kb.index.whoosh.engine import WhooshEngine
from kb.index.whoosh.tables import TWINS_FILE, read_twins
from kb.model import Audience, Status
from kb.search.query import Request, parse_query
from kb.search.searcher import Searcher
from kb.text.analysis import Analyzer

ANALYZER = Analyzer()
WORDS = [f"{a}{b}" for a in "bcdfghklmn" for b in ("ab", "el", "im", "on", "ust", "arp", "int")]


def text_of(seed, size=40):
    """A text of its own."""
    return " ".join(random.Random(seed).choices(WORDS, k=size))


def changed(text, count):
    """The text with some words, far from each other, replaced."""
    words = text.split()
    for number in range(count):
        words[(number + 1) * len(words) // (count + 2)] = f"changed{number}"
    return " ".join(words)


TEXT = text_of(1)


@pytest.fixture(params=[WhooshEngine, MemoryEngine], ids=lambda kind: kind.__name__)
def answers(request, tmp_path):
    """Ask an engine on new articles: each hit's article, with those it also stands for."""

    def ask(articles, query, **options):
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        engine = request.param(folder, ANALYZER, Ranking())
        engine.build(sorted(articles, key=lambda article: article.id))
        found = told(engine, query, **options)
        engine.close()
        return found

    return ask


def told(engine, query, **options):
    """Each hit as (article, anchor), with the labels of those it also stands for."""
    searcher = Searcher(engine.index, ANALYZER, Ranking(), {})
    asked = Request(parse_query(query), **{"correct": False, "limit": 100, **options})
    return [
        ((s.card.id, s.section.anchor), [twin.label for twin in s.also])
        for s in searcher.search(asked).sections
    ]


def versions(*names, text=TEXT, **fields):
    """The same article in several folders."""
    return [
        make_article(f"{name}/install", "Install", ("Set up", text), **fields) for name in names
    ]


def test_equal_sections_are_one_hit(answers):
    """The newest, which says where else it stands."""
    found = answers(versions("v9", "v16", "v15"), "set up")
    assert found == [(("v16/install", "s1"), ["v15", "v9"])]
    assert answers(versions("v9", "v16"), "install")[0] == (("v16/install", "top"), ["v9"])


def test_near_equal_ones_are_one_hit(answers):
    """Seven of ten pairs of words in the folders of versions, nine of ten elsewhere."""
    text = text_of(1, 60)
    for folder, count, joined in [
        ("v1", 4, True),
        ("v1", 20, False),
        ("copy", 4, False),
        ("copy", 1, True),
    ]:
        articles = versions("v2", text=text) + versions(folder, text=changed(text, count))
        assert len(answers(articles, "set up")) == (1 if joined else 2), (folder, count)


def test_the_own_version_in_a_text_does_not_count(answers):
    """Keyboard 16.0 and Keyboard 15.0 are the same one, error 16 and error 15 are not."""
    articles = [
        make_article(
            f"{n}.0/a", f"Keyboard {n}.0", ("About", f"Keyboard {n}.0 types. " + text_of(1))
        )
        for n in (15, 16)
    ]
    assert answers(articles, "keyboard about") == [
        (("16.0/a", "s1"), ["15.0"]),
        (("16.0/a", "top"), ["15.0"]),
    ]
    errors = [
        make_article(f"e{n}", f"Error {n}", ("What to do", "Start it again.")) for n in (15, 16)
    ]
    assert len(answers(errors, "what to do start")) == 2


def test_short_sections_and_headings_need_more_in_common(answers):
    """A few words under the same heading mean something else in another article."""
    for title, joined in [("Jams", False), ("Install", True)]:
        articles = [
            make_article("x/a", "Install", ("Help", "Start it again.")),
            make_article("x/b", title, ("Help", "Start it again.")),
        ]
        assert (len(answers(articles, "help start")) == 1) is joined
    other = [
        make_article(f"v{n}/a", "A", (f"Under {name}", text_of(1)))
        for n, name in enumerate(["Linux", "Windows"])
    ]
    assert len(answers(other, "under")) == 2


def test_articles_without_text_are_twins_by_path(answers):
    """A title alone is the same in another version, not in another place."""
    assert (
        len(answers([make_article(id_, "Late package") for id_ in ("v1/a", "v2/a")], "late")) == 1
    )
    assert len(answers([make_article(id_, "Late package") for id_ in ("a", "b")], "late")) == 2


def test_sections_of_one_article_stay_apart(answers):
    """Each joins the one of its own in another version."""
    same = [("Example", text_of(1)), ("Example", text_of(1))]
    articles = [make_article(f"v{n}/a", "A", *same) for n in (1, 2)]
    assert answers(articles, "example") == [(("v2/a", "s1"), ["v1"]), (("v2/a", "s2"), ["v1"])]


def test_what_the_query_says_tells_the_version(answers):
    """By a filter, and by a word that another version lacks."""
    text = text_of(1, 60)
    articles = versions("v2", text=text) + versions("v1", text=f"{text} Windows 7")
    assert answers(articles, "set up windows") == [(("v1/install", "s1"), ["v2"])]
    assert answers(articles, "set up topic:v1") == [(("v1/install", "s1"), [])]
    assert answers(articles, 'set up -"windows 7"') == [(("v2/install", "s1"), [])]


def test_no_chain_of_small_changes_joins(answers):
    """All of a group are like its newest section."""
    words, new = text_of(1, 60).split(), text_of(2, 60).split()
    texts = [" ".join(new[:count] + words[count:]) for count in (0, 8, 16, 24)]
    articles = [a for n, text in enumerate(texts) for a in versions(f"v{9 - n}", text=text)]
    found = dict(answers(articles, "set up"))
    assert found == {("v9/install", "s1"): ["v8"], ("v7/install", "s1"): ["v6"]}


def test_hidden_versions_change_nothing_for_the_public(answers):
    """Who may see them has them among the others."""
    hidden = versions("v3", audience=Audience.AGENT) + versions("v4", status=Status.DRAFT)
    public = versions("v2", "v1")
    assert answers(public + hidden, "set up") == answers(public, "set up")
    told = answers(public + hidden, "set up", audience=Audience.AGENT)
    assert told == [(("v2/install", "s1"), ["v1", "v3"])]


def test_scripts_without_spaces_are_compared_by_characters(answers):
    """A Chinese text is no single word."""
    text = "".join(chr(0x4E00 + random.Random(1).randrange(5000) + n) for n in range(80))
    articles = versions("v2", text=text) + versions("v1", text=text[:40] + "改" + text[41:])
    assert len(answers(articles, "set up")) == 1
    other = "".join(chr(0x5E00 + n) for n in range(80))
    assert len(answers(versions("v2", text=text) + versions("v1", text=other), "set up")) == 2


def test_twenty_twins_are_named_at_most(answers):
    """Of those that are more the newest ones."""
    ((_, labels),) = answers(versions(*(f"v{n}" for n in range(1, 31))), "set up")
    assert labels == [f"v{n}" for n in range(29, 9, -1)]


def test_a_damaged_list_of_twins_is_noticed(tmp_path):
    """It is not taken for another one."""
    engine = WhooshEngine(tmp_path, ANALYZER, Ranking())
    engine.build(versions("v1", "v2"))
    size = engine.reader.doc_count_all
    assert read_twins(tmp_path, size) == engine.reader.twins
    with pytest.raises(DamagedIndexError):
        read_twins(tmp_path, size - 1)
    engine.close()
    file = tmp_path / TWINS_FILE
    file.write_bytes(file.read_bytes()[:-1] + b"\7")
    with pytest.raises(DamagedIndexError):
        read_twins(tmp_path, size)


_texts = st.sampled_from(
    [text_of(1), changed(text_of(1), 3), changed(text_of(1), 12), text_of(2), "Short.", ""]
)
_articles = st.builds(
    lambda folder, name, title, texts, order, hidden: make_article(
        f"{folder}/{name}",
        title,
        *(("Set up", text) for text in texts),
        order=order,
        audience=Audience.AGENT if hidden else Audience.PUBLIC,
    ),
    st.sampled_from(["v1", "v2", "v10", "latest", "copy"]),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["Install", "Other"]),
    st.lists(_texts, max_size=2),
    st.sampled_from([None, 1]),
    st.booleans(),
)
_corpora = st.lists(_articles, max_size=6, unique_by=lambda article: article.id)


@settings(max_examples=40, deadline=None)
@given(_corpora, _corpora)
def test_an_update_finds_the_twins_of_a_fresh_index(before, after):
    """Whatever came, went and changed; also once nothing has twins any more."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        updated = WhooshEngine(Path(one), ANALYZER, Ranking())
        updated.build(sorted(before, key=lambda a: a.id))
        gone = [article.id for article in before]
        fresh = WhooshEngine(Path(other), ANALYZER, Ranking())
        fresh.build(sorted(after, key=lambda a: a.id))
        kept = {a.id: a for a in before if a in after}
        new = [replace(a) for a in after if a.id not in kept]
        if updated.update([id_ for id_ in gone if id_ not in kept], new):
            for options in ({}, {"audience": Audience.AGENT}):
                assert told(updated, "set up install", **options) == told(
                    fresh, "set up install", **options
                )
        updated.close()
        fresh.close()


def groups_of(engine):
    """The groups of an index, by articles' ids and positions of sections."""
    reader, groups = engine.reader, {}
    for doc, number in zip(*reader.twins, strict=True):
        article = reader.article_of[doc]
        name = reader.article_record(article)["id"], doc - article
        groups.setdefault(number, []).append(name)
    return sorted(groups.values())


@pytest.mark.parametrize("seed", range(6))
def test_an_edit_of_one_among_many_finds_the_twins_of_a_fresh_index(tmp_path, monkeypatch, seed):
    """Groups that it did not touch are those of before, and are not looked at."""
    chance, looked = random.Random(seed), []
    usual = twins.unversioned  # asked for each text that is compared
    monkeypatch.setattr(twins, "unversioned", lambda id_: looked.append(id_) or usual(id_))

    def random_article(name):
        texts = [changed(text_of(chance.randint(1, 30)), chance.choice([0, 3, 12])) for _ in "ab"]
        folder = chance.choice(["v1", "v2", "v3"])
        return make_article(f"{folder}/{name}", "T", *(("Set up", text) for text in texts))

    articles = {name: random_article(name) for name in map(str, range(80))}
    engine = WhooshEngine(tmp_path / "edited", ANALYZER, Ranking())
    (tmp_path / "edited").mkdir()
    engine.build(sorted(articles.values(), key=lambda a: a.id))
    few = 0
    for step in range(12):
        some = chance.sample(sorted(articles), k=2)
        removed = [articles.pop(name).id for name in some]
        new = [random_article(chance.choice([name, f"{step}n"])) for name in some[:1]]
        new += [random_article(f"{step}more")]
        articles |= {a.id.partition("/")[2]: a for a in new}
        looked.clear()
        if not engine.update(removed, sorted(new, key=lambda a: a.id)):
            break
        few += len(looked) < len(articles)
        engine.close()
        engine = WhooshEngine(tmp_path / "edited", ANALYZER, Ranking())
        (tmp_path / str(step)).mkdir()
        fresh = WhooshEngine(tmp_path / str(step), ANALYZER, Ranking())
        fresh.build(sorted(articles.values(), key=lambda a: a.id))
        assert groups_of(engine) == groups_of(fresh)
        fresh.close()
    assert few
    engine.close()


@pytest.mark.parametrize("seed", range(4))
def test_sections_around_an_edited_one_keep_their_twins(tmp_path, monkeypatch, seed):
    """They stand in another segment now, are not compared again, and are in the groups they were."""
    chance, looked = random.Random(seed), []
    usual = twins.unversioned  # asked for each text that is compared
    monkeypatch.setattr(twins, "unversioned", lambda id_: looked.append(id_) or usual(id_))

    def apart(seed):
        return " ".join(f"w{seed}x{number}" for number in range(30))

    texts = {
        f"v{number % 3}/{number:02}": [apart(chance.randint(1, 9)) for _ in range(5)]
        for number in range(40)
    }

    def article(id_):
        return make_article(id_, "T", *(("Set up", text) for text in texts[id_]))

    def engine_of(name, *ids):
        (tmp_path / name).mkdir(exist_ok=True)
        engine = WhooshEngine(tmp_path / name, ANALYZER, Ranking())
        if ids:
            engine.build(map(article, ids))
        return engine

    engine, few = engine_of("edited", *sorted(texts)), 0
    for step in range(6):
        id_ = chance.choice(sorted(texts))
        at = chance.randrange(5)
        some = [apart(chance.choice([3, 100 + step])) for _ in range(chance.choice([0, 1, 1, 2]))]
        texts[id_][at : at + 1] = some
        looked.clear()
        assert engine.update([id_], [article(id_)])
        few += len(looked) < 12
        engine.close()
        engine, fresh = engine_of("edited"), engine_of(str(step), *sorted(texts))
        assert groups_of(engine) == groups_of(fresh)
        fresh.close()
    assert few == 6  # also when small segments become one
    engine.close()
