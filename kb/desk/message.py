"""A customer's message as it was pasted, and what of it the customer wrote about the problem.

A mail is parsed by the standard library; HTML becomes lines. Then, line by line, quoted replies,
the header lines that clients put before them, signatures, disclaimers and greetings are left out.
Each rule looks at one line, or at two, with patterns that take time in proportion to it: a message
of any length is read in one pass.

Rules exist for messages in English, German, French, Spanish, Italian, Portuguese and Dutch. What
none of them knows stays: a courtesy too many costs less than a problem lost.
"""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from kb.text.characters import compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST = 200_000
"""Characters of a message that are read."""

LONGEST_LINE = 2_000
"""Characters of a line that rules look at: longer ones are never a greeting or a header."""


class Message(NamedTuple):
    """A message, read. `paragraphs` are the customer's own, one line each, in order; `subject`
    is the mail's, without `Re:`; `sender` is the name that the customer signs with, as far as that
    is sure; `attachments` counts the files of a mail; `cut` says that it was longer than LONGEST.
    """

    subject: str
    paragraphs: tuple[str, ...]
    sender: str = ""
    attachments: int = 0
    cut: bool = False

    @property
    def first_name(self) -> str:
        """How to greet the customer; empty where that is not known."""
        return self.sender.partition(" ")[0]

    @property
    def text(self) -> str:
        """Subject and paragraphs, one a line."""
        return "\n".join(filter(None, (self.subject, *self.paragraphs)))


def read_message(raw: str | bytes) -> Message:
    """What a customer wrote. Any text or bytes are a message; what is no UTF-8 is replaced."""
    text = raw.decode("utf-8-sig", "replace") if isinstance(raw, bytes) else raw
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace")
    cut = len(text) > LONGEST
    subject, sender, attachments = "", "", 0
    if _is_mail(text):
        subject, sender, body, attachments = _read_mail(data)
        text = body if body.strip() or subject else text
    text = _tidy(text[:LONGEST])
    own, signature, quoted_subject = _own_lines(text.split("\n"))
    subject = _without_reply(subject or quoted_subject)
    name = _signed(signature) or _name(sender or _pasted_sender(text))
    return Message(subject, tuple(_paragraphs(own)), name, attachments, cut)


_MAIL_HEADERS = frozenset(
    """
    from to subject date received return-path message-id mime-version content-type cc reply-to
    delivered-to in-reply-to references sender x-mailer user-agent dkim-signature
    """.split()  # noqa: SIM905  # read more easily than a list
)
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40}):(?: |\t|$)")
_MIN_HEADERS = 2


def _is_mail(text: str) -> bool:
    """Whether a text begins with the headers of a mail."""
    names: list[str] = []
    for line in text.lstrip("\ufeff\r\n")[: 16 * LONGEST_LINE].splitlines():
        if line[:1] in (" ", "\t") and names:
            continue
        match = _HEADER_LINE.match(line)
        if match is None:
            break
        names.append(match[1].lower())
    return len(_MAIL_HEADERS.intersection(names)) >= _MIN_HEADERS and bool(
        {"from", "subject", "received", "message-id"} & set(names)
    )


def _pasted_sender(text: str) -> str:
    """Who a message is from by header lines that a client showed, at its top; else nobody."""
    found = re.match(r"\s*(?:From|Von|De|Da|Van):[ *]*([^\n<]{1,100})", text)
    return found[1].strip() if found else ""


def _read_mail(data: bytes) -> tuple[str, str, str, int]:
    """Subject, sender's name, text and number of attachments of a mail."""
    try:
        mail = message_from_bytes(data.lstrip(b"\xef\xbb\xbf\r\n"), policy=policy.default)
        body = mail.get_body(("plain", "html"))
        text = _content_of(body) if isinstance(body, EmailMessage) else ""
        html = mail.get_body(("html",)) if not text.strip() else None
        if isinstance(html, EmailMessage):
            text = _content_of(html)
        senders = getattr(mail["from"], "addresses", ())
        sender = senders[0].display_name if senders else ""
        return str(mail["subject"] or ""), sender, text, sum(1 for _ in mail.iter_attachments())
    except (MessageError, LookupError, ValueError, AttributeError, TypeError, KeyError):
        # The parser stumbles over some malformed headers; then all below the first blank line.
        head, _, body_text = data.decode("utf-8", "replace").replace("\r\n", "\n").partition("\n\n")
        found = re.search(r"(?im)^subject:(.*)$", head)
        return found[1].strip() if found else "", "", body_text, 0


