"""Term weights and questions: BM25 as it is defined, one language at a time."""

import math

import pytest

from ingest.documents import SparseVector
from ingest.indexing.sparse import (
    AVERAGE_TERMS,
    K1,
    LIMIT,
    B,
    Frequencies,
    question_vector,
    search_vector,
    terms,
    weigh,
)


def score(question: SparseVector, passage: SparseVector) -> float:
    """What the engine makes of two sparse vectors."""
    weights = dict(zip(passage.indices, passage.values, strict=True))
    pairs = zip(question.indices, question.values, strict=True)
    return sum(value * weights.get(term, 0.0) for term, value in pairs)


def counted(texts: list[str], lang: str = "en") -> Frequencies:
    containing: dict[int, int] = {}
    for text in texts:
        for term in terms(text, lang):
            containing[term] = containing.get(term, 0) + 1
    return Frequencies(passages={lang: len(texts)}, containing=containing)


def asked(text: str, frequencies: Frequencies, lang: str = "en") -> SparseVector:
    return question_vector({lang: terms(text, lang)}, frequencies)


def test_weights_are_bm25_without_idf() -> None:
    # "pool" twice and "library" once: three terms once the stop words are gone.
    weights = weigh("the pool, the pool and the library", "en")
    norm = K1 * (1 - B + B * 3 / AVERAGE_TERMS)
    expected = sorted(tf * (K1 + 1) / (tf + norm) for tf in (1, 2))
    assert sorted(weights.values) == pytest.approx(expected, rel=1e-5)
    assert max(weigh("pool " * 500, "en").values) < LIMIT


def test_stemming_and_stop_words_are_those_of_the_language() -> None:
    assert terms("opening the pools", "en") == terms("opened a pool", "en")
    assert terms("die Bibliotheken", "de") == terms("der Bibliothek", "de")
    assert terms("les bibliothèques", "fr") == terms("la bibliothèque", "fr")
    assert terms("the of and", "en") == ()
    assert len(terms("the of and", "de")) == 3


def test_ids_are_unsigned_32_bit_unique_and_in_order() -> None:
    weights = weigh("one two three four five two one", "en")
    assert list(weights.indices) == sorted(set(weights.indices))
    assert all(0 <= term < 2**32 for term in weights.indices)
    assert terms("five four three two one", "en") == weights.indices


def test_languages_do_not_mix() -> None:
    english, german = weigh("Restaurant Museum Taxi", "en"), weigh("Restaurant Museum Taxi", "de")
    assert not set(english.indices) & set(german.indices)


def test_a_language_without_a_stemmer_is_taken_word_by_word() -> None:
    assert len(terms("biblioteka jest otwarta", "pl")) == 3
    assert terms("Biblioteka", "pl") == terms("biblioteka", "pl")
    assert len(terms("the pools", "")) == 2
    assert not set(terms("biblioteka", "pl")) & set(terms("biblioteka", ""))


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ja", "美術館は九時に開きます"),
        ("zh", "图书馆的开放时间是九点"),
        ("th", "ร้านเปิดเวลาเก้าโมงเช้า"),
    ],
)
def test_languages_written_without_spaces_are_cut_into_words(lang: str, text: str) -> None:
    assert len(terms(text, lang)) > 2


def test_text_without_words_has_no_vector() -> None:
    empty = SparseVector(indices=(), values=())
    assert weigh("", "en") == weigh("🙂 …", "en") == empty
    assert question_vector({"en": ()}, counted(["a pool"])) == empty


def test_a_question_scores_between_nothing_and_all() -> None:
    texts = [
        "The swimming pool opens at nine and closes at six.",
        "Dogs stay outside.",
        "The library lends books for three weeks.",
    ]
    question = asked("When does the swimming pool open?", counted(texts))
    scores = [score(question, weigh(text, "en")) for text in texts]
    assert 0.6 < scores[0] <= 1
    assert scores[1:] == [0, 0]


def test_a_passage_scores_high_against_its_own_words() -> None:
    texts = [f"subject{n} belongs to matter{n} and thing{n}" for n in range(50)]
    frequencies = counted(texts)
    own = score(asked(texts[7], frequencies), weigh(texts[7], "en"))
    # Short and each word once: (k1+1) / (1 + k1·(1−b+b·len/avg)) of the most that could be.
    length = len(terms(texts[7], "en"))
    assert own == pytest.approx(1 / (1 + K1 * (1 - B + B * length / AVERAGE_TERMS)), rel=1e-4)
    assert score(asked(texts[7], frequencies), weigh(texts[8], "en")) < own / 2


def test_rare_words_weigh_more_and_unknown_ones_most() -> None:
    texts = ["pool ticket", "pool towel", "pool sauna"]
    frequencies = counted(texts)
    known = asked("pool ticket", frequencies)
    weights = dict(zip(known.indices, known.values, strict=True))
    (pool,), (ticket,) = terms("pool", "en"), terms("ticket", "en")
    assert weights[ticket] > weights[pool]
    assert weights[ticket] == pytest.approx(
        math.log(4 / 1.5) / (LIMIT * (math.log(4 / 1.5) + math.log(4 / 3.5)))
    )
    with_unknown = asked("pool ticket zeppelin", frequencies)
    assert with_unknown.indices == known.indices
    passage = weigh(texts[0], "en")
    assert score(with_unknown, passage) < score(known, passage) / 2


def test_a_question_is_read_in_every_language_of_the_knowledge_base() -> None:
    english, german = ["the museum opens at nine"], ["das Museum öffnet um neun Uhr"]
    one, other = counted(english, "en"), counted(german, "de")
    both = Frequencies(
        passages={"en": 20, "de": 20}, containing={**one.containing, **other.containing}
    )
    text = "wann öffnet das Museum"
    question = question_vector({lang: terms(text, lang) for lang in ("en", "de", "fr")}, both)
    assert score(question, weigh(german[0], "de")) > 0.35
    assert score(question, weigh(english[0], "en")) < 0.2


def test_counts_that_lag_behind_do_no_harm() -> None:
    (pool,) = terms("pool", "en")
    stale = Frequencies(passages={"en": 2}, containing={pool: 5})
    assert all(value > 0 for value in asked("pool", stale).values)


def test_words_that_many_passages_hold_count_less_in_a_search() -> None:
    texts = [f"pool ticket{n}" for n in range(400)]
    frequencies = counted(texts)
    common = search_vector({"en": terms("pool pool", "en")}, frequencies)
    rare = search_vector({"en": terms("ticket7", "en")}, frequencies)
    assert score(common, weigh("pool", "en")) < 0.01
    assert (
        1
        < score(rare, weigh("ticket7", "en"))
        / score(asked("ticket7", frequencies), weigh("ticket7", "en"))
        <= 1.5
    )
    assert search_vector({"en": ()}, frequencies) == question_vector({"en": ()}, frequencies)
