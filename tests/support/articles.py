"""Articles made of a few words, for tests that need no files."""

import hashlib

from kb.model import Article, Section

WORDS = (
    "late", "package", "refund", "order", "the", "track", "number", "account", "wi-fi", "C++", "é",
    "chat", "phone", "it's",
)  # fmt: skip
"""What articles are made of by chance: words of each kind that is cut in its own way."""


def make_article(id_, title="Title", *sections, lead="", **fields):
    """Make an article with a lead section and others, each a (heading, text) pair.

    Every heading is of the second level, with an anchor made of its position.
    """
    made = [Section("top", title, 1, (), lead, (1, 2), 0)]
    for position, (heading, text) in enumerate(sections, 1):
        lines = (2 * position + 1, 2 * position + 2)
        made.append(Section(f"s{position}", heading, 2, (), text, lines, position))
    return Article(
        id=id_,
        path=f"{id_}.md",
        title=title,
        topic=id_.rpartition("/")[0],
        body="",
        body_line=1,
        digest=hashlib.sha256(repr((title, lead, sections)).encode()).hexdigest(),
        sections=tuple(made),
        **fields,
    )
