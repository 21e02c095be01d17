"""Answers to a shell that completes a command line: `kb completion` prints the script that asks.

The script sets `_KB_COMPLETE` to the shell's name. bash gives the line up to the cursor and the
part of it that it will replace; zsh and fish give the words, the last of which is being typed.
The answer is a line for each offer: its kind, a tab, the text, and for zsh and fish a tab and what
it does. A `plain` one has a space after it, an `open` one has none; `dir` and `file` are for the
shell to find. `more` is what may follow an open one: it is offered when that stands there already,
else the shell would not close its quotes; but fish, which adds a space to whatever is alone, needs
it at once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from click.shell_completion import ShellComplete

from kb.cli.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import click

SHELLS = ("bash", "zsh", "fish")


def offers(app: click.Command, shell: str, args: Sequence[str]) -> Iterator[str]:
    """The lines that answer a shell."""
    quote, kept = "", ""
    if shell == "bash":
        line, replaced = args
        (_, *words), typed, _ = read_line(line)
        _, kept, quote = read_line(line[: len(line) - len(replaced)])
    else:
        *words, typed = args
    if shell == "fish":  # which gives the word being typed as it stands
        _, typed, quote = read_line(typed)
    option = re.match("--[^=]+=", typed)
    joined = option[0] if option else ""
    items = ShellComplete(app, {}, "kb", "_KB_COMPLETE").get_completions(words, typed)
    more = not quote and (shell == "fish" or any(item.value == typed for item in items))
    for item in items:
        text = joined + item.value
        if item.type in {"dir", "file"}:
            yield item.type
        elif visible(text) == text and text.startswith(kept) and (more or item.type != "more"):
            kind = "open" if item.type == "open" else "plain"
            shown = quoted(text[len(kept) :], quote) if shell == "bash" else text
            yield f"{kind}\t{shown}" + ("" if shell == "bash" else f"\t{item.help or ''}")


def read_line(line: str) -> tuple[list[str], str, str]:
    """The words of a line without their quotes, the one that its end is in, and the quote that is
    still open there, if one is.
    """
    words: list[str] = []
    word: str | None = None
    quote = ""
    chars = iter(line)
    for char in chars:
        if char == "\\" and quote != "'":
            after = next(chars, "")
            literal = quote and after not in {'"', "\\", "$", "`"}
            word = (word or "") + (char if literal else "") + after
        elif char in {"'", '"'} and quote in {"", char}:
            word = word or ""
            quote = "" if quote else char
        elif char.isspace() and not quote:
            words += [] if word is None else [word]
            word = None
        else:
            word = (word or "") + char
    return words, word or "", quote


def quoted(text: str, quote: str) -> str:
    """Text as bash reads it as one word, or as part of one, within the quote that is open."""
    if quote == "'":
        return text.replace("'", "'\\''")
    if quote == '"':  # in which a ! can't be escaped; before the quote that closes, it need not be
        return re.sub("!(?!$)", "\"'!'\"", re.sub(r'["$`\\]', r"\\\g<0>", text))
    return re.sub(r"[^\w@%+=:,./#-]|^#", r"\\\g<0>", text)
