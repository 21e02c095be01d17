"""Line 3: Markdown that takes a parser minutes or gigabytes, in whole commands.

Each text is read whole, or refused in one line that names path, line and limit; every other
article is indexed and built; memory stays below a gigabyte.
"""

import json
import re

import pytest
from support.processes import run_kb, write

SETTINGS = """
[limits]
seconds = 1  # so that this suite takes less than ten times as long
"""
MEGABYTES = 1_000

NESTED = {
    "quotes": "> " * 3_000 + "x",
    "lists": "- " * 3_000 + "x",
    "numbers": "1. " * 3_000 + "x",
    "mixed": "> - 1. " * 1_000 + "x",
    "quotes-at-the-limit": "> " * 100 + "x\n" + "x\n" * 2_000,
    "brackets": "[" * 20_000 + "a" + "]" * 20_000,
    "links": "[" * 8_000 + "a" + "](b)" * 8_000,
    "images": "![" * 8_000 + "a" + "](b)" * 8_000,
    "emphasis": "*a **b " * 6_000 + "b** a*" * 6_000,
    "strikethrough": "~~a " * 12_000,
    "parentheses": "[a](" + "(" * 20_000 + ")" * 20_000 + ")",
    "staircase": "".join("  " * n + "- x\n" for n in range(50)),
}
UNMATCHED = {
    "stars": "a** " * 12_000,
    "openers": "*a _b " * 8_000,
    "backticks": "".join("`" * n + " " for n in range(300)),
    "brackets-open": "[a\n" * 16_000,
    "images-open": "![" * 20_000,
    "links-open": "[a](" * 12_000,
    "tags-open": "<a b='" * 8_000,
    "comments-open": "<!--" * 12_000,
    "comments-open-100000": "a <!--\n" * 100_000,
    "comments-mdx-open": "a {/* b\n\n" * 50_000,
    "comments-percent-open": "a %%b c\n\n%%d\n\n" * 25_000,
    "comments": "a <!-- b\n\nc -->\n" * 50_000,
    "comments-across-code": "a <!--\n\n```\n-->\n\n" * 12_000,
    "sections-open": "<![CDATA[" * 5_000,
    "entities": "&" * 40_000,
    "backslashes": "\\" * 40_001,
    "fences-open": "```\n" * 12_001,
    "addresses-open": "<http://a" * 5_000,
}
LARGE = {
    "50-megabytes": b"words and words \n" * 3_000_000,
    "a-million-sections": "# a\n" * 1_000_000,
    "many-sections": "# a\n" * 25_000,
    "stars-5-megabytes": "\n\n".join(["a** " * 240_000] * 5),
    "lazy-lines": "> " * 90 + "x\n" + "x\n" * 190_000,
    "table-of-rows": "|a|b|\n|-|-|\n" + "|c|d|\n" * 100_000,
    "table-of-columns": "|a" * 30_000 + "|\n" + "|-" * 30_000 + "|\n" + "|b\n" * 20_000,
    "references": "".join(f"[a{n}]: /b{n}\n" for n in range(100_000)),
    "references-used": "[a]: /" + "&" * 2_000 + "\n\n" + "[a] " * 50_000,
    "one-line": "x" * 4_900_000,
    "long-lines": "\n\n".join(["word " * 190_000] * 5),
    "empty-lines": "\n" * 4_900_000,
}
TEXTS = {**NESTED, **UNMATCHED, **LARGE}
READ = {"staircase", "backslashes", "long-lines", "one"}
REFUSED = {
    "quotes": "nesting",
    "lists": "nesting",
    "50-megabytes": "file",
    "a-million-sections": "lines",
    "many-sections": "sections",
    "stars-5-megabytes": "seconds",
    "lazy-lines": "(seconds|steps)",  # whichever the machine reaches first
    "one-line": "paragraph",
}
ERROR = re.compile(r"(?:kb: )?error: ([\w-]+)\.md:\d+: [^\n]{1,150}: over the limit")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A knowledge base of all these texts, and of articles as they should be."""
    made = tmp_path_factory.mktemp("pathological")
    write(made, {f"content/{name}.md": text for name, text in TEXTS.items()})
    write(made, {"content/one.md": "# One\n\nA parcel is late.\n", "kb.toml": SETTINGS})
    return made


@pytest.fixture(scope="module")
def indexed(folder):
    """What indexing says, and the ids of the articles that can be found afterwards."""
    done = run_kb(folder, "index", "-v")
    topics = json.loads(run_kb(folder, "topics", "--json").out)["topics"]
    return done, {article["article"] for topic in topics for article in topic["articles"]}


def refusals(err):
    """The articles that were refused, with the limit that each passed."""
    lines = [line for line in err.split("\n") if line.startswith(("kb: error: ", "error: "))]
    found = {}
    for line in lines:
        assert ERROR.match(line), line
        found[ERROR.match(line)[1]] = line
    assert len(found) == len(lines)
    return found


def test_every_text_is_indexed_or_refused_in_one_line(indexed, tally):
    """None is both, none is neither; each line names path, line and limit."""
    done, found = indexed
    refused = refusals(done.err)
    assert done.code == 3
    assert "Traceback" not in done.err
    for name in TEXTS:
        with tally("Markdown that takes long, indexed"):
            assert (name in found) != (name in refused), name
    assert found >= READ
    for name, limit in REFUSED.items():
        assert re.search(rf"over the limit \(limits\.{limit}\)", refused[name])


def test_indexing_them_takes_less_than_a_gigabyte(indexed):
    """All of them together, the children that read large ones included."""
    assert indexed[0].peak < MEGABYTES


def test_others_are_found(folder, indexed):
    """A search beside them answers, and says that files are missing."""
    done = run_kb(folder, "search", "late parcel")
    assert done.code == 0
    assert "one" in done.out
    assert "files have errors and may be missing here" in done.err
    assert done.peak < MEGABYTES


def test_others_are_built(folder, indexed, tally):
    """The site has a page for each that was not refused; the same ones are."""
    done = run_kb(folder, "build", "-v")
    refused = refusals(done.err)
    pages = {page.stem for page in (folder / "site").glob("*.html")} & {*TEXTS, "one"}
    assert done.code == 3
    assert "Traceback" not in done.err
    for name in TEXTS:
        with tally("Markdown that takes long, built"):
            assert (name in pages) != (name in refused), name
    assert pages >= READ
    assert done.peak < MEGABYTES


@pytest.mark.parametrize("name", sorted(READ - {"long-lines"}))
def test_those_that_are_read_can_be_shown(folder, indexed, name):
    """`kb show` prints what was read."""
    done = run_kb(folder, "show", name)
    assert done.code == 0
    assert done.out.strip()
    assert done.peak < MEGABYTES
