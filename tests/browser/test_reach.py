"""A person within reach: buttons, hours in the reader's time, and an email that is begun."""

import http.server
import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from support.sites import ARTICLES, Base

pytestmark = pytest.mark.browser

CHAT = """---
title: Chat
tier: contact
channel:
  name: chat
  hours: Mon-Fri 9:00-18:00 Europe/Berlin
  url: https://shop.example.com/chat
---
# Chat
"""
PHONE = """---
title: Phone
tier: contact
channel:
  name: phone
  hours: Mon-Fri 8:00-12:00, Sun 0:00-24:00 America/New_York
  phone: +1 (800) 555-0100
---
# Phone
"""
MAIL = """---
title: Email
tier: contact
channel: {name: email, wait: A day, email: help@example.com}
---
# Email
"""
NAMES = "[...document.querySelectorAll('.channels > li')].map(({ dataset }) => dataset.channel)"
SAID = (
    "Object.fromEntries([...document.querySelectorAll('.channels > li')].map("
    "(row) => [row.dataset.channel, row.querySelector('.now')?.textContent ?? '']))"
)


@pytest.fixture
def address(tmp_path, serve_below):
    """Where a site with three channels is served."""
    made = Base(tmp_path / "kb")
    others = {name: text for name, text in ARTICLES.items() if not name.startswith("contact/")}
    made.write(
        {
            **others,
            "contact/a-chat.md": CHAT,
            "contact/b-phone.md": PHONE,
            "contact/c-email.md": MAIL,
        }
    )
    made.build()
    return serve_below(made.site)


def visit(address, time, zone, *steps):
    """A page at a time, in a place."""
    return {
        "url": f"{address}orders/damaged.html",
        "time": time,
        "zone": zone,
        "steps": [["evaluate", NAMES], ["evaluate", SAID], *steps],
    }


def test_a_span_ends_where_clocks_leave_its_end_out(see, tmp_path, serve_below):
    """Two o'clock is three on that night in Berlin: one in London, not midnight."""
    made = Base(tmp_path / "kb")
    made.write({"chat.md": CHAT.replace("Mon-Fri 9:00-18:00", "daily 20:00-2:00"), "a.md": "# A\n"})
    made.build()
    page = serve_below(made.site) + "a.html"
    night = {"time": "2026-03-28T23:31:00Z", "zone": "Etc/UTC"}
    [seen] = see({"url": page, **night, "steps": [["evaluate", SAID]]})
    said = seen["results"][0]["chat"].replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert said == "Open now, until Sunday 1:00 AM your time"


@pytest.mark.parametrize(
    ("place", "order", "said"),
    [
        (  # Monday noon in Berlin, six in the morning in New York
            ("2026-11-30T11:00:00Z", "Europe/London"), ["chat", "email", "phone"],
            {"chat": "Open now, until 5:00 PM your time", "phone": "Closed now, opens 1:00 PM your time"},
        ),
        (  # Friday evening in Berlin
            ("2026-12-04T18:00:00Z", "UTC"), ["email", "chat", "phone"],
            {"chat": "Closed now, opens Monday 8:00 AM your time", "phone": "Closed now, opens Sunday 5:00 AM your time"},
        ),
        (  # Sunday; clocks went back in New York on this day
            ("2026-11-01T12:00:00Z", "America/New_York"), ["phone", "email", "chat"],
            {"chat": "Closed now, opens Monday 3:00 AM your time", "phone": "Open now, until Monday 12:00 AM your time"},
        ),
        (  # the Saturday before clocks go forward in Berlin
            ("2026-03-28T12:00:00Z", "Europe/Berlin"), ["email", "chat", "phone"],
            {"chat": "Closed now, opens Monday 9:00 AM your time", "phone": "Closed now, opens Sunday 6:00 AM your time"},
        ),
    ],
)  # fmt: skip
def test_who_is_there_comes_first(see, address, place, order, said):
    """In the reader's own time, over changes of the clocks too; one without hours stays before
    those that are closed.
    """
    [seen] = see(visit(address, *place, ["axe"]))
    names, shown, violations = seen["results"]
    assert names == order
    plain = {name: text.replace("\N{NARROW NO-BREAK SPACE}", " ") for name, text in shown.items()}
    assert plain == {**said, "email": ""}
    assert violations == []
    assert seen["errors"] == seen["console"] == []


