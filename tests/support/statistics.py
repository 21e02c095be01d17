"""A stand-in for an index's statistics that holds texts in a dictionary."""

from dataclasses import dataclass, field
from itertools import accumulate


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

    def expect_words(self, words):
        """Nothing is far."""

    def are_neighbours(self, one, other):
        """In any text; a stop word has the place of the word after it, as an index files it."""
        return any(
            term == one and (other, place + 1) in places
            for places in map(self._places, self.texts)
            for term, place in places
        )

    def _places(self, text):
        """The places of a text's terms."""
        tokens = list(self.analyzer.tokens(text))
        numbers = accumulate((not token.stop for token in tokens), initial=0)
        return {(token.term, number) for token, number in zip(tokens, numbers, strict=False)}

    def words_from(self, prefix):
        """Words that begin with a prefix."""
        yield from sorted(w for name, w in self._tables if name == "words" and w.startswith(prefix))
