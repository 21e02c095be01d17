"""Anchors: what a heading is called in an address, as GitHub and the common generators make it.

A style is a function from a heading's text to an anchor, and a way to number repeats. GitHub's is
that of github-slugger; the others follow the sources of the generators that they are named after.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

_NOT_ASCII_WORD = re.compile(r"[^a-z0-9_\- ]")
_SPACES = re.compile(r" +")
_COUNTED = re.compile(r"(.*)_([0-9]+)", re.DOTALL)
_WITHOUT_TEXT = "section"
_WORDS = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "Pc"})
# Letters in circles and squares: alphabetic by Unicode, though they are symbols.
_CIRCLED = re.compile(
    "[\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]"
)
_MDIT_SPECIAL = re.compile(r"[\s~`!@#$%^&*()\-_+=\[\]{}|\\;:\"'\u2018\u2019\u201c\u201d<>,.?/]+")
_DOCSIFY_SPECIAL = re.compile(r"[\u2000-\u206f\u2e00-\u2e7f\\'!\"#$%&()*+,./:;<=>?@\[\]^`{|}~]")
_COMBINING = re.compile("[\u0300-\u036f]")


def github_anchor(heading: str) -> str:
    """The anchor of github-slugger: lower case, letters with their marks, digits, `_` and `-` are
    kept, each space is a hyphen. Empty where nothing is kept.
    """
    lower = heading.lower()
    if lower.isascii():
        return _NOT_ASCII_WORD.sub("", lower).replace(" ", "-")
    return "".join([c for c in lower if _is_word(c)]).replace(" ", "-")


def _is_word(character: str) -> bool:
    if character in "- ":
        return True
    return unicodedata.category(character) in _WORDS or _CIRCLED.match(character) is not None


def former_anchor(heading: str) -> str:
    """The anchor that kb made before it followed GitHub: without doubled hyphens."""
    if heading.isascii():
        kept = _NOT_ASCII_WORD.sub("", heading.lower())
    else:
        folded = unicodedata.normalize("NFKC", heading).lower()
        kept = "".join([c for c in folded if _belonged_to_word(c)])
    return _SPACES.sub("-", kept).strip("-") or _WITHOUT_TEXT


def _belonged_to_word(character: str) -> bool:
    if character.isalnum() or character in "_- ":
        return True
    selects_variation = "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100"
    return unicodedata.category(character) in {"Mn", "Mc"} and not selects_variation


def python_anchor(heading: str) -> str:
    """The anchor of Python-Markdown's extension `toc`, which MkDocs uses: ASCII alone."""
    text = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", text).strip().lower())


def hugo_anchor(heading: str) -> str:
    """The anchor of Hugo: letters, digits, `_`, `-` and spaces; no marks."""
    kept = (
        c
        for c in heading.strip()
        if c in "-_ " or unicodedata.category(c)[0] == "L" or _is_digit(c)
    )
    return "".join(kept).lower().replace(" ", "-") or "heading"


def _is_digit(character: str) -> bool:
    return unicodedata.category(character) == "Nd"


def kramdown_anchor(heading: str) -> str:
    """The anchor of kramdown itself: ASCII, beginning with a letter. Jekyll's is GitHub's."""
    text = re.sub(r"[^a-zA-Z0-9 -]", "", re.sub(r"\A[^a-zA-Z]+", "", heading))
    return text.replace(" ", "-").lower() or _WITHOUT_TEXT


def vitepress_anchor(heading: str) -> str:
    """The anchor of VitePress and VuePress: no accents, a hyphen for each run of signs."""
    text = _COMBINING.sub("", unicodedata.normalize("NFKD", heading))
    text = re.sub(r"[\x00-\x1f]", "", text)
    text = re.sub(r"-{2,}", "-", _MDIT_SPECIAL.sub("-", text)).strip("-")
    return re.sub(r"\A([0-9])", r"_\1", text).lower()


def zola_anchor(heading: str) -> str:
    """The anchor of Zola: no accents, ASCII letters and digits, a hyphen for each run of others."""
    text = _COMBINING.sub("", unicodedata.normalize("NFKD", heading)).lower()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")


def pandoc_anchor(heading: str) -> str:
    """The anchor of Pandoc, and so of Quarto: it begins with a letter, and keeps `_`, `-`, `.`."""
    kept = (c for c in heading.lower() if c.isalnum() or c.isspace() or c in "_-.")
    text = "-".join("".join(kept).split())
    first = next((at for at, c in enumerate(text) if c.isalpha()), len(text))
    return text[first:] or _WITHOUT_TEXT


def docsify_anchor(heading: str) -> str:
    """The anchor of docsify: ASCII signs dropped, a hyphen for each run of spaces."""
    text = unicodedata.normalize("NFC", heading.strip())
    text = re.sub(r"[A-Z]+", lambda found: found[0].lower(), text)
    text = re.sub(r"\s", "-", _DOCSIFY_SPECIAL.sub("", text))
    return re.sub(r"\A([0-9])", r"_\1", re.sub(r"-+", "-", text))


