import asyncio
import json

import pytest

from app.agent.captions import open_captions


async def test_captions_are_sent_in_order_before_the_end() -> None:
    sent: list[str] = []

    async def send(message: str) -> None:
        await asyncio.sleep(0.01 if not sent else 0)
        sent.append(json.loads(message)["type"])

    async with open_captions(send) as captions:
        for kind in ("understood", "grounding", "sentence", "done"):
            captions.publish({"type": kind})
    assert sent == ["understood", "grounding", "sentence", "done"]


async def test_a_page_that_is_gone_costs_a_caption_and_no_visit(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent: list[str] = []

    async def send(message: str) -> None:
        if "first" in message:
            raise ConnectionError("gone")
        sent.append(message)

    async with open_captions(send) as captions:
        captions.publish({"type": "sentence", "text": "first"})
        captions.publish({"type": "done"})
    assert len(sent) == 1
    assert [record.message for record in caplog.records] == ["caption not sent"]
    assert "first" not in caplog.text
