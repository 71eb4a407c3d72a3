import pytest

from app.answering.ahead import Ahead
from app.answering.answerer import Answerer
from app.answering.events import Done, Event, Grounded, Sentence, Turn
from app.answering.template import Exchange
from app.settings import AheadSettings, ModelSettings
from tests.app.answering.test_answerer import Grounder
from tests.fakes.model import ScriptedModel

TALK = (Exchange(asked="When?", answered="We open at nine, and we close at six. Not on Mondays."),)


async def said_to(text: str, model: ScriptedModel, lang: str = "en") -> list[Event]:
    grounder, chosen = Grounder(), ModelSettings()
    answering = Answerer(grounder, model, chosen, Ahead(grounder, model, chosen, AheadSettings()))
    turn = Turn(question=text, kb="museum", lang=lang, history=TALK)
    return [event async for event in answering.answer(turn)]


@pytest.mark.parametrize(
    ("text", "kind", "lang", "answer"),
    [
        ("Thank you!", "thanks", "en", ["You're welcome!"]),
        ("Stop!", "stop", "en", ["All right."]),
        ("Pouvez-vous répéter ?", "repeat", "en", ["We open at nine", "Not on Mondays."]),
        ("Slower, please", "slower", "en", ["We open", "And we close at six.", "Not on Mondays."]),
        ("Shorter, please", "shorter", "en", ["We open at nine, and we close at six."]),
        ("auf Deutsch bitte", "language", "de", ["Natürlich", "Was möchten Sie wissen?"]),
        ("Yes.", "assent", "en", ["All right.", "Just ask me"]),
    ],
)
async def test_what_is_not_a_question_is_replied_to_without_pages_or_model(
    text: str, kind: str, lang: str, answer: list[str]
) -> None:
    model = ScriptedModel()
    grounded, *sentences, done = await said_to(text, model)
    assert grounded == Grounded(lang=lang, hits=(), took_ms=0, act=kind)
    assert [s.text[: len(a)] for s, a in zip(sentences, answer, strict=True)] == answer  # type: ignore[union-attr]
    assert all(isinstance(sentence, Sentence) and not sentence.citations for sentence in sentences)
    assert isinstance(done, Done)
    assert model.prompts == []


async def test_where_the_language_is_pinned_another_is_not_promised() -> None:
    grounder, chosen = Grounder(), ModelSettings()
    ahead = Ahead(grounder, ScriptedModel(), chosen, AheadSettings())
    turn = Turn(question="auf Deutsch bitte", kb="museum", lang="fr", pinned=True)
    answering = Answerer(grounder, ScriptedModel(), chosen, ahead)
    grounded, first, *_ = [event async for event in answering.answer(turn)]
    assert grounded == Grounded(lang="fr", hits=(), took_ms=0, act="language")
    assert first == Sentence(text="Ici, je parle seulement français.", citations=())
