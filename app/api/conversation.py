"""What was said before, as a client sends it."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.template import Exchange
from app.api.wire import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Questions with their answers, and what the visitor said last and nobody has answered."""

    history: tuple[Exchange, ...]
    unanswered: tuple[str, ...] = ()


def conversation(said: Sequence[Said]) -> Conversation:
    """What was said; a greeting before the first question is left out."""
    found: list[Exchange] = []
    asked: list[str] = []
    for each in said:
        if each.role == "visitor":
            asked.append(each.text)
        elif asked:
            found.append(Exchange(asked=" ".join(asked), answered=each.text))
            asked = []
        elif found:
            last = found[-1]
            found[-1] = Exchange(asked=last.asked, answered=f"{last.answered} {each.text}")
    return Conversation(history=tuple(found), unanswered=tuple(asked))
