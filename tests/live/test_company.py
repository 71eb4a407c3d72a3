"""Two visitors in one visit: each is heard, both are answered, and the last one ends it."""

import asyncio
import time
from collections.abc import Sequence

import httpx

from tools.hearing import transcribe
from tools.places import ROOT
from tools.reply import LINES, Event, Reply
from tools.stack import Stack
from tools.visitor import Visitor, join_visit, open_visit

SPOKEN = ROOT / "data" / "spoken"
ANSWER_S = 120.0
OPENING_S = 60.0


async def test_whoever_comes_late_is_told_heard_and_answered_like_the_first(
    stack: Stack, api: httpx.AsyncClient
) -> None:
    async with open_visit(stack.url("api")) as first:
        await first.hear_opening(OPENING_S)
        before = await first.ask("When was the lighthouse built?", ANSWER_S)
        visit = first.visit["id"]
        async with join_visit(stack.url("api"), visit) as second:
            async with asyncio.timeout(10):
                while not second.reply.of("done"):
                    await asyncio.sleep(0.05)
            assert conversation(second.reply.events) == conversation(before.events)

            aloud = await ask_beside(first, second, "closing-time.wav")
            assert "close on saturday" in aloud.of("understood")[0]["text"].lower()
            heard = transcribe(aloud.sound).lower()
            assert any(hour in heard for hour in ("six", "6", "18", "eighteen")), heard

            aloud = await ask_beside(second, first, "lighthouse-steps.wav")
            assert "152" in said(aloud.events)
            typed = await second.ask("Is there a boat trip?", ANSWER_S)
            assert typed.of("understood")[0]["text"] == "Is there a boat trip?"

            await first.leave()
            # At once: the agent is still changing over to the one who is left.
            again = await second.ask(SPOKEN / "adult-ticket.wav", ANSWER_S)
            assert "ticket for an adult" in again.of("understood")[0]["text"].lower()
            assert "euros" in said(again.events)
            assert again.sounds
            record = (await api.get(f"/v1/visits/{visit}")).json()
            assert record["state"] == "open"
            assert len(record["turns"]) == 5

        async with asyncio.timeout(30):
            while (record := (await api.get(f"/v1/visits/{visit}")).json())["state"] != "ended":
                await asyncio.sleep(0.2)
    assert record["ended_reason"] == "participant_disconnected"
    assert all(stage["closed_at"] for stage in record["stage"])


async def test_a_room_holds_as_many_visitors_as_the_settings_say(stack: Stack) -> None:
    async with open_visit(stack.url("api")) as first, httpx.AsyncClient() as anyone:
        await first.hear_opening(OPENING_S)
        where = f"{stack.url('api')}/v1/visits/{first.visit['id']}"
        others = [join_visit(stack.url("api"), first.visit["id"]) for _ in range(3)]
        async with others[0], others[1], others[2]:
            refused = await anyone.post(f"{where}/visitors")
        await anyone.delete(where)
        over = await anyone.post(f"{where}/visitors")
    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:groundling:problem:too-many-visitors"
    assert over.status_code == 410


async def ask_beside(other: Visitor, asking: Visitor, spoken: str) -> Reply:
    """The reply to a question asked aloud, of which the other visitor sees and hears as much."""
    other.reply = Reply(asked_at=time.monotonic())
    reply = await asking.ask(SPOKEN / spoken, ANSWER_S)
    assert conversation(other.reply.events) == conversation(reply.events)
    # The same sound, in frames of 20 ms; the other one may hear its end a moment later.
    assert len(other.reply.sounds) > 0.8 * len(reply.sounds) > 0
    return reply


def conversation(events: Sequence[Event]) -> list[Event]:
    return [event for event in events if "turn" in event]


def said(events: Sequence[Event]) -> str:
    return " ".join(event["text"] for event in events if event["type"] in LINES)
