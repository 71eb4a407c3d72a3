import httpx
import pytest

from app.errors import ModelUnavailable
from tests.fakes.house import PaperHouse, until


async def test_a_visit_from_its_opening_to_its_end(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    opened = await api.post("/v1/visits", json={"kb": "museum", "lang": "fr"})
    visit = opened.json()
    assert opened.status_code == 201
    assert visit["room"] == f"visit-{visit['id']}"
    assert visit["livekit_url"] == "ws://127.0.0.1:7880"
    assert visit["token"] == f"{visit['identity']}@{visit['room']}"
    assert (visit["agent_name"], visit["lang"]) == ("groundling", "fr")
    await until(lambda: house.answerer.prepared == [("museum", "fr")])

    where = f"/v1/visits/{visit['id']}"
    reported = await api.patch(where, json={"stage_session": "s-1", "stage_seconds": 4.5})
    assert reported.status_code == 204
    found = (await api.get(where)).json()
    assert (found["state"], found["stage_seconds"], found["turns"]) == ("open", 4.5, [])

    assert (await api.delete(where)).status_code == 204
    assert (await api.delete(where)).status_code == 204
    found = (await api.get(where)).json()
    assert (found["state"], found["ended_reason"]) == ("ended", "ended by the visitor")
    assert house.rooms.jobs == {}


async def test_the_agent_may_end_a_visit(api: httpx.AsyncClient) -> None:
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    await api.patch(f"/v1/visits/{visit}", json={"state": "ended", "ended_reason": "left"})
    found = (await api.get(f"/v1/visits/{visit}")).json()
    assert (found["state"], found["ended_reason"]) == ("ended", "left")


async def test_a_model_that_cannot_read_ahead_keeps_no_visit_from_opening(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    house.answerer.fails_to_prepare = ModelUnavailable("Ollama is gone. Start it.")
    assert (await api.post("/v1/visits", json={})).status_code == 201


async def test_more_visits_than_places_are_a_conflict(api: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await api.post("/v1/visits", json={})).status_code == 201
    refused = await api.post("/v1/visits", json={})
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:groundling:problem:too-many-visits"


async def test_a_second_visitor_is_let_into_the_same_room(api: httpx.AsyncClient) -> None:
    first = (await api.post("/v1/visits", json={"lang": "fr"})).json()
    joined = await api.post(f"/v1/visits/{first['id']}/visitors")
    second = joined.json()
    assert joined.status_code == 201
    assert second["identity"] != first["identity"]
    assert second["token"] == f"{second['identity']}@{first['room']}"
    for same in ("id", "room", "livekit_url", "lang"):
        assert second[same] == first[same]


async def test_nobody_is_let_into_a_visit_that_ended(api: httpx.AsyncClient) -> None:
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    await api.delete(f"/v1/visits/{visit}")
    refused = await api.post(f"/v1/visits/{visit}/visitors")
    assert refused.status_code == 410
    assert refused.json()["type"] == "urn:groundling:problem:visit-over"
    assert "POST /v1/visits" in refused.json()["detail"]


async def test_a_visit_holds_so_many_visitors_and_no_more(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    visit = (await api.post("/v1/visits", json={})).json()
    where = f"/v1/visits/{visit['id']}/visitors"
    house.rooms.present[visit["room"]] = {"visitor-1", "visitor-2", "visitor-3", "visitor-4"}
    refused = await api.post(where)
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:groundling:problem:too-many-visitors"
    assert "GROUNDLING_API__VISITORS_AT_ONCE" in refused.json()["detail"]

    house.rooms.present[visit["room"]].remove("visitor-3")
    assert (await api.post(where)).status_code == 201


async def test_livekit_down_is_a_503(api: httpx.AsyncClient, house: PaperHouse) -> None:
    house.rooms.down = True
    refused = await api.post("/v1/visits", json={})
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:groundling:problem:visits-unavailable"


async def test_an_unknown_visit_is_a_404(api: httpx.AsyncClient) -> None:
    for answered in (
        await api.get("/v1/visits/nobody"),
        await api.delete("/v1/visits/nobody"),
        await api.post("/v1/visits/nobody/visitors"),
        await api.patch("/v1/visits/nobody", json={"stage_seconds": 1}),
    ):
        assert answered.status_code == 404
        assert answered.json()["type"] == "urn:groundling:problem:no-such-visit"


ASKED = {"question": "When do you open?", "turn": "t-1"}
HEARD = {"name": "t-1", "spoken": True, "turn_ms": 600, "asked_ms": -20, "heard_ms": 1400}


async def test_a_turn_that_was_heard_has_a_time_line(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    where = f"/v1/visits/{visit}"
    await api.post("/v1/answers", json=ASKED | {"visit": visit})
    assert (await api.get(where)).json()["turns"][0]["line"] == []

    assert (await api.patch(where, json={"turn": HEARD})).status_code == 204
    turn = (await api.get(where)).json()["turns"][0]
    assert turn["timings"]["line"] == {
        "spoken": True, "turn_ms": 600, "asked_ms": -20, "heard_ms": 1400
    }  # fmt: skip
    assert turn["timings"]["total_ms"] == 40
    assert turn["timings"]["act"] == "question"
    assert turn["line"][0] == {"name": "end_of_turn", "begin_ms": 0, "end_ms": 600}
    assert turn["line"][-1] == {"name": "heard", "begin_ms": 600, "end_ms": 1400}
    assert [told.name for told in house.tracing.turns] == ["t-1"]


async def test_of_a_turn_that_was_not_kept_nothing_is_told(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    told = await api.patch(f"/v1/visits/{visit}", json={"turn": HEARD})
    assert told.status_code == 204
    assert house.tracing.turns == []


@pytest.mark.parametrize(
    "wrong",
    [{"words": "hello"}, {"heard_ms": 10**9}, {"turn_ms": "soon"}, {"name": "x" * 65}],
    ids=str,
)
async def test_a_time_line_has_bounds(api: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    refused = await api.patch(f"/v1/visits/{visit}", json={"turn": HEARD | wrong})
    assert refused.status_code == 400