def _content_of(part: EmailMessage) -> str:
    """The text of a part, whatever its charset is called."""
    try:
        text = part.get_content()
    except (LookupError, UnicodeError, KeyError):
        payload = part.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return text if isinstance(text, str) else ""


def _tidy(text: str) -> str:
    """The text of a pasted message: HTML as lines, one kind of line end, nothing invisible."""
    text = text.encode("utf-8", "replace").decode()
    if _HTML.search(text):
        text = _text_of_html(text)
    text = compose(text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    return _INVISIBLE.sub("", text.replace("\u00a0", " ").replace("\t", " "))


_HTML = re.compile(
    r"<(?:html|body|div|p|br|table|span|blockquote)(?:\s[^<>]{0,400})?/?>", re.IGNORECASE
)
_INVISIBLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)

_BLOCKS = frozenset("p div br li tr ul ol table h1 h2 h3 h4 h5 h6 hr pre section article".split())  # noqa: SIM905  # read more easily than a list
_UNSEEN = frozenset("script style head title template svg noscript".split())  # noqa: SIM905  # read more easily than a list
_VOID = frozenset("br hr img meta link input area base col embed source track wbr".split())  # noqa: SIM905  # read more easily than a list
_QUOTES = re.compile(
    r"gmail_quote|yahoo_quoted|moz-cite-prefix|divrplyfwdmsg|appendonsend|protonmail_quote",
    re.IGNORECASE,
)


class _Lines(HTMLParser):
    """The text that a reader of HTML sees, but for what it quotes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line; leave out all within what is not seen or was written before."""
        if self._skipped:
            if tag not in _VOID:
                self._skipped.append(tag)
            return
        marks = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        hidden = any(
            name == "hidden" or (name == "style" and _hides(value)) for name, value in attrs
        )
        if tag not in _VOID and (
            tag in _UNSEEN or tag == "blockquote" or hidden or _QUOTES.search(marks)
        ):
            self._skipped.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")

    def handle_endtag(self, tag: str) -> None:
        """End what was left out, or a line."""
        if self._skipped:
            if tag in self._skipped:
                while self._skipped.pop() != tag:
                    pass
        elif tag in _BLOCKS:
            self.parts.append("\n\n" if tag == "p" else "\n")

    def handle_data(self, data: str) -> None:
        """Take text."""
        if not self._skipped:
            self.parts.append(re.sub(r"\s+", " ", data))


def _hides(style: str | None) -> bool:
    plain = re.sub(r"\s", "", (style or "").lower())
    return bool(re.search(r"display:none|visibility:hidden|font-size:0(?![.\d]*[1-9])", plain))


def _text_of_html(html: str) -> str:
    parser = _Lines()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


_ADDRESS = r"[^\s<>@]{1,64}@[^\s<>@]{1,255}"
_WROTE = re.compile(
    r"^(?=.{0,300}[\d@<])(?:on|am|le|el|il|em|op|den|dne|w dniu)\b.{4,300}"
    r"\b(?:wrote|schrieb|a écrit|escribió|"
    r"ha scritto|escreveu|schreef|geschreven|skrev|napsal|napisał)\b.{0,120}:$",
    re.IGNORECASE,
)
"""The line that clients put before what they quote; it may be two."""

_WROTE_TOO = re.compile(rf"^.{{0,120}}<{_ADDRESS}>.{{0,40}}:$")
_SEPARATOR = re.compile(
    r"^(?:[-_=*]{3,} ?(?:original message|forwarded message|ursprüngliche nachricht|"
    r"original-?nachricht|weitergeleitete nachricht|message (?:d'origine|transféré)|"
    r"mensaje (?:original|reenviado)|messaggio (?:originale|inoltrato)|mensagem original|"
    r"oorspronkelijk bericht|doorgestuurd bericht) ?[-_=*]{3,}|_{20,}|"
    r"(?:begin forwarded message|anfang der weitergeleiteten (?:e-?mail|nachricht)|"
    r"début du message réexpédié|inicio del mensaje reenviado):)$",
    re.IGNORECASE,
)
_QUOTED_HEADER = re.compile(
    r"^\W{0,3}(from|von|de|da|van|sent|gesendet|envoyé|enviado|inviato|verzonden|date|datum|fecha|"
    r"data|to|an|à|para|a|aan|cc|kopie|subject|betreff|objet|asunto|oggetto|assunto|onderwerp|"
    r"reply-to|antwort an)\W{0,2}:\W{0,2}(?=\s|$)(.{0,400})$",
    re.IGNORECASE,
)
_SUBJECTS = frozenset("subject betreff objet asunto oggetto assunto onderwerp".split())  # noqa: SIM905  # read more easily than a list

