import pytest

from app.answering.refusal import SIGN, has_sign, refuses


@pytest.mark.parametrize(
    "text",
    [
        SIGN,
        "unknown.",
        "**UNKNOWN**",
        "Sorry: UNKNOWN!",
        "The mayor is UNKNOWN.",
        "INCONNU",
        "Unbekannt.",
    ],
)
def test_the_sign_is_seen_however_it_is_spelt(text: str) -> None:
    assert has_sign(text)
    assert refuses(text)


@pytest.mark.parametrize(
    "sentence",
    [
        "The passages do not mention a restaurant.",
        "The provided information doesn't say who the mayor is.",
        "This is not mentioned in the passages.",
        "I don't know.",
        "This is not in the passages.",
        "I'm sorry, I don’t know that.",
        "There is no information about parking.",
        "Les passages ne mentionnent pas le maire.",
        "Je ne sais pas.",
        "Cela n'est pas précisé dans les passages.",
        "Die Passagen enthalten keine Angaben dazu.",
        "In den Texten wird das nicht erwähnt.",
        "Das weiß ich leider nicht.",
        "Ich weiß es nicht.",
        "Los pasajes no mencionan el precio.",
        "Lo siento, no lo sé.",
        "I passaggi non menzionano il sindaco.",
        "Mi dispiace, non lo so.",
        "De passages vermelden niet wie de burgemeester is.",
        "Dat weet ik niet.",
        "As passagens não mencionam o preço.",
    ],
)
def test_a_refusal_in_words_is_one(sentence: str) -> None:
    assert refuses(sentence)
    assert not has_sign(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "There is no information desk on Sundays.",
        "The painter of the portrait is unknown.",
        "L'auteur du tableau est inconnu.",
        "Dogs are not allowed inside.",
        "No, there is no car park.",
        "The museum is not open in January.",
        "You do not have to book.",
        "Les chiens ne sont pas admis.",
        "Die Seite ist nicht barrierefrei.",
        "Am Montag ist nicht geöffnet, und Hunde dürfen nicht hinein.",
        "You can find the text in the brochure.",
    ],
)
def test_a_fact_with_a_no_in_it_is_not_a_refusal(sentence: str) -> None:
    assert not refuses(sentence)
