"""Facts about colours that text can't be read in."""

import pytest

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
        ("fr", (), True),
        ("pt-BR", (), True),
        ("pt-BR", ("pt.toml",), False),
        ("pt-BR", ("pt-BR.toml",), False),
        ("fr", ("de.toml",), True),
    ],
)
def test_a_language_without_words_is_warned_of(language, words, is_warned, warned, tmp_path):
    """Unless the theme has them, for the language or for its region."""
    for name in words:
        (tmp_path / name).write_text('search = "x"')
    found = warned(f'language = "{language}"', lambda config: missing_words(config, tmp_path))
    assert len(found) == is_warned
    assert all(text.startswith(f"kb.toml:1: language is {language}") for text in found)
