"""A file's front matter, or a refusal where it seems to stand in the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb import frontmatter
from kb.articles.visibility import read_visibility
from kb.errors import ContentError

if TYPE_CHECKING:
    from kb.limits import Limits


def read_front_matter(text: str, limits: Limits) -> frontmatter.Read:
    """The front matter of a file, and the text below it.

    Raises `ContentError` with a line for front matter that can't be read, and for lines that
    would hide the article if they were front matter, but stand below text or without `---`.
    """
    read = frontmatter.read(text, limits=limits)
    above = text[: len(text) - len(read.body)] if read.body_line > 1 else text
    for fields, line in frontmatter.find_misplaced(read.body, read.body_line, above=above):
        visibility = read_visibility(fields)
        if visibility.hides:
            raise ContentError(
                "this looks like front matter that hides the article, but is not read as such",
                line=line,
                hint="it stands at the top of a file between two lines `---`",
            )
    return read
