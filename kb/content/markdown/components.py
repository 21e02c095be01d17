"""The HTML of what CommonMark does not have: callouts, tabs, footnotes, tasks, math."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from kb.content.markdown.callout import label_before
from kb.content.wording import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markdown_it.token import Token


class ComponentWriter:
    """Writes the blocks of one article that are not CommonMark's.

    `words` are those of `kb.content.wording` in the language of the page, by mark; what is not
    there is said in English.
    """

    def __init__(self, words: Mapping[str, str], id_prefix: str) -> None:
        self._words = words
        self._prefix = escape(id_prefix)
        self._ends: list[tuple[str, str]] = []  # of a callout's title, and of the callout
        self._blocks: dict[str, Callable[[Token, str], str]] = {
            "callout_open": self._callout,
            "callout_title_open": self._callout_title,
            "callout_title_close": lambda _token, _title: f"</{self._ends[-1][0]}>\n",
            "callout_close": lambda _token, _title: f"</{self._ends.pop()[1]}>\n",
            "tabs_open": lambda _token, _title: '<div class="tabs">\n',
            "tab_open": lambda _token, _title: '<div class="tab">\n',
            "tab_title_open": lambda _token, _title: '<p class="tab-title">',
            "footnote_block_open": self._footnotes,
            "footnote_block_close": lambda _token, _title: "</ol>\n</section>\n",
            "footnote_open": self._footnote,
            "footnote_close": lambda _token, _title: "</li>\n",
            "footnote_anchor": self._footnote_back,
            "math_block": lambda token, _title: (
                f'<pre><code class="math">{escape(token.content.strip())}</code></pre>\n'
            ),
            "heading_open": lambda _token, _title: "",
        }

    def writes(self, token: Token) -> bool:
        """Whether a token is one of these: a heading in a callout too, which is no heading of the
        page's outline.
        """
        kind = token.type
        return kind in self._blocks and (kind != "heading_open" or self.is_in_callout)

    @property
    def is_in_callout(self) -> bool:
        """Whether what is written now stands in a callout."""
        return bool(self._ends)

    def block(self, token: Token, title: str) -> str:
        """The HTML of a token; `title` is the text of the one after it."""
        return self._blocks[token.type](token, title)

    def task(self, token: Token) -> str:
        """The box before an item of a list of tasks."""
        name = self._word("task_done" if token.info else "task_open")
        checked = ' checked=""' if token.info else ""
        return f'<input type="checkbox" disabled=""{checked} aria-label="{escape(name)}"> '

    def math(self, token: Token) -> str:
        """Math among words, as TeX."""
        return f'<code class="math">{escape(token.content)}</code>'

    def footnote_ref(self, token: Token) -> str:
        """The number that leads to a footnote."""
        number = token.meta["id"] + 1
        name = f"{number}-{token.meta['subId']}" if token.meta.get("subId") else f"{number}"
        return (
            f'<sup class="footnote"><a href="#{self._prefix}kb-fn-{number}"'
            f' id="{self._prefix}kb-fnref-{name}">{number}</a></sup>'
        )

    def _word(self, name: str) -> str:
        return self._words.get(name, ENGLISH.get(name, ""))

    def _callout(self, token: Token, _title: str) -> str:
        fold, kind = token.meta["fold"], escape(token.meta["kind"])
        self._ends.append(("summary", "details") if fold else ("p", "div"))
        if not fold:
            return f'<div class="callout {kind}" role="note">\n'
        shown = ' open=""' if fold == "open" else ""
        return f'<details class="callout {kind}"{shown}>\n'

    def _callout_title(self, token: Token, title: str) -> str:
        label = label_before(token.meta["label"], title, self._words)
        shown = f'<span class="callout-label">{escape(label)}</span>' if label else ""
        return f'<{self._ends[-1][0]} class="callout-title">{shown}'

    def _footnotes(self, _token: Token, _title: str) -> str:
        label = escape(self._word("footnotes"))
        return f'<section class="footnotes" role="doc-endnotes" aria-label="{label}">\n<ol>\n'

    def _footnote(self, token: Token, _title: str) -> str:
        return f'<li id="{self._prefix}kb-fn-{token.meta["id"] + 1}">'

    def _footnote_back(self, token: Token, _title: str) -> str:
        number, sub = token.meta["id"] + 1, token.meta.get("subId")
        name = f"{number}-{sub}" if sub else f"{number}"
        label = escape(self._word("footnote_back"))
        return (
            f' <a href="#{self._prefix}kb-fnref-{name}" class="footnote-back"'
            f' aria-label="{label}">\u21a9\ufe0e</a>'
        )
