import jwt
import pytest
from pydantic import SecretStr

from app.avatar.token import IDENTITY, mint_token
from app.errors import StageUnavailable
from app.settings import LiveKitSettings

SECRET = "a-secret-of-at-least-32-characters"


def test_the_avatar_may_publish_for_the_agent_and_hear_nothing() -> None:
    settings = LiveKitSettings(key="key", secret=SecretStr(SECRET))
    token = mint_token(settings, "lobby", "the-agent")
    claims = jwt.decode(token, SECRET, algorithms=["HS256"])
    assert claims["sub"] == IDENTITY
    assert claims["kind"] == "agent"
    assert claims["attributes"] == {"lk.publish_on_behalf": "the-agent"}
    assert claims["exp"] - claims["nbf"] == 6 * 3600
    video = claims["video"]
    assert (video["room"], video["roomJoin"]) == ("lobby", True)
    assert (video["canPublish"], video["canPublishData"]) == (True, True)
    assert video["canSubscribe"] is False


def test_without_a_secret_the_setting_is_named() -> None:
    with pytest.raises(StageUnavailable, match="GROUNDLING_LIVEKIT__SECRET"):
        mint_token(LiveKitSettings(), "lobby", "the-agent")
