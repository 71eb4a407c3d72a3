from app.grounding.vocabulary import mine

PAGE = (
    "The Wilhelmine is a steam tug. Visitors board the Wilhelmine on Mondays at the Fish Market.\n"
    "Anna Brandt kept the light. Her books by Brandt are on show. We use PostgreSQL and Qdrant."
)


def _mined(*texts: str, lang: str = "en") -> list[str]:
    return [name.text for name in mine([(text, lang) for text in texts])]


def test_rare_names_are_mined_and_common_words_are_not() -> None:
    names = _mined(PAGE)
    assert {"Wilhelmine", "Anna Brandt", "Brandt", "PostgreSQL", "Qdrant"} <= set(names)
    assert not {"The", "Visitors", "Mondays", "Fish", "Market", "Her", "We"} & set(names)


def test_the_most_frequent_come_first() -> None:
    assert _mined(PAGE, "Ask for the Wilhelmine.")[0] == "Wilhelmine"


def test_common_words_that_sound_alike_are_told() -> None:
    (name,) = (name for name in mine([("Eat at the Galley now.", "en")]) if name.text == "Galley")
    assert "gallery" in name.like


def test_names_of_pages_in_a_language_without_a_list_are_mined_by_the_english_one() -> None:
    assert "Wilhelmine" in _mined("xx Wilhelmine xx", lang="xx")


def test_nothing_gives_nothing() -> None:
    assert mine([]) == ()
