"""Facts about each command, on a knowledge base without an engine."""

import io
import json
import subprocess
from dataclasses import replace

import pytest

from kb.cli.answer import answer_lines
from kb.cli.app import run
from kb.cli.text import MARK, columns, render
from kb.model import (
    Answer,
    Audience,
    Channel,
    ContactOption,
    Correction,
    Escalation,
    Found,
    Problem,
    Severity,
    Tier,
)
from kb.support.escalation import ENGLISH

LAST = "Still need help? Chat: Account > Contact Us. Have ready: The order number; The date."


def test_search_prints_hits_and_the_way_to_a_person(base, kb):
    """The first is whole: title, trail, tier, snippet, actions and name. A section of the same
    article stands below it; help comes last.
    """
    result = kb("search", "package", "late")
    assert result.code == 0
    assert result.out.startswith(
        "1. A package is late\n"
        "   self-service\n"
        "   Look at the tracking first.\n"
        "   \u2192 Check the tracking: Orders > Track\n"
        "   orders/late#a-package-is-late\n"
        "   \u203a Check the tracking\n"
        "     orders/late#check-the-tracking\n"
    )
    assert result.out.splitlines()[-1] == LAST
    assert result.out.count("\u2192") == 1
    assert result.err == ""


def test_search_passes_everything_on(base, kb):
    """Each option reaches the search."""
    kb(
        "search",
        "late",
        "--tier",
        "contact",
        "--topic",
        "orders",
        "--tag",
        "x",
        "--limit",
        "3",
        "--language",
        "de",
        "--audience",
        "agent",
        "--drafts",
        "--prefix",
        "--explain",
        "--exact",
        "--sections",
    )
    assert base.asked == {
        "force": False,
        "query": "late",
        "tier": Tier.CONTACT,
        "topic": "orders",
        "tag": "x",
        "limit": 3,
        "language": "de",
        "audience": Audience.AGENT,
        "drafts": True,
        "prefix": True,
        "correct": False,
        "explain": True,
        "sections": True,
    }


def test_search_leaves_defaults_to_the_knowledge_base(base, kb):
    """Without options nothing is decided here."""
    kb("search", "late")
    assert (base.asked["limit"], base.asked["tier"], base.asked["correct"]) == (None, None, True)


@pytest.mark.parametrize(
    ("args", "query"),
    [
        (["e-mail", "--dry-run", "x"], "e-mail --dry-run x"),
        (["refund", "-gift"], "refund -gift"),
        (["-gift", "refund"], "-gift refund"),
        (['"order tracking"'], '"order tracking"'),
        (["order tracking", "error:", "5"], "order tracking error: 5"),
        (["--", "--limit", "-v"], "--limit -v"),
        (["a", "--", "--", "b"], "a -- b"),
        (["-", "a"], "- a"),
        (["--x=y", "--", "z"], "--x=y z"),
        (["a", "--limit=2", "-q"], "a"),
        (["a", "--limit", "2", "b"], "a b"),
        (["-verbose"], "-verbose"),
        (["-qv", "a"], "a"),
    ],
)
def test_words_are_words(args, query, base, kb):
    """What is no option of the command is a word of the query."""
    assert kb("search", *args).code in (0, 1)
    assert base.asked["query"] == query


@pytest.mark.parametrize(
    ("data", "query"),
    [
        (b"my package\r\nnever arrived\n\n", "my package\r\nnever arrived"),
        ("\ufefflate".encode(), "late"),
        (b"late \xff\xfe package", "late \ufffd\ufffd package"),
        (b"late " * 1_000_000, "late " * 1638 + "la"),
        (b"--limit 3", "--limit 3"),
    ],
)
def test_a_lone_hyphen_reads_standard_input(data, query, base, kb, monkeypatch):
    """Lines, a byte order mark, other encodings and any length; nothing of it is an option."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert kb("search", "-").code in (0, 1)
    assert base.asked["query"] == query


def test_a_message_is_read_for_contact_too(base, kb, monkeypatch):
    """What a customer wrote goes into the message to fill in."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"charged\ntwice\n")))
    assert "What happened: charged twice [more details]" in kb("contact", "-").out


