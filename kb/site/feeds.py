"""What machines read: sitemap, robots, search description, feed, llms.txt and llms-full.txt, host
rules, and JSON-LD, which tells search engines what a page is.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, time
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from markupsafe import Markup

from kb.config import DEFAULT_LIMITS
from kb.content.markdown.document import escape, offers_unsafe_links
from kb.content.markdown.wiki_link import BY_NAME
from kb.site.addresses import FEED, HOME, OPENSEARCH, SEARCH, absolute, encode, markdown_of, root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from kb.model import Topic
    from kb.site.article_records import PageMeta, RenderedBody
    from kb.site.plan import Plan
    from kb.site.resolver import Resolved
    from kb.site.templating import Shell

_XML = '<?xml version="1.0" encoding="utf-8"?>\n'
_FEED_LENGTH = 50
_TITLE = r"""(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^)\n]*\)))?"""
_INLINE = re.compile(rf"\]\([ \t]*<?((?:[^\s<>()]++|\([^\s<>()]*\))*)>?{_TITLE}[ \t]*\)")
_DEFINITION = re.compile(rf"(?m)^ {{0,3}}\[[^\]\n]+\]:[ \t]*<?([^\s<>]*)>?{_TITLE}[ \t]*$\n?")
_AUTOLINK = re.compile(r"<(?=(?:javascript|vbscript|data):[^<>\s]*>)", re.IGNORECASE)
_RUNS = re.compile(r"(?:javascript|vbscript|data):", re.IGNORECASE)
_RUNNING = ("javascript:", "vbscript:", "data:")
# Where a link to what should not be offered begins, in a text as `_as_read` gives it. Quotes
# have their sign at the start of every line.
_OFFERED = re.compile(r"(?:[(<]|\]:)[\s>]*(?:javascript|vbscript|data|file):")
_MARKUP = re.compile(r"([\\\[\]<`])")
_LINKS = re.compile(r"([\\\[\]<])")
_EPOCH = date(1970, 1, 1)


def write_feeds(plan: Plan, shell: Shell) -> Iterator[tuple[str, str]]:
    """Every file for machines that is of one language, with its address."""
    published = [record for record in plan.records.values() if record.is_published]
    yield plan.prefix + OPENSEARCH, _opensearch(shell)
    yield plan.prefix + FEED, _feed(plan, published, shell)
    yield plan.prefix + "llms.txt", _llms(plan, shell)


def write_host_files(
    plans: Sequence[Plan],
    base_url: str,
    pages: Iterable[str],
    policy: str,
    changes: Mapping[str, date],
) -> Iterator[tuple[str, str]]:
    """Every file for machines that is of the whole site, with its address. `pages` are the
    addresses to be found; `policy` is the content security policy that holds for all of them;
    `changes` are the days on which articles were last changed, by path, as far as they are known.
    """
    yield "sitemap.xml", _sitemap(plans, base_url, pages, changes)
    yield "robots.txt", _robots([plan.prefix for plan in plans], base_url)
    yield "_redirects", _redirects([pair for plan in plans for pair in plan.redirects], base_url)
    yield "_headers", _headers(policy, base_url)


def base_path(base_url: str) -> str:
    """The path of the site on its host, with a slash at both ends."""
    return urlsplit(base_url).path.rstrip("/") + "/"


def last_touched(article: PageMeta, changes: Mapping[str, date]) -> date | None:
    """The day on which an article was last changed or reviewed; None where neither is known."""
    known = [day for day in (article.reviewed, changes.get(article.path)) if day]
    return max(known, default=None)


def _sitemap(
    plans: Sequence[Plan], base_url: str, pages: Iterable[str], changes: Mapping[str, date]
) -> str:
    touched = {
        plan.address[r.id]: last_touched(r, changes)
        for plan in plans
        for r in plan.records.values()
        if r.is_published
    }
    lines = ['<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for address in pages:
        day = touched.get(address)
        when = f"<lastmod>{day.isoformat()}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(absolute(base_url, address))}</loc>{when}</url>")
    return _XML + "\n".join([*lines, "</urlset>", ""])


def _robots(prefixes: Iterable[str], base_url: str) -> str:
    root, search = base_path(base_url), SEARCH.removesuffix("index.html")
    hidden = [f"Disallow: {root}{encode(prefix)}{search}" for prefix in prefixes]
    lines = ["User-agent: *", *hidden, "Allow: /"]
    if base_url:
        lines += ["", f"Sitemap: {absolute(base_url, 'sitemap.xml')}"]
    return "\n".join([*lines, ""])


def _opensearch(shell: Shell) -> str:
    base_url = shell.config.site.base_url
    name = shell.config.name
    template = absolute(base_url, shell.prefix + SEARCH) + "?q={searchTerms}"
    icon = absolute(base_url, shell.assets["icon.svg"])
    return _XML + "\n".join(
        [
            '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
            f"<ShortName>{escape(name[:16].rstrip())}</ShortName>",
            f"<LongName>{escape(name[:48].rstrip())}</LongName>",
            f"<Description>{escape(shell.t['search_description'])}</Description>",
            "<InputEncoding>UTF-8</InputEncoding>",
            f'<Image width="16" height="16" type="image/svg+xml">{escape(icon)}</Image>',
            f'<Url type="text/html" method="get" template="{escape(template)}"/>',
            "</OpenSearchDescription>",
            "",
        ]
    )


def _feed(plan: Plan, published: Iterable[PageMeta], shell: Shell) -> str:
    """Atom: the articles reviewed last. An id stays the same wherever the site stands."""
    base_url, name = shell.config.site.base_url, shell.config.name
    dated = [(r.reviewed, r) for r in published if r.reviewed]
    latest = sorted(dated, key=lambda pair: (-pair[0].toordinal(), pair[1].id))
    updated = latest[0][0] if latest else _EPOCH
    lines = [
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{escape(shell.config.language)}">',
        f"<title>{escape(name)}: {escape(shell.t['feed'])}</title>",
        f"<id>{escape(_identity(base_url, name, shell.prefix + HOME))}</id>",
        f"<updated>{_moment(updated)}</updated>",
        f"<author><name>{escape(name)}</name></author>",
        f'<link href="{escape(absolute(base_url, shell.prefix + HOME))}"/>',
    ]
    if base_url:
        own = absolute(base_url, shell.prefix + FEED)
        lines.append(f'<link rel="self" href="{escape(own)}"/>')
    for day, record in latest[:_FEED_LENGTH]:
        address = plan.address[record.id]
        lines += [
            "<entry>",
            f"<title>{escape(record.title)}</title>",
            f"<id>{escape(_identity(base_url, name, address))}</id>",
            f"<updated>{_moment(day)}</updated>",
            f'<link href="{escape(absolute(base_url, address))}"/>',
            f"<summary>{escape(record.description)}</summary>",
            "</entry>",
        ]
    return _legal(_XML + "\n".join([*lines, "</feed>", ""]))


def _identity(base_url: str, name: str, address: str) -> str:
    """An IRI: the address, or without one the name and the path as a URN."""
    return absolute(base_url, address) if base_url else f"urn:kb:{encode(name)}:{encode(address)}"


def _moment(day: date) -> str:
    return datetime.combine(day, time(), UTC).isoformat().replace("+00:00", "Z")


def _legal(text: str) -> str:
    """Without the control characters that XML has no way to write."""
    return "".join(c for c in text if c >= " " or c in "\t\n\r") if not text.isprintable() else text


def _llms(plan: Plan, shell: Shell) -> str:
    """The site for language models: every article's Markdown, by topic."""
    base_url = shell.config.site.base_url
    lines = [f"# {_as_text(shell.config.name)}", ""]
    if shell.config.site.description:
        lines += [f"> {_as_text(shell.config.site.description)}", ""]
    heading = None
    for name in plan.order:
        record = plan.records[name]
        if not record.is_published:
            continue
        topic = plan.topics[record.topic]
        if topic.id != heading:
            heading = topic.id
            title = topic.title or shell.t["more_articles" if topic.topics else "all_articles"]
            lines += ["", f"## {_as_text(title)}", ""]
        link = absolute(base_url, markdown_of(plan.address[name]))
        title = _as_text(record.title)
        says = f": {_as_text(record.description)}" if record.description else ""
        lines.append(f"- [{title}]({link}){says}")
    link = absolute(base_url, plan.prefix + LLMS_FULL)
    lines += ["", "## Optional", "", f"- [llms-full.txt]({link}): the text of all articles"]
    return "\n".join([*lines, ""]).replace("\n\n\n", "\n\n")


