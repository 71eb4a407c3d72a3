import pytest

from app.agent.backchannel import is_backchannel


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Mhm.",
            "Uh-huh",
            "Okay, okay.",
            "I see.",
            "Oui, oui",
            "D'accord.",
            "Ach so!",
            "Ja, genau",
        ),
        *("Sí, claro", "Va bene", "Ja, precies", "Está bem", "Tak, tak", "Da, înțeleg", "Sim", ""),
    ],
)
def test_signs_of_listening_are_known_in_nine_languages(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize(
    "text",
    [
        *("No.", "Stop", "Wait", "And on Sunday?", "Yes, but when?", "Okay okay okay okay"),
        *("Nein", "Non", "Halt", "Et le dimanche ?", "What?", "15", "Moment"),
    ],
)
def test_words_that_want_something_are_not(text: str) -> None:
    assert not is_backchannel(text)
