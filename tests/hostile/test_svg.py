"""SVG: what draws passes, what runs or leads elsewhere does not."""

from io import BytesIO

import pytest

from kb.site.svg import find_harm

HARM = "SVG that runs script, leads elsewhere or is none"
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
XHTML = 'xmlns:h="http://www.w3.org/1999/xhtml"'

INKSCAPE = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="210mm" viewBox="0 0 210 297" version="1.1" id="svg5" inkscape:version="1.2 (dc2aeda)"
   sodipodi:docname="onlooker.svg" xmlns="http://www.w3.org/2000/svg"
   xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"
   xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
   xmlns:xlink="http://www.w3.org/1999/xlink"
   xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
   xmlns:cc="http://creativecommons.org/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <title>A box: javascript: the good parts</title>
  <sodipodi:namedview id="namedview7" pagecolor="#ffffff" inkscape:zoom="0.7"
     inkscape:label="image (small) src(x) url(http://x)" showgrid="false" />
  <defs id="defs2"><linearGradient id="g"><stop style="stop-color:#000" offset="0"/></linearGradient>
  <linearGradient id="h" xlink:href="#g" inkscape:collect="always"/></defs>
  <metadata><rdf:RDF><cc:Work rdf:about=""><dc:format>image/svg+xml</dc:format>
  <dc:type rdf:resource="http://purl.org/dc/dcmitype/StillImage"/>
  <cc:license rdf:resource="http://creativecommons.org/licenses/by/4.0/"/></cc:Work></rdf:RDF>
  </metadata>
  <g inkscape:label="Layer 1" inkscape:groupmode="layer" id="onload">
  <path style="fill:url(#h);marker-end:url( '#m' )" d="M 0,0 10,10" id="path1"/>
  <image xlink:href="data:image/png;base64,iVBORw0KGgo=" width="1" height="1"/>
  <use xlink:href="#path1" x="3"/>
  <text aria-label="image-set(1)"><tspan>one</tspan></text></g>
</svg>"""

ILLUSTRATOR = """<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator 27.0.0, SVG Export Plug-In . SVG Version: 6.00 Build 0)  -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" id="Layer_1" xmlns="http://www.w3.org/2000/svg" x="0px" y="0px"
   viewBox="0 0 24 24" style="enable-background:new 0 0 24 24;" xml:space="preserve">
<metadata><?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="XMP Core 7.1"><xmp:CreateDate
  xmlns:xmp="http://ns.adobe.com/xap/1.0/">2024</xmp:CreateDate></x:xmpmeta>
