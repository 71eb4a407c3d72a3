"""The stage as a carrier of speech: what is sent to one LITE session, and what it reports of it."""

import asyncio
import logging
from collections.abc import Callable, Coroutine

from app.avatar.lite import LiteSession, ServerEvent
from app.avatar.playhead import Playhead
from app.avatar.states import DEADLINES_S, State, States
from app.avatar.utterance import BYTES_PER_S
from app.errors import StageUnavailable

logger = logging.getLogger(__name__)

# A stage that was given speech and does not begin is silent: LiveAvatar begins after 0.2 s.
SILENT_S = 2.0
# A stage that never says that it has ended is believed to have, this long after it should.
UNENDED_S = 1.0
# What an avatar has said when it vanishes and no visitor has heard yet: on its way, or in buffers.
# By a listener's ear a sentence lacked 0.16 s of what the clock took for heard (2026-11-23).
ON_THE_WAY_S = 0.15


class StageVoice:
    """Speaks through one session, over all its connections. Implements Carrier.

    `on_trouble` is told, once, when the stage takes speech and says nothing.
    """

    # With a voice that streams at 1.5 times real time the visitor sees the mouth move 136 ms after
    # its first frame, where LiveKit's plugin (0.6 s first) takes 471 (`python -m bench`, medians of
    # 8 rounds, 2026-11-23). How far ahead the rest is sent bounds what an interruption takes back;
    # that is reasoned, not measured.
    first_s = 0.1
    lead_s = 0.8

    def __init__(
        self,
        session: LiteSession,
        states: States,
        *,
        on_trouble: Callable[[StageUnavailable], None],
        on_spoken: Callable[[float], None],
    ) -> None:
        self._session = session
        self._states = states
        self._on_trouble = on_trouble
        self._on_spoken = on_spoken
        self.head = Playhead()
        self._ended = False
        self._finished = False
        self._cleared = asyncio.Event()
        self._cleared.set()
        self._connected = True
        self._broken = False
        self._gone = False
        self._hushing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ready(self) -> bool:
        return self._connected

    @property
    def lost(self) -> bool:
        if self._connected and not self.head.started and self.head.overdue_s > SILENT_S:
            self._give_up("the stage takes speech and says nothing")
        return self._broken or not self._connected

    @property
    def gone(self) -> bool:
        return self._gone

    @property
    def done(self) -> bool:
        if self._ended and self.head.started and self.head.overdue_s > UNENDED_S:
            logger.warning("the stage did not say that it ended")
            self._finish("the stage should have ended")
        return self._finished

    @property
    def sounding(self) -> bool:
        """Whether the visitor should be hearing it now."""
        return self.head.started and not self._finished and self.head.ahead_s > 0

    async def begin(self) -> None:
        if self._hushing is not None:
            await asyncio.wait({self._hushing})
        self.head = Playhead()
        self._ended = self._finished = self._broken = False

    async def speak(self, pcm: bytes) -> None:
        self.head.send(len(pcm) / BYTES_PER_S)
        try:
            await self._session.speak(pcm)
        except StageUnavailable as error:
            self._give_up(str(error))

    async def end(self) -> None:
        self._ended = True
        if not self.head.sent_s:
            self._finished = True
            return
        try:
            await self._session.speak_end()
        except StageUnavailable as error:
            self._give_up(str(error))

    def hush(self) -> None:
        """Also forgets the reports that are still on their way."""
        if not self._connected or self._finished or not self.head.sent_s:
            return
        self._account()
        self._finished = True
        self._cleared.clear()
        self._states.move_from(State.SPEAKING, State.INTERRUPTED, "the visitor interrupts")
        self._hushing = self._own(self._interrupt())

    def take(self, event: ServerEvent) -> None:
        """Note what the stage reports."""
        if event.cleared:
            self._acknowledge("the stage fell silent")
        elif not self._cleared.is_set():
            return  # said of what was interrupted
        elif event.started and self.head.sent_s and not self._finished:
            self.head.start()
            for before in (State.READY, State.INTERRUPTED):
                self._states.move_from(before, State.SPEAKING, "the avatar speaks")
        elif event.finished and self._ended and not self._finished and self._believable:
            self._finish("the avatar has spoken")

    def disconnect(self, *, gone: bool) -> None:
        """The connection is lost. Unless the avatar is gone, it says what it was given."""
        self._connected = False
        self._broken = True
        if gone and not self._gone:
            self.head.take_back(ON_THE_WAY_S)
        self._gone = self._gone or gone
        if not gone and self.head.sent_s and not self.head.started:
            self.head.start()
        if self.head.sent_s and not self._finished:
            self._account()
        self._cleared.set()

    def reconnect(self) -> None:
        """The same session can be spoken to again; what it was given before is heard out."""
        self._ended = True
        self._connected = True

    async def aclose(self) -> None:
        """Say nothing more."""
        self.disconnect(gone=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def _believable(self) -> bool:
        # Its beginning may have been lost on the way; its end is not believed before half of it
        # can have been heard, since it may be said of what came before.
        return self.head.started or self.head.overdue_s > self.head.sent_s / 2

    def _finish(self, reason: str) -> None:
        self._account()
        self._finished = True
        self._states.move_from(State.SPEAKING, State.READY, reason)

    def _account(self) -> None:
        self._on_spoken(self.head.sent_s)

    async def _interrupt(self) -> None:
        try:
            await self._session.interrupt()
        except StageUnavailable as error:
            self._give_up(str(error))
            return
        self._own(self._await_silence())

    async def _await_silence(self) -> None:
        try:
            await asyncio.wait_for(self._cleared.wait(), DEADLINES_S[State.INTERRUPTED])
        except TimeoutError:
            self._acknowledge("the stage did not acknowledge the interruption")

    def _acknowledge(self, reason: str) -> None:
        self._cleared.set()
        self._states.move_from(State.INTERRUPTED, State.READY, reason)

    def _give_up(self, reason: str) -> None:
        if self._connected:
            self.disconnect(gone=not self.head.started)
            self._on_trouble(StageUnavailable(reason))

    def _own(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
