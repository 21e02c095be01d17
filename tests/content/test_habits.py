"""Facts about what articles themselves tell of how their folder is written."""

import pytest
from support.sites import Base

from kb.content.habits import find_links_by_name
from kb.knowledge_base import KnowledgeBase


@pytest.fixture
def empty(tmp_path):
    """A knowledge base without an article."""
    made = Base(tmp_path)
    made.content.mkdir()
    return made


IDS = ("Home", "guide/Late parcels", "guide/Refund-policy")


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("See [[Late parcels]] and [[guide/Late parcels#Why|why]].", {"obsidian"}),
        ("![[box.png|300]]", {"obsidian"}),
        ("Ask [[where it is|Late parcels]], [[Refund policy]], [[money|refund-policy]].", {"obsidian", "gollum"}),
        ("[[Home]] and [[Elsewhere]]", {"obsidian"}),
        ("[[Home]], [[Elsewhere]], [[Nowhere]]", set()),
        ("if [[ -f Home ]]; then", set()),
        ("`[[Home]]`\n\n```\n[[Home]]\n```\n", set()),
        ("no link", set()),
    ],
)  # fmt: skip
def test_half_of_the_names_are_those_of_articles(text, marks):
    """Code does not count, nor a name that no article has; a text comes first where the page's
    name mostly comes last.
    """
    assert find_links_by_name([text], IDS) == marks


VAULT = {
    "Home.md": "# Home\n\n![[lucide-box.svg#icon]] See [[Late parcels]], [[Late parcels#Why|the reasons]], [[Gone]].\n",
    "deep/Late parcels.md": "# Late parcels\n\n## Why\n\nBack [[Home]]. %%secret%%\n",
}


def test_a_folder_that_links_by_name_is_read_so(empty):
    """Without a file that tells of Obsidian: on pages, in the index and in the terminal, and said
    once. A name that nothing has is words, with a warning.
    """
    empty.write(VAULT)
    report = empty.build()
    assert [p.code for p in report.problems if p.code == "links-by-name"] == ["links-by-name"]
    page = empty.read("Home.html")
    assert '<a href="deep/Late%20parcels.html">Late parcels</a>' in page
    assert '<a href="deep/Late%20parcels.html#why">the reasons</a>' in page
    assert "[[" not in page
    assert "lucide" not in page
    assert "the link [[Gone]] leads to nothing in the content folder" in str(report.problems)
    base = KnowledgeBase(empty.config())
    assert "[[" not in base.search("reasons").hits[0].snippet
    assert "[[" not in base.page("Home").document.sections[0].text


def test_the_settings_leave_names_in_brackets_text(empty):
    """For folders where they are something else."""
    empty.write({**VAULT, "../kb.toml": '[content]\ndialect = "plain"\n'})
    report = empty.build()
    assert "links-by-name" not in {p.code for p in report.problems}
    assert "[[Late parcels]]" in empty.read("Home.html")


def test_an_edit_that_makes_names_links_is_seen_in_all_articles(empty):
    """All are read anew: what one article tells counts for the folder."""
    empty.write({"a.md": "# A\n\n[[B page]] [[x]] [[y]]\n", "b-page.md": "# B\n"})
    empty.build()
    assert "[[B page]]" in empty.read("a.html")
    empty.write({"c.md": "# C\n\n[[a]] [[b page|The other]] [[c]]\n"})
    empty.build()
    assert '<a href="b-page.html">B page</a>' in empty.read("a.html")
    assert "[[B page" not in str(KnowledgeBase(empty.config()).page("a").document.sections[0].text)


def test_a_wiki_has_the_text_first(empty):
    """As those of GitHub and GitLab."""
    empty.write({"Home.md": "# Home\n\n[[the way|Late parcels]]\n", "Late-parcels.md": "# L\n"})
    empty.build()
    assert '<a href="Late-parcels.html">the way</a>' in empty.read("Home.html")


WIKI = {
    "Home.md": "Welcome. See [the way](wiki/Late-parcels) and [[Sizes|Parcel sizes#small]].\n",
    "Late-parcels.md": "Text.\n",
    "Parcel-sizes.md": "## Small\n\n[[images/box.svg]] [[images/box.svg|alt=A box|width=30px|frame]]\n",
    "Lost.md": "# Lost\n",
    "images/box.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>\n',
    "_Footer.md": "The same on all pages.\n",
    "_Sidebar.md": (
        "### On the way\n* [[Home]]\n* [[Parcels that are late|Late-parcels]]\n* [[Lost]]\n\n"
        "### Before\n* [[Parcel sizes]]\n"
    ),
}


def test_a_folder_of_a_wiki_is_read_as_it_is_shown(empty):
    """`Home` is the front page, pictures are shown by name, and the sidebar gives the topics."""
    empty.write(WIKI)
    report = empty.build()
    assert [str(problem) for problem in report.problems if problem.severity == "warning"] == []
    home = empty.read("index.html")
    assert '<a href="Late-parcels.html">the way</a>' in home
    assert '<a href="Parcel-sizes.html#small">Sizes</a>' in home
    page = empty.read("Parcel-sizes.html")
    assert 'src="files/images/box.svg" alt="box"' in page
    assert 'alt="A box" width="30"' in page
    topics = {topic.id: topic for topic in KnowledgeBase(empty.config()).topics()}
    held = [(topics[name].title, topics[name].articles) for name in topics[""].topics]
    assert held == [("On the way", ("Late-parcels", "Lost")), ("Before", ("Parcel-sizes",))]
    assert report.left_out == 2