@pytest.mark.parametrize("data", [b"", b"\n \t\n", None])
def test_an_empty_input_is_a_usage_error(data, base, kb, monkeypatch):
    """As `kb search ''` is; a closed input is empty."""
    stdin = None if data is None else io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr("sys.stdin", stdin)
    result = kb("search", "-")
    assert (result.code, result.out) == (2, "")
    assert "there are no words to search for" in result.err


def test_contact_without_words_names_every_channel(base, kb, monkeypatch):
    """Words that can't be seen are none."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    assert kb("contact").out == kb("contact", "").out == kb("contact", "-").out


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("--limt", "--limit"),
        ("--aduience", "--audience"),
        ("--tags=x", "--tag"),
        ("--jsn", "--json"),
    ],
)
def test_slips_are_refused(slip, meant, base, kb):
    """A slip of a known option is an error that names it."""
    result = kb("search", slip, "3", "late")
    assert result.code == 2
    assert f"did you mean {meant}?" in result.err
    assert kb("search", "--", slip, "late").code == 0


def test_missing_value_is_an_error(base, kb):
    """An option at the end still needs its value."""
    assert kb("search", "late", "--limit").code == 2


def test_nothing_found_is_exit_1_with_topics(base, kb):
    """The nearest topics and the way to a person are there, and the exit code says it."""
    result = kb("search", "zzz")
    assert result.code == 1
    assert "Nothing found for zzz\n" in result.out
    assert " \u00b7 kb topics " in result.out
    assert result.out.splitlines()[-1] == LAST


def test_json_of_a_search(base, kb):
    """The keys and their order are documented; offsets are into the snippet."""
    result = kb("search", "--json", "--explain", "tracking")
    found = json.loads(result.out)
    assert list(found) == [
        "version",
        "query",
        "corrected",
        "corrections",
        "did_you_mean",
        "found",
        "total",
        "confidence",
        "hits",
        "topics",
        "synonyms",
        "notices",
        "escalation",
    ]
    hit = found["hits"][0]
    assert list(hit) == [
        "rank",
        "group",
        "article",
        "anchor",
        "title",
        "headings",
        "tier",
        "topic",
        "score",
        "match",
        "weak",
        "snippet",
        "highlights",
        "actions",
        "path",
        "lines",
        "parts",
    ]
    assert hit["path"] == "content/orders/late.md"
    assert sum(part["score"] for part in hit["parts"]) == hit["score"]
    assert list(found["escalation"]) == ["channels", "have_ready", "message", "note"]


def test_other_versions_of_a_hit_are_named(tmp_path, capsys):
    """In a line of its own, and in JSON where there is something to say; by a real index."""
    for version in ("v9", "v10"):
        path = tmp_path / "content" / version / "install.md"
        path.parent.mkdir(parents=True)
        path.write_text("# Install\n\nUnpack the package.\n")
    args = [
        "--content",
        str(path.parents[1]),
        "--index",
        str(tmp_path / "index"),
        "search",
        "unpack",
    ]
    assert run(args) == 0
    out = capsys.readouterr().out
    assert "Also in v9." in out
    assert "v10/install" in out
    assert run([*args, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["total"] == 1
    assert found["hits"][0]["also"] == [
        {"article": "v9/install", "anchor": "install", "label": "v9"}
    ]
    assert run([*args, "topic:v9", "--json"]) == 0
    (hit,) = json.loads(capsys.readouterr().out)["hits"]
    assert hit["article"] == "v9/install"
    assert "also" not in hit


def test_json_of_nothing_is_valid(base, kb):
    """An empty answer has the same keys."""
    result = kb("search", "zzz", "--json")
    found = json.loads(result.out)
    assert result.code == 1
    assert (found["total"], found["hits"], found["found"]) == (0, [], "nothing")
    assert found["topics"][0]["topic"]


def test_json_survives_lone_surrogates(base, kb):
    """What the shell hands over need not be Unicode."""
    result = kb("search", "--json", "late\udcff")
    assert json.loads(result.out)["query"] == "late\udcff"


def test_answer_says_how_it_understood_the_query(base, kb):
    """Corrections, synonyms, notices and longer words are announced above the hits."""
    plain = base.search("tracking")
    base.answer = replace(
        plain,
        query="late pacakge",
        found=Found.CORRECTED,
        correction=Correction("late package", (("pacakge", "package"),)),
        suggestion=Correction("lace package", (("late", "lace"), ("pacakge", "package"))),
        synonyms=(("package", ("parcel",)), ("late", ("delayed", "overdue", "behind schedule"))),
        notices=("The query was cut.",),
        total=40,
        hits=(replace(plain.hits[0], weak=True),),
    )
    lines = kb("search", "late", "pacakge").out.splitlines()
    assert lines[:5] == [
        "The query was cut.",
        "Showing results for late package; search instead for late pacakge with --exact.",
        "Did you mean lace package?",
        "package also finds parcel. late also finds delayed, overdue, behind schedule.",
        "",
    ]
    assert lines[5:7] == ["Perhaps", f"1. {plain.hits[0].title}"]
    assert "1 of 40 sections; kb show ID shows all of an article." in lines
    base.answer = replace(plain, found=Found.PREFIX, hits=(replace(plain.hits[0], snippet=""),))
    assert kb("search", "trac").out.startswith("No section has these words; these have longer")
    corrected = kb("search", "x", "--json")
    assert json.loads(corrected.out)["corrected"] is None
    base.answer = replace(plain, correction=Correction("a", (("b", "a"),)))
    assert json.loads(kb("search", "x", "--json").out)["corrections"] == [["b", "a"]]


def test_explanation_is_a_table_that_adds_up(base, kb):
    """Each part of a score has a line, the sum the last."""
    out = kb("search", "--explain", "tracking", "--limit", "1").out
    assert "   body   late     1.500\n   title  late     0.500\n   score           2.000\n" in out


def test_words_found_are_marked_in_colour_only(base, screen):
    """On a terminal the words found stand out; in a pipe the text is left alone."""
    answer = base.search("tracking", limit=1)
    lines = [*answer_lines(answer, screen)]
    assert any(span.style == MARK for line in lines for span in line)
    assert any("\x1b[1;35mLook" in render(line, colour=True) for line in lines)
    assert not any("\x1b" in render(line, colour=False) for line in lines)


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_answers_fit_every_width(width, base, kb, monkeypatch):
    """No line but the last, which programs read, is wider than the window; none ends in a space."""
    monkeypatch.setenv("COLUMNS", str(width))
    for args in (
        ["search", "tracking", "--explain"],
        ["topics"],
        ["contact", "late"],
        ["show", "orders/late"],
    ):
        lines = kb(*args).out.splitlines()
        wide = [line for line in lines if columns(line) > width]
        assert wide in ([], [LAST])
        assert [line for line in lines if line != line.rstrip()] == []


def test_control_characters_never_pass(base, kb):
    """Titles, snippets, names and queries are written out."""
    bad = "x\x1b]0;t\x07\u202e\n\x9b"
    plain = base.search("tracking")
    hit = replace(plain.hits[0], title=bad, headings=(bad,), snippet=bad, article=bad, anchor=bad)
    base.answer = replace(plain, query=bad, hits=(hit,), found=Found.WORDS)
    for args in (["search", bad], ["search", bad, "--json"], ["show", bad], ["topics", bad]):
        result = kb(*args)
        text = (result.out + result.err).replace("\n", "")
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(text)


def test_last_line_says_only_what_is_known(base, kb):
    """A channel without a place, and nothing to have ready, make a short line."""
    base.answer = Answer(
        "x", Found.NOTHING, 0, (), Escalation((ContactOption(Channel("fax"), "why"),))
    )
    assert kb("search", "x").out.endswith("Still need help? Fax.\n")


def test_missing_channel_is_said_in_the_last_line(base, kb):
    """Without any way to a person, the note of the escalation ends the answer."""
    base.answer = Answer("x", Found.NOTHING, 0, (), Escalation(note="Ask at the desk."))
    assert kb("search", "x").out == "Nothing found for x\n\nStill need help? Ask at the desk.\n"


def changed(base, **values):
    """Make the next update of the index find changes."""
    base.changes = base.changes._replace(**values)


def test_search_says_that_it_updated_the_index(base, kb):
    """What changed is one line on stderr; -q leaves it out."""
    changed(base, added=("a", "b"), updated=("c",), moved=("d",), removed=("e",))
    assert kb("search", "late").err == "index: 2 added, 1 changed, 1 moved, 1 removed\n"
    assert kb("search", "late", "-q").err == ""
    changed(base, rebuilt=True, reason="there was no index")
    assert kb("search", "late").err == "index: built, 2 articles (there was no index)\n"
    changed(base, reason="")
    assert kb("search", "late").err == "index: built, 2 articles\n"


PROBLEMS = (
    Problem("a.md", 3, "is not UTF-8"),
    Problem("b.md", None, "has an odd key", Severity.WARNING),
    Problem("c.md", 1, "unknown key", Severity.NOTE),
)


def test_problems_are_listed_when_something_changed(base, kb):
    """Errors and warnings have a line each on stderr; notes only with -v."""
    changed(base, problems=PROBLEMS, added=("a",))
    assert kb("topics").err.splitlines() == [
        "index: 1 added",
        "kb: error: a.md:3: is not UTF-8",
        "warning: b.md: has an odd key",
    ]
    assert "note: c.md:1: unknown key" in kb("topics", "-v").err


def test_errors_are_recalled_when_nothing_changed(base, kb):
    """Later searches only recall that files have errors; warnings are not repeated."""
    changed(base, problems=PROBLEMS)
    assert kb("search", "late").err == (
        "1 file has errors and may be missing here; `kb index` lists them\n"
    )
    changed(base, problems=(*PROBLEMS, Problem("d.md", 1, "x")))
    assert kb("search", "late").err.startswith("2 files have errors")
    changed(base, problems=PROBLEMS[1:])
    assert kb("search", "late").err == ""


def test_index_prints_what_changed(base, kb):
    """One line; with -v the articles too; 3 when one can't be read."""
    assert kb("index").out == "2 articles, 4 sections: nothing changed (0.1 s)\n"
    changed(base, added=("a\x1b",), moved=("b",))
    assert kb("index", "-v").out == (
        "2 articles, 4 sections: 1 added, 1 moved (0.1 s)\n  added   a\\x1b\n  moved   b\n"
    )
    changed(base, rebuilt=True, reason="asked for")
    assert "built anew: asked for" in kb("index", "--force").out
    assert base.asked["force"] is True
    changed(base, reason="")
    assert "built anew (" in kb("index").out
    changed(base, problems=PROBLEMS)
    result = kb("index", "--json")
    assert result.code == 3
    found = json.loads(result.out)
    assert list(found) == [
        "version",
        "articles",
        "sections",
        "added",
        "updated",
        "moved",
        "removed",
        "rebuilt",
        "reason",
        "seconds",
        "problems",
    ]
    assert found["problems"][0] == {
        "path": "a.md",
        "line": 3,
        "message": "is not UTF-8",
        "severity": "error",
        "code": "content",
    }
    changed(base, problems=PROBLEMS[1:])
    assert kb("index").code == 0


