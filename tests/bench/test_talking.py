"""Questions asked in visits of five, and what is kept of each; the visitor is a fake."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bench.talk.figures import Turn
from bench.talk.questions import Question
from bench.talk.talking import talk
from tools.reply import NothingHeard, Reply

STEPS = Question(id="steps", text="How many steps are there?", facts=("152",))
PASSPORT = Question(id="passport", text="How do I renew my passport?", facts=())


class Room:
    """Gives visitors who hear the same of every question: these events, after so long."""

    def __init__(self, *events: dict[str, Any], wait_s: float | None = 1.5) -> None:
        self.events = [{"turn": "t", **event} for event in events]
        self.wait_s = wait_s
        self.absent = False
        self.reply = Reply(0.0)
        self.visits = 0

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Room"]:
        self.visits += 1
        yield self

    async def hear_opening(self, timeout_s: float) -> None:
        if self.absent:
            raise NothingHeard(f"The avatar did not appear within {timeout_s:.0f} s.")

    async def ask(self, question: Path, timeout_s: float) -> Reply:
        if self.wait_s is None:
            raise NothingHeard(f"{question}: nothing in {timeout_s} s")
        asked_at = time.monotonic() - 3
        heard_at = asked_at + self.wait_s
        reply = Reply(asked_at, sounds=[asked_at + 0.5, heard_at], sound=np.zeros(480, np.int16))
        for event in self.events:
            reply.take(event, heard_at + 0.1)
        return reply

    async def read(self, _: "Room") -> dict[str, dict[str, Any]]:
        """A record of a turn asked 2 s after its question's end, the best passage read before."""
        asked_at = datetime.now(UTC) - timedelta(seconds=1)
        ahead = {"best": "read", "best_ms": 2500}
        return {"t": {"asked_at": asked_at.isoformat(), "timings": {"ahead": ahead}}}


async def asked(room: Room, *questions: Question) -> list[Turn]:
    pairs = [(question, Path(f"{question.id}.wav")) for question in questions]
    return [one.turn for one in await talk(pairs, room.opened, room.read)]  # type: ignore[arg-type]


async def test_an_answered_turn_has_its_waits_its_words_and_its_record() -> None:
    room = Room(
        {"type": "understood", "text": "How many steps?"},
        {"type": "filler", "text": "One moment."},
        {"type": "sentence", "text": "152 steps lead up."},
    )
    (turn,) = await asked(room, STEPS)
    assert (turn.sound_s, turn.word_s) == (0.5, 1.5)
    assert (turn.outcome, turn.said, turn.filler) == ("right", "152 steps lead up.", True)
    assert turn.errors == (2, 5)
    assert turn.told == ["understood", "filler", "sentence"]
    assert turn.read_before_end is True
    assert turn.timings["ahead"]["best"] == "read"


async def test_refused_wrong_and_unheard_are_told_apart() -> None:
    (refused,) = await asked(Room({"type": "abstained", "text": "I'm sorry."}), PASSPORT)
    (wrong,) = await asked(Room({"type": "sentence", "text": "Ask the police."}), PASSPORT)
    (sorry,) = await asked(Room({"type": "apology", "text": "I'm sorry."}), STEPS)
    (lost,) = await asked(Room(wait_s=None), STEPS)
    outcomes = [turn.outcome for turn in (refused, wrong, sorry, lost)]
    assert outcomes == ["refused", "wrong", "apologised", "lost"]
    assert lost.word_s is None


async def test_a_visit_has_five_turns() -> None:
    room = Room({"type": "sentence", "text": "152."})
    turns = await asked(room, *[STEPS] * 7)
    assert room.visits == 2
    assert [turn.place for turn in turns] == [1, 2, 3, 4, 5, 1, 2]


async def test_a_visit_without_an_avatar_loses_its_questions_and_no_others() -> None:
    room = Room({"type": "sentence", "text": "152."})
    room.absent = True
    turns = await asked(room, STEPS, PASSPORT)
    assert [(turn.question, turn.outcome) for turn in turns] == [
        ("steps", "lost"),
        ("passport", "lost"),
    ]
