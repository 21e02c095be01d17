"""A site in several languages in Chromium: each page searches in its own, then in the others."""

from pathlib import Path

import pytest
from support.sites import Base
from support.tongues import write_tongues

from kb.config import load_config
from kb.site.build import build_site
from kb.site.i18n import read_wording

pytestmark = pytest.mark.browser

HITS = "[...document.querySelectorAll('#KB-results a.find-title')].map((one) => one.pathname)"
NOTES = "[...document.querySelectorAll('#KB-results .find-notes p')].map((one) => one.textContent)"
STATUS = "document.querySelector('#KB-results .find-status')?.textContent"
DONE = f"{STATUS} && !{STATUS}.endsWith('…')"


@pytest.fixture(scope="module")
def tongues(tmp_path_factory, serve_below):
    """The address of a site in English, German, Arabic and Japanese, below a path."""
    folder = tmp_path_factory.mktemp("tongues")
    content = write_tongues(folder / "content")
    config = load_config(content=content, environ={}, cwd=folder)
    build_site(config, out=folder / "site")
    return serve_below(folder / "site")


@pytest.mark.parametrize(
    ("page", "query", "expected"),
    [
        ("de/", "Bestellung", ("de/orders/refund.html", [])),
        ("de/", "verspätete Pakete", ("de/orders/late.html", [])),
        ("ja/", "パスワード", ("ja/account.html", [])),
        ("ar/", "كلمة المرور", ("ar/account.html", [])),
        ("", "late package", ("en/orders/late.html", [])),
        ("de/", "password settings", ("en/account.html", ["English"])),
        ("", "荷物", ("ja/orders/late.html", ["日本語"])),
    ],
)
def test_results_are_in_the_language_of_the_page(see, tongues, page, query, expected):
    """In another one where that has nothing, which is said."""
    article, notes = expected
    [seen] = see(
        {
            "url": f"{tongues}{page}search/index.html?q={query}",
            "steps": [["until", DONE], ["evaluate", HITS], ["evaluate", NOTES]],
        }
    )
    hits, told = seen["results"]
    assert hits[0].endswith(f"/{article}")
    said = read_wording(page.strip("/") or "en", Path())["find_elsewhere"]
    assert [note for note in told if note.startswith(said.partition("{")[0])] == [
        said.format(language=name) for name in notes
    ]
    assert seen["console"] == []


def test_the_panel_leads_to_pages_of_the_language(see, tongues):
    """From a page two folders down."""
    box = "header form.find input"
    options = "[...document.querySelectorAll('.find-panel .find-hit')].map((one) => one.pathname)"
    [seen] = see(
        {
            "url": f"{tongues}de/orders/late.html",
            "width": 1280,
            "steps": [
                ["type", box, "Erstattung"],
                ["until", f"{options}.length > 0"],
                ["evaluate", options],
            ],
        }
    )
    [found] = seen["results"]
    assert found[0].endswith("/de/orders/refund.html")


def test_words_of_unspaced_scripts_are_marked_at_arrival(see, tongues):
    """They are parts of runs of letters: 変更 stands in the middle of one."""
    options = "[...document.querySelectorAll('.find-panel .find-hit')].map((one) => one.pathname)"
    marks = "[location.pathname, [...(CSS.highlights.get('kb-found') ?? [])].map(String)]"
    [seen] = see(
        {
            "url": f"{tongues}ja/orders/late.html",
            "width": 1280,
            "steps": [
                ["type", "header form.find input", "変更"],
                ["until", f"{options}.length > 0"],
                ["press", "ArrowDown", "Enter"],
                ["until", "location.pathname.endsWith('account.html')"],
                ["until", "CSS.highlights.get('kb-found')?.size > 0"],
                ["evaluate", marks],
            ],
        }
    )
    [[path, found]] = seen["results"]
    assert path.endswith("/ja/account.html")
    assert found == ["変更"]
    assert seen["console"] == []


def test_a_reader_changes_the_language_by_keyboard(see, tongues):
    """The switcher opens, is accessible while it is open, and leads to the same article."""
    shown = "document.querySelector('.tongues summary').textContent.trim()"
    [seen] = see(
        {
            "url": f"{tongues}en/account.html",
            "width": 1280,
            "steps": [
                ["evaluate", shown],
                ["focus", ".tongues summary"],
                ["press", "Enter"],
                ["until", "document.querySelector('.tongues').open"],
                ["axe"],
                ["press", "Escape"],
                ["until", "!document.querySelector('.tongues').open"],
                ["evaluate", "document.activeElement.localName"],
                ["press", "Enter", "Tab", "Tab", "Enter"],
                ["until", "location.pathname.endsWith('/ar/account.html')"],
                ["evaluate", shown],
            ],
        }
    )
    assert seen["results"] == ["Languages: English", [], "summary", "اللغات: العربية"]


