"""The URL resolver: what the links of an article lead to.

A link is read in several ways, one after the other: as the path of a file, then as the addresses
of the generators have it (below a prefix, relative to the page's own address, from the root). The
first way that leads to something counts.
"""

from __future__ import annotations

import re
from itertools import chain, takewhile
from typing import TYPE_CHECKING, NamedTuple, Protocol
from urllib.parse import unquote

from kb.concurrency import cached_property
from kb.content.anchors import find_anchor
from kb.content.dialects.dialect import permalink_of
from kb.content.files import fold, printable
from kb.content.inlined import FOLDER, UNKNOWN, article_of
from kb.content.markdown.directives import label_id
from kb.content.markdown.wiki_link import BY_NAME
from kb.site.addresses import encode, file_address
from kb.site.links import Place, normal_path, path_from, path_in_repository, sort_link, target_of
from kb.site.publication import NEVER_PUBLISHED, Publication, shared_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kb.files import State
    from kb.site.links import LinkReference

_ENDING = re.compile(r"\.(?:md|mdx|markdown|mdown|mkd|qmd|mdoc|html?)\Z", re.IGNORECASE)
_INDEX = re.compile(r"(?:\A|/)(?:index|_index|readme)\Z")
_NUMBER = re.compile(r"\A\d+\s*[-_.]+\s*(?=\S)")
_DATE = re.compile(r"\A(\d{4})-(\d{1,2})-(\d{1,2})-(?=\S)")
_DATED = re.compile(r"(?:\A|/)\d{4}/(?:\d{1,2}/){0,2}([^/]+)\Z")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[a-zA-Z]{2,4})?/(?=.)")
_EVERYWHERE = frozenset({"top"})
"""What browsers find on any page."""
_GROUP = re.compile(r"\(.*\)")
_LIKE_ITS_FOLDER = 2  # parts that several paths share: the name, and one folder
_USER_CONTENT = "user-content-"
_FOOTNOTE = re.compile(r"user-content-fn-(\d+)")
"""How GitHub calls a footnote, and GitBook where its words are a link to it."""
_TEXT = ":~:"


class Destination(NamedTuple):
    """A page that can be linked to; `anchors` are those of its headings, `title` is its own."""

    address: str
    anchors: frozenset[str] = frozenset()
    title: str = ""


class Label(NamedTuple):
    """A place on a page that links of any article may name, with its `heading`, if it has one."""

    page: Destination
    anchor: str
    heading: str


class Resolved(NamedTuple):
    """What becomes of a link or an image: `href` is an encoded address from the root of the site,
    or where it is `outside` a whole one; empty if there is nothing to link to. `warning` says what
    is wrong. `file` is the path of a file to copy. `title` is what a link without words shows.
    """

    href: str
    warning: str = ""
    file: str = ""
    outside: bool = False
    title: str = ""


class Complaint(Protocol):
    """Says what keeps a file out of the site: `kb.site.downloads` knows."""

    def __call__(self, path: str, /, *, image: bool) -> str:
        """The reason, to be said after the file's name; empty if there is none."""
        ...


class Translation(NamedTuple):
    """Where links of articles in one language lead: `instead` has, for the address of a page in
    another one, the same page in this. What the language's `folder` (`de/`) does not hold is looked
    for in that of the `first` one. Both are empty for what stands in no folder of its own. `others`
    are the folded folders of other languages: nothing in them is taken for what a link meant.
    """

    instead: Mapping[str, Destination]
    folder: str = ""
    first: str = ""
    others: tuple[str, ...] = ()


NO_TRANSLATION = Translation({})


