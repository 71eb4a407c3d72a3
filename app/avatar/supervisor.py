"""Keeps an avatar session alive, and honest about it: created, joined, lost, brought back, stopped.

Whatever happens, the agent can speak: while there is no avatar, `outlet` is told to use nothing.
A session that was asked for is always stopped. Knows no LiveKit: see `app.avatar.ports`.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from tenacity import AsyncRetrying, retry_if_exception_type, wait_exponential

from app.avatar.hearing import unheard
from app.avatar.lite import LiteClient, LiteSession, ServerEvent
from app.avatar.onstage import StageVoice
from app.avatar.ports import Ledger, Outlet, Presence
from app.avatar.states import DEADLINES_S, State, States
from app.errors import StageError, StageRefused, StageUnavailable
from app.race import first

logger = logging.getLogger(__name__)

# After a session that failed, seconds until the next is asked for; then the visit stays without.
PAUSES_S = (1.0, 4.0, 15.0, 60.0)
_HINTS = {
    State.CREATING: "does the stage answer at GROUNDLING_AVATAR__URL?",
    State.STARTING: "the stage took the session and did not start it",
    State.JOINING: "can the stage reach the LiveKit server at GROUNDLING_LIVEKIT__PUBLIC_URL?",
}


@dataclass(frozen=True, slots=True)
class _Loss:
    reason: str
    gone: bool = False
    final: bool = False


class Supervisor:
    """One visit's avatar, over as many sessions as it takes."""

    def __init__(
        self,
        client: LiteClient,
        presence: Presence,
        outlet: Outlet,
        ledger: Ledger,
        *,
        states: States,
        on_spoken: Callable[[float], None] = lambda _: None,
        pauses_s: tuple[float, ...] = PAUSES_S,
        deadlines_s: Mapping[State, float] = DEADLINES_S,
    ) -> None:
        self._client = client
        self._presence = presence
        self._outlet = outlet
        self._ledger = ledger
        self.states = states
        self._on_spoken = on_spoken
        self._pauses_s = pauses_s
        self._deadlines_s = deadlines_s
        self._life: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._trouble: asyncio.Future[StageUnavailable] | None = None

    def start(self) -> None:
        """Bring the avatar, and go on bringing it back."""
        self._life = asyncio.create_task(self._live(), name="avatar")

    async def settled(self) -> None:
        """Return when it is first known whether the avatar came."""
        await self._settled.wait()

    async def aclose(self, reason: str) -> None:
        """Stop the session and take the avatar away. May be called again, by several at once."""
        if not self.states.over:
            self.states.move(State.STOPPING, reason)
            if self._life is not None:
                self._life.cancel()
        if self._life is not None:
            await asyncio.wait({self._life}, timeout=self._deadlines_s[State.STOPPING])
        self.states.move_from(State.STOPPING, State.ENDED, reason)
        self._settled.set()

    async def _live(self) -> None:
        reason = "the visitor is here"
        for pause_s in (*self._pauses_s, None):
            refused = False
            try:
                await self._perform(reason)
            except StageError as error:
                reason, refused = str(error), isinstance(error, StageRefused)
            except Exception:  # a door: a fault of ours must not leave the visit mute
                logger.exception("the avatar broke")
                reason = "the avatar broke; see the log"
            if self.states.now is not State.DEGRADED:
                self._move(State.DEGRADED, reason)
            self._settled.set()
            if refused or pause_s is None:
                return
            await asyncio.sleep(pause_s)
            if not self._presence.is_open():
                return  # the visit is over, and a session would cost without being seen

    async def _perform(self, reason: str) -> None:
        async with self._session(reason) as session:
            voice = StageVoice(
                session, self.states, on_trouble=self._on_trouble, on_spoken=self._on_spoken
            )
            self._outlet.use(voice)
            self._settled.set()
            try:
                await self._stay(session, voice)
            finally:
                self._outlet.use(None)
                await voice.aclose()

    @contextlib.asynccontextmanager
    async def _session(self, reason: str) -> AsyncIterator[LiteSession]:
        """A session whose avatar is in the room; stopped at the end, and the ledger told so."""
        self._move(State.CREATING, reason)
        presence, calls = self._presence, self._client.calls
        async with self._deadline(State.CREATING):
            terms = await calls.mint(presence.url, presence.room, presence.token())
        await self._ledger.opens(terms.session_id)
        came = False
        try:
            self._move(State.STARTING, "the stage gave a session")
            async with self._deadline(State.STARTING):
                session = await self._client.start(terms)
            async with session:
                self._move(State.JOINING, "the stage has started")
                try:
                    async with self._deadline(State.JOINING):
                        await session.wait_connected()
                        await presence.arrives()
                finally:
                    came = presence.here()
                self._move(State.READY, "the avatar is in the room")
                yield session
        finally:
            self._ledger.closed(terms.session_id, came=came)

    async def _stay(self, session: LiteSession, voice: StageVoice) -> None:
        """Follow the session over its connections; raises StageUnavailable when it is lost."""
        while True:
            loss = await self._first_loss(session, voice)
            voice.disconnect(gone=loss.gone)
            self._move(State.RECONNECTING, loss.reason)
            if loss.gone or loss.final or not await self._back(session, voice):
                raise StageUnavailable(loss.reason)
            voice.reconnect()
            self._move(State.READY, "the connection is back")
            self._outlet.use(voice)

    async def _first_loss(self, session: LiteSession, voice: StageVoice) -> _Loss:
        self._trouble = asyncio.get_running_loop().create_future()
        return await first(
            self._follow(session, voice),
            self._missed(),
            self._silent(voice),
            self._in_trouble(self._trouble),
        )

    async def _follow(self, session: LiteSession, voice: StageVoice) -> _Loss:
        reason = "the stage ended the session"
        try:
            async for event in session:
                reason = _said(event) or reason
                if event.over:
                    break
                voice.take(event)
        except StageUnavailable as error:
            return _Loss(str(error))
        return _Loss(reason, gone=True)

    async def _missed(self) -> _Loss:
        await self._presence.leaves()
        return _Loss("the avatar left the room", gone=True)

    async def _silent(self, voice: StageVoice) -> _Loss:
        await unheard(self._presence, voice)
        return _Loss("the stage says that it speaks, and is silent", gone=True)

    async def _in_trouble(self, trouble: asyncio.Future[StageUnavailable]) -> _Loss:
        return _Loss(str(await trouble), final=True)

    def _on_trouble(self, error: StageUnavailable) -> None:
        if self._trouble is not None and not self._trouble.done():
            self._trouble.set_result(error)

    async def _back(self, session: LiteSession, voice: StageVoice) -> bool:
        """Whether the same session could be connected to again, before its deadline."""

        async def gone() -> bool:
            await self._presence.leaves()
            voice.disconnect(gone=True)
            return False

        try:
            async with asyncio.timeout(self._deadlines_s[State.RECONNECTING]):
                return await first(self._reconnect(session), gone())
        except TimeoutError:
            return False

    async def _reconnect(self, session: LiteSession) -> bool:
        tries = AsyncRetrying(
            retry=retry_if_exception_type(StageUnavailable),
            wait=wait_exponential(multiplier=0.1, max=2),
            reraise=True,
        )
        async for attempt in tries:
            with attempt:
                await session.reconnect()
        return True

    @contextlib.asynccontextmanager
    async def _deadline(self, state: State) -> AsyncIterator[None]:
        limit_s = self._deadlines_s[state]
        try:
            async with asyncio.timeout(limit_s):
                yield
        except TimeoutError as error:
            raise StageUnavailable(
                f"the avatar was still {state} after {limit_s:.0f} s: {_HINTS[state]}"
            ) from error

    def _move(self, state: State, reason: str) -> None:
        if not self.states.over:
            self.states.move(state, reason)


def _said(event: ServerEvent) -> str | None:
    """What the stage complains of, which may be why it ends."""
    if event.end_reason is not None:
        return f"the stage ended the session: {event.end_reason}"
    if event.error is None:
        return None
    extra = {"kind": event.error.type, "said": event.error.message}
    logger.warning("the stage reports trouble", extra=extra)
    return f"the stage reported {event.error.type}: {event.error.message}"