@pytest.mark.parametrize("width", [320, 1280])
def test_a_page_from_right_to_left_is_the_mirror_of_one_from_left_to_right(see, tongues, width):
    """What begins at the left edge of one begins at the right edge of the other, as far from it."""
    places = """
      [".site-name", ".tongues", ".trail", "h1", ".text", ".help h2"].map((name) => {
        const { left, right } = document.querySelector(name).getBoundingClientRect();
        const wide = document.documentElement.clientWidth;
        const [near, far] = document.dir === "rtl" ? [wide - right, wide - left] : [left, right];
        return [name, Math.round(near), name === ".text" ? Math.round(far) : 0];
      })"""
    one, other = see(
        *(
            {"url": f"{tongues}{tag}/account.html", "width": width, "steps": [["evaluate", places]]}
            for tag in ("en", "ar")
        )
    )
    here, there = dict_of(one), dict_of(other)
    for name in (".trail", "h1", ".text", ".help h2", ".site-name"):
        assert here[name] == there[name], name
    assert abs(here[".tongues"][0] - there[".tongues"][0]) < width / 3


def dict_of(seen):
    """Places by the name of what is there."""
    return {name: tuple(rest) for name, *rest in seen["results"][0]}


def test_chinese_japanese_and_korean_have_rules_of_their_own(see, tongues):
    """Fonts, where lines may end, and no slanted characters; code stays as it is."""
    asked = """
      ["ja", "zh", "zh-Hant", "ko", "en"].map((tag) => {
        const box = document.createElement("div");
        box.lang = tag;
        box.innerHTML = "<em>x</em><code>x</code>";
        document.body.append(box);
        const style = (one) => getComputedStyle(one);
        return [style(box).fontFamily.split(",")[0].replaceAll('"', ""), style(box).lineBreak,
          style(box).wordBreak, style(box.firstChild).fontStyle,
          style(box.lastChild).fontFamily.includes("monospace")];
      })"""
    [seen] = see({"url": f"{tongues}en/account.html", "steps": [["evaluate", asked]]})
    assert seen["results"][0] == [
        ["Hiragino Sans", "strict", "normal", "normal", True],
        ["PingFang SC", "strict", "normal", "normal", True],
        ["PingFang TC", "strict", "normal", "normal", True],
        ["Apple SD Gothic Neo", "strict", "keep-all", "normal", True],
        ["system-ui", "auto", "normal", "italic", True],
    ]


def test_no_page_in_any_language_scrolls_sideways(see, tongues):
    """At 320 pixels, with the list of languages open, too."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    pages = ("", "de/", "ar/", "ja/", "ja/orders/late.html", "ar/account.html", "ar/topics/")
    seen = see(
        *(
            {
                "url": f"{tongues}{page}{'index.html' if not page.endswith('.html') else ''}",
                "width": 320,
                "steps": [["click", ".tongues summary"], ["evaluate", wide]],
            }
            for page in pages
        )
    )
    assert [one["results"] for one in seen] == [[0]] * len(pages)


def test_code_and_numbers_are_read_from_the_left_on_mirrored_pages(see, tmp_path, serve_below):
    """Code begins at the left, a telephone number with its plus; what is to be done points onward."""
    made = Base(tmp_path / "kb")
    made.settings('language = "ar"\n')
    phone = '---\ntier: contact\nchannel: {name: x, phone: "+972 3 1234567"}\n---\n# هاتف\n'
    code = (
        "---\nissue: [طرد]\ndo:\n  - {label: افتح, where: حسابي}\n---\n# طرد\n\n"
        "```python\ndef f(x):\n    return 1\n```\n\nاكتب `f(x):` هنا.\n"
    )
    made.write({"orders/late.md": code, "phone.md": phone})
    made.build()
    ends = """[...document.querySelectorAll("pre code, p code, .way")].map((one) => {
      const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
      const signs = [];
      while (walk.nextNode()) {
        for (const at of walk.currentNode.data.split("").keys()) {
          if (!/[\\w+:]/.test(walk.currentNode.data[at]) || signs.at(-1)?.[0] === ":") continue;
          const range = document.createRange();
          range.setStart(walk.currentNode, at);
          range.setEnd(walk.currentNode, at + 1);
          signs.push([walk.currentNode.data[at], range.getBoundingClientRect().left]);
        }
      }
      const latin = signs.filter(([sign]) => /[a-z0-9+:]/.test(sign));
      return latin.every(([, left], at) => !at || left > latin[at - 1][1]);
    })"""
    start = """[...document.querySelectorAll("pre")].map((one) =>
      one.querySelector("span").getBoundingClientRect().left - one.getBoundingClientRect().left < 40)"""
    arrow = "getComputedStyle(document.querySelector('.find-actions li'), '::before').content"
    root = serve_below(made.site)
    steps = [["evaluate", ends], ["evaluate", start]]
    found = [["until", "document.querySelector('.find-actions li')"], ["evaluate", arrow]]
    page, results = see(
        {"url": root + "orders/late.html", "steps": steps},
        {"url": root + "search/index.html?q=%D8%B7%D8%B1%D8%AF", "steps": found},
    )
    assert page["results"] == [[True, True, True], [True]]
    assert results["results"] == ['"←"']
