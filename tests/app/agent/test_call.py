import logging
import re
from pathlib import Path

import httpx
import pytest
from google.protobuf.json_format import Parse
from livekit.protocol.sip import CreateSIPDispatchRuleRequest

from app.agent.call import Call, is_call, read_call
from app.agent.http_api import HttpApi
from app.agent.worker import _without_names
from app.errors import AnswerUnavailable
from app.phrases import LANGUAGES, phrase
from app.settings import AgentSettings


def test_a_dispatch_rule_says_what_its_calls_are_about() -> None:
    call = read_call('{"call": {"kb": "museum", "lang": "fr"}}')
    assert (call.kb, call.lang) == ("museum", "fr")
    assert (read_call('{"call": {}}').kb, read_call('{"call": {}}').lang) == (None, None)


@pytest.mark.parametrize(
    "metadata",
    ["", "{}", '{"call": 1}', '{"call": {"lang": "English"}}', '{"call": {"language": "en"}}'],
)
def test_a_rule_that_cannot_be_read_is_told_what_it_should_be_like(metadata: str) -> None:
    with pytest.raises(ValueError, match='"kb": "museum"'):
        read_call(metadata)


def test_the_rule_in_the_readme_is_one_that_livekit_and_we_can_read() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    shown = re.findall(r"```json\n(.*?)```", readme, re.DOTALL)
    (told,) = [text for text in shown if "dispatch_rule" in text]
    rule = Parse(told, CreateSIPDispatchRuleRequest()).dispatch_rule
    (agent,) = rule.room_config.agents
    assert rule.hide_phone_number
    assert agent.agent_name == AgentSettings().name
    assert read_call(agent.metadata) == Call(kb="museum", lang="en")


def test_a_call_is_told_from_a_visit_even_where_the_rule_is_wrong() -> None:
    assert is_call('{"call": {}}')
    assert is_call('{"call": {"language": "en"}}')
    assert not is_call('{"visit": "v1", "kb": "museum", "lang": "fr", "visitor": "anna"}')
    assert not is_call("")
    assert not is_call("call")


def test_no_log_record_names_a_room_or_a_participant() -> None:
    record = logging.makeLogRecord(
        {
            "name": "app",
            "room": "call-_+493012345678_x",
            "participant": "sip_+493012345678",
            "room_id": "RM_x",
        }
    )
    assert _without_names(record)
    assert "493012345678" not in str(vars(record))
    assert record.__dict__["room_id"] == "RM_x"


def test_nor_does_a_sentence_of_livekits() -> None:
    said = 'Disconnected from room "call-_+493012345678_x" with reason: ClientInitiated'
    record = logging.makeLogRecord({"name": "livekit", "msg": said, "message": said})
    assert _without_names(record)
    assert "493012345678" not in str(vars(record))
    assert record.getMessage() == "Disconnected from … with reason: ClientInitiated"
    lost = logging.makeLogRecord(
        {"name": "livekit.agents", "msg": "lost %s", "args": ("sip_+49301234",)}
    )
    assert _without_names(lost)
    assert lost.getMessage() == "lost …"


def test_who_cannot_be_talked_to_is_told_so_in_their_language() -> None:
    said = {phrase("call_again", lang) for lang in LANGUAGES}
    assert len(said) == len(LANGUAGES) == 9


async def test_a_full_house_is_why_a_call_cannot_be_taken() -> None:
    def full(_: httpx.Request) -> httpx.Response:
        return httpx.Response(409, json={"detail": "All 4 places are taken."})

    async with httpx.AsyncClient(
        base_url="http://api", transport=httpx.MockTransport(full)
    ) as client:
        with pytest.raises(AnswerUnavailable, match="All 4 places"):
            await HttpApi(client, 1.0).open_call("RM_x", kb=None, lang=None)
