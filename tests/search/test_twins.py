"""Sections that say the same in several articles are one hit."""

import pytest

from kb.index.twins import age, unversioned
from kb.search.twins import Twins, join, label


@pytest.mark.parametrize(
    "newest_first",
    [
        ("v16/a", "v15/a", "v9/a"),
        ("10.0/a", "9.10/a", "9.9/a", "9/a"),
        ("a", "v2/a", "v1/a"),
        ("latest/a", "2.0/a", "2.0-rc1/a", "2.0-beta2/a", "2.0-beta/a", "1.9/a"),
        ("docs/version-2.x/a", "docs/version-2.3/a", "docs/version-2.0/a"),
        ("mac/18.0/b", "mac/17.0/a"),
        ("2024-10/a", "2024-9/a", "2023-12/a"),
        ("b/18/a", "a/17/a"),
    ],
)
def test_the_newest_comes_first(newest_first):
    """Numbers in folders count as numbers, folders without any are of now."""
    assert sorted(sorted(newest_first), key=lambda id_: age(id_, None)) == list(newest_first)


def test_authors_order_those_of_one_version():
    """A set place comes before none, then the id tells."""
    placed = [("v1/d", None), ("v1/a", None), ("v1/b", 2), ("v1/c", 1)]
    wanted = [("v1/c", 1), ("v1/b", 2), ("v1/a", None), ("v1/d", None)]
    assert sorted(placed, key=lambda article: age(*article)) == wanted


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ("v16/install", "v15/install", "v15"),
        ("mac/16.0/a/b", "mac/15.0/a/b", "15.0"),
        ("mac/16.0/a", "win/15.0/a", "win/15.0"),
        ("docs/install", "docs/v14/install", "v14"),
        ("docs/v14/install", "docs/install", "docs/install"),
        ("docs/install", "docs/copy", "copy"),
        ("install", "copy", "copy"),
        ("v1/v1/a", "v1/a", "v1/a"),
    ],
)
def test_a_twin_is_named_by_what_differs(own, other, said):
    """The folders that differ, or all of the id where there are none."""
    assert label(own, other) == said


def test_folders_of_versions_are_left_out_of_paths():
    """Those with a number, and names for the latest."""
    assert unversioned("mac/18.0/start/install-2") == "mac/start/install-2"
    assert unversioned("latest/a") == unversioned("v1/a") == unversioned("a") == "a"


def test_the_section_that_holds_most_of_the_query_stands_for_its_group():
    """The newest among equals; sections of no group, or alone in it, stay as they are."""
    twins = Twins(sections=(3, 2, 1, 4, 5), groups=(0, 0, 0, 1, 1))
    assert join([0, 1, 2, 3, 4], twins, lambda _: 0) == {3: (2, 1)}
    assert join([0, 1, 2, 3], twins, {1: 7, 2: 7, 3: 5}.__getitem__) == {2: (3, 1)}
    assert join([5, 0], twins, lambda _: 0) == {}
