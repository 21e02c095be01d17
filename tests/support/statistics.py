"""A stand-in for an index's statistics that holds texts in a dictionary."""

from dataclasses import dataclass, field
from itertools import pairwise


@dataclass
class FakeStatistics:
    """Terms and words of some articles, each a text; `levels` say how common words are in the
    language, 20 for those of the texts that it does not name.
    """

    analyzer: object
    texts: tuple
    hidden: bool = False
    levels: dict = field(default_factory=dict)
    _tables: dict = field(default_factory=dict)

    def __post_init__(self):
        for number, text in enumerate(self.texts):
            for token in self.analyzer.tokens(text):
                for key in (("terms", token.term), ("words", token.surface)):
                    self._tables.setdefault(key, set()).add(number)

    def is_known(self, term):
        """Whether a text holds a term."""
        return ("terms", term) in self._tables

    def word_frequency(self, word):
        """How many texts hold a word."""
        return len(self._tables.get(("words", word), ()))

    def idf(self, term):
        """As many steps as there are texts that do not hold a term."""
        return len(self.texts) - len(self._tables.get(("terms", term), ()))

    def commonness(self, word):
        """By what was given."""
        return self.levels.get(word, 20 if self.word_frequency(word) else 0)

    @property
    def articles(self):
        """Each text is one."""
        return len(self.texts)

    def meanings(self, key):
        """Nothing is explained."""
        return []

    def are_neighbours(self, one, other):
        """In any text, stop words left out."""
        tokens = (self.analyzer.tokens(text) for text in self.texts)
        runs = ([token.term for token in text if not token.stop] for text in tokens)
        return any((one, other) in pairwise(terms) for terms in runs)

    def words_from(self, prefix):
        """Words that begin with a prefix."""
        yield from sorted(w for name, w in self._tables if name == "words" and w.startswith(prefix))
