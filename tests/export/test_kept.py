"""An export that keeps the rows of the last one writes what one from nothing would."""

import hashlib
import random
from contextlib import closing
from dataclasses import replace

import pytest
from support.articles import WORDS
from support.exports import PlainPlaces

from kb.config import Config
from kb.knowledge_base import KnowledgeBase, indexed
from kb.search.postings import PostingIndex
from kb.site.export import documents, words
from kb.site.export import shards as kept
from kb.site.export import terms as term_rows
from kb.site.export.manifest import export_search
from kb.site.export.shards import Block, ShardCache
from kb.store import Store


@pytest.fixture
def config(tmp_path, monkeypatch):
    """A knowledge base of many small articles, with many small shards of each kind."""
    monkeypatch.setattr(documents, "SHARD_SIZE", 300)
    monkeypatch.setattr(term_rows, "SHARD_SIZE", 400)
    monkeypatch.setattr(words, "SHARD_WORDS", range(3, 8))
    content = tmp_path / "content"
    for number in range(30):
        path = content / f"t{number % 3}" / f"a{number:02}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(random.Random(number)), encoding="utf-8")
    return replace(Config(), content=content, index=tmp_path / "index")


def text(chance):
    """An article of a few sections, some with links, of common words and of rare ones."""
    parts = [f"# {' '.join(chance.choices(WORDS, k=3))}"]
    for _ in range(chance.randint(1, 4)):
        rare = (f"rare{chance.randint(0, 500)}" for _ in range(8))
        link = f"[{chance.choice(WORDS)} {chance.choice(WORDS)}](https://a.example)"
        parts += [
            f"## {chance.choice(WORDS)}",
            " ".join([*chance.choices(WORDS, k=12), *rare, link]),
        ]
    return "\n\n".join(parts) + "\n"


def shards(config, rows=None, places=None):
    """The files of an export, whose digests are those of their bytes."""
    found = {}
    with closing(Store(rows)) as store, indexed(config) as base:
        kept = ShardCache(store, "1")
        for shard in export_search(base, places or PlainPlaces(), kept=kept):
            found[shard.file] = shard.data
            assert hashlib.sha256(shard.data).hexdigest() == shard.digest
        store.save()
    return found


def untouched(config, rows):
    """The names of the shards of an export that are not made anew."""
    with closing(Store(rows)) as store, indexed(config) as base:
        kept = ShardCache(store, "1")
        made = {s.name: s.make.__module__ for s in export_search(base, PlainPlaces(), kept=kept)}
        store.save()
    return {name for name, module in made.items() if module.endswith("shards")}


def change(content, chance):
    """Edit, add or remove an article."""
    paths = sorted(content.rglob("*.md"))
    path = chance.choice(paths)
    kind = chance.choice(["word", "word", "section", "whole", "new", "gone", "moved", "draft"])
    old = path.read_text(encoding="utf-8")
    if kind == "new":
        path = path.with_name(f"n{chance.randint(0, 99)}.md")
    if kind == "gone" and len(paths) > 20:
        path.unlink()
        return
    if kind == "moved":
        path.rename(path.with_name(f"m{chance.randint(0, 99)}.md"))
        return
    new = {
        "word": f"{old}{chance.choice(WORDS)} novel{chance.randint(0, 9)}\n",
        "section": f"{old}\n## {chance.choice(WORDS)}\n\nMore.\n",
        "draft": f"---\nstatus: draft\n---\n{old}" if not old.startswith("---") else old,
    }
    path.write_text(new.get(kind, text(chance)), encoding="utf-8")


@pytest.mark.parametrize("few", [0.0, 1.0], ids=["all read", "few looked up"])
@pytest.mark.parametrize("seed", range(3))
def test_edits_give_what_a_new_export_gives(config, tmp_path, monkeypatch, seed, few):
    """Byte for byte, whichever way changed terms are read."""
    monkeypatch.setattr(term_rows, "_FEW", few)
    chance, kept = random.Random(seed), tmp_path / "rows"
    assert shards(config, kept) == shards(config)
    for _ in range(5):
        change(config.content, chance)
        assert shards(config, kept) == shards(config)


