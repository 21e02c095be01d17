"""The only door to nh3: the last look at HTML that came of an article with raw HTML in it.

Tokens have been checked before (`raw_html`); here a parser of browsers' own kind reads what was
written and writes it anew, so that nothing is nested as a browser would not have it, and no
element or attribute is there that is not on the list.
"""

from __future__ import annotations

import re
from functools import cache

import nh3

_TAGS = frozenset(
    """
    a abbr aside b bdi bdo blockquote br button caption cite code dd del details dfn div dl dt em
    figcaption figure h1 h2 h3 h4 h5 h6 hr i img input ins kbd label li mark ol p picture pre q
    rp rt ruby s samp section small source span strong sub summary sup table tbody td tfoot th
    thead time tr u ul var
    annotation math menclose mfrac mi mn mo mover mpadded mphantom mroot mrow ms mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover semantics
    """.split()  # noqa: SIM905  # a list of words
)
_EVERYWHERE = frozenset({"class", "dir", "id", "lang", "role", "tabindex", "title"})
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href", "rel"},
    "details": {"open", "name"},
    "img": {"src", "alt", "width", "height", "loading", "srcset", "sizes", "decoding"},
    "input": {"type", "checked", "disabled"},
    "button": {"type", "hidden"},
    "ol": {"start"},
    "p": {"style"},
    "div": {"style", "hidden"},
    "source": {"srcset", "media", "type", "width", "height", "sizes"},
    "tr": {"style"},
    "td": {"style", "colspan", "rowspan"},
    "th": {"style", "colspan", "rowspan", "scope"},
    "math": {"display", "xmlns", "alttext"},
    "annotation": {"encoding"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "separator", "lspace", "rspace", "minsize", "maxsize"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mspace": {"width", "linebreak"},
    "mstyle": {"displaystyle", "scriptlevel", "mathcolor"},
    "mfrac": {"linethickness"},
    "mtable": {"columnalign", "rowspacing", "columnspacing"},
    "mtd": {"columnalign"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "menclose": {"notation"},
}
# A draft's marks for links (NUL and SOH) would not outlive a parser of HTML: they pass it as
# noncharacters, which no text means to hold.
_AS_MARKS = str.maketrans({"\0": "\ufdd2", "\1": "\ufdd3", "\ufdd2": "", "\ufdd3": ""})
_TAG_OR_QUOTE = re.compile(r'<[^<>"]*+(?>(?:"[^"]*+"[^<>"]*+)*)>|"')
_FROM_MARKS = str.maketrans({"\ufdd2": "\0", "\ufdd3": "\1"})


def sanitize(html: str) -> str:
    """The same HTML, well-formed, without what no article may hold.

    It is escaped as kb writes: no quotes in text, no angle brackets in an attribute, so that a tag
    ends at the first `>`, and the text may be put between quotes.
    """
    clean = _cleaner().clean(html.translate(_AS_MARKS)).translate(_FROM_MARKS)
    return _TAG_OR_QUOTE.sub(_escape, clean)


def _escape(found: re.Match[str]) -> str:
    tag = found.group()
    if tag == '"':
        return "&quot;"
    inner = tag[1:-1]
    if "<" not in inner and ">" not in inner:
        return tag
    return f"<{inner.replace('<', '&lt;').replace('>', '&gt;')}>"


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags={"script", "style"},
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"http", "https", "mailto", "tel", "sms"},
        link_rel=None,
        filter_style_properties={"text-align"},
        generic_attribute_prefixes={"aria-", "data-"},
    )
