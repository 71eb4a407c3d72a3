"""`/metrics`: how things stand and what happened, for Prometheus."""

import asyncio
import logging

from litestar import Response, get
from litestar.di import NamedDependency

from app.api.ports import House
from app.api.problems import OURS
from app.metrics import MEDIA_TYPE
from app.standing import Standing

# Prometheus waits for ten seconds.
LOOK_S = 4.0

logger = logging.getLogger(__name__)


@get("/metrics", tags=["health"])
async def read_metrics(house: NamedDependency[House]) -> Response[bytes]:
    """What happened since this process began, and how things stand, in Prometheus' text form.

    Without what stands in the database where that does not answer.
    """
    visits = runs = None
    try:
        async with asyncio.timeout(LOOK_S):
            visits, runs = await house.visits.now(), await house.tally.now()
    except (TimeoutError, *OURS) as error:
        logger.warning("metrics without the database", extra={"reason": str(error)})
    standing = Standing(load=house.load(), spent=house.ahead.spent, visits=visits, runs=runs)
    return Response(house.metrics.text(standing), media_type=MEDIA_TYPE)
