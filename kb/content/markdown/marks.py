"""What Markdown has beyond CommonMark, and which setting of `[markdown]` has it read.

Plugins do it where one is right; the other rules have a module each. Plugins look for the end of a
mark as far as a paragraph goes, again for each beginning: they are asked only where a mark stands
in full (`_where`), so that a text takes time in proportion to its length.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mdit_py_plugins.admon import admon_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath.index import math_block_dollar, math_inline_dollar
from mdit_py_plugins.footnote.index import (
    footnote_def,
    footnote_inline,
    footnote_ref,
    footnote_tail,
)

from kb.content.markdown.abbreviations import abbreviation, abbreviations
from kb.content.markdown.attributes import attribute_ids, attributes, inline_attributes, span
from kb.content.markdown.autolink import autolink, autolink_text
from kb.content.markdown.bracketed_math import bracketed_math
from kb.content.markdown.container_line import braced_container
from kb.content.markdown.containers import containers, is_directive
from kb.content.markdown.contents_list import contents_list
from kb.content.markdown.definition_list import defined_headings_plugin
from kb.content.markdown.emoji import emoji
from kb.content.markdown.mark_line import mark_line
from kb.content.markdown.markdown_in_html import markdown_in_html
from kb.content.markdown.pictures import scheme_pictures, sized_pictures
from kb.content.markdown.scripts import subscript, superscript
from kb.content.markdown.tab_block import tab_block
from kb.content.markdown.task_list import task_list
from kb.content.markdown.word_marks import marked, mkdocs_code, mkdocs_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_inline import StateInline

    from kb.config import MarkdownConfig

    Rule = Callable[[StateInline, bool], bool]

_ENDS: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
_FOOTNOTE = re.compile(r"\[\^[^\s\]]{1,100}\]")
_FOOTNOTE_TEXT = re.compile(r"\^\[[^\[\]]{1,2000}\]")
# Not a price, a variable or a path: TeX has an operator, or is a single letter or number.
_MATH = re.compile(
    r"\$(?=[^\s$])(?:[A-Za-z0-9']{1,2}(?=\$)|(?=[^$\n]*[\\^_=+*<>|/()-])(?:\\.|[^$\\\n]){1,500}(?<!\s))"
    r"\$(?![\w$])"
)
_PROSE = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{3,}[,.]?\s+[A-Za-z]{2,}(?!\w*\})")
_PRICE = re.compile(r"\$\d[\d,.]*(?:[kKmMbB]|\s?(?:USD|EUR))?(?:\s|/|-|\u2013|$)")
_BRACKETED = re.compile(r"\\\(((?:[^\\\n]|\\(?!\)).){1,500}?)\\\)")


def use_blocks(parser: MarkdownIt, marks: MarkdownConfig) -> None:
    """The rules for blocks, which tell also where code stands."""
    rules = parser.block.ruler
    if marks.callouts or marks.tabs:
        container_plugin(
            parser,
            "kb",
            validate=lambda params, _markup: is_directive(
                params, callouts=marks.callouts, tabs=marks.tabs
            ),
        )
        rules.before("container_kb", "braced_container", braced_container, _ENDS)
        rules.before("table", "mark_line", mark_line, _ENDS)
    if marks.callouts:
        admon_plugin(parser)
    if marks.tabs:
        rules.before("fence", "tab_block", tab_block, _ENDS)
    if marks.attributes:
        rules.before("html_block", "markdown_in_html", markdown_in_html, _ENDS)
    if marks.footnotes:
        rules.before("reference", "footnote_def", footnote_def, {"alt": ["paragraph", "reference"]})
    if marks.definition_lists:
        deflist_plugin(parser)
        defined_headings_plugin(parser)
    if marks.abbreviations:
        rules.before("list", "abbreviation", abbreviation, {"alt": ["paragraph", "reference"]})
    if marks.math:
        rules.before("fence", "math_block", math_block_dollar(allow_labels=False))
        rules.before("fence", "bracketed_math", bracketed_math, _ENDS)


def use_core(parser: MarkdownIt, marks: MarkdownConfig) -> None:
    """The rules for all blocks together: before and after their text is parsed."""
    rules = parser.core.ruler
    if marks.attributes:
        rules.before("inline", "contents_list", contents_list)
        rules.before("inline", "attributes", attributes)
        rules.after("inline", "attribute_ids", attribute_ids)
        rules.after("inline", "scheme_pictures", scheme_pictures)
        rules.after("inline", "sized_pictures", sized_pictures)
    if marks.callouts or marks.tabs:
        rules.before("inline", "containers", containers)
    if marks.footnotes:
        rules.after("inline", "footnote_tail", footnote_tail)
    if marks.task_lists:
        rules.after("inline", "task_list", task_list)
    if marks.abbreviations:
        rules.push("abbreviations", abbreviations)
    if marks.autolinks:
        rules.push("autolink_text", autolink_text)


def use_inlines(parser: MarkdownIt, marks: MarkdownConfig) -> None:
    """The rules for the text of one block."""
    rules = parser.inline.ruler
    if marks.math:
        rules.before(
            "escape",
            "math_inline",
            _dollar_math(math_inline_dollar(allow_space=False, allow_digits=False)),
        )
        rules.before("escape", "math_bracketed", _bracketed_math)
    if marks.footnotes:
        rules.after("image", "footnote_inline", _where(_FOOTNOTE_TEXT, footnote_inline))
        rules.after("image", "footnote_ref", _where(_FOOTNOTE, footnote_ref))
    if marks.subscript:
        rules.push("subscript", subscript)
    if marks.superscript:
        rules.push("superscript", superscript)
    if marks.autolinks:
        rules.push("autolink", autolink)
    if marks.emoji:
        rules.push("emoji", emoji)
    if marks.word_marks:
        rules.push("marked", marked)
        rules.push("mkdocs_words", mkdocs_words)
        rules.before("backticks", "mkdocs_code", mkdocs_code)
    if marks.attributes:
        rules.push("attributes", inline_attributes)
        rules.after("link", "span", span)


def _where(pattern: re.Pattern[str], rule: Rule) -> Rule:
    """A rule for the text of a block that is asked only where the pattern matches."""

    def asked(state: StateInline, silent: bool) -> bool:
        return bool(pattern.match(state.src, state.pos, state.posMax)) and rule(state, silent)

    return asked


def _dollar_math(rule: Rule) -> Rule:
    """The plugin's rule, where what stands between the signs is no price and no sentence."""

    def asked(state: StateInline, silent: bool) -> bool:
        if not state.src.startswith("$", state.pos):
            return False
        found = _MATH.match(state.src, state.pos, state.posMax)
        if found is None or _PRICE.match(found[0]) or _PROSE.search(found[0]):
            return False
        return rule(state, silent)

    return asked


def _bracketed_math(state: StateInline, silent: bool) -> bool:
    r"""Math between `\(` and `\)`, which in CommonMark are parentheses: only where it is TeX."""
    if not state.src.startswith("\\(", state.pos):
        return False
    found = _BRACKETED.match(state.src, state.pos, state.posMax)
    if found is None or not re.search(r"[\\^_=]", found[0][2:-2]):
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content = found[0][2:-2].strip()
    state.pos = found.end()
    return True
