"""Where front matter stands: at the top of a file, below empty lines and comments only.

| first line | up to | is |
|---|---|---|
| `---`, `---yaml` | `---` or `...` | YAML |
| `---toml`, `---json` | `---` | TOML, JSON |
| `+++` | `+++` | TOML |
| `;;;` | `;;;` | JSON without its braces |
| `{` before a quoted key | its `}` | JSON |

What looks like front matter and is none of these is refused: to guess could publish what
must not be.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from kb.config import DEFAULT_LIMITS, Limits, over_limit
from kb.content.comments import Comment, Comments
from kb.content.frontmatter.values import Entry, Fields, Text
from kb.content.frontmatter.yaml_reader import begins_with_key
from kb.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Form(StrEnum):
    """The language of front matter."""

    YAML = "yaml"
    TOML = "toml"
    JSON = "json"


class Block(NamedTuple):
    """Front matter and the text below it; both lines are 1-based in the file."""

    form: Form
    raw: str
    first_line: int
    body: str
    body_line: int


class _Fence(NamedTuple):
    """Lines between which front matter stands."""

    mark: str
    opening: re.Pattern[str]
    closing: re.Pattern[str]


# A byte order mark and spaces without width are as empty as a space is.
_EMPTY = re.compile(r"[\s\ufeff\u200b\u2060]*")
_FENCES = (
    _Fence(
        "---",
        re.compile(
            r"---[ \t]*(?P<form>ya?ml|toml|json)?[ \t]*(?:[ \t]#[^\n]*)?(?=\n|\Z)", re.IGNORECASE
        ),
        re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE),
    ),
    _Fence(
        "+++",
        re.compile(r"\+\+\+[ \t]*(?P<form>toml)?[ \t]*(?=\n|\Z)", re.IGNORECASE),
        re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE),
    ),
    _Fence(
        ";;;",
        re.compile(r";;;[ \t]*(?P<form>json)?[ \t]*(?=\n|\Z)", re.IGNORECASE),
        re.compile(r"^;;;[ \t]*$", re.MULTILINE),
    ),
)
_LONGER = re.compile(r"^-{4,}[ \t]*$", re.MULTILINE)
_FORMS = {"---": Form.YAML, "+++": Form.TOML, ";;;": Form.JSON}
_JSON = re.compile(r"\{\s*(?:[\"'}]|(?<=\n)[ \t]*[\w-]+[ \t]*:)|\{[ \t]*\n\s*(?:[\w-]+[ \t]*:|//)")
# What a word processor makes of three hyphens, too.
_ODD_FENCE = re.compile(
    r"[ \t]*(?:-{3,}|[-\u2013\u2014\u2015]{1,3}|\+{3,}|;{3,}|={3,})(?P<rest>[^\n]*)"
)
_KEY = re.compile(
    r"""[ \t]*(?:[-?][ \t]+)?(?:
        (?:"[^"\n]+"|'[^'\n]+')[ \t]*[:=\uff1a]
      | \w[\w.-]*(?:[ ][\w.-]+){0,2}[ \t]*(?::(?=\s|\Z)|\uff1a|=(?!=))
      | [^\W\d][\w-]*:(?!//)(?=\S)
    )""",
    re.VERBOSE,
)
_LOOSE = re.compile(r"""[ \t]*["']?([^"':=\uff1a\n]+?)["']?[ \t]*[:=\uff1a][ \t]*(.*)""")
_REMARK = re.compile(r"[ \t]*(?:#.*)?\Z")
_PART = re.compile(r"[ \t]+\S|-[ \t]|[\]})]")
_CODE = re.compile(r" {0,3}(?:```|~~~)")
_RULE_HINT = "write `***` if a horizontal rule was meant"
# How far down a block may stand and still be taken for front matter in the wrong place.
_MISPLACED_LINES = 20


def split(text: str, limits: Limits = DEFAULT_LIMITS) -> Block | None:
    """Cut a text into its front matter and the body below it; None if it has none.

    Lines end in a newline alone. A first line `---` that nothing closes, or that closes over
    prose, is a horizontal rule.
    Raises `ContentError` for what looks like front matter and can't be read.
    """
    start = _above(text)[0]
    first = text.count("\n", 0, start) + 1
    if text[start : start + 1] == "{":
        return _json_object(text, start, first, limits) if _JSON.match(text, start) else None
    begin = text.rfind("\n", 0, start) + 1
    for fence in _FENCES:
        opened = fence.opening.match(text, start)
        if opened and not text[begin:start].strip(" \t\ufeff\u200b\u2060"):
            if text[begin:start].strip("\ufeff\u200b\u2060"):
                break  # indented
            return _fenced(text, fence, opened, first, limits)
    _refuse_odd_fence(text, begin, start, first)
    return None


def _above(text: str) -> tuple[int, list[Comment]]:
    """Where the first thing that shows begins, and the comments above it."""
    comments = Comments(text)
    found: list[Comment] = []
    at = 0
    while True:
        empty = _EMPTY.match(text, at)
        at = empty.end() if empty else at
        comment = comments.at(at)
        if comment is None:
            return at, found
        found.append(comment)
        at = comment.end


def _longer_end(rest: str, end: re.Match[str] | None) -> re.Match[str] | None:
    """A line of more hyphens above the `end`, which Grav takes for it: no YAML has such a line. It
    is none where keys follow it, which could say what must not be published.
    """
    found = _LONGER.search(rest, 0, end.start() if end else len(rest))
    if found is None or not any(map(_KEY.match, rest[: found.start()].split("\n"))):
        return None
    below = rest[found.end() : end.start() if end else len(rest)].split("\n")
    if any(map(_KEY.match, below[:_MISPLACED_LINES])) or (end and not any(map(str.strip, below))):
        return None
    return found


def _fenced(
    text: str, fence: _Fence, opened: re.Match[str], first: int, limits: Limits
) -> Block | None:
    rest = text[opened.end() + 1 :]
    end = fence.closing.search(rest) if opened.end() < len(text) else None
    if fence.mark == "---":
        end = _longer_end(rest, end) or end
    if end is None:
        paragraph = rest.lstrip("\n \t").partition("\n\n")[0]
        if any(map(_KEY.match, paragraph.split("\n"))):
            raise ContentError(
                f"front matter begins with `{fence.mark}` but no later line `{fence.mark}` ends it",
                line=first,
                hint=_RULE_HINT,
            )
        return None
    raw = rest[: end.start()]
    form = _form(fence, opened["form"])
    if form is Form.YAML and len(raw) <= limits.front_matter and not _holds_keys(raw):
        return None
    return Block(form, raw, first + 1, rest[end.end() + 1 :], first + raw.count("\n") + 2)


def _form(fence: _Fence, named: str | None) -> Form:
    named = (named or _FORMS[fence.mark]).lower()
    return Form.YAML if named == "yml" else Form(named)


def _holds_keys(raw: str) -> bool:
    """Whether text between two lines `---` is no prose: it has a key, or nothing at all."""
    lines = raw.split("\n")
    if raw.lstrip().startswith("{") or any(map(_KEY.match, lines)):
        return True
    return all(map(_REMARK.match, lines)) or begins_with_key(raw)


def _json_object(text: str, start: int, first: int, limits: Limits) -> Block:
    """An object at the top. What follows it on its last line must be nothing."""
    head = text[start : start + limits.front_matter + 1]
    try:
        _, length = json.JSONDecoder().raw_decode(head)
    except json.JSONDecodeError as error:
        if len(head) > limits.front_matter:
            what = f"front matter of over {limits.front_matter} bytes"
            raise over_limit("front_matter", what, first) from None
        message = f"front matter is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        hint = "text that begins with `{` can stand in a code block"
        raise ContentError(message, line=first + error.lineno - 1, hint=hint) from None
    except RecursionError:
        message = "front matter is not JSON: nested too deeply"
        raise ContentError(message, line=first) from None
    raw = head[:length]
    line, _, body = text[start + length :].partition("\n")
    if line.strip():
        message = "text on the line on which front matter in JSON ends"
        raise ContentError(message, line=first + raw.count("\n"), hint="begin it on a new line")
    return Block(Form.JSON, raw, first, body, first + raw.count("\n") + 1)


def _refuse_odd_fence(text: str, begin: int, start: int, first: int) -> None:
    """Refuse keys between lines that are nearly those around front matter."""
    opened = _ODD_FENCE.match(text, start)
    if not opened:
        return
    rest = opened["rest"].strip()
    lines = [rest] if rest else []
    for line in text[opened.end() + 1 :].split("\n"):
        if _ODD_FENCE.fullmatch(line) and not _KEY.match(line):
            break
        lines.append(line)
    else:
        return
    if _are_keys(lines):
        shown = text[begin : opened.end()].strip("\ufeff\u200b\u2060")[:20]
        raise ContentError(
            f"this looks like front matter, but its first line is `{shown}`",
            line=first,
            hint="write `---` alone on the lines above and below it",
        )


def _are_keys(lines: list[str]) -> bool:
    """Whether these lines are keys, their values, and remarks, nothing else."""
    kept = [line for line in lines if not _REMARK.match(line)]
    return (
        bool(kept)
        and all(_KEY.match(line) or _PART.match(line) for line in kept)
        and any(map(_KEY.match, kept))
    )


def find_misplaced(body: str, first_line: int, *, above: str = "") -> Iterator[tuple[Fields, int]]:
    """What looks like front matter in a text where none is read, with its line.

    `body` begins on line `first_line`. Found are keys without fences at its top, keys between
    fences in its first lines, and keys in the comments at the top of `above`. Only keys with
    a value on their line are told.
    """
    for comment in _above(above)[1]:
        inner = above[comment.start : comment.end].strip("<!->{}/*%# \t\n").split("\n")
        if _are_keys([line for line in inner if line.strip() != "---"]):
            yield _loosely(inner, 1), above.count("\n", 0, comment.start) + 1
    lines = body[: 200 * _MISPLACED_LINES].split("\n")
    top = next((at for at, line in enumerate(lines) if line.strip()), 0)
    end = next((at for at in range(top, len(lines)) if not lines[at].strip()), len(lines))
    if _are_keys(lines[top:end]) and _KEY.match(lines[top]):
        yield _loosely(lines[top:end], first_line + top), first_line + top
    opened = None
    for at, line in enumerate(lines[: 2 * _MISPLACED_LINES]):
        if _CODE.match(line):
            return
        if line.rstrip() in ("---", "+++") and (opened is not None or at < _MISPLACED_LINES):
            if opened is not None and _are_keys(lines[opened + 1 : at]):
                here = first_line + opened
                yield _loosely(lines[opened + 1 : at], here + 1), here
            opened = at


def _loosely(lines: list[str], first_line: int) -> Fields:
    """The keys of lines that no parser need understand."""
    found = ((_LOOSE.match(line), number) for number, line in enumerate(lines, first_line))
    return Fields(
        tuple(
            Entry(match[1], Text(match[2].strip().rstrip(","), number), number)
            for match, number in found
            if match
        ),
        first_line,
    )
