"""An export that keeps the rows of the last one writes what one from nothing would."""

import random
from dataclasses import replace
from types import SimpleNamespace

import pytest
from exported import PlainPlaces
from making import WORDS

from kb.config import Config
from kb.knowledge_base import KnowledgeBase
from kb.site.search import export_search
from kb.site.search import terms as term_rows
from kb.site.search.kept import Kept


@pytest.fixture
def config(tmp_path):
    """A knowledge base of many small articles."""
    content = tmp_path / "content"
    for number in range(30):
        path = content / f"t{number % 3}" / f"a{number:02}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(random.Random(number)), encoding="utf-8")
    return replace(Config(), content=content, index=tmp_path / "index")


def text(chance):
    """An article of a few sections, some with links."""
    parts = [f"# {' '.join(chance.choices(WORDS, k=3))}"]
    for _ in range(chance.randint(1, 4)):
        link = f"[{chance.choice(WORDS)} {chance.choice(WORDS)}](https://a.example)"
        parts += [f"## {chance.choice(WORDS)}", " ".join([*chance.choices(WORDS, k=12), link])]
    return "\n\n".join(parts) + "\n"


STILL = SimpleNamespace(state="s", changed_since=lambda _: None)
"""As much of an index as rows need to know."""


def shards(config, kept=None):
    """The files of an export."""
    rows = Kept(kept, "1") if kept else None
    return {s.file: s.data for s in export_search(config, PlainPlaces(), kept=rows)}


def change(content, chance):
    """Edit, add or remove an article."""
    paths = sorted(content.rglob("*.md"))
    path = chance.choice(paths)
    kind = chance.choice(["word", "word", "section", "whole", "new", "gone", "draft"])
    old = path.read_text(encoding="utf-8")
    if kind == "new":
        path = path.with_name(f"n{chance.randint(0, 99)}.md")
    if kind == "gone" and len(paths) > 20:
        path.unlink()
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


@pytest.mark.parametrize("seed", range(3))
def test_edits_of_words_write_few_rows(config, tmp_path, monkeypatch, seed):
    """Those of the words, and of what weighs otherwise; the files are those of a new export, also
    where several updates lie between two exports.
    """
    chance, kept, followed = random.Random(seed), tmp_path / "rows", []
    shards(config, kept)
    follow = term_rows._rows_after
    monkeypatch.setattr(
        term_rows,
        "_rows_after",
        lambda changed, *args: followed.append(len(changed)) or follow(changed, *args),
    )
    paths = sorted(config.content.rglob("*.md"))
    for number in range(6):
        path = chance.choice(paths)
        old = path.read_text(encoding="utf-8")
        path.write_text(old.replace(chance.choice(WORDS), f"novel{number}"), encoding="utf-8")
        if number % 2:
            assert shards(config, kept) == shards(config)
        else:
            KnowledgeBase(config).index()
    assert followed
    assert max(followed) < 25


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


def harmed(data):
    """A file of rows with this and that wrong with it."""
    yield b""
    yield data[:-1]
    yield data[: len(data) // 2]
    yield bytes([data[0] ^ 1]) + data[1:]
    yield data.replace(b"late", b"lame")


def test_damaged_rows_are_as_none(config, tmp_path):
    """And are replaced by whole ones."""
    kept = tmp_path / "rows"
    whole = shards(config, kept)
    good = kept.read_bytes()
    for bad in harmed(good):
        kept.write_bytes(bad)
        assert shards(config, kept) == whole
        assert kept.read_bytes() == good


def test_rows_count_when_they_were_saved(tmp_path):
    """Until then the old ones do; without a place for them nothing is kept."""
    path = tmp_path / "rows"
    first = Kept(path)
    assert first.begin(STILL)
    first.put("t a", "1", ["x", "y"])
    first.save()
    second = Kept(path)
    second.begin(STILL)
    assert second.rows("t a", "1") == ["x", "y"]
    assert second.rows("t a", "2") is None
    second.put("t b", "1", ["z"])
    second.close()
    third, other = Kept(path), Kept(path, "of another version")
    assert third.rows("t b", "1") is other.rows("t a", "1") is None
    assert third.rows("t a", "1") == ["x", "y"]
    assert [p.name for p in tmp_path.iterdir()] == ["rows"]
    (tmp_path / "file").touch()
    nowhere = Kept(tmp_path / "file" / "rows")
    assert not nowhere.begin(STILL)
    assert not Kept().begin(STILL)
    nowhere.put("t a", "1", ["x"])
    nowhere.save()
    nowhere.close()
