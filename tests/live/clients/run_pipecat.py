"""A pipecat pipeline with its avatar, given speech as a TTS gives it; a process of its own."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputImageRawFrame,
    OutputTransportReadyFrame,
    SpeechOutputAudioRawFrame,
    TTSAudioRawFrame,
    TTSStartedFrame,
    TTSStoppedFrame,
    UserStartedSpeakingFrame,
    UserStoppedSpeakingFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.heygen.api_liveavatar import (
    LiveAvatarApi,
    LiveAvatarNewSessionRequest,
    VideoEncoding,
    VideoQuality,
    VideoSettings,
)
from pipecat.services.heygen.client import ServiceType
from pipecat.services.heygen.video import HeyGenVideoService
from pipecat.transports.heygen.transport import HeyGenTransport
from pipecat.workers.runner import WorkerRunner

from tests.live.clients.lines import orders, tell
from tests.live.clients.sounds import RATE

FRAME = RATE // 50 * 2


class Returned(FrameProcessor):
    """What the client brings back from the room: the avatar's sound and pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self.pictures = 0

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, SpeechOutputAudioRawFrame | InputAudioRawFrame):
            self.seconds += frame.num_frames / frame.sample_rate
        elif isinstance(frame, OutputImageRawFrame):
            self.pictures += 1
        else:
            await self.push_frame(frame, direction)


def pipeline(kind: str, options: dict[str, Any], returned: Returned) -> Pipeline:
    if kind == "service":
        return Pipeline([HeyGenVideoService(**options), returned])
    transport = HeyGenTransport(**options)
    return Pipeline([transport.input(), returned, transport.output()])


def speech(pcm: bytes) -> list[Frame]:
    pieces = (pcm[at : at + FRAME] for at in range(0, len(pcm), FRAME))
    said = [TTSAudioRawFrame(audio=piece, sample_rate=RATE, num_channels=1) for piece in pieces]
    return [TTSStartedFrame(), *said, TTSStoppedFrame()]


INTERRUPTION = (UserStartedSpeakingFrame, InterruptionFrame, UserStoppedSpeakingFrame)


async def obey(worker: PipelineWorker, returned: Returned) -> AsyncIterator[str]:
    async for do, pcm in orders():
        if do == "speak":
            await worker.queue_frames(speech(pcm))
        elif do == "interrupt":
            await worker.queue_frames([kind() for kind in INTERRUPTION])
        else:
            await worker.stop_when_done()
            yield do
            return
        tell("done")


async def main(kind: str, url: str, key: str, avatar_id: str) -> None:
    LiveAvatarApi.BASE_URL = f"{url}/v1"
    low = VideoSettings(encoding=VideoEncoding.H264, quality=VideoQuality.low)
    asked = LiveAvatarNewSessionRequest(avatar_id=avatar_id, video_settings=low)
    async with aiohttp.ClientSession() as web:
        options = {
            "api_key": key,
            "session": web,
            "session_request": asked,
            "service_type": ServiceType.LIVE_AVATAR,
        }
        returned = Returned()
        worker = PipelineWorker(pipeline(kind, options, returned), enable_rtvi=False)
        started = asyncio.Event()
        worker.add_event_handler("on_pipeline_started", lambda *_: started.set())
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        running = asyncio.create_task(runner.run())
        await started.wait()
        # What the transport that sends to the visitor says when it is ready for sound.
        await worker.queue_frame(OutputTransportReadyFrame())
        tell("ready")
        async for do in obey(worker, returned):
            await running
            tell("done", last=do, returned_s=returned.seconds, pictures=returned.pictures)


asyncio.run(main(*sys.argv[1:]))
