"""What docsify writes otherwise than all others, as they do.

`?> text` and `!> text` begin a paragraph that is a callout: they become quotes that begin with the
name of one. `:id=name` behind a heading is `{#name}`; the size of a picture, which is written in
its title, is `{width=300}`. Between the comments `tabs:start` and `tabs:end` each heading begins a
tab. In code nothing is changed.
"""

from __future__ import annotations

import re

_LINE = re.compile(
    r"(?P<fence>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(?P<signs>`{3,}|~{3,}))"
    r"|(?P<note> {0,3}[?!]>)[ \t]?"
    r"|(?P<heading> {0,3}#{1,6}[ \t])"
    r"|(?P<tabs>[ \t]*<!--[ \t]*tabs:(?P<which>start|end)[ \t]*-->[ \t]*\Z)"
)
_NAMED = re.compile(r"[ \t]+:id=([A-Za-z0-9_][\w:.-]{0,100})[ \t]*\Z")
_IGNORED = re.compile(r"[ \t]*\{docsify-ignore(?:-all)?\}")
_PICTURE = re.compile(
    r"(!\[[^\[\]\n]{0,300}\]\([^()\s]{1,1000})[ \t]{1,9}([\"'])(:[^\"'\n]{0,200})\2\)"
)
_SIZE = re.compile(r":size=(\d{1,5})(?:px)?(?:x(\d{1,5}))?(?![\w%])")
_BOLD = re.compile(r"( {0,3}#{1,6}[ \t]+)\*\*([^*\n]{1,200})\*\*[ \t]*\Z")
_SIGNS = ("?>", "!>", ":id=", "docsify-ignore", "tabs:start", "':", '":')
_CALLOUTS = {"?": "> **Tip:** ", "!": "> **Important:** "}


def as_others_write(body: str) -> str:
    """A text whose callouts, headings, pictures and tabs are written so; it has as many lines as
    before.
    """
    if not any(sign in body for sign in _SIGNS):
        return body
    reader = _Reader()
    return "\n".join([reader.read(line) for line in body.split("\n")])


class _Reader:
    """Reads the lines of one article, one after the other."""

    def __init__(self) -> None:
        self._fence = ""
        self._has_tabs = False
        self._is_words = False  # the line before belongs to a paragraph

    def read(self, line: str) -> str:
        """A line as others write it."""
        found = _LINE.match(line)
        signs = found["signs"] if found else None
        if self._fence:
            if signs and signs.startswith(self._fence) and not line.strip(" \t>`~"):
                self._fence = ""
            return line
        self._fence = signs or ""
        after_words, self._is_words = self._is_words, bool(line.strip())
        if found is None or found["note"]:
            return self._words(line, found if not after_words else None)
        if found["heading"] or found["tabs"]:
            self._is_words = False
        if found["tabs"]:
            self._has_tabs = found["which"] == "start"
            return "::: {.panel-tabset}" if self._has_tabs else ":::"
        return self._heading(line) if found["heading"] else line

    def _words(self, line: str, note: re.Match[str] | None) -> str:
        if note is not None:
            line = _CALLOUTS[note["note"].strip()[0]] + line[note.end() :]
        return _PICTURE.sub(_sized, line) if "![" in line else line

    def _heading(self, line: str) -> str:
        line = _NAMED.sub(r" {#\1}", _IGNORED.sub("", line))
        return _BOLD.sub(r"\1\2", line) if self._has_tabs else line


def _sized(found: re.Match[str]) -> str:
    size = _SIZE.search(found[3])
    if size is None:
        return f"{found[1]})"
    height = f" height={size[2]}" if size[2] else ""
    return f"{found[1]}){{width={size[1]}{height}}}"
