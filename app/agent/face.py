"""The avatar as the visitor meets it: what they are told of it, and when it says goodbye."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack

from livekit import rtc
from livekit.agents import AgentSession, UserStateChangedEvent

from app.agent.turns import Caption
from app.agent.visit_log import VisitLog
from app.avatar.session import LiteAvatar
from app.avatar.states import State, Transition
from app.avatar.unseen import Unseen
from app.phrases import Occasion, phrase
from app.settings import Settings

logger = logging.getLogger(__name__)

# The visitor hears of the end of the budget this long before it.
WARN_S = 60.0
# A goodbye takes about this long to say.
GOODBYE_S = 6.0
# Of the time that a visitor may say nothing, so much is left once they were asked for more.
_ASKED_SHARE = 1 / 3

Notice = tuple[Occasion, str]


def asked_after_s(away_s: float) -> float:
    """After how long a silence a visitor is asked for more, who may say nothing for `away_s`."""
    return away_s * (1 - _ASKED_SHARE)


class Face:
    """One visit's avatar, that of the settings if none is given.

    `tell` tells the page, `leave` ends the visit, with a reason. Who sees no avatar is left no
    voice either once they were bid goodbye.
    """

    def __init__(
        self,
        settings: Settings,
        tell: Callable[[Caption], None],
        log: VisitLog,
        *,
        lang: Callable[[], str],
        leave: Callable[[str], None],
        avatar: Unseen | None = None,
    ) -> None:
        self._settings = settings.avatar
        self._tell = tell
        self._keeps_voice = settings.avatar.keep_voice and avatar is None
        self._log = log
        self._lang = lang
        self._leave = leave
        self._session: AgentSession[None] | None = None
        self._seen = False
        self._warned = False
        self._ending: asyncio.TimerHandle | None = None
        self._asked: asyncio.TimerHandle | None = None
        self._farewell: asyncio.Task[None] | None = None
        self.avatar = avatar or LiteAvatar(
            settings.avatar,
            settings.livekit,
            log,
            on_change=self._changed,
            on_seconds=self._sent,
        )

    async def show(
        self, session: AgentSession[None], room: rtc.Room, house: AsyncExitStack
    ) -> None:
        """Bring the avatar, before the session starts; it leaves with the house."""
        self._session = session
        house.push_async_callback(self.aclose)
        renewing = asyncio.create_task(
            self._log.renew(self._settings.lease_s, self._left), name="lease"
        )
        house.callback(renewing.cancel)
        session.on("user_state_changed", self._on_user_state)
        await self.avatar.start(session, room)

    async def aclose(self) -> None:
        """Take the avatar away."""
        for timer in (self._ending, self._asked):
            if timer is not None:
                timer.cancel()
        if self._farewell is not None:
            self._farewell.cancel()
        await self.avatar.aclose()

    def _sent(self, total: float) -> None:
        self._tell({"type": "stage", "seconds": round(total, 3)})
        self._log.stage_seconds(total)

    def _changed(self, change: Transition) -> None:
        self._log.step(change)
        state = change.state
        told = {"type": "avatar", "state": state.value, "reason": change.reason}
        self._tell(told)
        if (
            state in (State.RECONNECTING, State.DEGRADED)
            and change.before is not State.RECONNECTING
        ):
            self._notice("faceless")
        elif state is State.READY and change.before in (State.JOINING, State.RECONNECTING):
            if self._seen:
                self._notice("face_back")
            self._seen = True

    def _notice(self, occasion: Occasion) -> None:
        self._tell({"type": "notice", "about": occasion, "text": phrase(occasion, self._lang())})

    def _left(self, stage_s: float) -> None:
        """The budget lets the avatar stay so long; told every few seconds."""
        if not self.avatar.states.performing:
            return
        if stage_s <= WARN_S and not self._warned:
            self._warned = True
            self._notice("soon")
        if self._ending is not None:
            self._ending.cancel()
        loop = asyncio.get_running_loop()
        self._ending = loop.call_later(
            max(0.0, stage_s - GOODBYE_S), self._take_leave, "the budget is spent"
        )

    def _on_user_state(self, event: UserStateChangedEvent) -> None:
        """Nobody has said anything for a while: one question, then goodbye."""
        if self._asked is not None:
            self._asked.cancel()
        if event.new_state != "away" or self.avatar.states.over:
            return
        self._ask_for_more()
        self._asked = asyncio.get_running_loop().call_later(
            self._settings.away_s * _ASKED_SHARE, self._take_leave, "the visitor was away"
        )

    def _ask_for_more(self) -> None:
        if self._session is not None and self._farewell is None:
            text = phrase("still_there", self._lang())
            self._notice("still_there")
            self._session.say(text, add_to_chat_ctx=False)

    def _take_leave(self, reason: str) -> None:
        if self._farewell is None:
            self._farewell = asyncio.create_task(self._say_goodbye(reason), name="farewell")

    async def _say_goodbye(self, reason: str) -> None:
        """Aloud, then the stage stops; without a face the visit goes on, or ends."""
        assert self._session is not None, "a face that was never shown takes no leave"
        occasion: Occasion = "rest" if self._keeps_voice else "goodbye"
        self._notice(occasion)
        speech = self._session.say(
            phrase(occasion, self._lang()), add_to_chat_ctx=False, allow_interruptions=False
        )
        try:
            await asyncio.wait_for(speech.wait_for_playout(), 2 * GOODBYE_S)
        except TimeoutError:
            logger.warning("goodbye not heard to its end")
        await self.avatar.stop_stage(reason)
        if not self._keeps_voice:
            self._leave(reason)
