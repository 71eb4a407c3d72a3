"""The time line of a turn: what the API noted of an answer, and the agent of its way to the ear.

Both count from a beginning of their own. The agent says when it asked the API, so that no clock of
one machine is compared with that of another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.visits.records import LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a turn, in milliseconds from the end of the visitor's speech.

    For typed words, from when they came. What was done before that begins below 0.
    """

    name: str
    begin_ms: int
    end_ms: int


# In the order in which one waits for the other. What the figures count from: ours from when the
# agent asked, the agent's from the end of speech.
_API = {
    "rewrite": "understood_ms",
    "search": "searched_ms",
    "gate": "ground_ms",
    "first_token": "first_token_ms",
    "first_sentence": "first_sentence_ms",
}
_AGENT = {"synthesis": "sound_ms", "stage": "stage_ms", "heard": "heard_ms"}


def steps(timings: Mapping[str, Any]) -> list[Step]:
    """The steps of a turn; none while the agent has not told that it was heard.

    `end_of_turn` is the wait for certainty that the visitor has finished, beside which the others
    may go on: they begin when the agent asks. `rewrite` is understanding the words, `first_token`
    all of what the model's server does before it, `first_sentence` writing and checking it,
    `synthesis` its way to the agent and its first sound, `stage` and `heard` that sound's way.
    """
    line = timings.get(LINE)
    if not line:
        return []
    return list(_steps(timings, line))


def _steps(timings: Mapping[str, Any], line: Mapping[str, Any]) -> Iterator[Step]:
    turn_ms: int = line["turn_ms"]
    yield Step(name="end_of_turn", begin_ms=0, end_ms=turn_ms)
    at = asked = line.get("asked_ms", turn_ms)
    for name, figure in _API.items():
        if (took := timings.get(figure)) is not None:
            yield Step(name=name, begin_ms=at, end_ms=(at := max(at, asked + took)))
    # An answer that was there before the turn was over waited for that, and for nothing else.
    at = max(at, turn_ms)
    for name, figure in _AGENT.items():
        if (there := line.get(figure)) is not None:
            yield Step(name=name, begin_ms=at, end_ms=(at := max(at, there)))
