"""A stand-in for an index's postings that holds texts in a dictionary."""

from dataclasses import dataclass, field


@dataclass
class FakePostings:
    """Terms and words of some articles, each a text."""

    analyzer: object
    texts: tuple
    hidden: bool = False
    _tables: dict = field(default_factory=dict)

    def __post_init__(self):
        for number, text in enumerate(self.texts):
            for token in self.analyzer.tokens(text):
                for key in (("terms", token.term), ("words", token.surface)):
                    self._tables.setdefault(key, set()).add(number)

    def of(self, name, term):
        """Numbers of the texts that hold a term or word, and weights."""
        docs = sorted(self._tables.get((name, term), ()))
        return docs, [1] * len(docs)

    def words_from(self, prefix):
        """Words that begin with a prefix."""
        yield from sorted(w for name, w in self._tables if name == "words" and w.startswith(prefix))
