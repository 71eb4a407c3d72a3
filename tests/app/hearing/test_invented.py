import pytest

from app.hearing.invented import is_invented


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Thanks for watching!",
            "Thank you for watching.",
            "Subtitles by the Amara.org community",
        ),
        *("Sous-titres réalisés par la communauté", "Untertitel im Auftrag des ZDF, 2020"),
        *("[Music]", "(wind blowing)", "♪ ♪", "* coughs *", "...", " . ", "♪ la la ♪"),
        *("you you you you you you", "no no no no no no no no", "I'm sorry. " * 6),
        "The boat is here. The boat is here. The boat is here. The boat is here. The boat is here.",
    ],
)
def test_what_recognisers_make_up_is_known(text: str) -> None:
    assert is_invented(text)


@pytest.mark.parametrize(
    "text",
    [
        *("Thank you.", "Thanks for the tour!", "You", "Mm.", "No, no, no.", "Very very very good"),
        *("Yes yes yes yes", "Do you have subtitles?", "Gibt es Untertitel für Gehörlose?"),
        *("What does a trip cost (for two)?", "Is the film subtitled by the museum?", "5"),
        "When do you open on Monday, on Tuesday, on Wednesday, on Thursday and on Friday?",
    ],
)
def test_what_people_say_is_not(text: str) -> None:
    assert not is_invented(text)