class Targets:
    """Everything that a link can lead to.

    `articles` holds the published articles by folded path without `.md`, former ids too;
    `topics` the topics by folded id; `routes` what else leads to an article, folded, where it
    leads to one alone. `labels` are places by their names in lower case. `files` are other files:
    their path is relative to content/, so that those beside it begin with `../`; `asset_folders`
    those in which an address from the root starts, too. `hidden` are the folded paths of articles
    that are not published. `complaint` says what keeps a file out of the site, by its path and
    whether it is to be shown as an image.
    """

    def __init__(
        self,
        articles: Mapping[str, Destination],
        topics: Mapping[str, Destination],
        files: Mapping[str, State],
        hidden: frozenset[str],
        complaint: Complaint,
        *,
        routes: Mapping[str, Destination] | None = None,
        labels: Mapping[str, Label] | None = None,
        asset_folders: tuple[str, ...] = (),
        publication: Publication = NEVER_PUBLISHED,
        translation: Translation = NO_TRANSLATION,
    ) -> None:
        self.articles = articles
        self.topics = topics
        self.files = files
        self.hidden = hidden
        self.routes = routes or {}
        self.labels = labels or {}
        self.asset_folders = tuple(dict.fromkeys([*asset_folders, *map(_above, asset_folders)]))
        self.publication = publication
        self.translation = translation
        self.guessed = ""
        self._complaint = complaint

    def resolve(self, wanted: LinkReference, page: str = "") -> Resolved:
        """What a link or an image leads to that is written in the article at path `page`."""
        if wanted.image:
            return self._image(wanted, page)
        found = self._labelled(wanted, page) or self._linked(wanted, page)
        if not wanted.wordless:
            return found._replace(title="")  # none but such a link depends on it
        if found.warning and wanted.written.startswith("#"):
            return found._replace(title=wanted.fragment)
        return found

    def _linked(self, wanted: LinkReference, page: str) -> Resolved:
        readings = self._readings(wanted, page)
        if wanted.written.startswith("@") and (own := path_in_repository(wanted.written)):
            readings = chain((own.removeprefix(self.publication.inner),), readings)
        for path in readings:
            found = self._page(path)
            if found is not None:
                return self._translated(found, wanted, page)
            if self._is_hidden(path):
                return Resolved("", "leads to an article that is not published")
            if (file := self._find_file(path)) is not None:
                return self._file(file, image=False)
        if (file := self._find_file(_path_of(wanted, page))) is not None:
            return self._file(file, image=False)
        return self._in_other_folders(wanted, page) or self._namesake(wanted, page)

    def _labelled(self, wanted: LinkReference, page: str) -> Resolved | None:
        """The place that a link names, where the page that it is on has no such anchor."""
        is_place = wanted.written.startswith("#")
        if not self.labels or not (is_place or self._page(wanted.path) is None):
            return None
        name = unquote(wanted.written.removeprefix("#"))
        label = self.labels.get(label_id(name))
        own = self.articles.get(fold(_ENDING.sub("", page)))
        if label is None or (own and own.address != label.page.address and name in own.anchors):
            return None
        href = f"{encode(label.page.address)}#{encode(label.anchor)}"
        return Resolved(href, title=label.heading or label.page.title)

    def _translated(self, found: Destination, wanted: LinkReference, page: str) -> Resolved:
        """A page, in the language of the one that links to it where there is such. A link from an
        article to its own translation stays what it is.
        """
        own = self.translation.instead.get(found.address)
        here = self.articles.get(fold(_ENDING.sub("", page))) if own else None
        if own is None or here is None or here.address == own.address:
            return _at_anchor(found, wanted.fragment)
        there = _at_anchor(own, wanted.fragment)
        return there._replace(warning="")  # a heading has another anchor in another language

    def _in_other_folders(self, wanted: LinkReference, page: str) -> Resolved | None:
        """What a link leads to below the folder of its language, else below that of the first."""
        _, folder, first, _ = self.translation
        if folder == first == "":
            return None
        for path in filter(None, self._readings(wanted, page)):  # empty: out of the content folder
            for place in (folder, first):
                if (found := self._page(place + path.removeprefix(folder))) is not None:
                    return self._translated(found, wanted, page)
        return None

    def find_prefix(self, rooted: Iterable[str]) -> None:
        """See below which prefix the articles were published, by their links from the root: where
        most that begin with it lead to a page without it. It is `guessed` then.
        """
        lost = [path.strip("/") for path in rooted if self._page(path.strip("/")) is None]
        lost = [path for path in lost if not any(self._below_prefixes(path))]
        self.guessed = shared_prefix(lost, lambda path: self._page(path) is not None)
        if self.guessed:
            prefixes = (*self.publication.prefixes, self.guessed)
            self.publication = self.publication._replace(prefixes=prefixes)

    def _is_hidden(self, path: str) -> bool:
        name = _ENDING.sub("", fold(path.strip("/")))
        dated = _DATED.search(name)
        return name in self.hidden or (dated is not None and f"@{dated[1]}" in self.hidden)

    def _namesake(self, wanted: LinkReference, page: str) -> Resolved:
        """What becomes of a link that leads to nothing where it points: the only page or picture of
        that name and folder is meant, since files are moved, and folders are put into others.
        """
        found = self._elsewhere(wanted)
        *above, name = _path_of(wanted, page).strip("/").split("/")
        by_name = wanted.written.startswith(BY_NAME)
        if found.outside or not (above or by_name or wanted.image or _ENDING.search(name)):
            return found
        folder = fold(above[-1]) if above and above[-1] != ".." else ""
        named, stem = self._named[wanted.image], fold(_ENDING.sub("", name))
        places = named.get(stem) or (named.get(stem.replace(" ", "-"), []) if by_name else [])
        if by_name and not places:
            places = self._by_slug.get(stem, [])
            if not places and stem in self._hidden_names:
                return Resolved("", "leads to an article that is not published")
        places = [place for place in places if not place.startswith(self.translation.others)]
        alike = [place for place in places if f"/{place}".rpartition("/")[0].endswith(f"/{folder}")]
        if by_name or wanted.image or _ENDING.search(name):
            alike = alike or places
        if by_name and alike:
            nearest = min(alike, key=lambda path: (path.count("/"), path))
            return self._at(nearest, wanted)
        if len(alike) > 1:
            alike = _with_most_of([*map(fold, above), stem], alike)
        if len(alike) != 1 or not name.strip("."):
            return found
        moved = f"leads to nothing: taken for {printable(alike[0])}, the only one of that name"
        there = self._at(alike[0], wanted)
        return there._replace(warning=there.warning or moved)

    def _at(self, path: str, wanted: LinkReference) -> Resolved:
        """A picture, or an article by its folded path."""
        if wanted.image:
            return self._file(path, image=True)
        return _at_anchor(self.articles.get(path) or self.routes[path], wanted.fragment)

    @cached_property
    def _named(self) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """The paths of pages, and of files, by the names at their ends."""
        pages: dict[str, list[str]] = {}
        files: dict[str, list[str]] = {}
        seen: set[str] = set()
        for path, place in self.articles.items():  # those of today come first
            if place.address not in seen:
                pages.setdefault(path.rpartition("/")[2], []).append(path)
            seen.add(place.address)
        for path in self.files:
            files.setdefault(fold(path.rpartition("/")[2]), []).append(path)
        return pages, files

    @cached_property
    def _hidden_names(self) -> frozenset[str]:
        """The last parts of the paths of articles that are not published."""
        return frozenset(path.rpartition("/")[2] for path in self.hidden)

    @cached_property
    def _by_slug(self) -> Mapping[str, list[str]]:
        """The paths of pages by the last part of the addresses that they had elsewhere: an article
        that stands for a folder has the folder's name.
        """
        found: dict[str, list[str]] = {}
        for path in (*self.articles, *self.routes):
            name = _INDEX.sub("", path).rpartition("/")[2]
            found.setdefault(name, []).append(path)
        return found

    def _image(self, wanted: LinkReference, page: str) -> Resolved:
        if article_of(wanted.path) == page:
            return self._file(wanted.path, image=True)
        if wanted.path == f"{page}{FOLDER}/{UNKNOWN}":
            return Resolved("", "is written into the text, and none that can be shown")
        if own := path_in_repository(wanted.written):
            inner = self.publication.inner
            steps = "../" * inner.count("/")
            path = own.removeprefix(inner) if own.startswith(inner) else steps + own
            if path in self.files:
                return self._file(path, image=True)
        for path in (*self._readings(wanted, page), _path_of(wanted, page)):
            if (file := self._find_file(path)) is not None:
                return self._file(file, image=True)
        found = self._namesake(wanted, page)
        remote = "lies on another host: made a link"
        return found._replace(warning=remote) if found.outside else found

    def _readings(self, wanted: LinkReference, page: str) -> Iterator[str]:
        """The paths that a link may mean, relative to content/, the likeliest first."""
        if self.publication.prefixes and _has_origin(wanted.written):
            pass  # on that host there is more than these articles
        else:
            yield from self._as_url(wanted, page)
            if wanted.path:
                yield wanted.path
            elif _path_of(wanted, page) == "./":
                yield "./"
        target = target_of(wanted.written)
        if target.startswith("/"):
            rooted = normal_path(target.lstrip("/"))
            yield from self._below_prefixes(rooted)
            if start := self.publication.start:
                yield from (start + path for path in (rooted, *self._below_prefixes(rooted)))
            if _LANGUAGE.match(rooted):  # what is not translated is shown as it is
                yield rooted.partition("/")[2]
        elif target:
            yield from self._relative(target, page)

    def _relative(self, target: str, page: str) -> Iterator[str]:
        """The paths that a relative link may mean beside the one from its file: it may be written
        for the address of its page, or from the root.
        """
        own = _ENDING.sub("", page)
        if not _INDEX.search(fold(own)):
            yield normal_path(f"{own}/{target}")
        if own.endswith("/page"):  # it stands as its folder, without a slash
            yield normal_path(f"{own.rpartition('/')[0].rpartition('/')[0]}/{target}")
        if address := permalink_of(page, self.publication.permalinks).strip("/"):
            yield normal_path(f"{address.rpartition('/')[0]}/{target}")
        rooted = normal_path(target)
        if "/" not in page:  # the front page may stand at `/wiki`, without a slash behind it
            yield from self._below_prefixes(rooted)
        yield rooted
        yield from self._below_prefixes(rooted)

    def _as_url(self, wanted: LinkReference, page: str) -> Iterator[str]:
        """The path that a browser would go to, where each page stands as a folder: for links that
        name a page as an address does, without an ending.
        """
        target = target_of(wanted.written)
        own = _ENDING.sub("", page)
        is_address = target and not target.startswith("/") and not wanted.image
        if not self.publication.folders or not is_address or _INDEX.search(fold(own)):
            return
        if "." not in target.rstrip("/.").rpartition("/")[2] and not wanted.written.startswith(
            BY_NAME
        ):
            path = path_from(f"{own}/{target}")
            yield "./" if path == "./" else normal_path(path)

    def _below_prefixes(self, rooted: str) -> Iterator[str]:
        for prefix in (*self.publication.prefixes, *self.publication.names):
            if f"{rooted}/".startswith(prefix):
                yield rooted[len(prefix) :] or "./"

    def _page(self, path: str) -> Destination | None:
        """The page at a path: an article, the article that stands for a folder, or its topic.

        An article beside a folder of its name is what generators show at the folder's address.
        """
        if not path or path.startswith("../"):
            return None
        name = fold(path.strip("/"))
        bare = _ENDING.sub("", name)
        if path.endswith("/"):
            return self._index(name) or self._article(name) or self._folder(name)
        if (found := self._article(bare)) is not None:
            return found
        folder = _INDEX.sub("", bare)
        if folder != bare:
            return self._folder(folder) or self._article(folder)
        return self._folder(name) if bare == name else None

    def _article(self, name: str) -> Destination | None:
        found = self.articles.get(name) or self.routes.get(name)
        if found is None and (dated := _DATED.search(name)):
            return self.routes.get(f"@{dated[1]}")
        return found

    def _folder(self, name: str) -> Destination | None:
        return self._index(name) or self.topics.get("" if name == "." else name)

    def _index(self, name: str) -> Destination | None:
        """The article that an author put into a folder to stand for it."""
        above = "" if name in {"", "."} else f"{name}/"
        found = (self.articles.get(above + index) for index in ("index", "_index", "readme"))
        return next(filter(None, found), None)

    def _find_file(self, path: str) -> str | None:
        """The file that a path means: itself, in an asset folder, or the only one that differs in
        upper and lower case alone; below the folder of a language, which may have been a site of
        its own, one that stands outside of it.
        """
        if path in self.files:
            return path
        if not path or path.endswith("/"):
            return None
        for folder in self.asset_folders:
            if (below := folder + path) in self.files:
                return below
        folded = fold(path)
        for folder in ("", *self.asset_folders):
            alike = self._folded_files.get(fold(folder) + folded, [])
            if len(alike) == 1:
                return alike[0]
        own = self.translation.folder
        inner = path.removeprefix(own) if own else path
        return self._find_file(inner) if inner != path else None

    def _begins_here(self, path: str) -> bool:
        """Whether the first part of a path is a folder or an article here."""
        return fold(path.strip("/").partition("/")[0]) in self._firsts

    @cached_property
    def _firsts(self) -> frozenset[str]:
        paths = (*self.articles, *self.topics, *self.hidden, *map(fold, self.files))
        return frozenset(path.partition("/")[0] for path in paths)

    @cached_property
    def _folded_files(self) -> dict[str, list[str]]:
        folded: dict[str, list[str]] = {}
        for path in self.files:
            folded.setdefault(fold(path), []).append(path)
        return folded

    def _file(self, path: str, *, image: bool) -> Resolved:
        wrong = self._complaint(path, image=image)
        return Resolved("", wrong) if wrong else Resolved(encode(file_address(path)), file=path)

    def _elsewhere(self, wanted: LinkReference) -> Resolved:
        """What becomes of a link that leads to nothing here: a place on the host where the articles
        stood, if it can be one.
        """
        if _has_origin(wanted.written):
            return Resolved(wanted.written, outside=True)
        target = target_of(wanted.written)
        origins, prefixes = self.publication.origins, self.publication.prefixes
        if origins and target.startswith("/") and not wanted.image:
            path = target.lstrip("/")
            if not path.startswith(prefixes) if prefixes else not self._begins_here(path):
                return Resolved(origins[0] + wanted.written.lstrip("/"), outside=True)
        if not wanted.path:
            return Resolved("", "leads out of the content folder")
        return Resolved("", "leads to nothing in the content folder")