def test_buttons_lead_to_people(see, address):
    """The first of the first channel is the primary one; a number is dialled without its signs."""
    links = "[...document.querySelectorAll('.way')].map((a) => [a.textContent, a.href])"
    [seen] = see(visit(address, "2026-11-30T11:00:00Z", "UTC", ["evaluate", links]))
    assert seen["results"][-1] == [
        ["Start a chat", "https://shop.example.com/chat"],
        ["Write an email", "mailto:help@example.com"],
        ["Call +1 (800) 555-0100", "tel:+18005550100"],
    ]


def test_an_email_begins_with_what_is_known(see, address):
    """The message, the page and what was searched; only on the click, and only for that."""
    begun = (
        "new Promise((done) => { const a = document.querySelector('[data-reach=email]');"
        " document.addEventListener('click', (event) => { event.preventDefault();"
        " const href = a.href; setTimeout(() => done([href, a.href]), 50); });"
        " a.click(); })"
    )
    page = {
        "url": f"{address}search/index.html?q=rough+delivery",
        "steps": [
            ["until", "document.querySelector('#KB-results a')"],
            ["click", "#KB-results a"],
            ["until", "document.querySelector('article')"],
            ["click", "details.message > summary"],
            ["fill", "#KB-message", "What happened: it's late & lost\nüber 100 %"],
            ["evaluate", begun],
        ],
    }
    [seen] = see(page)
    during, after = seen["results"][-1]
    assert after == "mailto:help@example.com"
    found = parse_qs(urlsplit(during).query)
    assert found["subject"][0].startswith("A parcel is damaged")
    message, page, searched = (
        found["body"][0].split("\r\n")[:2],
        *found["body"][0].split("\r\n")[-2:],
    )
    assert message == ["What happened: it's late & lost", "über 100 %"]
    assert page.startswith(f"Page: {address}orders/")
    assert searched == "Searched for: rough delivery"


def test_a_long_message_is_cut_for_the_mail_program(see, address):
    """At a whole sign; what follows it stays."""
    begun = (
        "new Promise((done) => { const a = document.querySelector('[data-reach=email]');"
        " document.addEventListener('click', (event) => { event.preventDefault(); done(a.href); });"
        " a.click(); })"
    )
    [seen] = see(
        {
            "url": f"{address}orders/damaged.html",
            "steps": [
                ["click", "details.message > summary"],
                ["fill", "#KB-message", "ü🙂" * 900],
                ["evaluate", begun],
            ],
        }
    )
    [address_] = [result for result in seen["results"] if isinstance(result, str)]
    assert len(address_) < 2000
    body = parse_qs(urlsplit(address_).query)["body"][0]
    assert body.startswith("ü🙂ü🙂")
    assert "\N{REPLACEMENT CHARACTER}" not in body
    assert "Page: " in body


@pytest.fixture
def endpoint():
    """An address on another origin, and what was sent to it."""
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            got.append((body, self.headers["Content-Type"], self.headers.get("Referer")))
            self.send_response(204)
            self.end_headers()

        def do_OPTIONS(self):
            got.append("asked before")
            self.send_error(405)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/in", got
    server.shutdown()
    server.server_close()


ASKED = "document.querySelector('.feedback').innerText.replace(/\\s+/g, ' ').trim()"


def test_an_answer_is_sent_once(browse_feedback, endpoint):
    """By keyboard, as a form would; thanks are said and focused, and not asked for again."""
    _, got = endpoint
    [seen] = browse_feedback(
        ["axe"],
        ["focus", ".answer[data-answer=no]"],
        ["press", "Enter"],
        ["until", "document.querySelector('.feedback [role=status]').textContent"],
        ["evaluate", ASKED],
        ["evaluate", "document.activeElement.getAttribute('role')"],
        ["axe"],
        ["goto", ...],
        ["until", "document.querySelector('.feedback [role=status]')?.textContent"],
        ["evaluate", ASKED],
    )
    before, said, focused, after, again = seen["results"]
    assert said == again == "Was this helpful? Thank you. Still need help?"
    assert focused == "status"
    assert before == after == []
    form = "application/x-www-form-urlencoded;charset=UTF-8"
    assert got == [("article=orders%2Fdamaged&answer=no", form, None)]


def test_an_answer_that_does_not_arrive_can_be_given_again(browse_feedback, endpoint):
    """It is said, and the buttons stay."""
    _, got = endpoint
    [seen] = browse_feedback(
        ["faults", [["/in$", "blocked"]]],
        ["click", ".answer[data-answer=yes]"],
        ["until", "document.querySelector('.feedback [role=status]').textContent"],
        ["evaluate", ASKED],
        ["faults", []],
        ["click", ".answer[data-answer=yes]"],
        ["until", "document.querySelector('.feedback [role=status]').textContent === 'Thank you.'"],
    )
    assert seen["results"] == ["Was this helpful? Yes No Your answer could not be sent. Try again."]
    assert [body for body, *_ in got] == ["article=orders%2Fdamaged&answer=yes"]


