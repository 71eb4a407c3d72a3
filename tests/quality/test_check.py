"""Floors of the check of sentences, on true answers and corrupted ones.

Constants were chosen on the even articles; these are the odd ones. Withheld of 250 cases in each
language, in % (en / de / es / fr, 2026-11-23; `-s` prints the table): verbatim 0, edited 0 / 0 / .4
/ 0, statement 2 / 3 / 4 / 4, short .4 / .4 / .8 / 1; number 98 / 97 / 99 / 99, swapped within the
passage 98 / 95 / 94 / 100, date 100, name 99 / – / 99 / 96, negation 96 / 94 / 98 / 91, a sentence
of a sibling passage 99 to 100, another number as the whole answer 72 / 79 / 81 / 59.

German sentences held against English pages by what an embedder sees: 1 % of the true ones were
withheld, and 84 % of those of another text of the same article.
"""

import hashlib
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from app.answering.check.checker import Checker
from app.answering.check.likeness import likeness_for
from app.evaluation.beir import read_set
from app.evaluation.shelf import cut
from app.grounding.sentences import Sentences, split
from ingest.chunking.chunk import Chunker
from ingest.embedding.embed import Embedder
from ingest.indexing.index import PassageIndex
from ingest.settings import ChunkSettings
from tests.quality.corrupted import FALSE, FOLDERS, TRUE, cases

SETS = Path(os.environ["EVAL_DATA"])
DIGEST = "6b49f79138e4ddab9c0f23f5362bd7bdcb1211016d3860f54d6ea9fbd8e877e6"
# Cases a language: all there are take half a minute.
MOST = int(os.environ.get("EVAL_CASES", "250"))

# The largest share of true answers that may be withheld, and the smallest of false ones that must.
ALARMS = {"verbatim": 0.0, "edited": 0.02, "statement": 0.08, "short": 0.03}
CATCHES = {
    "number": 0.95, "swapped": 0.88, "date": 0.95, "name": 0.93, "negation": 0.88,
    "sibling": 0.93, "other answer": 0.5,
}  # fmt: skip
SLOWEST_MS = 15.0


def test_the_sets_are_those_that_the_floors_were_pinned_on() -> None:
    digest = hashlib.sha256()
    for folder in FOLDERS.values():
        for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"):
            digest.update((SETS / folder / name).read_bytes())
    assert digest.hexdigest() == DIGEST


@pytest.mark.parametrize("lang", FOLDERS)
def test_false_sentences_are_withheld_and_true_ones_are_not(lang: str) -> None:
    checker, seen, withheld = Checker(), Counter[str](), Counter[str]()
    took: list[float] = []
    for case in cases(SETS, lang, odd=True, most=MOST):
        for kind, sentence in case.said.items():
            started = time.perf_counter()
            verdict = checker.check(
                sentence, question=case.question, passages=case.passages, lang=lang
            )
            took.append(time.perf_counter() - started)
            seen[kind] += 1
            withheld[kind] += not verdict.supported
    share = {kind: withheld[kind] / seen[kind] for kind in (*TRUE, *FALSE) if seen[kind]}
    median_ms = sorted(took)[len(took) // 2] * 1000
    shown = " ".join(f"{kind} {100 * share[kind]:.1f}% of {seen[kind]}," for kind in share)
    print(f"{lang}: {shown} {median_ms:.1f} ms")  # noqa: T201 - the table is asked for
    assert {kind: share[kind] for kind, most in ALARMS.items() if share[kind] > most} == {}
    assert {
        kind: share[kind] for kind, least in CATCHES.items() if share.get(kind, 1) < least
    } == {}
    assert median_ms < SLOWEST_MS


@pytest.mark.asyncio(loop_scope="module")
async def test_a_sentence_on_something_else_is_withheld_across_languages(
    shelf_parts: tuple[Embedder, PassageIndex],
) -> None:
    embedder, _ = shelf_parts
    likeness = likeness_for(embedder, Sentences(embedder))
    assert likeness is not None
    chunker = Chunker(ChunkSettings(), embedder.count_tokens)
    english, german = (read_set(SETS / "xquad" / lang).entries[:24] for lang in ("en", "de"))
    pages = [cut([entry], "xquad", "en", chunker) for entry in english]
    alarms, caught = Counter[bool](), Counter[bool]()
    for place, entry in enumerate(german):
        # The next text of the same article; of the last, the one before.
        same = [n for n, other in enumerate(german) if other.title == entry.title and n != place]
        for sentence in split(entry.text):
            alarms[not await likeness.is_like(sentence, pages[place])] += 1
            if same:
                caught[not await likeness.is_like(sentence, pages[same[0]])] += 1
    print(alarms, caught)  # noqa: T201 - the table is asked for
    assert alarms[True] <= 0.06 * alarms.total(), alarms
    assert caught[True] >= 0.75 * caught.total(), caught
