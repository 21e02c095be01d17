"""Places where something goes wrong, and a count of what was survived."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from support.faults import Nursery
from support.states import States


def pytest_collection_modifyitems(items):
    """Measure no coverage here: it doubles the time of thousands of cases, which reach little that
    other tests do not.
    """
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="session")
def nursery():
    """Runs command lines in processes that may die or find no space."""
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def tally(request):
    """Count cases by kind: each is tried in a `with` block, and survived if that ends well."""
    counts = {}
    request.node.user_properties.append(("hostile cases", counts))

    @contextmanager
    def trying(kind):
        tried, survived = counts.get(kind, (0, 0))
        counts[kind] = (tried + 1, survived)
        yield
        counts[kind] = (tried + 1, survived + 1)

    return trying


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """A knowledge base in two states."""
    return States(tmp_path_factory.mktemp("states"))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The same with fewer articles."""
    return States(tmp_path_factory.mktemp("small"), articles=5)
