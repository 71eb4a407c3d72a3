"""JSON lines on standard input and output: how a client's own process talks with its test."""

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncIterator
from typing import Any


async def orders() -> AsyncIterator[tuple[str, bytes]]:
    """What the test asks, one after another: a word, and the speech that goes with it."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        yield order["do"], base64.b64decode(order.get("speech", ""))


def tell(what: str, **more: Any) -> None:
    """Tell the test something, with the time."""
    sys.stdout.write(json.dumps({"is": what, "at": time.monotonic(), **more}) + "\n")
    sys.stdout.flush()
