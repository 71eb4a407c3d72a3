"""What a receiver hears of a visit at the API, over real sockets."""

import json
from pathlib import Path

import httpx

from app.api.server import create_app
from app.settings import Settings, WebhookSettings
from tests.app.test_metrics import STANDING
from tests.app.visits.test_webhooks import SECRET, verify
from tests.fakes.house import open_paper_house, serving, until
from tests.fakes.receiver import receiver

ASKED = {"question": "When do you open?", "turn": "t-1"}
STEP = {"at": 1_764_000_000.25, "state": "degraded", "reason": "the avatar left the room"}


async def test_a_receiver_that_fails_twice_hears_of_the_whole_visit(
    tmp_path: Path, settings: Settings
) -> None:
    with receiver(500, 503) as server:
        webhooks = WebhookSettings.model_validate({"urls": [server.url], "secret": SECRET})
        async with (
            open_paper_house(tmp_path, webhooks) as house,
            serving(create_app(house, settings)) as url,
            httpx.AsyncClient(base_url=url, timeout=10) as api,
        ):
            visit = (await api.post("/v1/visits", json={"kb": "museum"})).json()["id"]
            await until(lambda: len(server.came) == 3)
            for _ in range(2):  # reports may come twice
                await api.post("/v1/answers", json=ASKED | {"visit": visit})
                await api.patch(f"/v1/visits/{visit}", json={"avatar": STEP})
                await api.delete(f"/v1/visits/{visit}")
            await until(lambda: len(server.came) == 6)
            counted = (await api.get("/metrics")).text
        ids = verify(server)
        bodies = [json.loads(body) for _, body in server.came]
    assert 'groundling_webhooks_total{outcome="put_off"} 2.0' in counted
    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids)) == 4
    assert {body["data"]["visit"] for body in bodies} == {visit}
    assert {body["type"] for body in bodies} == {
        "visit.opened", "turn.answered", "avatar.degraded", "visit.ended"
    }  # fmt: skip
    assert not [words for words in ("When do", "The museum opens") if words in str(bodies)]


async def test_what_was_given_up_can_be_seen_and_tried_again(
    tmp_path: Path, settings: Settings
) -> None:
    with receiver(410) as server:
        webhooks = WebhookSettings.model_validate(
            {"urls": [server.url], "secret": SECRET, "events": ["visit.opened"]}
        )
        settings.webhooks = webhooks
        async with (
            open_paper_house(tmp_path, webhooks) as house,
            serving(create_app(house, settings)) as url,
            httpx.AsyncClient(base_url=f"{url}/v1/webhooks", timeout=10) as api,
        ):
            visit = (await house.visits.open("museum", "en")).visit.id
            await until(lambda: "given_up" in house.metrics.text(STANDING).decode())
            [given_up] = (await api.get("")).json()["messages"]
            assert (given_up["type"], given_up["visit"]) == ("visit.opened", visit)
            assert (given_up["attempts"], given_up["trouble"]) == (1, "it answered 410")
            assert given_up["receiver"] == "127.0.0.1"
            assert given_up["due_at"] is None
            assert (await api.post("/again")).json() == {"messages": 1}
            assert (await api.get("")).json() == {"messages": []}
            [waiting] = (await api.get("", params={"state": "waiting"})).json()["messages"]
            assert (waiting["message"], waiting["attempts"]) == (given_up["message"], 0)
            await house.visits.open("museum", "en")  # wakes who delivers
            await until(lambda: len(server.came) == 3)
            assert (await api.get("", params={"state": "lost"})).status_code == 400
        assert verify(server).count(given_up["message"]) == 2
