"""The answer's first word, told from the filler's before it."""

from tools.reply import first_word


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