_SENT_FROM = re.compile(
    r"^(?:sent (?:from|via|with) (?:my |the )?\S|get outlook for|"
    r"gesendet (?:von|mit) (?:meinem |meiner )?\S|"
    r"von meine[mr] \S+.{0,30} gesendet|diese nachricht wurde von meinem|envoyé (?:de|depuis) mon|"
    r"enviado desde mi|inviato da(?:l mio)?|enviado do meu|verzonden (?:vanaf|met) mijn|"
    r"verstuurd vanaf)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:(?:with )?(?:best|kind|warm|many|my|warmest|kindest|friendly)?(?: |-)?regards|"
    r"(?:all )?the best|"
    r"best(?: wishes)?|(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|yours|cheers|"
    r"(?:many |kind )?thanks(?: (?:a lot|so much|again|in advance|and (?:best |kind )?regards|"
    r"for your (?:help|time|support)))?|"
    r"thank you(?: (?:very much|so much|again|in advance|for your (?:help|time|support)))?|"
    r"thx|ty|br|mfg|lg|vg|"
    r"(?:mit |viele[nr]? |beste |liebe |freundliche |herzliche |schöne |sonnige )*"
    r"(?:freundliche[nm] |besten |lieben |herzlichen |vielen )?"
    r"(?:grü(?:ß|ss)en?|gruß|gruss|gruessen?)"
    r"(?: aus \w+)?|hochachtungsvoll|(?:vielen |besten |herzlichen |lieben )?dank"
    r"(?: im voraus| und (?:viele |beste |liebe )?grüße| für (?:ihre|die) hilfe)?|"
    r"danke(?: im voraus)?|"
    r"(?:bien )?cordialement|(?:meilleures )?salutations|merci(?: d'avance| beaucoup)?|bien à vous|"
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|"
    r"(?:muchas )?gracias(?: de antemano)?|"
    r"(?:cordiali |distinti )?saluti|grazie(?: mille)?|atenciosamente|obrigad[oa]|"
    r"met vriendelijke groet(?:en)?|groet(?:en|jes)?|bedankt|alvast bedankt)"
    r"(?: (?:and|und|et|y) .{1,40})?[\s,.!;:)-]*$",
    re.IGNORECASE,
)
"""A line that ends a message, and nothing else. What follows it is how the customer signs."""

_CLOSED_BY_NAME = re.compile(
    r"^(?:(?:best|kind|warm) regards|regards|cheers|sincerely|mit freundlichen grüßen|viele grüße|"
    r"liebe grüße|beste grüße|vielen dank|gruß|lg|vg|mfg|cordialement|saludos)[,.!]? "
    r"((?:[A-ZÄÖÜÀ-Þ][\w.'’-]*\s?){1,3})$",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|greetings|good (?:morning|afternoon|evening|day)|"
    r"to whom it may concern|"
    r"hallo|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|moin(?: moin)?|servus|grüezi|"
    r"grüß gott|bonjour|bonsoir|salut|cher|chère|madame|monsieur|hola|"
    r"estimad[oa]s?|buen(?:os|as) \w+|"
    r"buongiorno|buonasera|ciao|gentile|salve|olá|ola|bom dia|boa tarde|prezad[oa]s?|beste|geachte|"
    r"goede(?:n|morgen|middag)|goedendag)\b(?P<rest>[^.?!:;,–—\n]{0,60}?)(?:[,!.;:–—]+|\s-|$)\s*",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"^\W*(?:(?:this|the|diese|die) (?:e-?mail|message|communication|nachricht|information)\b"
    r".{0,120}\b"
    r"(?:confidential|privileged|intended|vertraulich|bestimmt)|"
    r"(?:confidentiality|legal|privacy) (?:notice|note)|disclaimer\b|vertraulichkeitshinweis|"
    r"caution: |external (?:e-?mail|sender)|\[?external\]?$|"
    r"(?:please )?(?:consider|think of) the environment before|"
    r"bitte (?:denken|prüfen) sie .{0,40}\b(?:umwelt|drucken|ausdrucken)|"
    r"if you (?:are not|have received) .{0,60}\b(?:recipient|error|mistake)|"
    r"sollten sie .{0,60}\b(?:irrtümlich|empfänger)|ce (?:message|courriel) .{0,80}\bconfidentiel|"
    r"you (?:are receiving|received) this (?:e-?mail|message) because|"
    r"(?:to )?unsubscribe\b|virus-?free|virenfrei)",
    re.IGNORECASE,
)
_POSTSCRIPT = re.compile(r"^p\.? ?p?\.?s\.? ?[:.)-]? *(?=\S)|^(?:ps|nb) *[:.] *", re.IGNORECASE)
_REPLY_MARK = re.compile(
    r"^(?:\s*(?:re|aw|fw|fwd|wg|rv|tr|sv|antw|betreff|subject)\s*(?:\[\d+\])?\s*:|"
    r"\s*\[[^\]]{1,40}\])+\s*",
    re.IGNORECASE,
)

