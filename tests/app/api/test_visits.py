import httpx

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


async def test_livekit_down_is_a_503(api: httpx.AsyncClient, house: PaperHouse) -> None:
    house.rooms.down = True
    refused = await api.post("/v1/visits", json={})
    assert refused.status_code == 503
    assert refused.json()["type"] == "urn:groundling:problem:visits-unavailable"


async def test_an_unknown_visit_is_a_404(api: httpx.AsyncClient) -> None:
    for answered in (
        await api.get("/v1/visits/nobody"),
        await api.delete("/v1/visits/nobody"),
        await api.patch("/v1/visits/nobody", json={"stage_seconds": 1}),
    ):
        assert answered.status_code == 404
        assert answered.json()["type"] == "urn:groundling:problem:no-such-visit"