@pytest.fixture
def browse_feedback(tmp_path, serve_below, see_all, endpoint):
    """Visit an article that asks whether it helped."""
    made = Base(tmp_path / "kb")
    made.write(ARTICLES)
    made.settings(f'[site]\nfeedback_endpoint = "{endpoint[0]}"\n')
    made.build()
    address = serve_below(made.site)
    url = f"{address}orders/damaged.html"

    def visit(*steps):
        given = [["goto", url] if step == ["goto", ...] else step for step in steps]
        return see_all({"url": url, "steps": given})

    return visit


MESSAGE = "document.querySelector('textarea').value.split('\\n')"
TICKED = "[...document.querySelectorAll('.actions input, .checklist input')].map(({ checked }) => checked)"


def test_what_was_tried_and_is_at_hand_flows_into_the_message(see, tmp_path, serve_below):
    """Ticks, the button of a step, and answers; both ways, and over a reload."""
    made = Base(tmp_path / "kb")
    made.write(
        {
            **ARTICLES,
            "orders/late.md": ARTICLES["orders/late.md"].replace(
                "https://post.example.com/track", "damaged.md"
            ),
        }
    )
    made.settings('[contact]\nfields = ["Customer"]\n')
    made.build()
    page = serve_below(made.site) + "orders/late.html"
    [seen] = see(
        {
            "url": page,
            "steps": [
                ["evaluate", MESSAGE],
                ["click", ".actions li:nth-child(2) input"],
                ["click", ".checklist li:nth-child(2) input"],
                ["evaluate", MESSAGE],
                ["click", ".actions .button"],
                ["until", "location.pathname.endsWith('damaged.html')"],
                ["goto", page],
                ["fill", "#KB-field-3", "12-34"],
                ["fill", "#KB-field-5", "Ask in chat"],
                ["evaluate", MESSAGE],
                ["evaluate", TICKED],
                ["click", ".checklist li:nth-child(2) input"],
                ["click", ".actions li:nth-child(2) input"],
                ["evaluate", MESSAGE],
                ["axe"],
            ],
        }
    )
    first, ticked, answered, boxes, unticked, violations = seen["results"]
    ends = ["What I want: [what would solve it for you]"]
    starts = [
        "What happened: [what is wrong, in a sentence or two]",
        "When: [date and time]",
        "Customer: […]",
    ]
    hint = "What I tried: [the steps that did not help]"
    assert first == [*starts, "The order number: […]", "The date: […]", hint, *ends]
    assert ticked == [
        *starts,
        "The order number: […]",
        "The date: at hand",
        "What I tried: Ask in chat",
        *ends,
    ]
    assert answered == [
        *starts,
        "The order number: 12-34",
        "The date: at hand",
        "What I tried: Ask in chat",
        *ends,
    ]
    assert boxes == [False, True, True, True]
    assert unticked == [*starts, "The order number: 12-34", "The date: […]", hint, *ends]
    assert violations == []


def test_a_button_of_a_step_ticks_it(see, tmp_path, serve_below):
    """Who comes back finds it in the message."""
    made = Base(tmp_path / "kb")
    made.write(
        {
            **ARTICLES,
            "orders/late.md": ARTICLES["orders/late.md"].replace(
                "https://post.example.com/track", "damaged.md"
            ),
        }
    )
    made.build()
    page = serve_below(made.site) + "orders/late.html"
    steps = [["click", ".actions .button"], ["until", "location.pathname.endsWith('damaged.html')"],
             ["goto", page], ["evaluate", MESSAGE], ["evaluate", TICKED]]  # fmt: skip
    [seen] = see({"url": page, "steps": steps})
    assert "What I tried: Track it" in seen["results"][0]
    assert seen["results"][1] == [True, False, False, False]


def test_a_chat_is_handed_what_was_written(browse, address):
    """It is copied, and said; a call shows it."""
    walked = browse(
        {
            "walks": [
                {
                    "url": f"{address}orders/damaged.html",
                    "steps": [
                        [
                            "evaluate",
                            "addEventListener('click', (event) => event.target.closest('.way') && event.preventDefault())",
                        ],
                        ["click", "[data-reach=open]"],
                        ["evaluate", "document.querySelectorAll('.ways [role=status]').length"],
                        ["click", ".message summary"],
                        ["fill", "#KB-field-0", "It broke"],
                        ["click", ".message summary"],
                        ["click", "[data-reach=open]"],
                        ["wait", 100],
                        ["evaluate", "navigator.clipboard.readText()"],
                        ["evaluate", "document.querySelector('.ways [role=status]').textContent"],
                        ["click", "[data-reach=call]"],
                        ["evaluate", "document.querySelector('.message').open"],
                    ],
                }
            ]
        }
    )["walks"][0]
    unsaid, copied, said, opened = [result for result in walked if result is not None]
    assert unsaid == 0
    assert copied.startswith("What happened: It broke\nWhen: [")
    assert said == "Your message is copied: paste it there."
    assert opened is True


