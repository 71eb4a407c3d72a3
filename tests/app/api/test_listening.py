import httpx
import pytest

from app.answering.listened import Words
from app.answering.template import Exchange
from tests.fakes.house import PaperHouse


async def opened(api: httpx.AsyncClient) -> str:
    return str((await api.post("/v1/visits", json={"kb": "museum"})).json()["id"])


async def test_words_are_passed_on_with_what_was_said_before(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    visit = await opened(api)
    history = [{"role": "visitor", "text": "Hello?"}, {"role": "avatar", "text": "Hello."}]
    words = {"turn": "t1", "text": "When do you", "history": history}
    answered = await api.post(f"/v1/visits/{visit}/listen", json=words)
    await api.post(f"/v1/visits/{visit}/listen", json={**words, "history": None, "final": True})
    await api.post(f"/v1/visits/{visit}/listen", json={**words, "text": "  "})
    assert (answered.status_code, answered.json()) == (
        200,
        {"tokens": 7, "passages": 1, "settled": False},
    )
    first = Words(
        visit=visit,
        turn="t1",
        kb="museum",
        text="When do you",
        history=(Exchange(asked="Hello?", answered="Hello."),),
    )
    assert house.ahead.heard[0] == first
    assert (house.ahead.heard[1].history, house.ahead.heard[1].final) == (None, True)
    assert len(house.ahead.heard) == 2


@pytest.mark.parametrize("end", ["DELETE", "PATCH"])
async def test_an_ended_visit_is_forgotten(
    api: httpx.AsyncClient, house: PaperHouse, end: str
) -> None:
    visit = await opened(api)
    await api.request(end, f"/v1/visits/{visit}", json={"state": "ended"} if end == "PATCH" else {})
    words = {"turn": "t1", "text": "When do you"}
    assert (await api.post(f"/v1/visits/{visit}/listen", json=words)).status_code == 200
    assert (house.ahead.heard, house.ahead.forgotten) == ([], [visit])


async def test_words_of_nobody_and_endless_ones_are_refused(api: httpx.AsyncClient) -> None:
    words = {"turn": "t1", "text": "When do you"}
    assert (await api.post("/v1/visits/nobody/listen", json=words)).status_code == 404
    visit = await opened(api)
    for wrong in ({"text": "When"}, {**words, "text": "a" * 5_000}, {**words, "more": 1}):
        assert (await api.post(f"/v1/visits/{visit}/listen", json=wrong)).status_code == 400
