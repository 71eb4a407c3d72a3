from dataclasses import replace

import pytest

from app.grounding.gate import Question, coverage, gate_for, nearness, score
from ingest.documents import SparseVector
from ingest.indexing.sparse import Frequencies, question_vector, terms
from tests.app.grounding.samples import HOURS, HOURS_FR, TICKETS, hit

GATE = gate_for("intfloat/multilingual-e5-small")
PLAIN = Question(text="", lang="en", weights=SparseVector(indices=(), values=()))


def words(question: str, lang: str = "en") -> SparseVector:
    ids = terms(question, lang)
    counted = Frequencies(passages={lang: 100}, containing=dict.fromkeys(ids, 5))
    return question_vector({lang: ids}, counted)


def asked(text: str, lang: str = "en") -> Question:
    return Question(text=text, lang=lang, weights=words(text, lang))


def test_coverage_is_the_share_of_the_questions_words_in_the_passage() -> None:
    assert coverage(words("museum closed Mondays"), hit(HOURS, 0.9)) == pytest.approx(1.0)
    assert coverage(words("museum parking"), hit(HOURS, 0.9)) == pytest.approx(0.5)
    assert coverage(words("parking garage"), hit(HOURS, 0.9)) == 0.0


def test_words_that_stand_in_the_passage_open_the_gate() -> None:
    near = hit(HOURS, 0.80)
    assert GATE.admit([near], asked("museum closed Mondays"), {}) == [near]
    assert GATE.admit([near], asked("mayor election"), {}) == []


def test_meaning_alone_opens_the_gate_when_it_is_clear() -> None:
    assert GATE.admit([hit(HOURS, 0.87)], PLAIN, {})


def test_a_passage_in_another_language_is_clear_at_first_sight_or_its_sentences_decide() -> None:
    clear, doubtful, far = (hit(HOURS_FR, cosine, lang="fr") for cosine in (0.82, 0.79, 0.77))
    assert GATE.admit([clear], PLAIN, {}) == [clear]
    assert GATE.doubtful([clear], PLAIN) == GATE.doubtful([far], PLAIN) == []
    assert GATE.doubtful([doubtful], PLAIN) == [doubtful]
    assert GATE.admit([doubtful], PLAIN, {doubtful.passage.id: 0.81}) == [doubtful]
    assert GATE.admit([doubtful], PLAIN, {doubtful.passage.id: 0.79}) == []
    assert GATE.admit([far], PLAIN, {}) == []


def test_what_is_near_to_everything_must_be_nearer() -> None:
    doubtful = hit(HOURS_FR, 0.81, lang="fr")
    near = replace(PLAIN, nearness=0.80)
    assert GATE.admit([doubtful], PLAIN, {}) == [doubtful]
    assert GATE.admit([doubtful], near, {}) == []
    assert GATE.doubtful([doubtful], near) == [doubtful]
    assert GATE.margin([doubtful], near, {doubtful.passage.id: 0.83}) == pytest.approx(0.005)


def test_how_near_everything_is_cannot_be_told_of_a_few() -> None:
    others = [hit(HOURS_FR, 0.7 + n / 100, lang="fr") for n in range(10)]
    assert nearness([*others, hit(HOURS, 0.9)], PLAIN) == pytest.approx(0.745)
    assert nearness(others[1:], PLAIN) is None


def test_words_that_two_languages_share_bring_a_passage_nearer() -> None:
    foreign = hit(HOURS_FR, 0.79, lang="fr")
    assert score(foreign, asked("Where is the museum?")) == pytest.approx(0.84)
    assert score(foreign, asked("When do you open?")) == pytest.approx(0.79)


def test_own_pages_that_answer_leave_nothing_in_doubt() -> None:
    own, foreign = hit(HOURS, 0.9), hit(HOURS_FR, 0.79, lang="fr")
    assert GATE.doubtful([own, foreign], PLAIN) == []


def test_hits_far_below_the_best_are_left_out_and_the_order_stays() -> None:
    best, second, far = hit(HOURS, 0.92), hit(TICKETS, 0.90), hit(HOURS, 0.83)
    assert GATE.admit([best, second, far], PLAIN, {}) == [best, second]


def test_nothing_found_stays_nothing() -> None:
    assert GATE.admit([], PLAIN, {}) == []


def test_each_embedder_has_its_own_gate_and_an_unknown_one_refuses_least() -> None:
    unknown = gate_for("somebody/new-model")
    assert gate_for("sentence-transformers/all-MiniLM-L6-v2") != GATE
    assert unknown.own < gate_for("all-MiniLM-L6-v2").own < GATE.own
