"""In how many waves, and for how many files, a first question asks, on a slow line the time it takes."""

import random

import pytest
from support.exports import write_export

from kb.site.export import documents
from kb.site.export import terms as term_rows
from kb.site.export import words as word_rows

WAVES = 5
"""The manifest, words, what these lead to, and documents; and one for what is rarely needed."""
FILES = 18
"""And the script."""
LETTERS = "aeioubdfgklmnprst"
QUERIES = ("{0} {1} {2}", "how do i {0} the {1} of my {3}", "{0} {1} {2} {3} {4} {5}", "{2}")


@pytest.fixture
def content(tmp_path, monkeypatch):
    """Articles of many words, of which each has a shard of its own, and so has each article."""
    monkeypatch.setattr(term_rows, "SHARD_SIZE", 10)
    monkeypatch.setattr(documents, "SHARD_SIZE", 10)
    folder = tmp_path / "content"
    folder.mkdir()
    chance = random.Random(7)
    words = ["".join(chance.choices(LETTERS, k=7)) for _ in range(60)]
    for number in range(80):
        own = chance.choices(words, k=60)
        sections = "".join(
            f"\n\n## {own[at]} {own[at + 1]}\n\n{' '.join(own[at:])}" for at in (3, 30)
        )
        (folder / f"a{number}.md").write_text(f"# {own[0]} {own[1]}\n\n{' '.join(own)}{sections}\n")
    return folder, words


def test_a_question_is_answered_in_few_waves_and_files(node, open_base, content, tmp_path):
    """Whichever articles hold its words."""
    folder, words = content
    write_export(open_base(folder), tmp_path / "data")
    chance = random.Random(3)
    texts = [query.format(*chance.sample(words, 6)) for query in QUERIES for _ in range(8)]
    questions = [[text, {"limit": 10}] for text in texts]
    found = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    for text, asked in zip(texts, found, strict=True):
        waves = asked["waves"]
        assert len(waves) <= WAVES, text
        assert sum(map(len, waves)) <= FILES, text
        assert waves[0] == ["m.js"]
        assert {file[0] for file in waves[1]} <= {"t"}
        assert {file[0] for file in waves[-1]} <= set("dg")
        assert asked["bytes"] > 0


def test_what_finished_words_need_comes_while_the_next_is_typed(node, open_base, content, tmp_path):
    """And the words that one may become, so that completions need no wave of their own."""
    folder, words = content
    write_export(open_base(folder), tmp_path / "data")
    chance = random.Random(5)
    for _ in range(5):
        *some, last = chance.sample(words, 4)
        text = " ".join([*some, last[:5]])
        typed = [text[:end] for end in range(3, len(text))]
        plain = [text, {"limit": 10, "prefix": True}]
        before, after = node(
            data=f"{tmp_path / 'data'}/", questions=[plain, [*plain, typed]], waves=True
        )
        assert {file[0] for file in before["waves"][1]} == {"t", "w"}
        assert len(after["waves"]) <= 2, text
        [*early, documents] = after["waves"]
        assert {file[0] for file in documents} == {"d"}
        assert {file[0] for wave in early for file in wave} <= {"t"}
        terms = [file for wave in before["waves"] for file in wave if file[0] == "t"]
        assert sum(map(len, early)) <= len(terms) - len(some)


def test_a_misspelt_word_needs_few_waves_and_files(node, open_base, content, tmp_path):
    """What no article holds is known by the manifest, and all that may be meant is asked for at once,
    words with another first letter, too.
    """
    folder, words = content
    write_export(open_base(folder), tmp_path / "data")
    chance = random.Random(11)
    texts, meant = [], []
    for at in range(20):
        word, other = chance.sample(words, 2)
        slip = f"x{word[1:]}" if at % 2 else f"{word[:3]}x{word[4:]}"
        texts.append(f"{other} {slip}")
        meant.append(f"{other} {word}")
    questions = [[text, {"limit": 10}] for text in texts]
    found = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    for text, asked in zip(texts, found, strict=True):
        assert len(asked["waves"]) <= WAVES, text
        assert sum(map(len, asked["waves"])) <= FILES, text
    answers = node(data=f"{tmp_path / 'data'}/", questions=questions)
    assert [answer["corrected"] for answer in answers] == meant


def test_words_that_are_run_together_need_no_more_waves(node, open_base, content, tmp_path):
    """Which two words may stand in one is told by the manifest: they come with what may be meant
    otherwise, and where several words are wrong, with each other.
    """
    folder, words = content
    write_export(open_base(folder), tmp_path / "data")
    chance = random.Random(13)
    texts, meant = [], []
    for article in chance.sample(sorted(folder.glob("*.md")), 8):
        one, other, *_ = article.read_text("utf-8").split("\n\n")[1].split()
        first, last = chance.sample(words, 2)
        texts.append(f"{first} {one}{other} {last[:3]}x{last[4:]}")
        meant.append(f"{first} {one} {other} {last}")
    questions = [[text, {"limit": 10}] for text in texts]
    found = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    assert max(len(asked["waves"]) for asked in found) <= WAVES
    answers = node(data=f"{tmp_path / 'data'}/", questions=questions)
    assert [answer["corrected"] for answer in answers] == meant


def test_beginnings_that_no_two_words_make_need_no_words_more(
    node, open_base, content, tmp_path, monkeypatch
):
    """The manifest tells that no article holds their parts."""
    monkeypatch.setattr(word_rows, "SHARD_WORDS", range(3, 8))
    folder, words = content
    write_export(open_base(folder), tmp_path / "data")
    questions = [[word[:6], {"prefix": True, "correct": False}] for word in words[:12]]
    found = node(data=f"{tmp_path / 'data'}/", questions=questions, waves=True)
    for asked in found:
        assert {file[0] for wave in asked["waves"][2:] for file in wave} <= {"t", "d"}


def test_two_words_in_one_come_with_what_tells_that_articles_hold_them(
    node, open_base, content, tmp_path, monkeypatch
):
    """All in one wave."""
    monkeypatch.setattr(word_rows, "SHARD_WORDS", range(3, 8))
    folder, words = content
    (folder / "up.md").write_text(f"# Two\n\n{words[0]} up\n", encoding="utf-8")
    write_export(open_base(folder), tmp_path / "data")
    question = [f"{words[0]}up", {"correct": False}]
    [asked] = node(data=f"{tmp_path / 'data'}/", questions=[question], waves=True)
    [answer] = node(data=f"{tmp_path / 'data'}/", questions=[question])
    assert [hit["article"] for hit in answer["hits"]] == ["up"]
    assert [{file[0] for file in wave} for wave in asked["waves"]] == [{"m"}, {"t", "w"}, {"d"}]
