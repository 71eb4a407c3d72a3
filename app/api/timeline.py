"""The time line of a turn on the wire, as the agent reports it and as a visit shows it."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from app.api.wire import TurnName
from app.visits.timeline import Step

# An answer may be begun before the visitor has finished; a visit lasts no longer than hours.
_Ms = Annotated[int, Meta(ge=-600_000, le=86_400_000)]


class ReportedTurn(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """When what happened in the turn `name`, once the first sentence of its answer was heard.

    Milliseconds from the end of the visitor's speech, or, if not `spoken`, from when the typed
    words came: the end of the turn, the question to the API, the first sentence that came of it,
    its first sound, that sound at the stage (or in the room), and at the visitor's; `filler_ms` is
    when a few words were heard that filled the wait.
    """

    name: TurnName
    spoken: bool
    turn_ms: _Ms
    asked_ms: _Ms | None = None
    sentence_ms: _Ms | None = None
    sound_ms: _Ms | None = None
    stage_ms: _Ms | None = None
    heard_ms: _Ms
    filler_ms: _Ms | None = None

    def line(self) -> dict[str, Any]:
        """As it is kept with the turn."""
        line: dict[str, Any] = msgspec.to_builtins(self)
        del line["name"]
        return line


class WireSpan(msgspec.Struct, kw_only=True):
    """One step of a turn, in milliseconds from the end of the visitor's speech."""

    name: str
    begin_ms: int
    end_ms: int

    @classmethod
    def of(cls, step: Step) -> "WireSpan":
        """The step on the wire."""
        return cls(name=step.name, begin_ms=step.begin_ms, end_ms=step.end_ms)
