import asyncio

import httpx
import pytest

from app.api import health
from app.errors import ModelUnavailable
from tests.fakes.house import PaperHouse


async def test_up_whatever_the_neighbours_do(api: httpx.AsyncClient, house: PaperHouse) -> None:
    house.rooms.down = True
    assert (await api.get("/health")).json() == {"status": "ok"}


async def test_ready_when_every_neighbour_answers(api: httpx.AsyncClient) -> None:
    answered = await api.get("/ready")
    assert answered.status_code == 200
    assert answered.json() == {
        "ready": True,
        "neighbours": {"database": "ok", "livekit": "ok"},
        "model": {"writing": 1, "waiting": 2},
    }


async def test_a_neighbour_that_is_down_is_named_with_its_reason(
    api: httpx.AsyncClient, house: PaperHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone() -> None:
        raise ModelUnavailable("Ollama does not answer. Start it.")

    async def silent() -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(health, "CHECK_S", 0.1)
    house.checks |= {"ollama": gone, "qdrant": silent}
    answered = await api.get("/ready")

    body = answered.json()
    assert answered.status_code == 503
    assert answered.headers["content-type"] == "application/problem+json"
    assert body["ready"] is False
    assert body["neighbours"]["ollama"] == "Ollama does not answer. Start it."
    assert "no answer within" in body["neighbours"]["qdrant"]
    assert body["neighbours"]["database"] == "ok"
    assert "ollama: Ollama does not answer" in body["detail"]
