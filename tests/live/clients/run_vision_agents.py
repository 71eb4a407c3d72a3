"""Vision Agents' avatar, given speech as its Agent gives it; a process of its own."""

import asyncio
import sys

from getstream.video.rtc.track_util import AudioFormat, PcmData
from vision_agents.core.agents.inference import AudioOutputChunk, AudioOutputStream
from vision_agents.plugins.liveavatar import Avatar

from tests.live.clients.lines import orders, tell
from tests.live.clients.sounds import RATE


class Returned:
    """What the client brings back from the room: the avatar's sound, for the application."""

    def __init__(self, avatar: Avatar) -> None:
        self.seconds = 0.0
        self._sound = avatar.audio_output()

    async def collect(self) -> None:
        async for item in self._sound:
            if isinstance(item, AudioOutputChunk) and item.data is not None:
                self.seconds += item.data.duration


async def main(url: str, key: str, avatar_id: str) -> None:
    avatar = Avatar(
        avatar_id, key, base_url=url, video_quality="low", width=640, height=360, fps=25
    )
    speech, returned = AudioOutputStream(), Returned(avatar)
    avatar.attach_audio_input(speech)
    collecting = asyncio.create_task(returned.collect())
    await avatar.start()
    tell("ready")
    async for do, pcm in orders():
        if do == "speak":
            data = PcmData.from_bytes(pcm, sample_rate=RATE, format=AudioFormat.S16, channels=1)
            await speech.send(AudioOutputChunk(data=data))
            await speech.send(AudioOutputChunk(final=True))
        elif do == "interrupt":
            speech.clear()
            await speech.flush()
        else:
            await avatar.close()
        tell("done", returned_s=returned.seconds)
        if do == "stop":
            break
    collecting.cancel()


asyncio.run(main(*sys.argv[1:]))
