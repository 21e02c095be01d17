"""Files of a theme to start from."""

import pytest

from kb.errors import SiteError
from kb.site.theme import copy_theme_file, theme_files


def test_every_template_asset_and_text_can_be_copied(base):
    """Each file that a theme can replace can be copied out; the site stays the same then."""
    base.build()
    before = base.outside()
    for name in theme_files():
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
