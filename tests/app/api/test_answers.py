import asyncio
import json
import time

import httpx
import pytest

from app.answering.template import Exchange
from app.errors import ModelBusy, ModelUnavailable
from ingest.errors import IndexUnavailable
from tests.fakes.answerer import ABSTAINED, DONE, GROUNDED, SENTENCE
from tests.fakes.house import PaperHouse, until

QUESTION = {"question": "When do you open?"}
QUOTES = [
    {
        "n": 1,
        "text": "The museum opens at ten.",
        "url": "https://museum.example/visit",
        "anchor": "hours",
        "link": "https://museum.example/visit#hours",
        "title": "Visit",
        "page_date": None,
    }
]
STREAM = {"Accept": "text/event-stream"}


async def test_a_whole_answer_as_json(api: httpx.AsyncClient) -> None:
    answered = await api.post("/v1/answers", json=QUESTION)

    body = answered.json()
    assert answered.status_code == 200
    assert (body["lang"], body["abstained"], body["reason"]) == ("en", False, None)
    assert body["sentences"] == [
        {"text": "The museum opens at ten.", "citations": [1], "quotes": QUOTES}
    ]
    assert [hit["link"] for hit in body["hits"]] == ["https://museum.example/visit#hours"]
    assert body["timings"]["total_ms"] == 40
    assert body["tokens"] == {"prompt": 300, "answer": 9, "reused": 0}


