import pytest

from app.answering.events import Timings
from app.answering.expected import Expected
from app.answering.held import Held


def _words(text: str) -> int:
    return len(text.split())


PROMPT = "The museum is open from ten to five. " * 10


def test_what_is_held_need_not_be_waited_for() -> None:
    held, expected = Held(_words), Expected()
    unread = expected.ms(PROMPT, held)
    with held.giving(PROMPT):
        pass
    assert expected.ms(f"{PROMPT}When?", held) < unread / 2


def test_answers_that_take_longer_than_their_reading_are_learnt_from() -> None:
    held, expected = Held(_words), Expected()
    before = expected.ms(PROMPT, held)
    took = Timings(ground_ms=50, prompt_ms=900, first_sentence_ms=2950, total_ms=3000)
    for _ in range(20):
        expected.learn(took)
    assert expected.ms(PROMPT, held) - before == pytest.approx(1500, abs=20)


def test_a_refusal_says_nothing_of_how_long_a_sentence_takes() -> None:
    held, expected = Held(_words), Expected()
    before = expected.ms(PROMPT, held)
    expected.learn(Timings(ground_ms=50, prompt_ms=900, total_ms=9000))
    assert expected.ms(PROMPT, held) == before
