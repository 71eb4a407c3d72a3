"""Which passages are likely to be those of a question that is still being spoken.

The right first passage shows long before the right set of them does: waiting for a whole set to
stay the same would leave no time to read it.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from ingest.documents import Hit


class Settling:
    """Follows what is found for growing words, and says which passage is worth reading next.

    `lead` is the distance in score at which the first passage is trusted at its first appearance.
    """

    def __init__(self, lead: float) -> None:
        self._lead = lead
        self._before: list[Hit] = []
        self._now: list[Hit] = []

    def saw(self, hits: Sequence[Hit]) -> None:
        """These were found, the best first, for words that have become more."""
        self._before, self._now = self._now, list(hits)

    def next(self, chosen: Collection[UUID], *, first_only: bool = False) -> Hit | None:
        """The next passage worth reading beside the chosen ones, if any is.

        The first one once it leads clearly, or is first for the second time; the others once the
        first is chosen, and each has been found twice.
        """
        if not self._now:
            return None
        first, *others = self._now
        if first.passage.id not in chosen:
            return first if self._leads() else None
        if first_only:
            return None
        twice = {hit.passage.id for hit in self._before}
        return next(
            (hit for hit in others if hit.passage.id in twice and hit.passage.id not in chosen),
            None,
        )

    def _leads(self) -> bool:
        first, *others = self._now
        if self._before and self._before[0].passage.id == first.passage.id:
            return True
        return not others or first.score - others[0].score >= self._lead