async def test_an_abstention_as_json_still_has_a_sentence_to_say(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    house.answerer.script = (GROUNDED, ABSTAINED, DONE)
    body = (await api.post("/v1/answers", json=QUESTION)).json()

    assert (body["abstained"], body["reason"]) == (True, "nothing_found")
    assert body["sentences"] == [{"text": ABSTAINED.text, "citations": [], "quotes": []}]


async def test_an_answer_as_events(api: httpx.AsyncClient) -> None:
    answered = await api.post("/v1/answers", json=QUESTION, headers=STREAM)

    assert answered.headers["content-type"].startswith("text/event-stream")
    events = read(answered.text)
    assert [name for name, _ in events] == ["grounding", "sentence", "done"]
    grounding, sentence, done = (content for _, content in events)
    assert grounding["lang"] == "en"
    assert grounding["took_ms"] == 7
    assert grounding["hits"][0]["n"] == 1
    assert sentence == {"text": "The museum opens at ten.", "citations": [1], "quotes": QUOTES}
    assert done["timings"]["ground_ms"] == 7
    assert done["tokens"]["answer"] == 9


async def test_history_language_and_kb_reach_the_answerer(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    history = [
        {"role": "avatar", "text": "Hello!"},
        {"role": "visitor", "text": "Where are you?"},
        {"role": "avatar", "text": "At the harbour."},
        {"role": "avatar", "text": "By the lighthouse."},
        {"role": "visitor", "text": "And"},
    ]
    await api.post("/v1/answers", json=QUESTION | {"history": history, "lang": "fr", "kb": "m"})

    turn = house.answerer.turns[0]
    assert (turn.kb, turn.lang) == ("m", "fr")
    assert turn.history == (
        Exchange(asked="Where are you?", answered="At the harbour. By the lighthouse."),
    )
    assert turn.unanswered == ("And",)


@pytest.mark.parametrize("headers", [{}, STREAM])
async def test_what_is_down_before_the_first_event_is_a_503(
    api: httpx.AsyncClient, house: PaperHouse, headers: dict[str, str]
) -> None:
    house.answerer.script = (IndexUnavailable("Qdrant does not answer. Start it."),)
    answered = await api.post("/v1/answers", json=QUESTION, headers=headers)

    assert answered.status_code == 503
    assert answered.json()["type"] == "urn:groundling:problem:knowledge-unavailable"


async def test_a_model_that_goes_away_is_an_error_event_once_the_stream_has_begun(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    house.answerer.script = (GROUNDED, SENTENCE, ModelUnavailable("Ollama is gone. Start it."))
    answered = await api.post("/v1/answers", json=QUESTION, headers=STREAM)

    name, problem = read(answered.text)[-1]
    assert answered.status_code == 200
    assert name == "error"
    assert problem["type"] == "urn:groundling:problem:model-unavailable"
    assert problem["detail"] == "Ollama is gone. Start it."
    assert (await api.post("/v1/answers", json=QUESTION)).status_code == 503


async def test_who_finds_the_model_busy_is_told_when_to_come_back(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    busy = ModelBusy("Eight questions wait. Ask again.", retry_after_s=7)
    house.answerer.script = (GROUNDED, busy)
    answered = await api.post("/v1/answers", json=QUESTION)
    assert (answered.status_code, answered.headers["Retry-After"]) == (503, "7")
    assert answered.json()["type"] == "urn:groundling:problem:model-busy"
    streamed = await api.post("/v1/answers", json=QUESTION, headers=STREAM)
    name, problem = read(streamed.text)[-1]
    assert (name, problem["retry_after_s"]) == ("error", 7)


@pytest.mark.parametrize("headers", [{}, STREAM])
@pytest.mark.parametrize("begun", [(), (GROUNDED, SENTENCE)])
async def test_the_model_stops_at_once_when_the_caller_goes_away(
    served: httpx.AsyncClient,
    house: PaperHouse,
    headers: dict[str, str],
    begun: tuple[object, ...],
) -> None:
    house.answerer.script = (*begun, asyncio.Event())  # type: ignore[assignment]
    asking = asyncio.create_task(_read_some(served, headers))
    await until(lambda: house.answerer.turns)
    await asyncio.sleep(0.1)
    assert not house.answerer.stopped.is_set()

    left = time.perf_counter()
    asking.cancel()
    async with asyncio.timeout(2):
        await house.answerer.stopped.wait()
    assert time.perf_counter() - left < 0.5


async def test_a_completed_turn_is_kept_in_its_visit(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    visit = (await house.visits.open("museum", "de")).visit.id
    await api.post("/v1/answers", json=QUESTION | {"visit": visit, "turn": "t1"}, headers=STREAM)

    read = (await api.get(f"/v1/visits/{visit}")).json()
    assert house.answerer.turns[0].kb == "museum"
    assert house.answerer.turns[0].lang == "de"
    assert len(read["turns"]) == 1
    turn = read["turns"][0]
    assert (turn["turn"], turn["question"]) == ("t1", "When do you open?")
    assert turn["answer"] == "The museum opens at ten."
    assert turn["citations"] == [
        {"n": 1, "link": "https://museum.example/visit#hours", "title": "Visit"}
    ]


async def test_a_visit_can_pin_the_language_of_its_answers(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    opened = (await api.post("/v1/visits", json={"lang": "fr", "lang_pinned": True})).json()
    await api.post("/v1/answers", json=QUESTION | {"visit": opened["id"], "lang": "de"})
    turn = house.answerer.turns[0]
    assert (turn.lang, turn.pinned) == ("fr", True)
    assert turn.answered_in("en") == "fr"
    assert (await api.get(f"/v1/visits/{opened['id']}")).json()["lang_pinned"] is True


async def test_a_turn_that_breaks_off_is_not_kept(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    visit = (await house.visits.open("museum", "en")).visit.id
    house.answerer.script = (GROUNDED, SENTENCE, ModelUnavailable("gone"))
    await api.post("/v1/answers", json=QUESTION | {"visit": visit}, headers=STREAM)

    assert (await api.get(f"/v1/visits/{visit}")).json()["turns"] == []


async def test_an_answer_in_an_unknown_visit_is_refused_before_the_model_is_asked(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    answered = await api.post("/v1/answers", json=QUESTION | {"visit": "nobody"}, headers=STREAM)
    assert answered.status_code == 404
    assert house.answerer.turns == []


async def _read_some(api: httpx.AsyncClient, headers: dict[str, str]) -> None:
    async with api.stream("POST", "/v1/answers", json=QUESTION, headers=headers) as answered:
        async for _ in answered.aiter_lines():
            pass


def read(stream: str) -> list[tuple[str, dict[str, object]]]:
    events = []
    for block in stream.strip().split("\n\n"):
        name, data = block.split("\n")
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events
