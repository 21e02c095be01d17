"""Images and downloads: nothing that an author puts into content/ runs on the site's own address."""

import os

import pytest
from support.sites import Base, png

from kb.errors import SiteError
from kb.site.downloads import OFFERED, Downloads

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h1"/></svg>'
RUNS = '<svg xmlns="http://www.w3.org/2000/svg">\n<script>alert(document.domain)</script></svg>'
RUNNING = "file that could run, by its name or its content"
EXCHANGED = "image exchanged between look and copy"
HTML = "<!DOCTYPE html><script>alert(document.domain)</script>"


@pytest.fixture
def base(tmp_path):
    """Make a small knowledge base."""
    made = Base(tmp_path)
    made.write({"orders/late.md": "# Late\n\nWait.\n"})
    return made


def complaint(folder, name, data=b"x", *, image=False, more=()):
    """What is said of a file of this name and content."""
    data = data if isinstance(data, bytes) else data.encode()
    (folder / name).parent.mkdir(exist_ok=True, parents=True)
    (folder / name).write_bytes(data)
    return Downloads(folder, more).complaint(name, image=image)


@pytest.mark.parametrize(
    "name",
    [
        "form.pdf", "Form.PDF", "a/b.docx", "sheet.ods", "data.csv", "notes.txt", "x.html.txt", "a.json",
        "x.tar.gz", "data.csv.gz", "backup.gz", "app-1.2.3.zip", "a.b.c.7z", "talk.mp3", "film.mp4",
        "subtitles.vtt", "page.html.pdf", "readme.js.txt", "Dr. No.pdf", "\u4f8b.pdf", "php.pdf", "a b.epub",
    ],
)  # fmt: skip
def test_types_that_no_browser_runs_are_offered(tmp_path, name):
    """Documents, archives, audio, video and text, in any case."""
    assert complaint(tmp_path, name, HTML if name.endswith("txt") else b"x") == ""


@pytest.mark.parametrize(
    "name",
    [
        "x.html", "x.HTML", "x.htm", "x.html.", "x.HTML ", "x.html .", "x.xhtml", "x.xhtm", "x.xht",
        "x.shtml", "x.phtml", "x.php", "x.svg", "x.svgz", "x.xml", "x.xsd", "x.rng", "x.rdf", "x.mml",
        "x.xsl", "x.rss", "x.atom", "x.kml", "x.gpx", "x.js", "x.mjs", "x.css", "x.wasm", "x.swf", "x.hta",
        "x.htc", "x.mht", "x.eml", "x.url", "x.lnk", "x.webmanifest", "x.appcache", "x.opml", "x.dtd",
        "x.xul", "x.jar", "x.exe", "x.py", "x.unknown", "x", "README", "html", "x.", "x. ", "x.pdf.", "x.pdf ",
        "x.php.jpg", "x.phtml.pdf", "x.asp;.jpg", "x.jsp.zip", "x.shtml.txt", "x.html.gz", "x.svg.br",
        "x.xml.zst", "x.pdf.html", "x.pdf\u200b", "x.\uff48tml", "x.ht\u0131ml", "x.pdf/y",
    ],
)  # fmt: skip
def test_whatever_could_run_is_refused(tmp_path, name, tally):
    """By browsers or, part by part of the name, by servers; and so is what nobody knows."""
    with tally(RUNNING):
        said = complaint(tmp_path, name, png(1, 1))
        assert said.startswith(("is ", "has no ending"))
        assert "not copied" in said


@pytest.mark.parametrize("kind", sorted(OFFERED))
def test_no_type_that_is_offered_may_begin_as_html_does(tmp_path, kind, tally):
    """A host that knows no type for a name lets the browser guess. Plain text is known by all."""
    with tally(RUNNING):
        texts = {"txt", "text", "csv", "tsv", "log"}
        for start in ("", " \r\n", "\ufeff", "\0"):
            said = complaint(tmp_path, f"x.{kind}", start + HTML)
            assert (said == "") == (kind in texts)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.png", png(1, 1)), ("x.PNG", png(1, 1)), ("x.png", b"GIF89a\1\0\1\0"), ("x.svg", SVG),
        ("x.jpg", b"\xff\xd8\xff\xe0"), ("x.gif", b"GIF87a"), ("x.webp", b"RIFF\0\0\0\0WEBPVP8 "),
        ("x.avif", b"\0\0\0\x20ftypavif"), ("x.bmp", b"BM12"), ("x.ico", b"\0\0\1\0"), ("a.b.png", png(1, 1)),
    ],
)  # fmt: skip
def test_images_are_shown(tmp_path, name, data):
    """By what they hold."""
    assert complaint(tmp_path, name, data, image=True) == ""


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("x.png", HTML, "is not an image, whatever its name says"),
        ("x.png", SVG, "is not an image, whatever its name says"),
        ("x.gif", " <b>", "is not an image, whatever its name says"),
        ("x.jpg", b"", "is not an image, whatever its name says"),
        ("x.webp", b"RIFF\0\0\0\0AVI x", "is not an image, whatever its name says"),
        ("x.avif", b"text ftyp", "is not an image, whatever its name says"),
        ("x.svg", RUNS, "has an element script (line 2): not copied"),
        ("x.SVG", "<svg onload='x'/>", "has an event handler, onload (line 1): not copied"),
        ("x.svg", png(1, 1), "is not well-formed XML"),
        ("x.pdf", b"%PDF", "is not an image that browsers show"),
        ("x.html", HTML, "is not an image that browsers show"),
        ("x.svgz", b"\x1f\x8b", "is not an image that browsers show"),
        ("x.tif", b"II*\0", "is not an image that browsers show"),
        ("x.png ", png(1, 1), "is not an image that browsers show"),
        ("x.php.png", png(1, 1), "is a file that some servers run (.php.)"),
    ],
)
def test_what_is_no_image_is_not_shown(tmp_path, name, data, says, tally):
    """Nor copied."""
    with tally(RUNNING):
        assert says in complaint(tmp_path, name, data, image=True)


