"""Why a visit ended or its avatar changed, as one of a few words.

The reasons are sentences for people, from the agent and from the stage, and may be anything. Who
counts them must know how many there can be.
"""

from typing import Literal, get_args

Cause = Literal[
    # as it should be
    "course", "visitor", "away",
    # what was agreed upon
    "budget", "credits", "moderation",
    # what broke
    "deadline", "stage", "connection", "avatar", "agent", "room", "error",
    "shutdown", "other",
]  # fmt: skip
"""`course`: as it goes; `visitor`: by the visitor, who left or interrupted; `away`: who was silent.

`budget` is ours, `credits` are those of the stage's account. `deadline`: a step took too long;
`avatar`: it left the room, or moved its lips and was silent; `agent`, `room`: were gone.
"""

CAUSES: tuple[str, ...] = get_args(Cause)

# What a reason contains, in lower case, and what that means; the first that fits counts.
_SIGNS: tuple[tuple[Cause, tuple[str, ...]], ...] = (
    ("budget", ("budget",)),
    ("credits", ("credit",)),
    ("moderation", ("moderation",)),
    ("away", ("was away",)),
    ("deadline", ("was still", "timed out", "did not acknowledge")),
    (
        "visitor",
        (
            "by the visitor",
            "visitor_",
            "visitor interrupts",
            "participant_disconnected",
            "user_disconnected",
            "user_closed",
        ),
    ),
    (
        "course",
        (
            *("the visitor is here", "gave a session", "has started", "is in the room"),
            *("avatar speaks", "has spoken", "fell silent", "connection is back"),
            *("the visit ends", "user_initiated", "task_completed"),
        ),
    ),
    ("agent", ("the agent was gone", "the agent ended it")),
    ("room", ("room was gone", "no room")),
    ("avatar", ("avatar left", "is silent")),
    ("connection", ("connection", "websocket", "cannot be reached")),
    ("stage", ("the stage", "livekit secret")),
    ("shutdown", ("shutdown",)),
    ("error", ("error", "broke")),
)


def cause_of(reason: str) -> Cause:
    """The class of a reason."""
    said = reason.lower()
    return next((cause for cause, signs in _SIGNS if any(sign in said for sign in signs)), "other")
