"""How pages lie in their windows, from 320 to 1920 px, in both directions: by script, not by pixels."""

import re
from itertools import product
from pathlib import Path

import pytest

from kb.config import load_config
from kb.site.build import build_site
from kb.site.conformance import judge, write_conformance

pytestmark = pytest.mark.browser

HERE = Path(__file__).parent
GEOMETRY = (HERE / "geometry.js").read_text(encoding="utf-8")
WIDTHS = {320: 640, 360: 740, 768: 1024, 1024: 768, 1280: 900, 1920: 1080}
ARTICLE = "orders/late-or-lost-package.html"
LONG = "advice/document-everything.html"
KINDS = (
    "index.html", "topics/index.html", "orders/index.html", ARTICLE, LONG, "about.html",
    "contact/chat.html", "contact-us/index.html", "search/index.html", "404.html",
)  # fmt: skip
DIRECTIONS = ("ltr", "rtl")


@pytest.fixture(scope="module")
def sites(serve_below, tmp_path_factory):
    """The sample in both directions: in Arabic but for its words."""
    folder = tmp_path_factory.mktemp("both")
    content = HERE.parent.parent / "content"
    addresses = {}
    for direction, language in zip(DIRECTIONS, ("en", "ar"), strict=True):
        settings = folder / f"{direction}.toml"
        settings.write_text(
            f'language = "{language}"\n[site]\nbanner = "Parcels to the north are late."\n'
            'footer_links = { Privacy = "about.md" }\nedit_url = "https://example.com/{path}"\n'
            'feedback_endpoint = "/feedback"\n'
        )
        config = load_config(
            config=settings, content=content, index=folder / f"i-{direction}", environ={}
        )
        build_site(config, out=folder / direction)
        addresses[direction] = serve_below(folder / direction)
    return addresses


def looks(sites, pages, steps, widths=WIDTHS, schemes=("light",)):
    """A visit of each page in each direction, width and scheme."""
    return [
        {"url": sites[direction] + page, "width": width, "height": WIDTHS[width],
         "scheme": scheme, "steps": steps}
        for direction, page, width, scheme in product(DIRECTIONS, pages, widths, schemes)
    ]  # fmt: skip


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_nothing_overlaps_overflows_or_is_cut(see, sites, direction):
    """On every kind of page at every width."""
    visits = looks({direction: sites[direction]} | sites, KINDS, [["evaluate", GEOMETRY]])
    visits = [visit for visit in visits if visit["url"].startswith(sites[direction])]
    found = {
        (visit["url"], visit["width"]): seen["results"][-1]
        for visit, seen in zip(visits, see(*visits), strict=True)
    }
    assert {place: faults for place, faults in found.items() if faults} == {}


def test_nor_with_what_can_be_opened(see, sites):
    """Menu, contents, message and the answers of the search."""
    typed = ["until", "document.querySelector('.find-panel:not([hidden]) .find-option')"]
    menu = [["click", ".menu summary"], ["evaluate", GEOMETRY]]
    opened = [["evaluate", "for (const one of document.querySelectorAll('main details')) one.open = true"],
              ["evaluate", GEOMETRY]]  # fmt: skip
    sheet = [["click", ".to-search"], ["type", "#KB-find", "package late"], typed,
             ["evaluate", GEOMETRY]]  # fmt: skip
    box = [["type", "#KB-question", "package late"], typed, ["evaluate", GEOMETRY]]
    header = [["type", "#KB-find", "package late"], typed, ["evaluate", GEOMETRY]]
    results = [["until", "document.querySelector('#KB-results h2')"], ["evaluate", GEOMETRY]]
    visits = [
        *looks(sites, [ARTICLE], menu, [320, 360]),
        *looks(sites, [ARTICLE], sheet, [320, 360]),
        *looks(sites, ["index.html"], box, [360, 1280]),
        *looks(sites, [ARTICLE], header, [768, 1024, 1280]),
        *looks(sites, [ARTICLE, "contact-us/index.html"], opened, [320, 768, 1280]),
        *looks(sites, ["search/index.html?q=package+late"], results, [320, 360, 1280]),
    ]
    for visit, seen in zip(visits, see(*visits), strict=True):
        assert seen["results"][-1] == [], (visit["url"], visit["width"], visit["steps"])


