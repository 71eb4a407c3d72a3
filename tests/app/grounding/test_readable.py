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
