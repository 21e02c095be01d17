"""Raw HTML as tokens: a rule for markdown-it-py that reads tags the way it reads Markdown.

A safe subset becomes the tokens that Markdown makes of the same thing: a heading begins a
section, a link is resolved, an image is copied. What is left of a tag is its name and a few
checked attributes; the rest is gone before anything is written. Tags are paired here, so that
none closes what it did not open: what is opened in a list item, a quote or a cell ends there,
and what nothing closes ends above the next heading.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from markdown_it.rules_block import html_block
from markdown_it.token import Token

from kb.content.markdown.cards import ATTRIBUTES
from kb.content.markdown.emoji import with_emoji
from kb.content.markdown.html_callout import HtmlCallouts, Place, is_title
from kb.content.markdown.markup import button_class, names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline

    from kb.content.markdown.markup import Account

_ATTRIBUTE = re.compile(r"([^\s\"'<>/=;]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))")
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]++)(?>\s*+=\s*+(?>\"([^\"]*+)\"|'([^']*+)'|([^\s\"'=<>`]++)))?"
)
_SWITCHES = names("checked compact controls disabled hidden loop muted nowrap open reversed")
# Elements that nobody writes in a sentence without an end: words for what is to be filled in.
_NAMES_OF_THINGS = names("table title form section article map main header footer time data var")
# What a browser takes for a comment or an instruction: none of it is shown.
_SILENT = re.compile(r"<[!?][^>]*+>")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPACE = re.compile(r"\s+")


_INLINE = {
    **{name: name for name in ("abbr", "b", "bdi", "bdo", "cite", "code", "del", "dfn", "em", "i")},
    **{name: name for name in ("ins", "kbd", "mark", "q", "rp", "rt", "ruby", "s", "samp")},
    **{name: name for name in ("small", "strong", "sub", "sup", "time", "u", "var")},
    "acronym": "abbr",
    "strike": "s",
    "tt": "code",
}
_BLOCK = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    "ul": "bullet_list",
    "ol": "ordered_list",
    "li": "list_item",
    "p": "paragraph",
    **{name: name for name in ("thead", "tbody", "tr", "th", "td", "blockquote", "table")},
    **{name: name for name in ("dl", "dt", "dd", "details", "summary", "figure", "figcaption")},
    "tfoot": "tbody",
    "caption": "caption",
}
# Blocks that are nothing but a place to begin anew.
_PLAIN_BLOCKS = names(
    "address article aside body center dir div fieldset footer form header head hgroup html"
    " legend main menu nav noscript optgroup option picture search section select colgroup"
)
# Neither the tags nor what stands between them is text of the article.
_SILENT_ELEMENTS = names(
    "script style template svg textarea title noembed noframes xmp datalist canvas applet map"
)
_MEDIA = frozenset({"iframe", "video", "audio", "embed", "object", "frame"})
_VOIDS = names(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source"
    " track wbr"
)
_KNOWN = (
    frozenset(_INLINE)
    | frozenset(_BLOCK)
    | _PLAIN_BLOCKS
    | _SILENT_ELEMENTS
    | _MEDIA
    | _VOIDS
    | names(
        "a pre span font big blink marquee nobr label button output progress meter math data"
        " dialog slot spacer listing plaintext"
    )
)
_NOTED = _MEDIA | names(
    "script style object form input button select textarea svg math canvas applet"
)
# After `|` as browsers read the elements that there are: values without quotes that hold `=`, signs
# that are no attributes.
_TAG = re.compile(
    r"<(?:(?P<end>/)?(?P<name>[A-Za-z][A-Za-z0-9:._-]*+)"
    r"(?P<attrs>(?>(?:\s++|/(?!>)|[^\s\"'<>/=]++(?>\s*+=\s*+(?>\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?)*))"
    r"(?P<void>/)?>"
    rf"|(?P<loose>(?i:{'|'.join(sorted(_KNOWN))})(?=\s))(?P<more>[^<>=]*+=(?:(?>(?:\"[^\"<]*+\"|'[^'<]*+'|[^<>\"'])*)|[^<>]*+))>)"
)
_LOOSE_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=;]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s\"'<>]++))"
)
# What a start tag ends when it is still open, and what it can't see beyond.
_IMPLIED = {
    "li": ({"li"}, {"ul", "ol"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "td": ({"td", "th"}, {"tr", "table"}),
    "th": ({"td", "th"}, {"tr", "table"}),
    "tr": ({"tr"}, {"table"}),
    "thead": ({"thead", "tbody", "caption"}, {"table"}),
    "tbody": ({"thead", "tbody", "caption"}, {"table"}),
}
_PARENTS = {
    "li": {"ul", "ol"},
    "dt": {"dl"},
    "dd": {"dl"},
    "tr": {"table", "thead", "tbody"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tbody": {"table"},
    "caption": {"table"},
    "summary": {"details"},
    "figcaption": {"figure"},
}
# A heading in one of these is text of the section around it: in a table, whether its cells have end
# tags or not.
_HOLDS_HEADINGS = names("li table td th blockquote dd dt summary figcaption caption")
_HOLD_WORDS = {"p", "summary", "figcaption", "caption", "dt"}
_CODE = frozenset({"code", "kbd", "samp"})
_LONGEST_ID = 200
_LONGEST_SET = 5_000
_MOST_COLUMNS = 1000


class Tag(NamedTuple):
    """A tag, its name in lower case, and where it stands; `end` is where its end tag stands, None
    where none follows in the article.
    """

    name: str
    attrs: dict[str, str]
    closes: bool
    is_void: bool
    written: str
    place: Place = (0, 0)
    end: Place | None = None

    @property
    def is_paired(self) -> bool:
        """Whether an end tag for it follows in the article."""
        return self.end is not None


def _tag(found: re.Match[str], place: Place = (0, 0), end: Place | None = None) -> Tag:
    name = _name(found)
    pattern, written = (
        (_LOOSE_ATTRIBUTE, found["more"]) if found["loose"] else (_ATTRIBUTE, found["attrs"])
    )
    attrs: dict[str, str] = {}
    if written and not found["end"]:
        for key, *values in pattern.findall(written):
            attrs.setdefault(key.lower(), unescape(next(filter(None, values), "")))
    void = bool(found["void"]) or name in _VOIDS
    return Tag(name, attrs, bool(found["end"]), void, found.group(), place, end)


def _name(found: re.Match[str]) -> str:
    name: str = found["name"] or found["loose"]
    return name.lower()


_NOT_SHOWN = re.compile(
    r"\b(?:display\s*:\s*['\"]?none|visibility\s*:\s*['\"]?hidden)\b", re.IGNORECASE
)
# What a script of the page would show: tabs, and texts that open.
_OPENS = re.compile(r"tab|pane|collaps|accordion|toggle|expand|spoiler|dropdown", re.IGNORECASE)


def _is_hidden(tag: Tag) -> bool:
    """Whether a start tag begins what its maker shows to nobody: with `hidden`, or a style that
    says so, unless it is named as what a script opens.
    """
    if tag.closes:
        return False
    is_element = tag.is_paired or tag.is_void or "=" in tag.written
    if not is_element and (tag.name not in _KNOWN or not tag.attrs.keys() <= _SWITCHES):
        return False  # words to be filled in
    attrs = tag.attrs
    if "hidden" not in attrs and not _NOT_SHOWN.search(attrs.get("style", "")):
        return False
    return not any(_OPENS.search(attrs.get(name, "")) for name in ("role", "class", "id"))


class _Silence:
    """Whether what is read stands in an element that is not shown.

    One with an end tag lasts up to that; one among words in whichever block that stands, any other
    no longer than the item or quote that it began in. One without ends where browsers end it: words
    with their block, an item where the next one begins, any other with what it stands in. Each has
    a number, by which a block knows whether all of it was hidden.
    """

    def __init__(self) -> None:
        self.number = 0
        self._name = ""
        self._end: Place | None = None
        self._is_in_words = False
        self._inner: set[Place] = set()
        self._count = 0

    def __bool__(self) -> bool:
        """Whether it is silent now."""
        return bool(self.number)

    @property
    def ends_with_container(self) -> bool:
        """Whether it ends with the block of Markdown's that it stands in."""
        return self._end is None or not self._is_in_words

    @property
    def ends_with_words(self) -> bool:
        """Whether it ends with the paragraph, or the lines of HTML, that it stands in."""
        return self._end is None and (self._name == "p" or not _is_block(self._name))

    def begin(self, tag: Tag, *, in_words: bool = False) -> None:
        """It begins at a start tag."""
        self._count += 1
        self._is_in_words = in_words
        self.number, self._name, self._end = self._count, tag.name, tag.end
        self._inner.clear()

    def finish(self) -> None:
        """It ends."""
        self.number = 0

    def take(self, tag: Tag, is_open: Callable[[str], bool]) -> bool:
        """Go over a tag; whether that is a part of what is silent. `is_open` tells of elements that
        began before.
        """
        if self._end is not None:
            if tag.place == self._end:
                self.finish()
            return True
        if not tag.closes:
            ends = self._name in _IMPLIED.get(tag.name, ((), ()))[0]
            if ends or (self.ends_with_words and _is_block(tag.name)):
                self.finish()
            elif tag.end is not None:
                self._inner.add(tag.end)
        elif tag.place not in self._inner and is_open(tag.name):
            self.finish()
        return bool(self)


