"""Texts → BM25 term weights, one language at a time.

A passage is stored with its term weights alone; the idf of its knowledge base comes with the
question. So the engine's plain dot product is the BM25 of that knowledge base and that language,
divided by the most it could be: 0 to 1, whatever the question's length.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from zlib import crc32

import qdrant_edge as edge

from ingest.documents import SparseVector

# That a word stands in a passage at all tells more than how often: passages are short. With the
# usual 1.5 and .75, nDCG@10 is .825 instead of .848 for French questions (PIAF) and .978 instead of
# .986 for English ones (XQuAD), and elsewhere the same; .3 to .6 are as good. Chosen with `WEIGHT`
# of the fusion, where the table stands.
K1 = 0.45
B = 0.4
RECIPE = f"bm25 {K1}/{B}"
"""What must be equal for the same passage to give the same term weights."""
# Terms in a passage of the usual size (90 words) once its stop words are gone: 54 to 56 on average
# in the sample pages of all three languages. A constant: stored weights cannot follow an average.
AVERAGE_TERMS = 55.0
# What a term's weight grows towards as it fills the passage, and never exceeds.
LIMIT = K1 + 1

# A question whose words have about this idf gets its BM25 as it is; words that many passages hold
# tell less, and count for less beside the meaning. nDCG@10 (fiqa: R@5 of last turn and rewritten)
# without it, with it, at 4 and at 6: CNIL .755 .760 .757 .758, SciFact .722 .726 .724 .721, PIAF
# .841 .840 .843 .833, XQuAD en .992 .988 .989 .987, ro→en .898 .903, fiqa (part) .444 .456 .447
# .461 and .491 .497 .494 .495 (2026-11-23; all questions, those that chose among them).
USUAL_IDF = 4.76
# Three halves of the usual weight were nowhere better than the usual one.
_LOUDEST = 1.5

# Written without spaces between words: cut by the engine's segmenter rather than at spaces.
_UNSPACED = frozenset({"ja", "ko", "th", "zh"})
# The engine knows most languages by their two letters, these by another name.
_NAMES = {"ja": "japanese", "nb": "no", "nn": "no"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """A knowledge base counted: its passages by language, and those that contain a term, by id."""

    passages: Mapping[str, int]
    containing: Mapping[int, int]


def weigh(text: str, lang: str) -> SparseVector:
    """The BM25 weight of each term of a passage, without idf: between 0 and `LIMIT`."""
    weights = _model(lang).embed_document(text)
    return _vector(zip(_salted(weights.indices, lang), weights.values, strict=True))


def terms(text: str, lang: str) -> tuple[int, ...]:
    """The ids of the terms in `text`, each once, in order; stop words are none."""
    return tuple(sorted(_salted(_model(lang).embed_query(text).indices, lang)))


def question_vector(
    terms_by_lang: Mapping[str, Sequence[int]], frequencies: Frequencies
) -> SparseVector:
    """A question, read in each language of the knowledge base, as one vector.

    Its dot product with what `weigh` gave for a passage is the passage's BM25, 0 to 1. A word that
    no passage holds counts as the rarest of all, so a question in another language scores low.
    """
    return _weighed(_idf(terms_by_lang, frequencies), frequencies)


def search_vector(
    terms_by_lang: Mapping[str, Sequence[int]], frequencies: Frequencies
) -> SparseVector:
    """The same vector, longer the rarer the question's words are: what a search weighs them with.

    Its length is the mean idf of the words, each counting as much as it has, by the usual one.
    """
    by_lang = _idf(terms_by_lang, frequencies)
    every = [value for idf in by_lang for value in idf.values()]
    mean = sum(value * value for value in every) / sum(every) if every else 0.0
    return _weighed(by_lang, frequencies, length=min(_LOUDEST, mean / USUAL_IDF))


def _idf(
    terms_by_lang: Mapping[str, Sequence[int]], frequencies: Frequencies
) -> list[dict[int, float]]:
    """The idf of a question's words, in each language that has passages."""
    found = []
    for lang, ids in terms_by_lang.items():
        passages = frequencies.passages.get(lang, 0)
        if passages and ids:
            containing = {term: min(frequencies.containing.get(term, 0), passages) for term in ids}
            idf = {term: math.log((passages + 1) / (n + 0.5)) for term, n in containing.items()}
            found.append(idf)
    return found


def _weighed(
    by_lang: Sequence[Mapping[int, float]], frequencies: Frequencies, length: float = 1.0
) -> SparseVector:
    """Each word that is known by its share of the idf of its language, times the length."""
    weights: dict[int, float] = {}
    for idf in by_lang:
        most = LIMIT * sum(idf.values())
        known = (term for term in idf if frequencies.containing.get(term, 0))
        weights |= {term: length * idf[term] / most for term in known}
    return _vector(weights.items())


def _vector(weights: Iterable[tuple[int, float]]) -> SparseVector:
    ordered = sorted(weights)
    return SparseVector(
        indices=tuple(term for term, _ in ordered), values=tuple(value for _, value in ordered)
    )


def _salted(indices: Iterable[int], lang: str) -> list[int]:
    # XOR with a constant of the language keeps ids apart within it, and German "rot" out of
    # English "rot".
    salt = crc32(lang.encode())
    return [index ^ salt for index in indices]


@lru_cache(maxsize=64)
def _model(lang: str) -> edge.Bm25:
    """The engine's tokenizer, stop words and stemmer of a language; neither where it has none."""
    cut = edge.TokenizerType.Multilingual if lang in _UNSPACED else edge.TokenizerType.Word
    shape = partial(edge.Bm25Config, k=K1, b=B, avg_len=AVERAGE_TERMS, tokenizer=cut)
    try:
        return edge.Bm25(shape(language=_NAMES.get(lang, lang)))
    except ValueError:
        nothing = edge.StopwordsSet(custom=set())
        return edge.Bm25(shape(stemmer=edge.DisabledStemmer(), stopwords=nothing))