def _has_origin(written: str) -> bool:
    return "://" in written and sort_link(written)[0] is Place.OUTSIDE


def _above(folder: str) -> str:
    """The folder that holds an asset folder, whose own name an address may begin with."""
    return folder.rstrip("/").rpartition("/")[0] + "/" if "/" in folder.rstrip("/") else ""


def _path_of(wanted: LinkReference, page: str) -> str:
    """The path of a file that a link is, with steps up where it leads out of content/."""
    target = target_of(wanted.written)
    rooted = target.startswith("/") or wanted.written.startswith(BY_NAME)
    folder = "" if rooted else page.rpartition("/")[0]
    return path_from(f"{folder}/{target}".lstrip("/") or "./")


def _with_most_of(parts: Sequence[str], paths: Iterable[str]) -> list[str]:
    """Those of some paths that end in most parts of another one: two folders at the least."""
    counted: dict[int, list[str]] = {}
    for path in paths:
        own = fold(_ENDING.sub("", path)).split("/")
        pairs = zip(reversed(parts), reversed(own), strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        counted.setdefault(shared, []).append(path)
    most = max(counted, default=0)
    return counted[most] if most > _LIKE_ITS_FOLDER else []


def _at_anchor(page: Destination, fragment: str) -> Resolved:
    href = encode(page.address)
    if not fragment:
        return Resolved(href, title=page.title)
    if (note := _FOOTNOTE.fullmatch(fragment)) and fragment not in page.anchors:
        return Resolved(f"{href}#kb-fn-{note[1]}", title=page.title)
    fragment, mark, text = fragment.partition(_TEXT)
    anchor = find_anchor(fragment, page.anchors)
    if anchor is None and fragment.startswith(_USER_CONTENT):
        anchor = find_anchor(fragment.removeprefix(_USER_CONTENT), page.anchors)
    if anchor is not None or fragment.lower() in _EVERYWHERE or (mark and not fragment):
        shown = encode(fragment if anchor is None else anchor)
        return Resolved(f"{href}#{shown}{mark}{text and encode(text)}", title=page.title)
    return Resolved(href, f"leads to an anchor that its page does not have, #{printable(fragment)}")


def routes_of(path: str, aliases: Iterable[str] = ()) -> Iterator[str]:
    """The other paths, folded, under which generators publish the article at a path: without the
    numbers and dates before names, with hyphens for spaces, as its folder where it is called so.
    """
    name = fold(_ENDING.sub("", path))
    parts = name.split("/")
    plain = [_NUMBER.sub("", part) for part in parts]
    plain[-1] = _NUMBER.sub("", _DATE.sub("", parts[-1]))
    forms = {"/".join(plain)}
    if dated := _DATE.match(parts[-1]):
        # The date in its address may be another than that of the file.
        yield from {f"@{fold(name.rpartition('/')[2])}" for name in (plain[-1], *aliases)}
        year, month, day = dated.groups()
        forms.add("/".join([*plain[:-1], year, f"{int(month):02}", f"{int(day):02}", plain[-1]]))
    if len(plain) > 1 and plain[-1] == plain[-2]:
        forms.add("/".join(plain[:-1]))
    if _INDEX.search("/".join(plain)):
        forms.add("/".join(plain[:-1]))
    if len(plain) > 1 and plain[-1] == "page":  # of the app router of Next.js
        inner = [part for part in plain[:-1] if not _GROUP.fullmatch(part)]
        forms |= {"/".join(inner), "/".join(inner).removeprefix("app/")}
    forms |= {re.sub(r"[\s_]+", "-", form) for form in forms}
    yield from sorted(forms - {name, ""})


def find_routes(
    paths: Iterable[tuple[str, Iterable[str], Destination]],
) -> dict[str, Destination]:
    """What leads to each article beside its path and its aliases, where it leads to no other one as
    well.
    """
    found: dict[str, Destination | None] = {}
    for path, aliases, place in paths:
        for route in routes_of(path, aliases):
            known = found.setdefault(route, place)
            if known is not None and known.address != place.address:
                found[route] = None
    return {route: place for route, place in found.items() if place is not None}