_SIGNED_LINES = 8
"""Lines after a closing that are read for a name."""
_NAME_WORDS = 3
_FEW_WORDS = 3
"""Words of one's own that are too few for a message: `FYI`, `see below`."""


def _own_lines(lines: Sequence[str]) -> tuple[list[str], list[str], str]:
    """The lines that are the customer's own, those of the signature, and a subject that was pasted
    with them. Where nothing else was written, what is quoted is what the message is about.
    """
    lines, subject = _without_head([line.strip() for line in lines])
    own, quoted = _without_quotes(lines)
    body, signature = _without_signature(own)
    if len(" ".join(body).split()) < _FEW_WORDS and quoted:
        inner, inner_subject = _without_head([re.sub(r"^(?:> ?)+", "", q) for q in quoted])
        inner_own, _ = _without_quotes(inner)
        inner_body, signature = _without_signature(inner_own)
        body, subject = [*body, "", *inner_body], subject or inner_subject
    return body, signature, subject


def _without_head(lines: list[str]) -> tuple[list[str], str]:
    """The lines below a client's header lines (`From:`, `Betreff:`) at the top, and the subject."""
    at = next((i for i, line in enumerate(lines) if line), len(lines))
    if at < len(lines) and _SEPARATOR.match(lines[at][:LONGEST_LINE]):
        at += 1
        at += next((i for i, line in enumerate(lines[at:]) if line), 0)
    end, subject = at, ""
    while end < len(lines) and (match := _QUOTED_HEADER.match(lines[end][:LONGEST_LINE])):
        if match[1].lower() in _SUBJECTS:
            subject = match[2].strip(" *")
        end += 1
    return (lines[end:], subject) if end - at >= _MIN_HEADERS or subject else (lines, "")


def _without_quotes(lines: list[str]) -> tuple[list[str], list[str]]:
    """Own lines, and those that were quoted or forwarded."""
    own: list[str] = []
    quoted: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at][:LONGEST_LINE]
        if line.startswith(">"):
            quoted.append(lines[at])
            at += 1
            continue
        length = _attribution(lines, at)
        if length or _begins_quote(lines, at):
            rest = lines[at + max(length, 1) :] if length else lines[at:]
            follows = next((each for each in rest if each), "")
            if not length or not follows.startswith(">"):
                return own, [*quoted, *rest]  # all below it was written before
            at += length
            continue
        own.append(lines[at])
        at += 1
    return own, quoted


def _attribution(lines: Sequence[str], at: int) -> int:
    """How many lines say that what follows was written by somebody: 0, 1 or 2."""
    for length in (1, 2, 3):
        text = " ".join(line[:LONGEST_LINE] for line in lines[at : at + length])
        if len(text) < 600 and (_WROTE.match(text) or (length == 1 and _WROTE_TOO.match(text))):  # noqa: PLR2004  # none is longer
            return length
        if not lines[at]:
            return 0
    return 0


