import pytest

from app.dialogue.acts import Act, Kind
from app.dialogue.replies import in_pieces, reply
from app.phrases import LANGUAGES

KINDS: tuple[Kind, ...] = (
    "greeting", "thanks", "farewell", "repeat", "slower", "shorter", "stop", "identity", "language",
    "assent", "dissent",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_act_is_replied_to_in_every_language(kind: Kind) -> None:
    act = Act(kind=kind)
    said = {reply(act, lang) for lang in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert reply(act, "fi") == reply(act, "en")


def test_the_last_answer_is_said_again() -> None:
    last = "We open at nine, and we close at six. On Mondays we are closed."
    assert reply(Act(kind="repeat"), "en", last) == last
    assert reply(Act(kind="shorter"), "en", last) == last
    assert reply(Act(kind="slower"), "en", last) == (
        "We open at nine. And we close at six. On Mondays we are closed."
    )


@pytest.mark.parametrize(
    "text", ["", "Yes, 3,5 euros.", "On Monday, we rest.", "Dogs, cats, birds.", "Nein."]
)
def test_short_sentences_stay_whole(text: str) -> None:
    assert in_pieces(text) == text


def test_it_says_that_it_is_no_person() -> None:
    assert "not a person" in reply(Act(kind="identity"), "en")
    assert reply(Act(kind="stop"), "en") == "All right."
