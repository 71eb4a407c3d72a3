"""The agent's audio output: says each utterance through the stage while it can, else by itself.

What LiveKit pauses because somebody made a sound goes on at the sentence that was cut.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
from livekit import rtc
from livekit.agents.voice import io

from app.avatar.carrier import Carrier
from app.avatar.take import Take, length_s
from app.avatar.utterance import SAMPLE_RATE, Sentence, Utterance

SENTENCES = "groundling.sentences"
"""The key of a frame's userdata under which stand the sentences that begin with it."""

logger = logging.getLogger(__name__)


class NobodyHears(Exception):
    """There is nothing left to speak with: the room is gone."""


class Mouth(io.AudioOutput):
    """Takes LiveKit's frames (24 kHz) and reports what of them was heard, sentence by sentence.

    `own` is the agent's own voice; `use` puts another carrier before it.
    """

    def __init__(self, own: Carrier) -> None:
        super().__init__(
            label="mouth",
            sample_rate=SAMPLE_RATE,
            capabilities=io.AudioOutputCapabilities(pause=True),
        )
        self._own = own
        self._carrier = own
        self._speaking_with = own
        self._utterances: deque[Utterance] = deque()
        self._open: Utterance | None = None
        self._dropping = False
        self._paused = False
        self._take: Take | None = None
        self._saying: asyncio.Task[None] | None = None

    def use(self, carrier: Carrier | None) -> None:
        """Speak through this one from the next sentence on; None: the agent's own voice."""
        self._carrier = carrier or self._own

    async def aclose(self) -> None:
        """Fall silent for good."""
        self.clear_buffer()
        if self._saying is not None:
            await asyncio.gather(self._saying, return_exceptions=True)

    async def capture_frame(self, frame: rtc.AudioFrame) -> None:
        """Say this after what was said before."""
        if self._dropping:
            return
        await super().capture_frame(frame)
        if self._open is None:
            self._open = Utterance()
            self._utterances.append(self._open)
        marks = cast("Sequence[Sentence]", frame.userdata.get(SENTENCES, ()))
        self._open.add(_mono(frame), marks)
        self._go_on()

    def flush(self) -> None:
        """The utterance is complete."""
        super().flush()
        self._dropping = False
        if self._open is not None:
            self._open.close()
            self._open = None

    def clear_buffer(self) -> None:
        """Fall silent now; the open utterance is over, whatever else comes of it."""
        self._hush()
        self._paused = False
        # LiveKit clears after flushing, but may also clear in the middle.
        self._dropping = self._dropping or self._open is not None
        self._open = None
        utterances, self._utterances = self._utterances, deque()
        for utterance in utterances:
            self._report(utterance, interrupted=True)

    def pause(self) -> None:
        """Fall silent now; `resume` begins the cut sentence again."""
        self._paused = True
        self._hush()
        if self._utterances:
            self._utterances[0].rewind()

    def resume(self) -> None:
        """Go on; when nothing is paused, nothing happens."""
        self._paused = False
        self._go_on()

    def _go_on(self) -> None:
        if self._utterances and not self._paused and self._saying is None:
            self._saying = asyncio.create_task(self._say(self._utterances[0]), name="mouth")
            self._saying.add_done_callback(self._said)

    async def _say(self, utterance: Utterance) -> None:
        while not utterance.over:
            carrier = self._carrier if self._carrier.ready else self._own
            self._speaking_with = carrier
            self._take = Take(utterance, carrier, self._started)
            await self._take.give(lambda: self._better_than(self._speaking_with))
            if self._own.lost and not self._better_than(self._own):
                raise NobodyHears("the agent's own track is gone, and so is the stage")

    def _better_than(self, carrier: Carrier) -> bool:
        return carrier is not self._carrier and self._carrier.ready

    def _said(self, task: asyncio.Task[None]) -> None:
        """The utterance was said, or cut, or a fault of ours broke it off."""
        if task is not self._saying:
            return
        self._saying = None
        if task.cancelled() or not self._utterances:
            return
        if (error := task.exception()) is not None:
            # A door: nobody may wait for ever for an utterance that broke.
            logger.error("utterance broke off", exc_info=error)
        self._report(self._utterances.popleft(), interrupted=error is not None)
        self._go_on()

    def _hush(self) -> None:
        saying, self._saying = self._saying, None
        if saying is None:
            return
        if self._take is not None:
            self._take.note()
        saying.cancel()
        self._speaking_with.hush()

    def _started(self) -> None:
        self.on_playback_started(created_at=time.time())

    def _report(self, utterance: Utterance, *, interrupted: bool) -> None:
        self.on_playback_finished(
            playback_position=length_s(utterance.at),
            interrupted=interrupted,
            synchronized_transcript=utterance.heard,
        )


def _mono(frame: rtc.AudioFrame) -> bytes:
    samples: Any = np.frombuffer(frame.data, np.int16)
    if frame.num_channels > 1:
        samples = samples.reshape(-1, frame.num_channels).mean(axis=1).astype(np.int16)
    return bytes(samples.tobytes())
