"""What a receiver hears of a visit at the API, over real sockets."""

import json
from pathlib import Path

import httpx

from app.api.server import create_app
from app.settings import Settings, WebhookSettings
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
