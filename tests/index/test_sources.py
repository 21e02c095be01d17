"""Facts about knowing which files an index was built from."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.index.updater import Difference, Source, compare, read_sources
from kb.model import Problem, Severity


def test_sources_survive_the_manifest():
    """All of a source comes back from JSON."""
    problems = (
        Problem("a.md", 3, "wrong", Severity.WARNING, "key"),
        Problem("a.md", None, "worse", Severity.ERROR, "content"),
    )
    source = Source("a.md", "d", "a", ("old", "older"), 4, problems)
    records = json.loads(json.dumps({source.path: source.record()}))
    assert read_sources(records) == {"a.md": source}


def as_sources(digests):
    """Sources of some files."""
    return {path: Source(path, digest) for path, digest in digests.items()}


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ({}, {}, Difference((), (), (), ())),
        ({}, {"a": "1"}, Difference(("a",), (), (), ())),
        ({"a": "1"}, {}, Difference((), (), ("a",), ())),
        ({"a": "1"}, {"a": "2"}, Difference((), ("a",), (), ())),
        ({"a": "1"}, {"b": "1"}, Difference((), (), (), (("a", "b"),))),
        ({"a": "1"}, {"b": "2"}, Difference(("b",), (), ("a",), ())),
        ({"a": "1"}, {"a": "1", "b": "1"}, Difference(("b",), (), (), ())),
        ({"a": "1", "b": "1"}, {"c": "1"}, Difference((), (), ("b",), (("a", "c"),))),
        ({"a": "1"}, {"b": "1", "c": "1"}, Difference(("c",), (), (), (("a", "b"),))),
        ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}, Difference((), ("a", "b"), (), ())),
        ({"a": ""}, {"b": ""}, Difference(("b",), (), ("a",), ())),
    ],
)
def test_what_changed(old, new, difference):
    """A file that went while one with the same digest came has moved; what can't be read has
    no digest, and never moves.
    """
    assert compare(as_sources(old), new) == difference
    assert bool(difference) == (old != new)


files = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2", "3"]))


@given(files, files)
def test_a_difference_leads_from_the_old_to_the_new(old, new):
    """Each file that differs is named once."""
    difference = compare(as_sources(old), new)
    moved = dict(difference.moved)
    kept = {path: old[path] for path in old if path not in {*difference.removed, *moved}}
    came = {*difference.added, *difference.changed, *moved.values()}
    assert {**kept, **{path: new[path] for path in came}} == new
    assert all(old[origin] == new[path] for origin, path in difference.moved)
    assert bool(difference) == (old != new)
