import json
from collections.abc import Callable

import httpx
import pytest

from app.moderation.guard import open_moderator
from app.moderation.moderator import Side, Verdict
from app.settings import ModerationSettings

Answers = Callable[[httpx.Request], httpx.Response]


async def review(answers: Answers, side: Side = "visitor", *, closed: bool = True) -> Verdict:
    settings = ModerationSettings(model="llama-guard3:1b", closed=closed)
    transport = httpx.MockTransport(answers)
    async with open_moderator(settings, "http://ollama:11434", transport) as moderator:
        return await moderator.review("What is this?", lang="en", side=side)


def says(text: str) -> Answers:
    return lambda _: httpx.Response(
        200, json={"model": "g", "message": {"role": "assistant", "content": text}, "done": True}
    )


@pytest.mark.parametrize(
    ("said", "allowed", "category"),
    [
        ("safe", True, ""),
        ("\n\nsafe", True, ""),
        ("No", True, ""),
        ("unsafe\nS10", False, "hate"),
        ("unsafe\nS11", False, "self_harm"),
        ("unsafe", False, "unsafe"),
        ("Yes", False, "unsafe"),
        ("unsafe\nS6", True, ""),
        ("unsafe\nS6,S1", False, "violence"),
        ("I think that", False, "unjudged"),
    ],
)
async def test_a_guards_words_are_a_verdict(said: str, allowed: bool, category: str) -> None:
    verdict = await review(says(said))
    assert (verdict.allowed, verdict.category) == (allowed, category)


async def test_a_sentence_of_ours_is_judged_as_an_answer() -> None:
    asked: list[dict[str, object]] = []

    def note(request: httpx.Request) -> httpx.Response:
        asked.append(json.loads(request.content))
        return says("safe")(request)

    await review(note, "visitor")
    await review(note, "answer")
    roles = [[message["role"] for message in body["messages"]] for body in asked]  # type: ignore[index, attr-defined]
    assert roles == [["user"], ["user", "assistant"]]
    assert asked[0]["model"] == "llama-guard3:1b"


def fails(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody listens")


@pytest.mark.parametrize("answers", [fails, lambda _: httpx.Response(404, json={"error": "no"})])
async def test_a_guard_that_cannot_be_asked_declines_or_not_as_it_is_set(answers: Answers) -> None:
    assert (await review(answers)).category == "unjudged"
    assert (await review(answers, closed=False)).allowed


async def test_the_lists_come_first_and_stand_alone_without_a_model() -> None:
    async with open_moderator(ModerationSettings(), "http://ollama:11434") as moderator:
        assert not (await moderator.review("Heil Hitler", lang="de", side="visitor")).allowed
        assert (await moderator.review("Hello", lang="en", side="visitor")).allowed
