"""Asks questions aloud in visits of a few turns each, and measures every turn at the visitor."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.talk.figures import Outcome, Turn
from bench.talk.questions import Question
from bench.talk.words import has_fact, word_errors
from tools.progress import say
from tools.reply import NothingHeard, Reply
from tools.sound import Samples
from tools.stack import Stack
from tools.visitor import Visitor, open_visit

IN_A_VISIT = 5
OPENING_S = 60.0
ANSWER_S = 60.0
# The agent writes its own part of a turn's record after the answer was heard.
RECORDED_S = 1.5

Opened = Callable[[], AbstractAsyncContextManager[Visitor]]
"""Gives a visitor in a room where somebody answers."""
Records = Callable[[Visitor], Awaitable[dict[str, dict[str, Any]]]]
"""What was written down of a visit's turns, by their ids."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A turn, its sound, when (UTC) the question had ended, and which of the visit's it was."""

    turn: Turn
    sound: Samples | None
    ended: datetime
    id: str


async def talk(
    asked: Sequence[tuple[Question, Path]], opened: Opened, records: Records
) -> list[Asked]:
    """Each question once, `IN_A_VISIT` in a visit."""
    found: list[Asked] = []
    for begin in range(0, len(asked), IN_A_VISIT):
        some = asked[begin : begin + IN_A_VISIT]
        async with opened() as visitor:
            visit = [one async for one in _visit(visitor, some, begin, len(asked))]
            kept = await records(visitor)
        found += [replace(one, turn=_recorded(one, kept.get(one.id, {}))) for one in visit]
    return found


async def _visit(
    visitor: Visitor, some: Sequence[tuple[Question, Path]], before: int, of: int
) -> AsyncIterator[Asked]:
    try:
        await visitor.hear_opening(OPENING_S)
    except NothingHeard as error:
        say(f"  {error} Its {len(some)} questions are lost.")
        for place, (question, _) in enumerate(some, 1):
            yield _lost(question, place)
        return
    for place, (question, file) in enumerate(some, 1):
        one = await _ask(visitor, question, file, place)
        _tell(before + place, of, one.turn)
        yield one


def _lost(question: Question, place: int) -> Asked:
    turn = Turn(question=question.id, place=place, answerable=bool(question.facts))
    return Asked(turn, None, datetime.now(UTC), "")


async def _ask(visitor: Visitor, question: Question, file: Path, place: int) -> Asked:
    turn = Turn(question=question.id, place=place, answerable=bool(question.facts))
    try:
        reply = await visitor.ask(file, ANSWER_S)
        turn.word_s, turn.sound_s = round(reply.wait_s, 3), round(reply.sound_s, 3)
    except NothingHeard:
        lost = _lost(question, place)
        lost.turn.told = _told(visitor.reply)
        return lost
    turn.told = _told(reply)
    understood = reply.of("understood")
    turn.filler = bool(reply.of("filler"))
    # A question that a pause has cut in two is told again as a whole.
    turn.understood = understood[-1]["text"] if understood else ""
    turn.said = " ".join(line["text"] for line in reply.of("sentence") + reply.of("answered"))
    turn.outcome = _outcome(reply, turn.said, question)
    turn.errors = word_errors(question.text, turn.understood)
    ended = datetime.now(UTC) - timedelta(seconds=time.monotonic() - reply.asked_at)
    return Asked(turn, reply.sound, ended, understood[-1]["turn"] if understood else "")


def _told(reply: Reply) -> list[str]:
    return [event["type"] for event in reply.events]


def _outcome(reply: Reply, said: str, question: Question) -> Outcome:
    if reply.of("apology"):
        return "apologised"
    if reply.of("abstained"):
        return "refused"
    return "right" if question.facts and has_fact(said, question.facts) else "wrong"


def _recorded(one: Asked, record: dict[str, Any]) -> Turn:
    """The turn with what the API wrote down of it."""
    if not record:
        return one.turn
    ahead = record["timings"].get("ahead") or {}
    before = ahead.get("best_ms")
    asked_at = datetime.fromisoformat(record["asked_at"])
    read = before is not None and asked_at - timedelta(milliseconds=before) <= one.ended
    return replace(one.turn, timings=record["timings"], read_before_end=read if ahead else None)


def _tell(number: int, of: int, turn: Turn) -> None:
    waited = "nothing heard" if turn.word_s is None else f"{turn.word_s:5.2f} s"
    say(f"  {number:3}/{of}  {waited}  {turn.outcome:<10} {turn.question}")


def ours(stack: Stack, background: Samples | None = None) -> Opened:
    """Visits that our own agent attends."""
    return lambda: open_visit(stack.url("api"), background=background)


def our_records(stack: Stack) -> Records:
    """What the API has of a visit."""

    async def read(visitor: Visitor) -> dict[str, dict[str, Any]]:
        await asyncio.sleep(RECORDED_S)
        async with httpx.AsyncClient(base_url=stack.url("api"), timeout=30) as api:
            visit = (await api.get(f"/v1/visits/{visitor.visit['id']}")).json()
        return {turn["turn"]: turn for turn in visit["turns"]}

    return read


async def no_records(_: Visitor) -> dict[str, dict[str, Any]]:
    """Of a room that the API knows nothing of."""
    return {}
