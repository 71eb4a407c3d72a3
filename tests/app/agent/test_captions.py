import asyncio
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

from app.agent.captions import REMEMBERED_TURNS, open_captions


class Pages:
    """The pages of those who are here, and what each was sent."""

    def __init__(self, *here: str) -> None:
        self.here = list(here)
        self.sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.messages = 0

    async def send(self, message: str, to: Sequence[str]) -> None:
        self.messages += 1
        caption = json.loads(message)
        await asyncio.sleep(0.01 if not self.sent else 0)
        for visitor in to:
            self.sent[visitor].append(caption)

    def visitors(self) -> list[str]:
        return self.here


def turn(name: str) -> list[dict[str, Any]]:
    return [{"type": kind, "turn": name} for kind in ("understood", "sentence", "done")]


async def test_captions_are_sent_in_order_before_the_end() -> None:
    pages = Pages("anna")
    async with open_captions(pages.send, pages.visitors) as captions:
        for kind in ("understood", "grounding", "sentence", "done"):
            captions.publish({"type": kind})
    kinds = [caption["type"] for caption in pages.sent["anna"]]
    assert kinds == ["understood", "grounding", "sentence", "done"]


async def test_a_page_that_is_gone_costs_a_caption_and_no_visit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent: list[str] = []

    async def send(message: str, _: Sequence[str]) -> None:
        if "first" in message:
            raise ConnectionError("gone")
        sent.append(message)

    async with open_captions(send, lambda: ["anna"]) as captions:
        captions.publish({"type": "sentence", "text": "first"})
        captions.publish({"type": "done"})
    assert len(sent) == 1
    assert [record.message for record in caplog.records] == ["caption not sent"]
    assert "first" not in caplog.text


async def test_who_comes_late_alone_is_sent_the_turns_so_far_and_then_what_all_are() -> None:
    pages = Pages("anna")
    async with open_captions(pages.send, pages.visitors) as captions:
        for caption in (*turn("t1"), {"type": "stage", "seconds": 1.0}, *turn("t2")):
            captions.publish(caption)
        await asyncio.sleep(0.05)
        pages.here.append("ben")
        captions.greet()
        await asyncio.sleep(0.05)
        assert pages.sent["ben"] == [*turn("t1"), *turn("t2")]
        for caption in turn("t3"):
            captions.publish(caption)
    assert pages.sent["ben"] == [*turn("t1"), *turn("t2"), *turn("t3")]
    assert len(pages.sent["anna"]) == 10
    assert pages.messages == 10 + 6


async def test_nothing_is_told_twice_to_who_comes_in_the_middle_of_a_turn() -> None:
    pages = Pages("anna")
    async with open_captions(pages.send, pages.visitors) as captions:
        for caption in turn("t1"):
            captions.publish(caption)
        pages.here.append("ben")
        captions.greet()
    assert pages.sent["ben"] == turn("t1")


async def test_who_was_cut_off_has_the_conversation_still() -> None:
    pages = Pages("anna")
    async with open_captions(pages.send, pages.visitors) as captions:
        for caption in turn("t1"):
            captions.publish(caption)
        await asyncio.sleep(0.05)
        pages.here.remove("anna")
        captions.greet()
        await asyncio.sleep(0)
        pages.here.append("anna")
        captions.greet()
    assert pages.sent["anna"] == turn("t1")


async def test_of_a_long_conversation_the_end_is_told() -> None:
    pages = Pages("anna")
    names = [f"t{number}" for number in range(REMEMBERED_TURNS + 5)]
    async with open_captions(pages.send, pages.visitors) as captions:
        for caption in (caption for name in names for caption in turn(name)):
            captions.publish(caption)
        await asyncio.sleep(0.05)
        pages.here.append("ben")
        captions.greet()
    told = [caption for name in names[-REMEMBERED_TURNS:] for caption in turn(name)]
    assert pages.sent["ben"] == told


async def test_nothing_is_sent_when_nobody_is_there() -> None:
    pages = Pages()
    async with open_captions(pages.send, pages.visitors) as captions:
        captions.publish({"type": "done", "turn": "t1"})
    assert pages.messages == 0
