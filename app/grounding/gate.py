"""Whether hits are good enough to rest an answer on.

The gate is the cheap exit for what the pages are not about. A near miss (the right subject, not the
fact) cannot be told by scores; the model is left to refuse that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.documents import Hit, SparseVector
from ingest.indexing.sparse import LIMIT, terms

COVERAGE_WEIGHT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Thresholds of one embedding model; its cosines have a range of their own.

    `own` is what the best passage in the question's language must reach with its cosine plus a
    tenth of its coverage, `foreign` what one in another language must reach with its cosine alone
    (the words of two languages do not meet). Passages scored more than `spread` below the best are
    on something else. One that is `lead` above the others while the question is still being spoken
    is likely to be the best in the end.
    """

    own: float
    foreign: float
    spread: float
    lead: float

    def admit(self, hits: Sequence[Hit], question: SparseVector, lang: str) -> list[Hit]:
        """The hits that an answer may rest on, in their order; none if the gate stays shut."""
        if not any(self._opens(hit, question, lang) for hit in hits):
            return []
        best = max(hit.score for hit in hits)
        return [hit for hit in hits if hit.score >= best - self.spread]

    def _opens(self, hit: Hit, question: SparseVector, lang: str) -> bool:
        if hit.passage.lang not in (lang, ""):
            return hit.cosine >= self.foreign
        return hit.cosine + COVERAGE_WEIGHT * coverage(question, hit) >= self.own


def coverage(question: SparseVector, hit: Hit) -> float:
    """The share of the question's idf that stands in the passage, from 0 to 1."""
    found = set(terms(hit.passage.embedded_text, hit.passage.lang))
    weights = zip(question.indices, question.values, strict=True)
    # Question weights are idf / (LIMIT · Σ idf of their language).
    return LIMIT * sum(weight for term, weight in weights if term in found)


# multilingual-e5-small, whose cosines lie between .75 and .95. In the question's language .86
# refused 3 % of the answerable questions and caught 93 % of the unanswerable ones on average over
# eight cases in en, de and fr (worst: 9 % and 75 %, on noisy French ones); across languages .78
# refused 9 % and caught 80 to 90 % (XQuAD, PIAF, CNIL; 2026-11-22). About .01 higher fits four
# times the passages. With a lead of .02, three of four first passages that were chosen from the
# beginnings of questions were right, against six of ten at .01; more lead found hardly more, and
# later (33 questions on the sample pages).
_E5_SMALL = Gate(own=0.86, foreign=0.78, spread=0.05, lead=0.02)
# all-MiniLM-L6-v2 knows English alone, and its cosines of unrelated texts lie around 0 to .25. Not
# fitted: set low, so that it turns away nonsense only and the model decides the rest. The lead is
# that of a prototype, in which the first passage was known before the end in 44 of 48 questions.
_MINILM = Gate(own=0.35, foreign=0.30, spread=0.30, lead=0.12)
# A model that nobody has measured here: refuses next to nothing, trusts no lead.
_UNMEASURED = Gate(own=0.25, foreign=0.20, spread=0.30, lead=1.0)

_BY_MODEL = ((r"multilingual-e5-small", _E5_SMALL), (r"all-minilm-l6", _MINILM))


def gate_for(embedder: str) -> Gate:
    """The gate of an embedding model, by its name."""
    found = (gate for pattern, gate in _BY_MODEL if re.search(pattern, embedder.lower()))
    return next(found, _UNMEASURED)
