"""markdown-it-py's own rules, each tried only where its first character stands.

The parsers of markdown-it-py try every rule at every place: eleven at each line, as many at
each of two dozen characters of a text. Most rules begin with a character of their own, so
looking at that one character first leaves out nearly all of these calls. What is parsed is the
same to the last token; that is what the tests of this module say.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.ruler import Ruler
from markdown_it.rules_core import StateCore, text_join

from kb.markdown.states import QuickBlockState, QuickState, make_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.parser_block import RuleFuncBlockType
    from markdown_it.parser_inline import RuleFuncInline2Type, RuleFuncInlineType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

INLINE_STARTS = {
    "newline": "\n",
    "escape": "\\",
    "backticks": "`",
    "strikethrough": "~",
    "emphasis": "*_",
    "link": "[",
    "image": "!",
    "autolink": "<",
    "html_inline": "<",
    "entity": "&",
}
"""The characters that each rule within a paragraph begins with, in the order of the rules."""

BLOCK_STARTS = {
    "fence": "`~",
    "blockquote": ">",
    "hr": "*-_",
    "list": "*+-0123456789",
    "reference": "[",
    "heading": "#",
}
"""The characters that a line begins with where one of these rules may hold."""

LINE_RULES = ("table", "lheading", "paragraph")
"""The rules that hold for any first character: the next lines decide."""

_CODE_INDENT = 4
_TABLE_STARTS = frozenset("|-:")

# A "!" begins an image before a bracket only; a "]" ends what another rule began.
_MARKUP = re.compile(r"[\n\\`~*_\[<&]|!(?=\[)")
_TOKEN_END = re.compile(r"[\n\\`~*_\[\]<&!]")
_DELIMITERS = re.compile(r"[*_~]")


# What most addresses are made of: nothing in them is escaped, encoded or ends them early.
_PLAIN_ADDRESS = re.compile(r"[\w./#:?=@%+~-]+(?=[) \n])", re.ASCII)
# Of another host's address nothing is changed if its name is short and of plain letters.
_NORMAL_ADDRESS = re.compile(
    r"""(?!//)[\w./#-]*
      | https?://(?:[a-z0-9-]{1,63}\.){1,3}[a-z]{2,63}(?:[/?#][\w./#?=&+-]*)?""",
    re.ASCII | re.VERBOSE,
)
# What most links say: no markup, and no bracket but the last.
_PLAIN_LABEL = re.compile(r"\[[^\n\\`~*_\[\]<&!]+\]")