def test_sections_that_say_the_same_follow_edits(config, tmp_path):
    """What hits name of those in other versions, too: their anchors are known from the export
    before, those of an edited article are read.
    """
    rows, same = tmp_path / "rows", " ".join(WORDS[:12])
    for version in ("v1", "v2", "v3"):
        (config.content / version).mkdir()
        for name in ("one", "other"):
            article = f"# Same {name}\n\n## First {name}\n\n{same} {name}.\n\n## Last\n\n{same}.\n"
            (config.content / version / f"{name}.md").write_text(article, encoding="utf-8")
    shards(config, rows)
    path = config.content / "v2" / "other.md"
    path.write_text(
        path.read_text("utf-8").replace("## Last", "## Between\n\nNew.\n\n## Last"), "utf-8"
    )
    edited = shards(config, rows)
    groups = b"".join(data for file, data in edited.items() if file.startswith("g"))
    assert groups.count(b'"first-other"') == 3
    assert edited == shards(config)


@pytest.mark.parametrize("seed", range(3))
def test_edits_of_words_write_few_rows(config, tmp_path, monkeypatch, seed):
    """Those of the edited articles' terms; the files are those of a new export, also where several
    updates lie between two exports.
    """
    monkeypatch.setattr(term_rows, "_FEW", 1.0)
    chance, kept, written = random.Random(seed), tmp_path / "rows", []
    whole = term_rows._Writer.row
    monkeypatch.setattr(
        term_rows._Writer,
        "row",
        lambda self, term, found: written.append(term) or whole(self, term, found),
    )
    shards(config, kept)
    total = len(written)
    paths = sorted(config.content.rglob("*.md"))
    for number in range(6):
        path = chance.choice(paths)
        old = path.read_text(encoding="utf-8")
        path.write_text(old.replace(chance.choice(WORDS), f"novel{number}"), encoding="utf-8")
        if number % 2:
            written.clear()
            found = shards(config, kept)
            assert len(written) < total
            assert found == shards(config)
        else:
            KnowledgeBase(config).index()


def test_unchanged_rows_are_not_written_again(config, tmp_path, monkeypatch):
    """One word more means the rows of that article's terms, and the words of one article."""
    kept = tmp_path / "rows"
    shards(config, kept)
    written = []
    whole = term_rows._Writer.row
    monkeypatch.setattr(
        term_rows._Writer,
        "row",
        lambda self, term, found: written.append(term) or whole(self, term, found),
    )
    monkeypatch.setattr(term_rows, "_FEW", 1.0)
    path = sorted(config.content.rglob("*.md"))[4]
    path.write_text(
        f"# Novel\n\nUnheard\n\n{path.read_text(encoding='utf-8')[2:]}", encoding="utf-8"
    )
    shards(config, kept)
    written.clear()
    path.write_text(path.read_text(encoding="utf-8").replace("Unheard", "Unseen"), encoding="utf-8")
    shards(config, kept)
    own = KnowledgeBase(config).analyzer.tokens(path.read_text(encoding="utf-8") + " unheard")
    assert {"unseen", "unheard"} & {*written} == {"unseen"}
    assert {*written} <= {token.term for token in own}


def replace_text(path, old, new):
    """Write other text in a file."""
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


TERMS = ["aaa", "zzz", "\U0001f600x", "\uff21", "chat", "order"]
"""Before, after and among all others, also where UTF-16 has another order than code points."""


@pytest.mark.parametrize("seed", range(4))
def test_terms_come_and_go_where_shards_begin_and_end(config, tmp_path, seed):
    """Those of the site and strange ones, one edit after the other."""
    chance, rows = random.Random(seed), tmp_path / "rows"
    paths = sorted(config.content.rglob("*.md"))
    shards(config, rows)
    for _ in range(8):
        path = chance.choice(paths)
        texts = path.read_text(encoding="utf-8").split(" ")
        texts[-1] = " ".join(chance.sample(TERMS, k=2)) + "\n"
        path.write_text(" ".join(texts), encoding="utf-8")
        assert shards(config, rows) == shards(config)


def test_most_shards_are_left_alone(config, tmp_path, monkeypatch):
    """An edit of a word leaves all but its own article's and those of that article's terms."""
    monkeypatch.setattr(term_rows, "_FEW", 1.0)
    rows = tmp_path / "rows"
    path = sorted(config.content.rglob("*.md"))[7]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\nunheard\n")
    made = {name.partition(".")[0] for name in shards(config, rows) if name[0] in "dt"}
    replace_text(path, "unheard", "unseens")
    left = untouched(config, rows)
    kinds = [{name for name in names if name[0] == kind} for names in (left, made) for kind in "dt"]
    assert len(kinds[0]) >= len(kinds[2]) - 6
    assert 0 < len(kinds[1]) < len(kinds[3])
    assert made == untouched(config, rows)


