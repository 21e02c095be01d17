"""SVG images, which are documents: passed only where nothing in them runs or leads elsewhere.

A browser that opens an SVG by its own address runs what is in it with the rights of the site.
So a drawing is gone through, with its namespaces resolved, and held against what drawings need.
Elements of other vocabularies (what Inkscape, Illustrator and others note for themselves) stay:
browsers don't know them. HTML in a drawing (`foreignObject`) never passes. Where it stands in a
`<switch>` beside what is drawn instead, as draw.io writes it, the copy holds that alone, and
nothing of a style sheet that is imported: the page shows what is drawn where neither is there. As
an `<img>` the HTML would run no script, but the file would when it is opened by its own address.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import IO, TYPE_CHECKING
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BufferedReader

_SVG = "http://www.w3.org/2000/svg"
_XML = "http://www.w3.org/XML/1998/namespace"
# What browsers act on beside SVG.
_ACTIVE_NAMESPACES = frozenset(
    {
        "http://www.w3.org/1999/xhtml",
        "http://www.w3.org/1998/Math/MathML",
        "http://www.w3.org/1999/XSL/Transform",
        "http://www.w3.org/2001/xml-events",
        "http://www.mozilla.org/xbl",
        "http://www.mozilla.org/keymaster/gatekeeper/there.is.only.xul",
    }
)
# Elements of SVG 1.1 and 2 that draw, describe or move: https://www.w3.org/TR/SVG2/eltindex.html
_ELEMENTS = frozenset(
    re.findall(
        r"[\w-]+",
        """
    a altGlyph altGlyphDef altGlyphItem animate animateColor animateMotion animateTransform circle
    clipPath color-profile cursor defs desc ellipse feBlend feColorMatrix feComponentTransfer
    feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow
    feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology
    feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence filter font font-face
    font-face-format font-face-name font-face-src flowDiv flowPara flowRegion flowRoot flowSpan g
    glyph glyphRef hatch hatchpath hkern image line linearGradient marker mask mesh meshgradient
    meshpatch meshrow metadata missing-glyph mpath path pattern polygon polyline radialGradient rect
    set solidcolor stop style svg switch symbol text textPath title tref tspan use view vkern
    """,
    )
)
# No drawing needs them, in whatever vocabulary: where a host says that the file is HTML, they run.
_NEVER = frozenset(
    ["script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "base"]
)
_DOCTYPE = re.compile(r"-//W3C//DTD SVG [\w. ]+//EN")
_DOCTYPE_PLACE = re.compile(r"https?://www\.w3\.org/[\w./-]+\.dtd")
_INSTRUCTIONS = frozenset({"xpacket", "adobe-xap-filters"})  # marks within metadata
_ENCODINGS = frozenset({"utf-8", "us-ascii", "iso-8859-1", "windows-1252"})
_BLANK = re.compile(
    "[\0-\x20\x7f-\xa0\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
)
_SCHEME = re.compile(r"([^/?#]*?):")
_LINKS = frozenset({"http", "https", "mailto", "tel"})
_RUNS = re.compile(r"(?:javascript|vbscript|livescript):|data:text/html", re.IGNORECASE)
# Attributes that hold names, words or numbers alone, whatever they look like.
_WORDS = re.compile(r"aria-.*|data-.*|id|class|d|points|alt|title|label|role|lang")
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif|bmp)[;,]", re.IGNORECASE)
_EMBEDDED = re.compile(
    r"#|data:(?:image/(?:png|jpe?g|gif|webp|avif|bmp)|(?:font|application)/[\w.-]*(?:woff2?|ttf"
    r"|otf|truetype|opentype|sfnt|font-[\w-]+|octet-stream))[;,]",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\r\n\f]?|(.))", re.DOTALL)
_URL = re.compile(r"url\s*\(\s*[\"']?\s*([^\s)]{0,64})", re.IGNORECASE)
_STYLE_LEADS_OUT = re.compile(
    r"@import|(?:image|image-set|src|expression)\s*\(|-moz-binding|behavior\s*:", re.IGNORECASE
)
_ADDRESSES = frozenset({"src", "srcdoc", "ping", "action", "formaction", "data"})
_CHUNK = 65_536
_LONGEST = 20_000_000  # bytes of a drawing that is written anew
_IMPORT = re.compile(rb"@import\s+(?:url\([^()]*\)|\"[^\"]*\"|'[^']*')[^;{}\"'()]*;")


class _HarmError(Exception):
    """What is wrong with a drawing."""


def find_harm(file: IO[bytes]) -> str:
    """What an SVG holds that runs or leads out of it, with its line; empty if there is nothing.

    The file is read to its end. What is not well-formed is harm, too: a browser shows, and
    runs, what comes before the mistake. Raises OSError.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    drawing = _Drawing()
    parser.XmlDeclHandler = drawing.declaration
    parser.StartDoctypeDeclHandler = drawing.doctype
    parser.ProcessingInstructionHandler = drawing.instruction
    parser.StartElementHandler = drawing.start
    parser.EndElementHandler = drawing.end
    parser.CharacterDataHandler = drawing.text
    try:
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003  # expat takes no keywords
        parser.Parse(b"", True)  # noqa: FBT003
    except _HarmError as found:
        return f"{found} (line {parser.CurrentLineNumber})"
    except (expat.ExpatError, ValueError, LookupError):
        return f"is not well-formed XML (line {parser.ErrorLineNumber})"
    return ""