def test_show_prints_an_article(base, kb):
    """Title, facts, actions, text, links, related articles, and the way to a person."""
    assert kb("show", "orders/late").out == (
        "A package is late\n"
        "orders/late \u00b7 self-service\n"
        "\n"
        "Do it yourself\n"
        "  \u2192 Check the tracking: Orders > Track\n"
        "\n"
        "Look at the *tracking* **first**.\n"
        "\n"
        "## Check the tracking\n"
        "\n"
        "Open `Orders` and read the status[1].\n"
        "\n"
        "### On the phone\n"
        "\n"
        "Use the app.\n"
        "\n"
        "## Ask\n"
        "\n"
        "Ask us.\n"
        "\n"
        "[1] contact/chat\n"
        "\n"
        "Related\n"
        "  \u2022 contact/chat\n"
        "\n"
        "Still need help?\n"
        "1. Chat \u2013 best for most problems\n"
        "   Where  Account > Contact Us\n"
        "   Wait   Short\n"
        "   More   kb show contact/chat\n"
        "\n"
        "Have ready\n"
        "  \u2022 The order number\n"
        "  \u2022 The date\n"
    )


def test_show_prints_a_section_with_those_below(base, kb):
    """Only the section asked for, and its facts name it."""
    out = kb("show", "orders/late#check-the-tracking").out
    assert "orders/late#check-the-tracking \u00b7" in out
    assert "## Check the tracking" in out
    assert "### On the phone" in out
    assert "## Ask" not in out
    sections = json.loads(kb("show", "--json", "orders/late#check-the-tracking").out)["sections"]
    assert [s["anchor"] for s in sections] == ["check-the-tracking", "on-the-phone"]


