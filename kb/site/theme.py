"""The theme: files of kb's own to start one from, and the contrast of the colours that are set.

Text needs contrast to be read (WCAG 2.2, 1.4.3). Each pair of colours that the site puts text in is
measured where a setting changes one of them; what is not set is as in kb's own style.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from kb.config import setting_place
from kb.content.wording import own_words
from kb.errors import ConfigError, ContentError, SiteError
from kb.files import given_back, read_regular
from kb.model import Problem, Severity
from kb.site import PACKAGE
from kb.support.wording import as_toml, own_texts
from kb.text.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kb.config import Config


def read_theme_file(path: Path) -> bytes:
    """A file of a theme. Raises SiteError where it can't be read."""
    try:
        return read_regular(path)
    except OSError as error:
        raise SiteError(f"can't be read: {error.strerror}", path=str(path)) from error
    except ContentError as error:
        raise SiteError("can't be read: not a regular file", path=str(path)) from error


def theme_files() -> dict[str, bytes]:
    """Everything that a theme can replace, by name: templates, assets and words."""
    found = {}
    for folder in ("templates", "assets", "strings"):
        for entry in (PACKAGE / folder).iterdir():
            if entry.is_file():
                found[entry.name] = entry.read_bytes()
    beside = "# Beside a text: callouts, footnotes, tasks.\n" + as_toml(own_words("en"))
    person = "# The way to a person: reasons and the message.\n" + as_toml(own_texts("en"))
    found["en.toml"] += f"\n{beside}\n{person}".encode()
    return dict(sorted(found.items()))


def copy_theme_file(name: str, theme: Path) -> Path:
    """Copy a file of kb's own into the theme folder; never over one that is there.

    Raises SiteError for a name that a theme can't replace, and for a file that is there.
    """
    known = theme_files()
    if name not in known:
        hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
        raise SiteError(f"a theme has no file called {name}", hint=hint, code="site-theme")
    place = theme / name
    try:
        with given_back(place):
            theme.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                file.write(known[name])
    except FileExistsError:
        raise SiteError(
            "is there already",
            path=str(place),
            hint="kb init never overwrites",
            code="exists",
        ) from None
    return place


LEAST = 4.5
"""The contrast that text of usual size needs."""

_FURTHEST = 0.45
"""How much of an accent may turn into black on light paper: with more it is another colour."""
_SHARES = (0.0, 0.07, 0.14)
"""What site.css mixes of the accent into the paper that it stands on."""


def accent_tones(config: Config) -> tuple[dict[str, str], dict[str, str]]:
    """The colours that `site.accent` makes on light and on dark paper: itself where it can be read
    there, else what is as near to it as can. Nothing where none is set.

    Raises ConfigError for one that can't be read on light paper unless it is another colour.
    """
    accent = config.site.accent
    if not accent:
        return {}, {}
    style = _own_style()
    light = {**_own(style, ":root"), **dict(config.site.colors)}
    dark = {**_own(style, ':root[data-scheme="dark"]'), **dict(config.site.dark_colors)}
    on_light, share = _toned(accent, light, "#000000")
    on_dark, _ = _toned(accent, dark, "#ffffff")
    if share > _FURTHEST:
        path, line = setting_place(config, ("site", "accent"))
        raise ConfigError(
            f"site.accent {accent} can't be read on light paper, where text needs a contrast of "
            f"{LEAST}:1: what could be, {on_light}, is another colour",
            path=path,
            line=line,
            hint="choose a darker one, or set site.colors and site.dark_colors",
        )
    return tuple({"accent": tone, "accent_ink": _ink_on(tone)} for tone in (on_light, on_dark))  # type: ignore[return-value]  # of two


def _toned(accent: str, colors: Mapping[str, str], end: str) -> tuple[str, float]:
    """The accent, mixed with as little of another colour as makes it readable on all that it stands
    on, and how much that is.
    """
    steps = 100
    for step in range(steps + 1):
        tone = mix(end, accent, step / steps)
        grounds = [mix(tone, colors["paper"], share) for share in _SHARES]
        if all(contrast(tone, ground) >= LEAST for ground in (*grounds, colors["raised"])):
            return tone, step / steps
    return end, 1.0


def _ink_on(ground: str) -> str:
    return max(("#ffffff", "#0c1116"), key=lambda ink: contrast(ink, ground))