def read_drawing(file: BufferedReader | BytesIO) -> tuple[BufferedReader | BytesIO, str]:
    """An SVG as it may be copied, at its start, and the harm in it, empty if there is none.

    What is harmful goes through without the HTML and the imported styles that it can do without,
    if it is harmless then. Raises OSError.
    """
    harm = find_harm(file)
    file.seek(0)
    if not harm:
        return file, ""
    data = file.read(_LONGEST + 1)
    file.seek(0)
    if len(data) > _LONGEST or not (spare := _spare_parts(data)):
        return file, harm
    kept, done = [], 0
    for start, stop in sorted(spare):
        kept.append(data[done:start])
        done = max(done, stop)
    drawing = BytesIO(b"".join([*kept, data[done:]]))
    if find_harm(drawing):
        return file, harm
    drawing.seek(0)
    return drawing, ""


def _spare_parts(data: bytes) -> list[tuple[int, int]]:
    """Where HTML stands that something else is drawn for, and where style is imported."""
    parser = expat.ParserCreate()
    parts = _Parts(data, parser)
    parser.StartElementHandler = parts.start
    parser.EndElementHandler = parts.end
    try:
        parser.Parse(data, True)  # noqa: FBT003  # expat takes no keywords
    except (expat.ExpatError, ValueError, LookupError):
        return []
    return parts.found


class _Element:
    """An element that is open: what is drawn in it, and what it holds of HTML."""

    __slots__ = ("drawn", "name", "spare", "start")

    def __init__(self, name: str, start: int) -> None:
        self.name, self.start = name, start
        self.drawn = 0
        self.spare: list[tuple[int, int]] = []


class _Parts:
    """Finds what a drawing can do without."""

    def __init__(self, data: bytes, parser: expat.XMLParserType) -> None:
        self.found: list[tuple[int, int]] = []
        self._data = data
        self._parser = parser
        self._open = [_Element("", 0)]

    def start(self, name: str, _attributes: Mapping[str, str]) -> None:
        """An element begins."""
        local = name.rpartition(":")[2]
        self._open[-1].drawn += local != "foreignObject"
        self._open.append(_Element(local, self._parser.CurrentByteIndex))

    def end(self, _name: str) -> None:
        """An element ends."""
        element = self._open.pop()
        stop = self._data.find(b">", self._parser.CurrentByteIndex) + 1
        if element.name == "foreignObject":
            self._open[-1].spare.append((element.start, stop))
        elif element.name == "switch" and element.drawn:
            self.found += element.spare
        elif element.name == "style":
            imports = _IMPORT.finditer(self._data, element.start, stop)
            self.found += [found.span() for found in imports]