def test_show_prints_the_source(base, kb, folder):
    """--source is the Markdown of the article or the section, as written where that is plain."""
    body = kb("show", "orders/late", "--source").out
    assert body.startswith("# A package is late\n\nLook at the *tracking* **first**.\n")
    part = kb("show", "orders/late#ask", "--source").out
    assert part == "## Ask\n\nAsk us.\n"
    marked = "# Marked\n\n<p>x <b>y</b>\n\n## Ask\n\n:::note\nus\n:::\n"
    (folder / "content" / "marked.md").write_text(marked, encoding="utf-8")
    assert kb("show", "marked", "--source").out.startswith("# Marked\n\nx **y**\n\n## Ask\n")
    assert kb("show", "marked#ask", "--source").out == "## Ask\n\n> **Note**\n>\n> us\n"


def test_show_says_who_may_read_it(base, kb, folder):
    """Articles for agents, drafts and reviewed ones say so."""
    (folder / "content" / "x.md").write_text(
        "---\naudience: agent\nstatus: draft\nreviewed: 2026-01-02\n---\ntext\n"
    )
    out = kb("show", "x").out
    assert "x \u00b7 self-service \u00b7 for agents \u00b7 draft \u00b7 reviewed 2026-01-02" in out
    assert json.loads(kb("show", "x", "--json").out)["reviewed"] == "2026-01-02"
    assert "text" in kb("show", "x#top").out