HTML_BESIDE = (
    '<svg xmlns="http://www.w3.org/2000/svg"><style>@import url("https://evil.example/a.css");b{}</style>'
    '<switch><foreignObject><div xmlns="http://www.w3.org/1999/xhtml" onclick="alert(1)">a &gt; b'
    "<script>alert(2)</script></div></foreignObject><text>shown</text></switch>{}</svg>"
)
SPARE = (
    "",
    "<switch><foreignObject/><path/></switch>",
    "<switch><foreignObject><switch><foreignObject/><g/></switch></foreignObject><g/></switch>",
)
NEEDED = (
    "<foreignObject><b/></foreignObject>",
    "<switch><foreignObject>alone</foreignObject></switch>",
    "<switch><g><foreignObject/></g><text/></switch>",
    "<switch><text/><script/></switch>",
    "<style>@import 'a.css'</style>",
    "<switch><foreignObject a='>'/><text/></switch><script/>",
)


@pytest.mark.parametrize("more", SPARE)
def test_a_drawing_loses_the_html_that_something_is_drawn_for(tmp_path, more):
    """Nothing of the HTML is copied, nor what a style imports; the rest is as it was."""
    data = HTML_BESIDE.replace("{}</svg>", f"{more}</svg>")
    (tmp_path / "x.svg").write_text(data, encoding="utf-8")
    downloads = Downloads(tmp_path)
    assert downloads.complaint("x.svg", image=True) == ""
    with downloads.open("x.svg") as file:
        copy = file.read().decode()
    assert "<text>shown</text>" in copy
    assert "b{}" in copy
    for harm in ("foreignObject", "script", "alert", "evil", "@import"):
        assert harm not in copy


@pytest.mark.parametrize("more", NEEDED)
def test_a_drawing_that_needs_its_html_is_refused(tmp_path, more):
    """Where nothing is drawn in its place, or something else is wrong."""
    data = HTML_BESIDE.replace("{}</svg>", f"{more}</svg>")
    assert "not copied" in complaint(tmp_path, "x.svg", data, image=True)


def test_settings_allow_more_types(tmp_path):
    """They are copied as they are; only an SVG is looked through whatever the settings say."""
    more = ("py", "html", "svg", "php", "")
    assert complaint(tmp_path, "x.py", "<b>", more=more) == ""
    assert complaint(tmp_path, "x.HTML", HTML, more=more) == ""
    assert complaint(tmp_path, "x.html.gz", more=more) == ""
    assert complaint(tmp_path, "x.php.png", png(1, 1), more=more) == ""
    assert complaint(tmp_path, "x.svg", SVG, more=more) == ""
    assert "an element script" in complaint(tmp_path, "x.svg", RUNS, more=more)
    assert "not copied" in complaint(tmp_path, "x.rb", more=more)


def test_a_refusal_names_article_line_and_file(base):
    """The page says that something is missing, and nothing of the file is on the site."""
    files = {
        "f/a.svg": RUNS, "f/b.xsd": "<x/>", "f/c.phtml": HTML, "f/d": HTML, "f/e.png": HTML,
        "f/f.svg": SVG, "f/g.exe": "MZ", "f/h h.HTML ": HTML,
    }  # fmt: skip
    text = (
        "# Files\n\n![a](../f/a.svg)\n[b](../f/b.xsd)\n[c](../f/c.phtml)\n[d](../f/d)\n"
        "![e](../f/e.png)\n![f](../f/f.svg)\n[g](../f/g.exe)\n[h](<../f/h%20h.HTML%20>)\n"
        "[i](../f/f.svg)\n"
    )
    base.write({**files, "orders/files.md": text})
    told = [
        f"{p.path}:{p.line} {p.message}"
        for p in base.build().problems
        if p.path == "orders/files.md"
    ]
    assert [line.partition(" is ")[0].partition(" has ")[0] for line in told] == [
        "orders/files.md:3 the image ../f/a.svg",
        "orders/files.md:4 the link ../f/b.xsd",
        "orders/files.md:5 the link ../f/c.phtml",
        "orders/files.md:6 the link ../f/d",
        "orders/files.md:7 the image ../f/e.png",
        "orders/files.md:9 the link ../f/g.exe",
        "orders/files.md:10 the link ../f/h%20h.HTML%20",
        "orders/files.md:11 the link ../f/f.svg",
    ]
    assert "has an element script (line 2): not copied" in told[0]
    assert "name the type in site.downloads" in told[5]
    assert [path for path in base.files() if path.startswith("files/f/")] == ["files/f/f.svg"]
    again = [p for p in base.build(every_problem=True).problems if p.path == "orders/files.md"]
    assert len(again) == len(told)


