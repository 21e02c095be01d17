"""The only door to markdown-it-py: Markdown to tokens, within limits.

The rules are markdown-it-py's own. It drops what is nested too deeply without a word, needs
time in proportion to nesting times length for brackets, and keeps no account of its memory.
Here each of these is refused, before the work where that is possible.

Only what markdown-it-py documents is used: rules put into its rulers, and subclasses of its
states and parsers that count and then call the method they replace.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import normalizeLink
from markdown_it.common.utils import normalizeReference
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock

from kb.config import DEFAULT_LIMITS, DEFAULT_MARKDOWN, MarkdownConfig, OutOfTimeError, over_limit
from kb.content.markdown import marks, mdc
from kb.content.markdown.cards import cards, page_names
from kb.content.markdown.comment_block import comment_block
from kb.content.markdown.component_line import component_ends, component_line, without_indentation
from kb.content.markdown.drawing import drawing
from kb.content.markdown.magic_block import magic_block
from kb.content.markdown.markup import PLAIN, Account, Markup
from kb.content.markdown.myst import directive, role
from kb.content.markdown.raw_html import html_of_words, loose_tag, raw_html
from kb.content.markdown.retype import FAMILY as RETYPE
from kb.content.markdown.retype import line_of_retype, prepared, word_of_retype
from kb.content.markdown.spaced_link import spaced_link
from kb.content.markdown.template_line import (
    expand_words,
    fill_code,
    raw_lines,
    template_line,
)
from kb.content.markdown.templates import Expander
from kb.content.markdown.wiki_link import wiki_link
from kb.errors import ContentError
from kb.text.counts import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Literal

    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

    from kb.config import Limits
    from kb.content.comments import Comments

_UNSAFE_SCHEME = re.compile(r"\s*(?:javascript|vbscript|data|file):", re.IGNORECASE)
# A list is two levels: what the parser drops must lie below what is refused.
_SPARE_LEVELS = 3
# The CommonMark preset's own depth for links in images in links. What is nested deeper is
# not lost but read as text.
_INLINE_NESTING = 20
# Steps that a line of a quote without its `>` counts for: that is how long it takes.
_LAZY_STEPS = 5
# Escaped for HTML a character of an address becomes at most `&quot;`.
_ESCAPED = 6
# In kramdown, Python-Markdown, MDX and Pandoc a tag of words (`<br>`) begins no block of HTML.
_SPANS = frozenset({"kramdown", "mkdocs", "mdx", "quarto"})
# Whose marks have too many forms to look for them first.
_OWN_MARKS = frozenset({mdc.FAMILY, RETYPE})
_MAY_HOLD_MARKS = re.compile(
    r"\{[%{*!]|\{\s?['\"][\s\\]|\[!|:::|--8<--|</?[A-Z]|<code-group|=\{|<!--|<<<|@\[|:include|highlight-[ns]"
    r"|\{(?:literal)?include\}|\{eval-rst\}|\[block:"
)


NO_DEFINITIONS: Mapping[str, str] = MappingProxyType({})
"""No link is defined anywhere but in the text."""


def is_safe_link(url: str) -> bool:
    """Whether a link may be offered: no script, no data, no local file."""
    return _UNSAFE_SCHEME.match(url) is None


def tokenize(
    body: str,
    *,
    first_line: int,
    limits: Limits,
    account: Account | None = None,
    by_name: bool = False,
    markup: Markup = PLAIN,
    syntax: MarkdownConfig = DEFAULT_MARKDOWN,
    definitions: Mapping[str, str] = NO_DEFINITIONS,
) -> list[Token]:
    """The tokens of a Markdown text; raises `ContentError` with a line where a limit is passed.

    `account` is told what was met. `by_name`: `[[Page]]` is a link. `markup` is how the marks of
    templates are read, `syntax` what is read beyond CommonMark, `definitions` are those of links
    that stand elsewhere.
    """
    account = Account() if account is None else account
    account.has_marks |= bool(definitions)
    met: dict[str, object] = {
        "account": account,
        "references": _references(definitions),
        "by_name": by_name,
        "text_first": "gollum" in markup.families,
        "syntax": syntax,
        "icons": "gitbook" in markup.families,
        "myst": "myst" in markup.families,
        "has_dialect": bool(markup.families),
        "spans": markup.families & _SPANS,
    }
    has_own = markup.is_mdx or not _OWN_MARKS.isdisjoint(markup.families)
    if not syntax.templates or not (has_own or _MAY_HOLD_MARKS.search(body)):
        return _parse(_parser(limits.nesting, syntax), body, first_line, limits, **met)
    parser = _template_parser(limits.nesting, syntax, mdx=markup.is_mdx)
    body = without_indentation(body) if markup.is_mdx else body
    body = mdc.without_margins(body) if mdc.FAMILY in markup.families else body
    body = prepared(body) if RETYPE in markup.families else body
    raw = raw_lines(body) if syntax.verbatim and "vuepress" in markup.families else []
    return _parse(parser, body, first_line, limits, markup=markup, raw=raw, **met)


def _references(definitions: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """Definitions as markdown-it-py notes those of a text."""
    return {
        normalizeReference(label): {"title": "", "href": normalizeLink(href), "map": [0, 0]}
        for label, href in definitions.items()
        if is_safe_link(href)
    }


def parse_blocks(
    body: str, comments: Comments, *, first_line: int, limits: Limits, syntax: MarkdownConfig
) -> list[Token]:
    """The blocks of a Markdown text, those of comments among them, whose text is not parsed.

    Raises `ContentError` as `tokenize` does.
    """
    return _parse(
        _block_parser(limits.nesting, syntax),
        body,
        first_line,
        limits,
        comments=comments,
        syntax=syntax,
    )


def _parse(
    parser: MarkdownIt, body: str, first_line: int, limits: Limits, **more: object
) -> list[Token]:
    if body.count("\n") > limits.lines:
        raise over_limit("lines", f"over {limits.lines} lines", first_line + limits.lines)
    env: dict[str, Any] = {
        "limits": limits,
        "first_line": first_line,
        "line": 0,
        "steps": 0,
        "addresses": 0,
        **more,
    }
    if "markup" in env:
        env["expander"] = Expander(env["markup"], env)
    try:
        return parser.parse(body, env)
    except RecursionError:
        # Limits set higher than this process has room for.
        what = "nested deeper than the parser can follow"
        raise over_limit("nesting", what, first_line) from None
    except OutOfTimeError:
        what = f"takes over {counted(limits.seconds, 'second')} to read"
        raise over_limit("seconds", what, first_line + env["line"]) from None


def offers_unsafe_links(body: str, limits: Limits) -> bool:
    """Whether a reader of Markdown that allows every link would find one that runs script.

    What can't be told within the limits counts as one.
    """
    env: dict[str, Any] = {
        "limits": limits,
        "first_line": 1,
        "line": 0,
        "steps": 0,
        "addresses": 0,
        "syntax": MarkdownConfig.none(),
    }
    try:
        tokens = _permissive_parser().parse(body, env)
    except (ContentError, _TooManyStepsError, RecursionError):
        return True
    inner = (child for token in tokens for child in token.children or ())
    return not all(
        is_safe_link(str(token.attrs.get("href") or token.attrs.get("src") or ""))
        for token in inner
    )


@cache
def _permissive_parser() -> MarkdownIt:
    parser = _configured(DEFAULT_LIMITS.nesting, replace(MarkdownConfig.none(), spaced_links=True))
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return _compiled(parser)


@cache
def _parser(nesting: int, syntax: MarkdownConfig) -> MarkdownIt:
    parser = _guarded(nesting, syntax)
    parser.core.ruler.at("inline", _parse_inlines)
    marks.use_core(parser, syntax)
    parser.core.ruler.after("inline", "raw_html", raw_html)
    parser.core.ruler.after("raw_html", "cards", cards)
    parser.core.ruler.after("cards", "page_names", page_names)
    return _compiled(parser)


@cache
def _template_parser(nesting: int, syntax: MarkdownConfig, *, mdx: bool) -> MarkdownIt:
    """The parser for texts that may hold marks of templates, or that are MDX."""
    parser = _guarded(nesting, syntax)
    ends = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("table", "template_line", template_line, {"alt": ends})
    parser.block.ruler.before("table", "component_line", component_line, {"alt": ends})
    parser.block.ruler.before("table", "magic_block", magic_block, {"alt": ends})
    if syntax.callouts or syntax.tabs:
        first = parser.block.ruler.get_all_rules()[0]
        parser.block.ruler.before(first, "mdc", mdc.component_of_mdc, {"alt": ends})
        parser.block.ruler.before(first, "retype", line_of_retype, {"alt": ends})
    if mdx:
        parser.disable(["code"])
    parser.core.ruler.at("inline", _parse_inlines)
    parser.core.ruler.before("inline", "component_ends", component_ends)
    parser.core.ruler.before("inline", "expand_words", expand_words)
    parser.core.ruler.before("inline", "fill_code", fill_code)
    parser.core.ruler.after("inline", "raw_html", raw_html)
    parser.core.ruler.after("raw_html", "cards", cards)
    parser.core.ruler.after("cards", "page_names", page_names)
    marks.use_core(parser, syntax)
    return _compiled(parser)


@cache
def _block_parser(nesting: int, syntax: MarkdownConfig) -> MarkdownIt:
    parser = _guarded(nesting, syntax)
    alternatives = ["paragraph", "reference", "blockquote"]
    parser.block.ruler.before("table", "comment", comment_block, {"alt": alternatives})
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


@cache
def _inline_parser(syntax: MarkdownConfig) -> MarkdownIt:
    parser = _configured(_INLINE_NESTING, syntax)
    if syntax.templates:
        parser.inline.ruler.before("backticks", "role", role)
        parser.inline.ruler.before("wiki_link", "mdc_span", mdc.span)
        parser.inline.ruler.before("wiki_link", "mdc_word", mdc.word)
        parser.inline.ruler.before("wiki_link", "retype", word_of_retype)
    marks.use_inlines(parser, syntax)
    return _compiled(parser)


def _compiled(parser: MarkdownIt) -> MarkdownIt:
    """The parser with its chains of rules made: a ruler makes them when it is first asked, and a
    second thread that asks meanwhile gets a chain without rules.
    """
    for ruler in (
        parser.core.ruler,
        parser.block.ruler,
        parser.inline.ruler,
        parser.inline.ruler2,
    ):
        ruler.getRules("")
    return parser


def _guarded(nesting: int, syntax: MarkdownConfig) -> MarkdownIt:
    parser = _configured(nesting + _SPARE_LEVELS, syntax)
    parser.block.ruler.before("table", "guard", _guard_blocks, {"alt": ["blockquote"]})
    ends = ["paragraph", "reference", "blockquote"]
    if syntax.tags_in_text:
        parser.block.ruler.at("html_block", html_of_words, {"alt": ends})
    if syntax.drawings:
        parser.block.ruler.before("table", "drawing", drawing, {"alt": [*ends, "list"]})
    if syntax.templates:
        parser.block.ruler.before("fence", "directive", directive, {"alt": [*ends, "list"]})
    marks.use_blocks(parser, syntax)
    return parser


def _configured(nesting: int, syntax: MarkdownConfig) -> MarkdownIt:
    parser = MarkdownIt()
    parser.inline = _CountingInline()
    parser.configure("commonmark", {"html": True, "maxNesting": nesting})
    parser.enable(["table", *(["strikethrough"] if syntax.strikethrough else ())])
    parser.core.ruler.at("block", _parse_blocks)
    parser.inline.ruler.before("link", "wiki_link", wiki_link)
    if syntax.spaced_links:
        parser.inline.ruler.after("image", "spaced_link", spaced_link)
    if syntax.loose_tags:
        parser.inline.ruler.after("html_inline", "loose_tag", loose_tag)
    parser.validateLink = is_safe_link  # type: ignore[method-assign]
    return parser


class _CountingState(StateBlock):
    """Counts tokens as they are made: a table makes millions in one go."""

    def __init__(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> None:
        super().__init__(src, md, env, tokens)
        self._most: int = env["limits"].pieces

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        if len(self.tokens) >= self._most:
            raise _too_many_pieces(self.env["first_line"] + self.line, self.env["limits"])
        return super().push(ttype, tag, nesting)


def _parse_blocks(state: StateCore) -> None:
    """markdown-it-py's own rule, with a state that counts."""
    blocks = _CountingState(state.src, state.md, state.env, state.tokens)
    state.md.block.tokenize(blocks, blocks.line, blocks.lineMax)