def test_above_a_keyboard_answers_come_first(see, sites):
    """In the half of a phone that is left the sheet shows an answer with what to do, and nothing
    stands over it; on a whole one the way to a person stays at the foot.
    """
    typed = ["until", "document.querySelector('.find-panel:not([hidden]) .find-option')"]
    look = """(() => {
      const { top } = document.querySelector(".find-panel").getBoundingClientRect();
      const seen = (one) => one.getBoundingClientRect().bottom <= innerHeight && one.getBoundingClientRect().top >= top;
      return [getComputedStyle(document.querySelector(".find-help")).position,
        [...document.querySelectorAll(".find-title, span.find-action, .find-line")].filter(seen).length];
    })()"""
    steps = [["click", ".to-search"], ["type", "#KB-find", "package late"], typed,
             ["evaluate", look]]  # fmt: skip
    whole = looks(sites, [ARTICLE], steps, [320, 360])
    half = [{**visit, "height": visit["height"] // 2} for visit in whole]
    places = [seen["results"][0] for seen in see(*whole, *half)]
    assert {place for place, _ in places[:4]} == {"sticky"}
    assert {place for place, _ in places[4:]} == {"static"}
    assert min(rows for _, rows in places[4:]) >= 3


BOXES = """(() => {
  const box = (selector) => {
    const one = document.querySelector(selector);
    if (!one?.checkVisibility()) return null;
    const { left, right, top, bottom } = one.getBoundingClientRect();
    return { left, right, top, bottom };
  };
  return { window: { left: 0, right: document.documentElement.clientWidth }, header: box(".site-header"), left: box(".siblings"), text: box(".text"), right: box(".contents"), help: box(".help") };
})()"""


def test_columns_stand_in_their_order(see, sites):
    """Beside the text stand from 1024 px its contents, from 1280 px the topic's articles, too: on the
    sides where reading ends and begins. The text is in the middle of the window then.
    """
    visits = looks(sites, [ARTICLE], [["evaluate", BOXES]])
    for visit, seen in zip(visits, see(*visits), strict=True):
        boxes, width = seen["results"][0], visit["width"]
        text, contents, siblings = boxes["text"], boxes["right"], boxes["left"]
        if visit["url"].startswith(sites["rtl"]):
            for box in filter(None, boxes.values()):  # as a mirror shows it
                box["left"], box["right"] = -box["right"], -box["left"]
        if width >= 1024:
            assert text["right"] <= contents["left"], visit
        else:
            assert contents["bottom"] <= text["top"], visit
        assert (siblings is not None) == (width >= 1280), visit
        if siblings:
            assert siblings["right"] <= text["left"], visit
        if width >= 1280 or width < 1024:
            middle, window = ((box["left"] + box["right"]) / 2 for box in (text, boxes["window"]))
            assert abs(middle - window) < 10, visit


LINES = """[...document.querySelectorAll(".text p")].flatMap((one) => {
  const range = document.createRange();
  const text = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
  const lines = new Map();
  while (text.nextNode()) {
    for (let at = 0; at < text.currentNode.data.length; at++) {
      range.setStart(text.currentNode, at);
      range.setEnd(text.currentNode, at + 1);
      const line = Math.round(range.getBoundingClientRect().bottom / 8);
      lines.set(line, (lines.get(line) ?? 0) + 1);
    }
  }
  return [...lines.values()].slice(0, -1); // the last one may be short
})"""


@pytest.mark.parametrize("width", [768, 1024, 1280, 1920])
def test_lines_are_60_to_70_characters_long(see, sites, width):
    """On average, where there is room."""
    visits = looks(
        {"ltr": sites["ltr"], "rtl": sites["ltr"]}, [LONG], [["evaluate", LINES]], [width]
    )
    lines = see(visits[0])[0]["results"][0]
    assert len(lines) >= 5
    assert 58 <= sum(lines) / len(lines) <= 70
    assert max(lines) <= 76


def test_the_header_is_low_and_covers_nothing(see, sites):
    """56 px and its line; it stays at the top, and a heading that is gone to stands below it. Where
    the window is low (400 % zoom) it goes with the page.
    """
    anchor = "#what-to-say-in-the-chat"
    place = f"document.querySelector('{anchor}').getBoundingClientRect().top"
    steps = [["wait", 100], ["evaluate", BOXES], ["evaluate", place]]
    visits = looks(sites, [ARTICLE + anchor], steps)
    for visit, seen in zip(visits, see(*visits), strict=True):
        boxes, top = seen["results"]
        assert boxes["header"]["top"] == 0, visit
        assert boxes["header"]["bottom"] <= 57, visit
        assert boxes["header"]["bottom"] <= top <= 200, visit
    low = {**visits[0], "width": 320, "height": 256}
    [seen] = see(low)
    assert seen["results"][0]["header"]["bottom"] < 0
    assert 0 <= seen["results"][1] < 100


def test_one_search_box_can_be_seen_on_every_page(see, sites):
    """On a phone, where pages have none of their own, a button that opens it."""
    count = ("[[...document.querySelectorAll('input[type=search]')].filter((one) => one.checkVisibility()).length,"
             " Number(document.querySelector('.to-search')?.checkVisibility() ?? 0)]")  # fmt: skip
    visits = looks(sites, KINDS, [["evaluate", count]], [360, 1280])
    for visit, seen in zip(visits, see(*visits), strict=True):
        assert sum(seen["results"][0]) == 1, visit


def test_the_foot_of_an_article_is_short(see, sites):
    """From "Was this helpful?" to the last way to a person: at most 900 px."""
    foot = ("document.querySelector('.help').getBoundingClientRect().bottom -"
            " document.querySelector('.feedback').getBoundingClientRect().top")  # fmt: skip
    pages = [ARTICLE, LONG, "contact/chat.html", "billing/payment-or-charge.html"]
    visits = looks(sites, pages, [["evaluate", foot]], [1280])
    for visit, seen in zip(visits, see(*visits), strict=True):
        assert 0 < seen["results"][0] <= 900, visit


def test_yes_and_no_stand_side_by_side(see, sites):
    """Below the question where they have no room beside it."""
    tops = "[...document.querySelectorAll('.answer')].map((one) => one.getBoundingClientRect().top)"
    visits = looks(sites, [ARTICLE], [["evaluate", tops]], [320, 360])
    for visit, seen in zip(visits, see(*visits), strict=True):
        [[yes, no]] = seen["results"]
        assert yes == no, visit


def test_short_names_and_long_titles(see, serve_below, tmp_path):
    """A topic of two letters can be pressed in the trail; an icon stands at the first line of a title."""
    content = tmp_path / "content"
    (content / "go").mkdir(parents=True)
    (content / "go" / "topic.yaml").write_text("title: Il\n")
    (content / "go" / "a.md").write_text("# A\n")
    (content / "box").mkdir()
    title = "Parcels that came late, were broken on their way or never came at all"
    (content / "box" / "topic.yaml").write_text(f"title: {title}\nicon: box\n")
    (content / "box" / "a.md").write_text("# A\n")
    config = load_config(content=content, index=tmp_path / "i", environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    address = serve_below(tmp_path / "site")
    off = """(() => {
      const link = document.querySelector(".cards h3:has(.icon) a");
      const range = document.createRange();
      range.selectNodeContents(link);
      const [line] = range.getClientRects();
      const icon = document.querySelector(".cards h3 .icon").getBoundingClientRect();
      return Math.abs((line.top + line.bottom) / 2 - (icon.top + icon.bottom) / 2);
    })()"""
    trail, home = see(
        {"url": f"{address}go/a.html", "width": 320, "steps": [["evaluate", GEOMETRY]]},
        {"url": f"{address}index.html", "width": 320, "steps": [["evaluate", off]]},
    )
    assert trail["results"] == [[]]
    assert home["results"][0] < 5


FEW = ("Shop",)
SOME = ("Shop", "Open an account", "Prices")
MANY = ("Zählerstand melden", "Tarife vergleichen", "Störungsauskunft", "Karriere", "Mein Konto")


@pytest.mark.parametrize("links", [FEW, SOME, MANY], ids=["few", "some", "many"])
@pytest.mark.parametrize("language", ["de", "ar", "ja"])
def test_the_header_has_room_for_the_links_of_the_settings(
    see, serve_below, tmp_path, links, language
):
    """Beside name and search, else in the menu, which shows each once; nothing makes it higher."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# A\n")
    (content / "chat.md").write_text("---\ntier: contact\nchannel: {name: chat}\n---\n# Chat\n")
    listed = "".join(f'"{name}" = "https://example.com/"\n' for name in links)
    settings = tmp_path / "kb.toml"
    settings.write_text(
        f'name = "Help of the municipal works"\nlanguage = "{language}"\n[site.header_links]\n{listed}'
    )
    config = load_config(config=settings, content=content, index=tmp_path / "i", environ={})
    build_site(config, out=tmp_path / "site")
    look = """[document.querySelector(".site-header").getBoundingClientRect().height <= 57,
      document.querySelector(".site-name").getBoundingClientRect().width >= 90,
      [...document.querySelectorAll(".site-header a[rel=noopener]")].filter((one) => one.checkVisibility()).length]"""
    opens = "for (const one of document.querySelectorAll('.menu:not(.tongues)')) one.open = one.checkVisibility()"
    steps = [["evaluate", opens], ["evaluate", look], ["evaluate", GEOMETRY]]
    page = serve_below(tmp_path / "site") + "a.html"
    widths = (360, 768, 1024, 1280, 1920)
    for seen, width in zip(
        see(*({"url": page, "width": width, "steps": steps} for width in widths)),
        widths,
        strict=True,
    ):
        found, faults = [one for one in seen["results"] if isinstance(one, list)]
        assert found == [True, True, len(links)], width
        assert faults == [], width


SHIFT = """new Promise((resolve) => {
  let sum = 0;
  const observer = new PerformanceObserver((list) => {
    for (const one of list.getEntries()) sum += one.hadRecentInput ? 0 : one.value;
  });
  observer.observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 300);
})"""


def test_nothing_moves_while_a_page_comes(see, sites):
    """Layout shift stays below .01 on every kind of page."""
    visits = looks(sites, KINDS, [["evaluate", SHIFT]], [360, 1280])
    for visit, seen in zip(visits, see(*visits), strict=True):
        assert seen["results"][0] < 0.01, visit


GROWING = {
    "code.md": "# Code\n\n```sh\nkb build\n```\n\nor\n\n```sh\nkb serve\n```\n\nThen look.\n",
    "drawing.md": "# Drawing\n\n![A map](map.svg)\n\nBelow it.\n",
    "map.svg": '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"><path d="M0 0h40v30z"/></svg>',
    "phone.md": "---\ntitle: Phone\ntier: contact\nchannel:\n  name: phone\n  phone: +44 20 7946 0000\n"
    "  hours: Mon-Fri 9:00-17:00 Europe/London\n---\n# Phone\n",
    "chat.md": "---\ntitle: Chat\ntier: contact\nchannel:\n  name: chat\n  url: https://shop.example.com\n"
    "  hours: Mon-Sun 0:00-24:00 Europe/London\n---\n# Chat\n",
    "kb.toml": 'language = "de"\n',
}  # fmt: skip


def test_nor_for_what_scripts_and_files_bring(see, serve_below, tmp_path):
    """The button beside code, drawings without a size, who can be reached now, keys at the foot."""
    content = tmp_path / "content"
    content.mkdir()
    for name, text in GROWING.items():
        (content / name).write_text(text)
    config = load_config(
        config=content / "kb.toml", content=content, index=tmp_path / "i", environ={}
    )
    build_site(config, out=tmp_path / "site")
    address = serve_below(tmp_path / "site")
    pages = ["code.html", "drawing.html", "phone.html", "contact-us/index.html"]
    visits = [
        {"url": address + page, "width": width, "height": WIDTHS[width], "steps": [["evaluate", SHIFT]],
         "time": "2026-11-29T12:00:00Z"}
        for page, width in product(pages, (320, 360, 768, 1280))
    ]  # fmt: skip
    for visit, seen in zip(visits, see(*visits), strict=True):
        assert seen["results"][0] < 0.01, visit


def test_fingers_find_what_can_be_pressed(see, sites):
    """44 px high on phones, but for links in a text."""
    low = """[...document.querySelectorAll("a, button, summary, input, select, textarea, label")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }))
      .filter((one) => !one.closest("p, .text, dd, .unseen, .skip") && !one.matches("label input"))
      .filter((one) => one.getBoundingClientRect().height < 43.5 && !one.querySelector("input:only-child"))
      .map((one) => `${one.getBoundingClientRect().height} ${one.outerHTML.slice(0, 80)}`)"""
    visits = [{**visit, "touch": True} for visit in looks(sites, KINDS, [["evaluate", low]], [360])]
    for visit, seen in zip(visits, see(*visits), strict=True):
        labels = [
            one for one in seen["results"][0] if "<label for" not in one and "unseen" not in one
        ]
        assert labels == [], visit


def test_a_name_beside_a_logo_is_whole_or_not_there(see, serve_below, tmp_path):
    """It has no half a word in two lines, and a wide logo keeps its proportions and its place."""
    content = tmp_path / "content"
    content.mkdir()
    (content / "a.md").write_text("# A\n")
    part = """(() => {
      const [logo, name] = document.querySelector(".site-name").children;
      const [box, own] = [logo.parentElement, name].map((one) => one.getBoundingClientRect());
      const range = document.createRange();
      const words = [...name.firstChild.data.matchAll(/\\S+/g)].map(({ 0: word, index }) => {
        range.setStart(name.firstChild, index);
        range.setEnd(name.firstChild, index + word.length);
        return range.getClientRects().length;
      });
      const shown = own.top < box.bottom;
      return [shown, shown && Math.max(...words) > 1, getComputedStyle(logo).objectFit, logo.getBoundingClientRect().right <= box.right + 1];
    })()"""
    shown = {}
    for width in (40, 160, 600):
        (tmp_path / "logo.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 40"/>'
        )
        (tmp_path / "kb.toml").write_text('name = "Parcel help"\n[site]\nlogo = "logo.svg"\n')
        config = load_config(
            config=tmp_path / "kb.toml", content=content, index=tmp_path / "i", environ={}
        )
        build_site(config, out=tmp_path / f"site{width}")
        address = serve_below(tmp_path / f"site{width}")
        visits = [
            {"url": f"{address}a.html", "width": window, "steps": [["evaluate", f"[{part}, {GEOMETRY.rstrip().rstrip(';')}]"]]}
            for window in (320, 360, 1280)
        ]  # fmt: skip
        for visit, seen in zip(visits, see(*visits), strict=True):
            (is_shown, *rest), faults = seen["results"][0]
            assert (rest, faults) == ([False, "contain", True], []), (width, visit)
            shown[width, visit["width"]] = is_shown
    assert shown[40, 360]
    assert shown[160, 1280]
    assert not shown[600, 320]


def test_the_text_of_home_begins_where_its_lists_do(see, serve_below, tmp_path):
    """Below the band stands one edge, not two."""
    content = tmp_path / "content"
    (content / "orders").mkdir(parents=True)
    (content / "index.md").write_text("# Help\n\nAnswers about orders.\n")
    (content / "orders" / "late.md").write_text("# Late\n")
    config = load_config(content=content, index=tmp_path / "i", environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    address = serve_below(tmp_path / "site")
    edges = "['.welcome p', 'section:not(.front) h2'].map((one) => document.querySelector(one).getBoundingClientRect().left)"
    for width in (360, 1280, 1920):
        [seen] = see(
            {"url": f"{address}index.html", "width": width, "steps": [["evaluate", edges]]}
        )
        [text, topics] = seen["results"][0]
        assert text == topics


def test_the_contents_follow_the_reading(see, sites):
    """The link to the section that is read is the current one, at the top none is."""
    current = "[...document.querySelectorAll('.contents a[aria-current]')].map(({ hash }) => hash)"
    gone = "document.querySelector('#what-to-say-in-the-chat').scrollIntoView()"
    steps = [["evaluate", current], ["evaluate", gone], ["wait", 200], ["evaluate", current],
             ["evaluate", "scrollTo(0, document.body.scrollHeight)"], ["wait", 200],
             ["evaluate", current], ["evaluate", "scrollTo(0, 0)"], ["wait", 200],
             ["evaluate", current]]  # fmt: skip
    for seen in see(*looks(sites, [ARTICLE], steps, [1280])):
        first, there, end, top = (found for found in seen["results"] if isinstance(found, list))
        assert first == top == []
        assert there == ["#what-to-say-in-the-chat"]
        assert end == ["#if-it-is-still-missing-after-that"]


def test_links_are_underlined_in_running_text_alone(see, sites):
    """Not in lists of links, cards, header and foot."""
    drawn = ("[...document.querySelectorAll('a')].filter((one) => one.checkVisibility())"
             ".map((one) => [!!one.closest('.text, p, dd'), getComputedStyle(one).textDecorationLine === 'underline', one.className])")  # fmt: skip
    visits = looks(sites, [ARTICLE, "index.html"], [["evaluate", drawn]], [1280])
    for visit, seen in zip(visits, see(*visits), strict=True):
        for inside, underlined, kind in seen["results"][0]:
            if not re.search("anchor|button", kind):
                assert underlined is inside, (visit["url"], kind)


def test_the_words_of_a_conformance_report_stay_whole(see, serve_below, tmp_path):
    """In the narrow columns of its tables, too, and nothing else is scrolled sideways."""
    content = HERE.parent.parent / "content"
    config = load_config(content=content, index=tmp_path / "i", environ={}, cwd=tmp_path)
    site = build_site(config, out=tmp_path / "site")
    found = judge(config, site.out, tmp_path / "theme", site.problems, environ={})
    write_conformance(found, tmp_path / "report", "Help")
    broken = """[...document.querySelectorAll("td, th")].map((one) => {
        const range = document.createRange();
        range.selectNodeContents(one);
        return [one.textContent, range.getBoundingClientRect().height];
    }).filter(([text, height]) => !text.includes(" ") && height > 36)"""
    sideways = "document.documentElement.scrollWidth - innerWidth"
    [seen] = see(
        {"url": serve_below(tmp_path / "report") + "conformance.html", "width": 320,
         "steps": [["evaluate", broken], ["evaluate", sideways]]}
    )  # fmt: skip
    assert seen["results"] == [[], 0]


def test_a_long_page_stays_easy_to_use(see, serve_below, tmp_path):
    """Its contents go along below the header on a phone, say where one is, and close behind who goes
    to another section, whose heading they do not cover; beside the text they show the place, too.
    """
    content = tmp_path / "content"
    content.mkdir()
    sections = (f"## Section {number}\n\n" + "Many words. " * 120 for number in range(1, 61))
    (content / "long.md").write_text("# Long\n\n" + "\n\n".join(sections))
    (content / "short.md").write_text("# Short\n")
    config = load_config(content=content, environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    there = "document.querySelector('#section-40').scrollIntoView()"
    place = ("[document.querySelector('.here').textContent, document.querySelector('.contents').open ?? "
             "document.querySelector('.contents details').open, document.querySelector('.contents').getBoundingClientRect().bottom]")  # fmt: skip
    top = "document.querySelector('#section-41').getBoundingClientRect().top"
    steps = [["evaluate", there], ["wait", 200], ["evaluate", place],
             ["click", ".contents summary"], ["evaluate", "document.querySelector('.outline').getBoundingClientRect().height"],
             ["evaluate", GEOMETRY],
             ["click", ".contents a[href='#section-41']"], ["wait", 200], ["evaluate", place],
             ["evaluate", top]]  # fmt: skip
    url = serve_below(tmp_path / "site") + "long.html"
    seen = see({"url": url, "width": 360, "height": 740, "steps": steps})[0]["results"]
    _, before, height, faults, after, heading = seen
    assert before[:2] == ["Section 40", False]
    assert before[2] < 110
    assert height <= 0.6 * 740 + 1
    assert faults == []
    assert after[:2] == ["Section 41", False]
    assert after[2] <= heading < 200
    inside = ("(({ top, bottom }) => top >= 56 && bottom <= innerHeight)"
              "(document.querySelector('.contents a[aria-current]').getBoundingClientRect())")  # fmt: skip
    steps = [["evaluate", there], ["wait", 300], ["evaluate", inside]]
    assert see({"url": url, "steps": steps})[0]["results"][-1] is True
