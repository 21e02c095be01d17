"""The engine on a cluster for tests, where one is running: KB_TEST_OPENSEARCH names its addresses,
with a comma between two, as `benchmarks/opensearch/nodes.py start` prints them.
"""

import itertools
import os

import pytest

from kb.index.opensearch.client import ClusterSettings
from kb.index.opensearch.engine import OpenSearchEngine

VARIABLE = "KB_TEST_OPENSEARCH"
URLS = tuple(filter(None, os.environ.get(VARIABLE, "").split(",")))

needs_cluster = pytest.mark.skipif(
    not URLS,
    reason=f"no cluster: `benchmarks/opensearch/nodes.py start` gives what {VARIABLE} should be",
)

_numbers = itertools.count()


def settings(**changes):
    """Where the cluster of the tests is, under a prefix that no other test has."""
    prefix = f"kbtest-{os.getpid()}-{next(_numbers)}"
    given = {"urls": URLS, "prefix": prefix, "shards": 2, "replicas": 0, "timeout": 30, **changes}
    return ClusterSettings(**given)


class ClusterEngine(OpenSearchEngine):
    """An engine on the cluster of the tests, under names of its own."""

    def __init__(self, folder, analyzer, ranking):
        super().__init__(folder, analyzer, ranking, settings())

    def remove(self):
        """Remove all that it put on the cluster."""
        self.cluster.request("DELETE", f"/{self.alias}-*")
