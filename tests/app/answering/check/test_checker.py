import pytest

from app.answering.check.checker import Checker
from app.answering.events import Quote
from tests.app.grounding.samples import HOURS, HOURS_FR, TICKETS, passage
from tests.fakes.entailment import ScriptedEntailment

DOGS = "Dogs are not allowed in the museum. Anna Brandt kept the light until 1941."
PASSAGES = [passage(HOURS), passage(TICKETS), passage(DOGS)]


def reasons(sentence: str, question: str = "", lang: str = "en") -> tuple[str, ...]:
    shown = PASSAGES if lang == "en" else [passage(HOURS_FR, lang="fr")]
    return Checker().check(sentence, question=question, passages=shown, lang=lang).reasons


@pytest.mark.parametrize(
    "sentence",
    [
        "The museum is open until six in the evening.",
        "It is open from 10:00 to 18:00.",
        "A ticket costs nine euros.",
        "Students pay 6 euros for a ticket.",
        "On Wednesday the museum is open from 10 am to 6 pm.",
        "Dogs are not allowed.",
        "Anna Brandt kept the light.",
        "No, dogs are not allowed in the museum.",
    ],
)
def test_what_the_pages_say_may_be_said(sentence: str) -> None:
    assert reasons(sentence) == ()


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("The museum is open until 7 pm.", "numbers"),
        ("The museum is closed on Tuesdays.", "negation"),
        ("A ticket costs 9 dollars.", "numbers"),
        ("Dogs are allowed in the museum.", "negation"),
        ("The museum is not open on Sunday.", "negation"),
        ("In the museum Maria Duval kept the light until 1941.", "names"),
        ("The restaurant serves vegetarian dishes with local wine.", "words"),
        ("Yes.", "nothing"),
        ("", "nothing"),
    ],
)
def test_what_they_do_not_say_may_not(sentence: str, reason: str) -> None:
    assert reason in reasons(sentence)


def test_a_short_answer_is_held_against_what_was_asked() -> None:
    assert reasons("6 euros.", "How much is a ticket for students?") == ()
    assert reasons("12 euros.", "How much is a ticket?") == ("numbers",)


def test_the_last_answer_said_again_for_another_day_is_withheld() -> None:
    hours = "On Saturdays the museum closes at six. On Sundays it closes at five."
    shown = [passage(hours), passage("It is open from Tuesday to Sunday.")]

    def told(sentence: str, question: str) -> tuple[str, ...]:
        return Checker().check(sentence, question=question, passages=shown, lang="en").reasons

    assert told("On Saturdays it closes at six.", "And on Sundays?") == ("day",)
    assert told("On Sundays it closes at five.", "And on Sundays?") == ()
    assert told("It is open from Tuesday to Sunday.", "Are you open on Mondays?") == ()
    assert told("On Saturdays the museum closes at six.", "When does it close on Saturdays?") == ()


@pytest.mark.parametrize(
    ("question", "sentence", "reasons"),
    [
        ("Et le lundi ?", "Dix-sept heures.", ("day",)),
        ("À quelle heure fermez-vous le lundi ?", "À 17 heures.", ("day",)),
        ("Et le lundi ?", "Il est fermé.", ()),
        ("Et le dimanche ?", "Dix-sept heures.", ()),
        ("À quelle heure fermez-vous le samedi ?", "À 18 heures.", ()),
    ],
)
def test_no_time_is_told_of_a_day_that_is_closed(
    question: str, sentence: str, reasons: tuple[str, ...]
) -> None:
    hours = (
        "Le musée est ouvert du mardi au dimanche. Le samedi, il ferme à dix-huit heures. Les "
        "autres jours, il ferme à dix-sept heures. Il est fermé le lundi."
    )
    shown = [passage(hours, lang="fr")]
    found = Checker().check(sentence, question=question, passages=shown, lang="fr")
    assert found.reasons == reasons


@pytest.mark.parametrize("sentence", ["38 meters.", "38 m.", "38 metres tall."])
def test_a_unit_may_be_written_in_another_way(sentence: str) -> None:
    shown = [passage("It is 38 metres tall, and 152 steps lead up to the gallery.")]
    question = "How tall is the lighthouse?"
    assert Checker().check(sentence, question=question, passages=shown, lang="en").supported
    for wrong in ("38 kilometers.", "38 steps."):
        found = Checker().check(wrong, question=question, passages=shown, lang="en")
        assert found.reasons == ("numbers",)
    assert Checker().check("152 steps.", question="", passages=shown, lang="en").supported


