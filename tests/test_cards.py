"""Facts about what an index keeps of an article."""

import json

from hypothesis import given
from hypothesis import strategies as st
from support.articles import make_article

from kb.model import (
    Action,
    Audience,
    Card,
    Channel,
    Condition,
    Status,
    Step,
    Tier,
    card_of,
    card_record,
    read_card,
)

text = st.text(max_size=5)
texts = st.lists(text, max_size=2).map(tuple)
cards = st.builds(
    Card,
    id=text,
    path=text,
    title=text.filter(bool),
    topic=text,
    summary=text,
    tier=st.sampled_from(Tier),
    issues=texts,
    actions=st.lists(st.builds(Action, text, text, text), max_size=2).map(tuple),
    have_ready=texts,
    escalate=st.lists(
        st.builds(Step, text, st.none() | st.sampled_from(Condition)), max_size=2
    ).map(tuple),
    channel=st.none() | st.builds(Channel, text, text, text, text, text, text, texts),
    tags=texts,
    aliases=texts,
    audience=st.sampled_from(Audience),
    status=st.sampled_from(Status),
    order=st.none() | st.integers(-3, 3),
    featured=st.none() | st.integers(-3, 3),
).filter(lambda card: card.id and card.path)


@given(cards)
def test_a_card_survives_json(card):
    """Whatever is in it, and whatever else the record holds."""
    record = json.loads(json.dumps({**card_record(card), "sections": 3}))
    assert read_card(record) == card


def test_a_card_is_an_article_without_its_text():
    """Every field is that of the article."""
    article = make_article("t/a", "A", summary="S", tags=("x",), order=0)
    card = card_of(article)
    for name in Card.__dataclass_fields__:
        assert getattr(card, name) == getattr(article, name)


def test_what_is_empty_is_not_kept():
    """Thousands of articles have few fields; an order of 0 is not empty."""
    record = card_record(card_of(make_article("a", "A", order=0)))
    assert record == {
        "id": "a",
        "path": "a.md",
        "title": "A",
        "tier": "self-service",
        "audience": "public",
        "status": "published",
        "order": 0,
    }