LLMS_FULL = "llms-full.txt"
LONGEST_FULL = 10_000_000
"""Bytes of articles in `llms-full.txt`, some two and a half million tokens: more than any model
reads at once. Articles beyond are named with their addresses.
"""


def write_llms_full(plan: Plan, shell: Shell, read: Callable[[str], bytes]) -> bytes:
    """The text of all articles in one file, in the order of reading. `read` gives the Markdown that
    stands at an address of the site: what is in none of these is not in the file either.
    """
    base_url = shell.config.site.base_url
    parts = [f"# {_as_text(shell.config.name)}\n".encode()]
    if shell.config.site.description:
        parts.append(f"\n> {_as_text(shell.config.site.description)}\n".encode())
    room, rest = LONGEST_FULL, []
    for name in plan.order:
        record, address = plan.records[name], markdown_of(plan.address[name])
        if not record.is_published:
            continue
        link = absolute(base_url, address)
        text = read(address).strip() if room > 0 else b""
        room -= len(text)
        if room > 0:
            parts.append(b"\n---\n\nSource: %b\n\n%b\n" % (link.encode(), text))
        else:
            rest.append(f"- [{_as_text(record.title)}]({link})\n")
    if rest:
        head = f"\n---\n\n{len(rest):,} articles are left out: this file has reached its size.\n\n"
        parts += [head.encode(), "".join(rest).encode()]
    return b"".join(parts)