def test_an_edit_writes_few_shards_of_words(config, tmp_path, monkeypatch):
    """Those about its words; others are not described again, nor looked at for their halves."""
    rows, looked, made = tmp_path / "rows", [], []
    halves_of, make_shard = words.halves_of, words.make_shard
    monkeypatch.setattr(
        words, "halves_of", lambda word, *more: looked.append(word) or halves_of(word, *more)
    )
    monkeypatch.setattr(
        words, "make_shard", lambda name, *more: made.append(name) or make_shard(name, *more)
    )
    path = sorted(config.content.rglob("*.md"))[7]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\nunheard\n")
    untouched(config, rows)
    all_looked, all_made = len(looked), _of_words(made)
    looked.clear()
    made.clear()
    replace_text(path, "unheard", "unheart")
    untouched(config, rows)
    assert 0 < len(looked) < all_looked / 10
    assert 0 < _of_words(made) < all_made / 10
    assert shards(config, rows) == shards(config)


def _of_words(names):
    """How many of these shards are of words that articles hold."""
    return sum(name[0] in "wr" for name in names)


def test_damaged_words_are_listed_anew(config, tmp_path):
    """Where the words of a shard can't be read."""
    rows = tmp_path / "rows"
    shards(config, rows)
    with closing(Store(rows)) as store:
        keys = [key for key, _ in store.all("search rows")]
        store.drop("search rows", keys)
        store.save()
    path = sorted(config.content.rglob("*.md"))[7]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n\nunheard\n")
    assert shards(config, rows) == shards(config)


def test_words_that_are_two_others_follow_edits(config, tmp_path, monkeypatch):
    """Only pairs that stood in what has gone are looked up again."""
    rows, looked = tmp_path / "rows", []
    usual = PostingIndex.with_neighbours
    monkeypatch.setattr(
        PostingIndex,
        "with_neighbours",
        lambda self, *terms, **options: looked.append(terms) or usual(self, *terms, **options),
    )
    paths = sorted(config.content.rglob("*.md"))
    for path, more in zip(paths, ("log in", "login", "setup", "set up", "plain"), strict=False):
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n\n{more}\n")
    assert b" 5:set:up" in of_terms(shards(config, rows))
    looked.clear()
    replace_text(paths[3], "set up", "set ladders up")
    edited = shards(config, rows)
    assert set(looked) == {("set", "up")}
    assert b":set:up" not in of_terms(edited)
    assert b" 5:log:in" in of_terms(edited)
    assert edited == shards(config)
    looked.clear()
    replace_text(paths[3], "set ladders up", "set up")
    assert b":set:up" in of_terms(shards(config, rows))
    assert not looked


def of_terms(files):
    """All rows of terms, with what they say of the terms' words."""
    return b"".join(data for name, data in sorted(files.items()) if name.startswith("t")).replace(
        b'"', b" "
    )


class OtherPlaces(PlainPlaces):
    """A site on which one article has moved."""

    def article(self, id_):
        """The page of an article."""
        return super().article(id_.replace("a07", "b07"))


def test_words_of_the_language_follow_the_settings(tmp_path):
    """Names are known words, though articles stay as they are."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# Старый паро\n\nЕсть ход.\n", encoding="utf-8")
    before = replace(Config(), content=content, index=tmp_path / "index", language="ru")
    after = replace(before, search=replace(before.search, names=("Acme",)))
    rows = tmp_path / "rows"
    old = lexicon_of(shards(before, rows))
    new = lexicon_of(shards(after, rows))
    assert new == lexicon_of(shards(after))
    assert new != old


def lexicon_of(found):
    """The words of the language in an export's files."""
    return {name: data for name, data in found.items() if name.startswith("x0")}


def test_articles_that_stand_elsewhere_are_shown_so(config, tmp_path):
    """Though they are the same."""
    rows = tmp_path / "rows"
    shards(config, rows)
    moved = shards(config, rows, OtherPlaces())
    assert moved == shards(config, places=OtherPlaces())
    assert moved != shards(config)


