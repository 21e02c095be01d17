"""What the site says in each language that kb has words in."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
from babel import Locale

import kb
from kb.content.wording import own_words
from kb.errors import SiteError
from kb.site.i18n import read_wording
from kb.site.theme import copy_theme_file
from kb.support.wording import own_texts, texts_in

STRINGS = Path(kb.__file__).parent / "site" / "strings"
SITE = tomllib.loads((STRINGS / "en.toml").read_text(encoding="utf-8"))
ENGLISH = {**SITE, **own_words("en"), **own_texts("en")}
LANGUAGES = sorted(path.stem for path in STRINGS.glob("*.toml") if path.stem != "en")
COUNTED = [name.removesuffix("_other") for name in ENGLISH if name.endswith("_other")]
FORM = re.compile(rf"({'|'.join(COUNTED)})_(?:zero|one|two|few|many|other)")
PLAIN = {name for name in ENGLISH if not FORM.fullmatch(name)} - {"direction"}


def braces(text):
    """What is filled into a text."""
    return set(re.findall(r"\{(\w+)\}", text))


@pytest.fixture(params=LANGUAGES)
def language(request):
    """A language that kb has words in."""
    return request.param


@pytest.fixture
def texts(language):
    """Its words."""
    own = tomllib.loads((STRINGS / f"{language}.toml").read_text(encoding="utf-8"))
    beside, message = own_words(language), own_texts(language)
    assert len({*own, *beside, *message}) == len(own) + len(beside) + len(message)
    return {**own, **beside, **message}


def test_the_languages_are_those_of_the_documentation():
    """Eighteen with English and both ways to write Chinese."""
    expected = "ar de es fr he hi it ja ko nl pl pt ru tr uk zh zh-Hant"
    assert expected.split() == LANGUAGES


def test_every_text_is_there(texts):
    """And none that English does not have."""
    assert {name for name in texts if not FORM.fullmatch(name)} == PLAIN


def test_the_months_of_a_language_are_known(language):
    """Their names beside a day, as the CLDR has them, but where they are numbers."""
    names = [*Locale.parse(language, sep="-").months["format"]["wide"].values()]
    rule = texts_in(language).when_rule
    for number, name in enumerate(names, 1):
        date = f"{name}3日" if language.startswith(("ja", "ko", "zh")) else f"3 {name} 2026"
        date = f"{number}월 3일" if language == "ko" else date
        date = f"{number}月3日" if language.startswith("zh") else date
        found = re.search(rule, f"({date})", re.IGNORECASE)
        assert found, name
        assert found[0] == date


def test_what_is_filled_in_is_the_same(texts):
    """A form for one number alone may say it in words."""
    for name, text in texts.items():
        form = FORM.fullmatch(name)
        expected = braces(ENGLISH[f"{form[1]}_other" if form else name])
        alone = form and name.endswith(("_zero", "_one", "_two"))
        assert braces(text) == expected or (alone and not braces(text)), name


def test_every_plural_form_is_there(language, texts):
    """Those that whole numbers up to a million take."""
    forms = {Locale.parse(language, sep="-").plural_form(n) for n in [*range(1001), 10**6 - 1]}
    for name in COUNTED:
        assert {f"{name}_{form}" for form in forms | {"other"}} <= {*texts}, name


def test_texts_fit_where_the_english_ones_do(texts):
    """Labels and buttons grow by no more than a line's half, and nothing hangs over at the ends."""
    for name, text in texts.items():
        form = FORM.fullmatch(name)
        english = ENGLISH[f"{form[1]}_other" if form else name]
        assert text, name
        assert text == text.strip(), name
        assert len(text) <= 1.8 * len(english) + 16, name


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        ("en", 1, "1 article"),
        ("en", 1234, "1,234 articles"),
        ("de", 1234, "1.234 Artikel"),
        ("fr", 0, "0 article"),
        ("pl", 22, "22 artykuły"),
        ("pl", 25, "25 artykułów"),
        ("ru", 21, "21 статья"),
        ("uk", 12, "12 статей"),
        ("ar", 2, "مقالتان"),
        ("ar", 7, "7 مقالات"),
        ("he", 2, "שני מאמרים"),
        ("ja", 1, "1件の記事"),
        ("fi", 1, "1 article"),
    ],
)
def test_things_are_counted_as_the_language_does(language, number, said, tmp_path):
    """With its plural forms and its way to write numbers."""
    assert read_wording(language, tmp_path).count("articles", number) == said


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("en", "3 May 2026"),
        ("en-US", "May 3, 2026"),
        ("de", "3. Mai 2026"),
        ("ja", "2026年5月3日"),
        ("zh-TW", "2026年5月3日"),
        ("he", "3 במאי 2026"),
        ("tlh", "3 May 2026"),
    ],
)
def test_dates_are_written_as_the_language_does(language, written, tmp_path):
    """As English does where nothing is known of a language."""
    assert read_wording(language, tmp_path).date(date(2026, 5, 3)) == written


@pytest.mark.parametrize(
    ("language", "menu"),
    [("zh-HK", "選單"), ("zh-CN", "菜单"), ("de-AT", "Menü"), ("pt_BR", "Menu"), ("fi", "Menu")],
)
def test_a_region_has_the_words_of_its_language(language, menu, tmp_path):
    """Those of the script that is written there."""
    assert read_wording(language, tmp_path)["menu"] == menu


def test_a_theme_mends_single_words(tmp_path):
    """The others stay; it may count, and write dates, in its own way."""
    months = [f"{number}." for number in range(1, 13)]
    (tmp_path / "pl.toml").write_text(
        f'articles_few = "{{count}} rzeczy"\nmonths = {months}\ndate = "{{day}}.{{month}}{{year}}"\n'
    )
    wording = read_wording("pl", tmp_path)
    assert wording.count("articles", 3) == "3 rzeczy"
    assert wording.count("articles", 5) == "5 artykułów"
    assert wording.date(date(2026, 5, 3)) == "3.5.2026"
    assert wording["home"] == "Strona główna"


def test_a_copy_of_the_english_words_has_all_of_them(tmp_path):
    """Also those beside a text and of the message, which the site shares with the terminal."""
    copied = tomllib.loads(copy_theme_file("en.toml", tmp_path).read_text(encoding="utf-8"))
    assert copied == ENGLISH


def test_a_theme_says_the_message_its_own_way_everywhere(tmp_path):
    """Here and where there is no site; a file that can't be read is told of by the build alone."""
    (tmp_path / "sv.toml").write_text('message_when = "När"\nmenu = "Meny"\nwhy_none = 3\n')
    assert texts_in("sv", tmp_path).message_when == "När"
    assert texts_in("sv", tmp_path).why_none == ENGLISH["why_none"]
    (tmp_path / "de.toml").write_text("message_when = ")
    assert texts_in("de", tmp_path).message_when == "Wann"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("help = '{name}, more?'", r"help has \{name\}, which nothing fills in"),
        ("articles_few = '{number}'", r"articles_few has \{number\}"),
        ("nothing_few = 'x'", "no text called nothing_few"),
        ("months = 'May'", "months should be a list"),
        ("menu = ['a']", "menu should be a text"),
    ],
)
def test_what_can_not_be_said_is_an_error(text, says, tmp_path):
    """That names the file."""
    (tmp_path / "de.toml").write_text(text)
    with pytest.raises(SiteError, match=says) as caught:
        read_wording("de", tmp_path)
    assert caught.value.path.endswith("de.toml")
