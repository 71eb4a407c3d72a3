"""Vision Agents' plugin (0.6.9) on our stage: only `base_url` is ours."""

from tests.live.clients.conftest import Stage
from tests.live.clients.conversation import AS_ASKED, converse
from tests.live.clients.driven import driven


async def test_vision_agents_is_heard(served: Stage) -> None:
    arguments = (served.url, served.key, served.avatar_id)
    async with driven("vision_agents", "run_vision_agents", *arguments) as client:
        session = await served.opened()
        async with served.visitor(session) as heard:
            await converse(client, heard)
    assert client.told["returned_s"] > 5
    record = await served.over(session)
    assert record["end_reason"] == "USER_CLOSED"
    assert record["is_sandbox"]
    # Its pieces carry no event_id, and it never reads what the stage says.
    assert await served.told(session) == AS_ASKED
