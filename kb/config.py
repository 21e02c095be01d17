"""Settings, read once into frozen dataclasses: a command line gets the values it needs.

A setting comes from the first of these that has it:

1. a flag (`--content`, `--index`, `--config`) or an argument of the Python API;
2. an environment variable: `KB_` and the key in capitals, `KB_SEARCH_LIMIT` for
   `search.limit` (an empty variable counts as unset);
3. `kb.toml`, or the table `[tool.kb]` of `pyproject.toml`, whichever is found first when
   walking up from the current folder (in one folder, `kb.toml` first);
4. the default written in the dataclasses below: nowhere else.

Each field's metadata hold how a value is read and what it means; `docs/configuration.md`
lists them all, and a test compares the two. Paths in a file are relative to that file,
paths in flags and variables to the current folder. A key that is not known is refused.
"""

from __future__ import annotations

import os
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kb.errors import ConfigError
from kb.files import current_folder, full_path, shown_path
from kb.limits import Limits
from kb.nearest import did_you_mean
from kb.settings import (
    base_url,
    color_table,
    file_text,
    file_types,
    find_settings,
    hosts,
    language,
    line,
    line_of,
    numbers,
    path_text,
    phrases,
    setting,
    whole_number,
    word_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kb.settings import Kind, SettingsFile

Words = tuple[tuple[str, tuple[str, ...]], ...]
"""Pairs of a word or phrase and its others, in the order in which they were written."""


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """`[search]`: how many answers, and the words that mean the same."""

    limit: int = field(
        default=5, metadata=setting(whole_number(1, 100), "hits that a search shows")
    )
    per_article: int = field(
        default=3, metadata=setting(whole_number(1, 3), "sections that one article may bring")
    )
    synonyms: Words = field(
        default=(),
        metadata=setting(word_table, "words that mean the same: asking for any finds all"),
    )
    one_way: Words = field(
        default=(),
        metadata=setting(word_table, "words that also find others, but not the other way round"),
    )

    def expansions(self) -> dict[str, tuple[str, ...]]:
        """For each word or phrase, the others that asking for it also finds, both tables joined."""
        others: dict[str, dict[str, None]] = {}
        for word, alternatives in self.synonyms:
            group = (word, *alternatives)
            for member in group:
                others.setdefault(member, {}).update(dict.fromkeys(group))
        for word, alternatives in self.one_way:
            others.setdefault(word, {}).update(dict.fromkeys(alternatives))
        return {word: tuple(o for o in found if o != word) for word, found in others.items()}


@dataclass(frozen=True, slots=True)
class ContactConfig:
    """`[contact]`: how people are reached when no article says it."""

    order: tuple[str, ...] = field(
        default=(),
        metadata=setting(phrases, "channels, best first, for a problem whose article names none"),
    )
    fallback: str = field(
        default="", metadata=setting(line, "what to say when there is no contact article")
    )
    person: tuple[str, ...] = field(
        default=(), metadata=setting(phrases, "more phrases that ask for a person")
    )
    urgent: tuple[str, ...] = field(
        default=(), metadata=setting(phrases, "more words that make a problem urgent")
    )


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """`[site]`: the static site."""

    base_url: str = field(
        default="", metadata=setting(base_url, "address of the published site, for absolute links")
    )
    out: str = field(
        default="site", metadata=setting(file_text, "folder that `kb build` writes the site to")
    )
    theme: str = field(
        default="theme",
        metadata=setting(file_text, "folder of templates and assets that replace kb's own"),
    )
    description: str = field(
        default="", metadata=setting(line, "the sentence at the top of the home page")
    )
    logo: str = field(
        default="", metadata=setting(file_text, "image to show in the header beside the name")
    )
    footer: str = field(default="", metadata=setting(line, "a line at the foot of every page"))
    colors: tuple[tuple[str, str], ...] = field(
        default=(), metadata=setting(color_table, "colours on light paper, in place of kb's own")
    )
    dark_colors: tuple[tuple[str, str], ...] = field(
        default=(), metadata=setting(color_table, "colours on dark paper, in place of kb's own")
    )
    remote_images: tuple[str, ...] = field(
        default=(),
        metadata=setting(hosts, "hosts whose images may be shown; others become links"),
    )
    downloads: tuple[str, ...] = field(
        default=(),
        metadata=setting(
            file_types, "more types of files that articles may link to; copied as they are"
        ),
    )


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. `source` is the file that gave them, None when there is none."""

    content: Path = field(
        default=Path("content"), metadata=setting(path_text, "folder of the articles")
    )
    index: Path = field(default=Path("index"), metadata=setting(path_text, "folder of the index"))
    name: str = field(default="Help center", metadata=setting(line, "name of the help center"))
    language: str = field(
        default="en", metadata=setting(language, "language of the articles, as in HTML's lang")
    )
    search: SearchConfig = field(default=SearchConfig(), metadata={"table": SearchConfig})
    ranking: tuple[tuple[str, float], ...] = field(
        default=(), metadata=setting(numbers, "constants of the ranking, see kb/ranking.py")
    )
    contact: ContactConfig = field(default=ContactConfig(), metadata={"table": ContactConfig})
    site: SiteConfig = field(default=SiteConfig(), metadata={"table": SiteConfig})
    limits: Limits = field(default=Limits(), metadata={"table": Limits})
    source: Path | None = None


def load_config(
    *,
    config: Path | None = None,
    content: Path | None = None,
    index: Path | None = None,
    environ: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Config:
    """Read every setting from where it stands. All paths of the result are absolute.

    `environ` and `cwd` default to the process's own. Raises ConfigError, with the path and
    the line where they are known, for what is unknown, malformed or out of range, and for a
    path that starts at a current folder that was removed.
    """
    environ = os.environ if environ is None else environ
    cwd = _current_folder() if cwd is None else cwd
    named = config or (Path(text) if (text := environ.get("KB_CONFIG")) else None)
    file = find_settings(named, cwd)
    given = _read_table(Config, file.table, (), file)
    folders = _folders(given, {"content": content, "index": index}, environ, (file.folder, cwd))
    _check_ranking(given.get("ranking", ()), file)
    _overlay(given, Config, environ, ())
    return cast("Config", _build(Config, {**given, **folders, "source": file.path}))


def setting_place(config: Config, keys: tuple[str, ...]) -> tuple[str, int | None]:
    """Where a setting stands: its file, relative where that lies below the current folder, and the
    line; what is set in no file is in `the settings`.
    """
    if config.source is None:
        return "the settings", None
    file = find_settings(config.source, None)
    line = line_of(file.text, (*file.prefix, *keys))
    return shown_path(config.source).replace(os.sep, "/"), line


def _current_folder() -> Path | None:
    """The current folder; None where it was removed: paths in full are good without it."""
    try:
        return current_folder()
    except ConfigError:
        return None


def environment_name(keys: tuple[str, ...]) -> str:
    """The variable that sets a key: `KB_SEARCH_LIMIT` for `("search", "limit")`."""
    return "_".join(("KB", *keys)).upper()


def _keys_of(kind: type) -> dict[str, Field[Any]]:
    return {f.name: f for f in fields(kind) if f.metadata}


def _read_table(
    kind: type, table: Mapping[str, object], keys: tuple[str, ...], file: SettingsFile
) -> dict[str, Any]:
    """The values that a file's table gives, checked; tables within it become dictionaries."""
    known = _keys_of(kind)
    values: dict[str, Any] = {}
    for key, value in table.items():
        here = (*keys, key)
        if key not in known:
            hint = did_you_mean(key, known) or f"the keys here are {', '.join(known)}"
            raise file.error(f"unknown setting {'.'.join(here)}", here, hint)
        inner = known[key].metadata.get("table")
        if inner is None:
            values[key] = file.read(known[key].metadata["kind"], value, here)
        elif isinstance(value, dict):
            values[key] = _read_table(inner, value, here, file)
        else:
            raise file.error(f"{'.'.join(here)} should be a table", here, f"write [{key}]")
    return values


def _overlay(
    values: dict[str, Any], kind: type, environ: Mapping[str, str], keys: tuple[str, ...]
) -> None:
    """Put the variables that are set over the values of the file."""
    for key, f in _keys_of(kind).items():
        here = (*keys, key)
        if inner := f.metadata.get("table"):
            _overlay(values.setdefault(key, {}), inner, environ, here)
        elif f.metadata["kind"].from_text and (text := environ.get(environment_name(here))):
            values[key] = _from_variable(f.metadata["kind"], environment_name(here), text)


def _from_variable(kind: Kind, name: str, text: str) -> object:
    assert kind.from_text is not None
    try:
        return kind.read(kind.from_text(text))
    except ValueError as error:
        raise ConfigError(f"the environment variable {name} {error}") from None


def _build(kind: type, values: Mapping[str, Any]) -> object:
    """An instance of `kind`, and of the tables in it, from checked values."""
    tables = {
        key: _build(f.metadata["table"], values[key])
        for key, f in _keys_of(kind).items()
        if "table" in f.metadata and key in values
    }
    return kind(**{**values, **tables})


def _folders(
    given: Mapping[str, Any],
    flags: Mapping[str, Path | None],
    environ: Mapping[str, str],
    starts: tuple[Path | None, Path | None],
) -> dict[str, Path]:
    """The folders of articles and index, absolute; `starts` are the file's folder and the current.

    A content folder that a flag or a variable names, and that is not the configured one,
    gets an index of its own beside it, so that two knowledge bases never fight for one.
    """
    base, cwd = starts
    keys = _keys_of(Config)
    texts = {key: flag or environ.get(environment_name((key,))) for key, flag in flags.items()}
    named = {key: _absolute(text, cwd) for key, text in texts.items() if text}

    def usual(key: str) -> Path:
        return _absolute(given.get(key, keys[key].default), base)

    content = named.get("content") or usual("content")
    index = named.get("index")
    if index is None:
        own = "content" in named and (base is None or content != usual("content"))
        index = _index_beside(content) if own else usual("index")
    return {"content": content, "index": index}


def _absolute(path: str | Path, start: Path | None) -> Path:
    """The path from `start` without `..` or a final slash; `~` is the home folder."""
    if "\0" in str(path):
        raise ConfigError(f"{str(path)!a} is not a path: it has a NUL character")
    try:
        given = Path(path).expanduser()
        full = full_path(given) if start is None else start / given
        return Path(os.path.abspath(full))  # noqa: PTH100 links stay
    except RuntimeError as error:
        raise ConfigError(f"{str(path)!a}: the home folder is not known") from error


def _index_beside(content: Path) -> Path:
    return content.parent / (
        "index" if content.name in ("", "content") else f"{content.name}.index"
    )


def _check_ranking(constants: tuple[tuple[str, float], ...], file: SettingsFile) -> None:
    """Refuse constants that the ranking does not have, or that are out of their range."""
    if not constants:
        return
    from kb.ranking import Ranking  # noqa: PLC0415 only a file that tunes the ranking needs it

    known = [f.name for f in fields(Ranking)]
    for key, value in constants:
        here = ("ranking", key)
        if key not in known:
            hint = did_you_mean(key, known) or f"the keys here are {', '.join(known)}"
            raise file.error(f"unknown setting ranking.{key}", here, hint)
        try:
            Ranking(**{key: value})
        except (ValueError, ConfigError) as error:
            raise file.error(f"ranking.{key}: {error}", here) from error
