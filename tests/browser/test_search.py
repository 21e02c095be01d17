"""Searching in Chromium: as you type, by keyboard, on a page of its own, when files are missing."""

import json
import os
import shutil
from itertools import product
from pathlib import Path

import pytest

from kb.config import load_config
from kb.knowledge_base import KnowledgeBase
from kb.site.build import build_site

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parent.parent.parent
BOX = "#KB-question"
PANEL = "document.querySelector('.front .find-panel')"
OPTIONS = f"{PANEL}.querySelectorAll('[role=option]')"
READY = f"{PANEL} && !{PANEL}.hidden && {OPTIONS}.length > 2"
STATUS = "document.querySelector('#KB-results .find-status')?.textContent"
FAILED = "document.querySelector('.find-failed button')"
FAULTS = ["missing", "cut", "stale", "garbage", "blocked"]


def typed(text, *steps, box=BOX, until=READY):
    """Steps that type into a box, wait, and go on."""
    return [["type", box, text], ["until", until], *steps]


@pytest.mark.parametrize("form", ["http", "file"])
def test_results_come_while_typing(see, site, address, form):
    """Below a path and from the disk the panel has the hits of the terminal, in their order, and
    last of all the way to a person.
    """
    base = address if form == "http" else f"file://{site}/"
    links = f"[...{OPTIONS}].map((one) => [one.className, one.getAttribute('href')])"
    [seen] = see(
        {
            "url": base + "index.html",
            "steps": typed("package never arrived", ["wait", 400], ["evaluate", links]),
        }
    )
    config = load_config(content=ROOT / "content", environ={}, cwd=ROOT)
    answer = KnowledgeBase(config).search("package never arrived", limit=5)
    [found] = seen["results"]
    hits = [href for kind, href in found if "find-hit" in kind]
    expected = [f"{hit.article}.html#{hit.anchor}" for hit in answer.hits]
    assert {href.removeprefix(base) for href in hits} == set(expected)
    assert hits[0] == base + expected[0]
    assert "find-help" in found[-1][0]
    assert found[-1][1].endswith("contact-us/index.html")
    assert seen["console"] == []


def test_the_box_is_a_combobox(see, address):
    """Roles, expanded state, number of results and the active option are there to be heard;
    arrows move, Escape closes, Enter goes to the section, and its words are marked.
    """
    state = (
        f"(() => {{ const box = document.querySelector('{BOX}'); const id = box.getAttribute('aria-activedescendant');"
        f" return [box.role, box.getAttribute('aria-expanded'), id && document.getElementById(id).ariaSelected,"
        f" id && [...{OPTIONS}].findIndex((one) => one.id === id),"
        f" document.activeElement === box, {PANEL}.hidden]; }})()"
    )
    status = f"[{PANEL}.querySelector('[role=status]').textContent, {PANEL}.querySelector('[role=listbox]').ariaLabel]"
    marks = "[location.pathname, location.hash, [...(CSS.highlights.get('kb-found') ?? [])].map(String)]"
    [seen] = see(
        {
            "url": address + "index.html",
            "steps": [
                ["focus", BOX],
                ["until", f"document.querySelector('{BOX}').role"],
                ["evaluate", f"document.querySelector('{BOX}').getAttribute('aria-expanded')"],
                *typed(
                    "package never arrived",
                    ["wait", 400],
                    ["evaluate", state],
                    ["evaluate", status],
                ),
                ["press", "ArrowDown"],
                ["evaluate", state],
                ["press", "ArrowUp"],
                ["evaluate", state],
                ["press", "Escape"],
                ["evaluate", state],
                ["press", "ArrowDown", "ArrowDown", "Enter"],
                ["until", "location.hash && CSS.highlights.get('kb-found')"],
                ["evaluate", marks],
            ],
        }
    )
    closed, opened, said, first, none, escaped, (path, anchor, words) = seen["results"]
    assert closed == "false"
    assert opened == ["combobox", "true", None, None, True, False]
    assert "results" in said[0]
    assert said[1] == "Search results"
    assert first == ["combobox", "true", "true", 0, True, False]
    assert none == opened
    assert escaped == ["combobox", "false", None, None, True, True]
    assert path.endswith("orders/late-or-lost-package.html")
    assert anchor
    assert words
    assert {word.lower() for word in words} <= {"package", "packages"}


