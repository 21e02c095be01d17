"""Style, script and icon: the package's own or the theme's, under names that hold their hash.

The scripts under `assets/built/` are made from the modules beside them by `.ci/bundle`, which
needs Node; kb only reads them.

Hosts show the page for missing addresses at any address, so where nobody knows at which path of its
host the site stands, that page can name no file: its style and a script stand within it, allowed
by their hashes. The script finds the root of the site (`search-ui/lost.js`); without it links
begin at the top of the host.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from kb.errors import SiteError
from kb.site import PACKAGE
from kb.site.addresses import ASSETS
from kb.site.images import image_size
from kb.site.theme import accent_tones, read_theme_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kb.config import Config
    from kb.site.i18n import Wording

ON_SITE = "search.js"
"""What the pages of kb's own sites load when somebody searches."""
STARTER = "find.js"
"""What brings it; all that they load before. It says nothing."""
LOST = "lost.js"
"""What stands within the page for missing addresses of a site without `base_url`."""
ON_OTHERS = "embed.js"
"""What other sites load: the element `<kb-search>`."""
MEANING = "meaning.js"
"""What ranks by meaning, where the search data has vectors: it is among them."""
_ON_PAGE = frozenset(["find_blocked", "find_topic", "find_topic_any", "find_tier", "find_tier_any"])
"""What the templates say and no script does."""
_STYLE = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|/\*(?:[^*]|\*(?!/))*\*/|\s*([{};,])\s*|(:)\s+"""
)


def starter_script() -> bytes:
    """What brings the search, as a file."""
    return (PACKAGE / "assets" / "built" / STARTER).read_bytes()


def meaning_script() -> bytes:
    """What ranks by meaning, as a file."""
    return (PACKAGE / "assets" / "built" / MEANING).read_bytes()


def lost_script() -> str:
    """What finds the site from a missing address, as a text within a page."""
    return (PACKAGE / "assets" / "built" / LOST).read_text(encoding="utf-8")


def search_script(name: str, wording: Wording) -> bytes:
    """One of the scripts that search, with the words of the site, as a file.

    The words are a constant of the block around the script: other scripts don't see it.
    """
    script = (PACKAGE / "assets" / "built" / name).read_text(encoding="utf-8")
    return f'"use strict";{{const KB_WORDS={_spoken(wording)};{script}}}\n'.encode()


def search_style() -> bytes:
    """The style of the element `<kb-search>`."""
    assets = PACKAGE / "assets"
    parts = (assets / "search-ui" / "embed.css", assets / "search.css")
    return shrink_style("".join(part.read_text(encoding="utf-8") for part in parts)).encode()


def shrink_style(style: str) -> str:
    """A stylesheet without comments and needless space."""
    short = _STYLE.sub(lambda found: found[1] or found[2] or found[3] or "", style)
    return short.replace(";}", "}").strip() + "\n"


def _spoken(wording: Wording) -> str:
    """The words that the script says, as JSON."""
    texts = wording.texts
    names = [n for n in texts if n.startswith(("find_", "tier_")) and n not in _ON_PAGE]
    names += ["help", "no_channel"]
    spoken = {"locale": wording.locale, **{name: texts[name] for name in names}}
    return json.dumps(spoken, ensure_ascii=False, separators=(",", ":"))


NAMES = (
    "site.css",
    "search.css",
    "site.js",
    "scheme.js",
    "enlarge.js",
    "blocks.js",
    "blocks.css",
    "reach.js",
    "feedback.js",
    "icon.svg",
)
"""What pages use; the theme may replace each by a file of its name."""
REACH = "reach.js"
"""Says who can be reached now, and begins an email with the message."""
FEEDBACK = "feedback.js"
"""Sends the answer to whether an article helped."""
LIVE = "live.js"
"""Reloads a page of `kb serve` when it has changed."""
_LOGOS = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg"})


_PICTURES = {
    "icon": _LOGOS | {".ico"},
    "touch_icon": frozenset({".png"}),
    "image": _LOGOS - {".svg"},
}
"""What a picture may be, by its setting; for others as for the logo."""


class Asset(NamedTuple):
    """A file of the site's look: where it stands, and what it holds."""

    address: str
    data: bytes


