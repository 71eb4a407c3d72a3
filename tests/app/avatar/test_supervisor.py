"""A supervisor with a real client, against a small LITE server that fails when it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.avatar.carrier import Carrier
from app.avatar.lite import LiteClient
from app.avatar.onstage import ON_THE_WAY_S, StageVoice
from app.avatar.states import DEADLINES_S, State, States, Transition
from app.avatar.supervisor import Supervisor
from app.settings import AvatarSettings
from tests.fakes.carriers import PaperLedger, PaperOutlet, PaperPresence
from tests.fakes.house import until
from tests.fakes.lite import Lite, open_lite

SPEECH = b"\x00\x20" * 4_800  # 0.2 s


@dataclass
class Scene:
    lite: Lite
    supervisor: Supervisor
    presence: PaperPresence
    outlet: PaperOutlet
    ledger: PaperLedger
    changes: list[Transition]
    spoken: list[float] = field(default_factory=list)

    @property
    def path(self) -> list[str]:
        return [change.state.value for change in self.changes]

    @property
    def voice(self) -> Carrier:
        assert self.outlet.carrier is not None
        return self.outlet.carrier

    async def say(self) -> None:
        await self.voice.begin()
        await self.voice.speak(SPEECH)
        await self.voice.end()

    async def reaches(self, state: State) -> None:
        await until(lambda: self.supervisor.states.now is state)


@asynccontextmanager
async def scene(deadlines: dict[State, float] | None = None, **faults: Any) -> AsyncIterator[Scene]:
    changes: list[Transition] = []
    spoken: list[float] = []
    async with open_lite(**faults) as lite:
        presence, outlet, ledger = PaperPresence(), PaperOutlet(), PaperLedger()
        supervisor = Supervisor(
            LiteClient(AvatarSettings(url=lite.url)),
            presence,
            outlet,
            ledger,
            states=States(changes.append),
            on_spoken=spoken.append,
            pauses_s=(0.05,),
            deadlines_s={**DEADLINES_S, **(deadlines or {})},
        )
        supervisor.start()
        try:
            async with asyncio.timeout(10):
                await supervisor.settled()
                yield Scene(lite, supervisor, presence, outlet, ledger, changes, spoken)
        finally:
            await supervisor.aclose("the test ends")


BEGINNING = ["creating", "starting", "joining", "ready"]


async def test_an_avatar_comes_speaks_is_interrupted_and_is_stopped_once_noted() -> None:
    async with scene() as there:
        assert there.path == BEGINNING
        await there.say()
        await there.reaches(State.SPEAKING)
        await until(lambda: there.voice.done)
        assert there.supervisor.states.now is State.READY
        assert there.spoken == pytest.approx([0.2])
        await there.voice.begin()
        await there.voice.speak(SPEECH * 10)
        await there.reaches(State.SPEAKING)
        there.voice.hush()
        await there.reaches(State.READY)
        await there.supervisor.aclose("the visitor left")
        await there.supervisor.aclose("again")
    assert there.path[4:] == [
        *("speaking", "ready", "speaking", "interrupted", "ready", "stopping", "ended")
    ]
    assert there.changes[-1].reason == "the visitor left"
    assert there.lite.stopped == ["s1"] == there.ledger.opened == there.ledger.closed_ones
    assert there.ledger.unused == []
    assert there.outlet.carrier is None


async def test_a_lost_connection_is_made_again_to_the_same_session() -> None:
    async with scene() as there:
        voice = there.voice
        await there.lite.drop()
        await until(lambda: there.path[4:] == ["reconnecting", "ready"])
        assert there.voice is voice
        assert voice.ready
        await there.say()
        await until(lambda: there.voice.done)
        assert there.lite.started == ["s1"]
        assert there.lite.stopped == []


async def test_while_it_is_lost_the_voice_says_so_and_what_it_had_is_believed_heard() -> None:
    async with scene({State.RECONNECTING: 0.2}) as there:
        await there.voice.begin()
        await there.voice.speak(SPEECH)
        voice = there.voice
        there.lite.refuses = True
        await there.lite.drop()
        await there.reaches(State.RECONNECTING)
        assert voice.lost
        assert not voice.gone
        assert voice.head.started
        there.lite.refuses = False
        await until(lambda: there.path.count("ready") == 2)


async def test_a_connection_that_does_not_come_back_costs_a_new_session() -> None:
    async with scene({State.RECONNECTING: 0.2}) as there:
        there.lite.refuses = True
        await there.lite.drop()
        await there.reaches(State.DEGRADED)
        assert there.lite.stopped == ["s1"]
        assert there.outlet.carrier is None
        there.lite.refuses = False
        await there.reaches(State.READY)
        assert there.path[4:] == ["reconnecting", "degraded", *BEGINNING]
        assert there.lite.started == ["s1", "s2"]


async def test_an_avatar_that_leaves_the_room_is_replaced() -> None:
    async with scene() as there:
        voice = there.voice
        assert isinstance(voice, StageVoice)
        await there.say()
        await until(lambda: voice.head.heard_s > ON_THE_WAY_S)
        there.presence.left.set()
        await until(lambda: there.outlet.carrier not in (voice, None))
        # What it had just said had no time to reach the visitor.
        assert voice.head.unheard_s == ON_THE_WAY_S
        assert there.lite.stopped == ["s1"]
        assert "the avatar left the room" in [change.reason for change in there.changes]


async def test_for_a_room_that_is_gone_no_further_session_is_begun() -> None:
    async with scene() as there:
        there.presence.open = False
        there.presence.left.set()
        await there.reaches(State.DEGRADED)
        await asyncio.sleep(0.2)
        assert there.lite.stopped == there.ledger.opened == ["s1"]
        assert there.path[-1] == "degraded"


async def test_a_session_that_the_stage_ends_says_why() -> None:
    async with scene() as there:
        trouble = {"type": "server_error", "message": "no credits"}
        await there.lite.tell(type="error", error=trouble)
        await there.lite.tell(type="session.state_updated", state="closed")
        await there.reaches(State.DEGRADED)
        assert there.changes[4].reason == "the stage reported server_error: no credits"


async def test_a_silent_stage_is_found_out_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.avatar.onstage.SILENT_S", 0.1)
    async with scene(silent=True) as there:
        voice = there.voice
        await there.say()
        await until(lambda: voice.lost)
        assert voice.gone
        there.lite.silent = False
        await until(lambda: there.path.count("ready") == 2)
        assert there.lite.stopped == ["s1"]


async def test_a_stage_that_says_it_speaks_and_is_not_heard_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.avatar.hearing.UNHEARD_S", 0.2)
    async with scene() as there:
        voice = there.voice
        await there.say()
        await until(lambda: voice.done)
        there.presence.silent_s = 100.0  # between what is said, silence is no fault
        await voice.begin()
        await voice.speak(SPEECH * 5)
        await until(lambda: voice.gone)
        there.presence.silent_s = 0.0
        assert 0.1 < voice.head.unheard_s <= voice.head.sent_s
        await until(lambda: there.path.count("ready") == 3)
        assert there.lite.stopped == ["s1"]
    assert "the stage says that it speaks, and is silent" in [c.reason for c in there.changes]


@pytest.mark.parametrize("faults", [{"acknowledges": False}, {"ends": False}])
async def test_a_report_that_is_lost_holds_up_nothing(
    faults: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.avatar.onstage.UNENDED_S", 0.1)
    monkeypatch.setattr("app.avatar.onstage.DEADLINES_S", {State.INTERRUPTED: 0.1})
    async with scene(**faults) as there:
        await there.say()
        await until(lambda: there.voice.done)
        await there.voice.begin()
        await there.voice.speak(SPEECH * 5)
        await there.reaches(State.SPEAKING)
        there.voice.hush()
        await there.reaches(State.READY)
        await there.say()
        await until(lambda: there.voice.done)


@pytest.mark.parametrize(
    ("faults", "step", "stopped"),
    [
        ({"mint_delay_s": 5.0}, State.CREATING, []),
        ({"start_status": 503}, State.STARTING, ["s1"]),
        ({"refuses": True}, State.STARTING, ["s1"]),
        ({"joins": False}, State.JOINING, ["s1"]),
    ],
)
async def test_an_avatar_that_does_not_come_is_stopped_and_the_agent_may_speak(
    faults: dict[str, Any], step: State, stopped: list[str]
) -> None:
    # Only the step that fails is in a hurry: the others may be slow on a busy machine.
    limit_s = 3.0 if step is State.STARTING else 0.3
    async with scene({step: limit_s}, **faults) as there:
        assert there.path[-2:] == [step, "degraded"]
        assert there.lite.stopped == stopped
        assert there.outlet.carrier is None
        assert there.ledger.closed_ones == there.ledger.opened


async def test_what_is_refused_is_not_asked_for_again() -> None:
    async with scene(start_status=403) as there:
        await asyncio.sleep(0.2)
        assert there.path == ["creating", "starting", "degraded"]
        assert there.lite.stopped == ["s1"]


async def test_nothing_starts_that_the_ledger_does_not_know() -> None:
    async with scene(mint_delay_s=0.1) as there:
        there.ledger.down = True
        there.presence.left.set()
        await until(lambda: there.path.count("degraded") == 2)
        assert there.lite.started == ["s1"]


async def test_a_session_that_is_stopped_while_it_starts_is_stopped_and_costs_nothing() -> None:
    async with open_lite(joins=False) as lite, asyncio.timeout(5):
        presence, ledger = PaperPresence(), PaperLedger()
        presence.comes = False
        supervisor = Supervisor(
            LiteClient(AvatarSettings(url=lite.url)),
            presence,
            PaperOutlet(),
            ledger,
            states=States(),
        )
        supervisor.start()
        await until(lambda: supervisor.states.now is State.JOINING)
        await supervisor.aclose("the visitor left")
        assert lite.stopped == ["s1"] == ledger.closed_ones == ledger.unused
        assert supervisor.states.now is State.ENDED
