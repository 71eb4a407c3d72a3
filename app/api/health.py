"""`/health`: this process is up; `/ready`: its neighbours answer."""

import asyncio
from dataclasses import asdict
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from app.answering.waiting import Load
from app.api.entrance import Entrance
from app.api.ports import Check
from app.api.problems import MEDIA_TYPE, OURS, NotOpenYet

# Longer than a neighbour that is well ever takes, shorter than what asks /ready will wait.
CHECK_S = 4.0


@get("/health", tags=["health"])
async def health() -> dict[str, str]:
    """Up, whatever the neighbours do."""
    return {"status": "ok"}


@get("/ready", tags=["health"])
async def ready(entrance: NamedDependency[Entrance]) -> Response[dict[str, Any]]:
    """Whether every neighbour answers; 503 with the reasons of those that do not.

    `model` is how busy the model is: answers that it writes, questions that wait for it.
    """
    try:
        house = entrance.house()
    except NotOpenYet as error:
        return _not_ready({"groundling": str(error)})
    states = await asyncio.gather(*(_state(check) for check in house.checks.values()))
    neighbours = dict(zip(house.checks, states, strict=True))
    if all(state == "ok" for state in states):
        return Response({"ready": True, "neighbours": neighbours, "model": asdict(house.load())})
    return _not_ready(neighbours, house.load())


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_S):
            await check()
    except TimeoutError:
        return f"no answer within {CHECK_S:.0f} s"
    except OURS as error:
        return str(error)
    return "ok"


def _not_ready(neighbours: dict[str, str], load: Load | None = None) -> Response[dict[str, Any]]:
    down = [f"{name}: {state}" for name, state in neighbours.items() if state != "ok"]
    content = {
        "type": "urn:groundling:problem:not-ready",
        "title": "A neighbour does not answer",
        "status": 503,
        "detail": "; ".join(down),
        "ready": False,
        "neighbours": neighbours,
        "model": asdict(load) if load else None,
    }
    return Response(content, status_code=503, media_type=MEDIA_TYPE)
