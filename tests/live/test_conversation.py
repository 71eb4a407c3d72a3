"""Whole conversations in a real room, and what the visitor's ear made of them.

A fact, a follow-up, a question that the pages do not answer, an interruption, a cough, and a change
of language. What is heard is transcribed and held against what should have been said; the default
voice speaks English, so that answers in other languages are held against their captions.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from bench.talk.words import has_fact
from tools.hearing import transcribe
from tools.places import ROOT
from tools.reply import Reply
from tools.sound import RATE, Samples
from tools.stack import Stack
from tools.visitor import Visitor, open_visit

SPOKEN = ROOT / "data" / "spoken"
ANSWER_S = 120.0
LONG = "Tell me about Anna Brandt."
COUGH_S = 0.25
# What was heard for less than half of this is taken back, and asked again with what follows.
HEARD_S = 3.0


@dataclass(frozen=True, kw_only=True)
class Talk:
    """What is asked, and the ways to say what should come back."""

    fact: tuple[Path, list[str]]
    follow_up: tuple[str, list[str]]
    unanswerable: Path | str
    interruption: tuple[Path, list[str]]
    language: tuple[str, str]
    then: tuple[str, str]


TALKS = {
    "lighthouse": Talk(
        fact=(SPOKEN / "lighthouse-steps.wav", ["152"]),
        follow_up=("How tall is it?", ["38"]),
        unanswerable="Will it rain in London tomorrow?",
        interruption=(SPOKEN / "closing-time.wav", ["6", "18"]),
        language=("Auf Deutsch, bitte.", "Natürlich"),
        then=("Was kostet der Eintritt für Erwachsene?", "9 Euro"),
    ),
    "tickets": Talk(
        fact=(SPOKEN / "adult-ticket.wav", ["9"]),
        follow_up=("How much is it for students?", ["5"]),
        unanswerable=SPOKEN / "passport.wav",
        interruption=(SPOKEN / "closing-time.wav", ["6", "18"]),
        language=("En français, s'il vous plaît.", "Bien sûr"),
        then=("Combien de marches a le phare ?", "152 marches"),
    ),
    "boat": Talk(
        fact=(SPOKEN / "boat-trip.wav", ["45"]),
        follow_up=("What does it cost?", ["12"]),
        unanswerable=SPOKEN / "passport.wav",
        interruption=(SPOKEN / "adult-ticket.wav", ["9"]),
        language=("Auf Deutsch, bitte.", "Natürlich"),
        then=("Wie hoch ist der Leuchtturm?", "38 Meter"),
    ),
}


@pytest.mark.parametrize("name", TALKS)
async def test_a_conversation_is_heard_as_it_was_meant(stack: Stack, name: str) -> None:
    talk = TALKS[name]
    async with open_visit(stack.url("api")) as visitor:
        await visitor.hear_opening(ANSWER_S)
        for question, facts in (talk.fact, talk.follow_up):
            assert has_fact(_heard(await visitor.ask(question, ANSWER_S)), facts), (
                visitor.reply.events
            )
        refused = await visitor.ask(talk.unanswerable, ANSWER_S)
        assert refused.of("abstained"), refused.events
        assert "sorry" in _heard(refused)

        cut, answered = await _interrupt(visitor, talk.interruption[0])
        assert [event["turn"] for event in cut.of("cut")] == [cut.of("sentence")[0]["turn"]]
        assert has_fact(_heard(answered), talk.interruption[1]), answered.events

        coughed = await _cough_at(visitor)
        assert not coughed.of("cut"), coughed.events
        assert has_fact(_heard(coughed), ["every day"]), coughed.events

        changed = await visitor.ask(talk.language[0], ANSWER_S)
        assert _said(changed).startswith(talk.language[1])
        assert talk.then[1] in _said(await visitor.ask(talk.then[0], ANSWER_S))


async def _interrupt(visitor: Visitor, question: Path) -> tuple[Reply, Reply]:
    """Ask for a long answer, and break into it with another question: both replies."""
    asking = asyncio.create_task(visitor.ask(LONG, ANSWER_S))
    await _speaks(visitor)
    cut = visitor.reply
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    return cut, await visitor.ask(question, ANSWER_S)


async def _cough_at(visitor: Visitor) -> Reply:
    """Ask for a long answer, and cough while it is being given."""
    asking = asyncio.create_task(visitor.ask(LONG, ANSWER_S))
    await _speaks(visitor)
    await visitor.say(_cough())
    return await asking


async def _speaks(visitor: Visitor) -> None:
    """Wait until the long answer has been heard for long enough to be cut."""
    async with asyncio.timeout(ANSWER_S):
        while not visitor.reply.of("sentence"):
            await asyncio.sleep(0.05)
    await asyncio.sleep(HEARD_S)


def _cough() -> Samples:
    at = np.arange(int(COUGH_S * RATE)) / RATE
    noise = np.random.default_rng(3).normal(0, 0.3, at.size) * np.exp(-at / 0.08)
    return (np.clip(noise, -1, 1) * 32767).astype(np.int16)


def _heard(reply: Reply) -> str:
    return transcribe(reply.sound).lower()


def _said(reply: Reply) -> str:
    return " ".join(event["text"] for event in reply.of("sentence"))
