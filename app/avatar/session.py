"""The avatar of a LiveKit agent: what the agent says goes to the stage, and nothing else does.

Its token lets it publish and send data, not hear the room. A stage that breaks off costs the
visitor one sentence at most: what waits for it is released, and `on_lost` says why.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import numpy as np
from livekit import rtc
from livekit.agents import AgentSession, utils
from livekit.agents.voice.avatar import (
    AudioSegmentEnd,
    AvatarSession,
    QueueAudioOutput,
)

from app.avatar.lite import SAMPLE_RATE, LiteClient, LiteSession, ServerEvent
from app.avatar.playback import Playback
from app.avatar.token import IDENTITY, mint_token
from app.errors import StageError, StageUnavailable
from app.settings import AvatarSettings, LiveKitSettings

logger = logging.getLogger(__name__)

_WATCH_S = 0.25


class LiteAvatar(AvatarSession[str]):
    """An avatar on the stage that the settings name.

    `on_seconds` is told the seconds of speech sent in all, after each utterance; `on_lost` is told
    once when the stage is gone for good. After that the agent's speech is swallowed, turn by turn,
    until the agent puts another audio output in its place.
    """

    def __init__(
        self,
        settings: AvatarSettings,
        livekit: LiveKitSettings,
        *,
        on_seconds: Callable[[float], None] | None = None,
        on_lost: Callable[[StageError], None] | None = None,
    ) -> None:
        super().__init__()
        self._settings = settings
        self._livekit = livekit
        self._on_seconds = on_seconds
        self._on_lost = on_lost
        self._lite: LiteSession | None = None
        self._output: QueueAudioOutput | None = None
        self._playback = Playback()
        self._finished = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = asyncio.Lock()
        self._farewell: asyncio.Task[None] | None = None
        self.lost = False

    @property
    def avatar_identity(self) -> str:
        return IDENTITY

    @property
    def provider(self) -> str:
        return "lite"

    @property
    def seconds_sent(self) -> float:
        """Seconds of speech that went to the stage."""
        return self._playback.total_s

    @property
    def stage_session(self) -> str | None:
        """The stage's id of this session."""
        return self._lite.id if self._lite is not None else None

    async def start(self, agent_session: AgentSession[Any], room: rtc.Room) -> None:
        """Bring the avatar into the room and let it speak for the agent; before `session.start`.

        Raises StageUnavailable or StageRefused; then nothing has changed, and the agent may go on
        with its own voice.
        """
        await super().start(agent_session, room)
        try:
            url = self._livekit.public_url or self._livekit.url
            token = mint_token(self._livekit, room.name, room.local_participant.identity)
            self._lite = await LiteClient(self._settings).create(url, room.name, token)
            await self._wait_seen()
        except BaseException:
            await self.aclose()
            raise
        output = QueueAudioOutput(sample_rate=SAMPLE_RATE, wait_playback_start=True)
        output.on("clear_buffer", self._on_clear)  # type: ignore[arg-type]
        self._output = output
        agent_session.output.replace_audio_tail(output)
        agent_session.on("close", self._on_session_closed)
        self._own(self._perform(self._lite, output))

    async def aclose(self) -> None:
        """Stop the session and take the avatar away. May be called again."""
        # Who calls again, while the first call still stops the session, waits for it.
        async with self._closing:
            tasks, self._tasks = self._tasks, set()
            await utils.aio.cancel_and_wait(*tasks)
            self._release(interrupted=True)
            lite, self._lite = self._lite, None
            if lite is not None:
                await lite.aclose()
            await super().aclose()

    async def _wait_seen(self) -> None:
        try:
            await self.wait_for_join(timeout=self._settings.join_timeout_s)
        except TimeoutError as error:
            raise StageUnavailable(
                "the stage says the avatar is in the room, but it is not: "
                "does GROUNDLING_LIVEKIT__PUBLIC_URL lead to the server the agent uses?"
            ) from error

    async def _perform(self, lite: LiteSession, output: QueueAudioOutput) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._forward(lite, output))
                group.create_task(self._follow(lite))
                group.create_task(self._watch())
        except* Exception as errors:
            error = next(_leaves(errors))
            if not isinstance(error, StageError):
                # A door: a fault of ours must not leave the agent waiting either.
                logger.exception("the avatar broke")
                error = StageUnavailable("the avatar broke; see the log")
            await self._lose(error, output)

    async def _forward(self, lite: LiteSession, output: QueueAudioOutput) -> None:
        async for item in output:
            if isinstance(item, AudioSegmentEnd):
                heard = self._playback.complete()
                await lite.speak_end()
                if heard is not None:
                    self._finish(heard, interrupted=False)
            else:
                self._playback.sent(item.samples_per_channel / SAMPLE_RATE)
                await lite.speak(_mono(item))

    async def _follow(self, lite: LiteSession) -> None:
        async for event in lite:
            self._take(event)
        raise StageUnavailable("the stage ended the session")

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_WATCH_S)
            if self._playback.overdue:
                raise StageUnavailable("the stage took speech and never said that it was heard")

    def _take(self, event: ServerEvent) -> None:
        if event.error is not None:
            extra = {"kind": event.error.type, "said": event.error.message}
            logger.warning("the stage reports trouble", extra=extra)
        elif event.cleared:
            self._playback.acknowledged()
        elif event.started and self._playback.started():
            if self._output is not None:
                self._output.notify_playback_started()
        elif event.finished and (heard := self._playback.finished()) is not None:
            self._finish(heard, interrupted=False)

    def _on_session_closed(self, _event: object) -> None:
        # Nothing more will be said, and every further minute is paid.
        self._farewell = asyncio.create_task(self.aclose())

    def _on_clear(self) -> None:
        """The visitor interrupts: the turn goes on at once, the stage is told in passing."""
        was_speaking = self._playback.pending
        self._release(interrupted=True)
        if was_speaking and self._lite is not None and not self.lost:
            self._own(self._interrupt(self._lite))

    async def _interrupt(self, lite: LiteSession) -> None:
        try:
            await lite.interrupt()
        except StageUnavailable as error:
            # The connection is gone; `_follow` finds the same and reports the loss.
            logger.debug("interruption not sent", exc_info=error)

    def _release(self, *, interrupted: bool) -> None:
        """End every segment that the agent still waits for."""
        heard = self._playback.abandon()
        while self._output is not None and self._finished < self._output.captured_playout_segments:
            self._finish(heard, interrupted=interrupted)
            heard = 0.0

    def _finish(self, heard: float, *, interrupted: bool) -> None:
        if self._output is None or self._finished >= self._output.captured_playout_segments:
            return
        self._finished += 1
        self._output.notify_playback_finished(heard, interrupted)
        if self._on_seconds is not None:
            self._on_seconds(self.seconds_sent)

    async def _lose(self, error: StageError, output: QueueAudioOutput) -> None:
        logger.warning("the stage is lost", extra={"reason": str(error)})
        self.lost = True
        self._release(interrupted=True)
        lite, self._lite = self._lite, None
        if lite is not None:
            self._own(lite.aclose())
        if self._on_lost is not None:
            self._on_lost(error)
        async for item in output:
            if isinstance(item, AudioSegmentEnd):
                self._finish(0.0, interrupted=True)

    def _own(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _mono(frame: rtc.AudioFrame) -> bytes:
    samples = np.frombuffer(frame.data, np.int16)
    if frame.num_channels > 1:
        samples = samples.reshape(-1, frame.num_channels).mean(axis=1).astype(np.int16)
    return samples.tobytes()


def _leaves(errors: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for error in errors.exceptions:
        if isinstance(error, ExceptionGroup):
            yield from _leaves(error)
        else:
            yield error
