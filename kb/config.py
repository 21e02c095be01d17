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

`Limits` says how much one article may ask for. An article beyond a limit is refused with a message
that names it; the other articles still load. The defaults leave room for the largest real manuals
and stop the inputs that make a Markdown or YAML parser need minutes or gigabytes. `Ranking` holds
the constants of the score.
"""

from __future__ import annotations

import os
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from kb.errors import ConfigError, ContentError
from kb.files import current_folder, full_path, shown_path
from kb.settings import (
    base_url,
    color,
    color_table,
    endpoint,
    feedback_link,
    file_text,
    file_types,
    find_settings,
    hosts,
    index_name,
    language,
    language_table,
    line,
    line_of,
    link,
    link_table,
    numbers,
    one_of,
    path_pattern,
    path_text,
    patterns,
    phrases,
    setting,
    share,
    switch,
    urls,
    whole_number,
    word_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from kb.settings import Kind, SettingsFile

_MILLION = 1_000_000
_EPOCH_DIGITS = 11  # of seconds that are still a date


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file under content/ may need. Each is a maximum that is still accepted.

    `nesting` is counted as markdown-it-py counts (a list is two levels, a quote one), and
    not above 150: the parser calls itself for each. A line costs about as much as 100
    characters do. The longest `paragraph` that is met is an image written into the text as a
    `data:` address. A piece is a word, mark or block that the parser keeps in memory, about
    0.5 KB each. A step is a try to find the end of a link or an image: ordinary articles
    need one for every few hundred characters; 2,000,000 are about a second. A kilobyte of
    text that uses a long link reference many times can make a megabyte of `html`.
    """

    file: int = field(
        default=5 * _MILLION,
        metadata=setting(
            whole_number(1_000, 100 * _MILLION), "bytes of an article or a topic file"
        ),
    )
    front_matter: int = field(
        default=64 * 1024,
        metadata=setting(
            whole_number(1_000, _MILLION), "bytes between the `---` lines, and of a topic file"
        ),
    )
    front_matter_depth: int = field(
        default=8,
        metadata=setting(whole_number(2, 50), "lists and tables inside each other in front matter"),
    )
    nesting: int = field(
        default=100,
        metadata=setting(
            whole_number(4, 150), "lists (two each) and quotes (one each) inside each other"
        ),
    )
    lines: int = field(
        default=200_000,
        metadata=setting(whole_number(100, 10 * _MILLION), "lines of Markdown"),
    )
    sections: int = field(
        default=20_000, metadata=setting(whole_number(10, _MILLION), "headings of an article")
    )
    paragraph: int = field(
        default=_MILLION,
        metadata=setting(
            whole_number(1_000, 100 * _MILLION),
            "characters of one paragraph, heading or table cell",
        ),
    )
    pieces: int = field(
        default=500_000,
        metadata=setting(
            whole_number(1_000, 50 * _MILLION), "pieces of text and markup, 0.5 KB of memory each"
        ),
    )
    steps: int = field(
        default=2 * _MILLION,
        metadata=setting(
            whole_number(1_000, 500 * _MILLION), "tries to find the end of links and images"
        ),
    )
    html: int = field(
        default=32 * _MILLION,
        metadata=setting(
            whole_number(10_000, 500 * _MILLION), "characters of HTML made from an article"
        ),
    )
    seconds: int = field(
        default=10,
        metadata=setting(
            whole_number(1, 600), "seconds of processor time to read an article or write its page"
        ),
    )


DEFAULT_LIMITS = Limits()


def _syntax(meaning: str) -> bool:
    """A part of Markdown that can be switched off."""
    value: bool = field(default=True, metadata=setting(switch, meaning))
    return value


