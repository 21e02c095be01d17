"""What a shell offers to complete: ids of articles and topics, without opening the index; and how
it is told: `kb completion` prints the script that asks.

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
from unicodedata import normalize

from click.shell_completion import CompletionItem, ShellComplete

from kb.cli.text import visible
from kb.errors import KbError
from kb.model import Tier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import click

    from kb.config import Config


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


def complete_articles(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001  # as click calls it
    incomplete: str,
) -> list[CompletionItem]:
    """Ids that begin with what is typed, and of one that is alone its anchors; after a `#`, the
    anchors of that article. The head of this module says what the types mean.
    """
    if ctx.params.get("words"):  # an id has been given
        return []
    article, hash_, anchor = incomplete.partition("#")
    if hash_:
        begun = [each for each in _anchors(ctx, article) if each.startswith(anchor)]
        return [CompletionItem(f"{article}#{each}") for each in begun]
    ids = [id_ for id_ in _ids(ctx) if id_.startswith(normalize("NFC", incomplete))]
    items = [CompletionItem(id_, type="open") for id_ in ids]
    if len(ids) == 1:
        below = _anchors(ctx, ids[0])
        items += [CompletionItem(f"{ids[0]}#{each}", type="more") for each in below]
    return items


def complete_topics(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Ids of topics, which are folders that hold articles, directly or further below."""
    if ctx.params.get("words") and param.name == "words":
        return []
    return _topics(ctx, incomplete)


def complete_tags(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001  # as click calls it
    incomplete: str,
) -> list[str]:
    """Tags of the articles as the index has them, which is neither updated nor made for it."""
    return _tags(ctx, incomplete)


def complete_languages(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001  # as click calls it
    incomplete: str,
) -> list[str]:
    """Tags of the languages of the articles, as the index has them."""
    from kb.index.generations import DamagedIndexError, IndexFolder
    from kb.text.languages import tidy_tag

    config = _config(ctx)
    try:
        generation = IndexFolder(config.index).current()
    except (KbError, DamagedIndexError):
        return []
    tags = generation.languages if generation else ()
    found = [tag or tidy_tag(config.language) for tag in tags]
    return sorted(tag for tag in found if tag.startswith(incomplete))


def complete_words(
    ctx: click.Context,
    param: click.Parameter,  # noqa: ARG001  # as click calls it
    incomplete: str,
) -> list[str]:
    """The filters of a query: what stands behind `topic:`, `tag:` and `tier:`, without spaces."""
    key, colon, value = incomplete.partition(":")
    known = {"topic": _topics, "tag": _tags, "tier": _tiers}
    if not colon or key not in known:
        return []
    return [f"{key}:{each}" for each in known[key](ctx, value) if " " not in each]


def _topics(ctx: click.Context, begin: str) -> list[str]:
    found: dict[str, None] = {}
    for id_ in _ids(ctx):
        folders = id_.split("/")[:-1]
        found.update({"/".join(folders[:end]): None for end in range(1, len(folders) + 1)})
    return [topic for topic in found if topic.startswith(normalize("NFC", begin))]


def _tiers(_ctx: click.Context, begin: str) -> list[str]:
    return [tier.value for tier in Tier if tier.startswith(begin)]


def _tags(ctx: click.Context, begin: str) -> list[str]:
    from kb.config import Ranking
    from kb.index.updater import Indexer
    from kb.index.whoosh.engine import WhooshEngine
    from kb.text.analysis import Analyzer
    from kb.text.languages import tidy_tag

    config = _config(ctx)
    if config.engine.kind != "whoosh":  # nobody waits for a cluster at a key
        return []

    def open_engine(folder: Path, language: str) -> WhooshEngine:
        analyzer = Analyzer(language or config.language, config.search.stop_words)
        return WhooshEngine(folder, analyzer, Ranking())

    kept = Indexer(config, open_engine).as_it_is()
    if kept is None:
        return []
    tags: set[str] = set()
    for language in kept[0].languages:
        engine = open_engine(kept[0].folder_of(language, tidy_tag(config.language)), language)
        tags.update(tag for card in engine.cards().values() for tag in card.tags)
        engine.close()
    return sorted(tag for tag in tags if tag.startswith(begin))


def _config(ctx: click.Context) -> Config:
    from kb.content.dialects import configure

    meta = ctx.meta
    return configure(
        config=meta.get("kb.config"), content=meta.get("kb.content"), index=meta.get("kb.index")
    )


def _ids(ctx: click.Context) -> list[str]:
    """Every id that is safe to show; none when the settings or the folder can't be read."""
    from kb.content import scan
    from kb.content.dialects import dialect_of

    try:
        config = _config(ctx)
        ids = [source.id for source in scan(config.content, dialect_of(config)).articles]
    except (KbError, OSError):
        return []
    return sorted(id_ for id_ in ids if visible(id_) == id_)


def _anchors(ctx: click.Context, article: str) -> list[str]:
    """The anchors of one article, which is read for it."""
    from kb.content import read_article, scan
    from kb.content.dialects import dialect_of

    try:
        config = _config(ctx)
        dialect = dialect_of(config)
        listing = scan(config.content, dialect)
        source = next((s for s in listing.articles if s.id == article), None)
        if source is None:
            return []
        found = read_article(config.content, source, limits=config.limits, dialect=dialect)
    except (KbError, OSError):
        return []
    return [] if isinstance(found, tuple) else [section.anchor for section in found.sections]
