"""Words as they are said: errors of hearing, and whether the fact is there."""

import pytest

from bench.talk.words import has_fact, plain, word_error, word_errors


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("When was the lighthouse built?", "when was the lighthouse built", 0),
        ("When was the lighthouse built?", "When was the light house built?", 2),
        ("How long is a boat trip?", "How long is a boat?", 1),
        ("How long is a boat trip?", "", 6),
        ("Which tram goes to the museum?", "Which tram goes to the museum? You.", 1),
        ("What happened in 1984?", "What happened in nineteen eighty-four?", 0),
        ("When does the café open?", "When does the café open?", 0),
    ],
)
def test_each_word_changed_added_or_left_out_is_an_error(said: str, heard: str, wrong: int) -> None:
    assert word_errors(said, heard)[0] == wrong


def test_the_share_of_errors_counts_words_not_questions() -> None:
    assert word_error([(1, 2), (0, 8)]) == pytest.approx(0.1)
    assert word_error([]) == 0


@pytest.mark.parametrize(
    ("text", "plainly"),
    [
        ("It closes at six in the evening.", "it closes at 6 in the evening"),
        ("One hundred and fifty-two steps.", "152 steps"),
        ("Built in eighteen seventy-one!", "built in 1871"),
        ("84,000 visitors, €7.80, 14:30", "84000 visitors 7.80 14:30"),
        ("It’s free", "it's free"),
    ],
)
def test_numbers_are_alike_in_words_and_in_digits(text: str, plainly: str) -> None:
    assert plain(text) == plainly


@pytest.mark.parametrize(
    ("text", "facts", "there"),
    [
        ("Take tram 4 to the Fish Market.", ["4", "four"], True),
        ("It takes 45 minutes.", ["4", "four"], False),
        ("It costs 9.50 euros.", ["9"], False),
        ("The museum closes at 6 o'clock.", ["six", "18", "6 "], True),
        ("It closes at 18:00.", ["18:00"], True),
        ("Lockers take large bags.", ["locker"], True),
        ("She kept the light for 32 years.", ["keeper", "kept the light"], True),
        ("It is not open.", [], False),
    ],
)
def test_a_fact_is_found_as_a_word_of_the_answer(text: str, facts: list[str], there: bool) -> None:
    assert has_fact(text, facts) is there
