"""Keys of front matter that other tools use: which of them mean what kb means by its own, and which
are no slips of kb's.

Keys are compared as `kb.content.visibility.folded` has them: in lower case, without hyphens,
underscores and spaces.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

MEANT: dict[str, tuple[str, ...]] = {
    "title": ("title", "navtitle", "pagetitle", "linktitle", "sidebarlabel"),
    "summary": (
        "summary", "description", "excerpt", "lead", "shortdescription", "metadescription",
        "abstract", "tldr", "intro", "seodescription",
    ),
    "tags": ("tags", "tag"),
    "order": (
        "order", "weight", "sidebarposition", "navorder", "position", "sortorder", "navweight",
    ),
}  # fmt: skip
"""kb's key -> those that say the same, the one that counts most first."""

ROUTES = frozenset({
    "redirectfrom", "redirects", "redirectsfrom", "oldurl", "oldurls", "formerurl", "formerurls",
    "oldpath", "legacyurl", "legacyurls", "previousurl", "alias", "permalink", "url", "slug",
})  # fmt: skip
"""Keys that name an address at which the article stands or stood elsewhere."""

KNOWN = frozenset({
    "actions", "allowtitletodifferfromfilename", "api", "articleid", "aside", "author",
    "authors", "banner", "canonical", "canonicalurl", "cascade", "categories", "category",
    "categoryid", "changelog", "childgroups", "children", "collection", "color", "comments",
    "computed", "contact", "contenttype", "cover", "created", "createdat", "creator", "cspell",
    "cssclass", "cssclasses", "customediturl", "date", "defaults", "defaulttool", "deprecated",
    "displayedsidebar", "draft", "earlyaccess", "editedat", "editurl", "effectivedate", "emoji",
    "exlid", "exltype", "expirydate", "faq", "feature", "features", "file", "files", "footer",
    "grandparent", "guid", "haschildren", "hastoc", "head", "hero", "herotext", "hide",
    "hidetableofcontents", "hidetitle", "home", "htmlurl", "icon", "id", "image", "images",
    "introlinks", "iscjklanguage", "key", "keyword", "keywords", "kind", "label", "labels",
    "lang", "langref", "language", "lastmod", "lastreviewed", "lastupdate", "lastupdated", "layout",
    "level", "levels", "link", "links", "locale", "manager", "markup", "menu", "menus", "meta",
    "metadata", "mode", "modified", "msauthor", "mscustom", "msdate", "msproduct", "msreviewer",
    "msservice", "mstopic", "name", "navbar", "navexclude", "next", "noindex", "og", "ogimage",
    "openapi", "outdated", "outline", "outputs", "owner", "owners", "pageclass",
    "pageclassname", "pagelayout", "pagination", "paginationlabel", "paginationnext",
    "paginationprev", "params", "parent", "permissiongroupid", "permissions", "pin", "platform",
    "platforms", "prev", "product", "products", "promoted", "publish", "publishdate",
    "question", "questions", "rank", "readtime", "redirect", "redirectsto", "redirectto",
    "redirecturl", "ref", "relatedarticles", "relatedposts", "resources", "reviewby",
    "reviewdate", "reviewedby", "reviewer", "reviewers", "role", "rss", "searchable", "section",
    "sectionid", "sections", "series", "shorttitle", "sidebar", "sidebarclassname",
    "sidebartitle", "sitemap", "slug", "social", "solution", "sort", "source", "sources", "state",
    "subfeature", "subtitle", "tableofcontents", "tagline", "team", "template", "templates",
    "theme", "thumbnail", "thumbnailurl", "toc", "tocmaxheadinglevel", "tocminheadinglevel",
    "topic", "topics", "translationid", "translationkey", "translations", "type", "uid",
    "updated", "updatedat", "usersegmentid", "version", "versions", "video", "videos",
    "visibility", "sortby", "pagetemplate", "extra", "taxonomies", "insertanchorlinks",
    "paginateby", "transparent", "generatefeeds", "insearchindex",
})  # fmt: skip
"""Keys of well-known tools: never taken for slips of kb's own."""

_TEMPLATE = re.compile(r"[{}<>$*]|(?:^|/):\w")


def as_route(text: str) -> str:
    """An address in another site as a path: decoded, without host, query, slashes around it and
    ending; empty for one that is no address of a single page.
    """
    if _TEMPLATE.search(text) or "\\" in text:
        return ""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    if parts.scheme.lower() not in {"", "http", "https"}:
        return ""
    path = unquote(parts.path).strip("/")
    for ending in (".html", ".htm", ".md", ".mdx", ".qmd", ".php", ".aspx"):
        path = path.removesuffix(ending)
    path = path.removesuffix("/index") if "/" in path else path
    return "" if path in {"", ".", "index"} else path
