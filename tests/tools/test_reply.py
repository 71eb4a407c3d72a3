"""The answer's first word, told from the filler's before it."""

import pytest

from tools.reply import ANEW_S, NothingHeard, Reply, first_word


def sounds(*spans: tuple[float, float]) -> list[float]:
    """Sound every 20 ms from each begin to its end."""
    return [
        round(begin + 0.02 * step, 2)
        for begin, end in spans
        for step in range(round((end - begin) / 0.02))
    ]


def test_the_answer_begins_after_the_pause_behind_the_filler() -> None:
    heard = sounds((1.0, 2.0), (2.5, 4.0))
    assert first_word(heard, line_at=2.7) == 2.5
    assert first_word(heard, line_at=2.4) == 2.5


def test_without_a_pause_the_caption_tells() -> None:
    assert first_word(sounds((1.0, 4.0)), line_at=2.21) == 2.22


def test_a_pause_within_the_answer_is_not_its_beginning() -> None:
    assert first_word(sounds((1.0, 3.0), (3.5, 4.0)), line_at=2.21) == 2.22


def test_nothing_was_heard_behind_the_filler() -> None:
    assert first_word(sounds((1.0, 2.0)), line_at=2.6) is None


def test_a_filler_alone_is_no_answer() -> None:
    reply = Reply(0.0, sounds=sounds((1.0, 2.0)))
    reply.take({"type": "filler"}, 1.1)
    assert reply.sound_s == 1.0
    with pytest.raises(NothingHeard):
        _ = reply.wait_s
    reply.take({"type": "sentence"}, 3.1)
    reply.sounds += sounds((3.0, 4.0))
    assert reply.wait_s == 3.0


def test_an_answer_that_is_begun_anew_is_waited_for() -> None:
    reply = Reply(0.0)
    reply.take({"type": "done"}, 1.0)
    assert not reply.is_told(2.0)
    assert reply.is_told(1.0 + ANEW_S)
    reply.take({"type": "sentence"}, 3.0)
    assert reply.is_told(3.0)


def test_an_apology_is_all_that_comes() -> None:
    reply = Reply(0.0)
    reply.take({"type": "apology"}, 1.0)
    assert reply.is_told(1.0)
