"""The gate fitted to a knowledge base: by how near its pages come to what they are not about.

The more passages there are, and the more they are about, the nearer the nearest is to any question
at all. So the few pages of a museum need not be asked for as much as an encyclopaedia.
"""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.grounding.gate import Gate, Question, is_foreign, score
from ingest.documents import Hit

Found = Callable[[str, str, str], Awaitable[tuple[Sequence[Hit], Question]]]
"""Finds the hits for a question, its language and a knowledge base; gives the question as well."""

# Measured again when so much of the passages in a language has come or gone.
_CHANGED = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    passages: int
    nearness: float


class Calibration:
    """The gates of the knowledge bases, each measured when it is first asked, and when it grew."""

    def __init__(self, gate: Gate, found: Found) -> None:
        self._gate = gate
        self._found = found
        self._measured: dict[tuple[str, str], _Measured] = {}
        self._measuring = asyncio.Lock()

    async def gate(self, kb: str, lang: str, passages: int) -> Gate:
        """The gate for questions in a language of which a knowledge base has so many passages.

        Measuring takes as long as sixteen questions do.
        """
        questions = off_topic().get(lang, [])
        if not passages or not questions or self._gate.clearance is None:
            return self._gate
        async with self._measuring:
            known = self._measured.get((kb, lang))
            if known is None or abs(passages - known.passages) > _CHANGED * known.passages:
                nearness = await self._nearness(kb, lang, questions)
                known = self._measured[kb, lang] = _Measured(passages=passages, nearness=nearness)
        return self._gate.calibrated(known.nearness)

    async def _nearness(self, kb: str, lang: str, questions: Sequence[str]) -> float:
        """How near the best passage in a language is to these questions, on average."""
        scores: list[float] = []
        for text in questions:
            hits, question = await self._found(text, lang, kb)
            own = (score(hit, question) for hit in hits if not is_foreign(hit, question))
            scores.append(max(own, default=0.0))
        return sum(scores) / len(scores)


@lru_cache(maxsize=1)
def off_topic() -> dict[str, list[str]]:
    """Questions that the pages hardly answer, by language."""
    found: dict[str, list[str]] = tomllib.loads(
        (Path(__file__).parent / "off_topic.toml").read_text(encoding="utf-8")
    )
    return found
