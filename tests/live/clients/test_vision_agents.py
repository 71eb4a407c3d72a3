"""Vision Agents' plugin (0.6.9) on our stage: only `base_url` is ours."""

from tests.live.clients.conftest import Stage
from tests.live.clients.conversation import converse
from tests.live.clients.driven import driven


async def test_vision_agents_is_heard(served: Stage) -> None:
    """Where it goes its own way, so does LiveAvatar.

    It speaks before the stage says that it is connected: documented as dropped without a word, and
    works in production. It sends `start`, which nobody documents; its pieces carry no `event_id`,
    so that only their order says what belongs together. It never reads its socket: the answers to
    two minutes of speech in pieces of 20 ms pile up, and must hold up nothing.
    """
    arguments = (served.url, served.key, served.avatar_id)
    async with driven("vision_agents", "run_vision_agents", *arguments) as client:
        session = await served.opened()
        async with served.visitor(session) as heard:
            reports = await converse(client, heard, cut_s=120.0)
    # Its application has the avatar's voice from the room.
    assert client.told["returned_s"] > 5
    record = await served.over(session)
    assert record["end_reason"] == "USER_CLOSED"
    assert record["is_sandbox"]
    assert await served.told(session) == reports
