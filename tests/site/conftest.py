"""Knowledge bases with sites to build."""

import pytest
from support.sites import ARTICLES, Base, png


@pytest.fixture
def base(tmp_path):
    """A small knowledge base with one of everything."""
    made = Base(tmp_path)
    made.write(ARTICLES)
    made.write({"images/map.png": png(40, 30), "files/form.pdf": b"%PDF-1.4\n"})
    return made


@pytest.fixture
def empty(tmp_path):
    """A knowledge base without articles."""
    made = Base(tmp_path)
    made.content.mkdir()
    return made
