"""Hugo: https://gohugo.io/configuration/."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from kb.content.dialects.build import begin, name_of_site, only, sites, spoken
from kb.content.dialects.cascade import hidden_by_cascade, hidden_by_targets, hiding_targets
from kb.content.dialects.configuration import (
    data_files,
    flatten,
    read_configuration,
    regexes,
    table,
    text,
    texts,
)
from kb.content.dialects.dialect import Anchors, Dialect, Located, Routes
from kb.content.files import without_suffix
from kb.files import is_file
from kb.text.languages import language_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kb.content.frontmatter import Plain
    from kb.content.languages import Languages

# Hugo lets two stars stand for folders within a name, too.
_ACROSS = re.compile(r"\*\*(?!/|\Z)")


def read(located: Located) -> Dialect:
    """How `hugo.toml` and its like have the folder read."""
    said = read_configuration(located.evidence, located.root) if located.evidence else {}
    params = {key.lower(): value for key, value in table(said).items()}
    given = [(f"site.{name}", value) for name, value in flatten(params, "")]
    static = texts(said, "staticDir") or (text(said, "staticDir") or "static",)
    return begin(
        located,
        assets=(*static, "assets"),
        includes=("includes", "_includes"),
        published_at=sites(text(params, "baseurl")),
        anchors=Anchors.HUGO,
        routes=Routes(
            indexes=("_index", "index"),
            lower=True,
            slugs=("url", "slug", "aliases"),
            bundles=("index",),
            folders=text(params, "uglyurls") != "true",
        ),
        marks=frozenset({"hugo"}),
        exclude=_excluded(table(params.get("module"))),
        exclude_from=located.root,
        hidden_by=_Hidden(
            regexes(texts(params, "ignorefiles")), hiding_targets(params.get("cascade") or {})
        ),
        data_files=tuple(data_files(located.root / "data", "site.data")),
        given=tuple(given),
        languages=(languages := _languages(located, said)),
        title=name_of_site(text(params, "title")),
        language=only(
            *languages.first, text(params, "languagecode"), text(params, "defaultcontentlanguage")
        ),
        start=_start(params),
        home=_home(params),
        date_key="" if text(params, "buildfuture") == "true" else "date",
    )


def _languages(located: Located, said: Plain) -> Languages:
    """What `languages` says: a language has a folder (`contentDir`, or a mount of a module), else
    names end in it (`start.de.md`).
    """
    keys = {key.lower(): value for key, value in table(said).items()}
    named = table(keys.get("languages"))
    for file in (f"config/_default/languages.{kind}" for kind in ("toml", "yaml", "yml", "json")):
        if not named and is_file(located.root / file):
            named = table(read_configuration(located.root / file, located.root))
    off = texts(keys, "disablelanguages")
    folders = dict(_mounts(table(keys.get("module"))))
    pairs, in_folders = [], False
    for key, value in named.items():
        tag = language_tag(key)
        options = {name.lower(): inner for name, inner in table(value).items()}
        if not tag or key in off or text(options, "disabled") == "true":
            continue
        folder = text(options, "contentdir") or folders.get(key, "")
        in_folders |= bool(folder)
        below = located.root / folder
        if folder and below.is_relative_to(located.content):
            pairs.append((tag, below.relative_to(located.content).as_posix().strip(".")))
        elif not folder:
            pairs.append((tag, ""))
    default = language_tag(text(keys, "defaultcontentlanguage") or "en")
    return spoken(pairs, default, suffixes=not in_folders)


def _start(params: dict[str, Plain]) -> str:
    """The folder of the default language, else that of all content."""
    first = text(params, "defaultcontentlanguage") or "en"
    options = {key.lower(): value for key, value in table(params.get("languages"), first).items()}
    return text(options, "contentdir") or text(params, "contentdir") or "content"


def _home(params: dict[str, Plain]) -> str:
    """The folder that holds the content of all languages; empty where there is none, or modules may
    bring more.
    """
    said = table(params.get("languages"))
    keyed = ({key.lower(): value for key, value in table(each).items()} for each in said.values())
    folders = [folder for each in keyed if (folder := text(each, "contentdir"))]
    mounts = table(params.get("module")).get("mounts")
    targets = (text(mount, "target") for mount in (mounts if isinstance(mounts, list) else ()))
    if any(target.strip("/").partition("/")[0] == "content" for target in targets):
        return ""
    paths = [posixpath.normpath(path) for path in (_start(params), *folders)]
    if any(path.startswith(("..", "/")) for path in paths):
        return ""
    return posixpath.commonpath(paths)


def _mounts(module: Plain) -> Iterator[tuple[str, str]]:
    """The folders of content that a module mounts, by their languages."""
    listed = table(module).get("mounts")
    for mount in listed if isinstance(listed, list) else ():
        if text(mount, "target").strip("/") == "content":
            matrix = table(mount, "sites", "matrix")
            for key in (text(mount, "lang"), *texts(matrix, "languages")):
                if key:
                    yield key, text(mount, "source")


def _excluded(module: Plain) -> tuple[str, ...]:
    """What mounts of content leave out."""
    listed = table(module).get("mounts")
    rows = [table(mount) for mount in (listed if isinstance(listed, list) else ())]
    return tuple(
        f"/{text(row, 'source').strip('/')}/{_ACROSS.sub('**/*', pattern.lstrip('/'))}"
        for row in rows
        for pattern in texts(row, "excludeFiles")
        if text(row, "target").strip("/") == "content"
    )


class _Hidden(NamedTuple):
    """What settings and cascades hide, and what is part of a bundle: https://gohugo.io/content-management/page-bundles/.

    The content folder itself is none: all other articles would be parts of it.
    """

    ignored: tuple[re.Pattern[str], ...]
    targets: tuple[tuple[str, str], ...]

    def __call__(self, content: Path, paths: Sequence[str]) -> Mapping[str, str]:
        homes = {path.rpartition("/")[0]: path for path in paths if _is_bundle(path)}
        homes.pop("", None)
        hidden = {
            path: "`ignoreFiles` in the configuration leaves it out"
            for path in paths
            if any(each.search(f"{content.as_posix()}/{path}") for each in self.ignored)
        }
        hidden.update(hidden_by_targets(self.targets, paths))
        hidden.update(hidden_by_cascade(content, paths))
        for path in paths:
            folder = path.rpartition("/")[0]
            while folder and homes.get(folder, path) == path:
                folder = folder.rpartition("/")[0]
            if folder:
                hidden.setdefault(path, f"it is part of the bundle {homes[folder]}")
        return hidden


def _is_bundle(path: str) -> bool:
    return without_suffix(path).rpartition("/")[2].casefold() == "index"