def test_a_file_that_turns_harmful_leaves_the_site(base):
    """As soon as it is another; and comes back when it is mended."""
    base.write({"f/a.svg": SVG, "orders/files.md": "# Files\n\n![a](../f/a.svg)\n"})
    base.build()
    assert base.read("files/f/a.svg") == SVG
    base.write({"f/a.svg": RUNS})
    assert base.build().warnings
    assert not (base.site / "files/f/a.svg").exists()
    base.write({"f/a.svg": SVG + "\n"})
    base.build()
    assert base.read("files/f/a.svg") == SVG + "\n"


def test_a_type_of_the_settings_is_copied(base):
    """With the next build."""
    base.write({"f/tool.exe": "MZ", "orders/files.md": "# Files\n\n[a](../f/tool.exe)\n"})
    base.build()
    assert not (base.site / "files/f/tool.exe").exists()
    with (base.folder / "kb.toml").open("a") as settings:
        settings.write('downloads = [".EXE"]\n')
    base.build()
    assert base.read("files/f/tool.exe") == "MZ"


def test_no_copy_of_an_article_begins_as_html(base):
    """Its Markdown stands on the site, too, where a host may not say that it is text."""
    for number, start in enumerate(
        ("<script>alert(1)</script>", "\ufeff<b>", "\n\n <!-- x -->", "<html>", "&#8203;<b>", "")
    ):
        base.write({f"orders/a{number}.md": f"{start}\n\n# Title {number}\n\nText.\n"})
    base.build()
    for path, data in base.files().items():
        if path.endswith((".md", ".txt")):
            assert not data.lstrip(b"\xef\xbb\xbf\0 \t\r\n\f\v").startswith(b"<"), path


WAYS_OUT = ["link", "pipe", "folder", "gone", "harm", "folder above"]


def exchange(base, way):
    """Put something else in the place of the image."""
    image = base.content / "images" / "map.svg"
    if not image.is_file() or image.is_symlink():
        return
    if way == "folder above":
        image.parent.rename(base.folder / "moved")
        (base.folder / "outside").mkdir()
        (base.folder / "outside" / "map.svg").write_text(SVG.replace("0h1", "SECRET"))
        image.parent.symlink_to(base.folder / "outside", target_is_directory=True)
        return
    image.unlink()
    if way == "link":
        (base.folder / "secret").write_text(SVG.replace("0h1", "SECRET"))
        image.symlink_to(base.folder / "secret")
    elif way == "pipe":
        os.mkfifo(image)
    elif way == "folder":
        image.mkdir()
    elif way == "harm":
        image.write_text(RUNS.replace("alert", "SECRET"))


@pytest.fixture
def pictured(tmp_path):
    """A knowledge base that shows one image."""
    base = Base(tmp_path)
    base.write({"images/map.svg": SVG, "a.md": "# A\n\n![map](images/map.svg)\n"})
    return base


def build_or_refuse(base, progress=None):
    """Build, or be told why not: then the site is not there."""
    refusal = ""
    try:
        base.build(progress=progress)
    except SiteError as error:
        refusal = str(error)
    if refusal:
        assert "map.svg: changed while the site was built" in refusal
    assert base.site.exists() != bool(refusal)
    assert not any(b"SECRET" in data for data in base.files().values())


@pytest.mark.parametrize("way", WAYS_OUT)
def test_an_image_that_is_exchanged_after_the_look_at_content(pictured, way, tally):
    """The files were listed as regular ones; while articles are read something else comes there."""
    with tally(EXCHANGED):
        build_or_refuse(pictured, lambda *_: exchange(pictured, way))


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.parametrize("opening", [1, 2, 3])
def test_an_image_that_is_exchanged_before_it_is_opened(pictured, monkeypatch, way, opening, tally):
    """Whichever of the times: to be checked, for its size, to be copied."""
    with tally(EXCHANGED):
        times = []
        usual = os.open

        def open_late(path, *args, **options):
            if str(path) == "map.svg":
                times.append(path)
                if len(times) == opening:
                    exchange(pictured, way)
            return usual(path, *args, **options)

        monkeypatch.setattr(os, "open", open_late)
        build_or_refuse(pictured)
        assert len(times) >= opening


def test_what_is_copied_is_what_was_looked_into(pictured, monkeypatch, tally):
    """The name leads elsewhere as soon as the file is open; its bytes come from what is open."""
    with tally(EXCHANGED):
        usual = os.fstat

        def fstat_late(descriptor):
            state = usual(descriptor)
            if state.st_size == len(SVG):
                exchange(pictured, "link")
            return state

        monkeypatch.setattr(os, "fstat", fstat_late)
        build_or_refuse(pictured)
