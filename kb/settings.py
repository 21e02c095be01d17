"""The file that settings stand in, and the kinds of values they have.

`find_settings` finds and parses `kb.toml` or `pyproject.toml` (the only door to tomllib);
a `Kind` says how one setting's value is written, for the reader of the file, for the
error and for the documentation alike. What settings there are is `kb.config`'s business.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import ConfigError, ContentError
from kb.files import full_path, read_regular
from kb.text.languages import tidy_tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

# A settings file with 10,000 synonyms has a quarter of this; a larger file is some other file.
MAX_BYTES = 1_000_000
MAX_LINE = 1_000
# Control characters, and what else ends a line somewhere.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Kind(NamedTuple):
    """How a value is written: `what` in words, `check` from TOML's value to ours.

    `check` returns None for a value that will not do. `from_text` turns an environment
    variable's text into what TOML would have held; without it no variable sets the key.
    """

    what: str
    check: Callable[[object], Any]
    from_text: Callable[[str], object] | None = None

    def read(self, value: object) -> Any:
        """The checked value; raises ValueError that says what it should be."""
        checked = self.check(value)
        if checked is None:
            raise ValueError(f"should be {self.what}, not {_shown(value)}")
        return checked


def setting(kind: Kind, meaning: str) -> dict[str, object]:
    """The metadata of a dataclass field that is a setting."""
    return {"kind": kind, "meaning": meaning}


def whole_number(least: int, most: int) -> Kind:
    """A whole number in a range, both ends included."""

    def check(value: object) -> int | None:
        fits = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        return value if fits and isinstance(value, int) else None

    def from_text(text: str) -> object:
        return int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else text

    return Kind(f"a whole number from {least} to {most}", check, from_text)


def share() -> Kind:
    """A number from 0 to 1."""

    def check(value: object) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if 0 <= value <= 1 else None

    def from_text(text: str) -> object:
        return float(text) if re.fullmatch(r"\s*(?:[01]|[01]?\.[0-9]{1,9})\s*", text) else text

    return Kind("a number from 0 to 1", check, from_text)


def one_of(names: tuple[str, ...]) -> Kind:
    """One of a few words."""

    def check(value: object) -> str | None:
        return value if isinstance(value, str) and value in names else None

    return Kind(f"one of {', '.join(names)}", check, str)


def _line(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > MAX_LINE or _BREAKS.search(value):
        return None
    return value.strip()


def _phrases(value: object) -> tuple[str, ...] | None:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return None
    lines = [_line(part) for part in parts]
    return tuple(dict.fromkeys(phrase for phrase in lines if phrase)) if all(lines) else None


def _word_table(value: object) -> tuple[tuple[str, tuple[str, ...]], ...] | None:
    if not isinstance(value, dict):
        return None
    table = {word: _phrases(others) for word, others in value.items()}
    fits = all(_line(word) and others for word, others in table.items())
    return tuple((word, others) for word, others in table.items() if others) if fits else None


def _numbers(value: object) -> tuple[tuple[str, float], ...] | None:
    if not isinstance(value, dict):
        return None
    fits = all(
        isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n)
        for n in value.values()
    )
    return tuple((key, float(n)) for key, n in value.items()) if fits else None


def _matching(pattern: str) -> Callable[[object], str | None]:
    def check(value: object) -> str | None:
        return value if isinstance(value, str) and re.fullmatch(pattern, value) else None

    return check


def _switch_text(text: str) -> object:
    return {"true": True, "false": False, "1": True, "0": False}.get(text.strip().lower(), text)


def _language_table(value: object) -> tuple[tuple[str, str], ...] | None:
    if value is False or value == "false":
        return ()
    rows = value if isinstance(value, dict) else _phrases(value)
    if rows is None or (isinstance(value, dict) and not value):
        return None if rows is None else ()
    pairs = rows.items() if isinstance(rows, dict) else [(tag, "") for tag in rows]
    found = []
    for tag, folder in pairs:
        place = folder.strip("/") if isinstance(folder, str) else ".."
        if language.check(tag.replace("_", "-")) is None or ".." in place.split("/"):
            return None
        found.append((tidy_tag(tag), place.removeprefix("./")))
    return tuple(dict(found).items())


switch = Kind(
    "true or false", lambda value: value if isinstance(value, bool) else None, _switch_text
)
line = Kind("one line of text", _line, str)
path_text = Kind("the path of a folder", _matching(r"(?s)[^\0]+"))
file_text = Kind("the path of a file", _matching(r"(?s)[^\0]+"), str)
language = Kind(
    "a language tag such as en or pt-BR", _matching("[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*"), str
)
base_url = Kind(
    "an address that begins with https:// or http://",
    _matching(r"https?://[^\x00-\x20\x7f\s/?#\"'<>\\]+(/[^\x00-\x20\x7f\s?#\"'<>\\]*)?"),
    str,
)
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"(?:https?://)?((?:{_LABEL}\.)*{_LABEL})(?::([1-9][0-9]{{0,4}}))?/?"
# Words of a content security policy and schemes: written without quotes or colon they look like
# hosts, and are not meant as such.
_NO_HOSTS = "self|none|unsafe-.*|strict-dynamic|report-sample|data|blob|https?|ws|wss"
_LONGEST_HOST = 253
_LAST_PORT = 65_535
# Letters that browsers don't turn into what Python's IDNA (of 2003) turns them into.
_OTHER_IDNA = "[\u00df\u03c2\u200c\u200d]"


def host_name(text: str) -> str | None:
    """A host as a content security policy and an address name it: in lower case and in ASCII
    (`xn--`), with its port unless that is the usual one; None for what is no host.
    """
    if not text.isascii():
        try:
            text = "" if re.search(_OTHER_IDNA, text) else text.encode("idna").decode()
        except UnicodeError:
            return None
    found = re.fullmatch(_HOST, text.lower())
    if found is None or len(found[1]) > _LONGEST_HOST or re.fullmatch(_NO_HOSTS, found[1]):
        return None
    if found[2] in {None, "80", "443"}:
        return found[1]
    return f"{found[1]}:{found[2]}" if int(found[2]) <= _LAST_PORT else None


def _hosts(value: object) -> tuple[str, ...] | None:
    names = _phrases(value)
    hosts = [host_name(name) for name in names or ()]
    return None if names is None or not all(hosts) else tuple(dict.fromkeys(filter(None, hosts)))


# Patterns are compiled when a setting is first held against them: most folders have few settings.
_URL = r"https?://[^\x00-\x20\x7f\s/?#@\"'<>\\]+(/[^\x00-\x20\x7f\s?#@\"'<>\\]*)?"


def _urls(value: object) -> tuple[str, ...] | None:
    addresses = _phrases(value)
    fits = addresses and all(re.fullmatch(_URL, address) for address in addresses)
    return tuple(each.rstrip("/") for each in addresses) if addresses and fits else None


_FILE_TYPE = r"\.?([a-z0-9][a-z0-9_+-]{0,15})"


def _file_types(value: object) -> tuple[str, ...] | None:
    names = _phrases(value)
    found = [re.fullmatch(_FILE_TYPE, name.lower()) for name in names or ()]
    return (
        None if names is None or not all(found) else tuple(dict.fromkeys(f[1] for f in found if f))
    )


_COLOR = r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})"
COLORS = ("paper", "ink", "soft", "line", "accent", "accent_ink", "notice")
"""The colours that a site is drawn with."""


def _colors(value: object) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(value, dict):
        return None
    fits = all(
        name in COLORS and isinstance(color, str) and re.fullmatch(_COLOR, color)
        for name, color in value.items()
    )
    return tuple((name, color.lower()) for name, color in sorted(value.items())) if fits else None


_LINK = r"(?:https?://[^\s/]|mailto:|tel:)[^\s\"'<>]*|[^\s:\"'<>\\]+"


def _link(value: object) -> str | None:
    return value if isinstance(value, str) and re.fullmatch(_LINK, value) else None


def _link_table(value: object) -> tuple[tuple[str, str], ...] | None:
    if not isinstance(value, dict):
        return None
    fits = all(_line(name) and _link(address) for name, address in value.items())
    return tuple((name.strip(), address) for name, address in value.items()) if fits else None


def _pattern(value: object) -> str | None:
    fits = isinstance(value, str) and re.fullmatch(
        r"https?://[^\s\"'<>]*\{path\}[^\s\"'<>]*", value
    )
    return value if fits and isinstance(value, str) else None


_FEEDBACK = r"(?:https?://[^\s/?#{}\"'<>\\]+[/?#]|mailto:)[^\s\"'<>\\]*"
_FILLED = ("{article}", "{answer}")


def _feedback(value: object) -> str | None:
    if not isinstance(value, str) or not re.fullmatch(_FEEDBACK, value) or _FILLED[0] not in value:
        return None
    rest = value.replace(_FILLED[0], "").replace(_FILLED[1], "")
    return None if {*"{}"} & {*rest} else value


_ENDPOINT = r"(?:(https?)://([^/?#:]+)(:[0-9]+)?)?((?:/(?!/)[^\s\"'<>\\#]*)?)"


def _endpoint(value: object) -> str | None:
    found = re.fullmatch(_ENDPOINT, value) if isinstance(value, str) else None
    if found is None or not found[0]:
        return None
    scheme, name, port, path = found.groups(default="")
    if not scheme:
        return path
    host = host_name(name)
    if host is None or (port and host_name(f"a{port}") is None):
        return None
    return f"{scheme}://{host}{port}{path or '/'}"


def origin_of(address: str) -> str:
    """The scheme and host at which an endpoint stands, as a content security policy names them;
    empty for one of the site itself.
    """
    found = re.match(_ENDPOINT, address)
    return f"{found[1]}://{found[2]}{found[3] or ''}" if found and found[1] else ""


feedback_link = Kind(
    "an address that begins with https://, http:// or mailto: and has {article} in it, and perhaps "
    "{answer}, such as mailto:docs@example.com?subject={article}:%20{answer}",
    _feedback,
    str,
)
endpoint = Kind(
    "an address such as https://example.com/feedback, or a path of the same host such as /feedback",
    _endpoint,
    str,
)
link = Kind(
    "an address: https://, http://, mailto:, tel:, or an article such as legal/privacy.md",
    _link,
    str,
)
link_table = Kind(
    'a table of names and addresses, such as { Privacy = "legal/privacy.md" }', _link_table
)
path_pattern = Kind("an address with {path} in it", _pattern, str)
color = Kind(
    "a colour such as #0b5fad",
    lambda value: value.lower() if isinstance(value, str) and re.fullmatch(_COLOR, value) else None,
    str,
)
color_table = Kind(
    f'a table such as {{ accent = "#0b5fad" }}, of {", ".join(COLORS)} and colours like #0b5fad',
    _colors,
)
urls = Kind(
    'a list of addresses such as ["https://search.example.com:9200"], without user and password',
    _urls,
    str,
)
index_name = Kind(
    "a name of small letters, digits, - and _, of at most 60",
    _matching("[a-z0-9][a-z0-9_-]{0,59}"),
    str,
)
phrases = Kind('a list of phrases, or one text such as "parcel, shipment"', _phrases, str)
patterns = Kind(
    'a list of patterns as `.gitignore` has them, such as ["old/", "*.tmpl.md"]', _phrases, str
)
hosts = Kind(
    'a list of hosts such as ["cdn.example.com"], each by its full name, without *', _hosts, str
)
file_types = Kind('a list of endings of file names, such as ["exe", "py"]', _file_types, str)
language_table = Kind(
    'a list of languages such as ["en", "de"], a table of them and their folders such as '
    '{ en = "english", de = "german" }, or false for one language alone',
    _language_table,
    str,
)
word_table = Kind('a table of phrases, such as parcel = ["package", "shipment"]', _word_table)
numbers = Kind("a table of numbers", _numbers)


class SettingsFile(NamedTuple):
    """The settings of one file: `table` as parsed, `text` for finding lines.

    `path` is None, and the rest empty, when no file was found; relative paths start at
    `folder`, which is None where the current folder was removed. `prefix` is the table in
    which the settings stand (`tool.kb` or nothing).
    """

    path: Path | None
    folder: Path | None
    table: Mapping[str, object]
    text: str = ""
    prefix: tuple[str, ...] = ()

    def read(self, kind: Kind, value: object, keys: tuple[str, ...]) -> Any:
        """A setting's checked value; raises ConfigError with its path and line."""
        try:
            return kind.read(value)
        except ValueError as error:
            raise self.error(f"{'.'.join(keys)} {error}", keys) from None

    def error(self, message: str, keys: tuple[str, ...], hint: str | None = None) -> ConfigError:
        """What is wrong with a key of this file."""
        where = None if self.path is None else str(self.path)
        return ConfigError(
            message, path=where, line=line_of(self.text, (*self.prefix, *keys)), hint=hint
        )


