"""The search of a question: by meaning and by words, the best of what was found chosen."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from app.grounding.choosing import WIDER, beside, chosen, with_shared_words
from app.grounding.followup import plain
from app.grounding.gate import Question, coverage, nearness
from app.grounding.ports import EmbedsQuestions, Reranker, Shelf, WordCounts
from app.settings import GroundingSettings
from ingest.documents import Hit, SparseVector, Vector
from ingest.indexing.sparse import Frequencies, question_vector, search_vector, terms

# When the best passage holds this share of the question's idf, its neighbours are not looked at.
_ENOUGH = 0.75
# A neighbour that adds this share to it says the rest of what was cut apart.
_WORTH_MORE = 0.2
# As many are looked through, however few are wanted: so deep the weights were measured.
_AT_LEAST = 20
# Of a reranker's list, as much is read: it costs as much as an embedding each.
_RERANKED = 12
# From this length on, a vector is one of length 1 that was rounded.
_WHOLE = 0.9999


class Search:
    """Finds passages, good or not."""

    def __init__(
        self,
        index: Shelf,
        embedder: EmbedsQuestions,
        counts: WordCounts,
        settings: GroundingSettings,
        reranker: Reranker | None,
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._counts = counts
        self._settings = settings
        self._reranker = reranker

    async def find(
        self, text: str, spoken: str, kb: str, limit: int, languages: Iterable[str]
    ) -> tuple[list[Hit], Question, Vector]:
        """The `limit` best passages for a question in a language, its words read in `languages`.

        With it comes the question with the weights of its words, and its vector.
        """
        said = plain(text)
        vector, (by_lang, counted) = await asyncio.gather(
            self._embedder.embed_query(text), self._words(said, kb, languages)
        )
        words, passages = question_vector(by_lang, counted), counted.passages.get(spoken, 0)
        question = Question(text=said, lang=spoken, weights=words, passages=passages)
        weighed = search_vector(by_lang, counted)
        found = await self._index.search(kb, vector, weighed, max(limit * WIDER, _AT_LEAST))
        found = _by_length(found, vector)
        question = replace(question, nearness=nearness(found[:_AT_LEAST], question))
        found = with_shared_words(found, question)
        if self._reranker is not None:
            found = await _reranked(self._reranker, text, found)
        hits = chosen(found, text, limit, self._settings)
        return await self._completed(hits, kb, words, vector), question, vector

    async def _completed(
        self, hits: list[Hit], kb: str, words: SparseVector, vector: Vector
    ) -> list[Hit]:
        """The hits, the last making room for the best one's neighbour if that says the rest."""
        if not hits or (has := coverage(words, hits[0])) >= _ENOUGH:
            return hits
        known = {hit.passage.id for hit in hits}
        ids = [id_ for id_ in beside(hits[0].passage) if id_ not in known]
        for hit in await self._index.these(kb, ids, vector) if ids else ():
            both = replace(hits[0].passage, text=f"{hits[0].passage.text}\n{hit.passage.text}")
            if coverage(words, replace(hit, passage=both)) >= has + _WORTH_MORE:
                return [hits[0], hit, *hits[1 : max(1, len(hits) - 1)]]
        return hits

    async def _words(
        self, question: str, kb: str, languages: Iterable[str]
    ) -> tuple[dict[str, tuple[int, ...]], Frequencies]:
        """A question's words by language, and what was counted of them."""
        by_lang = {lang: terms(question, lang) for lang in languages}
        wanted = sorted({term for ids in by_lang.values() for term in ids})
        counted = await self._counts.frequencies(kb, wanted)
        return by_lang, counted


def _by_length(hits: list[Hit], vector: Vector) -> list[Hit]:
    """The hits with cosines that a shorter vector makes smaller; the index looks at angles only."""
    length = float(np.linalg.norm(vector))
    if length > _WHOLE:
        return hits
    return [
        replace(hit, cosine=hit.cosine * length, score=hit.score - hit.cosine * (1 - length))
        for hit in hits
    ]


async def _reranked(reranker: Reranker, question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits in the reranker's order; they keep the scores that the gate knows how to read."""
    first, rest = list(hits[:_RERANKED]), list(hits[_RERANKED:])
    told = await reranker.score(question, [hit.passage.embedded_text for hit in first])
    order = sorted(range(len(first)), key=lambda number: -told[number])
    scores = sorted((hit.score for hit in first), reverse=True)
    return [replace(first[n], score=s) for n, s in zip(order, scores, strict=True)] + rest