def mix(one: str, other: str, share: float) -> str:
    """A share of a colour in another one, as CSS's `color-mix(in srgb, ...)` has it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    parts = (round(255 * (a * share + b * (1 - share))) for a, b in pairs)
    return "#" + "".join(f"{part:02x}" for part in parts)


def paper_colors(config: Config) -> tuple[str, str]:
    """The paper of both schemes: what browsers put around a page."""
    style = _own_style()
    schemes = (
        (":root", config.site.colors),
        (':root[data-scheme="dark"]', config.site.dark_colors),
    )
    light, dark = (
        dict(given).get("paper") or _own(style, name)["paper"] for name, given in schemes
    )
    return light, dark


def _own_style() -> str:
    return (PACKAGE / "assets" / "site.css").read_text(encoding="utf-8")


_PAIRS = (
    ("ink", "paper", "text"),
    ("soft", "paper", "small text"),
    ("accent", "paper", "links"),
    ("accent_ink", "accent", "text on buttons"),
    ("ink", "notice", "text of notices"),
)
_STEPS = 20


def faint_colors(config: Config) -> Iterator[Problem]:
    """A warning for each pair with less contrast than text needs, with a colour that has enough."""
    style = _own_style()
    light, dark = accent_tones(config)
    schemes = (
        ("colors", dict(config.site.colors), {**_own(style, ":root"), **light}),
        (
            "dark_colors",
            dict(config.site.dark_colors),
            {**_own(style, ':root[data-scheme="dark"]'), **dark},
        ),
    )
    for table, given, own in schemes:
        colors = {**own, **given}
        for front, back, what in _PAIRS:
            if given.keys().isdisjoint((front, back)):
                continue
            found = contrast(colors[front], colors[back])
            if found >= LEAST:
                continue
            set_one = front if front in given else back
            path, line = setting_place(config, ("site", table, set_one))
            message = (
                f"site.{table}: {front} {colors[front]} on {back} {colors[back]}, for {what}, has "
                f"a contrast of {int(found * 10) / 10}:1, and text needs {LEAST}:1: "
                f'{front} = "{_readable(colors[front], colors[back])}" would do'
            )
            yield Problem(path, line, message, Severity.WARNING, "contrast")


class Pair(NamedTuple):
    """Two colours of a scheme of which one stands on the other, their contrast, and what WCAG asks
    for: 4.5 for text, 3 for edges of controls.
    """

    scheme: str
    what: str
    front: str
    back: str
    ratio: float
    needed: float

    @property
    def passes(self) -> bool:
        """Whether the contrast is enough."""
        return self.ratio >= self.needed


_EVERY_PAIR = (
    *((front, back, f"{what} {where}")
      for front, what in (("ink", "text"), ("soft", "small text"), ("accent", "links"))
      for back, where in (("paper", "on the page"), ("raised", "on cards"), ("sunken", "on code"),
                          ("band", "on the band of home and \u201cDo this now\u201d"))),
    ("accent", "tint", "what is chosen"),
    ("accent_ink", "accent", "text on buttons"),
    *(("ink", name, f"text of a {name}") for name in ("notice", "note", "tip", "danger")),
)  # fmt: skip


def measured_pairs(config: Config, theme: Path) -> Iterator[Pair]:
    """Every pair of colours that the site puts text in, and the edges of controls, in both schemes:
    those of the theme's `site.css` where it has one, under those of the settings. What a style does
    not name is left out.
    """
    own = theme / "site.css"
    style = read_theme_file(own).decode(errors="replace") if own.is_file() else _own_style()
    light, dark = accent_tones(config)
    for scheme, selector, tones, given in (
        ("light", ":root", light, config.site.colors),
        ("dark", ':root[data-scheme="dark"]', dark, config.site.dark_colors),
    ):
        colors = {**_own(style, selector), **tones, **dict(given)}
        if "accent" in colors and "paper" in colors:
            colors["band"] = mix(colors["accent"], colors["paper"], _SHARES[1])
            colors["tint"] = mix(colors["accent"], colors["paper"], _SHARES[2])
        rows = [*((*pair, LEAST) for pair in _EVERY_PAIR), ("edge", "paper", "edges of fields", 3)]
        for front, back, what, needed in rows:
            if front in colors and back in colors:
                ratio = contrast(colors[front], colors[back])
                yield Pair(scheme, what, colors[front], colors[back], round(ratio, 2), needed)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours like `#0b5fad` or `#fff`, from 1 to 21, by WCAG's formula."""
    low, high = sorted((_luminance(_channels(one)), _luminance(_channels(other))))
    return (high + 0.05) / (low + 0.05)


def _own(style: str, selector: str) -> Mapping[str, str]:
    """The colours of kb's own style under a selector."""
    block = style.partition(f"\n{selector} {{")[2].partition("}")[0]
    pairs = re.findall(r"--([a-z-]+): (#[0-9a-f]+);", block)
    return {name.replace("-", "_"): color for name, color in pairs}


def _channels(color: str) -> tuple[float, ...]:
    digits = color.removeprefix("#")
    if len(digits) == 3:  # noqa: PLR2004 a digit a channel
        digits = "".join(2 * digit for digit in digits)
    return tuple(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))


def _luminance(channels: tuple[float, ...]) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(front: str, back: str) -> str:
    """The colour, nearer to black or to white by as little as makes it readable."""
    start = _channels(front)
    for step in range(1, _STEPS + 1):
        for end in (0.0, 1.0):
            mixed = (value + (end - value) * step / _STEPS for value in start)
            color = "#" + "".join(f"{round(255 * value):02x}" for value in mixed)
            if contrast(color, back) >= LEAST:
                return color
    return "#000000"