@dataclass(frozen=True, slots=True)
class MarkdownConfig:
    """`[markdown]`: what is read beyond CommonMark. What is off is what CommonMark says."""

    callouts: bool = _syntax("`> [!NOTE]`, `:::note`, `!!! note`, `{% hint %}` and their like")
    tabs: bool = _syntax('`=== "Title"`, `{% tabs %}`, `::: code-group` and their like')
    task_lists: bool = _syntax("`- [x]` as a ticked box")
    footnotes: bool = _syntax("`[^1]` with `[^1]: text`, and `^[text]`")
    definition_lists: bool = _syntax("a term, and `: its meaning` on the next line")
    autolinks: bool = _syntax("bare addresses as links")
    emoji: bool = _syntax("`:tada:` as the emoji of that name")
    strikethrough: bool = _syntax("`~~text~~` struck out")
    subscript: bool = _syntax("`H~2~O` below the line")
    superscript: bool = _syntax("`x^2^` above the line")
    word_marks: bool = _syntax(
        "`==marked==`; in MkDocs `++ctrl+c++`, `^^inserted^^` and CriticMarkup, too"
    )
    abbreviations: bool = _syntax("`*[HTML]: what it stands for`, which is no text")
    math: bool = _syntax("`$x^2$`, `$$...$$` and `\\(...\\)` as TeX, prices excepted")
    attributes: bool = _syntax("`{#id}`, `{: .class}` and `{width=300}`, which are no text")
    highlight: bool = _syntax("colours in fenced code whose language is known")
    drawings: bool = _syntax("`@startuml` to `@enduml` as code")
    spaced_links: bool = _syntax("`[text](my file.md)` as a link")
    loose_tags: bool = _syntax(
        "tags that only browsers read, `<a title=x?y=1>`, in other tools' text"
    )
    tags_in_text: bool = _syntax("a line `<br>` or `<span>` makes no HTML of those below it")
    verbatim: bool = _syntax("`::: v-pre` of Vue, in which nothing is filled in")
    templates: bool = _syntax(
        "`{% include %}`, shortcodes and components, where a dialect has them"
    )
    summaries: bool = _syntax("links, code and emphasis in a `description` as their words")

    @classmethod
    def none(cls) -> MarkdownConfig:
        """CommonMark and tables alone."""
        return cls(**{f.name: False for f in fields(cls)})


DEFAULT_MARKDOWN = MarkdownConfig()


class OutOfTimeError(BaseException):
    """Raised in a process whose time is up, in the middle of anything: never caught by mistake."""


def now() -> datetime:
    """The moment for which articles are read: this machine's, in its zone, or SOURCE_DATE_EPOCH
    (seconds since 1970, UTC), which makes builds of the same articles the same.
    """
    from datetime import UTC, datetime  # noqa: PLC0415  # most commands need no day

    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isascii() and given.isdigit() and len(given) <= _EPOCH_DIGITS:
        return datetime.fromtimestamp(int(given), UTC)
    return datetime.now().astimezone()


def today() -> date:
    """The day of `now`."""
    return now().date()


def over_limit(key: str, what: str, line: int | None) -> ContentError:
    """The error for a file that passes a limit: what it has, on which line, and the setting."""
    return ContentError(
        f"{what}: over the limit", line=line, hint=f"limits.{key}", code="content-limit"
    )


