"""Working ahead with the real API, embedder and model; the words come as an agent sends them.

Nothing is said of seconds: what else runs on the machine moves them. What the model's server had
left to read says the same.
"""

import asyncio
from typing import Any

import httpx

QUESTION = "When was the lighthouse built?"
OTHER = "How long is a boat trip?"
# The words around a question in the prompt, and the token that is read again.
AROUND = 30


async def test_a_question_that_was_listened_to_has_little_left_to_read(
    api: httpx.AsyncClient,
) -> None:
    # Whatever the server is still reading, it has read when it answers this.
    await _answer(api, question="Is there a lift?")
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    try:
        spoken = QUESTION.split()
        for count in range(2, len(spoken) + 1):
            await _listen(api, visit, " ".join(spoken[:count]))
            await asyncio.sleep(0.3)
        async with asyncio.timeout(180):
            heard = await _listen(api, visit, QUESTION)
            while not (heard["settled"] and heard["passages"]):
                await asyncio.sleep(1)
                heard = await _listen(api, visit, QUESTION)
        listened = await _answer(api, question=QUESTION, visit=visit, turn="t1")
        # Outside the visit, where the model may take its time.
        unprepared = await _answer(api, question=OTHER)
        record = (await api.get(f"/v1/visits/{visit}")).json()["turns"][0]
    finally:
        await api.delete(f"/v1/visits/{visit}")

    assert "1871" in " ".join(sentence["text"] for sentence in listened["sentences"])
    assert listened["sentences"][0]["citations"]
    assert listened["ahead"]["best"] == "read"
    assert listened["ahead"]["best_ms"] >= 0
    assert unprepared["ahead"] is None
    assert _left(listened) <= AROUND
    assert _left(listened) * 2 < _left(unprepared)
    assert listened["timings"]["prompt_ms"] < unprepared["timings"]["prompt_ms"]
    assert record["timings"]["ahead"] == listened["ahead"]


async def _listen(api: httpx.AsyncClient, visit: str, words: str) -> dict[str, int]:
    told = {"turn": "t1", "text": words, "history": []}
    answered = await api.post(f"/v1/visits/{visit}/listen", json=told)
    answered.raise_for_status()
    return dict(answered.json())


async def _answer(api: httpx.AsyncClient, **asked: str) -> dict[str, Any]:
    answered = await api.post("/v1/answers", json=asked)
    answered.raise_for_status()
    return dict(answered.json())


def _left(answer: dict[str, Any]) -> int:
    """The tokens of the prompt that the model had still to read when the question came."""
    return int(answer["tokens"]["prompt"]) - int(answer["tokens"]["reused"])
