from collections.abc import Sequence
from contextlib import aclosing

import pytest

from app.answering.abstaining import refusal
from app.answering.ahead import Ahead
from app.answering.answerer import Answerer
from app.answering.events import (
    Abstained,
    Done,
    Event,
    Grounded,
    Sentence,
    Turn,
)
from app.answering.template import Exchange
from app.errors import ModelUnavailable
from app.grounding.grounder import Grounding
from app.phrases import phrase
from app.settings import AheadSettings, ModelSettings
from ingest.documents import Hit
from tests.app.grounding.samples import HOURS, TICKETS, hit
from tests.fakes.model import ScriptedModel, unavailable

HITS = (hit(HOURS, 0.92), hit(TICKETS, 0.90))


class Grounder:
    """Finds the same for every question."""

    def __init__(self, hits: Sequence[Hit] = HITS, lang: str = "en") -> None:
        self._hits = tuple(hits)
        self._lang = lang
        self.prepared: list[str] = []

    async def ground(self, question: str, kb: str, lang: str | None) -> Grounding:
        return Grounding(hits=self._hits, lang=self._lang, took_ms=3)

    async def prepare(self, kb: str) -> None:
        self.prepared.append(kb)

    async def glance(self, words: str, kb: str) -> list[Hit]:
        return list(self._hits)

    @property
    def lead(self) -> float:
        return 0.01