@pytest.mark.parametrize(
    "name", ["content/orders/late.md", "orders/late.md", "./orders/late.md", "content/orders/late"]
)
def test_show_takes_paths(name, base, kb, folder):
    """The path of a file will do for an id, with or without the folder or `.md`."""
    assert kb("show", name).out.startswith("A package is late\n")
    assert kb("show", folder / "content/orders/late.md").code == 0
    assert kb("show", "content\\orders\\late.md").code == 0


def test_show_suggests_ids_and_anchors(base, kb):
    """An unknown name is exit 1 with similar ones."""
    result = kb("show", "orders/lat")
    assert (result.code, result.out) == (1, "")
    assert "did you mean orders/late?" in result.err
    assert "did you mean ask?" in kb("show", "orders/late#aks").err
    err = kb("show", "orders/late#zzzzzz").err
    assert "it has a-package-is-late, check-the-tracking, on-the-phone, ask" in err
    assert json.loads(kb("show", "x", "--json").out)["error"]["code"] == "not-found"


def test_topics_prints_the_tree(base, kb):
    """Topics with their articles below them, each with the id to show it by."""
    out = kb("topics").out
    assert out.startswith("Contact \u00b7 contact \u00b7 1 article\n")
    assert (
        "\n\nOrders \u00b7 orders \u00b7 1 article\n  A package is late \u00b7 orders/late\n" in out
    )
    assert "Chat with us \u00b7 contact/chat" in out
    below = kb("topics", "orders/").out
    assert (
        below == "Orders \u00b7 orders \u00b7 1 article\n  A package is late \u00b7 orders/late\n"
    )