def find_settings(named: Path | None, cwd: Path | None) -> SettingsFile:
    """The settings file: the one that is named, else the nearest when walking up from `cwd`.

    Without `cwd`, that is none. Raises ConfigError where a file was named and is not there.
    """
    if named is not None:
        path = full_path(named) if cwd is None else cwd / named
        _check_named(path)
        return _from_pyproject(path) if path.name == "pyproject.toml" else _from_toml(path)
    for folder in (cwd, *cwd.parents) if cwd else ():
        if _is_file(folder / "kb.toml"):
            return _from_toml(folder / "kb.toml")
        if _is_file(folder / "pyproject.toml"):
            found = _from_pyproject(folder / "pyproject.toml")
            if found.path is not None:
                return found
    return SettingsFile(None, cwd, {})


def _check_named(path: Path) -> None:
    try:
        found = path.is_file()
    except OSError as error:
        raise ConfigError(f"can't be read: {error.strerror}", path=str(path)) from error
    if not found:
        raise ConfigError("there is no such settings file", path=str(path))


def _is_file(path: Path) -> bool:
    """Whether there is a file; where a folder may not be looked into, none that counts."""
    try:
        return path.is_file()
    except OSError:
        return False


def _from_toml(path: Path) -> SettingsFile:
    text = _read(path)
    return SettingsFile(path, path.parent, _parse(text, path), text)


