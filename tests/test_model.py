"""Facts about an article without its text, and its way to JSON and back."""

import contextlib
import json

from hypothesis import given
from hypothesis import strategies as st
from support.articles import make_article

from kb.model import (
    Action,
    ArticleMeta,
    Audience,
    Channel,
    Condition,
    Problem,
    Severity,
    Status,
    Step,
    Tier,
    decode_as,
    decode_meta,
    encode_meta,
    meta_of,
)
from kb.site.article_records import PageMeta

text = st.text(max_size=5)
texts = st.lists(text, max_size=2).map(tuple)
cards = st.builds(
    ArticleMeta,
    id=text,
    path=text,
    title=text.filter(bool),
    topic=text,
    digest=text,
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
    related=texts,
    aliases=texts,
    reviewed=st.none() | st.dates(),
    review_every=text,
    audience=st.sampled_from(Audience),
    status=st.sampled_from(Status),
    order=st.none() | st.integers(-3, 3),
    featured=st.none() | st.integers(-3, 3),
).filter(lambda card: card.id and card.path)


@given(cards)
def test_a_card_survives_json(card):
    """Whatever is in it, and whatever else the record holds."""
    record = json.loads(json.dumps({**encode_meta(card), "sections": 3}))
    assert decode_meta(record) == card


def test_what_the_site_knows_of_an_article_survives_json():
    """The same codec reads and writes what pages of others need, too."""
    meta = PageMeta(
        id="a",
        path="a.md",
        title="A",
        description="D",
        top="a",
        anchors=("a", "b"),
        terms='[["x",4]]',
        problems=(Problem("a.md", 3, "wrong", Severity.WARNING, "link"),),
    )
    assert decode_as(PageMeta, json.loads(json.dumps(encode_meta(meta)))) == meta


@given(cards, st.data())
def test_what_is_no_record_is_told(card, data):
    """By an error that who keeps records expects, whatever is in the place of a value."""
    record = json.loads(json.dumps(encode_meta(card)))
    name = data.draw(st.sampled_from(sorted(record)))
    record[name] = data.draw(st.sampled_from([None, 7, "x", [], {}, [[]], [["x"]], [None]]))
    with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
        assert decode_meta(record)


def test_a_card_is_an_article_without_its_text():
    """Every field is that of the article."""
    article = make_article("t/a", "A", summary="S", tags=("x",), order=0)
    card = meta_of(article)
    for name in ArticleMeta.__dataclass_fields__:
        assert getattr(card, name) == getattr(article, name)


def test_what_is_empty_is_not_kept():
    """Thousands of articles have few fields; an order of 0 is not empty."""
    record = encode_meta(meta_of(make_article("a", "A", order=0)))
    assert record.pop("digest")
    assert record == {"id": "a", "path": "a.md", "title": "A", "order": 0}
