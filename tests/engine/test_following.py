"""After an edit, what follows from what changed is what a new look at everything would give."""

import json
import random
from array import array
from dataclasses import replace

import pytest
from making import WORDS, make_article

from kb.analysis import Analyzer
from kb.engine import whoosh
from kb.engine.checks import DamagedIndexError
from kb.engine.difference import changes, invert, read_indexed
from kb.engine.reading import HIDDEN, POSITION_BITS, Changed
from kb.engine.whoosh import WhooshEngine, journal
from kb.engine.whoosh.tables import compute_tables
from kb.model import Audience
from kb.ranking import Averages, Ranking

ANALYZER, RANKING = Analyzer(), Ranking()


def some_article(chance, name):
    """An article of a few words in two to four sections, some of it in links."""
    fields = {"issues": (chance.choice(WORDS),)} if chance.random() < 0.5 else {}
    if name in ("a03", "a07"):
        fields["audience"] = Audience.AGENT
    sections = [
        (chance.choice(WORDS), " ".join(chance.choices(WORDS, k=20)))
        for _ in range(1 + int(name[1:]) % 3)
    ]
    title = f"{chance.choice(WORDS)} {name}"
    article = make_article(
        name, title, *sections, lead=" ".join(chance.choices(WORDS, k=8)), **fields
    )
    last = article.sections[-1]
    start = chance.randint(0, 10)
    linked = replace(last, links=((start, start + 7),))
    return replace(article, sections=(*article.sections[:-1], linked))


@pytest.fixture
def engine(tmp_path):
    """An index of thirty articles."""
    made = WhooshEngine(tmp_path, ANALYZER, RANKING)
    made.build([some_article(random.Random(n), f"a{n:02}") for n in range(30)])
    yield made
    made.close()


def edit(engine, chance):
    """Give up to two articles other words; the articles before."""
    ids = sorted(chance.sample([f"a{n:02}" for n in range(30)], k=chance.randint(1, 2)))
    engine.close()
    assert engine.update(ids, [some_article(chance, id_) for id_ in ids])


def postings_by_section(reader, field, term):
    """What a term's postings say, by article and position of the section."""
    found = {}
    names = {docs.start: id_ for id_, docs in reader.all_documents()}
    for doc, weight in zip(*reader.postings(field, term), strict=True):
        start = reader.article_of[doc]
        places = reader.positions(field, term)
        own = [p - (doc << POSITION_BITS) for p in places if p >> POSITION_BITS == doc]
        found[names[start], doc - start] = (weight, own)
    return found


def everything(reader):
    """All postings of what the public sees, but for lengths; and articles by word."""
    fields = ("terms", "linked", "heads", "title")
    terms = {
        (field, term): said
        for field in fields
        for term in reader.terms_of(field)
        if (said := postings_by_section(reader, field, term))
    }
    return terms, {word: count for word, _, count in reader.stamps("words")}


@pytest.mark.parametrize("seed", range(6))
def test_tables_and_changes_follow_edits(engine, seed, monkeypatch):
    """To the last bit; and no term is other that is not among the changed ones."""
    followed = []
    follow = whoosh.follow_tables

    def checked(old, change, reader, ranking):
        tables = follow(old, change, reader, ranking)
        if tables is not None:
            assert tables == compute_tables(reader, old.averages, ranking)
            followed.append(change)
        return tables

    monkeypatch.setattr(whoosh, "follow_tables", checked)
    chance = random.Random(seed)
    states = [(engine.reader.state, everything(engine.reader))]
    for _ in range(4):
        edit(engine, chance)
        reader = engine.reader
        now = everything(reader)
        for state, (terms, words) in states:
            changed = reader.changed_since(state)
            assert {
                t
                for f, t in terms.keys() | now[0].keys()
                if terms.get((f, t)) != now[0].get((f, t))
            } <= changed.terms
            counts = {
                w: words.get(w, 0) + changed.words.get(w, 0) for w in {*words, *changed.words}
            }
            assert {w: n for w, n in counts.items() if n} == now[1]
        states.append((reader.state, now))
    assert followed
    assert reader.changed_since(reader.state) == Changed(frozenset(), {})
    assert reader.changed_since("another state") is None


def test_an_edit_of_a_word_changes_few_terms(engine):
    """Those of the word, and those that weigh otherwise in a section that is longer now."""
    article = some_article(random.Random(4), "a04")
    last = article.sections[-1]
    state = engine.reader.state
    engine.close()
    longer = replace(last, text=f"{last.text} unheard")
    assert engine.update(["a04"], [replace(article, sections=(*article.sections[:-1], longer))])
    changed = engine.reader.changed_since(state)
    assert "unheard" in changed.terms
    assert len(changed.terms) < 4
    assert changed.words == {"unheard": 1}


@pytest.mark.parametrize("coverage_title", [0, 0.5])
def test_a_title_of_stop_words_alone_changes_all_of_its_terms(coverage_title):
    """They are terms of the title as long as there are no others, however they weigh."""
    averages, ranking = Averages((2.0,) * 5), Ranking(coverage_title=coverage_title)
    before, after = (
        replace(article, sections=article.sections[1:])
        for article in (
            make_article("a", title, ("H", "Text.")) for title in ("The of", "The package")
        )
    )
    inverted = (invert([article], ANALYZER, ranking, averages) for article in (before, after))
    assert {"the", "of", "packag"} <= changes(*inverted).terms


