"""Facts about colours that text can't be read in."""

import re
from pathlib import Path

import pytest

import kb
from kb.config import load_config
from kb.site.i18n import missing_words
from kb.site.theme import contrast, faint_colors


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#ffffff", 21.0), ("#777777", "#fff", 4.48), ("#0b5fad", "#0b5fad", 1.0)],
)
def test_contrast_is_wcags(one, other, ratio):
    """The known figures, in either order."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.fixture
def warned(tmp_path, monkeypatch):
    """The warnings of settings."""
    monkeypatch.chdir(tmp_path)

    def check(settings, find=faint_colors):
        (tmp_path / "kb.toml").write_text(settings)
        return [str(problem) for problem in find(load_config(environ={}))]

    return check


def test_own_colors_are_readable(warned):
    """Nothing is said of what nobody set, nor of colours that do."""
    assert warned("") == []
    assert warned('[site.colors]\naccent = "#0b5fad"\nline = "#fefefe"\n') == []


@pytest.mark.parametrize(
    ("table", "line", "pair"),
    [
        ('[site.colors]\naccent = "#8ab"', 2, "accent #8ab on paper #fcfcfa, for links"),
        ('[site.colors]\n\naccent_ink="#0b5fae"', 3, "accent_ink #0b5fae on accent #0b5fad"),
        ('[site.colors]\nink="#777"\npaper="#888"', 2, "ink #777 on paper #888, for text"),
        ('[site.dark_colors]\nsoft = "#444444"', 2, "soft #444444 on paper #14171a"),
        ('[site.dark_colors]\npaper = "#ffffff"', 2, "accent #7cb8f2 on paper #ffffff"),
        ('[site]\ncolors = { notice = "#222" }', 2, "ink #1c1f23 on notice #222"),
    ],
)
def test_faint_colors_are_warned_of(table, line, pair, warned):
    """By the pair, the contrast that it has and needs, and a colour that would do."""
    (found,) = [text for text in warned(table) if pair in text]
    assert found.startswith(f"kb.toml:{line}: site.")
    assert "needs 4.5:1" in found
    front, _, rest = pair.partition(" ")
    back = rest.split(" on ")[1].split()[1].rstrip(",")
    proposed = found.split('"')[1]
    assert contrast(proposed, back) >= 4.5
    assert f'{front} = "' in found


@pytest.mark.parametrize(
    ("language", "words", "is_warned"),
    [
        ("en", (), False),
        ("en-GB", (), False),
        ("fi", (), True),
        ("fr", (), False),
        ("zh-TW", (), False),
        ("pt-BR", (), False),
        ("sr-Latn", (), True),
        ("sr-Latn", ("sr.toml",), False),
        ("sr-Latn", ("sr-Latn.toml",), False),
        ("fi", ("sv.toml",), True),
    ],
)
def test_a_language_without_words_is_warned_of(language, words, is_warned, warned, tmp_path):
    """Unless the theme has them, for the language or for its region."""
    for name in words:
        (tmp_path / name).write_text('search = "x"')
    found = warned(f'language = "{language}"', lambda config: missing_words(config, tmp_path))
    assert len(found) == is_warned
    assert all(text.startswith(f"kb.toml:1: language is {language}") for text in found)


BLOCKS = (Path(kb.__file__).parent / "site" / "assets" / "blocks.css").read_text(encoding="utf-8")
CALLOUTS = ("note", "tip", "notice", "danger")
SCHEMES = {
    "light": {
        "paper": "#fcfcfa", "sunken": "#f3f3f0", "soft": "#545b64", "accent": "#0b5fad",
        "note": "#e8f1fa", "tip": "#e8f5ec", "notice": "#fff4d6", "danger": "#fdecea",
    },
    "dark": {
        "paper": "#14171a", "sunken": "#101316", "soft": "#a7aeb6", "accent": "#7cb8f2",
        "note": "#12263a", "tip": "#12291b", "notice": "#33290f", "danger": "#3b1a17",
    },
}  # fmt: skip


def mixed(color, share, back):
    """What `color-mix(in srgb, color share%, back)` is."""
    pairs = zip(*(bytes.fromhex(one[1:]) for one in (color, back)), strict=True)
    parts = [round((one * share + other * (100 - share)) / 100) for one, other in pairs]
    return "#" + bytes(parts).hex()


def backs(scheme):
    """What text in blocks may stand on: the page, each callout, a marked line of code on them."""
    accent = SCHEMES[scheme]["accent"]
    assert re.findall(r"--ground: var\(--(\w+)\)", BLOCKS) == [*CALLOUTS]
    plain = [SCHEMES[scheme][name] for name in ("paper", "sunken", *CALLOUTS)]
    marked = re.search(
        r"line\.marked \{ background: color-mix\(in srgb, var\(--accent\) (\d+)%", BLOCKS
    )
    return [*plain, *(mixed(accent, int(marked[1]), back) for back in plain)]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_in_callouts_and_code_are_seen_in_both_schemes(scheme):
    """Every colour of a callout's label and of code's parts, on all that it may stand on."""
    place = list(SCHEMES).index(scheme)
    colors = {pair[place] for pair in re.findall(r"light-dark\((#\w{6}), (#\w{6})\)", BLOCKS)}
    assert len(colors) >= 5
    faint = [
        (color, back, round(contrast(color, back), 2))
        for color in (*colors, SCHEMES[scheme]["soft"])
        for back in backs(scheme)
        if contrast(color, back) < 4.5
    ]
    assert faint == []


def test_schemes_are_those_of_the_style():
    """The colours above are those that site.css has."""
    style = (Path(kb.__file__).parent / "site" / "assets" / "site.css").read_text(encoding="utf-8")
    for colors in SCHEMES.values():
        for name, color in colors.items():
            assert f"--{name}: {color};" in style
