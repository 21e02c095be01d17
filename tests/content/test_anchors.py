"""Anchors: GitHub's to the letter, the generators' own by name, former ones found again."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.anchors import (
    GITHUB,
    STYLES,
    Heading,
    assign_anchors,
    find_anchor,
    former_anchors,
    free_anchor,
    github_anchor,
)
from kb.content.markdown.document import parse


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Plans & Billing", "plans--billing"),
        ("About our APIs' limits", "about-our-apis-limits"),
        ("Course - When?", "course---when"),
        ("C++ & C#", "c--c"),
        ("snake_case", "snake_case"),
        ("two  spaces", "two--spaces"),
        ("-dashes-", "-dashes-"),
        (" led by a space", "-led-by-a-space"),
        ("1.2.3 of it", "123-of-it"),
        ("a/b\\c:d", "abcd"),
        ("tab\tno space", "tabno-space"),
        ("a\u00a0b", "ab"),
        ("Grüße, Ünïcode", "grüße-ünïcode"),
        ("ÀÉÎ", "àéî"),
        ("İstanbul", "i̇stanbul"),
        ("ΟΔΟΣ", "οδος"),
        ("ﬁ Ｆｕｌｌ", "ﬁ-ｆｕｌｌ"),
        ("½ price", "-price"),
        ("Ⅷ of it", "ⅷ-of-it"),
        ("① ⓐ", "-ⓐ"),
        ("हिन्दी में", "हिन्दी-में"),
        ("日本語、はい", "日本語はい"),
        ("🎉 Party 🎉", "-party-"),
        ("\u26a0\ufe0f Warning", "\ufe0f-warning"),
        ("٣ أيام", "٣-أيام"),
        ("a\u200db", "ab"),
        ("😀", ""),
        ("!?", ""),
    ],
)
def test_an_anchor_is_that_of_github_slugger(heading, anchor):
    """The expected column was computed with github-slugger 2."""
    assert github_anchor(heading) == anchor


@pytest.mark.parametrize(
    ("headings", "anchors"),
    [
        (["a", "a", "a"], ["a", "a-1", "a-2"]),
        (["a", "a-1", "a", "a-1"], ["a", "a-1", "a-2", "a-1-1"]),
        (["a-1", "a", "a"], ["a-1", "a", "a-2"]),
        (["a", "a", "a-1"], ["a", "a-1", "a-1-1"]),
        (["A", "a!", "b"], ["a", "a-1", "b"]),
        (["?", "!", "Section"], ["section-1", "-1", "section"]),
        (["?"], ["section"]),
    ],
)
def test_repeats_are_numbered_as_github_slugger_numbers_them(headings, anchors):
    """Only the first heading without a letter differs: an id can't be empty."""
    assert assign_anchors([Heading(text) for text in headings]) == anchors


def test_an_id_of_the_author_wins():
    """Whoever comes first: a heading that would be called the same makes room."""
    given_ids = [Heading("Port"), Heading("Choose a port", "port"), Heading("Last", "port")]
    assert assign_anchors(given_ids) == ["port-1", "port", "port-2"]


@pytest.mark.parametrize(
    ("style", "headings", "anchors"),
    [
        ("docusaurus", ["Plans & Billing"], ["plans--billing"]),
        (
            "python-markdown",
            ["Plans & Billing", "Grüße", "a", "a"],
            ["plans-billing", "grue", "a", "a_1"],
        ),
        ("python-markdown", ["日本", "日本", "b_3", "b_3"], ["_1", "_2", "b_3", "b_4"]),
        (
            "hugo",
            ["Plans & Billing", "Grüße", "??", "a_b"],
            ["plans--billing", "grüße", "heading", "a_b"],
        ),
        ("hugo", ["में"], ["म"]),
        ("kramdown", ["2. Plans & Billing", "?", "?"], ["plans--billing", "section", "section-1"]),
        (
            "vitepress",
            ["2. Plans & Billing", "Größe?", "a", "a"],
            ["_2-plans-billing", "große", "a", "a-1"],
        ),
        (
            "zola",
            ["2. Plans & Billing", "What's Größe?", "a", "a"],
            ["2-plans-billing", "what-s-gro-e", "a", "a-1"],
        ),
        ("docsify", ["2. Plans & Billing", "a.b"], ["_2-plans-billing", "ab"]),
        (
            "pandoc",
            ["2. Plans & Billing", "Größe a.b_c", "3 4", "a", "a"],
            ["plans-billing", "größe-a.b_c", "section", "a", "a-1"],
        ),
        ("mdbook", ["Plans & Billing", "Ä.b"], ["plans--billing", "Äb"]),
        ("gitlab", ["Plans & Billing", "2024"], ["plans-billing", "anchor-2024"]),
    ],
)
def test_other_generators_styles(style, headings, anchors):
    """Each as its own sources make it, repeats too."""
    assert assign_anchors([Heading(text) for text in headings], STYLES[style]) == anchors


