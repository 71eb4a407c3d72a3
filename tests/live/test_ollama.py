"""The real Ollama: what a chat model promises, exact counts, reading ahead, the wording.

GROUNDLING_MODEL__URL and GROUNDLING_MODEL__NAME name a server that runs already; without them the
stack of the live tests is used.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import pytest

from app.answering.ahead import Ahead
from app.answering.answerer import Answerer
from app.answering.events import Abstained, Done, Event, Sentence, Turn
from app.answering.model import ChatModel
from app.answering.ollama import OllamaModel, open_model
from app.answering.template import MESSAGES
from app.errors import ModelUnavailable
from app.grounding.grounder import Grounding
from app.settings import AheadSettings, ModelSettings
from ingest.documents import Hit
from tests.app.grounding.samples import HOURS, TICKETS, TRAM, hit
from tests.contract.test_chat_model import RULES, ChatModelContract, written

DOGS = "Dogs are not allowed inside, except guide dogs. Photographs may be taken without flash."
POOL = "Eine Tageskarte für Erwachsene kostet 5,50 Euro, für Kinder 3 Euro."
BATH = "Das Bad ist täglich von 8 bis 20 Uhr geöffnet. Im August ist das Bad geschlossen."
PASSPORT = "Le passeport coûte 86 euros pour un adulte et il est valable dix ans."
BULKY = "Les encombrants sont ramassés le premier mercredi du mois."


def served(request: pytest.FixtureRequest) -> ModelSettings:
    """The model of the server that is named, or of the stack."""
    env = dict(os.environ)
    if "GROUNDLING_MODEL__URL" not in env:
        env.update(request.getfixturevalue("stack").env)
    return ModelSettings(url=env["GROUNDLING_MODEL__URL"], name=env["GROUNDLING_MODEL__NAME"])


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> ModelSettings:
    return served(request)


@pytest.fixture
async def model(settings: ModelSettings) -> AsyncIterator[OllamaModel]:
    async with open_model(settings) as opened:
        yield opened


class TestOllama(ChatModelContract):
    pass


async def test_our_count_is_the_servers(model: OllamaModel) -> None:
    await model.learn()
    for text in ("Où est l'entrée ? 🙂", "12.345,67 € für 2 Erwachsene\n\n  und…", "日本語 naïve"):
        prompt = model.render.closed(RULES, [], text)
        path, body = model._call(prompt, 1)
        theirs = (await model._client.ask(path, body))["prompt_eval_count"]
        assert model.count_tokens(prompt) == theirs


async def test_the_models_format_is_taken_apart(model: OllamaModel) -> None:
    await model.learn()
    assert model.render is not MESSAGES
    assert model.render.control


async def test_what_was_read_ahead_is_not_read_again(model: OllamaModel) -> None:
    await model.learn()
    passages = f"Passages: {time.time()} " + f"{HOURS} {TICKETS} {TRAM} " * 4
    prompt = model.render.closed(RULES, [], f"{passages}Question: When is it open?")
    await model.read(model.render.opened(RULES, [], passages))
    started = time.perf_counter()
    await first_piece(model, prompt)
    prepared = time.perf_counter() - started
    started = time.perf_counter()
    await first_piece(model, prompt.replace("Passages: ", "Other passages: "))
    cold = time.perf_counter() - started
    assert prepared < cold / 3


async def first_piece(model: ChatModel, prompt: str) -> str:
    async with aclosing(model.write(prompt)) as pieces:
        return await anext(pieces)


async def test_a_missing_model_is_told_with_its_remedy(settings: ModelSettings) -> None:
    async with open_model(settings.model_copy(update={"name": "no-such-model"})) as missing:
        with pytest.raises(ModelUnavailable, match="ollama pull no-such-model"):
            await missing.ready()


async def test_an_answer_that_nobody_wants_any_more_frees_the_model(model: OllamaModel) -> None:
    await model.learn()
    story = model.render.closed("You tell long stories.", [], "Tell me a story of the sea.")
    await first_piece(model, story)
    async with asyncio.timeout(20):
        assert await written(model, model.render.closed(RULES, [], "Say yes."))


class Found:
    """A grounder that has found these passages."""

    def __init__(self, lang: str, *texts: str) -> None:
        title = {"en": "Harbour Museum", "fr": "Mairie de Valmont", "de": "Stadtbad Lindau"}[lang]
        self._hits: tuple[Hit, ...] = tuple(hit(t, 0.9, lang=lang, title=title) for t in texts)
        self._lang = lang

    async def ground(self, question: str, kb: str, lang: str | None) -> Grounding:
        return Grounding(hits=self._hits, lang=self._lang, took_ms=0)

    async def prepare(self, kb: str) -> None:
        """Nothing is loaded here."""

    async def glance(self, words: str, kb: str) -> list[Hit]:
        return list(self._hits)

    @property
    def lead(self) -> float:
        return 0.01


async def answer(
    model: ChatModel, settings: ModelSettings, lang: str, texts: Sequence[str], question: str
) -> list[Event]:
    found = Found(lang, *texts)
    answerer = Answerer(found, model, settings, Ahead(found, model, settings, AheadSettings()))
    return [event async for event in answerer.answer(Turn(question=question, kb="k", lang=lang))]


@pytest.mark.parametrize(
    ("lang", "texts", "question", "fact"),
    [
        ("en", (HOURS, TICKETS), "When is the museum open?", "6 pm"),
        ("en", (DOGS, HOURS), "Can I bring my dog?", "not allowed"),
        ("en", (TICKETS, HOURS), "How much does a student pay?", "6 euros"),
        ("fr", (PASSPORT, BULKY), "Combien coûte un passeport ?", "86 euros"),
        ("fr", (BULKY, PASSPORT), "Quand ramassez-vous les encombrants ?", "premier mercredi"),
        ("de", (POOL, BATH), "Was kostet der Eintritt für Kinder?", "3 Euro"),
        ("de", (BATH, POOL), "Ist das Bad im August offen?", "geschlossen"),
    ],
)
async def test_what_the_passages_say_is_said_with_its_source(
    model: OllamaModel, settings: ModelSettings, lang: str, texts: tuple[str, ...],
    question: str, fact: str,
) -> None:  # fmt: skip
    events = await answer(model, settings, lang, texts, question)
    sentences = [event for event in events if isinstance(event, Sentence)]
    stated = [sentence for sentence in sentences if fact in sentence.text]
    assert stated, [event for event in events if isinstance(event, Sentence | Abstained)]
    assert 1 in stated[0].citations
    done = events[-1]
    assert isinstance(done, Done)
    assert done.tokens.answer > 0


@pytest.mark.parametrize(
    ("lang", "texts", "question"),
    [
        ("en", (HOURS, TICKETS), "Who is the mayor of the city?"),
        ("en", (TRAM, TICKETS), "Do you sell gift vouchers?"),
    ],
)
async def test_what_the_passages_do_not_say_is_refused(
    model: OllamaModel, settings: ModelSettings, lang: str, texts: tuple[str, ...], question: str
) -> None:
    events = await answer(model, settings, lang, texts, question)
    assert any(isinstance(event, Abstained) for event in events), events