def _constant(
    default: float, low: float, high: float, meaning: str, *, indexed: bool = False
) -> float:
    """A constant with its range. Those that are `indexed` are in the index's weights: when one
    changes, the index is built anew.
    """
    metadata = {"range": (low, high), "meaning": meaning, "indexed": indexed}
    value: float = field(default=default, metadata=metadata)
    return value


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every constant of the score; each field's metadata give its meaning and its range."""

    title_weight: float = _constant(4, 0, 20, "a word in the article's title", indexed=True)
    heading_weight: float = _constant(4, 0, 20, "a word in the section's heading", indexed=True)
    trail_weight: float = _constant(1, 0, 20, "a word in the headings above", indexed=True)
    issue_weight: float = _constant(4, 0, 20, "a word in an issue phrase", indexed=True)
    body_weight: float = _constant(1, 0, 20, "a word in the text", indexed=True)
    lead_weight: float = _constant(0.75, 0, 20, "added in the text's first block", indexed=True)
    link_share: float = _constant(
        0.3, 0, 1, "a word in a link's text, against one beside it", indexed=True
    )
    head_b: float = _constant(0.3, 0, 1, "length normalisation of titles, headings", indexed=True)
    body_b: float = _constant(0.45, 0, 1, "length normalisation of the text", indexed=True)
    coverage_title: float = _constant(
        0.75, 0, 1, "what a word of the title alone counts for in coverage", indexed=True
    )
    burst: float = _constant(0.4, 0, 1, "exponent of a word's occurrences a section", indexed=True)
    k1: float = _constant(1.5, 0.1, 5, "saturation of a word: lower counts repeats for less")
    pair_weight: float = _constant(0.6, 0, 2, "part of neighbouring words; 0 switches it off")
    pair_k1: float = _constant(0.5, 0.1, 5, "saturation of neighbouring words")
    pair_head: float = _constant(2, 0, 10, "weight of neighbours in a title or heading")
    title_part: float = _constant(0.5, 0, 2, "part of the article's title; 0 switches it off")
    title_power: float = _constant(1.5, 0, 4, "exponent of the covered share of the title")
    coverage: float = _constant(1, 0, 3, "part of title and heading coverage; 0 switches it off")
    coverage_head: float = _constant(1, 0, 4, "exponent of the covered share of the heading")
    everyday: float = _constant(
        0.4, 0, 1, "what an everyday word of the language loses in a long query"
    )
    everyday_few: float = _constant(
        0.8, 0, 1, "what it loses at least in a collection of few sections"
    )
    coverage_query: float = _constant(0.5, 0, 4, "exponent of the covered share of the query")
    nearness: float = _constant(1, 0, 3, "part of nearness; 0 switches it off")
    nearness_power: float = _constant(3, 0, 6, "exponent of the share of the query that is near")
    phrase: float = _constant(0.2, 0, 2, "quoted words that are preferred, among others")
    whole: float = _constant(0.5, 0, 1, "the joined form of a unit: wifi, for wi-fi")
    synonym: float = _constant(0.75, 0, 1, "a synonym, against the word itself")
    self_service: float = _constant(0.03, 0, 0.5, "lead of self-service sections in near-ties")
    given: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """The constants that the settings have, be it with the value of the default."""

    @classmethod
    def of(cls, settings: Iterable[tuple[str, float]]) -> Ranking:
        """The constants as the settings have them. Raises ValueError for one out of its range."""
        constants: dict[str, Any] = dict(settings)
        return cls(**constants, given=frozenset(constants))

    @classmethod
    def constants(cls) -> tuple[Field[float], ...]:
        """The field of each constant."""
        return tuple(constant for constant in fields(cls) if "range" in constant.metadata)

    def fitted(self, sections: int, articles: int) -> Ranking:
        """The constants for a collection: where most articles are one section, IN_ONE_PIECE takes
        the place of the defaults that the settings leave.
        """
        if sections > MOST_IN_ONE_PIECE * articles:
            return self
        changes: dict[str, Any] = {k: v for k, v in IN_ONE_PIECE.items() if k not in self.given}
        return replace(self, **changes)

    def __post_init__(self) -> None:
        for constant in self.constants():
            low, high = constant.metadata["range"]
            if not low <= getattr(self, constant.name) <= high:
                raise ValueError(f"{constant.name} should be a number from {low:g} to {high:g}")


MOST_IN_ONE_PIECE = 1.5
"""Sections that an article has on average, at most, where articles are mostly in one piece."""

