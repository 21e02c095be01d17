"""Next.js and what is built on it, such as Nextra: a program, of which only names tell."""

from __future__ import annotations

from kb.content.dialects.build import begin, spoken
from kb.content.dialects.configuration import read_configuration, text, texts
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.text.languages import language_tag


def read(located: Located) -> Dialect:
    """How such a folder is usually read; languages are those of `i18n`, in which names end."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    tags = (tag for each in texts(said, "i18n", "locales") if (tag := language_tag(each)))
    return begin(
        located,
        assets=("public",),
        includes=("markdoc/partials",),
        routes=Routes(indexes=("index",)),
        marks=frozenset({"mdx"}),
        languages=spoken(
            ((tag, "") for tag in tags),
            language_tag(text(said, "i18n", "defaultLocale")),
            suffixes=True,
        ),
    )
