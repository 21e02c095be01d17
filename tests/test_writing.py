"""docs/writing.md: what it shows authors works as shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kb import KnowledgeBase
from kb.content import read_content

GUIDE = (Path(__file__).parent.parent / "docs" / "writing.md").read_text(encoding="utf-8")

FILE = re.compile(
    r"[Ss]ave this (?:one )?as `content/([^`]+)`.*?\n```markdown\n(.*?)```\n", re.DOTALL
)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the articles that the guide shows into a content folder."""
    content = tmp_path_factory.mktemp("writing") / "content"
    for path, text in FILE.findall(GUIDE):
        file = content / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return content


def test_the_articles_shown_load_without_problems(shown: Path) -> None:
    """An author who copies them gets articles, not warnings."""
    content = read_content(shown)
    assert {a.id for a in content.articles} == {"orders/late", "contact/chat"}
    assert not [str(p) for p in content.problems]
    assert not [str(p) for a in content.articles for p in a.problems]


def test_the_articles_shown_follow_the_guide(shown: Path) -> None:
    """Six to twelve phrases, and a link to a section that is there."""
    articles = {a.id: a for a in read_content(shown).articles}
    assert all(6 <= len(a.issues) <= 12 for a in articles.values())
    assert "../contact/chat.md#start-a-chat" in articles["orders/late"].body
    assert "start-a-chat" in {s.anchor for s in articles["contact/chat"].sections}


def test_each_phrase_shown_brings_its_article(shown: Path, tmp_path: Path) -> None:
    """What the guide promises about `issue` holds for its own examples, in first place."""
    base = KnowledgeBase.open(shown, index=tmp_path / "index")
    for article in read_content(shown).articles:
        for phrase in article.issues:
            assert base.search(phrase).hits[0].article == article.id, phrase


def test_the_topic_file_shown_names_a_topic(shown: Path) -> None:
    """The topic.yaml of the guide is read as it stands."""
    text = re.search(r"`topic.yaml`.*?\n```yaml\n(.*?)```\n", GUIDE, re.DOTALL)
    assert text
    (shown / "orders" / "topic.yaml").write_text(text[1], encoding="utf-8")
    content = read_content(shown)
    topic = next(t for t in content.topics if t.id == "orders")
    assert (topic.title, topic.order) == ("Orders and deliveries", 1)
    assert topic.summary
    assert not content.problems


def test_the_table_lists_the_keys_that_kb_knows(tmp_path: Path) -> None:
    """Every key in the table of all keys is known: none ends among an article's extra keys."""
    table = GUIDE.split("## All keys")[1]
    keys = re.findall(r"^\| `(\w+)` ", table, re.MULTILINE)
    assert len(keys) == len(set(keys)) == 17
    lines = [f"{key}:" for key in keys] + ["nonsense: 1"]
    (tmp_path / "a.md").write_text("---\n" + "\n".join(lines) + "\n---\ntext\n", encoding="utf-8")
    (article,) = read_content(tmp_path).articles
    assert [key for key, _ in article.extra] == ["nonsense"]
