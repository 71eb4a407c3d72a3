import pytest

from app.grounding.language import identify
from app.phrases import LANGUAGES

PAGES = ("en", "fr", "de")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("When is the museum open on Sundays?", "en"),
        ("Is it open?", "en"),
        ("Combien coûte un billet pour un étudiant ?", "fr"),
        ("et le dimanche ?", "fr"),
        ("Was kostet der Eintritt?", "de"),
        ("Wer bist du?", "de"),
        ("öffnungszeiten", "de"),
        ("¿Cuánto cuesta la entrada?", "es"),
        ("Quanto costa il biglietto?", "it"),
        ("Hoeveel kost een kaartje?", "nl"),
    ],
)
@pytest.mark.parametrize("expected", PAGES)
def test_a_question_is_known_whatever_is_expected(text: str, lang: str, expected: str) -> None:
    assert identify(text, pages=PAGES, expected=expected, spoken=LANGUAGES) == lang


@pytest.mark.parametrize("expected", PAGES)
@pytest.mark.parametrize("text", ["tickets", "Louvre", "12", "🙂", ""])
def test_what_could_be_any_language_is_in_the_one_that_is_expected(
    text: str, expected: str
) -> None:
    assert identify(text, pages=PAGES, expected=expected) == expected


def test_pages_without_a_known_language_do_not_matter() -> None:
    assert identify("Is it open?", pages=["", "xx"], expected="en") == "en"