class _CountingInline(ParserInline):
    """Counts the steps that look for the end of a link, the only ones that repeat without bound."""

    def skipToken(self, state: StateInline) -> None:  # noqa: N802  (markdown-it-py's name)
        steps = state.env["steps"] = state.env["steps"] + 1
        if steps > state.env["limits"].steps:
            raise _TooManyStepsError
        super().skipToken(state)


class _TooManyStepsError(Exception):
    """Carries the news from the middle of a paragraph to where its line is known."""


def _guard_blocks(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """No rule of Markdown: asked before every block, it stops the work where a limit is passed.

    It is asked silently whether a quote ends, once for each line that goes on without its sign,
    by each of the quotes inside each other.
    """
    limits: Limits = state.env["limits"]
    state.env["line"] = line
    if silent:
        state.env["steps"] += _LAZY_STEPS
        if state.env["steps"] > limits.steps:
            what = "quotes nested too deeply for their length"
            raise over_limit("steps", what, state.env["first_line"] + line)
    if state.level > limits.nesting:
        raise over_limit(
            "nesting",
            f"lists and quotes nested over {limits.nesting} levels deep",
            state.env["first_line"] + line,
        )
    return False


def _parse_inlines(state: StateCore) -> None:
    """markdown-it-py's own rule, with the limits checked between paragraphs."""
    env = state.env
    limits: Limits = env["limits"]
    longest, most = limits.paragraph, limits.pieces
    has_references = bool(env.get("references"))
    pieces = len(state.tokens)
    parser = _inline_parser(env["syntax"])
    for token in state.tokens:
        if token.type != "inline":
            continue
        env["line"] = token.map[0] if token.map else 0
        line = env["first_line"] + env["line"]
        if len(token.content) > longest:
            raise over_limit("paragraph", f"a paragraph of over {longest} characters", line)
        try:
            children = token.children = parser.inline.parse(token.content, parser, env, [])
        except _TooManyStepsError:
            raise over_limit("steps", "brackets, links or images nested too deeply", line) from None
        pieces += len(children)
        if pieces > most:
            raise _too_many_pieces(line, limits)
        if has_references:
            _count_addresses(state, children, line)


def _count_addresses(state: StateCore, children: Sequence[Token], line: int) -> None:
    """A short reference may stand for a long address any number of times."""
    limits: Limits = state.env["limits"]
    for token in children:
        if token.attrs:
            state.env["addresses"] += sum(len(str(value)) for value in token.attrs.values())
    if state.env["addresses"] * _ESCAPED > limits.html:
        raise over_limit("html", f"links that make over {limits.html} characters of HTML", line)


def _too_many_pieces(line: int, limits: Limits) -> ContentError:
    return over_limit("pieces", f"over {limits.pieces} pieces of text and markup", line)