def _is_block(name: str) -> bool:
    return name in _BLOCK or name in _PLAIN_BLOCKS or name in {"hr", "pre"}


_BREAKS = frozenset({"br", "wbr", "img"})
_FIRST = re.compile(r"</?([A-Za-z][\w.:-]*)")


def _is_of_words(name: str, *, known: bool) -> bool:
    if name in _BLOCK or name in _PLAIN_BLOCKS or name in _SILENT_ELEMENTS or name in _MEDIA:
        return False
    return name not in {"hr", "pre"} and (name in _KNOWN or not known)


def html_of_words(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """markdown-it-py's own rule for blocks of HTML, but for tags of words in dialects where those
    begin a paragraph: what stands below a `<span>` is Markdown there, as it is below a `<br>` or a
    picture in every dialect.
    """
    spans = state.env.get("spans", frozenset())
    if state.env.get("has_dialect"):
        found = _FIRST.match(state.src, state.bMarks[start] + state.tShift[start])
        name = found[1].lower() if found else ""
        if name in _BREAKS or (found and spans and _is_of_words(name, known="mdx" not in spans)):
            return False
    taken = html_block(state, start, end, silent)
    if taken and not silent and spans & _ENDS_BEHIND_ELEMENT:
        _end_behind_element(state, start, end)
    return taken


_ENDS_BEHIND_ELEMENT = frozenset({"kramdown", "mkdocs"})


def _end_behind_element(state: StateBlock, start: int, end: int) -> None:
    """End a block of HTML behind the element with which it begins: kramdown and Python-Markdown do
    so, CommonMark ends it at an empty line. Words behind it on the next line are Markdown. Beyond
    an empty line it goes on where the lines there would be code for being indented.
    """
    open_tags: list[str] = []
    block = state.line
    for line in range(start, min(end, start + _MOST_LINES)):
        _go_over_tags(state.src[state.bMarks[line] : state.eMarks[line]], open_tags)
        if not open_tags:
            _end_block(state, start, line + 1, block)
            return
        if line + 1 == block:
            after = next((at for at in range(block, end) if not state.isEmpty(at)), end)
            if after == end or not state.is_code_block(after) or state.env.get("unended_html"):
                return
    state.env["unended_html"] = True  # not looked for once more


_MOST_LINES = 5_000


def _go_over_tags(line: str, open_tags: list[str]) -> None:
    for tag in _TAG.finditer(line):
        name = _name(tag)
        if not (tag["end"] or tag["void"] or name in _VOIDS):
            open_tags.append(name)
        elif tag["end"] and name in open_tags:
            while open_tags.pop() != name:
                pass


def _end_block(state: StateBlock, start: int, stop: int, block: int) -> None:
    """Let a block that markdown-it-py ends at `block` end at `stop`, if words follow there."""
    if stop <= block:
        following = state.src[state.bMarks[stop] + state.tShift[stop] :][:1] if stop < block else ""
        if not following.strip() or following == "<":
            return
    token = state.tokens[-1]
    token.content = state.getLines(start, stop, state.blkIndent, keepLastLF=True)
    token.map = [start, stop]
    state.line = stop


def loose_tag(state: StateInline, silent: bool) -> bool:
    """A rule for markdown-it-py: a tag among words that is none by the letter, but to browsers.
    Articles of no other tool keep it as the text that it is in CommonMark.
    """
    if not state.env.get("has_dialect") or not state.src.startswith("<", state.pos):
        return False
    found = _TAG.match(state.src, state.pos, state.posMax)
    if found is None or _name(found) not in _KNOWN or "=" not in found.group():
        return False
    if not silent:
        state.push("html_inline", "", 0).content = found.group()
    state.pos = found.end()
    return True


def raw_html(state: StateCore) -> None:
    """Replace the tokens of raw HTML by tokens of what it means."""
    tokens = state.tokens
    if not any(_is_raw(token) for token in tokens):
        return
    state.env["account"].has_html = state.env["account"].has_marks = True
    state.tokens = _Reader(state).read(tokens)


def _is_raw(token: Token) -> bool:
    if token.type == "inline":
        return any(child.type == "html_inline" for child in token.children or ())
    return token.type == "html_block"


class _Open(NamedTuple):
    """Something that is open: a raw tag, or (without a name) a block of Markdown's. `implied` is a
    list that no tag began, around items that stand in none. `silence` is the number of the silence
    in which a block of Markdown's began, and `at` where it stands in what was read.
    """

    name: str
    token: Token | None
    closed_later: bool = True
    implied: bool = False
    silence: int = 0
    at: int = 0


class _Pairs:
    """Which start tags have an end: that can't be told while reading."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._ends: dict[Place, Place] = {}
        opened: dict[str, list[Place]] = {}
        for token in tokens:
            if token.type == "html_block":
                for found in _TAG.finditer(token.content):
                    self._pair(found, (id(token), found.start()), opened)
            else:
                for child in token.children or ():
                    tag = _TAG.fullmatch(child.content) if child.type == "html_inline" else None
                    if tag is not None:
                        self._pair(tag, (id(child), 0), opened)

    def _pair(
        self,
        found: re.Match[str],
        place: Place,
        opened: dict[str, list[Place]],
    ) -> None:
        same = opened.setdefault(_name(found), [])
        if not found["end"]:
            same.append(place)
        elif same:
            self._ends[same.pop()] = place

    def tag(self, found: re.Match[str], token: Token) -> Tag:
        """The tag of a match in a token's text."""
        place = (id(token), found.start())
        return _tag(found, place, self._ends.get(place))


class _Reader:
    """Reads the tokens of one article."""

    def __init__(self, state: StateCore) -> None:
        env = state.env
        self._account: Account = env["account"]
        self._first_line: int = env["first_line"]
        self._deepest: int = env["limits"].nesting
        self._normalize: Callable[[str], str] = state.md.normalizeLink
        self._validate: Callable[[str], bool] = state.md.validateLink
        self._out: list[Token] = []
        self._open: list[_Open] = []
        self._raws = 0
        self._run: list[Token] = []
        self._run_line = 0
        self._level = 0
        self._has_emoji: bool = env["syntax"].emoji
        self._has_icons = bool(env.get("icons"))
        self._sources: list[str] = []
        self._phrases: list[Token] = []
        self._heading: Token | None = None
        self.silence = _Silence()
        self._pairs = _Pairs(())
        self._callouts: HtmlCallouts | None = None
        self._has_callouts: bool = env["syntax"].callouts

    def read(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens without raw HTML, each start tag with its end."""
        self._pairs = _Pairs(tokens)
        self._callouts = HtmlCallouts(tokens) if self._has_callouts else None
        for token in tokens:
            if token.type == "html_block":
                self._block(token)
            elif self.silence:
                self._skip(token)
            else:
                self._markdown(token)
        self._close_to(0)
        return self._callouts.titled(self._out) if self._callouts else self._out

    # Tokens of Markdown

    def _markdown(self, token: Token) -> None:
        if token.type == "inline":
            if any(child.type == "html_inline" for child in token.children or ()):
                cell = self._out[-1].type in {"th_open", "td_open"} if self._out else False
                token.children = _Phrases(self, token, in_cell=cell).read()
        elif token.nesting == 1:
            self._end_implied()
            self._end_paragraph()
            if token.type == "heading_open":
                self._close_unclosed()
                token.level += self._holds_heading()
            self._open.append(_Open("", token, silence=self.silence.number, at=len(self._out)))
        elif token.nesting == -1:
            at = len(self._open) - 1
            while at >= 0 and self._open[at].name:
                at -= 1
            self._close_to(at + 1)
            if self._open:
                self._open.pop()
            if token.type == "paragraph_close" and _is_empty(self._out[-1]):
                del self._out[-2:]
                return
        self._out.append(token)

    def _skip(self, token: Token) -> None:
        """Markdown in the middle of what is not shown. Blocks stay whole that begin or end outside
        of it; of those that do not, nothing stays.
        """
        if token.type == "inline":
            token.children = _Phrases(self, token, in_cell=False).read()
            if not token.children:
                token.content = ""
            self._out.append(token)
        elif token.nesting == 1:
            self._markdown(token)
        elif token.nesting == -1:
            self._end_unseen(token)

    def _end_unseen(self, token: Token) -> None:
        """The end of a block of Markdown's in what is not shown. A cell stays: without it those
        behind it would stand in other columns.
        """
        opened = next((entry for entry in reversed(self._open) if not entry.name), _Open("", token))
        if opened.silence == self.silence.number and token.tag not in {"td", "th"}:
            while self._open.pop() is not opened:
                pass
            del self._out[opened.at :]
            return
        if opened.silence != self.silence.number and self.silence.ends_with_container:
            self.silence.finish()
        self._markdown(token)

    def is_open(self, name: str) -> bool:
        """Whether an element of that name is open in the block of Markdown's that is read."""
        for entry in reversed(self._open):
            if not entry.name:
                return False
            if entry.name == name:
                return True
        return False

    def _holds_heading(self) -> int:
        return int(
            any(
                entry.name in _HOLDS_HEADINGS
                or (entry.token is not None and entry.token.type == "callout_open")
                for entry in self._open
            )
        )

    # Blocks of HTML

    def _block(self, token: Token) -> None:
        line = token.map[0] if token.map else 0
        self._level = token.level
        text = token.content
        at = 0
        while at < len(text):
            found = _TAG.search(text, at) if "<" in text else None
            end = found.start() if found else len(text)
            if not self.silence and end > at:
                self._text(text[at:end], line)
            if found is None:
                break
            line += text.count("\n", at, found.end())
            at = found.end()
            tag = self._pairs.tag(found, token)
            if tag.name == "pre" and not (tag.closes or self.silence or _is_hidden(tag)):
                stop = _end_of(text, at, "pre")
                self._preformatted(text[at:stop], line)
                line += text.count("\n", at, stop)
                at = stop
            else:
                self._take(tag, line)
        if self.silence and self.silence.ends_with_words:
            self.silence.finish()
        self._flush()
        self._phrases.clear()
        self._end_heading()

    def _take(self, tag: Tag, line: int) -> None:
        """One tag of a block."""
        name = tag.name
        if self.silence and self.silence.take(tag, self.is_open):
            return
        if _is_hidden(tag):
            if not tag.is_void:
                self._imply(name)
                self.silence.begin(tag)
            self.note("hidden", line)
            return
        if name in _SILENT_ELEMENTS or name in {"iframe", "audio", "video", "object"}:
            if tag.is_paired and not tag.is_void:
                self.silence.begin(tag)
            self._media(tag, line)
        elif name in _BLOCK:
            self._block_tag(tag, line)
        elif name == "hr":
            self._flush()
            self._end_paragraph()
            self._out.append(Token("hr", "hr", 0))
        elif name in _PLAIN_BLOCKS:
            self._flush()
            self._end_implied()
            self._anchor(tag, line)
            self._plain_block(tag, line)
        else:
            self._start_run(line)
            self._run += self.phrase(tag, line, self._phrases)
        if name in _NOTED and not tag.closes:
            self.note(name, line)

    def _plain_block(self, tag: Tag, line: int) -> None:
        """A block such as `<div>`: a callout, written where it says how its text runs, or left
        out.
        """
        name = tag.name
        if tag.closes:
            self._close(name)
        elif self._raws < self._deepest and not self._callout(tag, line):
            attrs = _common_attributes(tag) | _alignment(tag)
            token = Token("html_open", "div", 1, attrs=dict(attrs)) if attrs else None
            if token:
                self._out.append(token)
            self._push(tag, token)

    def _callout(self, tag: Tag, line: int) -> bool:
        """Begin a callout, or the title of one, where an element is that."""
        if self._callouts is None:
            return False
        classes = tag.attrs.get("class", "")
        opened = self._callouts.begin(tag.name, classes, tag.place, tag.end, line)
        if not opened:
            begins = bool(self._out) and self._out[-1].type == "callout_title_close"
            if not (begins and tag.is_paired and is_title(tag.name, classes)):
                return False
            opened = [Token("paragraph_open", "p", 1, map=[line, line + 1], meta={"title": True})]
        self._end_paragraph()
        self._out += opened
        self._push(tag, opened[0])
        return True

    def _media(self, tag: Tag, line: int) -> None:
        children = self.media(tag, line)
        if children:
            self._start_run(line)
            self._run += children

    def media(self, tag: Tag, line: int) -> list[Token]:
        """A link to a film, a sound or a page in a frame, if it has an address."""
        del line
        if tag.closes or tag.name not in _MEDIA:
            return []
        href = self.address(tag.attrs.get("src") or tag.attrs.get("data", ""))
        if not href:
            return []
        shown = " ".join((tag.attrs.get("title") or tag.attrs.get("aria-label") or "").split())
        text = Token("text", "", 0, content=shown or href)
        opened = Token("link_open", "a", 1, attrs={"href": href})
        return [opened, text, Token("link_close", "a", -1)]

    def address(self, written: str) -> str:
        """A link's address as Markdown has it; empty for one that is none or not safe."""
        url = _CONTROLS.sub("", written).strip()
        if not url or not self._validate(url):
            return ""
        url = self._normalize(url)
        return url if self._validate(url) else ""

    def note(self, name: str, line: int) -> None:
        """Count what had to be left out."""
        self._account.leave_out(f"<{name}>", self._first_line + line)

    def _block_tag(self, tag: Tag, line: int) -> None:
        name = "tbody" if tag.name == "tfoot" else tag.name
        self._flush()
        if _BLOCK[name] == "heading":
            self._end_heading()
            if not tag.closes:
                self._begin_heading(tag, line)
            return
        if self._heading is not None:  # a heading holds words alone
            return
        if tag.closes:
            self._close(name)
            return
        self._imply(name)
        if name != "li":
            self._end_implied()
        elif self._raws + 1 < self._deepest and not self._fits("li"):
            self._end_paragraph()
            self._imply_list(line)
        if name not in {"p", "summary", "figcaption"}:
            self._end_paragraph()
        if self._raws < self._deepest and self._fits(name):
            self._begin_block(tag, name, line)

    def _begin_block(self, tag: Tag, name: str, line: int) -> None:
        self._anchor(tag, line)
        if name in {"p", "blockquote"} and self._callout(tag, line):
            return
        token = Token(f"{_BLOCK[name]}_open", name, 1, attrs=_attributes(tag))
        token.map = [line, line + 1]
        if name in {"table", "th", "td"}:
            token.meta = {key: tag.attrs[key] for key in tag.attrs if key in ATTRIBUTES}
        self._out.append(token)
        self._push(tag, token)

    def _fits(self, name: str) -> bool:
        """Whether the tag may stand where it does: a cell in a row, an item in a list."""
        parents = _PARENTS.get(name)
        if parents is None:
            return True
        inner = next((entry.name for entry in reversed(self._open) if entry.token), "")
        return inner in parents

    def _push(self, tag: Tag, token: Token | None) -> None:
        name = "tbody" if tag.name == "tfoot" else tag.name
        self._open.append(_Open(name, token, closed_later=tag.is_paired))
        self._raws += 1

    def _imply(self, name: str) -> None:
        """Close what a start tag ends: an item the one before it, any block a paragraph."""
        if name == "p":
            self._end_paragraph()
        ends, beyond = _IMPLIED.get(name, (set(), set()))
        for at in range(len(self._open) - 1, -1, -1):
            entry = self._open[at].name
            if not entry or entry in beyond:
                return
            if entry in ends:
                self._close_to(at)
                return

    def _imply_list(self, line: int) -> None:
        """Begin the list that browsers show where an item stands in none."""
        token = Token("bullet_list_open", "ul", 1, map=[line, line + 1])
        self._out.append(token)
        self._open.append(_Open("ul", token, closed_later=False, implied=True))
        self._raws += 1

    def _end_implied(self) -> None:
        """Close such a list, where anything but an item follows."""
        if self._open and self._open[-1].implied:
            self._close_to(len(self._open) - 1)

    def _end_paragraph(self) -> None:
        """Close a paragraph, and a line that nothing closes."""
        while self._open and self._open[-1].name in _HOLD_WORDS:
            if self._open[-1].name != "p" and self._open[-1].closed_later:
                return
            self._close_to(len(self._open) - 1)

    def _close(self, name: str) -> None:
        """Close the innermost tag of that name, and what is open in it; none, if none is."""
        for at in range(len(self._open) - 1, -1, -1):
            entry = self._open[at].name
            if not entry:
                return
            if entry == name:
                self._close_to(at)
                return

    def _close_unclosed(self) -> None:
        """Close what nothing will close: a section ends where the next one begins."""
        at = len(self._open)
        while at and self._open[at - 1].name:
            at -= 1
            if not self._open[at].closed_later:
                self._close_to(at)

    def _close_to(self, at: int) -> None:
        while len(self._open) > at:
            name, token, *_ = self._open.pop()
            if name:
                self._raws -= 1
                if token is not None:
                    self._out.append(Token(f"{token.type[:-5]}_close", token.tag, -1))

    # Headings

    def _begin_heading(self, tag: Tag, line: int) -> None:
        self._end_implied()
        self._end_paragraph()
        self._close_unclosed()
        self._heading = Token("heading_open", tag.name, 1, map=[line, line + 1])
        self._heading.level = self._level + self._holds_heading()
        own = anchor_of(tag)
        if own:
            self._heading.attrs["id"] = own

    def _end_heading(self) -> None:
        opened = self._heading
        if opened is None:
            return
        self._heading = None
        inline = Token("inline", "", 0, map=opened.map, children=self._take_run())
        if any(child.type in {"text", "image", "code_inline"} for child in inline.children or ()):
            self._out += [opened, inline, Token("heading_close", opened.tag, -1)]

    # Text

    def _text(self, text: str, line: int) -> None:
        text = _SILENT.sub("", text) if "<" in text else text
        before = text[: len(text) - len(text.lstrip())]
        shown = _SPACE.sub(" ", unescape(text) if "&" in text else text)
        if ":" in shown and self._has_emoji and not any(t.tag in _CODE for t in self._phrases):
            shown = with_emoji(shown, icons=self._has_icons)
        if not self._run:
            shown = shown.lstrip(" ")
        if shown:
            self._start_run(line + before.count("\n"))
            self._run.append(Token("text", "", 0, content=shown))

    def _start_run(self, line: int) -> None:
        self._end_implied()
        if not self._run:
            self._run_line = line
            self._run += [_copy(token) for token in self._phrases]

    def _flush(self) -> None:
        if self._heading is not None:
            return
        children = self._take_run()
        if children:
            inline = Token("inline", "", 0, map=[self._run_line, self._run_line + 1])
            inline.children = children
            self._out.append(inline)

    def _take_run(self) -> list[Token]:
        """The words since the last block, each start of a phrase with its end."""
        children, self._run = self._run, []
        last = children[-1] if children else None
        if last is not None and last.type == "text":
            last.content = last.content.rstrip(" ")
        if not any(_shows(child) for child in children):
            return []
        return children + [_end_of_phrase(token) for token in reversed(self._phrases)]

    def _anchor(self, tag: Tag, line: int) -> None:
        identity = "" if tag.closes else anchor_of(tag)
        if identity:
            anchor = Token("anchor", "span", 0, attrs={"id": identity})
            self._out.append(Token("inline", "", 0, map=[line, line + 1], children=[anchor]))

    def _preformatted(self, text: str, line: int) -> None:
        self._flush()
        self._end_paragraph()
        first = _TAG.match(text.lstrip())
        classes = _tag(first).attrs.get("class", "") if first else ""
        language = next(
            (c.removeprefix("language-") for c in classes.split() if c.startswith("language-")), ""
        )
        text = _TAG.sub(lambda tag: "\n" if _name(tag) == "br" else "", text)
        shown = unescape(_SILENT.sub("", text)).strip("\n")
        if shown.strip():
            kind, info = ("fence", language) if language else ("code_block", "")
            token = Token(kind, "code", 0, content=f"{shown}\n", info=info)
            token.map = [line, line + 1 + shown.count("\n")]
            self._out.append(token)

    # Words

    def tag_of(self, child: Token) -> Tag | None:
        """The tag that stands among words; None for a comment or an instruction."""
        found = _TAG.fullmatch(child.content)
        return self._pairs.tag(found, child) if found else None

    def phrase(self, tag: Tag, line: int, opened: list[Token]) -> list[Token]:
        """What a tag within words becomes; `opened` are those that are open."""
        name = tag.name
        if self.is_placeholder(tag):
            return [Token("text", "", 0, content=tag.written)]
        if name == "br":
            return [Token("hardbreak", "br", 0, markup="br")]
        if name in {"img", "embed", "frame"}:
            return self._image(tag) if name == "img" else self.media(tag, line)
        if name == "a":
            return self._link(tag, opened)
        if name in _INLINE or (name in {"span", "font"} and _common_attributes(tag)):
            return _pair(tag, opened)
        if name == "source" and "dark" not in tag.attrs.get("media", ""):
            self._sources.append(tag.attrs.get("srcset", ""))
        identity = "" if tag.closes else anchor_of(tag)
        return [Token("anchor", "span", 0, attrs={"id": identity})] if identity else []

    def is_placeholder(self, tag: Tag) -> bool:
        """Whether it is words in angle brackets, `<file>`, `<your path>`: no element that has an
        end, and nothing that has a value; `<a table name>`, too.
        """
        if "=" in tag.written or tag.closes or tag.is_void or tag.is_paired:
            return False
        if tag.name in _KNOWN and tag.name not in _NAMES_OF_THINGS:
            return not tag.attrs.keys() <= _SWITCHES
        return True

    def _image(self, tag: Tag) -> list[Token]:
        src = self._picture(tag)
        if not src:
            alt = tag.attrs.get("alt", "")
            return [Token("text", "", 0, content=alt)] if alt else []
        alt = " ".join(tag.attrs.get("alt", "").split())
        attrs: dict[str, str | int | float] = {"src": src, "alt": ""}
        title = " ".join(tag.attrs.get("title", "").split())
        if title:
            attrs["title"] = title
        for key in ("width", "height"):
            value = tag.attrs.get(key, "").removesuffix("px")
            if value.isascii() and value.isdigit() and int(value[:6]) > 0:
                attrs[key] = value[:5]
        image = Token("image", "img", 0, attrs=attrs, content=alt)
        image.children = [Token("text", "", 0, content=alt)] if alt else []
        return [image]

    def _picture(self, tag: Tag) -> str:
        """The address of a picture: its own, else the largest of its set or of the sources before
        it in a `<picture>`; those for a dark screen are not for all.
        """
        own = self.address(tag.attrs.get("src") or tag.attrs.get("data-src", ""))
        others, self._sources = [tag.attrs.get("srcset", ""), *self._sources], []
        return own or next(filter(None, (self.address(_largest(each)) for each in others)), "")

    def _link(self, tag: Tag, opened: list[Token]) -> list[Token]:
        closed = _close_phrase("a", opened)
        if tag.closes:
            return closed
        identity = anchor_of(tag)
        anchor = [Token("anchor", "span", 0, attrs={"id": identity})] if identity else []
        href = self.address(tag.attrs.get("href", ""))
        if not href or tag.is_void:
            return [*closed, *anchor]
        token = Token("link_open", "a", 1, attrs={"href": href})
        if title := " ".join(tag.attrs.get("title", "").split()):
            token.attrs["title"] = title
        if shown := button_class(tag.attrs.get("class", "").split()):
            token.attrs["class"] = shown
        opened.append(token)
        return [*closed, *anchor, token]


_CANDIDATE = re.compile(r"([^\s,]\S*)(?:\s+(\d{1,6}(?:\.\d{1,3})?)[wx])?\s*(?:,\s*|\Z)")


def _largest(srcset: str) -> str:
    """The address of the largest picture in a set (`a.png 1x, b.png 2x`); empty for none."""
    found = _CANDIDATE.findall(srcset[:_LONGEST_SET])
    return max(found, key=lambda one: float(one[1] or 1))[0].rstrip(",") if found else ""


class _Phrases:
    """Reads the tags among the words of one paragraph, heading or cell of Markdown's."""

    def __init__(self, reader: _Reader, inline: Token, *, in_cell: bool) -> None:
        self._reader = reader
        self._children = inline.children or []
        self._line = inline.map[0] if inline.map else 0
        self._in_cell = in_cell
        self._begun: list[tuple[int, int]] = []  # where Markdown's began, and in which silence

    def read(self) -> list[Token]:
        """The tokens without raw HTML; each tag ends in what it began in."""
        out: list[Token] = []
        levels: list[list[Token]] = [[]]
        silence = self._reader.silence
        for child in self._children:
            if child.type != "html_inline":
                self._line += child.type in {"softbreak", "hardbreak"}
                if child.nesting or not silence:
                    self._own(child, out, levels)
                continue
            tag = self._reader.tag_of(child)
            if tag is not None and self._is_shown(tag):  # else a comment or an instruction
                out += self._tag(tag, levels)
        if silence and silence.ends_with_words:
            silence.finish()
        for opened in reversed(levels):
            out += [_end_of_phrase(token) for token in reversed(opened)]
        if self._in_cell and out and out[0].type == "hardbreak":
            del out[0]
        return out

    def _is_shown(self, tag: Tag) -> bool:
        """Whether a tag is read: it stands in nothing that is not shown, and begins none."""
        silence = self._reader.silence
        if silence and silence.take(tag, self._reader.is_open):
            return False
        hidden = _is_hidden(tag)
        if (hidden and not tag.is_void) or self._begins_silence(tag):
            silence.begin(tag, in_words=True)
        if hidden:
            self._reader.note("hidden", self._line)
        return not hidden

    def _begins_silence(self, tag: Tag) -> bool:
        if tag.name not in _SILENT_ELEMENTS and tag.name not in _MEDIA - {"embed", "frame"}:
            return False
        return not tag.closes and not tag.is_void and self._is_closed_here(tag.name)

    def _is_closed_here(self, name: str) -> bool:
        end = re.compile(rf"</{re.escape(name)}\s*>", re.IGNORECASE)
        return any(c.type == "html_inline" and end.match(c.content) for c in self._children)

    def _own(self, child: Token, out: list[Token], levels: list[list[Token]]) -> None:
        """A token of Markdown's: what is open inside it ends with it."""
        silence = self._reader.silence.number
        if child.type == "link_open":
            for opened in levels:
                out += _close_phrase("a", opened)
        if child.nesting == -1 and self._begun:
            at, begun_in = self._begun.pop()
            closed = levels.pop()
            if silence and begun_in == silence:  # all of it is hidden
                del out[at:]
                return
            out += [_end_of_phrase(token) for token in reversed(closed)]
        if child.nesting == 1:
            self._begun.append((len(out), silence))
            levels.append([])
        out.append(child)

    def _tag(self, tag: Tag, levels: list[list[Token]]) -> list[Token]:
        reader, line = self._reader, self._line
        if tag.name in _NOTED and not tag.closes:
            reader.note(tag.name, line)
        if tag.name == "a" and any(t.type == "link_open" for level in levels[:-1] for t in level):
            return []
        if tag.name in _MEDIA:
            return reader.media(tag, line)
        if (
            tag.name in _BLOCK or tag.name in _PLAIN_BLOCKS or tag.name == "hr"
        ) and not reader.is_placeholder(tag):
            return self._block_in_words(tag, levels[-1])
        return reader.phrase(tag, line, levels[-1])

    def _block_in_words(self, tag: Tag, opened: list[Token]) -> list[Token]:
        """A list in a cell is a list; any other block among words is a break of the line."""
        name = tag.name
        if self._in_cell and name in {"ul", "ol", "li"}:
            if tag.closes:
                return _close_phrase(name, opened)
            closed = _close_phrase("li", opened) if name == "li" and _inner_list(opened) else []
            fits = name != "li" or (opened and opened[-1].tag in {"ul", "ol"})
            if not fits:
                return [*closed, Token("hardbreak", "br", 0, markup="br")]
            if len(opened) > _PLAIN_DEPTH:
                return closed
            token = Token("html_inline_open", name, 1, attrs=_attributes(tag), meta={"block": True})
            opened.append(token)
            return [*closed, token]
        breaks = name in {"p", "li", "tr", "hr", "div", "dt", "dd"} or name[0] == "h"
        return [Token("hardbreak", "br", 0, markup="br")] if breaks and not tag.closes else []


_PLAIN_DEPTH = 40


def _inner_list(opened: list[Token]) -> bool:
    """Whether the innermost of list and item is an item."""
    inner = next((t.tag for t in reversed(opened) if t.tag in {"li", "ul", "ol"}), "")
    return inner == "li"


def _pair(tag: Tag, opened: list[Token]) -> list[Token]:
    name = _INLINE.get(tag.name, "span")
    if tag.closes:
        return _close_phrase(name, opened)
    if tag.is_void or len(opened) > _PLAIN_DEPTH:
        return []
    token = Token("html_inline_open", name, 1, attrs=_attributes(tag))
    identity = anchor_of(tag)
    opened.append(token)
    anchor = [Token("anchor", "span", 0, attrs={"id": identity})] if identity else []
    return [*anchor, token]


def _close_phrase(name: str, opened: list[Token]) -> list[Token]:
    """The ends of what is open, up to the innermost of that name; none if none is."""
    at = next((i for i in range(len(opened) - 1, -1, -1) if opened[i].tag == name), None)
    if at is None:
        return []
    ends = [_end_of_phrase(token) for token in reversed(opened[at:])]
    del opened[at:]
    return ends


def _end_of_phrase(token: Token) -> Token:
    return Token(f"{token.type[:-5]}_close", token.tag, -1, meta=token.meta)


def _is_empty(token: Token) -> bool:
    """Whether a paragraph's words are none any more."""
    return token.type == "inline" and not any(map(_shows, token.children or ()))


def _copy(token: Token) -> Token:
    return Token(token.type, token.tag, 1, attrs=dict(token.attrs), meta=token.meta)


def _shows(token: Token) -> bool:
    if token.type == "text":
        return bool(token.content.strip())
    return token.type not in {"softbreak", "hardbreak"} and token.nesting == 0


def anchor_of(tag: Tag) -> str:
    """The anchor that a tag sets; empty for none, and for one that a page may need itself."""
    wish = (tag.attrs.get("id") or (tag.name == "a" and tag.attrs.get("name")) or "").strip()
    if len(wish) > _LONGEST_ID or _SPACE.search(wish) or _CONTROLS.search(wish):
        return ""
    return "" if wish.lower().startswith("kb-") else wish


def _attributes(tag: Tag) -> dict[str, str | int | float]:
    """The attributes that may be written, with checked values."""
    attrs = _common_attributes(tag)
    name, given = tag.name, tag.attrs
    if name in {"td", "th", "p", "tr"}:
        attrs |= _alignment(tag)
    if name in {"td", "th"}:
        for key in ("colspan", "rowspan"):
            if (number := _number(given.get(key, ""))) and number <= _MOST_COLUMNS:
                attrs[key] = number
    if name == "ol" and (number := _number(given.get("start", ""))) is not None:
        attrs["start"] = number
    if name == "details" and "open" in given:
        attrs["open"] = ""
    if name in {"abbr", "acronym", "dfn"} and given.get("title"):
        attrs["title"] = " ".join(given["title"].split())
    return attrs


def _common_attributes(tag: Tag) -> dict[str, str | int | float]:
    attrs: dict[str, str | int | float] = {}
    if tag.attrs.get("dir", "").lower() in {"ltr", "rtl", "auto"}:
        attrs["dir"] = tag.attrs["dir"].lower()
    if re.fullmatch(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", tag.attrs.get("lang", "")):
        attrs["lang"] = tag.attrs["lang"]
    return attrs


_ALIGN = re.compile(r"text-align\s*:\s*(left|center|right)", re.IGNORECASE)


def _alignment(tag: Tag) -> dict[str, str | int | float]:
    """The alignment, as Markdown's own cells have it."""
    align = tag.attrs.get("align", "").lower()
    if align not in {"left", "center", "right"}:
        found = _ALIGN.search(tag.attrs.get("style", "")[:_LONGEST_ID])
        align = found[1].lower() if found else ""
    if not align and tag.name == "center":
        align = "center"
    return {"style": f"text-align:{align}"} if align else {}


def _number(value: str) -> int | None:
    value = value.strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 9 else None  # noqa: PLR2004


def _end_of(text: str, at: int, name: str) -> int:
    """Where an end tag begins, or the text ends."""
    found = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, at)
    return found.start() if found else len(text)
