"""Look for short texts that take long: what a parser needs more than linear time for.

    python fuzz/growth.py [--bytes 150000] [--seconds 600] [--seed 1] [--slow 3]

Each text is a beginning and a unit again and again, made of the fragments below, read as plain
Markdown or with the marks of all dialects, as `.md` or `.mdx`. Every stage
that an article goes through is timed: reading, writing its HTML for a page, showing it in a
terminal, its Markdown for a site. Texts that need more processor time than `--slow` are
printed, the slowest last; exits with 1 when one needs more than `--fail`.
"""

import argparse
import random
import sys
import time
from dataclasses import dataclass, field, replace

from kb.cli.page import PageWriter, read_html
from kb.cli.screen import open_screen
from kb.config import DEFAULT_LIMITS
from kb.content import SourceFile
from kb.content.dialects import PLAIN, Dialect
from kb.content.reader import Page, read_text
from kb.errors import ContentError
from kb.site.embed.generators import GENERATORS, read_foreign
from kb.site.feeds import without_dead_links
from kb.site.render import render_body
from kb.text.analysis import Analyzer

FRAGMENTS = [
    "*", "**", "***", "_", "__", "~~", "a", " ", "  ", "\n", "\n\n", "\\", "`", "``", "[", "]", "(", ")",
    "![", "](", "[a](b)", "[a]", "[a]:", "[a]: b\n", "<", "<a", "<!--", "-->", "<![CDATA[", "<?", '<a b="',
    "<http:", "&", "&amp;", "&#", "|", "|-", "|a|b|\n", "|-|-|\n", "> ", "- ", "1. ", "#", "# ", "    ",
    "\t", "```\n", "~~~\n", "---\n", "===\n", "***\n", '"', "'", "a b", "é", "\u0301", "http://a", "<b>",
    "</b>", "<x ", "=", "\\\n", "  \n", "+ ", "* ", "> > ", "- - ", "{", "}", "{#a", "{{<", "{%", ":::", "!!! ",
    "a?\n", "e.g. ", "i.e.", "'s", "-", ".", "/", "a-", "\u3042", "javascript:", "\ufdd0", "%2e", "\u202e",
    "<A {", "<A a=", "</A>", "<Note>\n", "{{#include a}}", "{% a %}", "{% endtab %}", "@tab a\n", "== a\n", "::: tabs\n",
    "/// note\n", "///\n", "# [a](#tab/b)\n", ">[!TAB a]\n", "<<< a\n", "@[code](a)\n", "{* a *}", "<!--@include: a-->\n",
    '--8<-- "a"\n', ":a_b:", "[](a){#b}", "**a**{#b}", "{: #a}\n", '<div markdown="1">\n', "<template #a>\n", "[!code-a[b](c)]",
    "<td>", "<table>", "<kbd>", "<br>", "<p>", "<h2>", "[^a]", "$a$", "- [ ] ", "%%", "{/*", '=== "a"\n', "!!! a\n", ": a\n",
]  # fmt: skip
BEGINNINGS = [
    "", "", "", "> " * 100 + "x\n", "- " * 50 + "x\n", "> - " * 30 + "x\n", "1. " * 40 + "x\n",
    "|a|b|\n|-|-|\n", "[a]: b\n\n", "# ", "```\n", "[", "![", "*", "<a ", "|" * 2000 + "\n" + "|-" * 2000 + "\n",
]  # fmt: skip


@dataclass
class Timed:
    """A text, and the processor time that each stage needed for it."""

    beginning: str
    unit: str
    seconds: dict[str, float] = field(default_factory=dict)
    refused: str = ""

    @property
    def total(self) -> float:
        """All stages together."""
        return sum(self.seconds.values())

    def __str__(self) -> str:
        stages = " ".join(f"{name} {value:.2f}" for name, value in self.seconds.items())
        return (
            f"{self.total:6.2f} s  {self.beginning[:12]!r} + {self.unit!r}: {stages} {self.refused}"
        )


DIALECTS = (
    PLAIN,
    replace(
        PLAIN,
        marks=frozenset(
            {
                "liquid",
                "jinja",
                "hugo",
                "gitbook",
                "docfx",
                "vuepress",
                "mkdocs",
                "mdbook",
                "obsidian",
            }
        ),
    ),
)


def measure(
    beginning: str, unit: str, size: int, dialect: Dialect = PLAIN, ending: str = "md"
) -> Timed:
    """Put a text through every stage."""
    text = beginning + unit * ((size - len(beginning)) // len(unit.encode()))
    timed = Timed(beginning, unit)
    source = SourceFile(f"a.{ending}", "a", 0, 0, 0, 0)
    try:
        page = stage(timed, "read", read_text, source, text, "", DEFAULT_LIMITS, dialect)
        assert isinstance(page, Page)
        stage(timed, "draft", render_body, page, ANALYZER, remote_images=())
        html = stage(timed, "html", page.document.html)
        stage(timed, "copy", page.document.markdown)
        stage(timed, "terminal", PageWriter(SCREEN, "a").lines, read_html(html), SCREEN.width)
        links = {link.target for link in page.document.links()}
        stage(timed, "markdown", without_dead_links, text, links)
        stage(timed, "foreign", read_foreign, source, text, GENERATORS["docusaurus"])
    except ContentError as error:
        timed.refused = error.message
    return timed


def stage(timed, name, work, *args, **options):
    """Time one stage."""
    start = time.process_time()
    try:
        return work(*args, **options)
    finally:
        timed.seconds[name] = time.process_time() - start


ANALYZER = Analyzer("en")
SCREEN = open_screen({})


def main() -> int:
    """Try texts until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--bytes", type=int, default=150_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--slow", type=float, default=3)
    parser.add_argument("--fail", type=float, default=10)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    slow: list[Timed] = []
    tried, worst, end = 0, 0.0, time.monotonic() + given.seconds
    while time.monotonic() < end:
        unit = "".join(chance.choices(FRAGMENTS, k=chance.randint(1, 5)))
        how = chance.choice(DIALECTS), chance.choice(("md", "md", "mdx"))
        timed = measure(chance.choice(BEGINNINGS), unit, given.bytes, *how)
        tried, worst = tried + 1, max(worst, timed.total)
        if timed.total > given.slow:
            slow.append(timed)
            print(timed, flush=True)
    print(*sorted(slow, key=lambda one: one.total), sep="\n")
    print(f"{tried:,} texts of {given.bytes:,} bytes; the slowest took {worst:.2f} s")
    return int(worst > given.fail)


if __name__ == "__main__":
    sys.exit(main())
