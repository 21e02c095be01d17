"""Facts about answers in the terminal: what is whole, short and folded."""

import io
from dataclasses import replace

import pytest

from kb.cli.answer import PERHAPS, answer_lines
from kb.cli.screen import ASCII, Screen
from kb.cli.text import columns, render
from kb.model import Action, Answer, Channel, ContactOption, Escalation, Found, Hit, Match, Tier

WINDOW = Screen(
    out=io.StringIO(),
    err=io.StringIO(),
    colour=False,
    err_colour=False,
    width=80,
    height=24,
    glyphs=ASCII,
    is_terminal=True,
)
PIPE = WINDOW._replace(height=None, is_terminal=False)


def hit(group, rank=1, *, weak=False, **changes):
    """A hit of some article, with all that one can have."""
    values = {
        "rank": rank,
        "group": group,
        "article": f"orders/article-{group}",
        "anchor": f"section-{rank}",
        "title": f"Article {group}",
        "headings": (f"Section {rank}",),
        "tier": Tier.SELF_SERVICE,
        "topic": "orders",
        "score": 10.0 - rank,
        "match": Match.ALL,
        "weak": weak,
        "snippet": "A text of " + "many words " * 17,
        "highlights": (),
        "actions": (Action("Do this", "Your Orders > Track"),),
        "path": "content/x.md",
        "lines": (1, 2),
    }
    return Hit(**{**values, **changes})


def answer(*hits, **changes):
    """An answer with a channel and much to have ready."""
    chat = Channel("chat", where="Your account > Order details > Chat or Contact Us")
    ready = ("The order number", "The date of the order", "What tracking says, and since when")
    escalation = Escalation((ContactOption(chat, "best for most problems"),), ready)
    values = {"query": "late", "found": Found.WORDS, "total": 40, "hits": hits}
    return Answer(**{**values, "escalation": escalation, **changes})


def shown(*hits, screen=PIPE, by_article=True, **changes):
    """The lines of an answer, as text."""
    lines = answer_lines(answer(*hits, **changes), screen, by_article=by_article)
    return [render(line, colour=False) for line in lines]


def test_a_sure_hit_is_whole_and_what_is_weak_below_it_is_folded():
    """Sections of its article take two lines each, other articles one, under one heading."""
    lines = shown(
        hit(1), hit(1, 2), hit(2, 3, weak=True), hit(2, 4, weak=True), hit(3, 5, weak=True)
    )
    at = lines.index("   orders/article-1#section-1")
    assert lines[at + 1 :] == [
        "   > Section 2",
        "     orders/article-1#section-2",
        "",
        PERHAPS,
        "2. Article 2 - orders/article-2",
        "3. Article 3 - orders/article-3",
        "",
        "5 of 40 sections; --limit N shows more.",
        lines[-1],
    ]
    assert lines[-1].startswith("Still need help? Chat: Your account")


def test_more_hits_are_promised_only_where_there_are_more():
    """Fewer hits than were asked for: what is left is in the articles that are shown."""
    hits = (hit(1), hit(1, 2), hit(1, 3))
    texts = []
    for limit in (3, 5):
        lines = answer_lines(answer(*hits), PIPE, limit=limit)
        texts += [t for line in lines if "sections;" in (t := render(line, colour=False))]
    assert texts == [
        "3 of 40 sections; --limit N shows more.",
        "3 of 40 sections; kb show ID shows all of an article.",
    ]


def test_where_none_is_sure_all_are_perhaps():
    """The best is whole even so; the others, of which it may be any, take two lines each."""
    lines = shown(*(hit(n, n, weak=True) for n in (1, 2, 3)))
    assert lines[:3] == [PERHAPS, "1. Article 1", "   Section 1 - self-service"]
    at = lines.index("")
    assert lines[at + 1 : at + 6] == [
        "2. Article 2 > Section 2",
        "   orders/article-2#section-2",
        "3. Article 3 > Section 3",
        "   orders/article-3#section-3",
        "",
    ]
    assert lines.count(PERHAPS) == 1


def test_hits_that_are_asked_for_are_not_perhaps():
    """As contacts are where a person is asked for: two lines each."""
    lines = shown(hit(1), hit(2, 2), hit(3, 3, weak=True))
    assert "2. Article 2 > Section 2" in lines
    assert lines.index(PERHAPS) < lines.index("3. Article 3 - orders/article-3")


def test_sections_by_score_stand_each_for_itself():
    """Nothing is folded, and every title is there."""
    lines = shown(hit(1), hit(2, 2, weak=True), hit(1, 3), by_article=False)
    assert [line for line in lines if line[:2] in {"1.", "2.", "3."}] == [
        "1. Article 1",
        "2. Article 2 > Section 2",
        "3. Article 1 > Section 3",
    ]
    assert PERHAPS not in lines


@pytest.mark.parametrize("actions", [1, 6])
@pytest.mark.parametrize("weak", [False, True])
def test_the_first_hit_and_the_way_to_a_person_fit_a_window(actions, weak):
    """Of 80 by 24: what would not fit is made shorter."""
    first = hit(1, weak=weak, actions=(Action("Do this", "Your Orders > Track"),) * actions)
    others = [hit(n, n, weak=weak) for n in (2, 3, 4, 5)]
    lines = shown(first, *others, screen=WINDOW)
    assert len(lines) < WINDOW.height
    assert sum("Do this" in line for line in lines) == actions
    assert any(line.startswith("Still need help? Chat") for line in lines)
    assert {f"{n}. Article {n}"[:12] for n in range(1, 6)} <= {line[:12] for line in lines}


def test_what_is_too_long_even_so_stays_whole():
    """For the pager: a hundred hits have two lines each, as in a pipe."""
    hits = [hit(n, n, weak=True) for n in range(1, 100)]
    assert len(shown(*hits, screen=WINDOW)) > len(hits) * 2


@pytest.mark.parametrize("width", [20, 40, 80])
def test_further_hits_take_two_lines_in_every_window(width):
    """Long titles are cut after a word; names are whole, since people copy them."""
    long = hit(2, 2, title="A title of very many words " * 6, headings=("More", "And more"))
    lines = shown(hit(1), long, screen=PIPE._replace(width=width))
    at = next(at for at, line in enumerate(lines) if line.startswith("2. A title"))
    assert lines[at].endswith(" ...")
    assert columns(lines[at]) <= width
    assert lines[at + 1].strip() == "orders/article-2#section-2"


def test_the_same_title_shows_what_tells_it_apart():
    """In each of the forms."""
    lines = shown(hit(1, apart="v2"), hit(2, 2, apart="v1"), hit(3, 3, weak=True, apart="v0"))
    assert lines[0] == "1. Article 1 - v2"
    assert "2. Article 2 - v1 > Section 2" in lines
    assert "3. Article 3 - v0 - orders/article-3" in lines


def test_nothing_found_names_near_topics_or_says_nothing_of_them():
    """And the way to a person, in either case."""
    lines = shown(found=Found.NOTHING, total=0)
    assert lines[:2] == ["Nothing found for late", ""]
    assert lines[2].startswith("Still need help?")
    assert not [line for line in lines if "topics" in line]


def test_a_long_answer_goes_through_the_pager(kb, base, monkeypatch):
    """On a terminal, as `kb show` does."""
    paged = []
    monkeypatch.setattr("kb.cli.screen.Screen.page", lambda _, lines: paged.extend(lines))
    base.answer = replace(answer(*(hit(n, n) for n in range(1, 60))), query="x")
    assert kb("search", "x").code == 0
    assert len(paged) > 100
