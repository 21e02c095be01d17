"""Places where something goes wrong."""

import pytest
from killing import Nursery
from states import States


@pytest.fixture(scope="session")
def nursery():
    """Runs command lines in processes that may die or find no space."""
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def states(tmp_path_factory):
    """A knowledge base in two states."""
    return States(tmp_path_factory.mktemp("states"))
