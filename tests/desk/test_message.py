"""What is read of a message: the customer's own words about the problem, and nothing around them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.desk.message import LONGEST, read_message

MAIL = """\
From: Anna Smith <anna.smith@example.com>
To: support@shop.example
Subject: Re: [Ticket #4] Late package
Date: Mon, 2 Nov 2026 10:00:00 +0100
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hi there,

my package has not arrived. It=E2=80=99s two weeks late.

Thanks,
Anna Smith
Head of Purchasing

P.S. How do I delete my account?

On Mon, Nov 2, 2026 at 9:00 AM Support <support@shop.example>
wrote:
> Please restart the router.
"""

GERMAN = """\
Sehr geehrte Damen und Herren,

mein Paket ist nicht angekommen.
Was kann ich tun?

Mit freundlichen Grüßen
Jörg Müller
Musterstraße 12

Von meinem iPhone gesendet

Am 02.11.2026 um 10:15 schrieb Support <support@shop.example>:

Guten Tag, bitte senden Sie uns die Rechnung.
"""


def test_a_mail_is_its_subject_and_its_own_words():
    """Headers, greeting, signature and what is quoted are left out; a postscript is kept."""
    message = read_message(MAIL.encode())
    assert message.subject == "Late package"
    assert message.paragraphs == (
        "my package has not arrived. It’s two weeks late.",
        "P.S. How do I delete my account?",
    )
    assert message.sender == "Anna Smith"
    assert message.first_name == "Anna"


def test_a_german_message_without_headers():
    """The same by German rules."""
    message = read_message(GERMAN)
    assert message.paragraphs == ("mein Paket ist nicht angekommen. Was kann ich tun?",)
    assert message.sender == "Jörg Müller"


@pytest.mark.parametrize(
    "text",
    [
        "My printer jams.\n\n-----Original Message-----\nFrom: a@b.example\nthe router",
        "My printer jams.\n\nFrom: Support\nSent: Monday\nTo: Anna\nSubject: x\n\nthe router",
        "My printer jams.\n\nVon: Support\nGesendet: Montag\nAn: Anna\nBetreff: x\n\nthe router",
        "My printer jams.\n\nLe lun. 2 nov. 2026 à 10:15, Support <s@b.example> a écrit :\n\nthe router",
        "My printer jams.\n\nEl lun, 2 nov 2026, Support escribió:\n> the router",
        "My printer jams.\n________________________________\nFrom: Support\nthe router",
        "> the router\n\nMy printer jams.",
        "Hello,\n\nMy printer jams.\n\nBest regards, Anna",
        "Dear Sir or Madam,\nMy printer jams.\nYours faithfully\nA. Smith\nThe router company",
        "Hallo zusammen, My printer jams.\nVG\nAnna",
        "My printer jams.\n-- \nAnna\nthe router company",
        "My printer jams.\n\nSent from my iPhone",
        "My printer jams.\n\nThis e-mail and any attachments are confidential and for the router.",
        "Subject: AW: My printer jams.\nFrom: Anna\n\nHi,\n",
        "FYI\n\n---------- Forwarded message ---------\nFrom: Bob\nSubject: My printer jams.\n\nHi\n",
    ],
)
def test_what_stands_around_a_problem_is_left_out(text):
    """However mail programs and people write it."""
    text = read_message(text).text
    assert "My printer jams." in text
    assert "router" not in text
    assert "Anna" not in text


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, but it is still broken. How do I fix it?",
        "Best\nThe best thing would be to know why the light on my box blinks red all day long.",
        "On Monday I wrote:\nmy box is broken",
        "Two things:\n- the box\n- the lid",
        "From: the shop we got a box\nand it broke",
        "> nothing but a quotation of a box",
        "Hi",
    ],
)
def test_what_only_looks_so_is_kept(text):
    """A problem lost costs more than a courtesy too many."""
    kept = read_message(text).text
    words = {word.strip(",.?>-") for word in text.split()} - {"", "Hi", "Best"}
    assert words - {
        *kept.replace(",", "").replace("?", "").replace(".", "").replace(":", ":").split()
    } <= {">"}


def test_header_lines_of_a_client_tell_who_writes():
    """They are no problem, and an address in angle brackets is no HTML."""
    message = read_message(
        "Von: Petra Beispiel <p.beispiel@x.example>\nGesendet: Dienstag\nAn: Service\n"
        "Betreff: AW: Paket\n\nGuten Morgen,\n\nes ist nicht da.\n\nMit freundlichem Gruß\ni.A. P. B.\n"
    )
    assert (message.subject, message.paragraphs) == ("Paket", ("es ist nicht da.",))
    assert message.sender == "Petra Beispiel"


def test_html_is_read_as_a_reader_sees_it():
    """Lines and items; nothing hidden, and nothing quoted."""
    html = (
        "<html><head><style>p{color:red}</style></head><body><p>Hello,</p><p>My <b>re</b>fund is "
        "missing.<br>Please look.</p><ul><li>one</li><li>two</li></ul>"
        "<p style='display: none'>hidden</p><div class='gmail_quote'>On x wrote: "
        "<blockquote>router</blockquote></div><script>alert(1)</script></body></html>"
    )
    assert read_message(html).paragraphs == ("My refund is missing. Please look.", "- one", "- two")


def test_a_mail_of_parts():
    """Its text is taken, its attachments are counted; a wrong charset is no error."""
    mail = (
        "From: a@b.example\nSubject: =?utf-8?q?K=C3=BChlschrank?=\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=x\n\n"
        "--x\nContent-Type: text/plain; charset=klingon\n\nIt hums.\n"
        "--x\nContent-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\nabc\n--x--\n"
    )
    message = read_message(mail)
    assert (message.subject, message.paragraphs, message.attachments) == (
        "Kühlschrank",
        ("It hums.",),
        1,
    )


@given(st.one_of(st.text(), st.binary(), st.text("From: Subject\n\r >-<p/>=?:")))
def test_anything_is_a_message(raw):
    """No text and no bytes are an error; nothing invisible is left."""
    text = read_message(raw).text
    assert not any(ord(char) < 32 for char in text.replace("\n", ""))


@pytest.mark.parametrize(
    "piece",
    [
        "On ",
        "On a\n",
        "From: a\n",
        " \n",
        "> ",
        "<p>",
        "<",
        "Hi ",
        "Thanks\n",
        "a: b\n",
        "- a\n",
        "P.S. a\n",
    ],
)
def test_time_is_in_proportion(piece):
    """A message as long as may be takes no more than a few seconds, whatever it repeats."""
    start = time.process_time()
    message = read_message(piece * (LONGEST // len(piece) + 10))
    assert message.cut
    assert time.process_time() - start < 20
