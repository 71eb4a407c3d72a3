"""The answers as a listener understands them: their sound, transcribed, and searched for the fact.

The recogniser errs as well, so that what it does not find may have been said all the same.
"""

from collections.abc import Sequence
from dataclasses import replace

from bench.talk.figures import Turn
from bench.talk.questions import Question
from bench.talk.talking import Asked
from bench.talk.words import has_fact
from tools.hearing import transcribe


def hear(asked: Sequence[Asked], questions: Sequence[Question]) -> list[Turn]:
    """The turns of these questions, with their answers by ear. Blocks for half a second each."""
    turns = []
    for one, question in zip(asked, questions, strict=True):
        by_ear = "" if one.sound is None else transcribe(one.sound)
        right = bool(question.facts) and has_fact(by_ear, question.facts)
        turns.append(replace(one.turn, by_ear=by_ear, right_by_ear=right))
    return turns
