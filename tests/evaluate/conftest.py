"""A judged folder and its articles."""

import pytest
from support.judged import write_articles, write_labels, write_queries

from kb.evaluate.judgments import Catalogue


@pytest.fixture
def folder(tmp_path):
    """A folder with two articles and three queries, one of them without a label."""
    write_articles(tmp_path / "set" / "articles")
    write_queries(tmp_path / "set", {"q1": "late", "q2": "money", "q3": "what"})
    write_labels(tmp_path / "set", "q1\tlate#track-it\t2", "q1\tlate#ask\t1", "q2\trefund\t1")
    return tmp_path / "set"


@pytest.fixture
def catalogue(folder):
    return Catalogue(folder / "articles")
