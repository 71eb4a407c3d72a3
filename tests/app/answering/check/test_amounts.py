import pytest

from app.answering.check.amounts import amounts
from app.answering.check.numerals import values_of


def said_in(one: str, lang: str, other: str, other_lang: str) -> bool:
    there = amounts(other, other_lang)
    said = amounts(one, lang)
    assert said
    return all(any(amount.is_in(each) for each in there) for amount in said)


@pytest.mark.parametrize(
    ("one", "lang", "other", "other_lang"),
    [
        ("It is forty metres tall.", "en", "40 m", "en"),
        ("152 steps", "en", "one hundred and fifty-two steps", "en"),
        ("vingt euros", "fr", "20 €", "fr"),
        ("drei Stockwerke", "de", "3 Stockwerke", "de"),
        ("einundzwanzig Euro", "de", "21,00 Euro", "de"),
        ("at 3 pm", "en", "15:00", "en"),
        ("at 3 pm", "en", "um 15 Uhr", "de"),
        ("um 15 Uhr", "de", "à 15 h", "fr"),
        ("à 15 h 30", "fr", "at half past three", "en"),
        ("halb vier", "de", "15:30", "en"),
        ("at six", "en", "18:00", "en"),
        ("at noon", "en", "12:00", "en"),
        ("84,000 visitors", "en", "84 000 visiteurs", "fr"),
        ("84.000 Besucher", "de", "84000 visitors", "en"),
        ("7,80 Euro", "de", "7.80 euros", "en"),
        ("9 March 1984", "en", "09.03.1984", "de"),
        ("on March 9", "en", "1984-03-09", "en"),
        ("le 25 décembre", "fr", "on 24, 25 and 31 December", "en"),
        ("in December", "en", "on 24, 25 and 31 December", "en"),
        ("on Wednesday", "en", "from Tuesday to Sunday", "en"),
        ("en juin", "fr", "from April to October", "en"),
        ("samstags", "de", "every day", "en"),
        ("an hour and 60 minutes", "en", "1 hour", "en"),
        ("two hours", "en", "120 Minuten", "de"),
        ("1.5 million people", "en", "1,500,000 people", "en"),
        ("nineteen eighty-four", "en", "1984", "en"),
        ("9", "en", "9 euros", "en"),
    ],
)
def test_the_same_is_the_same_however_it_is_written(
    one: str, lang: str, other: str, other_lang: str
) -> None:
    assert said_in(one, lang, other, other_lang)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("40 metres", "40 feet"),
        ("9 dollars", "9 euros"),
        ("at 6 am", "18:00"),
        ("on Monday", "from Tuesday to Sunday"),
        ("in March", "from April to October"),
        ("on 10 March", "on 9 March and on 10 April"),
        ("780 euros", "7.80 euros"),
        ("45 minutes", "45 years"),
        ("CO4", "CO2"),
    ],
)
def test_what_differs_differs(one: str, other: str) -> None:
    assert not said_in(one, "en", other, "en")


@pytest.mark.parametrize("text", ["May I come in?", "March on!", "One of them is here.", ""])
def test_a_word_that_counts_nothing_is_no_amount(text: str) -> None:
    assert amounts(text, "en") == ()


@pytest.mark.parametrize(
    ("digits", "lang", "values"),
    [
        ("1,234", "en", {1234.0}),
        ("1.234", "en", {1234.0, 1.234}),
        ("1.234", "de", {1234.0}),
        ("1.234,5", "de", {1234.5}),
        ("12.50", "de", {12.5}),
        ("1.234.567", "en", {1234567.0}),
    ],
)
def test_separators_are_read_by_language(digits: str, lang: str, values: set[float]) -> None:
    assert values_of(digits, lang) == values
