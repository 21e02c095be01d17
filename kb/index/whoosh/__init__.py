"""The engine on Whoosh: the only door to it."""

import kb.index.whoosh.imports  # noqa: F401  # before anything of Whoosh
