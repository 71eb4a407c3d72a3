from datetime import UTC, datetime

import jwt
import pytest
from livekit.api import TokenVerifier
from pydantic import SecretStr

from app.errors import RoomUnavailable
from app.settings import LiveKitSettings
from app.visits.tokens import open_rooms

SECRET = "a secret of at least thirty-two characters"


def settings(url: str = "ws://127.0.0.1:1") -> LiveKitSettings:
    return LiveKitSettings(url=url, key="groundling", secret=SecretStr(SECRET))


async def test_a_token_opens_one_room_for_one_visitor_for_ten_minutes() -> None:
    async with open_rooms(settings(), "groundling") as rooms:
        token = rooms.token("visit-1", "visitor-a")

    claims = TokenVerifier("groundling", SECRET).verify(token)
    assert claims.identity == "visitor-a"
    assert claims.video is not None
    assert claims.video.room == "visit-1"
    assert claims.video.room_join
    assert claims.video.can_publish_sources == ["microphone"]
    assert claims.video.can_subscribe
    assert claims.video.can_publish_data
    assert not claims.video.room_admin
    expires = jwt.decode(token, options={"verify_signature": False})["exp"]
    assert expires - datetime.now(UTC).timestamp() <= 600


async def test_a_server_that_is_not_there_is_named_with_the_remedy() -> None:
    async with open_rooms(settings(), "groundling") as rooms:
        with pytest.raises(RoomUnavailable, match=r"ws://127.0.0.1:1.*GROUNDLING_LIVEKIT__URL"):
            await rooms.ready()


async def test_without_a_key_visits_say_what_is_missing() -> None:
    async with open_rooms(LiveKitSettings(), "groundling") as rooms:
        with pytest.raises(RoomUnavailable, match="GROUNDLING_LIVEKIT__KEY"):
            await rooms.open("visit-1", "{}")