texts = st.lists(
    st.sampled_from(["a", "a-1", "A 1", "a_1", "?", "é", "section", "日本"]) | st.text(max_size=12)
)


@given(texts, st.sampled_from(sorted(STYLES)))
def test_anchors_are_unique_and_never_empty(headings, style):
    """Whatever headings are called, in every style."""
    anchors = assign_anchors([Heading(text) for text in headings], STYLES[style])
    assert len(set(anchors)) == len(anchors) == len(headings)
    assert all(anchors)


@given(st.text())
def test_an_anchor_holds_only_what_words_are_made_of(heading):
    """Letters, marks, numbers that are letters, connectors and hyphens; the same when made twice."""
    anchor = github_anchor(heading)
    assert github_anchor(anchor) == anchor
    for character in anchor:
        kind = unicodedata.category(character)
        assert character == "-" or kind[0] in "LM" or kind in {"Nd", "Nl", "Pc", "So"}


@given(texts)
def test_a_former_anchor_leads_to_its_heading(headings):
    """Those that kb gave before it followed GitHub, unless another heading is called so now."""
    known = [Heading(text) for text in headings]
    anchors = assign_anchors(known, GITHUB)
    former = former_anchors(known, anchors)
    assert set(former.values()) <= set(anchors)
    assert not set(former) & set(anchors)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("plans--billing", "plans--billing"),
        ("plans-billing", "plans--billing"),
        ("Plans-Billing", "plans--billing"),
        ("setup_1", "setup-1"),
        ("-warning", "\ufe0f-warning"),
        ("grosse", None),
        ("große", "größe"),
        ("intro", "1-intro"),
        ("_1-intro", "1-intro"),
        ("id-1.-intro", "1-intro"),
        ("id-x", None),
        ("c", "c"),
        ("x", None),
        ("", None),
    ],
)
def test_an_anchor_of_another_style_is_found(written, found):
    """By letters and digits, where only one is meant."""
    anchors = [
        "plans--billing",
        "setup",
        "setup-1",
        "\ufe0f-warning",
        "größe",
        "1-intro",
        "c",
        "c-",
    ]
    assert find_anchor(written, anchors) == found


def test_what_two_anchors_could_be_is_neither():
    """No guess: a link that may mean either is told of."""
    assert find_anchor("A", ["a-", "-a"]) is None


def test_a_style_makes_the_anchors_of_a_text():
    """The sections, and the ids in the HTML."""
    document = parse("# One\n\n## A & B\n", anchors=STYLES["python-markdown"])
    assert document.anchors == ("one", "a-b")
    assert [section.anchor for section in document.sections] == ["one", "a-b"]
    assert '<h2 id="a-b">' in document.html()


def test_the_former_anchors_of_a_text():
    """Only those that differ."""
    document = parse("## Plans & Billing\n\n## Plain\n")
    assert document.anchors == ("plans--billing", "plain")
    assert document.former_anchors() == {"plans-billing": "plans--billing"}


def test_a_free_anchor_is_numbered():
    """As repeats are."""
    assert free_anchor("top", {"top", "top-1"}) == "top-2"
