"""Articles that say the same: found by SimHash, then held against each other word by word.

A SimHash only finds candidates. Whether two articles are one is decided by their words, and in
doubt they are two: what is kept twice is found twice, what is merged wrongly is lost.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 6
"""Bits that may differ between two candidates.

Measured on 853 pages of documentation (PostgreSQL, Python, git, Debian's handbook and installation
guide; en, fr, de; 778 words in the middle), with copies of them:

    bits                                    3      4      6      8     10
    other date of last change, of 853     853    853    853    853    853
    navigation in another order, of 853   853    853    853    853    853
    one word in 200 replaced, of 427      315    371    421    425    427
    one paragraph replaced, of 853        266    332    468    578    671
    different pages, of 363,378 pairs       0      0      0      0      0

(different: fewer than half of their shingles in common). Beyond 6 the bands get narrow, and what is
found besides are pages that `same` keeps apart: it took none of those with another paragraph.
"""
SHINGLE = 3
"""Words of one shingle; none runs over the end of a line, so that moved lines change nothing."""
LEAST_ALIKE = 0.9
"""Share of two articles' shingles that must be in both."""
MOST_PARTNERS = 5
"""Of one hash, the nearest: ten thousand pages of one template are fifty million pairs."""
MOST_COMPARED = 16
"""With so many neighbours a hash is compared among those that share its bands; random ones share
two bands with one or two others among 100,000."""
_BITS = 64
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_FACT = re.compile(r"\d+(?:[.,:/-]\d+)*|\w+(?:['’]\w+)*")
_SHORT_LINE = 15
_STAMP = re.compile(
    r"last (?:updated?|modified|changed?|edited|reviewed)|page generated|generated (?:on|at)|"
    r"printed on|retrieved on|zuletzt (?:geändert|aktualisiert|bearbeitet)|"
    r"letzte (?:änderung|aktualisierung|bearbeitung)|abgerufen am|gedruckt am|"
    r"dernière (?:mise à jour|modification)|última (?:actualización|modificación|atualização)|"
    r"ultim[ao] (?:aggiornamento|modifica)|laatst (?:gewijzigd|bijgewerkt)|"
    r"ostatnia (?:aktualizacja|modyfikacja)|^\W*(?:©|\(c\)|copyright)",
    re.I,
)
_LONGEST_STAMP = 120
_NEGATIONS = frozenset(
    {
        "no", "not", "never", "none", "neither", "nor", "without", "cannot", "nicht", "kein",
        "keine", "keinen", "keiner", "keinem", "keines", "nie", "niemals", "ohne", "ne", "pas",
        "jamais", "sans", "aucun", "aucune", "non", "nunca", "sin", "ningún", "ninguna", "mai",
        "senza", "nessun", "nessuno", "não", "nem", "sem", "nenhum", "nenhuma", "niet", "geen",
        "nooit", "zonder", "nigdy", "bez", "ikke", "ingen", "inte", "aldrig", "utan", "ei",
        "не", "нет", "нельзя", "без",
    }
)  # fmt: skip
_SHORT_NOT = ("n't", "n’t")
_MIX = tuple(np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))

_Hashes = NDArray[np.uint64]
_Places = NDArray[np.int64]


def simhash(text: str) -> int:
    """64 bits that differ in few places between texts that share most of their shingles."""
    shingles = _shingles(_said(text))
    if not len(shingles):
        return 0
    bits = np.unpackbits(shingles.view(np.uint8).reshape(-1, 8), axis=1)
    majority = bits.sum(0, dtype=np.int64) * 2 > len(shingles)
    return int.from_bytes(np.packbits(majority).tobytes(), "little")


