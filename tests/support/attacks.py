"""Texts that try to run script, put into every place where an author can write."""

import json
from html.parser import HTMLParser

from kb.config import load_config
from kb.content.files import complaint
from kb.site.build import build_site
from support.cases import read_json
from support.processes import write

OURS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "[a](javascript:alert(1))",
    "[a](<java\tscript:alert(1)>) ![b](data:text/html,<script>alert(1)</script>)",
    "[a][b]\n\n[b]: &#106;avascript:alert(1)",
    "<javascript:alert(1)> <vbscript:x> <data:text/html;base64,PHNjcmlwdD4=>",
    "</title></style></textarea></script><svg onload=alert(1)>",
    "{{ 7*7 }} {% print(1) %} ${7*7}",
    '\x00\x01<a href="javascript:alert(1)">x</a>\x000\x01',
    "# <svg/onload=alert(1)>?\n\n]]><!--",
    "<iframe src=//evil.example></iframe><link rel=import href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'><base href=//evil.example>",
    "```</code><script>alert(1)</script>",
    "| <b onclick=alert(1)> |\n|-|\n| `</td><script>alert(1)</script>` |",
    "[x](//evil.example/%22onclick=%22alert(1)) [y](\\\\evil.example)",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "//evil.example/x.js",
]  # fmt: skip
SETTINGS = """
name = "</script><script>alert(1)</script>"
[site]
base_url = "https://help.example.com/center"
[limits]
front_matter = 1_000_000
"""
DANGEROUS = ("javascript:", "vbscript:", "data:", "file:")


def attacks():
    """Every text: those of others where they are here, and our own."""
    others = [
        case["input"] for name in ("xss_markdown.json", "xss_html.json") for case in read_json(name)
    ]
    return [*others, *OURS]


def quoted(text):
    """A text as YAML in double quotes."""

    def escaped(character):
        if character in '"\\':
            return "\\" + character
        return character if character.isprintable() else f"\\U{ord(character):08x}"

    return f'"{"".join(map(escaped, text))}"'


def front_matter(texts, *, channel):
    """Front matter that says these texts wherever it can."""
    values = [quoted(text) for text in texts]
    lines = [
        "---",
        f"title: {quoted(as_title(texts[0]))}",
        f"summary: {values[0]}",
        "reviewed: 2026-01-02",
    ]
    for key in ("issue", "have_ready"):
        lines += [f"{key}:", *(f"  - {value}" for value in values)]
    for place, key in enumerate(("tags", "related", "aliases", "escalate")):
        lines += [f"{key}:", *(f"  - {value}" for value in values[place::4])]
    lines += ["do:"]
    for value in values:
        lines += [f"  - label: {value}", f"    where: {value}", f"    url: {value}"]
    if channel:
        lines += [f"channel: {{{', '.join(f'{key}: {values[0]}' for key in CHANNEL)}}}"]
    lines += [f"{quoted(text[:60])}: {quoted(text)}" for text in texts[:1]]
    return "\n".join([*lines, "---", ""])


CHANNELS = 5
"""Articles that describe a channel: each page names them all."""
CHANNEL = ("name", "best_for", "wait", "where", "hours", "url", "phone", "email")


def markdown(text):
    """Markdown that says a text plainly, and in every place of a link and an image."""
    plain = text.replace("\0", "\ufffd")
    line = " ".join(plain.split())
    places = [
        f"[link]({line})", f"![image](<{line}>)", f"<{line}>", f"## {line}",
        f'[{line} ![{line}](page.png)](page.md "{line}")', f"`{line}`\n\n| {line} |\n|-|",
    ]  # fmt: skip
    quote = "\n".join(f"> {line}" for line in plain.split("\n"))
    return "\n\n".join([quote, *places, f"[ref {hash_of(line)}]", f"[ref {hash_of(line)}]: {line}"])


def hash_of(text):
    """A label for a text."""
    return str(sum(map(ord, text)) * 31 + len(text))


def as_title(text):
    """A title that is one of the texts: never empty."""
    return f"T {text}"


def site_of_all(folder, size=25):
    """A site where every text stands everywhere: in articles of a few, in topics, in names."""
    texts = attacks()
    files = {"kb.toml": SETTINGS}
    for number, start in enumerate(range(0, len(texts), size)):
        some = texts[start : start + size]
        head = front_matter(some, channel=number < CHANNELS)
        files[f"content/{start}.md"] = head + "\n\n".join(map(markdown, some))
        files[f"content/t{start}/topic.yaml"] = (
            f"title: {quoted(as_title(some[0]))}\nsummary: {quoted(some[0])}\n"
        )
        files[f"content/t{start}/in.md"] = (
            f"---\ntitle: {quoted(as_title(some[1 % len(some)]))}\n---\n{some[0]}"
        )
    for name in {text for text in texts if complaint(text) is None}:
        files[f"content/names/{name}.md"] = "text"
    return build(folder, files)


def build(folder, files):
    """Write files and build their site; gives its folder, and the problems found."""
    write(folder, files)
    config = load_config(config=folder / "kb.toml", environ={}, cwd=folder)
    report = build_site(config)
    return folder / "site", report


class Page(HTMLParser):
    """The elements of a page with their attributes, and the texts of its scripts."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements = []
        self.scripts = []
        self._in_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        self._in_script = tag == "script"

    def handle_endtag(self, tag):
        """Note the end of a script."""
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data):
        """Keep what a script says."""
        if self._in_script:
            self.scripts.append(data)

    def structured(self):
        """The JSON-LD of the page."""
        return [json.loads(script) for script in self.scripts]


def texts_in(value):
    """Every text in JSON, with its key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from ((key, inner),) if isinstance(inner, str) else texts_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner)


def runs(address):
    """Whether a browser would run or show what an address says, or load it from elsewhere."""
    bare = "".join(c for c in address if c > " ").lower()
    return bare.startswith(DANGEROUS)