class Logo(NamedTuple):
    """The image in the header. `size` is in pixels, None where the file does not say."""

    asset: Asset
    size: tuple[int, int] | None


def read_assets(
    theme: Path, config: Config, wording: Wording, *, live: bool = False
) -> dict[str, Asset]:
    """The assets by their plain names."""
    scripts = {ON_SITE: search_script(ON_SITE, wording), STARTER: starter_script()}
    found = {name: Asset(_hashed(name, script), script) for name, script in scripts.items()}
    for name in (*NAMES, *([LIVE] if live else [])):
        data = _read(name, theme)
        if name == "site.css":
            data += _colors(config).encode()
        found[name] = Asset(_hashed(name, data), data)
    return found


def read_extras(theme: Path) -> Iterator[Asset]:
    """Other files of the theme, such as fonts: `theme/assets/` keeps its names."""
    folder = theme / "assets"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not any(part.startswith(".") for part in name.split("/")):
            yield Asset(ASSETS + name, read_theme_file(path))


def read_pictures(paths: Mapping[str, Path]) -> dict[str, Logo]:
    """The pictures that the settings name, by setting. Raises SiteError for what is no image."""
    return {name: _read_picture(name, path) for name, path in paths.items()}


def _read_picture(name: str, path: Path) -> Logo:
    suffix = path.suffix.lower()
    if suffix not in _PICTURES.get(name, _LOGOS) or not path.is_file():
        what = name.replace("_", " ")
        raise SiteError(f"the {what} is no image file", path=str(path), hint=f"see site.{name}")
    data = read_theme_file(path)
    asset = Asset(_hashed(f"{name.replace('_', '-')}{suffix}", data), data)
    return Logo(asset, image_size(BytesIO(data)))


def _read(name: str, theme: Path) -> bytes:
    """The theme's file, else kb's own: of a script what `.ci/bundle` made of it."""
    own = theme / name
    made = PACKAGE / "assets" / "built" / name
    if not own.is_file():
        own = made if made.is_file() else PACKAGE / "assets" / name
    data = read_theme_file(own)
    if not name.endswith(".css"):
        return data
    return shrink_style(data.decode(errors="replace")).encode()


def _hashed(name: str, data: bytes) -> str:
    stem, _, suffix = name.rpartition(".")
    return f"{ASSETS}{stem}.{hashlib.sha256(data).hexdigest()[:10]}.{suffix}"


def _colors(config: Config) -> str:
    """The configured colours as custom properties, for both schemes."""
    tones = accent_tones(config)
    given = (config.site.colors, config.site.dark_colors)
    light, dark = ({**own, **dict(set_)} for own, set_ in zip(tones, given, strict=True))
    rules = []
    if light:
        rules.append(f':root,:root[data-scheme="light"]{{{_properties(light)}}}')
    if dark:
        body = _properties(dark)
        rules.append(f"@media (prefers-color-scheme:dark){{:root:not([data-scheme]){{{body}}}}}")
        rules.append(f':root[data-scheme="dark"]{{{body}}}')
    return "".join(f"\n{rule}" for rule in rules)


def _properties(colors: Mapping[str, str]) -> str:
    return "".join(f"--{name.replace('_', '-')}:{color};" for name, color in colors.items())


_STYLES = ("site.css", "search.css")
TOP = "/"
"""Where links begin until the root is found."""


class Within(NamedTuple):
    """What stands within the page."""

    style: Markup
    script: Markup

    @property
    def styles(self) -> tuple[str, ...]:
        """What a content security policy has to allow as style."""
        return (_source(self.style),)

    @property
    def scripts(self) -> tuple[str, ...]:
        """What it has to allow as script."""
        return (_source(self.script),)


def stand_within(assets: Mapping[str, Asset]) -> Within:
    """The style of the site and the script that finds it, as they may stand in a page."""
    text = "".join(assets[name].data.decode(errors="replace") for name in _STYLES)
    # As a browser reads it: with its own ends of lines, and no end of the element.
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("</", "<\\/")
    style = shrink_style(text)
    script = lost_script()
    return Within(Markup(style), Markup(script))  # noqa: S704 kb's own, and the theme's


def _source(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{b64encode(digest).decode()}'"