class _Drawing:
    """What the parser meets, held against what a drawing needs."""

    def __init__(self) -> None:
        self._is_root = True
        self._style: list[str] | None = None

    def declaration(self, version: str, encoding: str | None, standalone: int) -> None:  # noqa: ARG002  # expat's signature
        """The first line: only encodings that every browser reads as this parser does."""
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise _HarmError(f"is not in UTF-8 but in {encoding[:40]}")

    def doctype(
        self,
        name: str,  # noqa: ARG002  # expat's signature
        place: str | None,
        public: str | None,
        has_declarations: int,
    ) -> None:
        """The DOCTYPE of SVG does nothing; declarations in it can put anything anywhere."""
        if has_declarations:
            raise _HarmError("has a DOCTYPE with declarations")
        known = public is None or _DOCTYPE.fullmatch(public)
        if not known or not (place is None or _DOCTYPE_PLACE.fullmatch(place)):
            raise _HarmError("has a DOCTYPE that is not that of SVG")

    def instruction(self, target: str, data: str) -> None:
        """Style sheets and transformations come by processing instructions."""
        if target not in _INSTRUCTIONS or ">" in data:
            raise _HarmError(f"has a processing instruction, {target[:40]}")

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element with its attributes; names have their namespace before a blank."""
        space, _, local = name.rpartition(" ")
        if self._is_root and (local != "svg" or space not in {"", _SVG}):
            raise _HarmError("is not an SVG")
        self._is_root = False
        if local.lower() in _NEVER or space in _ACTIVE_NAMESPACES:
            raise _HarmError(f"has an element {local[:40]}")
        is_svg = space in {"", _SVG}
        if is_svg and local not in _ELEMENTS:
            raise _HarmError(f"has an element {local[:40]}, which drawings don't have")
        for key, value in attributes.items():
            _check_attribute(local if is_svg else "", *_split(key), value)
        if is_svg and local == "style":
            self._style = []

    def end(self, name: str) -> None:
        """A style is looked at whole."""
        if self._style is not None and name.rpartition(" ")[2] == "style":
            _check_style("".join(self._style))
            self._style = None

    def text(self, text: str) -> None:
        """Text is shown; only that of a style does more."""
        if self._style is not None:
            self._style.append(text)


def _split(name: str) -> tuple[str, str]:
    space, _, local = name.rpartition(" ")
    return space, local


def _check_attribute(element: str, space: str, name: str, value: str) -> None:
    """Hold an attribute against what it may do; `element` is "" for those that are not SVG's."""
    lower = name.lower()
    if not space and lower.startswith("on"):
        raise _HarmError(f"has an event handler, {name[:40]}")
    if space == _XML and lower == "base":
        raise _HarmError("has an xml:base, which moves its references")
    if not space and _WORDS.fullmatch(lower):
        return
    plain = _BLANK.sub("", value)
    if _RUNS.search(plain):
        raise _HarmError(f"has an address that runs script, in {name[:40]}")
    if not element:
        return
    if lower == "href":
        _check_reference(element, plain)
    elif lower == "attributename":
        _check_animation(plain)
    elif not space:
        if lower in _ADDRESSES:
            raise _HarmError(f"has a reference to outside, in {name[:40]}")
        _check_style(value)


def _check_animation(target: str) -> None:
    """What moves is how a drawing looks, not where it leads."""
    name = target.rpartition(":")[2].lower()
    if name in {"href", "style", "base"} | _ADDRESSES or name.startswith("on"):
        raise _HarmError(f"has an animation of {target[:40]}")


def _check_reference(element: str, address: str) -> None:
    """A reference stays in the drawing; a link may lead where an article's may."""
    if not address or address.startswith("#"):
        return
    if element in {"image", "feImage"} and _PICTURE.match(address):
        return
    scheme = _SCHEME.match(address)
    if element == "a" and not address.startswith("//"):
        if scheme is None or scheme[1].lower() in _LINKS:
            return
        raise _HarmError(f"has a link that is not offered, {scheme[1][:40]}:")
    raise _HarmError(f"has a reference to outside, {address[:60]}")


def _check_style(text: str) -> None:
    """Style whose addresses stay in the drawing, with CSS's escapes undone."""
    if "(" not in text and "@" not in text and "\\" not in text and ":" not in text:
        return
    style = _ESCAPED.sub(_unescape, text)
    style = re.sub(r"/\*.*?(?:\*/|$)", " ", style, flags=re.DOTALL) if "/*" in style else style
    for plain in (style, _ESCAPED.sub(_unescape, text)):
        if _STYLE_LEADS_OUT.search(plain):
            raise _HarmError("has a style that leads out of it")
        for found in _URL.finditer(plain):
            if not _EMBEDDED.match(found[1]):
                raise _HarmError(f"has a reference to outside, {found[1][:60]}")


def _unescape(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[2]
    code = int(found[1], 16)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"  # noqa: PLR2004  # the end of Unicode
