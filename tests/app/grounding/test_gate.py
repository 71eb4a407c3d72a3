import pytest

from app.grounding.gate import coverage, gate_for
from ingest.documents import SparseVector
from ingest.indexing.sparse import Frequencies, question_vector, terms
from tests.app.grounding.samples import HOURS, HOURS_FR, TICKETS, hit

GATE = gate_for("intfloat/multilingual-e5-small")
NO_WORDS = SparseVector(indices=(), values=())


def words(question: str, lang: str = "en") -> SparseVector:
    ids = terms(question, lang)
    counted = Frequencies(passages={lang: 100}, containing=dict.fromkeys(ids, 5))
    return question_vector({lang: ids}, counted)


def test_coverage_is_the_share_of_the_questions_words_in_the_passage() -> None:
    assert coverage(words("museum closed Mondays"), hit(HOURS, 0.9)) == pytest.approx(1.0)
    assert coverage(words("museum parking"), hit(HOURS, 0.9)) == pytest.approx(0.5)
    assert coverage(words("parking garage"), hit(HOURS, 0.9)) == 0.0


def test_words_that_stand_in_the_passage_open_the_gate() -> None:
    near = hit(HOURS, 0.80)
    assert GATE.admit([near], words("museum closed Mondays"), "en") == [near]
    assert GATE.admit([near], words("mayor election"), "en") == []


def test_meaning_alone_opens_the_gate_when_it_is_clear() -> None:
    assert GATE.admit([hit(HOURS, 0.87)], NO_WORDS, "en")


def test_passages_in_another_language_have_a_threshold_of_their_own() -> None:
    foreign = hit(HOURS_FR, 0.80, lang="fr")
    assert GATE.admit([foreign], NO_WORDS, "en") == [foreign]
    assert GATE.admit([foreign], NO_WORDS, "fr") == []


def test_hits_far_below_the_best_are_left_out_and_the_order_stays() -> None:
    best, second, far = hit(HOURS, 0.92), hit(TICKETS, 0.90), hit(HOURS, 0.83)
    assert GATE.admit([best, second, far], NO_WORDS, "en") == [best, second]


def test_nothing_found_stays_nothing() -> None:
    assert GATE.admit([], NO_WORDS, "en") == []


def test_each_embedder_has_its_own_gate_and_an_unknown_one_refuses_least() -> None:
    unknown = gate_for("somebody/new-model")
    assert gate_for("sentence-transformers/all-MiniLM-L6-v2") != GATE
    assert unknown.own < gate_for("all-MiniLM-L6-v2").own < GATE.own
