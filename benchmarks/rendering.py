"""What a page of kb lacks beside the same page as its own generator makes it: text, by words.

    python benchmarks/rendering.py CONTENT SITE MADE

CONTENT is a folder of Markdown, SITE what `kb build` made of it, MADE what its own generator made
(`mkdocs build`, `hugo`, `sphinx-build -b dirhtml`, `docusaurus build`, ...). Pages are paired by
their paths. A word counts as missing where it stands in the text of the maker's page and nowhere on
kb's; as added the other way round. What frames a text (menus, foot, buttons) counts in neither,
nor do Markdown files for which one of the two has no page. Prints both as Markdown: the totals, and
the pages that lack most, with their words; `--words N` says how many of these are shown.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = re.compile(r"\w+")
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
FRAME = frozenset(["script", "style", "nav", "footer", "button", "form", "svg", "template"])
# A maker's page: the element with its text, the best sign first.
MAIN = (
    ("class", "md-content__inner"),
    ("class", "theme-doc-markdown"),
    ("class", "sl-markdown-content"),
    ("role", "main"),
    ("id", "content"),
    ("tag", "main"),
    ("tag", "article"),
    ("class", "body"),
    ("tag", "body"),
)
NO_TEXT = frozenset(
    [
        "headerlink",
        "hash-link",
        "linenos",
        "md-source-file",
        "md-tags",
        "md-feedback",
        "sr-only",
        "anchor-link",
    ]
)


class Words(HTMLParser):
    """The words of a page in the first element of a sign."""

    def __init__(self, sign: tuple[str, str]) -> None:
        super().__init__()
        self.found: Counter[str] = Counter()
        self.is_met = False
        self._sign = sign
        self._open: list[tuple[str, bool]] = []
        self._from: int | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        given = {key: value or "" for key, value in attrs} | {"tag": tag}
        key, name = self._sign
        if self._from is None and not self.is_met and name in given.get(key, "").split():
            self.is_met, self._from = True, len(self._open)
        hides = tag in FRAME or not NO_TEXT.isdisjoint(given.get("class", "").split())
        self._open.append((tag, hides))

    def handle_endtag(self, tag: str) -> None:
        at = next((i for i in reversed(range(len(self._open))) if self._open[i][0] == tag), None)
        if at is not None:
            del self._open[at:]
            if self._from is not None and at <= self._from:
                self._from = None

    def handle_data(self, data: str) -> None:
        if self._from is not None and not any(hides for _, hides in self._open[self._from :]):
            self.found.update(word.lower() for word in WORD.findall(data))


def words_of(file: Path, signs: tuple[tuple[str, str], ...]) -> Counter[str] | None:
    """The words of the text of a page; None where it has none of these elements."""
    page = file.read_text("utf-8", "replace")
    for sign in signs:
        if sign[0] != "tag" and sign[1] not in page:
            continue
        reader = Words(sign)
        reader.feed(page)
        if reader.is_met:
            return reader.found
    return None


class Pair(NamedTuple):
    """One article: what the maker's page says and kb's doesn't, and the other way round."""

    name: str
    words: int
    missing: Counter[str]
    added: Counter[str]


def places(folder: Path, name: Path) -> Iterator[Path]:
    """Where a page may lie that was made of a Markdown file."""
    if name.stem.lower() in {"index", "_index", "readme"}:
        yield folder / name.parent / "index.html"
        if name.parent != Path():
            yield folder / name.parent.with_suffix(".html")
    else:
        yield folder / name.with_suffix(".html")
        yield folder / name.with_suffix("") / "index.html"
        yield folder / name.with_suffix("").as_posix().lower() / "index.html"


def pairs(content: Path, site: Path, made: Path) -> Iterator[Pair]:
    """All articles that both have a page of."""
    for file in sorted(content.rglob("*.md*")):
        name = file.relative_to(content)
        ours = next((each for each in places(site, name) if each.is_file()), None)
        theirs = next((each for each in places(made, name) if each.is_file()), None)
        if ours and theirs:
            a, b = words_of(theirs, MAIN), words_of(ours, (("id", "KB-main"),))
            if a and b is not None:
                missing = Counter({word: n for word, n in a.items() if word not in b})
                added = Counter({word: n for word, n in b.items() if word not in a})
                yield Pair(name.as_posix(), a.total(), missing, added)


def main() -> None:
    """Compare, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name in ("content", "site", "made"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--worst", type=int, default=15, metavar="N", help="pages that are named")
    parser.add_argument("--words", type=int, default=8, metavar="N", help="words of each")
    options = parser.parse_args()
    found = list(pairs(options.content, options.site, options.made))
    total = sum(pair.words for pair in found)
    missing = sum(pair.missing.total() for pair in found)
    whole = sum(not pair.missing for pair in found)
    print(
        f"{len(found):,} pages, {total:,} words; {missing:,} ({missing / max(1, total):.2%})"
        f" missing; {whole:,} pages lack none\n"
    )
    worst = sorted(found, key=lambda pair: -pair.missing.total())[: options.worst]
    rows = [
        (
            pair.name,
            f"{pair.missing.total():,}",
            f"{pair.words:,}",
            " ".join(word for word, _ in pair.missing.most_common(options.words)),
        )
        for pair in worst
        if pair.missing
    ]
    print(table(("page", "missing", "words", "the most frequent"), rows))


if __name__ == "__main__":
    main()
