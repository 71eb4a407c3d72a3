import httpx
import pytest
from pydantic import SecretStr

from app.api.server import create_app
from app.settings import Settings
from tests.fakes.house import PaperHouse, until


@pytest.fixture(autouse=True)
def rooms(house: PaperHouse) -> None:
    """The rooms that callers are in; LiveKit's, not ours."""
    for room in ("RM_a", "RM_b", "RM_c"):
        house.rooms.jobs[room] = ""


async def test_a_call_has_one_visit_like_any_other(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    call = {"room": "RM_a", "kb": "museum", "lang": "fr"}
    opened = await api.post("/v1/calls", json=call)
    assert opened.status_code == 201
    visit = opened.json()
    assert (visit["kb"], visit["lang"]) == ("museum", "fr")
    await until(lambda: house.answerer.prepared == [("museum", "fr")])
    assert (await api.post("/v1/calls", json=call)).json() == visit

    where = f"/v1/visits/{visit['id']}"
    assert (await api.post(f"{where}/lease")).json() == {"stage_s": None}
    assert (await api.patch(where, json={"state": "ended"})).status_code == 204
    assert (await api.get(where)).json()["state"] == "ended"
    # The agent may be sent into the room again; the caller has been told goodbye by then.
    assert (await api.post("/v1/calls", json=call)).status_code == 404


async def test_what_is_left_out_is_the_installations_own(api: httpx.AsyncClient) -> None:
    visit = (await api.post("/v1/calls", json={"room": "RM_a"})).json()
    assert (visit["kb"], visit["lang"]) == ("default", "en")


async def test_ending_a_call_closes_its_room(api: httpx.AsyncClient, house: PaperHouse) -> None:
    visit = (await api.post("/v1/calls", json={"room": "RM_a"})).json()["id"]
    assert (await api.delete(f"/v1/visits/{visit}")).status_code == 204
    assert "RM_a" not in house.rooms.jobs


async def test_calls_and_visits_share_their_places(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    assert (await api.post("/v1/visits", json={})).status_code == 201
    assert (await api.post("/v1/calls", json={"room": "RM_a"})).status_code == 201
    refused = await api.post("/v1/calls", json={"room": "RM_b"})
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:groundling:problem:too-many-visits"
    # Who is on the line already keeps their place.
    assert (await api.post("/v1/calls", json={"room": "RM_a"})).status_code == 201

    del house.rooms.jobs["RM_a"]
    assert (await api.post("/v1/calls", json={"room": "RM_b"})).status_code == 201


@pytest.mark.parametrize(
    "call",
    [
        {},
        {"room": "call-_+493012345678_x"},
        {"room": "RM_a", "identity": "sip_+493012345678"},
        {"room": "RM_a", "lang": "English"},
    ],
    ids=str,
)
async def test_names_that_hold_a_number_are_not_taken(
    api: httpx.AsyncClient, call: dict[str, object]
) -> None:
    assert (await api.post("/v1/calls", json=call)).status_code == 400


async def test_calls_are_opened_with_the_key_alone(house: PaperHouse, settings: Settings) -> None:
    settings.api.key = SecretStr("open sesame")
    transport = httpx.ASGITransport(create_app(house, settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://groundling") as client:
        assert (await client.post("/v1/calls", json={"room": "RM_a"})).status_code == 401
        key = {"Authorization": "Bearer open sesame"}
        opened = await client.post("/v1/calls", json={"room": "RM_a"}, headers=key)
        assert opened.status_code == 201
