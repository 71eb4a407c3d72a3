"""Whatever the agent writes into the room goes to the visitors alone.

LiveKit's transcripts and session events would go to everybody in the room, the stage among them.
The stage is given finished speech and nothing else, wherever it runs.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from livekit import rtc

from app.settings import VISITOR

_WRITERS = ("stream_text", "send_text", "stream_bytes", "send_bytes", "publish_data")

Visitors = Callable[[], Sequence[str]]
"""The identities of the visitors now; never empty, for what is sent to nobody goes to everybody."""


def write_only_to(visitors: Visitors, participant: rtc.LocalParticipant) -> None:
    """From now on this participant's texts, bytes and data reach visitors and nobody else.

    All of them, or those it names.
    """
    for name in _WRITERS:
        setattr(participant, name, partial(_addressed, getattr(participant, name), visitors))
    # The form before text streams, which cannot be addressed: pages read `lk.transcription`.
    setattr(participant, "publish_transcription", _unsent)  # noqa: B010


async def _addressed(
    write: Callable[..., Awaitable[Any]], visitors: Visitors, *args: Any, **options: Any
) -> Any:
    named = [one for one in options.get("destination_identities") or () if one.startswith(VISITOR)]
    to = named or list(visitors())
    return await write(*args, **(options | {"destination_identities": to}))


async def _unsent(_: object) -> None:
    """Send nothing."""