def _from_pyproject(path: Path) -> SettingsFile:
    """`[tool.kb]` of a pyproject.toml; without a path when it has none.

    Most of these files are other projects', so one that never names kb may be as broken
    as it likes.
    """
    nothing = SettingsFile(None, path.parent, {})
    try:
        data = read_regular(path, MAX_BYTES)
    except (OSError, ContentError):
        return nothing
    if len(data) > MAX_BYTES or b"tool.kb" not in data:
        return nothing
    text = _read(path)
    tools = _parse(text, path).get("tool")
    table = tools.get("kb") if isinstance(tools, dict) else None
    if table is None:
        return nothing
    if not isinstance(table, dict):
        raise ConfigError("tool.kb should be a table", path=str(path), hint="write [tool.kb]")
    return SettingsFile(path, path.parent, table, text, ("tool", "kb"))


def _read(path: Path) -> str:
    try:
        data = read_regular(path, MAX_BYTES)
    except OSError as error:
        raise ConfigError(f"can't be read: {error.strerror}", path=str(path)) from error
    except ContentError as error:
        raise ConfigError("can't be read: not a regular file", path=str(path)) from error
    if len(data) > MAX_BYTES:
        raise ConfigError(f"is larger than {MAX_BYTES:,} bytes", path=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"is not UTF-8: byte {error.start:,} does not fit"
        raise ConfigError(message, path=str(path)) from error


def parse_toml(text: str) -> dict[str, Any]:
    """A TOML document's table. Raises ValueError, and RecursionError where it nests too deeply."""
    import tomllib  # noqa: PLC0415  # many knowledge bases have no settings file

    return tomllib.loads(text)


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return parse_toml(text)
    except ValueError as error:
        # Python 3.14 has lineno; before, the line stands in the message only.
        message = re.sub(r" \(at (line \d+, column \d+|end of document)\)$", "", str(error))
        at = re.search(r"\(at line (\d+)", str(error))
        last = text.count("\n") + 1
        number = int(at[1]) if at else last
        raise ConfigError(f"is not TOML: {message}", path=str(path), line=number) from error
    except RecursionError as error:
        raise ConfigError("is nested too deeply", path=str(path)) from error


_PART = r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(?:\.|$)"""


def line_of(text: str, keys: tuple[str, ...]) -> int | None:
    """The 1-based line that sets a key, or opens the table that leads to it; None when unseen.

    Reads TOML line by line, which is enough to point at a mistake: keys within inline
    tables are found at the line of their table.
    """
    table: tuple[str, ...] = ()
    best, number_of_best = 0, None
    for number, raw in enumerate(text.splitlines(), 1):
        stripped = raw.strip()
        if header := re.match(r"\[\[?(.+?)\]\]?\s*(?:#.*)?$", stripped):
            here = table = _parts(header[1])
        elif assigned := re.match(r"([^=#]+)=", stripped):
            here = table + _parts(assigned[1])
        else:
            continue
        depth = len(here) if here == keys[: len(here)] else len(keys) * (here[: len(keys)] == keys)
        if depth > best:
            best, number_of_best = depth, number
    return number_of_best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple("".join(found) for found in re.findall(_PART, dotted))


def _shown(value: object) -> str:
    """A value as an error quotes it: short, and on one line."""
    text = ascii(value) if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004  # fits a line
