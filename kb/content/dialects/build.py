"""What the dialects have in common: the paths beside the content, and the address of the site."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kb.content.dialects.configuration import table, text
from kb.content.dialects.dialect import Dialect, Located, Routes
from kb.content.dialects.redirects import former_addresses, pairs_of_host
from kb.content.languages import ONE_LANGUAGE, Languages
from kb.files import is_folder
from kb.text.languages import language_tag, primary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kb.content.frontmatter import Plain

_LONGEST = 80
_ORIGIN = re.compile(r"https?://[^/?#\s]+", re.IGNORECASE)


def begin(
    located: Located,
    *,
    assets: Iterable[str] = (),
    includes: Iterable[str] = (),
    start: str = "",
    home: str | None = None,
    redirects: Iterable[tuple[str, str]] = (),
    **values: Any,
) -> Dialect:
    """A dialect of a located folder. `assets` and `includes` are folders, looked for at the root,
    above the content folder, and in it; those that there are count. `start` is the path below the
    root of the folder from which the generator reads pages, `home` that of all of them where it is
    not the same. `redirects` are pairs of a former
    address and what it leads to, beside which those of hosts' files count. Others are fields of it.
    """
    inner = Path(os.path.normpath(located.root / start))
    first = _within_content(located, start)
    routes = values.get("routes", Routes())
    published_at = (*values.get("published_at", ()), routes.base, _below(inner, located.content))
    bases = [located.root, *_between(located), located.content]
    return Dialect(
        name=located.name,
        content=located.content,
        root=located.root,
        project=located.project,
        evidence=_shown(located),
        asset_folders=_within(located.root, [base / name for base in bases for name in assets]),
        include_folders=_within(located.root, [base / name for base in bases for name in includes]),
        state=located.state,
        start=first,
        home=first if home is None else _within_content(located, home),
        former=former_addresses(
            (*redirects, *pairs_of_host(located)), published_at, routes.indexes
        ),
        **values,
    )


def _within_content(located: Located, path: str) -> Path | None:
    """The folder at a path below the root, where there is one within the content folder."""
    inner = Path(os.path.normpath(located.root / path))
    is_within = path and located.content in inner.parents and is_folder(inner)
    return inner if is_within else None


def _below(folder: Path, content: Path) -> str:
    """The path of the content folder below that from which pages are read, with both slashes."""
    is_below = content.is_relative_to(folder)
    return joined(*content.relative_to(folder).parts) if is_below else "/"


def below_root(located: Located, path: str) -> str:
    """A path of the configuration, which is relative to the folder that this stands in, as one
    below the root: a generator may have a folder of its own beside the articles.
    """
    site = located.evidence.parent if located.evidence else located.root
    return os.path.relpath(site / path, located.root).replace(os.sep, "/")


def _between(located: Located) -> list[Path]:
    """The folders between the root and the content folder."""
    above = []
    for folder in located.content.parents:
        if folder == located.root or not folder.is_relative_to(located.root):
            break
        above.append(folder)
    return above[::-1]


def _within(root: Path, folders: Iterable[Path]) -> tuple[Path, ...]:
    """The folders that there are, none of them outside of the root."""
    real = root.resolve()
    kept = (f for f in folders if is_folder(f) and f.resolve().is_relative_to(real))
    return tuple(dict.fromkeys(kept))


def _shown(located: Located) -> str:
    if located.evidence is None:
        return ""
    return located.evidence.relative_to(located.root).as_posix()


def locales(said: Plain | None, default: str = "") -> Languages:
    """The languages of a table that has one for each folder, as Starlight, VitePress and VuePress
    write it: `root` or `/` is what stands in no other; `default` names one of them.
    """
    pairs = []
    for key, value in table(said).items():
        folder = "" if key in {"root", "/"} else key.strip("/")
        if tag := language_tag(text(value, "lang") or folder):
            pairs.append((tag, folder))
    outside = next((tag for tag, folder in pairs if not folder), "")
    named = next((tag for tag, folder in pairs if folder and folder == default.strip("/")), "")
    return spoken(pairs, outside or named, outside=outside)


def spoken(
    pairs: Iterable[tuple[str, str]], default: str, *, outside: str = "", suffixes: bool = False
) -> Languages:
    """The languages that a configuration names, each with its folder, the `default` one first;
    where it names one alone, without folders.
    """
    found = dict(pairs)
    if len(found) < 2:  # noqa: PLR2004  # one is that of all
        return ONE_LANGUAGE._replace(first=tuple(found))
    folders = sorted(found.items(), key=lambda pair: -len(pair[1]))
    first = tuple(dict.fromkeys((*([default] if default else ()), *found)))
    return Languages(
        folders=tuple(folders), suffixes=suffixes, outside=outside or default, first=first
    )


def only(*tags: str) -> str:
    """The language of all pages, by the first of these that is one; empty for English, which is
    the language where nothing is said.
    """
    tag = next(filter(None, map(language_tag, tags)), "")
    return "" if primary(tag) == "en" else tag


def name_of_site(*texts: str) -> str:
    """The first of these that is one line of plain text."""
    return next((t for t in texts if t and not set(t) & set("{}<>\n") and len(t) <= _LONGEST), "")


def sites(*addresses: str) -> tuple[str, ...]:
    """The origins and paths below which a site stands: `https://a.org/docs/` is both."""
    found: dict[str, None] = {}
    for address in addresses:
        if not address or any(sign in address for sign in "{}$ \n"):
            continue
        if _ORIGIN.match(address):
            found[address.rstrip("/") + "/"] = None
            address = urlsplit(address).path  # noqa: PLW2901 its path counts as well
        elif "//" in address:
            continue
        if path := address.strip("/"):
            found[f"/{path}/"] = None
    return tuple(found)


def joined(*parts: str) -> str:
    """Parts of a path as one, with both slashes."""
    path = "/".join(stripped for part in parts if (stripped := part.strip("/")))
    return f"/{path}/" if path else "/"