def _as_text(text: str) -> str:
    """A text on one line, with a backslash before whatever Markdown would take for markup."""
    return _MARKUP.sub(r"\\\1", _one_line(text))


def without_dead_links(body: str, dead: Collection[str]) -> str:
    """Markdown without links to these targets, and without any that plainly runs script."""
    dead = {*dead, *(unquote(written) for written in dead)}
    body = _INLINE.sub(lambda found: "]" if _is_dead(found[1], dead) else found[0], body)
    if "]:" in body:
        body = _DEFINITION.sub(lambda found: "" if _is_dead(found[1], dead) else found[0], body)
    return _AUTOLINK.sub(r"\\<", body)


def _is_dead(target: str, dead: Collection[str]) -> bool:
    return target in dead or bool(_RUNS.match(unescape(target)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _redirects(redirects: Iterable[tuple[str, str]], base_url: str) -> str:
    """Netlify's and Cloudflare's format: old path, new path, status."""
    root = base_path(base_url)
    lines = []
    for old, new in redirects:
        lines.append(f"{root}{encode(old)} {root}{encode(new)} 301")
        lines.append(f"{root}{encode(old.removesuffix('.html'))} {root}{encode(new)} 301")
    return "\n".join([*lines, ""])


def _headers(policy: str, base_url: str) -> str:
    root = base_path(base_url)
    return "\n".join(
        [
            f"{root}*",
            f"  Content-Security-Policy: {policy}; frame-ancestors 'none'",
            "  X-Content-Type-Options: nosniff",
            "  X-Frame-Options: DENY",
            "  Referrer-Policy: strict-origin-when-cross-origin",
            "  Permissions-Policy: camera=(), geolocation=(), microphone=()",
            f"{root}files/*",
            "  Content-Security-Policy: default-src 'none'",
            f"{root}assets/*",
            "  Cache-Control: public, max-age=31536000, immutable",
            "",
        ]
    )


def write_markdown(rendered: RenderedBody, resolved: Sequence[Resolved]) -> str:
    """An article's Markdown for reading as it is: title first, no link to what is not shown.

    `resolved` says what each of its wants leads to.
    """
    article = rendered.meta
    body = rendered.body
    wants = zip(rendered.wants, resolved, strict=True)
    dead = {wanted.written.removeprefix(BY_NAME) for wanted, found in wants if not found.href}
    seen = _as_read(body)
    runs = any(scheme in seen for scheme in _RUNNING)
    if dead or runs:
        body = without_dead_links(body, dead)
    if runs and may_offer_script(body) and offers_unsafe_links(body, DEFAULT_LIMITS):
        body = _LINKS.sub(r"\\\1", body)
    # A host that does not say what .md is lets the browser guess: what begins with a tag is HTML.
    if not rendered.meta.top or body.lstrip("\ufeff\0 \t\r\n\f\v").startswith("<"):
        summary = f"{_as_text(article.summary)}\n\n" if article.summary else ""
        return f"# {_as_text(article.title)}\n\n{summary}{body}"
    return body


def may_offer_script(body: str) -> bool:
    """Whether an unsafe address stands in a Markdown text where a link's might: a word such as
    `data:` in a sentence or in code is none. Far quicker than to read the text for links.
    """
    return _OFFERED.search(_as_read(body)) is not None


def _as_read(body: str) -> str:
    """A Markdown text in which words are found however they are written."""
    return unescape(body.replace("\\", "")).casefold()


_CONTEXT = "https://schema.org"
_LEAST_QUESTIONS = 2
_encode = json.JSONEncoder(ensure_ascii=False).encode


def describe_article(
    rendered: RenderedBody,
    trail: Sequence[Topic],
    plan: Plan,
    shell: Shell,
    changes: Mapping[str, date],
) -> Markup:
    """The way to an article, and the article: questions with answers if its headings ask.

    Where the site's own address is not known, addresses are relative to the article's page.
    """
    base_url = shell.config.site.base_url
    article = rendered.meta
    own = plan.address[article.id]
    root = "" if base_url else root_of(own)

    def at(address: str) -> str:
        return root + absolute(base_url, address)

    crumbs = [(shell.t["home"], at(shell.prefix + HOME))]
    crumbs += [(t.title, at(plan.topic_address[t.id])) for t in trail]
    crumbs.append((article.title, at(own)))
    asks = len(rendered.questions) >= _LEAST_QUESTIONS
    thing = _questions(rendered) if asks else _article(rendered, shell.config.language)
    if not asks and (day := last_touched(article, changes)):
        thing["dateModified"] = day.isoformat()
    return _as_script([_breadcrumbs(crumbs), {**thing, "url": at(own)}])


def describe_site(shell: Shell) -> Markup:
    """The site, and how to search it."""
    base_url = shell.config.site.base_url
    site: dict[str, Any] = {"@type": "WebSite", "name": shell.config.name}
    if base_url:
        query = absolute(base_url, shell.prefix + SEARCH) + "?q={search_term_string}"
        site["url"] = absolute(base_url, shell.prefix + HOME)
        site["potentialAction"] = {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": query},
            "query-input": "required name=search_term_string",
        }
    return _as_script([site])


def _breadcrumbs(crumbs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    items = [
        {"@type": "ListItem", "position": position, "name": name, "item": address}
        for position, (name, address) in enumerate(crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _article(rendered: RenderedBody, language: str) -> dict[str, Any]:
    article = rendered.meta
    return {
        "@type": "Article",
        "headline": article.title,
        "description": article.description,
        "inLanguage": language,
    }


def _questions(rendered: RenderedBody) -> dict[str, Any]:
    return {
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": asked.question,
                "acceptedAnswer": {"@type": "Answer", "text": asked.answer},
            }
            for asked in rendered.questions
        ],
    }


def _as_script(things: list[dict[str, Any]]) -> Markup:
    """JSON that can't end its script element, whatever its texts say."""
    text = _encode({"@context": _CONTEXT, "@graph": things})
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 escaped above
