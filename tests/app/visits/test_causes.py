import pytest

from app.visits.causes import cause_of


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("ended by the visitor", "visitor"),
        ("participant_disconnected", "visitor"),
        ("visitor_lost", "visitor"),
        ("visitor_did_not_come", "visitor"),
        ("the visitor interrupts", "visitor"),
        ("the visitor was away", "away"),
        ("the budget is spent", "budget"),
        ("the budget for the stage is spent: raise GROUNDLING_AVATAR__VISIT_CENTS", "budget"),
        # The stage's words for a room that was left.
        ("the stage ended the session: USER_DISCONNECTED", "visitor"),
        ("the stage ended the session: NO_CREDITS", "credits"),
        ("the stage ended the session: MODERATION", "moderation"),
        ("the agent was gone", "agent"),
        ("the agent ended it", "agent"),
        ("the room was gone", "room"),
        ("no room could be had", "room"),
        ("error", "error"),
        ("the avatar broke; see the log", "error"),
        ("job_shutdown", "shutdown"),
        ("the visitor is here", "course"),
        ("the stage gave a session", "course"),
        ("the stage has started", "course"),
        ("the avatar is in the room", "course"),
        ("the avatar speaks", "course"),
        ("the avatar has spoken", "course"),
        ("the stage fell silent", "course"),
        ("the connection is back", "course"),
        ("the visit ends", "course"),
        ("the avatar was still joining after 45 s: can the stage reach the LiveKit", "deadline"),
        ("the stage did not acknowledge the interruption", "deadline"),
        ("the avatar left the room", "avatar"),
        ("the stage says that it speaks, and is silent", "avatar"),
        ("the connection to the stage broke", "connection"),
        ("the stage's WebSocket does not answer: [Errno 111]", "connection"),
        ("the stage at http://127.0.0.1:8089 cannot be reached (ConnectError)", "connection"),
        ("the stage ended the session: IDLE_TIMEOUT", "stage"),
        ("the stage did not give a session (500); trying again may help", "stage"),
        ("it rained", "other"),
        ("", "other"),
    ],
)
def test_reasons_fall_into_classes(reason: str, cause: str) -> None:
    assert cause_of(reason) == cause