def test_topics_go_deep(base, kb, folder):
    """Topics within topics stand further to the right, articles of the root at the margin."""
    deep = folder / "content" / "orders" / "abroad" / "customs"
    deep.mkdir(parents=True)
    (deep / "duty.md").write_text("# Duty\n")
    (folder / "content" / "about.md").write_text("# About\n")
    out = kb("topics", "--all").out
    assert out.startswith("About \u00b7 about\n")
    assert "\n    Customs \u00b7 orders/abroad/customs \u00b7 1 article\n      Duty" in out
    assert "--all" not in out
    assert kb("topics", "--depth", "4").out == out
    found = json.loads(kb("topics", "orders", "--json").out)["topics"]
    assert [topic["topic"] for topic in found] == [
        "orders",
        "orders/abroad",
        "orders/abroad/customs",
    ]
    assert found[0]["articles"] == [{"article": "orders/late", "title": "A package is late"}]


def test_topics_show_two_levels_unless_asked_for_more(base, kb, folder):
    """Each topic says how many articles it and those below it have; below a topic it is the same."""
    for path in ("a/b/c/d", "a/b/x", "a/y"):
        file = folder / "content" / f"{path}.md"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {path[-1].upper()}\n")
    top, below = kb("topics").out, kb("topics", "a").out
    assert top.startswith(
        "A \u00b7 a \u00b7 3 articles\n  Y \u00b7 a/y\n  B \u00b7 a/b \u00b7 2 articles\n\nContact"
    )
    assert "X \u00b7 a/b/x" not in top
    assert "  X \u00b7 a/b/x\n    C \u00b7 a/b/c \u00b7 1 article\n\n--all shows" in below
    assert "D \u00b7 a/b/c/d" not in below
    one = kb("topics", "--depth", "1").out.splitlines()
    assert one[:3] == [
        "A \u00b7 a \u00b7 3 articles",
        "Contact \u00b7 contact \u00b7 1 article",
        "Orders \u00b7 orders \u00b7 1 article",
    ]
    complete = json.loads(kb("topics", "--json").out)
    assert complete == json.loads(kb("topics", "--json", "--depth", "1").out)
    assert "a/b/c" in [topic["topic"] for topic in complete["topics"]]


@pytest.mark.parametrize("id_", ["my guide/second step", "a b c", "l'été/$HOME & co"])
def test_names_with_spaces_are_shown(id_, base, kb, folder):
    """Quoted or not; an anchor follows the id."""
    file = folder / "content" / f"{id_}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("# The title\n\n## More\n\ntext\n")
    for args in ([id_], id_.split(" "), [f"content/{id_}.md"]):
        result = kb("show", *args)
        assert (result.code, result.out.splitlines()[0]) == (0, "The title")
    assert f"{id_}#more" in kb("show", f"{id_}#more").out
    topic = id_.rpartition("/")[0]
    assert kb("topics", *topic.split()).code == 0
    assert "has no section nonsense" in kb("show", f"{id_}#nonsense").err


@pytest.mark.parametrize("width", [20, 23, 30, 40, 57, 80, 100])
def test_ids_and_commands_are_never_broken(width, base, kb, folder, monkeypatch):
    """At any width they stand on one line, which may be a line of their own."""
    long = "orders and deliveries/a-name-that-is-longer-than-any-line-of-a-narrow-terminal"
    file = folder / "content" / f"{long}.md"
    file.parent.mkdir(parents=True)
    file.write_text("---\nrelated: [contact/chat]\n---\n# Long\n\n## Late\n\nlate text\n")
    plain = base.search("late")
    notice = f"There is no topic x; did you mean \u201c{long}\u201d or contact/chat?"
    monkeypatch.setenv("COLUMNS", str(width))
    assert (
        f"   {long}#late\n" in kb("search", "late").out
        or f"\n{long}#late\n" in kb("search", "late").out
    )
    base.answer = replace(plain, notices=(notice,))
    assert f"\u201c{long}\u201d" in kb("search", "late").out
    assert f"{long}#late" in kb("show", f"{long}#late").out
    assert long in kb("topics", "--all").out
    base.answer = replace(plain, hits=(), found=Found.NOTHING, topics=base.topics()[1:])
    nothing = kb("search", "zzz").out
    assert "kb topics contact\n" in nothing
    assert "kb topics 'orders and deliveries'\n" in nothing
    assert "kb show contact/chat\n" in kb("contact").out


