"""The only door to markdown-it-py: Markdown to tokens, within limits."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from kb.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

    from kb.limits import Limits

_UNSAFE_SCHEME = re.compile(r"\s*(?:javascript|vbscript|data|file):", re.IGNORECASE)
# Two levels more than are accepted: what the parser drops lies below what is refused.
_SPARE_LEVELS = 2


def is_safe_link(url: str) -> bool:
    """Whether a link may be offered: no script, no data, no local file."""
    return _UNSAFE_SCHEME.match(url) is None


def tokenize(body: str, *, first_line: int, limits: Limits) -> list[Token]:
    """The tokens of a Markdown text; raises `ContentError` with a line where a limit is passed."""
    env = {"limits": limits, "first_line": first_line}
    try:
        tokens = _parser(limits.nesting + _SPARE_LEVELS).parse(body, env)
    except RecursionError:
        raise ContentError("images or lists nested too deeply to read", line=first_line) from None
    return tokens


@cache
def _parser(nesting: int) -> MarkdownIt:
    # Tags within a paragraph are recognised so that nothing in them is taken for markup;
    # kb writes them as text. Blocks of HTML are paragraphs, so that Markdown in them counts.
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": nesting})
    parser.enable(["table", "strikethrough"])
    parser.disable(["html_block"])
    parser.core.ruler.at("inline", _parse_inlines)
    parser.validateLink = is_safe_link  # type: ignore[method-assign]
    return parser


def _parse_inlines(state: StateCore) -> None:
    """markdown-it-py's own rule, with the limits checked before the work is done."""
    limits: Limits = state.env["limits"]
    first_line: int = state.env["first_line"]
    _refuse_deep_nesting(state.tokens, first_line, limits.nesting)
    pieces = len(state.tokens)
    for token in state.tokens:
        if token.type != "inline":
            continue
        children = token.children = []
        if len(token.content) > limits.paragraph:
            raise _too_much(token, first_line, f"a paragraph of over {limits.paragraph} characters")
        state.md.inline.parse(token.content, state.md, state.env, children)
        pieces += len(children)
        if pieces > limits.pieces:
            raise _too_much(token, first_line, f"over {limits.pieces} pieces of text and markup")


def _refuse_deep_nesting(tokens: Sequence[Token], first_line: int, limit: int) -> None:
    if max((token.level for token in tokens), default=0) <= limit:
        return
    deepest = next(token for token in tokens if token.level > limit and token.map)
    raise _too_much(deepest, first_line, f"lists and quotes nested over {limit} levels deep")


def _too_much(token: Token, first_line: int, what: str) -> ContentError:
    line = first_line + token.map[0] if token.map else first_line
    return ContentError(f"{what}: over the limit", line=line, code="content-limit")
