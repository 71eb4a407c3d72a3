"""`make bench-voice`: spoken questions, answered aloud by everything real, measured by a visitor.

Nothing else should run beside it: on two cores, another busy process changes every figure.
"""

import asyncio
import json
import signal
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.machine import machine
from bench.talk import figures, shown
from bench.talk.ears import hear
from bench.talk.figures import Turn
from bench.talk.questions import Question, questions, room_noise, share
from bench.talk.rooms import documented, its_model
from bench.talk.talking import (
    IN_A_VISIT,
    Opened,
    Records,
    no_records,
    our_records,
    ours,
    talk,
)
from bench.voice import GPU, served, warm
from tools.demo import ingest_samples
from tools.places import ROOT
from tools.progress import say
from tools.spoken import spoken
from tools.stack import Stack, open_stack

RESULTS = ROOT / "bench" / "results"
Asked = Sequence[tuple[Question, Path]]
Keep = Callable[[str, list[Turn]], None]
"""Takes what came of a way."""


def main(
    count: Annotated[
        int, typer.Option("--questions", min=0, help="How many are asked; 0: all there are.")
    ] = 20,
    compared: Annotated[
        int, typer.Option(min=0, help="How many of them the slower ways are asked.")
    ] = 10,
    model: Annotated[str, typer.Option(help="The language model's size: 0.5b or 1.5b.")] = "0.5b",
    noise: Annotated[bool, typer.Option(help="Ask once more with room noise.")] = False,
    paced: Annotated[
        bool, typer.Option(help="Ask once more, of a stand-in that reads and writes like a GPU.")
    ] = False,
    into: Annotated[Path | None, typer.Option("--json", help="Where the figures go.")] = None,
) -> None:
    """Ask, and show the figures; each way's turns are in the JSON file."""
    # Whoever ends this ends the stack with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    asked = share(questions(), count)
    pairs = list(zip(asked, spoken([question.text for question in asked]), strict=True))
    file = into or RESULTS / f"voice-{model}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    about = {"machine": machine(), "at": datetime.now(UTC).isoformat(), "model": model}
    ways: dict[str, list[Turn]] = {}

    def keep(name: str, turns: list[Turn]) -> None:
        # After each way: what an interrupted run has measured is not lost.
        ways[name] = turns
        text = json.dumps(about | _result(ways), indent=1, ensure_ascii=False)
        file.write_text(text + "\n")

    with (
        tempfile.TemporaryDirectory() as state,
        open_stack(Path(state), model=model, usual_ports=False) as stack,
    ):
        ingest_samples(stack)
        asyncio.run(_all(stack, pairs, share(pairs, compared), keep, noise=noise, paced=paced))
    shown.show(about | _result(ways))
    say(f"The figures and every turn are in {file}")


async def _all(
    stack: Stack, asked: Asked, compared: Asked, keep: Keep, *, noise: bool, paced: bool
) -> None:
    """Every way's turns, one way after the other on the same machine."""
    records = our_records(stack)
    await warm(stack)
    keep("ahead", await _way("ahead", asked, ours(stack), records))
    if noise:
        background = room_noise([file for _, file in asked])
        keep("noise", await _way("noise", asked, ours(stack, background), records))
    if paced:
        async with served(stack, ahead=True, pace=GPU):
            keep("paced", await _way("paced", asked, ours(stack), records))
    if compared:
        async with its_model(stack) as model:
            there = documented(stack, model)
            keep("documented", await _way("documented", compared, there, no_records))
        async with served(stack, ahead=False, pace=None):
            keep("without", await _way("without", compared, ours(stack), records))


async def _way(name: str, asked: Asked, opened: Opened, records: Records) -> list[Turn]:
    say(f"\n{name}: {len(asked)} questions")
    found = await talk(asked, opened, records)
    # Afterwards, so that the recogniser takes nothing from those who are being measured.
    return await asyncio.to_thread(hear, found, [question for question, _ in asked])


def _result(ways: Mapping[str, Sequence[Turn]]) -> dict[str, Any]:
    return {
        "ways": {
            name: {
                "figures": figures.figures(turns),
                "spans": figures.spans(turns),
                "by_place": figures.by_place(turns),
                "turns": [asdict(turn) for turn in turns],
            }
            for name, turns in ways.items()
        },
        "comparisons": _comparisons(ways),
    }


def _comparisons(ways: Mapping[str, Sequence[Turn]]) -> dict[str, Any]:
    others = ("documented", "without")
    found = {name: figures.ratio(ways[name], ways["ahead"]) for name in others if name in ways}
    return found | {"first_to_fifth": figures.first_to_last(ways["ahead"], IN_A_VISIT)}


if __name__ == "__main__":
    typer.run(main)
