"""From a question to the passages that an answer may rest on.

Knows nothing of models that write: it is given words and gives back passages with their scores.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.grounding.calibration import Calibration
from app.grounding.gate import Question, foreign, gate_for
from app.grounding.language import identify
from app.grounding.ports import QuestionEmbedder, Reranker, Shelf, WordCounts
from app.grounding.readable import readable
from app.grounding.searching import Search
from app.grounding.sentences import Excerpt, Sentences
from app.grounding.vectors import QuestionVectors
from app.phrases import LANGUAGES
from app.settings import GroundingSettings
from ingest.documents import Hit, Vector

logger = logging.getLogger(__name__)

# A spoken question has 10 to 30 words. Of an endless one both ends are searched for: what is asked
# stands at one of them, and the embedder reads no more anyway.
MOST_WORDS = 120
# All the sentences of so few passages are embedded before anybody asks: at first sight those of
# three passages took 0.2 to 1.1 s of a spoken question on a busy machine (2026-11-23).
_SMALL_KB = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """The hits that an answer may rest on, the best first; none when the pages are silent.

    `lang` is the question's language (ISO 639-1), `took_ms` the time that finding them took, of
    which `search_ms` went by before the gate had anything to judge.
    """

    hits: tuple[Hit, ...]
    lang: str
    took_ms: int
    search_ms: int = 0


class Grounder:
    """Searches a knowledge base by meaning and by words, and says what is good enough.

    Lets through IndexUnavailable, CatalogUnavailable and EmbedderUnavailable of the ingest side.
    """

    def __init__(
        self,
        index: Shelf,
        embedder: QuestionEmbedder,
        frequencies: WordCounts,
        settings: GroundingSettings,
        reranker: Reranker | None = None,
    ) -> None:
        self._vectors = QuestionVectors(embedder)
        self._search = Search(index, self._vectors, frequencies, settings, reranker)
        self._index = index
        self._counts = frequencies
        self._settings = settings
        self._gate = gate_for(embedder.name).stricter(settings.strictness)
        self._calibration = Calibration(self._gate, self._found)
        self.sentences = Sentences(embedder)
        """The sentences of the passages that were looked at last."""

    @property
    def strictness(self) -> float:
        """What is added to the thresholds of the gate."""
        return self._settings.strictness

    @property
    def lead(self) -> float:
        """The lead in score at which the first passage of unfinished words can be trusted."""
        return self._gate.lead

    async def kbs(self) -> list[str]:
        """The knowledge bases that hold passages, by name."""
        return [shelf.kb for shelf in await self._counts.shelves()]

    async def has(self, kb: str) -> bool:
        """Whether there is a knowledge base of this name that holds passages."""
        return bool(await self._counts.languages(kb))

    async def glance(self, words: str, kb: str) -> list[Hit]:
        """What `ground` would choose from if these words were the whole question."""
        return await self.search(words, kb, self._settings.passages)

    async def search(
        self, question: str, kb: str, limit: int, lang: str | None = None
    ) -> list[Hit]:
        """The best passages, good or not, the best first.

        Words are read in every language of the knowledge base, or in `lang` only if it is given.
        """
        if not question.strip():
            return []
        hits, _, _ = await self._asked(question, kb, limit, self._settings.language, only=lang)
        return hits

    async def ground(self, question: str, kb: str, lang: str | None = None) -> Grounding:
        """The passages that an answer may rest on; `lang` is the language that is expected."""
        started = time.perf_counter()
        expected = lang or self._settings.language
        if not any(char.isalnum() for char in question):
            return Grounding(hits=(), lang=expected, took_ms=_since(started))
        limit = self._settings.passages
        hits, asked, vector = await self._asked(question, kb, limit, expected)
        searched = _since(started)
        gate = await self._calibration.gate(kb, asked.lang, asked.passages)
        doubtful = [hit.passage for hit in gate.doubtful(hits, asked)]
        nearest = await self.sentences.nearest(vector, doubtful)
        admitted = gate.admit(hits, asked, nearest)
        took = _since(started)
        logger.info("question grounded", extra={"kb": kb, "hits": len(admitted), "took_ms": took})
        return Grounding(hits=tuple(admitted), lang=asked.lang, took_ms=took, search_ms=searched)

    async def margin(self, question: str, kb: str, lang: str | None = None) -> float:
        """How far the gate is open for a question, shut below 0: the figure it is measured by.

        The gate itself looks no further than it must; this takes as long as a question in doubt.
        """
        expected, limit = lang or self._settings.language, self._settings.passages
        hits, asked, vector = await self._asked(question, kb, limit, expected)
        near = [hit.passage for hit in foreign(hits, asked)]
        gate = await self._calibration.gate(kb, asked.lang, asked.passages)
        return gate.margin(hits, asked, await self.sentences.nearest(vector, near))

    async def excerpts(self, question: str, hits: Sequence[Hit]) -> dict[UUID, Excerpt]:
        """Of each passage, the best first, what is nearest to a question."""
        vector = await self._vectors.embed_query(shorten(question))
        return await self.sentences.excerpts(question, vector, [hit.passage for hit in hits])

    async def prepare(self, kb: str) -> None:
        """Load what the first question would otherwise wait for, by asking one."""
        await self.ground("hello", kb)
        counted = await self._counts.frequencies(kb, ())
        for lang, passages in counted.passages.items():
            await self._calibration.gate(kb, lang, passages)
        if sum(counted.passages.values()) <= _SMALL_KB:
            vector = await self._vectors.embed_query("hello")
            hits = await self._index.search(kb, vector, None, _SMALL_KB)
            # One by one, since each is known only when all of its call are.
            for hit in readable(hits):
                await self.sentences.learn([hit.passage])

    async def _found(self, text: str, lang: str, kb: str) -> tuple[list[Hit], Question]:
        languages = await self._counts.languages(kb)
        hits, question, _ = await self._search.find(
            text, lang, kb, self._settings.passages, languages
        )
        return readable(hits), question

    async def _asked(
        self, question: str, kb: str, limit: int, expected: str, only: str | None = None
    ) -> tuple[list[Hit], Question, Vector]:
        """What is found for a question, and the question as the gate sees it.

        Its words are read in every language of the knowledge base, or in `only` that one.
        """
        question = shorten(question)
        languages, spoken = [only or ""], only or ""
        if only is None:
            languages = await self._counts.languages(kb)
            spoken = await asyncio.to_thread(_language, question, languages, expected)
        hits, asked, vector = await self._search.find(question, spoken, kb, limit, languages)
        return readable(hits), asked, vector


def shorten(question: str, most: int = MOST_WORDS) -> str:
    """A question of at most `most` words: of a longer one, its two ends."""
    words = question.split()
    if len(words) <= most:
        return question.strip()
    head = most // 3
    return " ".join([*words[:head], "…", *words[-(most - head - 1) :]])


def _language(question: str, pages: Collection[str], expected: str) -> str:
    return identify(question, pages=pages, expected=expected, spoken=LANGUAGES)


def _since(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
