"""Meaning and words as one score: the cosine of the embeddings plus a share of the BM25.

Scores are added rather than ranks: the normalised BM25 fades by itself where question and passage
are in different languages, and no language has to be told first.
"""

import math
import re
from collections.abc import Mapping
from heapq import nlargest
from typing import TypeVar

Id = TypeVar("Id")

# Chosen, together with K1 and B of the words' weights, on half of each set's questions; nDCG@10 of
# the other half (R@5 for fiqa), multilingual-e5-small, 2026-11-23. 500 questions of each XQuAD,
# 1,600 of PIAF; in brackets: a part of the texts. .08 to .12 cannot be told apart. "old" is .1 with
# the usual K1 1.5 and B .75.
#
# | weight | CNIL | PIAF | XQuAD en | de | es | de→en | es→en | ro→en | fiqa | rewritten | SciFact |
# |---|---|---|---|---|---|---|---|---|---|---|---|
# | 0 | .732 | .757 | .966 | .952 | .955 | .908 | .920 | .873 | (.398) | (.458) | (.870) |
# | .05 | .756 | .821 | .980 | .972 | .976 | .917 | .923 | .877 | (.446) | (.489) | (.895) |
# | .08 | .758 | .841 | .982 | .978 | .981 | .917 | .926 | .878 | (.430) | (.488) | (.896) |
# | .1 | .756 | .848 | .986 | .979 | .984 | .918 | .925 | .878 | (.425) | (.491) | (.896) |
# | .12 | .754 | .850 | .986 | .982 | .983 | .917 | .926 | .880 | (.414) | (.483) | (.898) |
# | .15 | .745 | .851 | .986 | .983 | .983 | .920 | .925 | .881 | (.409) | (.469) | (.885) |
# | old | .755 | .825 | .978 | .975 | .977 | .917 | .925 | .877 | (.438) | (.485) | (.893) |
#
# Ranks fused with equal weights lose .15 to .25 across languages, where normalised BM25 fades by
# itself. `groundling eval fit` measures the weight for another embedder.
WEIGHT = 0.1
# The wider a model's cosines spread, the more the words must count to be heard beside them. Theirs
# lie between 0 and .8 rather than .75 and .95: .3 to 1 are alike on the half that chose (300
# questions of XQuAD en, 100 of a part of SciFact); on the other half .990 and .912, at .1 .978 and
# .898, without words .953 and .883.
_BY_MODEL = ((r"all-minilm-l6", 0.5),)
# How many of each list are considered: the depth at which WEIGHT was measured.
DEPTH = 100


def weight_for(embedder: str) -> float:
    """How much words count beside the meaning that this model sees, by its name."""
    found = (weight for pattern, weight in _BY_MODEL if re.search(pattern, embedder.lower()))
    return next(found, WEIGHT)


def fused(cosine: float, bm25: float, weight: float = WEIGHT) -> float:
    """The score of a passage from its cosine and its BM25, which `search_vector` has weighed."""
    return cosine + weight * bm25


def contenders(
    nearest: Mapping[Id, float], wordy: Mapping[Id, float], limit: int, weight: float = WEIGHT
) -> list[Id]:
    """The ids that can be among the best `limit` once every cosine is known.

    `nearest` are the cosines of the list by meaning, `wordy` the BM25 of the list by words. What is
    not in the list by meaning is no nearer than its last one, so most of what was found by words
    alone is out before its cosine and its text are asked for.
    """
    scores = {id_: fused(cosine, wordy.get(id_, 0.0), weight) for id_, cosine in nearest.items()}
    best = nlargest(limit, scores, key=scores.__getitem__)
    furthest = min(nearest.values(), default=1.0)
    to_beat = scores[best[-1]] if best and len(best) == limit else -math.inf
    unseen = (id_ for id_ in wordy if id_ not in nearest)
    return best + [id_ for id_ in unseen if fused(furthest, wordy[id_], weight) >= to_beat]
