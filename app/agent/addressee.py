"""Whatever the agent writes into the room goes to the visitor alone.

LiveKit's transcripts and session events would go to everybody in the room, the stage among them.
The stage is given finished speech and nothing else, wherever it runs.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from livekit import rtc

_WRITERS = ("stream_text", "send_text", "stream_bytes", "send_bytes", "publish_data")


def write_only_to(visitor: str, participant: rtc.LocalParticipant) -> None:
    """From now on this participant's texts, bytes and data reach the visitor and nobody else."""
    for name in _WRITERS:
        setattr(participant, name, partial(_addressed, getattr(participant, name), visitor))
    # The form before text streams, which cannot be addressed: pages read `lk.transcription`.
    setattr(participant, "publish_transcription", _unsent)  # noqa: B010


async def _addressed(
    write: Callable[..., Awaitable[Any]], visitor: str, *args: Any, **options: Any
) -> Any:
    return await write(*args, **(options | {"destination_identities": [visitor]}))


async def _unsent(_: object) -> None:
    """Send nothing."""