def mdbook_anchor(heading: str) -> str:
    """The anchor of mdBook: letters, digits, `_` and `-`, a hyphen for each space."""
    kept = (
        ("-" if c.isspace() else c)
        for c in heading.strip()
        if c.isalnum() or c in "_-" or c.isspace()
    )
    return re.sub(r"[A-Z]+", lambda found: found[0].lower(), "".join(kept))


def gitlab_anchor(heading: str) -> str:
    """The anchor of GitLab: as GitHub's, a hyphen for each run of spaces and hyphens."""
    anchor = re.sub(r"-+", "-", github_anchor(heading.strip()))
    return f"anchor-{anchor}" if anchor.isdigit() else anchor


def _number(wish: str, taken: Collection[str], counts: dict[str, int]) -> str:
    """As github-slugger does: the count goes on where it stood for this wish."""
    anchor = wish
    while anchor in taken:
        counts[wish] = counts.get(wish, 0) + 1
        anchor = f"{wish}-{counts[wish]}"
    return anchor


def _count_on(wish: str, taken: Collection[str], _counts: dict[str, int]) -> str:
    """As Python-Markdown does: `_1` after a name without a number, else the next number."""
    anchor = wish
    while anchor in taken or not anchor:
        counted = _COUNTED.fullmatch(anchor)
        anchor = f"{counted[1]}_{int(counted[2]) + 1}" if counted else f"{anchor}_1"
    return anchor


class Style(NamedTuple):
    """How headings become anchors. `number` makes one that is not taken from one that may be."""

    anchor: Callable[[str], str]
    number: Callable[[str, Collection[str], dict[str, int]], str] = _number


FORMER = Style(former_anchor)
GITHUB = Style(github_anchor)
STYLES = {
    "github": GITHUB,
    "docusaurus": GITHUB,
    "docsify": Style(docsify_anchor),
    "gitlab": Style(gitlab_anchor),
    "hugo": Style(hugo_anchor),
    "kramdown": Style(kramdown_anchor),
    "mdbook": Style(mdbook_anchor),
    "pandoc": Style(pandoc_anchor),
    "python-markdown": Style(python_anchor, _count_on),
    "vitepress": Style(vitepress_anchor),
    "zola": Style(zola_anchor),
}
"""The styles by name. Jekyll, Starlight, GitBook and docfx make GitHub's."""


class Heading(NamedTuple):
    """A heading's plain text, and the id that its author gave it, if any."""

    text: str
    id: str = ""


def assign_anchors(headings: Sequence[Heading], style: Style = GITHUB) -> list[str]:
    """An anchor for each heading of a text, none twice and none empty.

    Ids that authors gave win: no heading without one is called the same, and the first of two
    equal ones keeps it. A heading that leaves nothing is called `section`.
    """
    taken = {heading.id for heading in headings if heading.id}
    counts: dict[str, int] = {}
    given: set[str] = set()
    anchors = []
    for heading in headings:
        if heading.id:
            anchor = _number(heading.id, given if heading.id not in given else taken, counts)
            given.add(heading.id)
        else:
            anchor = style.number(style.anchor(heading.text), taken, counts)
        taken.add(anchor)
        anchors.append(anchor)
    return _filled(anchors, taken)


def _filled(anchors: list[str], taken: Collection[str]) -> list[str]:
    """The anchors, with a name for the one that has none: an id can't be empty."""
    if "" not in taken:
        return anchors
    name = free_anchor(_WITHOUT_TEXT, taken)
    return [anchor or name for anchor in anchors]


def free_anchor(wish: str, taken: Collection[str]) -> str:
    """The wish itself, or the wish with the first number that is not taken."""
    return _number(wish, taken, {})


def former_anchors(headings: Sequence[Heading], anchors: Sequence[str]) -> dict[str, str]:
    """What headings were called before kb followed GitHub, where that differs and is free: the
    anchors of today by those of then.
    """
    known = frozenset(anchors)
    if all(heading.text.isascii() and heading.text.isalnum() for heading in headings):
        return {}
    texts = [Heading(heading.text) for heading in headings]
    pairs = zip(assign_anchors(texts, FORMER), anchors, strict=True)
    return {then: now for then, now in pairs if then not in known}


_GITBOOK = re.compile(r"id-(?=\d)")  # an id of GitBook's never begins with a digit


def find_anchor(written: str, anchors: Collection[str]) -> str | None:
    """The anchor that a link means: the very one, else the only one of the same letters and
    digits, whatever the tool that made it does with signs, accents and leading numbers.
    """
    if written in anchors:
        return written
    for alike in _likenesses(written):
        key = alike(written)
        found = [anchor for anchor in anchors if alike(anchor) == key] if key else []
        if len(found) == 1:
            return found[0]
    return find_anchor(written[3:], anchors) if _GITBOOK.match(written) else None


def _likenesses(written: str) -> Iterator[Callable[[str], str]]:
    yield _letters
    yield _latin
    if not written[:1].isdigit():
        yield _unnumbered


def _letters(anchor: str) -> str:
    return "".join(filter(str.isalnum, anchor)).casefold()


def _latin(anchor: str) -> str:
    return _letters(unicodedata.normalize("NFKD", anchor).encode("ascii", "ignore").decode())


def _unnumbered(anchor: str) -> str:
    return _latin(anchor).lstrip("0123456789")