def harmed(data):
    """A file with this and that wrong with it."""
    yield b""
    yield data[:-1]
    yield data[: len(data) // 2]
    yield bytes([data[0] ^ 1]) + data[1:]
    yield data.replace(b"late", b"lame")
    yield data[::-1]


def test_damage_costs_no_more_than_what_is_damaged(config, tmp_path):
    """What is damaged is as none, for the same export and for one after an edit."""
    rows, word = tmp_path / "rows", 0
    shards(config, rows)
    path = sorted(config.content.rglob("*.md"))[7]
    whole = rows.read_bytes()
    for bad in harmed(whole):
        for edited in (False, True):
            rows.write_bytes(bad)
            if edited:
                word += 1
                replace_text(path, " ", f" novel{word} ")
            assert shards(config, rows) == shards(config)
            assert shards(config, rows) == shards(config)


@pytest.mark.parametrize("share", [1, 2, 5])
def test_rows_that_are_gone_are_made_anew(config, tmp_path, share):
    """All of them, or some; the others are taken as they are kept."""
    rows = tmp_path / "rows"
    shards(config, rows)
    with closing(Store(rows)) as store:
        store.drop("search rows", [key for key, _ in store.all("search rows")][::share])
        store.save()
    path = sorted(config.content.rglob("*.md"))[7]
    replace_text(path, " ", " novel ")
    assert shards(config, rows) == shards(config)


@pytest.mark.parametrize(
    "notes", ["", "[]", "{}", "[1, 2]", "[4, 3, 4, 5]", "[4, {}, {}, {}]", '[0, "1", {}, {}]']
)
def test_notes_of_another_shape_are_as_none(config, tmp_path, notes):
    """Whole as they are."""
    rows = tmp_path / "rows"
    whole = shards(config, rows)
    with closing(Store(rows)) as store:
        store.put("search notes", [("notes", notes.encode())])
        store.save()
        assert not ShardCache(store, "1").last
    assert shards(config, rows) == whole
    assert untouched(config, rows)


def test_notes_of_another_format_are_as_none(config, tmp_path, monkeypatch):
    """An export begins anew, then."""
    rows = tmp_path / "rows"
    whole = shards(config, rows)
    monkeypatch.setattr(kept, "FORMAT", kept.FORMAT + 1)
    assert not untouched(config, rows)
    assert shards(config, rows) == whole
    assert untouched(config, rows)


def test_rows_of_no_use_are_given_up(config, tmp_path):
    """The store does not grow for ever, whatever is edited."""
    rows = tmp_path / "rows"
    path = sorted(config.content.rglob("*.md"))[7]
    shards(config, rows)
    first, sizes = rows.stat().st_size, []
    for number in range(60):
        replace_text(path, " ", f" novel{number} ") if number % 2 else path.write_text("# A\n")
        shards(config, rows)
        sizes.append(rows.stat().st_size)
    assert max(sizes) < 3 * first
    assert shards(config, rows) == shards(config)


BLOCK = Block(0, "h", "d", "a", "b", 1, 2, "")


def test_rows_count_when_they_were_saved(tmp_path):
    """Until then the old ones do."""
    path = tmp_path / "rows"
    with closing(Store(path)) as store:
        first = ShardCache(store)
        first.put("t", BLOCK, ["x", "y"])
        first.note("n", [1])
        first.cards["s"] = '{"a":"b"}'
        first.save()
        store.save()
    with closing(Store(path)) as store:
        second = ShardCache(store)
        [block] = second.blocks("t")
        assert second.lines(block) == ["x", "y"]
        assert block[:-1] == BLOCK[:-1]
        second.put("t", BLOCK, ["z"])
        second.save()
    with closing(Store(path)) as store:
        third, other = ShardCache(store), ShardCache(store, "of another version")
    assert (third.last["n"], third.cards) == ([1], {"s": '{"a":"b"}'})
    assert third.blocks("t") == [block]
    assert other.last == other.cards == {}
    assert other.blocks("t") == []
    assert {p.name for p in tmp_path.iterdir()} == {"rows"}


def test_without_a_place_nothing_is_kept(tmp_path):
    """Exports go on all the same."""
    (tmp_path / "file").touch()
    for store in (Store(tmp_path / "file" / "rows"), Store(None)):
        rows = ShardCache(store)
        rows.put("t", BLOCK, ["x"])
        assert rows.lines(BLOCK) is None
        rows.save()
        assert not store.save()
        store.close()


def test_an_export_takes_the_index_as_it_is(config):
    """Whoever asks for one has brought it up to date: nothing below the site does it again."""
    with indexed(config) as base:
        before = {shard.file: shard.data for shard in export_search(base, PlainPlaces())}
        generations = sorted(config.index.iterdir())
        change(config.content, random.Random(1))
        assert {s.file: s.data for s in export_search(base, PlainPlaces())} == before
    assert sorted(config.index.iterdir()) == generations


def test_an_index_that_cannot_be_written_is_made_elsewhere(config):
    """For the block alone: what is in its way stays as it was."""
    config.index.write_text("a file")
    with indexed(config) as base:
        own = base.config.index
        assert own != config.index
        assert base.search("rare1").total >= 0
    assert not own.exists()
    assert config.index.read_text() == "a file"
