"""The noun: how one house writes Markdown, and where its pictures, menus and addresses stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kb.config import DEFAULT_MARKDOWN, MarkdownConfig
from kb.content.languages import ONE_LANGUAGE, Languages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kb.content.frontmatter import Plain


_PLACE = re.compile(r":([a-z_]+)")
_ORDER = re.compile(r"(?<![^/])\d+\.(?=[^\s/])")
_NUMBERED = re.compile(r"(?<![^/])\d{1,4}(?:[-_.]\s?|\s)(?=[^\s/])")
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?=-.)")


BY_NAME, TEXT_FIRST = "obsidian", "gollum"
"""Families of marks: `[[Page]]` is a link, and `[[text|Page]]` has its text first."""


class Anchors(StrEnum):
    """The way a generator makes the id of a heading."""

    GITHUB = "github"
    PYTHON_MARKDOWN = "python-markdown"
    HUGO = "hugo"
    DOCUSAURUS = "docusaurus"
    KRAMDOWN = "kramdown"
    DOCSIFY = "docsify"
    GITLAB = "gitlab"
    MDBOOK = "mdbook"
    VITEPRESS = "vitepress"
    ZOLA = "zola"
    PANDOC = "pandoc"


class Located(NamedTuple):
    """What told the generator of a content folder, before any of it is read.

    `evidence` is the file that told it, None where the settings or nothing did. `root` is the
    folder that may be read: that of the evidence, or of the repository, or `content` itself.
    `project` is the folder of the whole project, from which articles may include texts and code: it
    is `root` or holds it.
    `state` is a digest of the states of all files that the dialect is read from: the same state,
    the same dialect.
    """

    name: str
    content: Path
    root: Path
    project: Path
    evidence: Path | None
    state: str


class Routes(NamedTuple):
    """How a file becomes an address in the generator's own site.

    `base` is the path below which its pages stand there, with both slashes. `indexes` are names
    of files, in lower case, that stand for their folder. `numbered`: a number before a name
    (`01-intro`) is for the order only. `lower`: addresses are in lower case, with hyphens for
    spaces. `slugs`: keys of front matter that name the last part of the address, or all of it.
    `permalinks` are folders below content/ (`_guides/`) with the pattern of the addresses of what
    is in them (`/guides/:path/`), the innermost first.
    `bundles` are names of files, in lower case, that are an article called as their folder, which
    is no topic then: what else is in it belongs to that article. `folders`: each page stands as a
    folder (`/late/`), to which relative addresses on it are relative. `ordered`: pages stand in
    the order of the numbers before their names (`2.late`, `10.more`), of which titles have none.
    `front` is the id, in lower case, of the article that is the front page whatever it is called.
    `descending`: what has a higher `order` stands before what has a lower one, or none, which is 0.
    """

    base: str = "/"
    indexes: tuple[str, ...] = ("index", "readme", "_index")
    numbered: bool = False
    lower: bool = False
    slugs: tuple[str, ...] = ("slug",)
    permalinks: tuple[tuple[str, str], ...] = ()
    bundles: tuple[str, ...] = ()
    folders: bool = False
    ordered: bool = False
    descending: bool = False
    front: str = ""


class Begins(NamedTuple):
    """What else says from when an article is published: a `key` of front matter, and a `day` that
    its file's name gives. Both are empty where nothing does.
    """

    key: str = ""
    day: str = ""


NO_DAY = Begins()


USUAL_ROUTES = Routes()


class Groups(NamedTuple):
    """The topics that a menu makes of pages, where readers browse by these: `topics` has the one
    of each page, by its key (`groups.page_key`). `titles` are their labels, `pages` the keys of
    their own pages, both by topic; `order` has the places of topics, and of pages behind a slash.
    """

    topics: dict[str, str]
    titles: dict[str, str]
    pages: dict[str, str]
    order: dict[str, int]


NO_GROUPS = Groups({}, {}, {}, {})


def _filled(pattern: str, path: str) -> str:
    """A pattern with what the path of a file says; empty where it asks for more."""
    folder, _, name = path.rpartition("/")
    page = folder.rpartition("/")[2] if folder and name.casefold() == "index" else name
    values = {"path": path, "name": name, "title": name, "slug": name, "page": page}
    values["output_ext"] = ""
    address = _PLACE.sub(lambda found: values.get(found[1], found[0]), pattern)
    return "" if _PLACE.search(address) else address


def permalink_of(path: str, permalinks: Sequence[tuple[str, str]]) -> str:
    """The address of the article at a path by the first pattern that is for its folder, as
    `Routes.permalinks` has them; empty where there is none, or it needs more than the path.
    """
    stem = path.rpartition(".")[0]
    for folder, pattern in permalinks:
        if stem.startswith(folder):
            return _filled(pattern, stem.removeprefix(folder))
    return ""


def key_of_page(path: str, indexes: Iterable[str]) -> str:
    """What pages are told apart by: a path without the name of a file that stands for its folder,
    with hyphens for spaces, in lower case.
    """
    folder, _, name = path.strip("/").rpartition("/")
    kept = folder if name.casefold() in indexes else path.strip("/")
    return re.sub(r"[\s_]+", "-", kept.casefold())


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a content folder is to be read. All paths are absolute.

    `evidence` is the file that told it, relative to `root`; empty where none did. `root` is the
    folder that may be read: nothing outside of it is, but texts and code that articles include,
    which may stand anywhere in the `project`. `asset_folders` hold pictures that stand beside the
    content, the first one first; an address that begins with a slash starts there.
    `include_folders` are where includes are looked for. `published_at` are paths (`/docs/`) and
    origins (`https://docs.example.com/`) below which the site was published. `marks` are the
    families of marks that its articles use: `liquid`, `jinja`, `hugo`, `mdx`, `gitbook`, `docfx`,
    `obsidian`, `gollum`, `vuepress`, `docsify`, `mkdocs`, `kramdown`, `zola`, `mdc`, `retype`,
    `writerside`, `quarto`.
    `exclude` are patterns of files that the generator does not publish, as `.gitignore` has them,
    from the folder `exclude_from` (else `content`); `hidden_by` finds those that only the files
    themselves tell of.
    `menu` names files that give the order of the articles, and `data_files` those that give
    variables, each with the name that it has there. `markdown` is what is read beyond CommonMark.
    `title_suffix` is what titles end with that is the name of the site, such as `| Help Center`.
    `languages` are those that the articles are in, where they are in several, and `language` is
    the one that all are in, where the generator says it; `title` is the name of the site.
    `date_key` is a key of front matter that says from which day an article is published; where
    `dated_folders` are named, only in these, whose files may have the day before their names.
    `start` is the folder at which the generator's addresses start where that is one within the
    content folder; None where it is that itself.
    `home` is the folder within the content folder that holds all that the generator publishes; None
    where that is not known, or it is that itself. `groups` are the topics of a menu by which its
    readers browse, where they do. `appended` are names of texts whose definitions of links count
    for all articles. `former` has the former addresses of pages, as paths, by the keys of these
    (`key_of_page`).
    `state` is the digest of all that it was read from.
    """

    name: str = "plain"
    content: Path = Path()
    root: Path = Path()
    project: Path = Path()
    evidence: str = ""
    asset_folders: tuple[Path, ...] = ()
    include_folders: tuple[Path, ...] = ()
    published_at: tuple[str, ...] = ()
    anchors: Anchors = Anchors.GITHUB
    routes: Routes = USUAL_ROUTES
    marks: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    exclude_from: Path | None = None
    data_files: tuple[tuple[str, Path], ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    menu: tuple[Path, ...] = ()
    hidden_by: Callable[[Path, Sequence[str]], Mapping[str, str]] | None = None
    state: str = ""
    markdown: MarkdownConfig = DEFAULT_MARKDOWN
    title_suffix: str = ""
    languages: Languages = ONE_LANGUAGE
    language: str = ""
    title: str = ""
    date_key: str = ""
    dated_folders: tuple[str, ...] = ()
    start: Path | None = None
    home: Path | None = None
    groups: Groups = field(default=NO_GROUPS, hash=False)
    appended: tuple[str, ...] = ()
    former: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def begins(self, path: str) -> Begins:
        """What says from when the article at a path is published, beside the keys of all."""
        *folders, name = path.split("/")
        if not self.date_key or (self.dated_folders and not {*self.dated_folders} & {*folders}):
            return NO_DAY
        dated = _DATED.match(name) if self.dated_folders else None
        return Begins(self.date_key, dated[0] if dated else "")

    def permalink(self, path: str) -> str:
        """The address that the article at a path has by the pattern for its folder; empty where
        there is none, or it needs more than the path.
        """
        return permalink_of(path, self.routes.permalinks)

    def former_addresses(self, path: str, routes: Sequence[str]) -> tuple[str, ...]:
        """The former addresses of the article at a path, which is also published at `routes`; one
        may have led to the next.
        """
        if not self.former:
            return ()
        stem = path.rpartition(".")[0]
        bare = _NUMBERED.sub("", stem) if self.routes.numbered else stem
        indexes = self.routes.indexes
        known = {key_of_page(each, indexes) for each in (*routes, bare, stem)}
        found: list[str] = []
        waiting = sorted(known)
        while waiting:
            for name in self.former.get(waiting.pop(), ()):
                if (key := key_of_page(name, indexes)) not in known:
                    known.add(key)
                    waiting.append(key)
                    found.append(name)
        return tuple(found)

    def bare(self, id_: str) -> str:
        """An id as titles are made of it: without numbers where these are for the order only."""
        return _ORDER.sub("", id_) if self.routes.ordered else id_

    @property
    def links_by_name(self) -> list[str]:
        """The families of marks that make links of names, in order."""
        return sorted(self.marks & {BY_NAME, TEXT_FIRST})

    @property
    def variables(self) -> Mapping[str, Plain]:
        """What its articles call by name, from the configuration (`given`) and the data files.

        A name has dots between its parts: `site.title`, `site.data.product.name`. Values are
        texts, or lists and tables of them. Files are read when first asked for, and what can't be
        read gives nothing.
        """
        # Imported here: it brings the YAML parser, and a search needs no variables.
        from kb.content.dialects.configuration import read_data  # noqa: PLC0415

        return read_data(self.data_files, self.given, self.state)


PLAIN = Dialect()
