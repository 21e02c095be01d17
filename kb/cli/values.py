"""What options take: whole numbers in a range, and one of a few words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kb.text.nearest import slip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from click.shell_completion import CompletionItem

    NumberType = click.ParamType[int]
    WordType = click.ParamType[str]
else:  # before click 8.4 the class takes no parameter
    NumberType = WordType = click.ParamType


class Number(NumberType):
    """A whole number from `least` to `most`, written in digits; anything else is a usage error."""

    name = "number"

    def __init__(self, least: int, most: int) -> None:
        self.least = least
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number that the text stands for."""
        number = int(value) if re.fullmatch("[0-9]{1,9}", str(value)) else None
        if number is None or not self.least <= number <= self.most:
            _refuse(f"a number from {self.least} to {self.most}", value, None, param, ctx)
        return number


class OneOf(WordType):
    """One of a few words, in capitals or not; another is refused with the one that is nearest."""

    name = "word"

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002 click 8.1 gives no context
        """The words, as help shows them."""
        return f"[{'|'.join(self.words)}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as kb writes it."""
        word = str(value).casefold()
        if word not in self.words:
            _refuse(one_of(self.words), value, slip(word, self.words), param, ctx)
        return word

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 Click's signature
        param: click.Parameter,  # noqa: ARG002 as above
        incomplete: str,
    ) -> list[CompletionItem]:
        """The words that begin with what is typed."""
        from click.shell_completion import CompletionItem

        return [CompletionItem(word) for word in self.words if word.startswith(incomplete)]


def one_of(words: Sequence[str]) -> str:
    """The words as a sentence has them: `bash, zsh or fish`."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _refuse(
    wanted: str,
    value: Any,
    meant: str | None,
    param: click.Parameter | None,
    ctx: click.Context | None,
) -> NoReturn:
    """Raise the usage error that says what is wanted, what was given, and what was meant."""
    if param is None:
        name = "this"
    else:
        name = param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name
    tail = f"; did you mean {meant}?" if meant else ""
    raise click.UsageError(f"{name} takes {wanted}, not {value!r}{tail}", ctx)
