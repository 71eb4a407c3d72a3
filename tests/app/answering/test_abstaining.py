from app.answering.abstaining import refusal
from app.phrases import LANGUAGES, phrase
from tests.app.grounding.samples import HOURS, HOURS_FR, passage


def test_a_refusal_offers_the_nearest_topic_in_the_visitors_language() -> None:
    said = refusal("not_in_pages", "fr", [passage(HOURS), passage(HOURS_FR, lang="fr")])
    assert said.offered == "Visit"
    assert said.text.startswith(phrase("refusal", "fr"))
    assert said.text.endswith("Visit.")


def test_without_one_it_is_the_refusal_alone() -> None:
    assert refusal("nothing_found", "de").text == phrase("refusal", "de")
    assert refusal("not_in_pages", "de", [passage(HOURS)]).offered == ""


def test_offers_and_corrections_are_made_in_every_language() -> None:
    english = {phrase("offer", "en"), phrase("correction", "en")}
    for lang in LANGUAGES - {"en"}:
        assert not english & {phrase("offer", lang), phrase("correction", lang)}
