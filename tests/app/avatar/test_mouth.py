import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
from livekit import rtc
from livekit.agents.voice.io import PlaybackFinishedEvent

from app.avatar.mouth import SENTENCES, Mouth
from app.avatar.utterance import Sentence
from tests.fakes.carriers import PaperCarrier
from tests.fakes.house import until

RATE = 24_000


class Stage:
    """A mouth with the agent's own voice and a stage, and what it reported."""

    def __init__(self) -> None:
        self.own, self.stage = PaperCarrier(), PaperCarrier()
        self.mouth = Mouth(self.own)
        self.mouth.use(self.stage)
        self.begun: list[str] = []
        self.started = 0
        self.finished: list[PlaybackFinishedEvent] = []
        self.mouth.on("playback_finished", self.finished.append)
        self.mouth.on("playback_started", self._on_started)

    async def playout(self) -> PlaybackFinishedEvent:
        async with asyncio.timeout(5):
            return await self.mouth.wait_for_playout()

    def _on_started(self, _event: object) -> None:
        self.started += 1

    async def say(self, *sentences: tuple[str, float], flush: bool = True) -> bytes:
        """Hand in sentences of these lengths in seconds; each sounds of its own number."""
        whole = b""
        for number, (text, length_s) in enumerate(sentences, 1):
            pcm = np.full(int(length_s * RATE), number, np.int16).tobytes()
            for begin in range(0, len(pcm), 960):
                piece = pcm[begin : begin + 960]
                frame = rtc.AudioFrame(piece, RATE, 1, len(piece) // 2)
                if begin == 0:
                    told = Sentence(text, lambda text=text: self.begun.append(text))
                    frame.userdata[SENTENCES] = [told]
                await self.mouth.capture_frame(frame)
            whole += pcm
        if flush:
            self.mouth.flush()
        return whole


@pytest.fixture
async def there() -> AsyncIterator[Stage]:
    there = Stage()
    yield there
    await there.mouth.aclose()


async def test_what_is_said_goes_to_the_stage_whole_and_in_time(there: Stage) -> None:
    whole = await there.say(("One. ", 0.1), ("Two. ", 0.1))
    await asyncio.sleep(0.06)
    assert len(there.stage.said) < len(whole)  # no more than the lead ahead
    assert there.begun == ["One. "]
    event = await there.playout()
    assert there.stage.said == whole
    assert there.begun == ["One. ", "Two. "]
    assert there.started == 1
    assert (event.interrupted, event.synchronized_transcript) == (False, "One. Two. ")
    assert event.playback_position == pytest.approx(0.2)
    assert not there.own.takes


async def test_a_stage_that_is_lost_says_what_it_has_and_the_agent_goes_on_behind_it(
    there: Stage,
) -> None:
    whole = await there.say(("One. ", 0.2), ("Two. ", 0.1))
    await until(lambda: len(there.stage.said) > 4000)
    there.stage.lost = True
    event = await there.playout()
    assert there.stage.said + there.own.said == whole
    assert there.own.said
    assert there.begun == ["One. ", "Two. "]
    assert not event.interrupted
    assert there.started == 1


async def test_a_stage_that_is_gone_is_taken_over_from_where_it_was_heard(there: Stage) -> None:
    there.stage.lead_s = 10
    whole = await there.say(("One. ", 0.3))
    await until(lambda: len(there.stage.said) == len(whole))
    await asyncio.sleep(0.05)
    there.stage.lost = there.stage.gone = True
    await there.playout()
    assert 0.2 < len(there.own.said) / len(whole) < 0.95
    assert whole.endswith(there.own.said)


async def test_what_a_stage_seemed_to_say_and_nobody_heard_is_said_again(there: Stage) -> None:
    there.stage.lead_s = 10
    whole = await there.say(("One. ", 0.8), ("Two. ", 0.8), ("Three. ", 0.3))
    await until(lambda: there.begun == ["One. ", "Two. "])
    await asyncio.sleep(0.3)
    there.stage.head.take_back(0.15)
    there.stage.lost = there.stage.gone = True
    event = await there.playout()
    assert there.own.said == whole[int(0.8 * RATE) * 2 :]
    assert event.synchronized_transcript == "One. Two. Three. "
    assert there.begun == ["One. ", "Two. ", "Three. "]


async def test_the_stage_takes_over_again_at_the_next_sentence(there: Stage) -> None:
    there.stage.lost = True
    whole = await there.say(("One. ", 0.1), ("Two. ", 0.1), ("Three. ", 0.1))
    await until(lambda: len(there.own.said) > 500)
    there.stage.lost = False
    await there.playout()
    assert there.own.said == whole[:4800]
    assert there.stage.said == whole[4800:]


async def test_an_interruption_keeps_the_sentences_that_were_heard(there: Stage) -> None:
    await there.say(("One. ", 0.1), ("Two. ", 0.5), ("Three. ", 0.5))
    await until(lambda: there.begun == ["One. ", "Two. "])
    there.mouth.clear_buffer()
    there.mouth.clear_buffer()
    assert there.stage.hushed == 1
    [event] = there.finished
    assert (event.interrupted, event.synchronized_transcript) == (True, "One. ")
    assert 0.1 <= event.playback_position < 0.3
    await there.say(("Next. ", 0.05))
    event = await there.playout()
    assert event.synchronized_transcript == "Next. "


async def test_what_still_comes_of_an_interrupted_utterance_is_dropped(there: Stage) -> None:
    await there.say(("One. ", 0.1), flush=False)
    await until(lambda: there.begun == ["One. "])
    there.mouth.clear_buffer()
    await there.say(("Two. ", 0.1))
    await there.say(("Next. ", 0.05))
    event = await there.playout()
    assert event.synchronized_transcript == "Next. "
    assert there.begun == ["One. ", "Next. "]


async def test_speech_cut_for_nothing_goes_on_at_the_sentence_that_was_cut(there: Stage) -> None:
    whole = await there.say(("One. ", 0.1), ("Two. ", 0.6), ("Three. ", 0.1))
    await until(lambda: there.begun == ["One. ", "Two. "])
    await asyncio.sleep(0.05)
    there.mouth.pause()
    assert there.stage.hushed == 1
    said = len(there.stage.takes[0])
    await asyncio.sleep(0.1)
    assert len(there.stage.takes[0]) == said
    there.mouth.resume()
    there.mouth.resume()
    event = await there.playout()
    assert bytes(there.stage.takes[1]) == whole[4800:]
    assert there.begun == ["One. ", "Two. ", "Three. "]
    assert event.synchronized_transcript == "One. Two. Three. "
    assert there.started == 1


async def test_a_sentence_nearly_heard_is_not_said_again(there: Stage) -> None:
    whole = await there.say(("One. ", 0.2), ("Two. ", 0.1))
    await until(lambda: bool(there.begun))
    await asyncio.sleep(0.13)
    there.mouth.pause()
    there.mouth.resume()
    await there.playout()
    assert bytes(there.stage.takes[1]) == whole[9600:]


async def test_a_pause_that_turns_into_an_interruption_ends_the_utterance(there: Stage) -> None:
    await there.say(("One. ", 0.6))
    await until(lambda: bool(there.begun))
    there.mouth.pause()
    there.mouth.clear_buffer()
    there.mouth.resume()
    event = await there.playout()
    assert (event.interrupted, event.synchronized_transcript) == (True, "")
