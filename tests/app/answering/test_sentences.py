import pytest

from app.answering.sentences import SentenceStream, ended, speakable


def spoken(text: str, lang: str = "en", size: int = 3) -> list[str]:
    """The sentences of a text that comes in pieces of `size` letters."""
    stream = SentenceStream(lang)
    said = [s for at in range(0, len(text), size) for s in stream.feed(text[at : at + size])]
    return [*said, *filter(None, [stream.flush()])]


@pytest.mark.parametrize("size", [1, 4, 1000])
@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("en", ["It opens at 9 am.", "Entry is free!", "Really?", "Yes."]),
        ("en", ["A ticket costs 9.50 euros, e.g. for adults.", "Children pay nothing."]),
        ("en", ["Ask Dr. Smith or Mr. J. Brown at St. Mary's.", "He knows."]),
        ("en", ["It is open until 6 p.m. on weekdays.", "It closes at 9 p.m.", "On Sundays too."]),
        ("en", ["No.", "It is closed on Mondays.", "See room No. 5 instead."]),
        ("en", ["He said “come in.”", "We did (at last).", "It was built in 1904.", "It sank…"]),
        ("fr", ["Est-ce ouvert ?", "« Bien sûr. »", "Le musée ferme à 19 h.", "Oui !"]),
        ("fr", ["Adressez-vous à M. Duval ou à Mme. Petit.", "Ils répondent vite."]),
        ("de", ["Das Fest ist am 3. Mai um 10 Uhr.", "Es kostet z. B. 5,50 Euro.", "Ja!"]),
        ("de", ["Geöffnet ist bis 18 Uhr, ggf. länger.", "Fragen Sie Frau Dr. Weiß."]),
    ],
)
def test_a_text_is_cut_into_the_same_sentences_however_it_comes(
    lang: str, sentences: list[str], size: int
) -> None:
    assert spoken(" ".join(sentences), lang, size) == sentences


def test_a_sentence_is_given_as_soon_as_the_next_begins() -> None:
    stream = SentenceStream("en")
    assert stream.feed("It is open") == []
    assert stream.feed(".") == []
    assert stream.feed(" T") == ["It is open."]
    assert stream.flush() == "T"
    assert stream.flush() == ""


def test_lines_and_lists_become_sentences_without_their_marks() -> None:
    text = "# Prices\n\n- **Adults**: 9 euros\n- Children: *free*\n1. Go in.\n2. Pay.\n"
    assert spoken(text) == ["Prices", "Adults: 9 euros", "Children: free", "Go in.", "Pay."]


def test_what_a_model_thinks_is_not_said() -> None:
    assert spoken("<think>Let me see. It opens. At nine.</think>It opens at nine.") == [
        "It opens at nine."
    ]
    assert spoken("It opens. <think>Never ended. Really. Not") == ["It opens."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("It opens at nine [1].", "It opens at nine."),
        ("It opens at nine[1][2, 3].", "It opens at nine."),
        ("It opens at nine (Passage 2).", "It opens at nine."),
        ("It opens at nine 【3†source】.", "It opens at nine."),
        ("See [our prices](https://x.example/p?a=1) today.", "See our prices today."),
        ("See https://x.example/p?a=1.", "See."),
        ("Look (www.x.example/a) there.", "Look there."),
        ("![plan](plan.png) Go left.", "Go left."),
        ("**Yes**, `it` _is_ snake_case.", "Yes, it is snake_case."),
        ("Welcome 🙂👍🏽!", "Welcome !"),
        ("A<br>B <b>C</b>", "AB C"),
        ("| Adults | 9 euros |", "Adults 9 euros"),
        ("« Oui ! » dit-elle ; voilà : 9 €.", "« Oui ! » dit-elle ; voilà : 9 €."),
        ("5 < 6 and 3 * 4 (1904) [sic]", "5 < 6 and 3 4 (1904) [sic]"),
        ("Done<|im_end|>", "Done"),
        ("🙂 ... [1]", ""),
        ("", ""),
    ],
)
def test_only_what_can_be_said_is_said(text: str, said: str) -> None:
    assert speakable(text) == said


def test_a_cut_sentence_is_known_by_its_missing_mark() -> None:
    assert ended("It is open.")
    assert ended("« Oui. »")
    assert ended("He said “yes.”")
    assert not ended("It is open from")