def test_unknown_topic_is_exit_1(base, kb):
    """Similar topics are named."""
    result = kb("topics", "order")
    assert (result.code, result.out) == (1, "")
    assert "did you mean orders?" in result.err
    assert "lists them all" in kb("topics", "zzz").err


def test_empty_knowledge_base_has_no_topics(base, kb, folder):
    """Without articles there is nothing to browse."""
    for path in folder.glob("content/*/*.md"):
        path.unlink()
    assert kb("topics").code == 1
    assert json.loads(kb("topics", "--json").out)["version"] == 1


def test_contact_prints_channels_and_a_message(base, kb):
    """Why, where, what to have ready, and a message that begins with the words."""
    result = kb("contact", "lamp", "broke", "yesterday")
    assert result.code == 0
    assert result.out.startswith("1. Chat \u2013 best for most problems\n   Where  Account")
    assert (
        "A message to fill in\n  What happened: lamp broke yesterday [more details]\n" in result.out
    )
    found = json.loads(kb("contact", "--json").out)
    assert (found["query"], found["escalation"]["channels"][0]["channel"]) == ("", "chat")


def test_contact_without_channels_is_exit_1(base, kb, monkeypatch):
    """A knowledge base without contact articles says so."""
    monkeypatch.setattr(
        type(base), "contact", lambda self, words, **_: Escalation(message="m", note="Nobody.")
    )
    result = kb("contact")
    assert (result.code, result.out.splitlines()[0]) == (1, "Nobody.")
    monkeypatch.setattr(
        type(base),
        "contact",
        lambda self, words, **_: Escalation(message="m", note=ENGLISH.no_channel),
    )
    assert kb("contact").out == f"{ENGLISH.no_channel}\n"


def test_init_creates_a_knowledge_base_that_works(kb, folder):
    """Every article of the sample is readable, and the settings are understood."""
    result = kb("init", "new")
    assert result.code == 0
    assert "cd new" in result.out
    from kb.config import load_config
    from kb.content import read_content

    config = load_config(environ={}, cwd=folder / "new")
    content = read_content(config.content)
    assert content.articles
    assert content.problems == ()


def test_init_takes_an_empty_folder(kb, folder):
    """An empty folder is as good as none; JSON lists the files."""
    (folder / "empty").mkdir()
    found = json.loads(kb("init", "empty", "--json").out)
    assert "kb.toml" in found["files"]
    assert all((folder / "empty" / name).is_file() for name in found["files"])


def test_init_keeps_what_is_built_out_of_a_new_repository(kb, folder):
    """A folder with a repository and nothing else is one to start in; git passes over the rest."""
    new = folder / "new"
    subprocess.run(["git", "init", "-q", new], check=True)
    assert kb("init", new).code == 0
    assert kb("--config", new / "kb.toml", "build").code == 0
    assert (new / "site" / "index.html").is_file()
    told = subprocess.run(
        ["git", "-C", new, "status", "--porcelain"], capture_output=True, text=True, check=True
    )
    assert sorted(told.stdout.split()[1::2]) == [".gitignore", "content/", "kb.toml"]


@pytest.mark.parametrize("name", ["full", "file", "link"])
def test_init_never_overwrites(name, kb, folder):
    """A folder with anything in it, a file, or a dangling link is refused and left alone."""
    (folder / "full").mkdir()
    (folder / "full" / "mine").write_text("mine")
    (folder / "file").write_text("mine")
    (folder / "link").symlink_to(folder / "nowhere")
    result = kb("init", name)
    assert (result.code, result.out) == (3, "")
    assert "is not an empty folder" in result.err
    assert [p.name for p in (folder / "full").iterdir()] == ["mine"]
    assert not (folder / "nowhere").exists()
