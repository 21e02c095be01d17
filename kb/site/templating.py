"""Jinja2's door: templates, the theme's first, and what every page has around it.

Header, foot, and the links to what a page needs are the same on all pages of one depth, so each
is rendered once for it.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateError
from markupsafe import Markup

from kb.errors import SiteError
from kb.settings import origin_of
from kb.site import PACKAGE
from kb.site.addresses import (
    CONTACT,
    FEED,
    HOME,
    OPENSEARCH,
    SEARCH,
    SEARCH_DATA,
    TOPICS,
    absolute,
    encode,
    root_of,
)
from kb.site.export.encoding import MANIFEST
from kb.site.theme import read_theme_file
from kb.text.languages import direction_of, name_of, tidy_tag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from jinja2 import Template

    from kb.config import Config, SiteConfig
    from kb.site.assets import Logo, Within
    from kb.site.i18n import Wording


_PARTS = ("links", "header", "footer")
"""Templates of what stands on every page and depends on its depth alone."""


_ROOM = ((474, ""), (814, "crowded"))
"""Pixels that the header has for name and links beside search and colours in a window of 768 px,
and of 1,280, with the class of a header that has room there."""
_TONGUES = 146
_LETTER, _GAP = 9, 20
"""Pixels that the list of languages takes; that a letter is wide on average, a Chinese one twice as
much, and that stand between links."""
_NAME = (100, 220)
"""Pixels that a name on two lines gets at least and at most."""


_SEARCHES = frozenset({"home.html", "search.html", "404.html"})
"""Pages with a search box of their own: their header has none."""


class PageHead(NamedTuple):
    """What the head of a page says about it. `data` is JSON-LD, ready for a script element.

    `root` is the way up to the root of the site, worked out from the address unless given.
    `alternates` are pairs of a language (empty for that of the settings) and the address of the
    same page in it, its own, too.
    """

    title: str
    address: str
    description: str = ""
    kind: str = "website"
    data: Markup | None = None
    markdown: str = ""
    indexed: bool = True
    root: str | None = None
    alternates: tuple[tuple[str, str], ...] = ()


class SiteLink(NamedTuple):
    """A link that the settings put on every page. What is not `outside` begins at the root."""

    name: str
    href: str
    outside: bool


class Links(NamedTuple):
    """The links of the settings; `banner` is that of the announcement, if it has one."""

    header: tuple[SiteLink, ...] = ()
    footer: tuple[SiteLink, ...] = ()
    banner: tuple[SiteLink, ...] = ()


class Frame(NamedTuple):
    """What the settings put around every page. `pictures` are by setting, `papers` the colours of
    the page in both schemes.
    """

    pictures: Mapping[str, Logo]
    links: Links
    papers: tuple[str, str]


@dataclass(slots=True)
class Shell:
    """Renders the pages of one language. `live` adds what a served page reloads with; `offline`
    marks them as a copy to be opened from the disk, without what only a host needs; `reachable`
    says that there is a way to reach a person, to which pages lead. `prefix` and `homes` are as in
    `kb.site.plan.Plan`, but with the tag of each language: that of the settings is `base`;
    `untranslated` is what each of them calls a page that it does not have.
    """

    config: Config
    t: Wording
    assets: dict[str, str]
    frame: Frame
    environment: Environment
    policy: str
    live: bool = False
    offline: bool = False
    reachable: bool = True
    prefix: str = ""
    homes: tuple[tuple[str, str], ...] = ()
    base: str = ""
    untranslated: Mapping[str, str] = field(default_factory=dict)
    _around: dict[str, dict[str, Any]] = field(default_factory=dict)
    _templates: dict[str, Template] = field(default_factory=dict)

    def page(self, template: str, head: PageHead, **context: Any) -> bytes:
        """A whole page. Raises SiteError where a template of the theme fails."""
        root = root_of(head.address) if head.root is None else head.root
        around = self._around.get(root) or self._surround(root)
        languages = self._languages(head, root)
        if languages:  # where they lead depends on the page
            shared = {**around, "languages": languages, "with_search": template not in _SEARCHES}
            header = Markup(self.render("header.html", **shared))  # noqa: S704 ours
            around = {**around, "header": header, "languages": languages}
        elif template in _SEARCHES:
            around = {**around, "header": around["plain_header"]}
        canonical = self.config.site.base_url and absolute(self.config.site.base_url, head.address)
        return self.render(
            template,
            head=head,
            canonical=canonical,
            graph_image=self._graph_image(),
            **around,
            **context,
        ).encode()

    def _graph_image(self) -> str:
        """The whole address of the image for what others show of a link; empty without one."""
        image, base_url = self.frame.pictures.get("image"), self.config.site.base_url
        return absolute(base_url, image.asset.address) if image and base_url else ""

    def _languages(self, head: PageHead, root: str) -> list[dict[str, Any]]:
        """The languages of the site, each with where it has this page, else its front page; `full`
        is that address as search engines want it, empty where it is not this page.
        """
        there = {tag or self.base: address for tag, address in head.alternates}
        base_url, own = self.config.site.base_url, tidy_tag(self.config.language)
        return [
            {
                "tag": tag,
                "name": name_of(tag),
                "direction": direction_of(tag),
                "href": root + encode(there.get(tag, home)),
                "exists": tag in there,
                "note": "" if tag in there else self.untranslated.get(tag, ""),
                "full": (absolute(base_url, there[tag]) if base_url else root + encode(there[tag]))
                if tag in there
                else "",
                "current": tag == own,
            }
            for tag, home in self.homes
        ]

    def render(self, name: str, **context: Any) -> str:
        """A template filled in."""
        try:
            template = self._templates.get(name)
            if template is None:
                template = self._templates[name] = self.environment.get_template(name)
            return template.render(context)
        except TemplateError as error:
            line = getattr(error, "lineno", None)
            where = getattr(error, "filename", None) or name
            message = f"the template can't be used: {error.message or type(error).__name__}"
            raise SiteError(message, path=where, line=line, code="site-template") from error
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # What an expression of a template came to.
            message = f"the template can't be used: {type(error).__name__}: {error}"
            where = getattr(self._templates.get(name), "filename", None) or name
            raise SiteError(message, path=where, code="site-template") from error

    def icon(self, name: str) -> str:
        """The icon of a topic by its name; empty where there is none of that name."""
        return name if name in self.icons else ""

    @property
    def icons(self) -> Mapping[str, str]:
        """The icons that topics can have: the drawing of each by its name."""
        icons: Mapping[str, str] = self.environment.get_template("icons.html").module.ICONS  # type: ignore[attr-defined]  # what the template sets
        return icons

    def policy_with(self, within: Within) -> str:
        """The policy that allows what stands within a page, too."""
        return policy_of(self.config.site, within.scripts, within.styles)

    def _others(self) -> str:
        """The search of the other languages, as JSON: tag, name and manifest of each; empty if
        there are none.
        """
        others = [
            [tag, name_of(tag), home.removesuffix(HOME) + SEARCH_DATA + MANIFEST]
            for tag, home in self.homes
            if tag != tidy_tag(self.config.language)
        ]
        return json.dumps(others, ensure_ascii=False) if others else ""

    def _crowd(self) -> str:
        """Where the links of the header are in its menu: empty where only on phones, `crowded` in
        windows below 1,280 px, `full` in all.
        """
        names = [self.t["topics"], *(link.name for link in self.frame.links.header)]
        if self.reachable:
            names.append(self.t["contact"])
        least, most = _NAME
        needed = min(max(_width(self.config.name) // 2, least), most)
        needed += _width("".join(names)) + len(names) * _GAP
        needed += _TONGUES if len(self.homes) > 1 else 0
        return next((crowd for room, crowd in _ROOM if needed <= room), "full")

    def _surround(self, root: str) -> dict[str, Any]:
        """What all pages of one depth share."""
        shared: dict[str, Any] = {
            "root": root,
            "home": root + self.prefix + HOME,
            "search": root + self.prefix + SEARCH,
            "topics": root + self.prefix + TOPICS,
            "contact": root + self.prefix + CONTACT if self.reachable else "",
            "manifest": self.prefix + SEARCH_DATA + MANIFEST,
            "feed": root + self.prefix + FEED,
            "opensearch": root + self.prefix + OPENSEARCH,
            "others": self._others(),
            "crowd": self._crowd(),
            "asset": {name: root + encode(address) for name, address in self.assets.items()},
        }
        shared |= {"with_search": True, "languages": ()}
        parts = {name: self.render(f"{name}.html", **shared) for name in _PARTS}
        parts["plain_header"] = self.render("header.html", **shared | {"with_search": False})
        shared |= {name: Markup(html) for name, html in parts.items()}  # noqa: S704 ours
        self._around[root] = shared
        return shared


def _width(text: str) -> int:
    """Pixels that a text is wide in the header, about."""
    return _LETTER * sum(1 + (unicodedata.east_asian_width(sign) in "FW") for sign in text)


def open_shell(  # all that pages have in common
    config: Config,
    wording: Wording,
    assets: dict[str, str],
    frame: Frame,
    theme: Path,
    *,
    live: bool = False,
    offline: bool = False,
    reachable: bool = True,
    prefix: str = "",
    homes: tuple[tuple[str, str], ...] = (),
    base: str = "",
    untranslated: Mapping[str, str] | None = None,
) -> Shell:
    """A shell with the templates of the theme over kb's own."""
    own = PACKAGE / "templates"
    environment = Environment(
        loader=FunctionLoader(lambda name: _read_template(name, theme, own)),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    policy = policy_of(config.site)
    shell = Shell(config, wording, assets, frame, environment, policy, live, offline,
                  reachable, prefix, homes, base, untranslated or {})  # fmt: skip
    environment.globals.update(
        config=config,
        t=wording,
        logo=frame.pictures.get("logo"),
        frame=frame,
        policy=policy,
        live=live,
        offline=offline,
        encode=encode,
    )
    return shell


def _read_template(name: str, *folders: Path) -> tuple[str, str, None] | None:
    """A template's text and its path, from the first folder that has it.

    Raises SiteError where it is not UTF-8.
    """
    path = next((path for folder in folders if (path := folder / name).is_file()), None)
    if path is None:
        return None
    try:
        return read_theme_file(path).decode("utf-8-sig"), str(path), None
    except UnicodeDecodeError as error:
        message = f"the template is not UTF-8: byte {error.start:,} does not fit"
        raise SiteError(message, path=str(path), code="site-template") from error


def policy_of(
    settings: SiteConfig, scripts: tuple[str, ...] = (), styles: tuple[str, ...] = ()
) -> str:
    """The content security policy of every page. `scripts` and `styles` are further sources."""
    own = ("'self'",)
    hosts = settings.remote_images
    images = " ".join([*own, *(f"https://{host} http://{host}" for host in hosts)])
    asked = " ".join(filter(None, [*own, origin_of(settings.feedback_endpoint)]))
    return (
        f"default-src 'none'; script-src {' '.join(own + scripts)}; "
        f"style-src {' '.join(own + styles)}; img-src {images}; "
        f"font-src 'self'; connect-src {asked}; base-uri 'none'; form-action 'self'"
    )
