from dataclasses import dataclass

import pytest

from app.grounding.followup import in_context, plain, readings, stands_alone


@dataclass(frozen=True)
class Said:
    asked: str
    answered: str = "Nine euros."


TALK = [Said("How much is a ticket?")]

FOLLOW_UPS = {
    "en": "And on Sundays?|What about students?|How long does it take?|Why?|For children?|"
    "Where do they sell those?|Which is more important?|Is there a discount on that?",
    "fr": "Et le dimanche ?|Combien de temps ça dure ?|Pourquoi ?|Et là ?|Quelle est sa hauteur ?|"
    "Qui le développe ?|Comment en installer un ?",
    "de": "Und sonntags?|Wie lange dauert das?|Was kostet er für Kinder?|Warum?|Und davon?|"
    "Was kosten die?|Wo finde ich den?|Wie alt sind seine Mauern?|Wie kaufe ich eines?|"
    "Gilt dieselbe Karte auch sonntags?|Ist derselbe Eingang offen?",
    "es": "¿Y los domingos?|¿Cuánto tiempo dura eso?|¿Por qué?",
    "it": "E la domenica?|Quanto dura questo?|Perché?|Di chi sono i suoi quadri?",
    "nl": "En op zondag?|Hoe lang duurt dat?|Waarom?",
    "pt": "E aos domingos?|Quanto tempo dura isso?|Por quê?|Qual é a sua altura?",
    "pl": "A w niedziele?|Ile to trwa?|Dlaczego?",
    "ro": "Și duminica?|Cât durează asta?|De ce?|Care este înălțimea sa?",
}
ALONE = {
    "en": "When do you open?|Where are the toilets?|Is there a cloakroom?|Are there guided tours?|"
    "Is it possible to rent a bicycle?|Will it rain tomorrow?|Who built the lighthouse?|"
    "Are you open this weekend?",
    "fr": "Quand ouvrez-vous ?|Y a-t-il un vestiaire ?|Où sont les toilettes ?|Est-ce que le musée "
    "est ouvert ?|Combien coûte un billet ?|Quand le musée ferme-t-il ?|Qui a construit le phare ?",
    "de": "Wann haben Sie geöffnet?|Gibt es eine Garderobe?|Wo sind die Toiletten?|Was kostet der "
    "Eintritt?|Wie komme ich zum Museum?|Wann schließt die Kasse?|Wo finde ich den Eingang?",
    "es": "¿Cuándo abre el museo?|¿Cuánto cuesta la entrada?|¿Dónde están los baños?",
    "it": "Quando apre il museo?|Quanto costa il biglietto?|Dove sono i bagni?",
    "nl": "Hoe laat gaat het museum open?|Is er een garderobe?|Waar zijn de toiletten?",
    "pt": "Quando abre o museu?|Quanto custa o bilhete?|Onde ficam os banheiros?",
    "pl": "O której otwiera się muzeum?|Ile kosztuje bilet?|Gdzie są toalety?",
    "ro": "La ce oră se deschide muzeul?|Cât costă biletul?|Unde sunt toaletele?",
}


@pytest.mark.parametrize("lang", FOLLOW_UPS)
def test_what_needs_the_history_is_told_from_what_does_not(lang: str) -> None:
    needy = [text for text in FOLLOW_UPS[lang].split("|") if stands_alone(text, TALK, lang)]
    taken = [text for text in ALONE[lang].split("|") if not stands_alone(text, TALK, lang)]
    assert (needy, taken) == ([], [])


def test_without_a_history_everything_stands_alone() -> None:
    assert stands_alone("And on Sundays?", [], "en")


def test_a_language_without_a_list_is_told_by_its_length() -> None:
    assert not stands_alone("Entä lapset?", TALK, "fi")
    assert stands_alone("Paljonko lippu maksaa lapsille?", TALK, "fi")


def test_the_subject_of_the_last_turn_is_put_after_a_follow_up_each_word_once() -> None:
    history = [Said("Who owns the mill?"), Said("How much is a museum ticket?")]
    sundays = in_context("And on Sundays?", history, "en")
    assert readings(sundays) == ["And on Sundays?", "And on Sundays? museum ticket"]
    new = in_context("And a new ticket?", history, "en")
    assert plain(new) == "And a new ticket? museum owns mill"
    assert in_context("When do you open?", history, "en") == "When do you open?"
    assert readings("When do you open?") == ["When do you open?"]


def test_what_a_rewriting_leaves_out_is_put_after_it() -> None:
    history = [Said("How much is a museum ticket?")]
    for rewritten, lent in (
        ("Is there a ticket for students?", " museum"),
        ("A museum ticket?", ""),
    ):
        found = in_context("For students?", history, "en", rewritten)
        assert plain(found) == rewritten + lent
