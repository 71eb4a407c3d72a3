"""`/metrics`, after what callers did."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

from ingest.catalog.tally import RunsNow
from ingest.errors import CatalogUnavailable
from tests.fakes.house import PaperHouse

ASKED = {"question": "When do you open?", "turn": "t-1"}
HEARD = {"name": "t-1", "spoken": True, "turn_ms": 600, "asked_ms": -20, "heard_ms": 1400}
STEP = {"at": 1_764_000_000.25, "state": "degraded", "reason": "the avatar left the room"}


async def _samples(api: httpx.AsyncClient) -> dict[str, float]:
    answered = await api.get("/metrics")
    assert answered.status_code == 200
    assert answered.headers["content-type"].startswith("text/plain; version=")
    return {
        f"{sample.name}{{{','.join(sample.labels.values())}}}": sample.value
        for family in text_string_to_metric_families(answered.text)
        for sample in family.samples
    }


async def test_what_happens_is_counted_at_every_door(api: httpx.AsyncClient) -> None:
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    await api.post("/v1/answers", json=ASKED | {"visit": visit})
    chat = {"model": "museum", "messages": [{"role": "user", "content": "When do you open?"}]}
    await api.post("/v1/chat/completions", json=chat)
    for _ in range(2):  # reports may come twice
        await api.patch(f"/v1/visits/{visit}", json={"turn": HEARD, "avatar": STEP})
    assert (await _samples(api))["groundling_visits_open{}"] == 1
    for _ in range(2):
        await api.delete(f"/v1/visits/{visit}")
    samples = await _samples(api)
    assert samples["groundling_answers_total{en,answered}"] == 2
    assert samples["groundling_turn_seconds_count{heard,spoken}"] == 1
    assert samples["groundling_avatar_steps_total{avatar,degraded}"] == 1
    assert samples["groundling_visits_opened_total{}"] == 1
    assert samples["groundling_visits_ended_total{visitor}"] == 1
    assert samples["groundling_visits_open{}"] == 0
    assert samples["groundling_ahead_vain_tokens_total{}"] == 20


async def test_a_state_that_no_avatar_has_is_refused(api: httpx.AsyncClient) -> None:
    visit = (await api.post("/v1/visits", json={})).json()["id"]
    refused = await api.patch(f"/v1/visits/{visit}", json={"avatar": STEP | {"state": "dancing"}})
    assert refused.status_code == 400


class LostTally:
    async def now(self) -> RunsNow:
        raise CatalogUnavailable("The database does not answer. Start it.")


async def test_without_the_database_there_is_what_this_process_knows(
    api: httpx.AsyncClient, house: PaperHouse
) -> None:
    house.tally = LostTally()  # type: ignore[assignment]
    samples = await _samples(api)
    assert samples["groundling_database_up{}"] == 0
    assert samples["groundling_model_waiting{}"] == 2
