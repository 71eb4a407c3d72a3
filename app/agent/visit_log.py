"""What the API is told about a visit; a report that fails is logged, and the visit goes on."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from app.agent.api import Api
from app.avatar.states import Transition
from app.errors import AnswerUnavailable, StageRefused, StageUnavailable

REPORTS_S = 5.0
# A third of the lease may be lost before it runs out.
_RENEWALS = 3

logger = logging.getLogger(__name__)


class VisitLog:
    """The reports of one visit. Implements the avatar's Ledger: nothing costs that is unknown."""

    def __init__(self, api: Api, visit: str) -> None:
        self._api = api
        self._visit = visit
        self._seconds = 0.0
        self._beside: set[asyncio.Task[None]] = set()

    async def opens(self, session: str) -> None:
        """A session of the stage is about to cost."""
        try:
            left = await self._api.renew(self._visit)
            if left is not None and left <= 0:
                raise StageRefused(
                    "the budget for the stage is spent: raise GROUNDLING_AVATAR__VISIT_CENTS "
                    "or GROUNDLING_AVATAR__MONTH_CENTS"
                )
            await self._api.report(self._visit, {"stage_session": session})
        except AnswerUnavailable as error:
            raise StageUnavailable(
                f"the session was not started, since the API could not note it: {error}"
            ) from error

    def closed(self, session: str, *, came: bool) -> None:
        """It costs no more."""
        self.start(self._report(stage_closed=session, stage_unused=not came))

    def step(self, change: Transition) -> None:
        """The avatar came into a state."""
        step = {"at": change.at, "state": change.state.value, "reason": change.reason[:2000]}
        self.start(self._report(avatar=step))

    def stage_seconds(self, total: float) -> None:
        """So many seconds of speech have gone to the stage in this visit."""
        self._seconds = total
        self.start(self._report(stage_seconds=total))

    def turn(self, name: str, times: Mapping[str, Any]) -> None:
        """When what happened in a turn of the visit."""
        self.start(self._report(turn={"name": name, **times}))

    async def renew(self, lease_s: float, on_left: Callable[[float], None]) -> None:
        """Say again and again that we live; `on_left` is told the seconds left on the stage."""
        while True:
            try:
                left = await self._api.renew(self._visit)
            except AnswerUnavailable as error:
                extra = {"visit": self._visit, "reason": str(error)}
                logger.warning("lease not renewed", extra=extra)
            else:
                if left is not None:
                    on_left(left)
            await asyncio.sleep(lease_s / _RENEWALS)

    async def close(self, reason: str) -> None:
        """The visit is over; returns when the API knows, or cannot be told."""
        if self._beside:
            await asyncio.wait(self._beside, timeout=REPORTS_S)
        logger.info("visit ends", extra={"visit": self._visit, "reason": reason})
        await self._report(state="ended", ended_reason=reason, stage_seconds=self._seconds)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside the conversation, and before the visit's end is reported."""
        task = asyncio.create_task(work)
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _report(self, **facts: Any) -> None:
        try:
            await self._api.report(self._visit, facts)
        except AnswerUnavailable as error:
            logger.warning("visit not reported", extra={"visit": self._visit, "reason": str(error)})