def other_sections(article):
    return replace(article, sections=article.sections[:-1])


def hidden(article):
    return replace(article, audience=Audience.AGENT)


@pytest.mark.parametrize("make", [other_sections, hidden])
def test_other_changes_are_not_followed(engine, make):
    """Where sections or readers are others, all has to be looked at."""
    state = engine.reader.state
    engine.close()
    assert engine.update(["a05"], [make(some_article(random.Random(5), "a05"))])
    assert engine.reader.changed_since(state) is None
    tables = engine.reader.tables
    assert tables == compute_tables(engine.reader, tables.averages, RANKING)


def test_articles_come_and_go_unfollowed(engine):
    """Removed, added, or another number of them."""
    for removed, added in ((["a05"], []), ([], ["a05"]), (["a05", "a06"], ["a05"])):
        state = engine.reader.state
        engine.close()
        assert engine.update(removed, [some_article(random.Random(5), id_) for id_ in added])
        assert engine.reader.changed_since(state) is None


def test_merged_segments_are_looked_at_anew(engine):
    """After many edits documents have other numbers; what changed is known still."""
    first = engine.reader.state
    chance, sizes = random.Random(1), []
    for _ in range(journal.LONGEST):
        edit(engine, chance)
        sizes.append(len(engine.reader.segments))
        tables = engine.reader.tables
        assert tables == compute_tables(engine.reader, tables.averages, RANKING)
    assert sizes != sorted(sizes)
    assert engine.reader.changed_since(first) is not None
    edit(engine, chance)
    assert engine.reader.changed_since(first) is None


def test_an_indexed_article_gives_the_same_index(engine):
    """What the index holds of an article is enough to index it again."""
    averages = Averages((2.0,) * 5)
    for number in range(30):
        article = some_article(random.Random(number), f"a{number:02}")
        again = read_indexed(engine.reader, article.id)
        one, other = (invert([a], ANALYZER, RANKING, averages) for a in (article, again))
        assert one.postings == other.postings
        assert changes(one, other) == Changed(frozenset(), {})
    assert {HIDDEN + "terms", "terms"} >= {*one.postings} - {"linked"}
    assert read_indexed(engine.reader, "unknown") is None


@pytest.mark.parametrize("length", [1, None], ids=["too short", "too small"])
def test_tables_of_another_index_are_not_followed(engine, monkeypatch, length):
    """They have too few numbers, or such as lead below zero."""
    follow, given = whoosh.follow_tables, []

    def harmed(old, *args):
        mass = array("I", [0]) * (length or len(old.mass))
        given.append(follow(old._replace(mass=mass), *args))

    monkeypatch.setattr(whoosh, "follow_tables", harmed)
    chance = random.Random(3)
    for _ in range(8):
        edit(engine, chance)
        tables = engine.reader.tables
        assert tables == compute_tables(engine.reader, tables.averages, RANKING)
    assert given.count(None) >= (8 if length else 1)


def test_records_of_another_shape_are_damage(engine, monkeypatch):
    """They can't be indexed again."""
    reader = engine.reader
    for records in ([{}], ["a"], [{"links": [1], "trail": []}]):
        monkeypatch.setattr(reader, "section_records", lambda _, found=records: found)
        with pytest.raises(DamagedIndexError):
            read_indexed(reader, "a05")


@pytest.mark.parametrize("text", ["e\u0301 and more", "\u00e9 and more"])
def test_text_that_is_composed_is_not_followed(engine, text):
    """Where its links were is not known any more."""
    states = []
    for more in ("", "too"):
        states.append(engine.reader.state)
        engine.close()
        article = some_article(random.Random(5), "a05")
        lead, *others = article.sections
        lead = replace(lead, text=f"{lead.text} {text} {more}")
        assert engine.update(["a05"], [replace(article, sections=(lead, *others))])
    known = engine.reader.changed_since(states[1])
    assert (known is None) == ("\u0301" in text)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        '[["a"]]',
        '[["a", "b", [1], {}]]',
        '[["a", "b", [], {"w": "1"}]]',
        "{}",
        "[" * 9_999,
    ],
)
def test_a_damaged_journal_says_nothing(tmp_path, line):
    """And is begun anew."""
    (tmp_path / journal.FILE).write_text(line)
    assert journal.follow(tmp_path, "a", "b") is None
    journal.append(tmp_path, "a", "b", Changed(frozenset({"t"}), {"w": -1}))
    assert json.loads((tmp_path / journal.FILE).read_text()) == [["a", "b", ["t"], {"w": -1}]]
    assert journal.follow(tmp_path, "a", "b") == Changed(frozenset({"t"}), {"w": -1})
    journal.append(tmp_path, "b", "c", Changed(frozenset({"u"}), {"w": 1, "x": 1}))
    assert journal.follow(tmp_path, "a", "c") == Changed(frozenset("tu"), {"w": 0, "x": 1})
    journal.end(tmp_path)
    assert journal.follow(tmp_path, "a", "b") is None
