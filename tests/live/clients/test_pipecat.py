"""pipecat's LiveAvatar client (1.14.0) on our stage: only `BASE_URL` is ours."""

from tests.live.clients.conftest import Stage
from tests.live.clients.conversation import converse
from tests.live.clients.driven import driven

# It sends this much as fast as it comes, and the rest as it is spoken.
AHEAD_S = 3.0


async def test_pipecats_video_service_is_heard(served: Stage) -> None:
    """Where it goes its own way, so does LiveAvatar.

    It refuses an answer to `/start` in which any of the six fields is missing or null, which the
    description allows for three of them. It does not wait for `connected`, one `event_id` stands
    for a whole utterance, and that of an interruption may be null. It takes whoever it meets first
    in the room for the avatar, and stops without a reason.
    """
    arguments = ("service", served.url, served.key, served.avatar_id)
    async with driven("pipecat", "run_pipecat", *arguments) as client:
        session = await served.opened()
        async with served.visitor(session) as heard:
            reports = await converse(client, heard)
    # The pipeline has the avatar's voice and picture from the room, to send them to its visitor.
    assert client.told["returned_s"] > 3
    assert client.told["pictures"] > 50
    record = await served.over(session)
    assert record["end_reason"] == "UNKNOWN"
    assert await served.told(session) == reports


async def test_pipecats_transport_is_heard(served: Stage) -> None:
    """Of an interruption it says `speak_end`, not `interrupt`: what it had sent is still spoken.

    Its base class declares the speech over before the transport looks whether there is any to cut.
    """
    arguments = ("transport", served.url, served.key, served.avatar_id)
    async with driven("pipecat", "run_pipecat", *arguments) as client:
        session = await served.opened()
        async with served.visitor(session) as heard:
            reports = await converse(client, heard, silent_within_s=AHEAD_S + 0.5)
    assert await served.told(session) == [
        report for report in reports if report != "agent.speak_interrupted"
    ]