def test_a_sentence_carries_the_words_that_say_it() -> None:
    verdict = Checker().check(
        "A ticket costs nine euros.", question="", passages=PASSAGES, lang="en"
    )
    assert verdict.citations == (2,)
    assert verdict.quotes == (Quote(n=2, text="A ticket costs 9 euros, or 6 euros for students."),)


def test_across_languages_what_is_counted_is_compared() -> None:
    french = [passage(HOURS_FR, lang="fr")]

    def verdict(sentence: str) -> bool:
        checked = Checker().check(sentence, question="", passages=french, lang="en")
        return checked.supported

    assert verdict("It is open from 10 am to 6 pm.")
    assert verdict("It is closed on Mondays.")
    assert not verdict("It is open until 7 pm.")
    assert verdict("It is rather nice.")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why does the museum close at 5 pm?", ""),
        ("Is the ticket really 15 euros?", "A ticket costs 9 euros, or 6 euros for students."),
        ("Is the museum open until 6 pm?", ""),
        ("How much is a ticket?", ""),
        ("Is the museum open on Mondays in summer?", ""),
    ],
)
def test_what_a_question_assumes_is_compared_with_the_pages(question: str, said: str) -> None:
    correction = Checker().correct(question, [passage(TICKETS), passage(DOGS)], "en")
    assert (correction.sentence.text if correction else "") == (
        f"Our pages say this: {said}" if said else ""
    )


def test_a_sentence_that_has_the_right_number_needs_no_correction() -> None:
    correction = Checker().correct("Is the ticket 15 euros?", [passage(TICKETS)], "en")
    assert correction is not None
    assert correction.is_in("No, it costs nine euros.", "en")
    assert not correction.is_in("Because it is large.", "en")


def test_a_model_of_entailment_has_the_last_word() -> None:
    doubting = ScriptedEntailment(0.1)
    checked = Checker(doubting).check(
        "A ticket costs nine euros.", question="", passages=PASSAGES, lang="en"
    )
    assert checked.reasons == ("entailment",)
    assert doubting.asked == [
        ("A ticket costs 9 euros, or 6 euros for students.", "A ticket costs nine euros.")
    ]
    assert (
        Checker(ScriptedEntailment(0.9))
        .check("A ticket costs nine euros.", question="", passages=PASSAGES, lang="en")
        .supported
    )


@pytest.mark.parametrize(
    ("page", "true", "false", "lang"),
    [
        (
            'The "testing" branch is updated more often than "stable", but less than "unstable".',
            "Testing is updated more often than stable.",
            '"Unstable" is updated more often than "stable", but less than "testing".',
            "en",
        ),
        (
            "Der Leuchtturm ist höher als der Speicher.",
            "Der Leuchtturm ist höher als der Speicher.",
            "Der Speicher ist höher als der Leuchtturm.",
            "de",
        ),
        (
            "Le phare est plus haut que l'entrepôt.",
            "Oui, le phare est plus haut que l'entrepôt.",
            "L'entrepôt est plus haut que le phare.",
            "fr",
        ),
    ],
)
def test_a_comparison_is_not_turned_round(page: str, true: str, false: str, lang: str) -> None:
    def reasons_of(sentence: str) -> tuple[str, ...]:
        shown = [passage(page, lang=lang)]
        return Checker().check(sentence, question="", passages=shown, lang=lang).reasons

    assert reasons_of(true) == ()
    assert "comparison" in reasons_of(false)


def test_a_comparison_in_other_words_may_be_said() -> None:
    shown = [passage("The lighthouse is higher than the warehouse.")]
    said = "The warehouse is lower than the lighthouse."
    verdict = Checker().check(said, question="Which is higher?", passages=shown, lang="en")
    assert "comparison" not in verdict.reasons


def test_the_time_of_another_day_than_was_asked_for_is_withheld() -> None:
    hours = "On Saturdays the museum closes at six. On Sundays it opens at eleven."
    asked = "When does the museum open on Sundays?"

    def reasons_of(sentence: str) -> tuple[str, ...]:
        shown = [passage(hours)]
        return Checker().check(sentence, question=asked, passages=shown, lang="en").reasons

    assert reasons_of("Saturdays, 6 pm.") == ("day",)
    assert reasons_of("Sundays, 11 am.") == ()
    assert reasons_of("On Saturdays it closes at six, on Sundays it opens at eleven.") == ()
