"""The reply to a message, by a template that operators can replace; the door to Jinja2 here.

Templates run in Jinja2's sandbox, see nothing but what `docs/support-desk.md` lists, and write
plain text.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from kb.errors import ConfigError, ContentError
from kb.files import read_regular
from kb.text.languages import fallbacks, tidy_tag

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Template as Compiled

LONGEST_TEMPLATE = 100_000
"""Bytes of a template."""

LONGEST_REPLY = 100_000
"""Characters of a reply."""


def own_template(language: str) -> str:
    """The text of kb's own template, with the words of a language, else with the English ones."""
    folder = files("kb.desk") / "replies"
    words: dict[str, dict[str, str]] = tomllib.loads(
        (folder / "words.toml").read_text(encoding="utf-8")
    )
    known = next((words[tag] for tag in fallbacks(tidy_tag(language)) if tag in words), words["en"])
    return Template((folder / "reply.txt").read_text(encoding="utf-8")).substitute(known)


def read_template(path: Path) -> str:
    """An operator's template. Raises ConfigError where it can't be read."""
    try:
        data = read_regular(path)
        if len(data) > LONGEST_TEMPLATE:
            raise ConfigError(
                f"the template of replies has {len(data):,} bytes: "
                f"{LONGEST_TEMPLATE:,} are allowed",
                path=str(path),
                code="reply-template",
            )
        return data.decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"the template of replies can't be read: {error.strerror}",
            path=str(path),
            hint="`kb suggest --show-template` prints one to start from",
            code="reply-template",
        ) from error
    except ContentError as error:
        raise ConfigError(
            "the template of replies is not a regular file", path=str(path), code="reply-template"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"the template of replies is not UTF-8: byte {error.start:,} does not fit",
            path=str(path),
            code="reply-template",
        ) from error


def write_reply(template: str, values: dict[str, Any], path: str | None = None) -> str:
    """The template filled in: lines without space at their ends, never two blank ones together.

    Raises ConfigError, with the line in `path`, where it fails.
    """
    try:
        text = _compile(template).render(values)
    except RecursionError:
        raise _error("it is nested too deep", path, None) from None
    except TemplateSyntaxError as error:
        raise _error(error.message or "a syntax error", path, error.lineno) from error
    except _FAILURES as error:
        message = getattr(error, "message", None) or str(error) or type(error).__name__
        raise _error(message, path, _line_of(error)) from error
    lines = [line.rstrip() for line in text[:LONGEST_REPLY].strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


_FAILURES = (
    TemplateError, ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError,
)  # fmt: skip


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        autoescape=False,  # plain text
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


@cache
def _compile(template: str) -> Compiled:
    return _environment().from_string(template)


def _line_of(error: BaseException) -> int | None:
    """The line of the template at which it failed, the innermost."""
    line, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _error(message: str, path: str | None, line: int | None) -> ConfigError:
    return ConfigError(
        f"the template of replies can't be used: {message.rstrip('.')}",
        path=path,
        line=line,
        hint="docs/support-desk.md lists what a template is given",
        code="reply-template",
    )