IN_ONE_PIECE: Mapping[str, float] = {
    "k1": 2.2, "title_part": 1, "title_power": 1, "coverage_query": 0.35,
}  # fmt: skip
"""Constants for articles in one piece: the title is all that says what a long text is about, since
no headings do, and that a word comes again says more."""


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
    sure: float = field(
        default=0.6,
        metadata=setting(share(), "probability from which the first hit is not marked weak"),
    )
    synonyms: Words = field(
        default=(),
        metadata=setting(word_table, "words that mean the same: asking for any finds all"),
    )
    one_way: Words = field(
        default=(),
        metadata=setting(word_table, "words that also find others, but not the other way round"),
    )

    stop_words: tuple[str, ...] = field(
        default=(),
        metadata=setting(phrases, "more words that a query leaves out; `!` before one keeps it"),
    )
    names: tuple[str, ...] = field(
        default=(),
        metadata=setting(phrases, "names and terms that are never taken for misspelt words"),
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


SEMANTIC_MODES = ("off", "words", "encoder")
"""How meaning takes part in the ranking: not, by the vectors of a question's words, which need no
model, or by a sentence encoder."""


@dataclass(frozen=True, slots=True)
class SemanticConfig:
    """`[semantic]`: meaning beside words."""

    mode: str = field(
        default="off",
        metadata=setting(
            one_of(SEMANTIC_MODES),
            "whether searches rank by meaning, too: `off`, `words` or `encoder`",
        ),
    )
    model: str = field(
        default="",
        metadata=setting(
            file_text, "folder of a sentence encoder, in place of that of the extra `semantic`"
        ),
    )


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
    fields: tuple[str, ...] = field(
        default=(),
        metadata=setting(phrases, "more lines of the message to fill in, such as `Account number`"),
    )
    reply: str = field(
        default="",
        metadata=setting(file_text, "template of the replies that `kb suggest` writes"),
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
    icon: str = field(
        default="",
        metadata=setting(file_text, "image for tabs and bookmarks, in place of kb's own"),
    )
    touch_icon: str = field(
        default="",
        metadata=setting(file_text, "square PNG for the home screens of phones, 180 pixels wide"),
    )
    image: str = field(
        default="",
        metadata=setting(file_text, "image for what others show of a link; needs `base_url`"),
    )
    banner: str = field(
        default="", metadata=setting(line, "an announcement at the top of every page")
    )
    banner_link: str = field(default="", metadata=setting(link, "where the announcement leads"))
    header_links: tuple[tuple[str, str], ...] = field(
        default=(), metadata=setting(link_table, "more links in the header")
    )
    footer_links: tuple[tuple[str, str], ...] = field(
        default=(), metadata=setting(link_table, "more links at the foot: privacy, imprint")
    )
    examples: tuple[str, ...] = field(
        default=(),
        metadata=setting(
            phrases, "questions on the home page, in place of the first of articles; five at most"
        ),
    )
    edit_url: str = field(
        default="",
        metadata=setting(
            path_pattern, "where an article can be edited; `{path}` is its path below the folder"
        ),
    )
    last_changed: bool = field(
        default=True,
        metadata=setting(switch, "say when an article was last changed, where git knows it"),
    )
    feedback: str = field(
        default="",
        metadata=setting(
            feedback_link,
            "where readers say if an article helped; `{article}` is its id, `{answer}` yes or no",
        ),
    )
    feedback_endpoint: str = field(
        default="",
        metadata=setting(
            endpoint, "where that answer is sent by one POST of `article` and `answer`"
        ),
    )
    accent: str = field(
        default="",
        metadata=setting(color, "the one colour from which kb makes those of both schemes"),
    )
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


ANCHORS = (
    "github", "docsify", "docusaurus", "gitlab", "hugo", "kramdown", "mdbook", "python-markdown",
    "vitepress",
    "zola",
)  # fmt: skip
"""Whose anchors headings may get: `kb.content.anchors` makes them."""


@dataclass(frozen=True, slots=True)
class ContentConfig:
    """`[content]`: how the folder of the articles is read. Its `folder` is `Config.content`."""

    dialect: str = field(
        default="",
        metadata=setting(line, "the generator that the articles were written for, if not seen"),
    )
    exclude: tuple[str, ...] = field(
        default=(),
        metadata=setting(patterns, "files that are no articles; `!` before one takes it in again"),
    )
    published_at: tuple[str, ...] = field(
        default=(),
        metadata=setting(phrases, "paths and origins below which the articles were published"),
    )
    languages: tuple[tuple[str, str], ...] | None = field(
        default=None,
        metadata=setting(
            language_table, "languages of the articles and their folders, if not seen"
        ),
    )
    anchors: str = field(
        default="",
        metadata=setting(
            one_of(ANCHORS), "whose anchors headings get; without it those of the dialect"
        ),
    )
    title_suffix: str = field(
        default="auto",
        metadata=setting(
            line,
            "end of titles that is the site's name; `auto` looks for one, `none` says none",
        ),
    )


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """`[engine]`: what stores the index: this machine, or a cluster."""

    kind: str = field(
        default="whoosh",
        metadata=setting(one_of(("whoosh", "opensearch")), "what stores the index and searches it"),
    )
    urls: tuple[str, ...] = field(
        default=("http://127.0.0.1:9200",),
        metadata=setting(urls, "addresses of the cluster's nodes"),
    )
    prefix: str = field(
        default="kb", metadata=setting(index_name, "what the indexes on the cluster are called")
    )
    credentials: str = field(
        default="",
        metadata=setting(
            file_text,
            "file with the line `user:password`; KB_ENGINE_USER and KB_ENGINE_PASSWORD go first",
        ),
    )
    ca: str = field(
        default="", metadata=setting(file_text, "certificates of those who vouch for the cluster")
    )
    verify: bool = field(
        default=True, metadata=setting(switch, "trust only a cluster that somebody vouches for")
    )
    timeout: int = field(
        default=10, metadata=setting(whole_number(1, 600), "seconds that an answer may take")
    )
    retries: int = field(
        default=6,
        metadata=setting(whole_number(0, 20), "times to ask again where it may be better by then"),
    )
    shards: int = field(
        default=1, metadata=setting(whole_number(1, 64), "parts that an index is cut into")
    )
    replicas: int = field(
        default=1, metadata=setting(whole_number(0, 8), "copies of each part, on other nodes")
    )
    fallback: bool = field(
        default=False,
        metadata=setting(switch, "keep an index here, too, for when the cluster does not answer"),
    )


@dataclass(frozen=True, slots=True)
class Config:
    """All settings. `source` is the file that gave them, None when there is none; `unset` are those
    that nobody gave, of the ones that a generator's configuration may know.
    """

    content: Path = field(
        default=Path("content"), metadata=setting(path_text, "folder of the articles")
    )
    folder: ContentConfig = field(
        default=ContentConfig(), metadata={"table": ContentConfig, "key": "content"}
    )
    index: Path = field(default=Path("index"), metadata=setting(path_text, "folder of the index"))
    name: str = field(
        default="Help center",
        metadata=setting(line, "name of the help center, if no generator says it"),
    )
    language: str = field(
        default="en",
        metadata=setting(
            language, "language of the articles, if no generator says it, as in HTML's lang"
        ),
    )
    search: SearchConfig = field(default=SearchConfig(), metadata={"table": SearchConfig})
    ranking: tuple[tuple[str, float], ...] = field(
        default=(), metadata=setting(numbers, "constants of the ranking, see kb/search/ranking.py")
    )
    semantic: SemanticConfig = field(default=SemanticConfig(), metadata={"table": SemanticConfig})
    contact: ContactConfig = field(default=ContactConfig(), metadata={"table": ContactConfig})
    site: SiteConfig = field(default=SiteConfig(), metadata={"table": SiteConfig})
    markdown: MarkdownConfig = field(default=MarkdownConfig(), metadata={"table": MarkdownConfig})
    limits: Limits = field(default=Limits(), metadata={"table": Limits})
    engine: EngineConfig = field(default=EngineConfig(), metadata={"table": EngineConfig})
    source: Path | None = None
    unset: tuple[str, ...] = field(default=(), compare=False)

    def beside(self, path: str) -> Path:
        """A path of a setting: a relative one starts at the folder of the settings file."""
        return _absolute(path, self.source.parent if self.source else None)


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
    said = {
        "source": file.path,
        "unset": tuple(key for key in ("language", "name") if key not in given),
    }
    return cast("Config", _build(Config, {**given, **folders, **said}))


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
    known = {key: f for key, f in _keys_of(kind).items() if "key" not in f.metadata}
    values: dict[str, Any] = {}
    for key, value in table.items():
        here = (*keys, key)
        if kind is Config and key == "content" and isinstance(value, dict):
            values |= _read_content(value, file)
            continue
        if key not in known:
            hint = _near_key(key, known)
            raise file.error(f"unknown setting {'.'.join(here)}", here, hint)
        inner = known[key].metadata.get("table")
        if inner is None:
            values[key] = file.read(known[key].metadata["kind"], value, here)
        elif isinstance(value, dict):
            values[key] = _read_table(inner, value, here, file)
        else:
            raise file.error(f"{'.'.join(here)} should be a table", here, f"write [{key}]")
    return values


def _near_key(key: str, known: Iterable[str]) -> str:
    """What to do about a key that is none."""
    from kb.text.nearest import did_you_mean  # noqa: PLC0415  # most settings have no mistake

    return did_you_mean(key, known) or f"the keys here are {', '.join(known)}"


def _read_content(table: Mapping[str, object], file: SettingsFile) -> dict[str, Any]:
    """The table `[content]`, whose `folder` is what `content = "..."` would say."""
    rest = {key: value for key, value in table.items() if key != "folder"}
    values: dict[str, Any] = {"folder": _read_table(ContentConfig, rest, ("content",), file)}
    if "folder" in table:
        values["content"] = file.read(path_text, table["folder"], ("content", "folder"))
    return values


def _overlay(
    values: dict[str, Any], kind: type, environ: Mapping[str, str], keys: tuple[str, ...]
) -> None:
    """Put the variables that are set over the values of the file."""
    for key, f in _keys_of(kind).items():
        here = (*keys, f.metadata.get("key", key))
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

    known = [constant.name for constant in Ranking.constants()]
    for key, value in constants:
        here = ("ranking", key)
        if key not in known:
            hint = _near_key(key, known)
            raise file.error(f"unknown setting ranking.{key}", here, hint)
        try:
            Ranking.of([(key, value)])
        except (ValueError, ConfigError) as error:
            raise file.error(f"ranking.{key}: {error}", here) from error