def test_keys_lead_to_the_box(see, address):
    """`/` and Ctrl-K focus the box that can be seen; in a field `/` is a character."""
    active = "document.activeElement.id + document.activeElement.value"
    [wide, narrow] = see(
        {
            "url": address + "orders/late-or-lost-package.html",
            "steps": [
                ["press", "/"],
                ["evaluate", active],
                ["press", "/"],
                ["evaluate", active],
                ["press", "Tab", "Control+k"],
                ["evaluate", active],
            ],
        },
        {
            "url": address + "orders/late-or-lost-package.html",
            "width": 360,
            "steps": [
                ["press", "Control+k"],
                ["until", "location.pathname.includes('search')"],
                ["until", "document.activeElement.id"],
                ["evaluate", active],
            ],
        },
    )
    assert wide["results"] == ["KB-find", "KB-find/", "KB-find/"]
    assert narrow["results"] == ["KB-query"]


def test_the_page_of_results_can_be_linked_and_keeps_its_history(see, address):
    """`?q=` is answered at once; typing makes one entry of the history, a choice another; going
    back brings query, filter and results in order.
    """
    state = (
        "[document.querySelector('#KB-query').value, new URLSearchParams(location.search).get('tier'),"
        " document.querySelectorAll('.find-results > li').length > 0, document.title.split(' – ')[0]]"
    )
    settled = f"({STATUS} ?? '').includes('result')"
    [seen] = see(
        {
            "url": address + "search/index.html?q=late+pacakge",
            "steps": [
                ["until", settled],
                ["evaluate", state],
                ["evaluate", "document.querySelector('#KB-results .find-notes').textContent"],
                ["fill", "#KB-query", ""],
                *typed("chat", ["press", "Enter"], ["wait", 400], box="#KB-query", until=settled),
                ["evaluate", state],
                ["selectOption", "#KB-filters [name=tier]", "contact"],
                ["wait", 400],
                ["evaluate", state],
                ["back"],
                ["wait", 400],
                ["evaluate", state],
                ["back"],
                ["wait", 400],
                ["evaluate", state],
                ["forward"],
                ["wait", 400],
                ["evaluate", state],
            ],
        }
    )
    first, notes, chat, contact, *back = seen["results"]
    assert first == ["late pacakge", None, True, "late pacakge"]
    assert "Showing results for late package. Search instead for late pacakge" in notes
    assert chat == ["chat", None, True, "chat"]
    assert contact == ["chat", "contact", True, "chat"]
    assert back == [chat, first, chat]


