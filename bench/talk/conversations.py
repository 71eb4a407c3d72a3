"""`make conversations`: three whole conversations in a real room, recorded and transcribed.

A fact, a follow-up, a question that the pages do not answer, an interruption, a cough, and a change
of language in each. What is heard is transcribed and held against what should have been said; the
default voice speaks English, so that answers in other languages are held against their captions.
Small models and the recogniser err now and then: it is for reading and listening, not a gate.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from bench.talk.__main__ import RESULTS
from bench.talk.words import has_fact
from bench.voice import warm
from tools.demo import ingest_samples
from tools.hearing import transcribe
from tools.places import ROOT
from tools.progress import say
from tools.reply import NothingHeard, Reply
from tools.sound import RATE, Samples, save_wav
from tools.stack import Stack, open_stack
from tools.visitor import Visitor, open_visit

SPOKEN = ROOT / "data" / "spoken"
ANSWER_S = 60.0
LONG = "Tell me about Anna Brandt."
COUGH_S = 0.25
# What was heard for less than half of this is taken back, and asked again with what follows.
HEARD_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """What is asked, aloud or typed, and the ways to say what should come back."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was tried: what was heard (or read), and whether it is as it should be."""

    what: str
    heard: str
    right: bool
    sound: Samples | None = None


def main(
    model: Annotated[str, typer.Option(help="The language model's size: 0.5b or 1.5b.")] = "0.5b",
    into: Annotated[
        Path, typer.Option(help="Where the recordings go, one WAV file a conversation.")
    ] = RESULTS / "conversations",
) -> None:
    """Hold the conversations, and show what was heard; status 1 if something was not as meant."""
    into.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as state,
        open_stack(Path(state), model=model, usual_ports=False) as stack,
    ):
        ingest_samples(stack)
        held = asyncio.run(_held(stack))
    table = Table("conversation", "", "heard", "as meant", title=f"conversations, {model}")
    for name, steps in held.items():
        heard = [step.sound for step in steps if step.sound is not None]
        save_wav(into / f"{name}.wav", np.concatenate([*heard, np.zeros(RATE, np.int16)]))
        for step in steps:
            table.add_row(name, step.what, step.heard, "yes" if step.right else "[red]no[/red]")
    Console().print(table)
    say(f"The recordings are in {into}")
    if not all(step.right for steps in held.values() for step in steps):
        raise typer.Exit(1)


async def _held(stack: Stack) -> dict[str, list[Step]]:
    await warm(stack)
    held: dict[str, list[Step]] = {}
    for name, talk in TALKS.items():
        say(f"\n{name}")
        held[name] = []
        async with open_visit(stack.url("api")) as visitor:
            try:
                await visitor.hear_opening(ANSWER_S)
                async for step in _steps(visitor, talk):
                    say(f"  {step.what}: {step.heard}")
                    held[name].append(step)
            except (NothingHeard, TimeoutError) as error:
                held[name].append(Step(what="silence", heard=str(error), right=False))
    return held


async def _steps(visitor: Visitor, talk: Talk) -> AsyncIterator[Step]:
    for what, (question, facts) in (("fact", talk.fact), ("follow-up", talk.follow_up)):
        yield await _step(what, await visitor.ask(question, ANSWER_S), facts)
    refused = await visitor.ask(talk.unanswerable, ANSWER_S)
    yield await _step("unanswerable", refused, ["sorry"], right=bool(refused.of("abstained")))
    cut, answered = await _interrupt(visitor, talk.interruption[0])
    is_marked = [each["turn"] for each in cut.of("cut")] == [cut.of("sentence")[0]["turn"]]
    yield await _step("interruption", answered, talk.interruption[1], right=is_marked)
    coughed = await _cough_at(visitor)
    yield await _step("cough", coughed, ["every day"], right=not coughed.of("cut"))
    changed = await visitor.ask(talk.language[0], ANSWER_S)
    yield Step(
        what="language", heard=_said(changed), right=_said(changed).startswith(talk.language[1])
    )
    after = await visitor.ask(talk.then[0], ANSWER_S)
    yield Step(what="then", heard=_said(after), right=talk.then[1] in _said(after))


async def _step(what: str, reply: Reply, facts: list[str], *, right: bool = True) -> Step:
    heard = await asyncio.to_thread(transcribe, reply.sound)
    return Step(what=what, heard=heard, right=right and has_fact(heard, facts), sound=reply.sound)


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
        await visitor.until(lambda: bool(visitor.reply.of("sentence")))
    await asyncio.sleep(HEARD_S)


def _cough() -> Samples:
    at = np.arange(int(COUGH_S * RATE)) / RATE
    noise = np.random.default_rng(3).normal(0, 0.3, at.size) * np.exp(-at / 0.08)
    return (np.clip(noise, -1, 1) * 32767).astype(np.int16)


def _said(reply: Reply) -> str:
    return " ".join(event["text"] for event in reply.of("sentence"))


if __name__ == "__main__":
    typer.run(main)