def _begins_quote(lines: Sequence[str], at: int) -> bool:
    """Whether a separator, or a client's header lines, begin here."""
    if _SEPARATOR.match(lines[at][:LONGEST_LINE]):
        return True
    pair = lines[at : at + _MIN_HEADERS]
    found = [_QUOTED_HEADER.match(line[:LONGEST_LINE]) for line in pair]
    return len(pair) == _MIN_HEADERS and all(found)


def _without_signature(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """The lines without how they end, and the lines of the signature; postscripts are kept."""
    end = next((i for i, line in enumerate(lines) if line in ("--", "—", "––")), len(lines))
    tail = list(lines[end + 1 :])
    kept, closing, told = list(lines[:end]), None, False
    for at in range(len(kept) - 1, -1, -1):
        line = kept[at][:LONGEST_LINE]
        if not told and (
            _CLOSING.match(line) or _CLOSED_BY_NAME.match(line) or _SENT_FROM.match(line)
        ):
            closing = at
        if _POSTSCRIPT.match(line) or _DISCLAIMER.match(line):
            told = False
        elif len(line.split()) > 9 or line.endswith("?"):  # noqa: PLR2004  # longer than an address
            told = True  # no signature: something is told below a closing
    if closing is None:
        return [line for line in kept if not _SENT_FROM.match(line[:LONGEST_LINE])], tail
    named = _CLOSED_BY_NAME.match(kept[closing][:LONGEST_LINE])
    signature = [*([named[1]] if named else []), *kept[closing + 1 :], *tail]
    return [*kept[:closing], "", *_postscript(signature)], signature


def _postscript(lines: Sequence[str]) -> Iterator[str]:
    """What comes after a signature as `P.S.`, up to a blank line."""
    taking = False
    for line in lines:
        if _POSTSCRIPT.match(line):
            taking = True
            yield ""
            yield _POSTSCRIPT.sub("P.S. ", line, count=1)
        elif not line:
            taking = False
        elif taking:
            yield line


def _paragraphs(lines: Iterable[str]) -> Iterator[str]:
    """The paragraphs, an item of a list each its own, without greetings and disclaimers."""
    block: list[str] = []
    at_top = True
    for line in [*lines, ""]:
        is_item = bool(_ITEM.match(line))
        if block and (not line or is_item):
            text = " ".join(block)
            block = []
            if at_top:
                text = _without_greeting(text)
            if text and not _DISCLAIMER.match(text[:LONGEST_LINE]):
                at_top = False
                yield text
        if line:
            block.append(line)
            if at_top and len(block) == 1 and not _without_greeting(line):
                block = []


_ITEM = re.compile(r"^(?:[-*•–·o] |\(?\d{1,2}[.)]\)? |\(?[a-h][.)] )")


def _without_greeting(text: str) -> str:
    """The text without `Hello Anna,` before it."""
    match = _GREETING.match(text[:LONGEST_LINE])
    if match is None or len(match["rest"].split()) > 6:  # noqa: PLR2004  # `Dear customer service team of Example`
        return text
    return _without_greeting(text[match.end() :].lstrip())


def _without_reply(subject: str) -> str:
    return " ".join(_REPLY_MARK.sub("", _INVISIBLE.sub("", subject)[:LONGEST_LINE]).split())


def _signed(lines: Sequence[str]) -> str:
    """The name that a signature gives: its first line, if that is nothing but one."""
    for line in [each for each in lines if each][:_SIGNED_LINES]:
        return _name(line)
    return ""


def _name(line: str) -> str:
    """A line that is a name; empty for what looks like none, as a company or a title."""
    line = re.sub(r"^i\. ?[AV]\.,? |<[^<>]*>$", "", line.strip())
    words = line.strip(" ,.-–—*_|\"'").split()
    if not 0 < len(words) <= _NAME_WORDS or not all(_NAME.fullmatch(word) for word in words):
        return ""
    if (
        any(word.casefold().rstrip(".") in _NO_NAMES for word in words)
        or len(words[0].rstrip(".")) == 1
    ):
        return ""
    return " ".join(words)


_NAME = re.compile(r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:[-'’][^\W\d_]+)*\.?")
_NO_NAMES = frozenset(
    """
    dr prof mr mrs ms herr frau the sent your ihr ihre customer kunde team support sales
    service ps ltd gmbh inc desk service kundenservice
    """.split()  # noqa: SIM905  # read more easily than a list
)
