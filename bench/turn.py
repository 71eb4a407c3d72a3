"""A spoken turn as the visitor hears it: from the question's last sound to the first answer."""

import statistics

from tools.places import ROOT
from tools.stack import Stack
from tools.visitor import open_visit

QUESTIONS = ("closing-time", "lighthouse-steps", "passport")
TIMEOUT_S = 120.0


async def measure(stack: Stack, rounds: int = 2) -> dict[str, float]:
    """Seconds to the first sound and to the answer: each question `rounds` times, in one visit.

    The refused question ("passport") is reported by itself: it asks nothing of the model.
    """
    waits: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    sounds: list[float] = []
    async with open_visit(stack.url("api")) as visitor:
        await visitor.hear_opening(TIMEOUT_S)
        for _ in range(rounds):
            for name in QUESTIONS:
                question = ROOT / "data" / "spoken" / f"{name}.wav"
                reply = await visitor.ask(question, TIMEOUT_S)
                waits[name].append(reply.wait_s)
                sounds.append(reply.sound_s)
    answered = [wait for name in QUESTIONS[:2] for wait in waits[name]]
    return {
        "first_sound_median_s": round(statistics.median(sounds), 2),
        "answered_median_s": round(statistics.median(answered), 2),
        "answered_worst_s": round(max(answered), 2),
        "refused_median_s": round(statistics.median(waits["passport"]), 2),
        "turns": sum(len(times) for times in waits.values()),
    }