def near(hashes: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of positions whose hashes differ in at most THRESHOLD bits, the smaller first, sorted.

    Of equal hashes each is paired with the first of them only, which stands for them all; no hash
    is paired with more than its MOST_PARTNERS nearest among those before it.
    """
    values = np.array(hashes, dtype=np.uint64)
    unique, firsts, inverse = np.unique(values, return_index=True, return_inverse=True)
    stands_for = firsts[inverse]
    pairs = [(int(a), b) for b, a in enumerate(stands_for) if a != b]
    one, other = _close(unique)
    earlier = np.minimum(firsts[one], firsts[other])
    later = np.maximum(firsts[one], firsts[other])
    distance = np.bitwise_count(values[earlier] ^ values[later])
    order = np.lexsort((earlier, distance, later))
    earlier, later = earlier[order], later[order]
    # Its rank among the partners of the same hash, counted from where that hash begins.
    rank = np.arange(len(later)) - np.searchsorted(later, later)
    chosen = rank < MOST_PARTNERS
    pairs += zip(earlier[chosen].tolist(), later[chosen].tolist(), strict=True)
    return sorted(pairs)


def _close(values: _Hashes) -> tuple[_Places, _Places]:
    """Pairs of sorted, unique values that differ in at most THRESHOLD bits.

    Cut into two bands more than may differ, two values have two bands in common, so only those
    that share two bands are held against each other.
    """
    bands = THRESHOLD + 2
    edges = [_BITS * n // bands for n in range(bands + 1)]
    masks = [np.uint64((1 << high) - (1 << low)) for low, high in pairwise(edges)]
    found = [np.empty(0, np.int64)]
    for one, other in combinations(masks, 2):
        found.append(_close_in(values, values & (one | other)))
    pairs = np.unique(np.concatenate(found))
    return pairs // max(1, len(values)), pairs % max(1, len(values))


def _close_in(values: _Hashes, keys: _Hashes) -> _Places:
    """The close ones among the values with equal keys, each pair as one number."""
    order = np.argsort(keys, kind="stable")
    keys, values = keys[order], values[order]
    found = [np.empty(0, np.int64)]
    for step in range(1, min(MOST_COMPARED, len(keys))):
        equal = np.flatnonzero(keys[step:] == keys[:-step])
        if not len(equal):
            break
        close = equal[np.bitwise_count(values[equal] ^ values[equal + step]) <= THRESHOLD]
        a, b = order[close], order[close + step]
        found.append(np.minimum(a, b) * len(values) + np.maximum(a, b))
    return np.concatenate(found)


def same(a: str, b: str) -> bool:
    """Whether two texts say the same: all numbers, names and negations, and nearly all the rest.

    When a page was last changed or printed is no part of what it says. Two years' price lists,
    pages that differ by the name of a town, and a sentence that gained a "not" are never the same.
    """
    if a == b:
        return True
    a, b = _said(a), _said(b)
    if _facts(a) != _facts(b):
        return False
    return _alike(_shingles(a), _shingles(b)) >= LEAST_ALIKE


def _said(text: str) -> str:
    """The text without the lines that only say when it was written."""
    return "\n".join(
        line
        for line in text.splitlines()
        if not (len(line) <= _LONGEST_STAMP and _STAMP.search(line))
    )


def _facts(text: str) -> Counter[tuple[str, ...]]:
    """What must be equal: of each line its numbers, capitalised words and negations, in order.

    Of a short line with a number (a row of prices, an entry of opening hours) it is every word.
    """
    return Counter(facts for line in text.splitlines() if (facts := _facts_of(line)))


def _facts_of(line: str) -> tuple[str, ...]:
    words = [found[0] for found in _FACT.finditer(line)]
    if len(words) <= _SHORT_LINE and any(word[0].isdigit() for word in words):
        return tuple(words)
    return tuple(
        word
        for word in words
        if not word[0].islower() or word in _NEGATIONS or word.endswith(_SHORT_NOT)
    )


def _alike(a: _Hashes, b: _Hashes) -> float:
    common = len(np.intersect1d(a, b, assume_unique=True))
    return common / max(1, len(a) + len(b) - common)


def _shingles(text: str) -> _Hashes:
    """The hashes of its shingles, each once, sorted."""
    found: list[_Hashes] = [np.empty(0, np.uint64)]
    for line in text.casefold().splitlines():
        words = np.array([_hash(word) for word in _WORD.findall(line)], np.uint64)
        if not len(words):
            continue
        width = min(SHINGLE, len(words))
        mixed = np.zeros(len(words) - width + 1, np.uint64)
        for place in range(width):
            mixed = _mixed(mixed + words[place : len(words) - width + 1 + place])
        found.append(mixed)
    return np.unique(np.concatenate(found))


def _mixed(values: _Hashes) -> _Hashes:
    """SplitMix64: every bit of a value on every bit of the result; sums overflow on purpose."""
    values = values + _MIX[0]
    values = (values ^ (values >> np.uint64(30))) * _MIX[1]
    values = (values ^ (values >> np.uint64(27))) * _MIX[2]
    return values ^ (values >> np.uint64(31))


@lru_cache(maxsize=100_000)
def _hash(word: str) -> int:
    """The same in every process, unlike Python's own."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
