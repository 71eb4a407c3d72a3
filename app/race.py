"""Several things awaited at once, of which the first decides."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

Outcome = TypeVar("Outcome")


async def first(*works: Awaitable[Outcome]) -> Outcome:
    """What the first of these comes to; the others are cancelled and waited for."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
