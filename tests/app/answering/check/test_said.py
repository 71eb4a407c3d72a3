"""What Qwen2.5-Coder-1.5B said to 64 questions on the sample pages, read and labelled.

Five questions found no evidence and are left out. Of the rest, the model refused thirteen; it
answered 39 truly and 7 falsely (2026-11-23).
"""

import json
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.answering.check.checker import Checker
from app.answering.events import Sentence, Turn
from app.answering.notes import Notes
from app.answering.refusal import refuses
from app.answering.release import Release
from app.answering.sentences import pieces, speakable
from ingest.documents import Passage

FIXTURE = json.loads((Path(__file__).parent / "said.json").read_text())
BY_LABEL = {
    label: [answer for answer in FIXTURE["answers"] if answer["label"] == label]
    for label in ("true", "false", "refused")
}
# What the check cannot see: short answers that are true of something else on the same pages.
LET_THROUGH = {"When does the café close on Saturdays?", "Was kostet die Fischsuppe?"}
# Refused by the model, and answered by the pages themselves, since they contradict the question.
CORRECTED = {
    "Is the museum open on Mondays?": "open from Tuesday to Sunday",
    "Is it true that an adult ticket costs 15 euros?": "9 euros",
    "Was the lighthouse built in 1990?": "1871",
    "Why was the lighthouse switched off in 1995?": "1989",
    "Why do you close at 5 pm on Saturday?": "six in the evening",
    "How many visitors did the museum have in 2023?": "In 2024 it had 84,000",
    "Le musée est-il ouvert le lundi ?": "mardi au dimanche",
    "Pourquoi le billet coûte-t-il 20 euros ?": "9 euros",
}


def passage(number: int) -> Passage:
    made: dict[str, Any] = FIXTURE["passages"][number]
    return Passage(
        kb="museum", source="site", url=f"https://museum.example/{number}", anchor="",
        title=made["title"], headings=tuple(made["headings"]), ordinal=0, text=made["text"],
        lang=made["lang"], revision="1", fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
    )  # fmt: skip


async def written(answer: dict[str, Any]) -> AsyncGenerator[str, None]:
    for piece in pieces(answer["said"], answer["lang"]):
        said = speakable(piece)
        if refuses(said):
            return
        yield said


async def spoken(answer: dict[str, Any]) -> list[Sentence]:
    turn = Turn(question=answer["question"], kb="museum")
    shown = [passage(number) for number in answer["passages"]]
    release = Release(turn, shown, answer["lang"], Checker(), Notes(turn, None))
    return [sentence async for sentence in release.sentences(written(answer))]


def test_the_labels_are_those_that_were_counted() -> None:
    assert {label: len(answers) for label, answers in BY_LABEL.items()} == {
        "true": 39,
        "false": 7,
        "refused": 13,
    }


@pytest.mark.parametrize("answer", BY_LABEL["true"], ids=lambda a: a["question"])
async def test_what_is_true_is_said_with_its_source(answer: dict[str, Any]) -> None:
    sentences = await spoken(answer)
    assert sentences
    assert all(sentence.citations for sentence in sentences)
    texts = [passage(number).text for number in answer["passages"]]
    for sentence in sentences:
        assert all(quote.text in texts[quote.n - 1] for quote in sentence.quotes)


@pytest.mark.parametrize("answer", BY_LABEL["false"], ids=lambda a: a["question"])
async def test_what_is_false_is_not_said(answer: dict[str, Any]) -> None:
    said = " ".join(sentence.text for sentence in await spoken(answer))
    if answer["question"] in LET_THROUGH:
        assert said == answer["said"]
    elif answer["question"] in CORRECTED:
        assert CORRECTED[answer["question"]] in said
    else:
        assert said == ""


@pytest.mark.parametrize("answer", BY_LABEL["refused"], ids=lambda a: a["question"])
async def test_a_refusal_stays_one_unless_the_pages_contradict_the_question(
    answer: dict[str, Any],
) -> None:
    said = " ".join(sentence.text for sentence in await spoken(answer))
    correction = CORRECTED.get(answer["question"], "")
    assert correction in said
    assert bool(said) == bool(correction)
