"""pipecat's LiveAvatar client (1.14.0) on our stage: only `BASE_URL` is ours."""

from tests.live.clients.conftest import Stage
from tests.live.clients.conversation import AS_ASKED, converse
from tests.live.clients.driven import driven

# It sends this much as fast as it comes, and the rest as it is spoken.
AHEAD_S = 3.0


async def test_pipecats_video_service_is_heard(served: Stage) -> None:
    """It refuses an answer to `/start` in which any of the six fields is missing or null."""
    arguments = ("service", served.url, served.key, served.avatar_id)
    async with driven("pipecat", "run_pipecat", *arguments) as client:
        session = await served.opened()
        async with served.visitor(session) as heard:
            await converse(client, heard)
    # The pipeline has the avatar's voice and picture from the room, to send them to its visitor.
    assert client.told["returned_s"] > 3
    assert client.told["pictures"] > 50
    record = await served.over(session)
    assert record["end_reason"] == "UNKNOWN"
    assert await served.told(session) == AS_ASKED


async def test_pipecats_transport_is_heard(served: Stage) -> None:
    """Of an interruption it says `speak_end`, not `interrupt`: what it had sent is still spoken.

    Its base class declares the speech over before the transport looks whether there is any to cut.
    """
    arguments = ("transport", served.url, served.key, served.avatar_id)
    async with driven("pipecat", "run_pipecat", *arguments) as client:
        session = await served.opened()
        async with served.visitor(session) as heard:
            await converse(client, heard, silent_within_s=AHEAD_S + 0.5)
    assert await served.told(session) == ["agent.speak_started", "agent.speak_ended"] * 3
