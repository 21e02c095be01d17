"""Making what changed: records, plan, pages, and everything that shows several articles."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from kb.content import read_topics, resolve_aliases
from kb.content.dialects import dialect_of
from kb.content.files import LEFT_OUT
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
from kb.site.article_cache import Reader
from kb.site.assets import TOP, read_assets, read_extras, read_logo, stand_within
from kb.site.build_cache import Memory
from kb.site.downloads import Downloads
from kb.site.feeds import base_path, write_feeds, write_markdown
from kb.site.i18n import missing_words, read_wording
from kb.site.output import Output, states_of
from kb.site.pages import Pages
from kb.site.plan import Relation, make_plan
from kb.site.publication import find_origin, read_publication
from kb.site.report import Report, SearchSource, remember
from kb.site.staleness import (
    Outcomes,
    search_fingerprint,
    shared_fingerprint,
    surroundings_fingerprint,
)
from kb.site.templating import open_shell
from kb.site.theme import faint_colors
from kb.support.escalation import unknown_channels
from kb.text.analysis import Analyzer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from kb.config import Config
    from kb.content import TopicFile
    from kb.model import FileRow
    from kb.site.article_records import PageMeta, RenderedBody
    from kb.site.assets import Asset
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
    states = {path: tuple(state) for path, state in stamp.output.items()} if stamp else {}
    output = Output(out, states_of(out), states, work.cache.spare(out))
    try:
        return _Builder(config, work, output).all(progress)
    except OSError as error:
        why = error.strerror or str(error)
        raise SiteError(f"the site can't be written: {why}", path=str(out)) from error
    finally:
        output.abandon()


class _Builder:
    """One build that has something to do."""

    def __init__(self, config: Config, work: Work, output: Output) -> None:
        self._config = config
        self._folders = work.folders
        self._options = work.options
        self._sources = work.sources
        self._snapshot = work.sources.snapshot
        self._cache = work.cache
        self._output = output
        self._problems: list[Problem] = [*work.sources.snapshot.listing.problems]
        self._untold = 0  # warnings like others, which the first of them stand for
        self._used: set[str] = set()
        self._downloads = Downloads(config.content, config.site.downloads)
        self._analyzer = Analyzer(config.language, config.search.stop_words)
        self._assets: Mapping[str, Asset] = {}
        self._apart: SearchSource | None = None
        self._left_out, self._until = 0, ""
        self._includes: tuple[FileRow, ...] = ()

    def all(self, progress: Callable[[int, int], None] | None) -> Report:
        """Everything, in order."""
        config = self._config
        origin = self._origin()
        common = f"{self._sources.common}{origin}"
        old = self._cache.memory(common)
        words = read_wording(config.language, self._folders.theme).beside_text()
        reader = Reader(config, self._analyzer, old, progress, words, origin=origin)
        records, unread = reader.records(self._snapshot)
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
        plan = make_plan(
            settled,
            topic_files,
            self._sources.files,
            drafts=self._options.drafts,
            complaint=self._downloads.complaint,
            relate=relation.find,
            asset_folders=self._sources.asset_folders,
            publication=read_publication(reader.dialect),
        )
        self._problems += _guess(plan, origin, config.content.name)
        shell = self._open_shell(plan.is_reachable(config.contact))
        pages = Pages(plan, shell, self._size_of)
        # The search lets go of the articles before pages are made.
        search = self._search(plan, topic_files, old)
        self._snapshot.release()
        key = shared_fingerprint(plan, self._sources.common)
        around = surroundings_fingerprint(plan, key)
        outcomes = self._articles(plan, pages, reader, old, around)
        shared = {key: self._shared(plan, pages, shell, old.shared.get(key, [])), **search}
        self._files()
        output = self._output.finish()
        report = self._report(plan)
        memory = Memory(common, around, *reader.memory(), outcomes, shared, relation.known)
        remember(report, self._sources, output, memory, self._cache)
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

    def _open_shell(self, reachable: bool) -> Shell:  # noqa: FBT001 a fact of the plan
        config, theme = self._config, self._folders.theme
        self._problems += (*missing_words(config, theme), *faint_colors(config))
        wording = read_wording(config.language, theme)
        live = self._options.live
        assets = read_assets(theme, config.site, wording, live=live)
        logo = read_logo(self._folders.logo)
        for asset in [*assets.values(), *read_extras(theme), *([logo.asset] if logo else [])]:
            self._output.put(asset.address, asset.data)
        self._assets = assets
        addresses = {name: asset.address for name, asset in assets.items()}
        return open_shell(config, wording, addresses, logo, theme, live=live, reachable=reachable)

    def _articles(
        self, plan: Plan, pages: Pages, reader: Reader, old: Memory, around: str
    ) -> dict[str, Outcome]:
        """Every article's page and Markdown; those with an old key stay as they are."""
        outcomes = Outcomes(
            plan,
            self._sources.common,
            reader,
            old.outcomes if around == old.around else {},
            every_problem=self._options.every_problem,
        )
        unread: list[str] = []
        for record in sorted(plan.records.values(), key=lambda record: record.path):
            path, address = record.path, plan.address[record.id]
            rendered = reader.held(path)
            outcome, resolved = outcomes.find(record, rendered)
            self._used.update(outcome.files)
            last = old.outcomes.get(path)
            same = last is not None and last.key == outcome.key
            if same and self._keep(address, markdown=record.is_published):
                continue
            if rendered:
                self._write(rendered, resolved, plan, pages)
            else:
                unread.append(path)
        for rendered in reader.rendered(unread):
            self._write(rendered, plan.resolve(rendered.wants, rendered.meta.path), plan, pages)
        self._problems += outcomes.problems
        self._untold = outcomes.untold
        return outcomes.found

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

    def _shared(self, plan: Plan, pages: Pages, shell: Shell, known: list[str]) -> list[str]:
        """Home, topics, contact, search, 404, former ids, and what machines read.

        They stay as they are where nothing that any of them shows has changed: then they are
        `known`.
        """
        if known and all([self._output.keeps(a) for a in known]):  # noqa: C419 notes them all
            return known
        addresses = []
        for address, data in self._shared_files(plan, pages, shell):
            self._output.put(address, data)
            addresses.append(address)
        return addresses

    def _shared_files(self, plan: Plan, pages: Pages, shell: Shell) -> Iterator[tuple[str, bytes]]:
        published = [r for r in plan.records.values() if r.is_published]
        listed = [HOME, *(plan.address[r.id] for r in published)]
        for topic in plan.topics.values():
            if topic.page and topic.id:
                continue  # its article shows what is in it
            for address, data in pages.topic(topic):
                listed.append(address)
                yield address, data
        if not plan.home:
            yield HOME, pages.home()
        if shell.reachable:
            listed.append(CONTACT)
            yield CONTACT, pages.contact()
        yield SEARCH, pages.search()
        base_url = self._config.site.base_url
        root = self._options.root or (base_path(base_url) if base_url else None)
        within = stand_within(self._assets) if root is None else None
        yield NOT_FOUND, pages.lost(root or TOP, within)
        titles = {plan.address[name]: r.title for name, r in plan.records.items()}
        for former, new in plan.redirects:
            yield former, pages.moved(former, new, titles[new])
        policy = shell.policy_with(within) if within else shell.policy
        for address, text in write_feeds(plan, shell, sorted({*listed}), policy):
            yield address, text.encode()

    def _search(
        self, plan: Plan, topic_files: Mapping[str, TopicFile], old: Memory
    ) -> dict[str, list[str]]:
        """What the search of the pages reads: made from the index, which is brought up to date."""
        key = search_fingerprint(plan, self._sources.common)
        known = old.shared.get(key, [])
        if known and all([self._output.keeps(a) for a in known]):  # noqa: C419 notes them all
            return {key: known}
        from kb.site.export.documents import SitePlaces  # noqa: PLC0415  # only then needed

        if self._options.search_apart:
            self._apart = SearchSource(key, SitePlaces(plan))
            return {}
        from kb.site.export.manifest import (  # noqa: PLC0415  # slow to import
            ShardCache,
            export_search,
        )

        addresses = []
        shards = export_search(
            self._config,
            SitePlaces(plan),
            analyzer=self._analyzer,
            snapshot=self._snapshot,
            kept=ShardCache(self._cache.folder / "search.rows", self._sources.common),
            topic_files=topic_files,
        )
        with closing(shards):  # where the disk is full, files of the export are closed, too
            for shard in shards:
                address = SEARCH_DATA + shard.file
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

    def _report(self, plan: Plan) -> Report:
        counts = Counter(str(problem.severity) for problem in self._problems)
        if self._untold:
            counts[str(Severity.WARNING)] += self._untold
        return Report(
            out=self._folders.out,
            pages=sum(path.endswith(".html") for path in self._output.files),
            articles=len(plan.records),
            files=len(self._output.files),
            size=self._output.size,
            written=tuple(sorted(self._output.written)),
            removed=self._output.removed,
            problems=tuple(sorted(self._problems, key=_rank)),
            counts=dict(counts),
            seconds=0.0,
            reachable=plan.is_reachable(self._config.contact),
            search=self._apart,
            left_out=self._left_out,
            until=self._until,
            includes=self._includes,
        )


def _guess(plan: Plan, origin: str, folder: str) -> list[Problem]:
    """What to tell where links showed at which address, or below which path, articles stood."""
    found = [(origin, "address")] if origin else []
    if plan.targets.guessed:
        found.append((f"/{plan.targets.guessed}", "path"))
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
