import json
from collections.abc import Callable

import httpx
import pytest

from app.agent.api import (
    Abstained,
    AnswerEvent,
    Done,
    Grounded,
    KnownName,
    Question,
    Said,
    Sentence,
)
from app.agent.http_api import HttpApi, open_api
from app.errors import AnswerLater, AnswerUnavailable
from app.settings import ApiSettings

QUESTION = Question(
    text="When?",
    turn="t1",
    visit="v1",
    kb=None,
    lang="en",
    history=(Said(role="visitor", text="Hi"),),
)
STREAM = """event: grounding
data: {"lang":"en","took_ms":3.2,"hits":[{"n":1,"url":"u","link":"u#a","title":"T","cosine":0.9}]}

: keep-alive

event: sentence
data: {"text":"At nine.","citations":[1]}

event: something_new
data: {}

event: abstained
data: {"text":"Not there.","reason":"nothing_found"}

event: done
data: {"timings":{"total_ms":5.0,"first_token_ms":null},"tokens":{"prompt":3,"answer":2}}

"""


def _api(answer: Callable[[httpx.Request], httpx.Response]) -> HttpApi:
    client = httpx.AsyncClient(base_url="http://api", transport=httpx.MockTransport(answer))
    return HttpApi(client, answer_timeout_s=1.0)


def _stream(text: str) -> httpx.Response:
    return httpx.Response(200, headers={"Content-Type": "text/event-stream"}, text=text)


async def _events(api: HttpApi) -> list[AnswerEvent]:
    return [event async for event in api.answer(QUESTION)]


async def test_an_answer_arrives_as_events() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return _stream(STREAM)

    grounded, sentence, abstained, done = await _events(_api(answer))
    assert isinstance(grounded, Grounded)
    assert (grounded.lang, grounded.hits[0].link, grounded.hits[0].headings) == ("en", "u#a", [])
    assert sentence == Sentence(text="At nine.", citations=[1])
    assert abstained == Abstained(text="Not there.", reason="nothing_found")
    assert isinstance(done, Done)
    assert done.tokens == {"prompt": 3, "answer": 2}
    assert asked[0].headers["Accept"] == "text/event-stream"
    assert json.loads(asked[0].content) == {
        "question": "When?",
        "turn": "t1",
        "visit": "v1",
        "lang": "en",
        "history": [{"role": "visitor", "text": "Hi"}],
    }


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (httpx.Response(503, json={"title": "No", "detail": "Ollama is down"}), "503: Ollama is"),
        (httpx.Response(502, text="<html>"), "502: Bad Gateway"),
        (httpx.Response(200, json={}), "text/event-stream"),
        (_stream('event: error\ndata: {"detail":"the model gave up"}\n\n'), "the model gave up"),
        (_stream('event: sentence\ndata: {"text":"At"}\n\n'), "broke off"),
        (_stream("event: sentence\ndata: {\n\n"), "cannot be read"),
    ],
)
async def test_what_goes_wrong_has_one_name(response: httpx.Response, reason: str) -> None:
    with pytest.raises(AnswerUnavailable, match=reason):
        await _events(_api(lambda request: response))


async def test_an_api_that_is_not_there_is_named() -> None:
    settings = ApiSettings(url="http://127.0.0.1:9")
    async with open_api(settings, answer_timeout_s=1.0) as api:
        with pytest.raises(AnswerUnavailable, match=r"GROUNDLING_API__URL"):
            async for _ in api.answer(QUESTION):
                pass
        with pytest.raises(AnswerUnavailable, match="report"):
            await api.report("v1", {"state": "ended"})


async def test_a_report_is_a_patch_of_the_visit() -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={})

    await _api(answer).report("v1", {"stage_seconds": 1.5})
    assert (sent[0].method, sent[0].url.path) == ("PATCH", "/v1/visits/v1")
    assert json.loads(sent[0].content) == {"stage_seconds": 1.5}


async def test_the_key_travels_as_a_bearer() -> None:
    settings = ApiSettings.model_validate({"key": "secret"})
    async with open_api(settings, answer_timeout_s=1.0) as api:
        assert isinstance(api, HttpApi)
        assert api.client.headers["Authorization"] == "Bearer secret"


async def test_a_busy_model_is_told_from_a_broken_one() -> None:
    problem = {"detail": "Eight questions wait.", "status": 503, "retry_after_s": 7}
    busy = httpx.Response(503, json=problem)
    for answer in (busy, _stream(f"event: error\ndata: {json.dumps(problem)}\n\n")):
        with pytest.raises(AnswerLater, match="Eight questions wait"):
            await _events(_api(lambda request, answer=answer: answer))  # type: ignore[misc]


async def test_names_come_with_the_words_that_are_not_meant() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == "http://api/v1/vocabulary?kb=museum"
        return httpx.Response(200, json={"names": [{"text": "Galley", "like": ["gallery"]}]})

    assert await _api(answer).names("museum") == [KnownName("Galley", ["gallery"])]


async def test_an_api_without_names_is_unavailable() -> None:
    with pytest.raises(AnswerUnavailable):
        await _api(lambda request: httpx.Response(404, json={"title": "Not Found"})).names(None)