class QuickHelpers:
    """markdown-it-py's helpers for the parts of a link."""

    parseLinkTitle = staticmethod(parseLinkTitle)  # noqa: N815  # markdown-it-py's names

    @staticmethod
    def parseLinkLabel(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: FBT001, FBT002, N802, N803  # as markdown-it-py calls it
        """Where the bracket stands that closes the one at a position; -1 if none does."""
        found = _PLAIN_LABEL.match(state.src, start, state.posMax)
        text = start + 1
        if not found or text in state.cache or state.level >= state.md.options.maxNesting:
            return parseLinkLabel(state, start, disableNested)
        state.cache[text] = end = found.end() - 1  # as going past the text would have noted
        return end

    @staticmethod
    def parseLinkDestination(string: str, pos: int, maximum: int) -> Destination:  # noqa: N802
        """The address that begins at a position."""
        found = _PLAIN_ADDRESS.match(string, pos, maximum)
        if found is None:
            slow = parseLinkDestination(string, pos, maximum)
            return Destination(slow.ok, slow.pos, slow.str)
        return Destination(ok=True, pos=found.end(), str=found.group())


class Destination(NamedTuple):
    """An address, and where it ends."""

    ok: bool
    pos: int
    str: str


def normalize(state: StateCore) -> None:
    """A newline alone at the end of every line, and no NUL: what most texts are as they come."""
    text = state.src
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    state.src = text.replace("\0", "\ufffd")


def is_cut(text: str) -> bool:
    """Whether the tokens of a text are joined, and so changed, when all are there: it was cut at
    an escape or an entity.
    """
    return "\\" in text or "&" in text


def join_text(state: StateCore) -> None:
    """markdown-it-py's own rule, for those texts that were cut."""
    cut = [token for token in state.tokens if token.type == "inline" and is_cut(token.content)]
    text_join(StateCore(state.src, state.md, state.env, cut))


def normalize_link(url: str) -> str:
    """An address as markdown-it-py normalizes it."""
    return url if _NORMAL_ADDRESS.fullmatch(url) else normalizeLink(url)


class QuickInline(ParserInline):
    """The text of paragraphs, headings and cells to tokens."""

    @cached_property
    def _chains(self) -> Mapping[str, Sequence[RuleFuncInlineType]]:
        """First character -> the rules that may begin with it, in order."""
        names, rules = self.ruler.get_active_rules(), self.ruler.getRules("")
        chains: dict[str, list[RuleFuncInlineType]] = {}
        for name, rule in zip(names, rules, strict=True):
            for character in INLINE_STARTS.get(name, ""):
                chains.setdefault(character, []).append(rule)
        return chains

    def parse(
        self,
        src: str,
        md: MarkdownIt,
        env: EnvType,
        tokens: list[Token],
    ) -> list[Token]:
        """Append the tokens of a text to `tokens`, which is empty."""
        if _MARKUP.search(src) is None:
            if src:
                token = make_token("text", "", 0, 0)
                token.content = src
                tokens.append(token)
            return tokens
        state = QuickState(src, md, env, tokens)
        self.tokenize(state)
        if _DELIMITERS.search(src):
            for rule in self._endings["~" in src]:
                rule(state)
        return state.tokens

    @cached_property
    def _endings(self) -> tuple[Sequence[RuleFuncInline2Type], Sequence[RuleFuncInline2Type]]:
        """The rules that pair marks at the end: without the one for `~`, and with it."""
        names, rules = self.ruler2.get_active_rules(), self.ruler2.getRules("")
        pairs = zip(names, rules, strict=True)
        return [rule for name, rule in pairs if name != "strikethrough"], rules

    def tokenize(self, state: StateInline) -> None:
        """Tokens up to the state's end."""
        src, end, chains = state.src, state.posMax, self._chains
        deepest = state.md.options["maxNesting"]
        while (pos := state.pos) < end:
            found = _MARKUP.search(src, pos, end)
            start = found.start() if found else end
            if start > pos:
                state.append_pending(src[pos:start])
                state.pos = start
            if found is None:
                break
            for rule in chains[src[start]] if state.level < deepest else ():
                if rule(state, False):  # noqa: FBT003  # markdown-it-py's signature
                    break
            else:
                state.append_pending(src[start])
                state.pos += 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802  # markdown-it-py's name
        """Go past one token without making it."""
        pos = state.pos
        known = state.cache.get(pos)
        if known is not None:
            state.pos = known
            return
        if state.level >= state.md.options["maxNesting"]:
            state.pos = state.posMax + 1
        elif not self._skip(state):
            state.pos += 1
        state.cache[pos] = state.pos

    def _skip(self, state: StateInline) -> bool:
        chain = self._chains.get(state.src[state.pos])
        if chain is None:
            found = _TOKEN_END.search(state.src, state.pos)
            start, pos = found.start() if found else state.posMax, state.pos
            state.pos = start
            return start > pos
        state.level += 1
        done = any(rule(state, True) for rule in chain)  # noqa: FBT003  # markdown-it-py's signature
        state.level -= 1
        return done


class QuickRuler(Ruler["RuleFuncBlockType"]):
    """The rules for blocks. Those that may end a paragraph, a list or a quote are one rule, which
    looks at the line's first character and asks only those that begin with it.
    """

    @cached_property
    def starts(self) -> Mapping[str, Sequence[RuleFuncBlockType]]:
        """First character -> the rules that may hold for a line, in order; "" for any other."""
        return {
            first: [
                rule
                for name, rule in self._named
                if name in LINE_RULES or (first and first in BLOCK_STARTS.get(name, ""))
            ]
            for first in ("", *dict.fromkeys("".join(BLOCK_STARTS.values())))
        }

    @cached_property
    def guards(self) -> Sequence[RuleFuncBlockType]:
        """The rules that are none of Markdown: they are asked always, and before others."""
        own = {*BLOCK_STARTS, *LINE_RULES, "code"}
        return [rule for name, rule in self._named if name not in own]

    @property
    def _named(self) -> Iterable[tuple[str, RuleFuncBlockType]]:
        return zip(self.get_active_rules(), super().getRules(), strict=True)

    @cached_property
    def _chains(self) -> dict[str, list[RuleFuncBlockType]]:
        return {}

    def getRules(self, chainName: str = "") -> list[RuleFuncBlockType]:  # noqa: N802, N803  # markdown-it-py's names
        """All rules, or the one that stands for those of a chain."""
        if not chainName:
            return super().getRules()
        found = self._chains.get(chainName)
        if found is None:
            found = self._chains[chainName] = [self._ends(super().getRules(chainName))]
        return found

    def _ends(self, rules: Sequence[RuleFuncBlockType]) -> RuleFuncBlockType:
        """The rules of a chain as one, which holds where one of them does."""
        chains = {first: [r for r in held if r in rules] for first, held in self.starts.items()}
        guards = [rule for rule in self.guards if rule in rules]

        def ends(state: StateBlock, line: int, end: int, silent: bool) -> bool:  # noqa: FBT001  # markdown-it-py's signature
            for guard in guards:
                if guard(state, line, end, silent):
                    return True
            start = state.bMarks[line] + state.tShift[line]
            if start >= state.eMarks[line]:
                return False
            chain = chains.get(state.src[start])
            if chain is None:
                if not _is_table_below(state, line, end):
                    return False
                chain = chains[""]
            return any(rule(state, line, end, silent) for rule in chain)

        return ends


class QuickBlocks(ParserBlock):
    """Lines to blocks."""

    ruler: QuickRuler

    def __init__(self) -> None:
        super().__init__()
        ruler = QuickRuler()
        for rule in self.ruler.__rules__:
            ruler.push(rule.name, rule.fn, {"alt": rule.alt})
        self.ruler = ruler

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803  # markdown-it-py's names
        """Tokens of the lines from `startLine` up to `endLine`."""
        line, gap = startLine, False
        deepest, guards = state.md.options.maxNesting, self.ruler.guards
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or state.sCount[line] < state.blkIndent:
                break
            if state.level >= deepest:
                state.line = endLine
                break
            for guard in guards:
                guard(state, line, endLine, False)  # noqa: FBT003  # as above
            for rule in self._rules_for(state, line, endLine):
                if rule(state, line, endLine, False):  # noqa: FBT003  # markdown-it-py's signature
                    break
            state.tight = not gap
            line = state.line
            gap = gap or (line - 1 < endLine and state.isEmpty(line - 1))
            if line < endLine and state.isEmpty(line):
                gap = True
                state.line = line = line + 1

    def _rules_for(self, state: StateBlock, line: int, end: int) -> Sequence[RuleFuncBlockType]:
        """The rules that may hold for the block which begins at a line."""
        assert isinstance(state, QuickBlockState)
        if state.sCount[line] - state.blkIndent >= _CODE_INDENT:
            return self.ruler.getRules()
        starts = self.ruler.starts
        chain = starts.get(_first_of(state, line), starts[""])
        if chain is starts[""] and not (
            _is_table_below(state, line, end) or state.may_be_underlined(line)
        ):
            return chain[-1:]
        return chain


def _first_of(state: StateBlock, line: int) -> str:
    """The first character of a line that is not empty."""
    return state.src[state.bMarks[line] + state.tShift[line]]


def _is_table_below(state: StateBlock, line: int, end: int) -> bool:
    """Whether the next line may be the one that makes a table of a line."""
    below = line + 1
    return below < end and not state.isEmpty(below) and _first_of(state, below) in _TABLE_STARTS
