"""Links and pictures of folders that other tools publish: how many of those that could lead
somewhere do; and how many pages are public that their front matter or place hides.

    python benchmarks/links.py FOLDER [NAME=CONTENT ...] [--samples N]

FOLDER holds checked-out repositories, one folder each; CONTENT is the content folder within one.
Without names those of `REPOSITORIES` that are there are measured. Whether a link has a target is
judged here by searching for files alone, generously and without kb's resolver: any file whose path
ends as the link's does, or whose front matter names the address, is one. A link of kb's that leads
to a page whose name is not the link's is doubtful, and shown among the samples. What is hidden is
judged by the keys of front matter and the names that hide a page, again without kb's reader.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import yaml

from kb.config import Config
from kb.config import today as today_of
from kb.content import read_topics, resolve_aliases
from kb.content.dialects import dialect_of
from kb.site.downloads import Downloads
from kb.site.plan import make_plans
from kb.site.publication import find_origin, read_publication
from kb.site.render import ArticleLoader
from kb.site.report import find_folders, look
from kb.text.analysis import Analyzer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kb.site.plan import Plan
    from kb.site.resolver import LinkReference, Resolved

REPOSITORIES = {
    "arduino/help-center-content": "content",
    "plausible/docs": "docs",
    "openfoodfoundation/ofn-UserGuide": "",
    "GitbookIO/public-docs": "",
    "spotinst/help": "src/docs",
    "18F/handbook": "pages",
    "gohugoio/hugoDocs": "content/en",
    "withastro/starlight": "docs/src/content/docs",
    "mintlify/docs": "",
    "chatwoot/docs": "",
    "keymanapp/help.keyman.com": "products",
    "SparkPost/support-docs": "content",
    "GSA/digitalgov.gov": "content",
    "reactjs/ru.react.dev": "src/content",
    "squidfunk/mkdocs-material": "docs",
    "fastapi/fastapi": "docs/en/docs",
}
_ENDING = re.compile(r"\.(?:mdx?|markdown|html?)$", re.IGNORECASE)
_INDEX = re.compile(r"(?:^|/)(?:_?index|readme)$")
_NUMBER = re.compile(r"^\d+[-_. ]+(?=\S)")
_DATED = re.compile(r"^\d{4}-\d\d-\d\d-")
_PICTURE = re.compile(r"\.(?:png|apng|jpe?g|jfif|gif|webp|avif|bmp|ico|svg)$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"^\s*(?:permalink|url|slug|old_url|redirect_?[fF]rom|redirects?|aliases|id)\s*[:=]\s*(.*)$"
)
_ITEM = re.compile(r"^\s*-?\s*[\"']?(/?[\w./-]+)[\"']?,?\s*$")
_SKIPPED = {".git", "node_modules", "vendor"}


def words_of(path: str) -> tuple[str, ...]:
    """The parts of a path or an address, as a person would compare them."""
    path = _ENDING.sub("", unquote(path).split("#")[0].split("?")[0].strip("/ \"'").lower())
    path = _INDEX.sub("", path)
    parts = [part for part in path.split("/") if part not in ("", ".", "..")]
    return tuple(
        re.sub(r"[\s_]+", "-", _NUMBER.sub("", _DATED.sub("", part))) or part for part in parts
    )


def _plain_words(path: str) -> tuple[str, ...]:
    parts = unquote(path).split("#")[0].split("?")[0].lower().split("/")
    return tuple(part for part in parts if part not in ("", ".", ".."))


class Judge:
    """Knows every file of a project, and the addresses that articles give themselves."""

    def __init__(self, content: Path, root: Path) -> None:
        self.pages: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        self.pictures: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for path in _files(content):
            name = path.relative_to(content).as_posix()
            if _ENDING.search(name):
                for address in (name, *_addresses(path)):
                    words = words_of(address)
                    for form in (words, words[:-1]) if words[-1:] == words[-2:-1] else (words,):
                        self.pages["/".join(form[-1:])].append(form)
                folder = words_of(name)[:-1]
                if folder:
                    self.pages[folder[-1]].append(folder)
        for path in _files(root):
            if _PICTURE.search(path.name):
                words = _plain_words(path.relative_to(root).as_posix())
                self.pictures[words[-1]].append(words)

    def has(self, written: str, *, image: bool) -> bool:
        """Whether there is a file that a link could mean: of the same name, in the same folder as
        far as the link names one.
        """
        words = (_plain_words if image else words_of)(urlsplit(written).path)
        if not words:
            return not image
        known = self.pictures if image else self.pages
        tail = words[-2:] if not written.startswith("..") or len(words) > 1 else words
        alike = known.get(words[-1], ())
        return any(other[-len(tail) :] == tail or len(other) < len(tail) for other in alike)


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        yield from (path for name in names if (path := Path(here, name)).is_file())


def _addresses(path: Path) -> Iterator[str]:
    """What the front matter of an article says of its address, now or formerly."""
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")[:80]
    if not lines or lines[0].strip() not in ("---", "+++"):
        return
    listed = False
    for line in lines[1:]:
        if line.strip() in ("---", "+++"):
            return
        if found := _ADDRESS.match(line):
            listed = True
            yield from (part.strip(" \"'") for part in found[1].strip("[] ").split(",") if part)
        elif listed and (found := _ITEM.match(line)):
            yield found[1]
        else:
            listed = False


@dataclass
class Tally:
    """What became of the links of one repository, or of its pictures."""

    total: int = 0
    with_target: int = 0
    resolved: int = 0
    doubtful: int = 0
    lost: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    anchors: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> str:
        """Resolved ones of those with a target."""
        return f"{self.resolved / self.with_target:.1%}" if self.with_target else ""


_YES, _NO = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off"})
_HIDING = ("draft", "hidden", "private", "unlisted", "noindex", "headless")
_FRONT = re.compile(r"\A\s*(---|\+\+\+)[^\n]*\n(.*?)\n\1\s*$", re.DOTALL | re.MULTILINE)


def is_hidden(path: Path, content: Path, dialect: str) -> bool:
    """Whether an article says of itself that nobody should see it, or is called so."""
    found = _FRONT.search(path.read_text(encoding="utf-8", errors="replace").lstrip("\ufeff"))
    try:
        load = tomllib.loads if found and found[1] == "+++" else yaml.safe_load
        said = load(found[2].replace("\t", "  ")) if found else {}
    except (ValueError, yaml.YAMLError):
        said = {}
    keys = {str(k).lower(): v for k, v in said.items()} if isinstance(said, dict) else {}
    flags = {key: str(value).strip().lower() for key, value in keys.items()}
    build = keys.get("build") or keys.get("_build")
    names = path.relative_to(content).parts
    return (
        any(flags.get(key) in _YES for key in _HIDING)
        or flags.get("published") in _NO
        or "noindex" in flags.get("robots", "")
        or (isinstance(build, dict) and str(build.get("render")).lower() in {"never", "false"})
        or (dialect == "hugo" and _is_out_of_time(flags))
        or (dialect == "eleventy" and flags.get("permalink") in _NO)
        or (dialect == "docusaurus" and any(name.startswith("_") for name in names))
    )


def _is_out_of_time(flags: dict[str, str]) -> bool:
    today = today_of().isoformat()
    begins = flags.get("publishdate") or flags.get("date") or ""
    ends = flags.get("expirydate") or ""
    return begins[:10] > today or "" < ends[:10] <= today


def measure(content: Path, root: Path) -> tuple[str, Tally, Tally, tuple[int, int]]:
    """The dialect of a content folder, its links, its pictures, how many articles are hidden, and
    how many of these are public.
    """
    with tempfile.TemporaryDirectory() as scratch:
        config = Config(content=content, index=Path(scratch, "index"))
        config = replace(config, site=replace(config.site, out=str(Path(scratch, "site"))))
        plans, wants = _plan(config)
    judge = Judge(content, root)
    links, pictures = Tally(), Tally()
    for path, wanted, found in wants(plans):
        tally = pictures if wanted.image else links
        _count(tally, judge, path, wanted, found)
    name = dialect_of(config).name
    hidden = {
        path.relative_to(content).as_posix()
        for path in _files(content)
        if path.suffix in {".md", ".mdx", ".markdown"} and is_hidden(path, content, name)
    }
    public = {record.path for plan in plans for record in plan.records.values()}
    return name, links, pictures, (len(hidden), len(hidden & public))


def _plan(
    config: Config,
) -> tuple[
    Sequence[Plan], Callable[[Sequence[Plan]], Iterable[tuple[str, LinkReference, Resolved]]]
]:
    """The plan of a site, and what gives each link with what it leads to."""
    sources = look(config, find_folders(config))
    theme, listing = find_folders(config).theme, sources.snapshot.listing
    known = sources.snapshot.dialect.published_at
    origin = find_origin(config.content, listing.articles, known)
    analyzer = Analyzer(config.language)
    loader = ArticleLoader(config, analyzer, sources.snapshot, theme, origin=origin)
    records, _ = loader.records()
    aliases, dialect = resolve_aliases(records), dialect_of(config)
    topic_files, _ = read_topics(
        config.content, sources.snapshot.listing, limits=config.limits, dialect=dialect
    )
    plans = make_plans(
        [replace(record, aliases=aliases.of.get(record.id, record.aliases)) for record in records],
        topic_files,
        sources.files,
        drafts=False,
        complaint=Downloads(config.content, config.site.downloads).complaint,
        relate=lambda records: {record.id: () for record in records},
        asset_folders=sources.asset_folders,
        publication=read_publication(loader.dialect),
        languages=dialect.languages,
    )

    def wants(plans: Sequence[Plan]) -> Iterable[tuple[str, LinkReference, Resolved]]:
        for plan, record in ((p, r) for p in plans for r in p.records.values()):
            wanted = loader.wants(record.path)
            yield from zip(
                [record.path] * len(wanted),
                wanted,
                plan.resolve(wanted, record.path),
                strict=True,
            )

    return plans, wants


def _count(tally: Tally, judge: Judge, path: str, wanted: LinkReference, found: Resolved) -> None:
    tally.total += 1
    where = f"{path}:{wanted.line} {wanted.written}"
    if found.href and not found.outside:
        tally.with_target += 1
        tally.resolved += 1
        if "anchor" in found.warning:
            tally.anchors["without anchor"] += 1
        here, there = words_of(wanted.written), words_of(found.href)
        if (
            here
            and there
            and here[-1] != there[-1]
            and not judge.has(wanted.written, image=wanted.image)
        ):
            tally.doubtful += 1
            tally.doubts.append(f"{where} -> {found.href}")
    elif "not published" not in found.warning and judge.has(wanted.written, image=wanted.image):
        tally.with_target += 1
        tally.lost.append(f"{where} ({found.warning or found.href})")


def main() -> None:
    """Print a table, and samples where they are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--samples", type=int, default=0)
    given = parser.parse_intermixed_args()
    known = dict(n.split("=", 1) if "=" in n else (n, REPOSITORIES[n]) for n in given.names)
    print(
        "| repository | read as | links | with a target | resolved | doubtful "
        "| pictures | that exist | shown | hidden | of these public |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, inner in (known or REPOSITORIES).items():
        root = given.folder / name.replace("/", "+")
        if not (root / inner).is_dir():
            continue
        dialect, links, pictures, (hidden, public) = measure(
            (root / inner).resolve(), root.resolve()
        )
        print(
            f"| {name} | {dialect} | {links.total:,} | {links.with_target:,} | {links.share} "
            f"| {links.doubtful} | {pictures.total:,} | {pictures.with_target:,} | {pictures.share} "
            f"| {hidden:,} | {public} |",
            flush=True,
        )
        for tally in (links, pictures):
            for row in (*tally.lost[: given.samples], *tally.doubts[: given.samples]):
                print(f"    {row}", file=sys.stderr)
            if given.samples and tally.anchors:
                print(f"    {dict(tally.anchors)} of {len(tally.lost)} lost", file=sys.stderr)


if __name__ == "__main__":
    main()
