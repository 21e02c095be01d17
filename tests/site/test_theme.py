"""Files of a theme to start from."""

import pytest

from kb.errors import SiteError
from kb.site.theme import copy_theme_file, theme_files


def test_every_template_asset_and_text_can_be_copied(base):
    """Each file that a theme can replace can be copied out; the site stays the same then, but for
    scripts, which are copied as they were written, not as pages load them.
    """
    scripts = [name for name in theme_files() if name.endswith(".js")]
    for name in scripts:
        copy_theme_file(name, base.folder / "theme")
    base.build()
    before = base.outside()
    for name in theme_files().keys() - {*scripts}:
        copy_theme_file(name, base.folder / "theme")
    base.build()
    assert base.outside() == before
    assert {"page.html", "article.html", "site.css", "site.js", "en.toml"} <= {*theme_files()}


def test_nothing_is_overwritten(tmp_path):
    """A file that is there stays."""
    (tmp_path / "home.html").write_text("mine")
    with pytest.raises(SiteError, match="already"):
        copy_theme_file("home.html", tmp_path)
    assert (tmp_path / "home.html").read_text() == "mine"


def test_other_names_are_refused(tmp_path):
    """A name that is none of kb's is refused with the nearest one."""
    with pytest.raises(SiteError) as caught:
        copy_theme_file("hom.html", tmp_path)
    assert "home.html" in caught.value.hint
    with pytest.raises(SiteError):
        copy_theme_file("../pages.py", tmp_path)


def test_a_template_of_the_first_release_works_still(base):
    """What its panel was told of a channel, it is told today."""
    base.write_theme("help.html", "{% for option in options %}{% for name, value in option.facts %}"
                     "[{{ name }}: {{ value }}]{% endfor %}{% endfor %}")  # fmt: skip
    base.build()
    assert "[Hours: 9 to 5" in base.read("orders/late.html")


@pytest.mark.parametrize("text", ["{% for a, b, c in options %}{% endfor %}", "{{ 1 / 0 }}"])
def test_an_expression_that_fails_is_told_by_its_template(base, text):
    """It is the theme's fault, and no traceback."""
    base.write_theme("help.html", text)
    with pytest.raises(SiteError) as caught:
        base.build()
    assert str(caught.value.path).endswith("help.html")
