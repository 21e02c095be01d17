"""Making what changed: records, plan, pages, and everything that shows several articles."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kb.config import setting_place
from kb.content import read_topics, resolve_aliases
from kb.content.dialects import dialect_of
from kb.content.files import LEFT_OUT, TOPIC_FILE
from kb.errors import SiteError
from kb.model import Problem, Severity
from kb.site.addresses import (
    CONTACT,
    HOME,
    NOT_FOUND,
    SEARCH,
    SEARCH_DATA,
    file_address,
    markdown_of,
)
from kb.site.assets import TOP, read_assets, read_extras, read_pictures, stand_within
from kb.site.build_cache import Memory
from kb.site.downloads import Downloads
from kb.site.feeds import (
    LLMS_FULL,
    base_path,
    write_feeds,
    write_host_files,
    write_llms_full,
    write_markdown,
)
from kb.site.i18n import missing_words, read_wording
from kb.site.links import Place, sort_link, want
from kb.site.output import Output
from kb.site.pages import Pages
from kb.site.plan import Relation, make_plans
from kb.site.publication import find_origin, read_publication
from kb.site.render import ArticleLoader
from kb.site.report import Report, SearchSource, remember
from kb.site.staleness import (
    Outcomes,
    search_fingerprint,
    shared_fingerprint,
    surroundings_fingerprint,
)
from kb.site.templating import Frame, Links, SiteLink, open_shell
from kb.site.theme import faint_colors, paper_colors
from kb.support.escalation import unknown_channels
from kb.text.analysis import Analyzer
from kb.text.languages import tidy_tag
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from kb.config import Config
    from kb.content.topics import TopicFile
    from kb.knowledge_base import KnowledgeBase
    from kb.model import FileRow
    from kb.site.article_records import PageMeta, RenderedBody
    from kb.site.assets import Asset, Logo
    from kb.site.build_cache import Outcome, Stamp
    from kb.site.plan import Plan
    from kb.site.report import Work
    from kb.site.resolver import Resolved
    from kb.site.templating import Shell


def make_site(
    config: Config,
    work: Work,
    stamp: Stamp | None,
    progress: Callable[[int, int], None] | None,
) -> Report:
    """Build what the last build does not already hold, which is under lock. See `build_site`."""
    out = work.folders.out
    output = Output(out, stamp.output if stamp else "", work.cache.spare(out))
    memory = work.cache.memory(stamp, work.sources.common, output.manifest_digest())
    try:
        return _Builder(config, work, output, memory).all(progress)
    except OSError as error:
        why = error.strerror or str(error)
        raise SiteError(f"the site can't be written: {why}", path=str(out)) from error
    finally:
        output.abandon()


_HISTORY = "history"
"""The kind and key in the store of when articles were changed: the commit, then days as JSON."""


class _Site(NamedTuple):
    """The site in one language."""

    plan: Plan
    shell: Shell
    pages: Pages


class _Builder:
    """One build that has something to do."""

    def __init__(self, config: Config, work: Work, output: Output, old: Memory) -> None:
        self._config = config
        self._folders = work.folders
        self._options = work.options
        self._sources = work.sources
        self._snapshot = work.sources.snapshot
        self._cache = work.cache
        self._output = output
        self._old = old
        self._problems: list[Problem] = [*work.sources.snapshot.listing.problems]
        self._used: set[str] = set()
        self._downloads = Downloads(config.content, config.site.downloads)
        self._analyzer = Analyzer(config.language, config.search.stop_words, config.search.names)
        self._assets: Mapping[str, Asset] = {}
        self._apart: SearchSource | None = None
        self._base: KnowledgeBase | None = None
        self._left_out, self._until = 0, ""
        self._includes: tuple[FileRow, ...] = ()

    def all(self, progress: Callable[[int, int], None] | None) -> Report:
        """Everything, in order."""
        config = self._config
        old = self._old
        origin = self._origin()
        loader = ArticleLoader(
            config,
            self._analyzer,
            self._snapshot,
            self._folders.theme,
            origin=origin,
            store=self._cache.store,
            common=self._sources.common,
            progress=progress,
        )
        records, unread = loader.records()
        topic_files, wrong = read_topics(
            config.content,
            self._snapshot.listing,
            limits=config.limits,
            dialect=dialect_of(config),
        )
        self._problems += [*unread, *wrong]
        self._includes = tuple(sorted({row for record in records for row in record.includes}))
        settled = self._settle(records)
        relation = Relation(old.related)
        plans = make_plans(
            settled,
            topic_files,
            self._sources.files,
            drafts=self._options.drafts,
            complaint=self._downloads.complaint,
            relate=relation.find,
            asset_folders=self._sources.asset_folders,
            publication=read_publication(loader.dialect),
            languages=loader.dialect.languages,
        )
        self._problems += _guess(plans, origin, config.content.name)
        spoken = [plan.language or config.language for plan in plans]
        self._problems += missing_words(config, self._folders.theme, spoken)
        self._problems += faint_colors(config)
        shells = [(plan, self._open_shell(plan, topic_files)) for plan in plans]
        self._problems += _unknown_icons(topic_files, shells[0][1].icons)
        changes = self._changes()
        sites = [
            _Site(plan, shell, Pages(plan, shell, self._size_of, changes)) for plan, shell in shells
        ]
        # The search lets go of the articles before pages are made.
        search: dict[str, list[str]] = {}
        with ExitStack() as opened:
            for plan in plans:
                search |= self._search(plan, topic_files, old, opened, apart=len(plans) == 1)
        self._snapshot.release()
        common = f"{self._sources.common}{[shell.frame.links for _, shell in shells]!r}"
        commit = self._sources.commit
        key = "".join(shared_fingerprint(plan, f"{common}{commit}") for plan in plans)
        around = "".join(surroundings_fingerprint(plan, key) for plan in plans)
        around = f"{around}{commit}"
        outcomes = self._articles(sites, loader, around, common)
        shared = {key: self._shared(sites, old.shared.get(key, [])), **search}
        if not (self._options.live or self._options.offline):
            for site in sites:
                shared |= self._full_text(site, old)
        self._files()
        self._output.finish()
        report = self._report(plans)
        memory = Memory(around, outcomes, shared, relation.known)
        remember(report, self._sources, self._output, memory, self._cache)
        return report

    def _origin(self) -> str:
        """The address that links of the articles to each other show, if nothing else says it."""
        sources = self._snapshot.listing.articles
        return find_origin(self._config.content, sources, self._snapshot.dialect.published_at)

    def _settle(self, records: Sequence[PageMeta]) -> list[PageMeta]:
        """The records without aliases that are taken; notes the problems of all."""
        aliases = resolve_aliases(records)
        settled = []
        for record in records:
            taken = aliases.problems.get(record.id, ())
            self._problems += (*record.problems, *taken)
            led = aliases.of.get(record.id, ())
            settled.append(record if led == record.aliases else replace(record, aliases=led))
        self._problems += unknown_channels(settled, self._config)
        self._until = min((r.until.isoformat() for r in records if r.until), default="")
        self._left_out = sum(problem.code == LEFT_OUT for problem in self._problems) + sum(
            not (r.is_published or (self._options.drafts and r.is_draft)) for r in records
        )
        return settled

    def _open_shell(self, plan: Plan, topic_files: Mapping[str, TopicFile]) -> Shell:
        theme, base = self._folders.theme, tidy_tag(self._config.language)
        config = _in_language(self._config, plan, topic_files)
        wording = read_wording(config.language, theme)
        live = self._options.live
        assets = read_assets(theme, config, wording, live=live)
        pictures = read_pictures(self._folders.pictures)
        own = (picture.asset for picture in pictures.values())
        for asset in [*assets.values(), *read_extras(theme), *own]:
            self._output.put(asset.address, asset.data)
        self._assets = self._assets or assets
        addresses = {name: asset.address for name, asset in assets.items()}
        return open_shell(
            config,
            wording,
            addresses,
            self._frame(plan, pictures),
            theme,
            live=live,
            offline=self._options.offline,
            reachable=plan.is_reachable(config.contact),
            prefix=plan.prefix,
            homes=tuple((tag or base, home) for tag, home in plan.homes),
            base=base,
            untranslated={
                tag: read_wording(tag, theme)["untranslated"]
                for tag in (tag or base for tag, _ in plan.homes)
            },
        )

    def _changes(self) -> Mapping[str, date]:
        """When articles were last changed, by path: as kept for this commit, else from git."""
        commit = self._sources.commit
        if not commit:
            return {}
        kept = self._cache.store.get(_HISTORY, _HISTORY) or b""
        known, _, text = kept.partition(b"\n")
        if known.decode() == commit:
            return {path: date.fromisoformat(day) for path, day in json.loads(text).items()}
        from kb.content.history import last_changes  # noqa: PLC0415  # few builds need it

        found = last_changes(self._config.content)
        text = json.dumps({path: day.isoformat() for path, day in found.items()}).encode()
        self._cache.store.put(_HISTORY, [(_HISTORY, b"%b\n%b" % (commit.encode(), text))])
        return found

    def _frame(self, plan: Plan, pictures: Mapping[str, Logo]) -> Frame:
        """What the settings put around every page."""
        settings = self._config.site
        links = Links(
            self._links("header_links", settings.header_links, plan),
            self._links("footer_links", settings.footer_links, plan),
            self._links("banner_link", [(settings.banner, settings.banner_link)], plan)
            if settings.banner_link
            else (),
        )
        return Frame(pictures, links, paper_colors(self._config))

    def _links(
        self, setting: str, pairs: Sequence[tuple[str, str]], plan: Plan
    ) -> tuple[SiteLink, ...]:
        """Links of the settings; one that leads nowhere is a problem, and left out."""
        found = []
        for name, address in pairs:
            place, href = sort_link(address)
            if place is Place.OUTSIDE:
                found.append(SiteLink(name, href, outside=True))
                continue
            resolved = plan.targets.resolve(want(href, "", 1), "")
            if resolved.warning:
                path, line = setting_place(self._config, ("site", setting))
                message = f"site.{setting}: {address} {resolved.warning}"
                self._problems.append(Problem(path, line, message, Severity.WARNING, "link"))
            else:
                found.append(SiteLink(name, resolved.href, outside=resolved.outside))
        return tuple(found)

    def _articles(
        self, sites: Sequence[_Site], loader: ArticleLoader, around: str, common: str
    ) -> dict[str, Outcome]:
        """Every article's page and Markdown; those with an old key stay as they are."""
        known = self._old.outcomes if around == self._old.around else {}
        unread: list[str] = []
        found: dict[str, Outcome] = {}
        for site in sites:
            outcomes = Outcomes(site.plan, common, loader, known, site.pages.changes)
            unread += self._changed(site, outcomes, loader)
            self._problems += outcomes.problems
            found |= outcomes.found
        of_language = {site.plan.language: site for site in sites}
        for rendered in loader.rendered(unread):
            site = of_language[rendered.meta.language]
            resolved = site.plan.resolve(rendered.wants, rendered.meta.path)
            self._write(rendered, resolved, site.plan, site.pages)
        return found

    def _changed(self, site: _Site, outcomes: Outcomes, loader: ArticleLoader) -> Iterator[str]:
        """Write the articles of one language whose pages have changed. Gives the paths of those
        that are to be read first.
        """
        plan = site.plan
        for record in sorted(plan.records.values(), key=lambda record: record.path):
            path, address = record.path, plan.address[record.id]
            rendered = loader.held(path)
            outcome, resolved = outcomes.find(record, rendered)
            self._used.update(outcome.files)
            last = self._old.outcomes.get(path)
            same = last is not None and last.key == outcome.key
            if same and self._keep(address, markdown=record.is_published):
                continue
            if rendered:
                self._write(rendered, resolved, plan, site.pages)
            else:
                yield path

    def _write(
        self, rendered: RenderedBody, resolved: Sequence[Resolved], plan: Plan, pages: Pages
    ) -> None:
        """An article's page, and its Markdown where customers may see it."""
        address = plan.address[rendered.meta.id]
        is_home = rendered.meta.id == plan.home
        page = (pages.home if is_home else pages.article)(rendered, resolved)
        self._output.put(address, page)
        if rendered.meta.is_published:
            text = write_markdown(rendered, resolved)
            self._output.put(markdown_of(address), text.encode())

    def _keep(self, address: str, *, markdown: bool) -> bool:
        return self._output.keeps(address) and (
            not markdown or self._output.keeps(markdown_of(address))
        )

    def _shared(self, sites: Sequence[_Site], known: list[str]) -> list[str]:
        """Home, topics, contact, search, 404, former ids, and what machines read.

        They stay as they are where nothing that any of them shows has changed: then they are
        `known`.
        """
        if known and all([self._output.keeps(a) for a in known]):  # noqa: C419 notes them all
            return known
        addresses = []
        for address, data in self._shared_files(sites):
            self._output.put(address, data)
            addresses.append(address)
        return addresses

    def _shared_files(self, sites: Sequence[_Site]) -> Iterator[tuple[str, bytes]]:
        listed: list[str] = []
        for site in sites:
            yield from self._of_language(site, listed)
        if self._options.offline:
            return
        _, shell, pages = sites[0]
        base_url = self._config.site.base_url
        root = self._options.root or (base_path(base_url) if base_url else None)
        within = stand_within(self._assets) if root is None else None
        yield NOT_FOUND, pages.lost(root or TOP, within)
        policy = shell.policy_with(within) if within else shell.policy
        plans = [site.plan for site in sites]
        for address, text in write_host_files(
            plans, base_url, sorted({*listed}), policy, pages.changes
        ):
            yield address, text.encode()

    @staticmethod
    def _of_language(site: _Site, listed: list[str]) -> Iterator[tuple[str, bytes]]:
        """Those of one language; `listed` gets the addresses of what is to be found."""
        plan, shell, pages = site
        published = [r for r in plan.records.values() if r.is_published]
        listed += [plan.prefix + HOME, *(plan.address[r.id] for r in published)]
        for topic in plan.topics.values():
            if topic.page and topic.id != plan.root:
                continue  # its article shows what is in it
            for address, data in pages.topic(topic):
                listed.append(address)
                yield address, data
        if not plan.home:
            yield plan.prefix + HOME, pages.home()
        if shell.reachable:
            listed.append(plan.prefix + CONTACT)
            yield plan.prefix + CONTACT, pages.contact()
        yield plan.prefix + SEARCH, pages.search()
        titles = {plan.address[name]: r.title for name, r in plan.records.items()}
        for former, new in plan.redirects:
            yield former, pages.moved(former, new, titles.get(new, shell.t["home"]))
        if not shell.offline:
            for address, text in write_feeds(plan, shell):
                yield address, text.encode()

    def _full_text(self, site: _Site, old: Memory) -> dict[str, list[str]]:
        """The text of all articles of a language in one file, by the key of what is in it."""
        plan, output = site.plan, self._output
        own = (markdown_of(plan.address[name]) for name in plan.order)
        held = [(address, output.digest_of(address)) for address in own]
        settings = self._config
        state = repr((held, site.shell.config.name, settings.site, plan.prefix, LLMS_FULL))
        key = hashlib.sha256(state.encode()).hexdigest()
        address = plan.prefix + LLMS_FULL
        if not (old.shared.get(key) and output.keeps(address)):
            output.put(address, write_llms_full(plan, site.shell, output.read))
        return {key: [address]}

    def _search(
        self,
        plan: Plan,
        topic_files: Mapping[str, TopicFile],
        old: Memory,
        opened: ExitStack,
        *,
        apart: bool,
    ) -> dict[str, list[str]]:
        """What the search of the pages reads: made from the index, which is brought up to date
        before, and closed with what is `opened`. `apart` says that it may be made apart where that
        is asked for.
        """
        key = search_fingerprint(plan, self._sources.common)
        known = old.shared.get(key, [])
        if known and all([self._output.keeps(a) for a in known]):  # noqa: C419 notes them all
            return {key: known}
        from kb.site.export.documents import SitePlaces  # noqa: PLC0415  # only then needed

        if self._options.search_apart and apart:
            self._apart = SearchSource(key, SitePlaces(plan))
            return {}
        from kb.site.export.manifest import (  # noqa: PLC0415  # slow to import
            ShardCache,
            export_search,
        )

        if self._base is None:
            from kb.knowledge_base import indexed  # noqa: PLC0415  # as slow

            index = indexed(self._config, self._analyzer, self._snapshot)
            self._base = opened.enter_context(index)
        addresses = []
        shards = export_search(
            self._base,
            SitePlaces(plan),
            kept=ShardCache(self._cache.store, self._sources.common, plan.prefix),
            topic_files=topic_files,
            language=plan.language or tidy_tag(self._config.language),
        )
        with closing(shards):  # where the disk is full, files of the export are closed, too
            for shard in shards:
                address = plan.prefix + SEARCH_DATA + shard.file
                addresses.append(address)
                if not self._output.keeps(address, shard.digest):
                    self._output.put(address, shard.data, shard.digest)
        return {key: addresses}

    def _files(self) -> None:
        """Copy the images and downloads that articles show or link to."""
        for path in sorted(self._used):
            with self._downloads.open(path) as file:
                self._output.copy(file_address(path), file)

    def _size_of(self, path: str) -> tuple[int, int] | None:
        return self._downloads.size(path)

    def _report(self, plans: Sequence[Plan]) -> Report:
        counts = Counter(str(problem.severity) for problem in self._problems)
        return Report(
            out=self._folders.out,
            pages=sum(path.endswith(".html") for path in self._output.files),
            articles=sum(len(plan.records) for plan in plans),
            files=len(self._output.files),
            size=self._output.size,
            written=tuple(sorted(self._output.written)),
            removed=self._output.removed,
            problems=tuple(sorted(self._problems, key=_rank)),
            counts=dict(counts),
            seconds=0.0,
            reachable=any(plan.is_reachable(self._config.contact) for plan in plans),
            search=self._apart,
            left_out=self._left_out,
            until=self._until,
            includes=self._includes,
        )


