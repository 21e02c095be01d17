"""What becomes of each article: the key of its page, and where its links and images lead.

Where all that an article shows of others, and all that links can lead to, is as it was in the
last build, so is what became of every article that has not changed: its links are not gone
through again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.model import Problem, Severity
from kb.site.build import KEPT
from kb.site.cache import Outcome
from kb.site.keys import action_target, articles_key, page_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kb.model import Article
    from kb.site.links import Resolved, Want
    from kb.site.plan import Plan
    from kb.site.reading import Reader
    from kb.site.records import Draft, Record


class Outcomes:
    """The outcomes of one build. `old` are those of the last one for as far as they hold, which
    they do for an article that was not read anew.

    `problems` are the links, images, actions and related articles that lead nowhere. Unless
    `every_problem` is asked for they are the first ones, and `untold` is how many more there are.
    """

    def __init__(
        self,
        plan: Plan,
        common: str,
        reader: Reader,
        old: Mapping[str, Outcome],
        *,
        every_problem: bool,
    ) -> None:
        self.problems: list[Problem] = []
        self.untold = 0
        self.found: dict[str, Outcome] = {}
        self._plan = plan
        self._common = articles_key(plan, common)
        self._reader = reader
        self._old = old
        self._every_problem = every_problem

    def find(self, record: Record, draft: Draft | None) -> tuple[Outcome, Sequence[Resolved]]:
        """The outcome of an article, and what its wants lead to if that was worked out.

        Articles are to come in order of path, so that the first problems are told.
        """
        path = record.article.path
        known = self._old.get(path) if self._reader.remembers(path) else None
        resolved: Sequence[Resolved] = ()
        if known is None or self._has_to_tell(known):
            wants = draft.wants if draft else self._reader.wants(path)
            resolved = self._plan.resolve(wants)
            known = Outcome(
                page_key(record, self._plan, resolved, self._common),
                self._note_broken(record.article, wants, resolved),
                sorted({found.file for found in resolved if found.file}),
            )
        else:
            self.untold += known.broken
        self.found[path] = known
        return known, resolved

    def _has_to_tell(self, known: Outcome) -> bool:
        return known.broken > 0 and (self._every_problem or len(self.problems) < KEPT)

    def _note_broken(
        self, article: Article, wants: Sequence[Want], resolved: Sequence[Resolved]
    ) -> int:
        """Note what leads nowhere, and say how much it is."""
        before = len(self.problems)
        for wanted, found in zip(wants, resolved, strict=True):
            if found.warning:
                what = "image" if wanted.image else "link"
                self._warn(article, wanted.line, f"the {what} {wanted.written} {found.warning}")
        for action in article.actions:
            wrong = action_target(action, article, self._plan)[1]
            if wrong:
                self._warn(article, None, f"the action {action.label!r} has a url that {wrong}")
        for name in article.related:
            if name not in self._plan.records:
                self._warn(article, None, f"the related article {name} is not published here")
        return len(self.problems) - before

    def _warn(self, article: Article, line: int | None, message: str) -> None:
        self.problems.append(Problem(article.path, line, message, Severity.WARNING, "link"))
