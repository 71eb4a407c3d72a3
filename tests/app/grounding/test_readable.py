import pytest

from app.grounding.readable import in_sentences, readable
from tests.app.grounding.samples import HOURS, hit

TABLE = """It opens daily.

| Day | Opens | Closes |
| --- | :---: | ---: |
| Monday | closed | closed |
| Sunday | 11:00 | 17:00 |

Dogs may come."""


def test_each_row_of_a_table_is_a_sentence_with_the_names_of_its_columns() -> None:
    assert in_sentences(TABLE) == (
        "It opens daily.\n\nMonday: closed.\nSunday: Opens 11:00, Closes 17:00.\n\nDogs may come."
    )


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("| Dish | Price |\n| --- | --- |\n| Soup | 7.80 euros |", "Soup: Price 7.80 euros."),
        ("|  |  |\n| --- | --- |\n| Fax | 555 |\n|  | 556 |", "Fax: 555.\n556."),
        ("| a | b |\n|---|---|\n| one \\| two |  |", "one | two."),
        ("| Only | a header |\n| --- | --- |", "Only, a header."),
        ("| a | b |\n|---|---|\n| x | y | beyond |", "x: b y, beyond."),
        ("no table | at all", "no table | at all"),
    ],
)
def test_tables_of_other_shapes_lose_nothing(table: str, said: str) -> None:
    assert in_sentences(table) == said


def test_a_hit_without_a_table_is_the_same_hit() -> None:
    found = hit(HOURS, 0.9)
    assert readable([found])[0] is found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('It is "frozen" (see Section 6.5, “How is it?”). Go on.', 'It is "frozen". Go on.'),
        ("Montags geschlossen (siehe Öffnungszeiten).", "Montags geschlossen."),
        ("Rooms (four) can be seen (seen by 20 people).", None),
    ],
)
def test_references_to_other_places_are_left_out(text: str, said: str | None) -> None:
    [found] = readable([hit(text, 0.9)])
    assert found.passage.text == (said or text)
