import asyncio
from collections.abc import AsyncGenerator
from typing import Any, cast

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import AgentSession
from livekit.rtc.event_emitter import EventEmitter

from app.agent.company import Company
from app.agent.mix import RATE, Mix
from tests.fakes.present import Person, PresentRoom

AGENT = rtc.ParticipantKind.PARTICIPANT_KIND_AGENT


class Link:
    """LiveKit's side: its own input, and whom it is linked to."""

    def __init__(self) -> None:
        self.audio_input = object()
        self.linked: list[str] = []

    def set_participant(self, identity: str) -> None:
        self.linked.append(identity)


class Input:
    """Tells an input that it is listened to, as LiveKit does."""

    def __init__(self, audio: object) -> None:
        self._audio = audio

    @property
    def audio(self) -> object:
        return self._audio

    @audio.setter
    def audio(self, audio: object) -> None:
        if isinstance(audio, Mix):
            audio.on_attached()
        self._audio = audio


class Session(EventEmitter[Any]):
    def __init__(self) -> None:
        super().__init__()
        self.room_io = Link()
        self.input = Input(self.room_io.audio_input)


class Party:
    """A visit of Anna's, with the avatar in the room, whose visitors hum at a height each."""

    def __init__(self) -> None:
        self.anna, self.ben = Person("visitor-a"), Person("visitor-b")
        self.avatar = Person("groundling-avatar", kind=AGENT)
        self.room = PresentRoom(self.avatar, self.anna)
        self.session = Session()
        self.company = Company(self.room.room, "visitor-a", self._hum, settle_s=0.02)

    def begins(self) -> None:
        self.company.hear(cast(AgentSession[None], self.session))

    async def _hum(self, track: object) -> AsyncGenerator[rtc.AudioFrame, None]:
        heights = {self.anna: 1, self.ben: 20, self.avatar: 300}
        height = next(
            height
            for person, height in heights.items()
            if person.track_publications and person.microphone is track
        )
        samples = np.full(RATE // 20, height, np.int16)
        while True:
            yield rtc.AudioFrame(samples.tobytes(), RATE, 1, samples.size)
            await asyncio.sleep(0.005)

    @property
    def audio(self) -> object:
        return self.session.input.audio

    @property
    def is_alone(self) -> bool:
        """Whether the session hears as LiveKit does by itself."""
        return self.audio is self.session.room_io.audio_input

    async def is_alone_soon(self) -> None:
        async with asyncio.timeout(1):
            while not self.is_alone:
                await asyncio.sleep(0.005)

    async def hears(self, height: int) -> None:
        """Return when all hum together at this height."""
        async with asyncio.timeout(1):
            while not isinstance(self.audio, Mix):
                await asyncio.sleep(0.005)
            while np.frombuffer((await anext(self.audio)).data, np.int16)[0] != height:
                pass


@pytest.fixture
def party() -> Party:
    return Party()


async def test_a_single_visitor_is_left_to_livekit(party: Party) -> None:
    party.begins()
    party.room.speaks(party.anna)
    party.room.speaks(party.avatar)
    assert party.is_alone
    assert party.session.room_io.linked == []


async def test_two_microphones_are_mixed_and_the_avatar_is_not(party: Party) -> None:
    party.begins()
    party.room.speaks(party.anna)
    party.room.speaks(party.avatar)
    party.room.comes(party.ben)
    assert party.is_alone
    party.room.speaks(party.ben)
    await party.hears(21)
    party.room.falls_silent(party.ben)
    await party.is_alone_soon()
    await party.company.aclose()


async def test_who_spoke_before_the_session_began_is_heard(party: Party) -> None:
    party.room.comes(party.ben)
    party.room.speaks(party.ben)
    party.room.speaks(party.anna)
    party.begins()
    await party.hears(21)
    await party.company.aclose()


async def test_when_the_first_visitor_leaves_the_other_is_heard_in_their_place(
    party: Party,
) -> None:
    party.begins()
    party.room.comes(party.ben)
    party.room.speaks(party.anna)
    party.room.speaks(party.ben)
    await party.hears(21)
    party.room.goes(party.anna)
    await party.hears(20)  # until LiveKit's input, which is linked anew, hears them as well
    await party.is_alone_soon()
    assert party.session.room_io.linked == ["visitor-b"]

    party.anna.track_publications.clear()
    party.room.comes(party.anna)
    party.room.speaks(party.anna)
    await party.hears(21)
    await party.company.aclose()


async def test_the_only_one_with_a_microphone_is_heard(party: Party) -> None:
    party.begins()
    party.room.comes(party.ben)
    party.room.speaks(party.ben)
    assert party.is_alone
    assert party.session.room_io.linked == ["visitor-b"]
    party.room.goes(party.ben)
    assert party.session.room_io.linked == ["visitor-b", "visitor-a"]


async def test_one_that_is_cut_off_and_comes_back_stays_linked(party: Party) -> None:
    party.begins()
    party.room.goes(party.anna)
    party.room.comes(party.anna)
    assert party.session.room_io.linked == []


async def test_a_session_that_has_ended_is_left_alone(party: Party) -> None:
    party.begins()
    party.session.emit("close", None)
    party.room.comes(party.ben)
    party.room.speaks(party.anna)
    party.room.speaks(party.ben)
    await asyncio.sleep(0.05)
    assert party.is_alone
    await party.company.aclose()


async def test_typed_turns_of_all_visitors_are_read_and_of_nobody_else(party: Party) -> None:
    read: list[tuple[object, str]] = []
    party.company.read()
    party.room.room.register_text_stream_handler("lk.chat", lambda *turn: read.append(turn))
    party.room.room.register_text_stream_handler("other", lambda *turn: read.append(turn))
    party.room.comes(party.ben)
    party.room.comes(Person("somebody"))
    for sender in ("visitor-a", "visitor-b", "somebody", "groundling-avatar", "nobody"):
        party.room.readers["lk.chat"](f"from {sender}", sender)
    party.room.readers["other"]("as it is", "somebody")
    assert read == [
        ("from visitor-a", "visitor-a"),
        ("from visitor-b", "visitor-a"),
        ("as it is", "somebody"),
    ]
