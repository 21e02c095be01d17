"""The search of the site: static files that answer as `kb search` does, without a server.

`write_search` gives all files of an export, the manifest last. Their format is in
docs/search-format.md; the script that reads them is in kb/site/assets/search.
"""

from __future__ import annotations

from kb.site.search.manifest import FORMAT, write_search

__all__ = ["FORMAT", "write_search"]
