"""Hypothesis profiles: CI tries the same examples every time, a developer new ones."""

import os

import pytest
from hypothesis import settings

from kb.site.export import words

settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))

TALLY = "hostile cases"


def pytest_terminal_summary(terminalreporter):
    """Print how many hostile cases were tried and survived, by kind."""
    rows = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", ()):
                if name == TALLY and report.when == "teardown":
                    for kind, (tried, survived) in value.items():
                        before = rows.get(kind, (0, 0))
                        rows[kind] = (before[0] + tried, before[1] + survived)
    if rows:
        terminalreporter.section("hostile cases")
        terminalreporter.write_line(f"{'kind':<56}{'tried':>8}{'survived':>10}{'lost':>6}")
        for kind, (tried, survived) in sorted(rows.items()):
            terminalreporter.write_line(f"{kind:<56}{tried:>8}{survived:>10}{tried - survived:>6}")


@pytest.fixture(scope="session", autouse=True)
def _near_words_are_looked_for_once():
    """What of a language is near the words of a site takes half a second of CPU, and much more
    under coverage: sites of the same words share it.
    """
    known = {}
    inner = words.Neighbourhood

    class Remembering(inner):
        """Knows what was asked of the same words before."""

        def __init__(self, its_words):
            super().__init__(its_words)
            if len(known) > 8:
                known.clear()
            self._answers = known.setdefault(frozenset(its_words), {})

        def has(self, word):
            """Whether a word is known, or near a known one."""
            if word not in self._answers:
                self._answers[word] = super().has(word)
            return self._answers[word]

    words.Neighbourhood = Remembering
    yield
    words.Neighbourhood = inner