class Notebook:
    """What was asked and refused."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    async def note(self, kb: str, question: str, lang: str, reason: str) -> None:
        self.noted.append(question)


def answerer(
    model: ScriptedModel,
    grounder: Grounder | None = None,
    notebook: Notebook | None = None,
    **settings: int,
) -> Answerer:
    """One beside which nothing is read ahead."""
    found, chosen = grounder or Grounder(), ModelSettings(**settings)
    ahead = Ahead(found, model, chosen, AheadSettings())
    return Answerer(found, model, chosen, ahead, unanswered=notebook)


def turn(question: str = "When is it open?", history: tuple[Exchange, ...] = ()) -> Turn:
    return Turn(question=question, kb="museum", lang="en", history=history)


async def events(
    model: ScriptedModel, grounder: Grounder | None = None, **settings: int
) -> list[Event]:
    answering = answerer(model, grounder, **settings)
    return [event async for event in answering.answer(turn())]


async def test_an_answer_is_grounded_then_spoken_with_its_sources_then_done() -> None:
    model = ScriptedModel(["It is", " open until 6", " pm", ". A ticket costs", " 9 euros [2]."])
    grounded, first, second, done = await events(model)
    assert isinstance(grounded, Grounded)
    assert (grounded.lang, grounded.hits, grounded.took_ms) == ("en", HITS, 3)
    assert grounded.wait_ms > 0
    assert first == Sentence(text="It is open until 6 pm.", citations=(1,))
    assert second == Sentence(text="A ticket costs 9 euros.", citations=(2,))
    assert isinstance(done, Done)
    assert done.tokens.prompt == model.count_tokens(model.prompts[0])
    assert done.tokens.answer == model.count_tokens(
        "".join(["It is open until 6 pm. A ticket costs 9 euros [2]."])
    )
    timings = done.timings
    assert timings.first_token_ms is not None
    assert timings.first_sentence_ms is not None
    assert timings.ground_ms <= timings.first_token_ms <= timings.first_sentence_ms
    assert timings.first_sentence_ms <= timings.total_ms


@pytest.mark.parametrize("lang", ["en", "fr", "de"])
async def test_without_evidence_it_abstains_and_the_model_is_not_called(lang: str) -> None:
    model = ScriptedModel()
    grounded, abstained, done = await events(model, Grounder(hits=(), lang=lang))
    assert grounded == Grounded(lang=lang, hits=(), took_ms=3)
    assert abstained == Abstained(text=phrase("refusal", lang), reason="nothing_found")
    assert isinstance(done, Done)
    assert done.tokens.prompt == done.tokens.answer == 0
    assert done.timings.first_token_ms is None
    assert model.prompts == []


@pytest.mark.parametrize(
    "pieces",
    [
        ["UNKNOWN"],
        ["UN", "KNO", "WN", "."],
        ["unknown"],
        ["INCONNU"],
        ["Sorry, ", "UNKNOWN"],
        ["**UNKNOWN**", "\n\n", "The museum is large."],
        ["The passages do", " not mention a mayor. ", "It is open."],
        ["Die Passagen enthalten keine Angaben dazu."],
        [""],
        [],
        ["🙂 [1]"],
    ],
)
async def test_the_models_refusal_is_understood_and_never_spoken(pieces: list[str]) -> None:
    model = ScriptedModel(pieces)
    _, abstained, done = await events(model)
    assert abstained == refusal("not_in_pages", "en", [HITS[0].passage])
    assert isinstance(done, Done)
    assert model.stopped


async def test_a_sign_after_a_sentence_is_left_out_and_ends_the_answer() -> None:
    model = ScriptedModel(["It is open until 6 pm. ", "UNK", "NOWN.", " More. ", "And more."])
    _, sentence, done = await events(model)
    assert sentence == Sentence(text="It is open until 6 pm.", citations=(1,))
    assert isinstance(done, Done)


async def test_half_a_sentence_is_not_spoken_after_a_whole_one() -> None:
    model = ScriptedModel(["It is open until six. ", *["And "] * 60], answer_tokens=30)
    sentences = [e for e in await events(model, answer_tokens=30) if isinstance(e, Sentence)]
    assert [sentence.text for sentence in sentences] == ["It is open until six."]


async def test_an_answer_without_its_last_mark_is_spoken() -> None:
    _, sentence, _ = await events(ScriptedModel(["6", " euros"]))
    assert isinstance(sentence, Sentence)
    assert sentence.text == "6 euros"


async def test_closing_the_answer_stops_the_model() -> None:
    model = ScriptedModel(["It is open. ", *["And so on. "] * 50])
    async with aclosing(answerer(model).answer(turn())) as answer:
        async for event in answer:
            if isinstance(event, Sentence):
                break
    assert model.stopped
    assert model.written <= 3


async def test_a_follow_up_is_asked_and_kept_with_the_words_that_it_leaves_out() -> None:
    model, notebook = ScriptedModel(["UNKNOWN"]), Notebook()
    past = (Exchange(asked="Is there a car park?", answered="Yes."),)
    asked = turn("What does it cost?", history=past)
    _ = [event async for event in answerer(model, notebook=notebook).answer(asked)]
    assert "Question: What does it cost? (car park)" in model.prompts[0]
    assert notebook.noted == ["What does it cost? (car park)"]


async def test_a_pinned_language_is_answered_in_whatever_was_spoken() -> None:
    model, pinned = (
        ScriptedModel(["UNKNOWN"]),
        Turn(question="When is it open?", kb="museum", lang="fr", pinned=True),
    )
    grounded, abstained, _ = [event async for event in answerer(model).answer(pinned)]
    assert isinstance(grounded, Grounded)
    assert isinstance(abstained, Abstained)
    assert grounded.lang == "fr"
    assert "Answer in French." in model.prompts[0]
    assert abstained.text.startswith(phrase("refusal", "fr"))


async def test_the_history_goes_into_the_prompt() -> None:
    model = ScriptedModel()
    past = (Exchange(asked="Is there a tram?", answered="Yes, line 4."),)
    _ = [event async for event in answerer(model).answer(turn(history=past))]
    assert model.prompts[0].index("Is there a tram?") < model.prompts[0].index("Yes, line 4.")


async def test_preparing_reads_what_the_first_prompt_begins_with() -> None:
    model, grounder = ScriptedModel(), Grounder()
    answering = answerer(model, grounder)
    await answering.prepare("museum", "fr")
    _ = [event async for event in answering.answer(turn())]
    assert grounder.prepared == ["museum"]
    assert model.prompts[0].startswith(model.read_ahead[0])


async def test_a_model_that_goes_away_is_reported_by_its_name() -> None:
    model = ScriptedModel(error=unavailable())
    with pytest.raises(ModelUnavailable):
        await events(model)
    assert await events(model, Grounder(hits=()))