def _unknown_icons(
    topic_files: Mapping[str, TopicFile], icons: Collection[str]
) -> Iterator[Problem]:
    """Icons of topics that there are not."""
    for name, said in topic_files.items():
        if said.icon and said.icon not in icons:
            hint = did_you_mean(said.icon, icons) or f"there are {', '.join(sorted(icons))}"
            path = f"{name}/{TOPIC_FILE}".lstrip("/")
            message = f"there is no icon called {said.icon!r}: {hint}"
            yield Problem(path, None, message, Severity.WARNING, "icon")


def _in_language(config: Config, plan: Plan, topic_files: Mapping[str, TopicFile]) -> Config:
    """The settings as the pages of a language have them. Of all but the first one the title and the
    summary in `topic.yaml` of its folder are the name of the site and its description.
    """
    language = plan.language or config.language
    if not plan.prefix:
        return config if language == config.language else replace(config, language=language)
    said = topic_files.get(plan.root) if plan.root else None
    about = said.summary if said and said.summary else ""
    return replace(
        config,
        language=plan.language or tidy_tag(config.language),
        name=plan.topics[plan.root].title or config.name,
        site=replace(config.site, description=about),
    )


def _guess(plans: Sequence[Plan], origin: str, folder: str) -> list[Problem]:
    """What to tell where links showed at which address, or below which path, articles stood."""
    found = [(origin, "address")] if origin else []
    guessed = dict.fromkeys(plan.targets.guessed for plan in plans if plan.targets.guessed)
    found += [(f"/{prefix}", "path") for prefix in guessed]
    return [
        Problem(
            folder,
            None,
            f"links begin with {place} and lead to articles without it: taken for the {what} at "
            f'which they were published (say so by published_at = ["{place}"] under [content])',
            Severity.NOTE,
            "published",
        )
        for place, what in found
    ]


def _rank(problem: Problem) -> tuple[str, int, str]:
    return problem.path, problem.line or 0, problem.message
