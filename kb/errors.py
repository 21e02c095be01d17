"""Everything that kb raises on purpose.

    KbError                 something a person can act on; never shown as a traceback
    ├── ConfigError         kb.toml, an environment variable or a flag is wrong     (exit 3)
    ├── ContentError        an article or topic file can't be read as written       (exit 3)
    ├── IndexingError       the index can't be read, written or locked              (exit 3)
    │   └── IndexBusyError  another process holds the index for writing
    ├── NotFoundError       no article, section or topic of that name               (exit 1)
    ├── QueryError          a query or filter that can't be searched                (exit 2)
    ├── JudgmentError       a judged-query folder is malformed                      (exit 3)
    └── SiteError           the site can't be built or served                       (exit 3)

The message says what is wrong and what to do next; `where` says in which file and
line. `code` is stable and meant for machines.
"""

from __future__ import annotations


class KbError(Exception):
    """An error with a message for people and a code for machines.

    `path` and `line` (1-based) say where; `hint` says what to do next.
    """

    code = "error"
    exit_code = 3

    def __init__(
        self,
        message: str,
        *,
        path: str | None = None,
        line: int | None = None,
        hint: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.hint = hint
        if code is not None:
            self.code = code

    @property
    def where(self) -> str:
        """`path:line`, `path`, or the empty string."""
        if self.path is None:
            return ""
        return self.path if self.line is None else f"{self.path}:{self.line}"

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text


class ConfigError(KbError):
    """A setting is unknown, malformed or out of range."""

    code = "config"


class ContentError(KbError):
    """An article or topic file can't be read as written."""

    code = "content"


class IndexingError(KbError):
    """The index can't be read or written."""

    code = "index"


class IndexBusyError(IndexingError):
    """Another process holds the index for writing and did not finish in time."""

    code = "index-busy"


class NotFoundError(KbError):
    """No article, section or topic of that name."""

    code = "not-found"
    exit_code = 1


class QueryError(KbError):
    """A query or a filter that can't be searched."""

    code = "query"
    exit_code = 2


class JudgmentError(KbError):
    """A folder of judged queries is malformed."""

    code = "judgments"


class SiteError(KbError):
    """The site can't be built or served."""

    code = "site"
