"""Where each page stands in the output, and how pages name each other.

An article `orders/late` is `orders/late.html` with its Markdown beside it as
`orders/late.md`; a topic is `orders/index.html`. Links always name the file, relative to
the page they stand on: so one folder works at the top of a host, under any sub-path and
from the disk, on hosts that hide `.html` and on those that don't. What not every system takes in
a name is a hyphen in it (`kb.content.files.portable`).
"""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from kb.content.files import fold, portable

HOME = "index.html"
NOT_FOUND = "404.html"
SEARCH = "search/index.html"
TOPICS = "topics/index.html"
CONTACT = "contact-us/index.html"
FEED = "feed.xml"
OPENSEARCH = "opensearch.xml"
FILES = "files/"
"""Where images and downloads from content/ go."""
ASSETS = "assets/"
SEARCH_DATA = "search/data/"
"""Where the files stand that the search of the pages reads."""

_SAFE = "/~!*()'"
_ENCODED = 4_096  # addresses that are kept as URLs have them: many pages link to each


class Addresses:
    """Hands out addresses, each once, also for systems that ignore upper and lower case.

    Who comes later gives way: `index.html` becomes `index-1.html`.
    """

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def claim(self, wish: str) -> str:
        """The wish itself, or the nearest free address."""
        if any(folder in self._files for folder in _folders_of(fold(wish))):
            wish = wish.replace("/", "-")
        address, folded, number = wish, fold(wish), 0
        while not self._is_free(folded):
            number += 1
            stem, dot, suffix = wish.rpartition(".")
            address = f"{stem}-{number}{dot}{suffix}"
            folded = fold(address)
        self._files.add(folded)
        self._folders.update(_folders_of(folded))
        return address

    def is_free(self, wish: str) -> bool:
        """Whether nobody stands at this address or in its way."""
        folded = fold(wish)
        return self._is_free(folded) and not any(f in self._files for f in _folders_of(folded))

    def _is_free(self, folded: str) -> bool:
        return folded not in self._files and folded not in self._folders


def _folders_of(path: str) -> list[str]:
    if "/" not in path:
        return []
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def preferred_article_path(article_id: str) -> str:
    """The address that an article would like."""
    return f"{portable(article_id)}.html"


def preferred_topic_path(topic_id: str) -> str:
    """The address that a topic would like."""
    return f"{portable(topic_id)}/index.html"


def markdown_of(address: str) -> str:
    """Where the Markdown of the article at this address stands."""
    return f"{address.removesuffix('.html')}.md"


def file_address(path: str) -> str:
    """Where a file stands whose path is relative to content/: one beside it, below `files/-/`."""
    return FILES + path.replace("../", "-/")


def root_of(address: str) -> str:
    """The way from a page up to the root of the site: `../` for each folder, or nothing."""
    return "../" * address.count("/")


@lru_cache(_ENCODED)
def encode(address: str) -> str:
    """An address as it stands in a URL."""
    return quote(address, safe=_SAFE)


def absolute(base_url: str, address: str) -> str:
    """The full URL of a page, without `index.html`; relative to the root without `base_url`."""
    if not base_url:
        return encode(address)
    shown = address.removesuffix("index.html") if _is_index(address) else address
    return f"{base_url.rstrip('/')}/{encode(shown)}"


def _is_index(address: str) -> bool:
    return address == HOME or address.endswith("/" + HOME)