<?xpacket end="w"?></metadata>
<style type="text/css"><![CDATA[
  .st0{fill:#FFFFFF;} /* @charset */ .st1{clip-path:url(#c);filter:url("#f")}
  @font-face{font-family:x;src:url(data:font/woff2;base64,d09GMg==)}
  @media (prefers-color-scheme:dark){.st0{fill:#000}}
]]></style>
<switch><g><rect class="st0" width="24" height="24"/></g></switch>
<a xlink:href="https://example.org/?a=1&amp;b=2" xmlns:xlink="http://www.w3.org/1999/xlink">
<circle r="1"/></a><a href="mailto:a@example.org"/><a href="#id"/><a href="late.html"/>
<circle r="2"><animate attributeName="r" values="2;4;2" dur="1s" begin="0s"/></circle>
</svg>"""


def harm(text):
    """What is said of an SVG."""
    return find_harm(BytesIO(text if isinstance(text, bytes) else text.encode()))


@pytest.mark.parametrize(
    "drawing",
    [
        INKSCAPE,
        ILLUSTRATOR,
        "\ufeff" + ILLUSTRATOR,
        HEAD + "</svg>",
        "<svg/>",
        "<!DOCTYPE svg>" + HEAD + "</svg>",
        b'<?xml version="1.0" encoding="ISO-8859-1"?>' + HEAD.encode() + b"<!-- \xfc --></svg>",
        f"{HEAD}</svg>".encode("utf-16"),
        '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:path d="M0 0"/></s:svg>',
        HEAD + "<g>" * 50_000 + "</g>" * 50_000 + "</svg>",
    ],
)
def test_drawings_pass(drawing, tally):
    """As editors write them, with what they note for themselves."""
    with tally("drawing of a usual editor, which must pass"):
        assert harm(drawing) == ""


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        ("<script>alert(1)</script>", "an element script"),
        ("<SCRIPT>alert(1)</SCRIPT>", "an element SCRIPT"),
        ("<script href='x.js'/>", "an element script"),
        (f"<h:script {XHTML}>alert(1)</h:script>", "an element script"),
        (f"<metadata {XHTML}><h:p/></metadata>", "an element p"),
        (f"<g {XHTML}><h:body h:onload='alert(1)'/></g>", "an element body"),
        ("<script xmlns='urn:x'>alert(1)</script>", "an element script"),
        ("<foreignObject><p>x</p></foreignObject>", "an element foreignObject"),
        ("<iframe src='https://example.org'/>", "an element iframe"),
        ("<video/>", "an element video"),
        ("<m:math xmlns:m='http://www.w3.org/1998/Math/MathML'/>", "an element math"),
        ("<t:template xmlns:t='http://www.w3.org/1999/XSL/Transform'/>", "an element template"),
        ("<e:listener xmlns:e='http://www.w3.org/2001/xml-events'/>", "an element listener"),
        ("<handler/>", "an element handler"),
        ("<g onload='alert(1)'/>", "an event handler, onload"),
        ("<g ONCLICK='alert(1)'/>", "an event handler"),
        ("<animate onbegin='alert(1)' attributeName='x'/>", "an event handler"),
        ("<x:y xmlns:x='urn:x' onfocus='alert(1)'/>", "an event handler"),
        ("<a href='javascript:alert(1)'/>", "runs script, in href"),
        ("<a xlink:href=' jAva&#x9;script&#58;alert(1)'/>", "runs script, in href"),
        ("<a href='data:text/html,x'/>", "runs script, in href"),
        ("<a href='data:image/svg+xml,x'/>", "a link that is not offered, data:"),
        ("<a href='file:///etc/passwd'/>", "a link that is not offered, file:"),
        ("<a href='//example.org'/>", "a reference to outside"),
        ("<a xlink:href='&#1;vbscript:x'/>", "is not well-formed XML"),
        ("<animate attributeName='href' to='#b'/>", "an animation of href"),
        ("<set attributeName='xlink:href' to='#b'/>", "an animation of xlink:href"),
        ("<set attributeName=' onclick' to='x'/>", "an animation of onclick"),
        (
            "<animate attributeName='fill' values='a;javascript:alert(1)'/>",
            "runs script, in values",
        ),
        ("<animate attributeName='fill' to='url(//x)'/>", "a reference to outside, //x"),
        (
            "<image href='https://example.org/x.png'/>",
            "a reference to outside, https://example.org",
        ),
        ("<image xlink:href='x.png'/>", "a reference to outside, x.png"),
        ("<image href='data:image/svg+xml;base64,PHN2Zz4='/>", "a reference to outside"),
        ("<feImage href='//example.org/x'/>", "a reference to outside"),
        ("<use href='other.svg#x'/>", "a reference to outside"),
        ("<use href='data:image/png;base64,AA#x'/>", "a reference to outside"),
        ("<use xmlns:l='http://www.w3.org/1999/xlink' l:href='https://a.example/#b'/>", "outside"),
        ("<linearGradient href='https://a.example/#b'/>", "a reference to outside"),
        ("<tref xlink:href='/secret'/>", "a reference to outside"),
        ("<textPath href='x#y'/>", "a reference to outside"),
        ("<rect fill='url(https://a.example/#b)'/>", "a reference to outside"),
        ("<rect filter=\"url( '//a.example' )\"/>", "a reference to outside"),
        ("<rect style='fill:u\\72l(//a.example)'/>", "a reference to outside"),
        ("<rect style='background:image-set(\"//a.example\" 1x)'/>", "a style that leads out"),
        ("<rect style='-moz-binding:url(#x)'/>", "a style that leads out"),
        ("<style>@import '//a.example';</style>", "a style that leads out"),
        ("<style>@\\69mport '//a.example';</style>", "a style that leads out"),
        ("<style><![CDATA[@imp]]><![CDATA[ort 'x']]></style>", "a style that leads out"),
        ("<style>a{b:url(//a.example)}</style>", "a reference to outside"),
        ("<style>a{content:'/*'} b{c:url(//a.example)} d{content:'*/'}</style>", "outside"),
        ("<style>@font-face{src:url(https://a.example/x.woff)}</style>", "a reference to outside"),
        ("<g xml:base='https://a.example/'/>", "an xml:base"),
        ("<a ping='https://a.example'/>", "a reference to outside, in ping"),
        ("<?xml-stylesheet href='x.xsl'?>", "a processing instruction, xml-stylesheet"),
        ("<?xpacket ><script>alert(1)</script>?>", "a processing instruction"),
        ("<?php system('x') ?>", "a processing instruction"),
        ("<g>", "is not well-formed XML"),
        ("&nbsp;", "is not well-formed XML"),
        ("<g a='1' a='2'/>", "is not well-formed XML"),
    ],
)
def test_what_runs_or_leads_elsewhere_does_not_pass(inside, says, tally):
    """Each is named, with the line on which it stands."""
    with tally(HARM):
        said = harm(f"{HEAD}\n\n{inside}</svg>")
        assert says in said
        assert said.endswith("(line 3)")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not well-formed XML"),
        ("GIF89a", "is not well-formed XML"),
        (f"<html {XHTML}><h:script>alert(1)</h:script></html>", "is not an SVG"),
        ("<svg xmlns='http://www.w3.org/1999/xhtml'/>", "is not an SVG"),
        ('<?xml-stylesheet href="x.css"?>' + HEAD + "</svg>", "a processing instruction"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD + "&a;</svg>", "a DOCTYPE with declarations"),
        ('<!DOCTYPE svg [<!ATTLIST svg onload CDATA "x">]>' + HEAD + "</svg>", "with declarations"),
        ('<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + HEAD + "</svg>", "not that of SVG"),
        (
            '<!DOCTYPE svg PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x">' + HEAD + "</svg>",
            "not that of SVG",
        ),
        ('<?xml version="1.0" encoding="utf-7"?>' + HEAD + "</svg>", "not in UTF-8"),
        (HEAD + "</svg><script/>", "is not well-formed XML"),
        (b"\x1f\x8b\x08\0", "is not well-formed XML"),
        (HEAD.encode() + b"\xff\xfe</svg>", "is not well-formed XML"),
    ],
)
def test_what_is_no_drawing_does_not_pass(text, says, tally):
    """A browser shows, and runs, what comes before a mistake: so that is none either."""
    with tally(HARM):
        assert says in harm(text)


def test_entities_are_not_expanded(tally):
    """Whatever they would grow to."""
    with tally(HARM):
        bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
        said = harm(f'<!DOCTYPE svg [<!ENTITY a0 "lol">{bomb}]>{HEAD}&a9;</svg>')
        assert "a DOCTYPE with declarations" in said