def test_what_may_have_been_meant_is_offered(see, serve_below, tmp_path):
    """On the page of results and in the panel: a click searches for it."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content" / "local.md").write_text("# Local files\n\nWhere they are.\n")
    config = load_config(content=tmp_path / "content", environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    address = serve_below(tmp_path / "site")
    button = "#KB-results .find-notes button"
    state = "[document.querySelector('#KB-query').value, document.querySelector('#KB-results').textContent]"
    [seen] = see(
        {
            "url": address + "search/index.html?q=files+lofal",
            "steps": [
                ["until", f"document.querySelector('{button}')"],
                ["evaluate", state],
                ["axe"],
                ["click", button],
                ["until", f"!document.querySelector('{button}')"],
                ["evaluate", state],
            ],
        }
    )
    (typed, offered), violations, (meant, answer) = seen["results"]
    assert (typed, meant) == ("files lofal", "files local")
    assert "Did you mean files local?" in offered
    assert violations == []
    assert "Local files" in answer


def test_versions_of_a_section_are_one_result_that_leads_to_them(see, serve_below, tmp_path):
    """The page of results links each other version, the panel names them; both are accessible."""
    text = "The money comes within five working days to the account from which the order was paid."
    for version in ("v1", "v2", "v3"):
        article = tmp_path / "content" / version / "refund.md"
        article.parent.mkdir(parents=True)
        article.write_text(f"---\ntitle: Refunds\n---\n## When the money comes\n\n{text}\n")
    config = load_config(content=tmp_path / "content", environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    address = serve_below(tmp_path / "site")
    others = "#KB-results .find-trail a"
    links = f"[...document.querySelectorAll('{others}')].map((one) => [one.textContent, one.href])"
    panel = f"{PANEL}?.textContent.includes('Also in v2, v1')"
    results, front = see(
        {
            "url": address + "search/index.html?q=money+comes",
            "steps": [
                ["until", f"document.querySelector('{others}')"],
                ["evaluate", links],
                ["axe"],
            ],
        },
        {"url": address + "index.html", "steps": [*typed("money comes", until=panel), ["axe"]]},
    )
    expected = [
        [version, f"{address}{version}/refund.html#when-the-money-comes"]
        for version in ("v2", "v1")
    ]
    assert results["results"] == [expected, []]
    assert front["results"] == [[]]


def test_a_further_section_does_not_repeat_its_articles_title(see, serve_below, tmp_path):
    """Below an article's first hit a section has its heading as name; the one right under the title
    has its text, which is then heard, too.
    """
    content = tmp_path / "content"
    content.mkdir()
    lead = "Pay by bank or by card, and tell us at once when a card was stolen."
    rest = "## Stolen card\n\nA stolen card is blocked within a minute.\n\n## New card after a stolen one\n\nIt comes by post."
    (content / "payments.md").write_text(f"# Payments\n\n{lead}\n\n{rest}\n")
    config = load_config(content=content, environ={}, cwd=tmp_path)
    build_site(config, out=tmp_path / "site")
    parts = ".find-title, .find-line:not([aria-hidden])"
    names = f"[...{OPTIONS}].map((one) => [...one.querySelectorAll('{parts}')].map((part) => part.textContent))"
    [seen] = see(
        {
            "url": serve_below(tmp_path / "site") + "index.html",
            "steps": [*typed("stolen card", ["evaluate", names], ["axe"])],
        }
    )
    [first, *further], problems = seen["results"]
    assert first == ["Payments"]
    assert sorted(further[:2]) == sorted([["New card after a stolen one"], [lead]])
    assert problems == []
    listed = "[...document.querySelectorAll('.find-others li')].map((one) => [one.querySelector('a').textContent, one.textContent.split('Pay by bank').length - 1])"
    steps = [["until", "document.querySelector('.find-others li')"], ["evaluate", listed], ["axe"]]
    page = f"{serve_below(tmp_path / 'site')}search/index.html?q=stolen+card"
    [seen] = see({"url": page, "steps": steps})
    assert sorted(seen["results"][0]) == sorted([["New card after a stolen one", 0], [lead, 1]])
    assert seen["results"][1] == []


def test_arrows_lead_from_the_box_through_the_results(see, address):
    """On the page of results the arrow keys move the focus, and back to the box."""
    [seen] = see(
        {
            "url": address + "search/index.html?q=refund",
            "steps": [
                ["until", f"({STATUS} ?? '').includes('result')"],
                ["focus", "#KB-query"],
                ["press", "ArrowDown"],
                ["evaluate", "document.activeElement.className"],
                ["press", "ArrowUp"],
                ["evaluate", "document.activeElement.id"],
            ],
        }
    )
    assert seen["results"] == ["find-title", "KB-query"]


def test_only_the_last_question_is_answered(see, address):
    """An earlier question whose files come late does not replace the answer to a later one."""
    [seen] = see(
        {
            "url": address + "search/index.html",
            "faults": [["search/data/t", "held"]],
            "steps": [
                ["type", "#KB-query", "chat"],
                ["asked", "search/data/t"],
                ["evaluate", f"[{STATUS}, document.querySelector('#KB-results').ariaBusy]"],
                ["fill", "#KB-query", "refund"],
                ["wait", 300],
                ["release"],
                ["until", f"({STATUS} ?? '').includes('result')"],
                ["wait", 500],
                [
                    "evaluate",
                    "document.querySelector('.find-results mark').textContent.toLowerCase()",
                ],
            ],
        }
    )
    assert seen["results"][0][1] in ("true", "false", None)
    assert seen["results"][1].startswith("refund")


def test_a_slow_network_is_said(see, address):
    """While files are on their way the reader hears so, and then gets the answer."""
    [seen] = see(
        {
            "url": address + "search/index.html?q=refund",
            "faults": [["search/data/", "held"]],
            "steps": [
                ["until", STATUS],
                ["evaluate", f"[{STATUS}, document.querySelector('#KB-results').ariaBusy]"],
                ["release"],
                ["until", f"({STATUS} ?? '').includes('result')"],
                ["evaluate", "document.querySelector('#KB-results').ariaBusy"],
            ],
        }
    )
    assert seen["results"] == [["Searching…", "true"], "false"]


def test_a_throttled_network_gets_its_answer(see, address):
    """With 20 KB a second and half a second of latency, by Chromium's own throttling: the reader
    hears that something happens, sees the answer, and then a second one.
    """
    settled = f"({STATUS} ?? '').includes('result')"
    [seen] = see(
        {
            "url": address + "search/index.html",
            "steps": [
                ["until", "document.querySelector('#KB-results .find-status')"],
                ["throttle", {"latency": 500, "downloadThroughput": 20_000}],
                ["type", "#KB-query", "refund"],
                ["until", f"{STATUS} === 'Searching…'"],
                ["until", settled],
                ["fill", "#KB-query", "chat"],
                [
                    "until",
                    "document.querySelector('.find-results mark')?.textContent.toLowerCase() === 'chat'",
                ],
            ],
        }
    )
    assert seen["console"] == []


@pytest.mark.parametrize("shard", ["m.js", "t", "d"])
def test_missing_and_damaged_files_are_said_and_tried_again(see, address, shard):
    """Whatever is wrong with a file, the page says that search failed and how to reach a person,
    throws nothing, and answers when tried again.
    """
    steps = [
        ["until", FAILED],
        ["evaluate", f"[{STATUS}, document.querySelector('.find-failed a').getAttribute('href')]"],
        ["faults", []],
        ["click", ".find-failed button"],
        ["until", f"({STATUS} ?? '').includes('result')"],
    ]
    seen = see(
        *(
            {
                "url": address + "search/index.html?q=refund",
                "faults": [[f"search/data/{shard}", fault]],
                "steps": steps,
            }
            for fault in FAULTS
        )
    )
    for visit in seen:
        [[said, href]] = visit["results"]
        assert said == "Search could not be loaded. Check your connection and try again."
        assert href.endswith("contact-us/index.html")


def test_a_page_outlives_its_build(see, address, serve_below, tmp_path):
    """A page that was opened before the site was built anew, and so knows files that are gone,
    reads the new manifest by itself.
    """
    content = shutil.copytree(ROOT / "content", tmp_path / "content")
    (content / "aardvark.md").write_text("# Aardvarks\n\nA refund for an aardvark.\n")
    build_site(load_config(content=content, environ={}, cwd=tmp_path), out=tmp_path / "site")
    new = serve_below(tmp_path / "site") + "search/data/"
    found = "document.querySelector('.find-results')?.textContent.includes('aardvark')"
    [seen] = see(
        {
            "url": address + "search/index.html?q=chat",
            "steps": [
                ["until", f"({STATUS} ?? '').includes('result')"],
                ["faults", [["search/data/", "elsewhere", new]]],
                ["fill", "#KB-query", "aardvark"],
                ["until", found],
                ["evaluate", FAILED],
            ],
        }
    )
    assert seen["results"] == [None]


def test_a_damaged_file_is_said_in_the_panel_too(see, address):
    """The panel stays open with a button to try again, which works by keyboard, and topics."""
    [seen] = see(
        {
            "url": address + "index.html",
            "faults": [["search/data/", "missing"]],
            "steps": [
                *typed("refund", until=FAILED),
                ["evaluate", "document.querySelector('.find-failed a').textContent"],
                ["axe"],
                ["faults", []],
                ["press", "Tab", "Tab", "Enter"],
                ["until", READY],
            ],
        }
    )
    assert seen["results"] == ["Browse the topics", []]


def test_a_lost_connection_is_said_and_search_goes_on_with_it(see, address):
    """Offline is called by its name; when the connection is back the question is asked again."""
    [seen] = see(
        {
            "url": address + "search/index.html",
            "steps": [
                ["offline", True],
                ["type", "#KB-query", "refund"],
                ["until", FAILED],
                ["evaluate", STATUS],
                ["offline", False],
                ["until", f"({STATUS} ?? '').includes('result')"],
            ],
        }
    )
    assert seen["results"] == ["You are offline. Search goes on when the connection is back."]


def test_without_its_script_the_page_says_so(see, address):
    """Where all scripts are blocked a notice shows itself after four seconds; where that of search
    is, it comes with a button that tries again, and the query in the address is answered.
    """
    shown = (
        "document.getAnimations().map((one) => {{ one.pause(); one.currentTime = {}; }}),"
        " getComputedStyle(document.querySelector('.find-blocked')).visibility"
    )
    again = "document.querySelector('.find-unable button')"
    page = address + "search/index.html?q=refund"
    [all_of_them, only_one] = see(
        {
            "url": page,
            "faults": [["assets/.*js$", "blocked"]],
            "steps": [["evaluate", shown.format(3999)], ["evaluate", shown.format(4000)]],
        },
        {
            "url": page,
            "faults": [["assets/search.*js$", "blocked"]],
            "steps": [
                ["until", again],
                ["axe"],
                ["faults", []],
                ["click", ".find-unable button"],
                ["until", f"({STATUS} ?? '').includes('result')"],
                ["evaluate", again],
            ],
        },
    )
    assert all_of_them["results"] == ["hidden", "visible"]
    assert only_one["results"] == [[], None]


def states(address):
    """Every state of panel and page, with what to wait for."""
    nothing = "(document.querySelector('.find-alone')?.textContent ?? '').includes('Nothing')"
    page = address + "search/index.html"
    return {
        "panel": (address + "index.html", [], typed("package", ["press", "ArrowDown"])),
        "panel-empty": (address + "index.html", [], typed("zzqxqz", until=nothing)),
        "panel-failed": (
            address + "index.html",
            [["search/data/", "missing"]],
            typed("a", until=FAILED),
        ),
        "page": (page + "?q=late+pacakge", [], [["until", f"({STATUS} ?? '').includes('result')"]]),
        "page-empty": (page + "?q=zzqxqz&tier=advice", [], [["until", nothing]]),
        "page-failed": (page + "?q=a", [["search/data/", "missing"]], [["until", FAILED]]),
        "page-blank": (page, [], []),
    }


def test_every_state_is_accessible(see, address):
    """Panel and page with results, empty and failed, at 360 and 1280 px, light and dark, and at
    the width of a page zoomed to 200%: no violation of axe, no sideways scrolling.
    """
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    sizes = [*product([(360, 740), (1280, 900)], ["light", "dark"]), ((640, 450), "light")]
    visits = [
        {
            "url": url,
            "width": width,
            "height": height,
            "scheme": scheme,
            "faults": faults,
            "steps": [*steps, ["axe"], ["evaluate", wide]],
        }
        for (url, faults, steps), ((width, height), scheme) in product(
            states(address).values(), sizes
        )
    ]
    for visit in see(*visits):
        assert visit["results"] == [[], 0], visit


def test_any_string_can_be_typed(see, address):
    """Hostile strings run nothing, leave nothing of theirs in the page but text, and each gets
    its answer.
    """
    if "KB_CASES" not in os.environ:
        pytest.skip("KB_CASES is not set")
    cases = Path(os.environ["KB_CASES"])
    strings = [
        *json.loads((cases / "queries.json").read_text()),
        *json.loads((cases / "blns.json").read_text()),
    ]
    texts = [one if isinstance(one, str) else one.get("query", "") for one in strings]
    chosen = [text for text in texts if text.strip()][::9] + [t for t in texts if "<" in t][:40]
    made = "document.querySelectorAll('main :is(script, img, iframe, svg)').length"
    ask = (
        "async ([query]) => { const box = document.querySelector('#KB-query');"
        f" const before = {made};"
        " const status = document.querySelector('#KB-results .find-status');"
        " status.textContent = '';"
        " box.value = query; box.dispatchEvent(new Event('input', {bubbles: true}));"
        " if (!box.value.trim()) return 0;"
        " do await new Promise((done) => setTimeout(done, 20));"
        " while (!status.textContent || document.querySelector('#KB-results').ariaBusy === 'true');"
        f" return {made} - before; }}"
    )
    steps = [["evaluate", f"({ask})({json.dumps([text])})"] for text in chosen]
    steps.insert(0, ["until", "document.querySelector('#KB-results .find-status')"])
    [seen] = see({"url": address + "search/index.html", "steps": steps})
    assert seen["results"] == [0] * len(chosen)


def hostile_article(word, attacks):
    """An article of ten attacks: in its title, headings, texts and actions."""
    title, one, other, first, second, third, *labels = attacks
    fields = [f"title: {json.dumps(f'{word} {title}'[:300])}", "do:"]
    fields += [f"  - label: {json.dumps(f'do {label}'[:200])}" for label in labels]
    sections = [f"{word} {first}"]
    sections += [
        f"## {word} {head}\n\n{word} {text}" for head, text in ((one, second), (other, third))
    ]
    return "\n".join(["---", *fields, "---", "\n\n".join(sections), ""])


def test_hostile_articles_show_as_text(see, serve_below, tmp_path):
    """Titles, headings, texts and actions made of markup appear as they were written, hundreds on
    a page: no script runs, and no request leaves.
    """
    if "KB_CASES" not in os.environ:
        pytest.skip("KB_CASES is not set")
    cases = Path(os.environ["KB_CASES"])
    attacks = [
        " ".join(one["input"].split())
        for name in ("xss_markdown.json", "xss_html.json")
        for one in json.loads((cases / name).read_text())
    ]
    attacks += attacks[: -len(attacks) % 10]
    content = tmp_path / "content"
    content.mkdir()
    words = []
    for number, start in enumerate(range(0, len(attacks), 10)):
        words.append(f"walrus{number // 33}")
        text = hostile_article(words[-1], attacks[start : start + 10])
        (content / f"a{number}.md").write_text(text, encoding="utf-8", errors="replace")
    build_site(load_config(content=content, environ={}, cwd=tmp_path), out=tmp_path / "site")
    address = serve_below(tmp_path / "site")
    all_of_them = (
        "(async () => { const more = document.querySelector('#KB-results > button');"
        " const count = () => document.querySelectorAll('#KB-results li').length;"
        " while (!more.hidden) { const before = count(); more.click();"
        " while (count() === before) await new Promise((done) => setTimeout(done, 10)); }"
        " return [document.querySelector('#KB-results').textContent.split('<').length,"
        " document.querySelectorAll('#KB-results :is(script, img, iframe, svg, object, style)').length];"
        " })()"
    )
    seen = see(
        *(
            {
                "url": f"{address}search/index.html?q={word}",
                "steps": [
                    ["until", f"({STATUS} ?? '').includes('result')"],
                    ["evaluate", all_of_them],
                ],
            }
            for word in dict.fromkeys(words)
        )
    )
    shown = [visit["results"][0] for visit in seen]
    assert sum(signs for signs, _ in shown) > len(attacks) / 3  # a title stands once for its hits
    assert [made for _, made in shown] == [0] * len(shown)


def test_the_page_of_results_keeps_its_place_on_back(see, address):
    """Coming back from a hit, the results that were asked for are there, where they were left."""
    count = "document.querySelectorAll('#KB-results .find-results > li').length"
    more = "#KB-results > button"
    place = "Math.round(scrollY / 10)"
    [seen] = see(
        {
            "url": address + "search/index.html?q=order",
            "steps": [
                ["until", f"{count} > 3"],
                ["evaluate", count],
                ["click", more],
                ["until", f"document.querySelector('{more}').hidden || {count} > 8"],
                ["evaluate", "scrollTo(0, 900), 0"],
                ["wait", 100],
                ["evaluate", f"[{count}, {place}]"],
                ["evaluate", "location.assign(document.querySelector('.find-results a').href), 0"],
                ["until", "location.pathname.endsWith('.html') && !location.search"],
                ["wait", 300],
                ["back"],
                ["until", f"{count} > 3 && scrollY > 100"],
                ["evaluate", f"[{count}, {place}]"],
            ],
        }
    )
    first, _, before, _, after = seen["results"]
    assert before[0] > first
    assert after == before


def test_on_a_phone_the_box_is_a_sheet_above_the_keyboard(see, address):
    """It takes what can be seen of the window, its options too; Escape and the button close it, and
    so does the focus that leaves it.
    """
    sheet = (
        "(() => { const form = document.querySelector('.find-sheet');"
        " if (!form) return null; const { top, width, height } = form.getBoundingClientRect();"
        " return [top, width === innerWidth, height === visualViewport.height]; })()"
    )
    options = (
        "[...document.querySelectorAll('.find-sheet .find-option')].length > 3 &&"
        " document.querySelector('.find-sheet .find-panel').getBoundingClientRect().bottom <= visualViewport.height"
    )
    found = "document.querySelectorAll('.find-sheet .find-option').length > 3"
    [seen] = see(
        {
            "url": address + "orders/late-or-lost-package.html",
            "width": 360,
            "height": 420,
            "steps": [
                ["click", ".to-search"],
                ["evaluate", sheet],
                ["type", "#KB-find", "package late"],
                ["until", found],
                ["evaluate", options],
                ["click", ".find-shut >> visible=true"],
                ["evaluate", sheet],
                ["click", ".to-search"],
                ["press", "Escape", "Escape"],
                ["evaluate", sheet],
                ["evaluate", "document.activeElement.className"],
            ],
        }
    )
    opened, fits, shut, escaped, _ = seen["results"]
    assert opened == [0, True, True]
    assert fits is True
    assert shut is None
    assert escaped is None