def test_a_problem_that_is_chosen_puts_its_channel_first(see, tmp_path, serve_below):
    """By keyboard: its article is shown, its channel is first and said to be best, the message begins."""
    made = Base(tmp_path / "kb")
    phone = "---\ntier: contact\nchannel: {name: phone}\n---\n# Phone\n"
    lost = "---\nissue: [nothing came, gone]\nescalate: [phone, chat]\n---\n# Lost\n"
    paid = "---\nissue: [paid twice]\n---\n# Paid\n"
    made.write({**ARTICLES, "contact/phone.md": phone, "orders/lost.md": lost, "pay/paid.md": paid})
    made.build()
    shown = "[...document.querySelectorAll('.problems .solves a')].filter((a) => a.checkVisibility()).map((a) => a.textContent)"
    intro = "document.querySelector('.help > p').textContent"
    first = "document.querySelector('textarea').value.split('\\n')[0]"
    state = [["evaluate", one] for one in (shown, NAMES, intro, first)]
    steps = [
        *state, ["focus", ".problems summary"], ["press", "Enter", "Tab", "Space", *["ArrowDown"] * 3], *state,
        ["click", "[value='parcel never arrived']"], *state, ["axe"],
        ["fill", "#KB-field-0", "My own words"], ["click", "[value=gone]"], ["evaluate", first],
    ]  # fmt: skip
    page = serve_below(made.site) + "contact-us/index.html"
    [seen] = see({"url": page, "steps": [*steps[:-3], ["click", ".message summary"], *steps[-3:]]})
    before, chosen, other = (seen["results"][at : at + 4] for at in (0, 4, 8))
    person = "A person can take it from here."
    best = f"{person} The first way suits this problem best."
    assert before == [
        [],
        ["chat", "phone"],
        person,
        "What happened: [what is wrong, in a sentence or two]",
    ]
    assert chosen == [["Lost"], ["phone", "chat"], best, "What happened: gone"]
    assert other == [
        ["Your parcel is late"],
        ["chat", "phone"],
        best,
        "What happened: parcel never arrived",
    ]
    assert seen["results"][12:] == [[], "What happened: My own words"]


def test_a_single_topic_of_problems_is_open(see, tmp_path, serve_below):
    """There is nothing to choose before its problems; several are closed."""
    made = Base(tmp_path / "kb")
    problem = "---\nissue: [nothing came]\n---\n# Lost\n"
    made.write({"chat.md": CHAT, "orders/lost.md": problem})
    made.build()
    page = serve_below(made.site) + "contact-us/index.html"
    opened = "[...document.querySelectorAll('.problems details')].map(({ open }) => open)"
    [one] = see({"url": page, "steps": [["evaluate", opened]]})
    made.write({"money/paid.md": problem.replace("came", "went")})
    made.build()
    [two] = see({"url": page, "steps": [["evaluate", opened]]})
    assert [one["results"], two["results"]] == [[[True]], [[False, False]]]


def test_buttons_are_addresses_on_paper(see, address):
    """Dark on white whatever is printed of backgrounds; what only a screen can do is left out."""
    after = (
        "[...document.querySelectorAll('.way')].map((one) =>"
        " [getComputedStyle(one, '::after').content, getComputedStyle(one).color, getComputedStyle(one).backgroundColor])"
    )
    gone = "['.message', '.site-header', '.problems', '.feedback'].filter((one) => document.querySelector(one)?.checkVisibility())"
    steps = [["media", "print"], ["evaluate", after], ["evaluate", gone]]
    [seen] = see(
        {"url": f"{address}contact-us/index.html", "time": "2026-11-30T11:00:00Z", "steps": steps}
    )
    shown, left = seen["results"]
    assert [content.strip('"') for content, *_ in shown] == [
        " (https://shop.example.com/chat)", " (mailto:help@example.com)", "none",
    ]  # fmt: skip
    assert {tuple(colors) for _, *colors in shown} == {("rgb(0, 0, 0)", "rgba(0, 0, 0, 0)")}
    assert left == []
