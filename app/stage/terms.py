"""What a caller asks for when it opens a session, checked and put into our words."""

from typing import Annotated, Literal
from uuid import UUID

import jwt
from msgspec import Meta, Struct

from app.stage.portrait import Size
from app.stage.room import Codec, Place

Quality = Literal["very_high", "high", "medium", "low"]

_SIZES: dict[Quality, Size] = {
    "low": Size(640, 360),
    "medium": Size(854, 480),
    "high": Size(1280, 720),
    "very_high": Size(1920, 1080),
}
_SANDBOX_S = 60


class LiveKitConfig(Struct):
    livekit_url: str
    livekit_room: str
    livekit_client_token: str


class VideoSettings(Struct):
    quality: Quality = "low"
    encoding: Codec = "H264"


class TokenRequest(Struct):
    """Body of `POST /v1/sessions/token`. Unknown fields are ignored, as the service does."""

    mode: Literal["LITE", "CUSTOM"]
    avatar_id: UUID
    livekit_config: LiveKitConfig | None = None
    is_sandbox: bool = False
    video_settings: VideoSettings | None = None
    # Not in the service's own description, but LiveKit's client sends it.
    video_quality: Quality | None = None
    max_session_duration: Annotated[int, Meta(ge=1)] | None = None

    def longest_s(self, limit: int) -> int:
        """How long the session may last; a sandbox session lasts a minute."""
        asked = self.max_session_duration or limit
        return min(asked, limit, _SANDBOX_S if self.is_sandbox else limit)

    def place(self) -> Place:
        """Where the avatar performs. Raises ValueError when the room or its token will not do."""
        config = self.livekit_config
        if config is None:
            raise ValueError("this stage has no rooms of its own: give livekit_config")
        if _video_grant(config.livekit_client_token).get("room") != config.livekit_room:
            raise ValueError("livekit_client_token is not a token for livekit_room")
        video = self.video_settings or VideoSettings(quality=self.video_quality or "low")
        return Place(
            url=config.livekit_url,
            room=config.livekit_room,
            token=config.livekit_client_token,
            size=_SIZES[video.quality],
            codec=video.encoding,
        )


def may_perform(token: str) -> bool:
    """Whether a LiveKit token allows publishing media and data, as it does unless it says no."""
    grant = _video_grant(token)
    return grant.get("canPublish", True) is True and grant.get("canPublishData", True) is True


def _video_grant(token: str) -> dict[str, object]:
    """The room permissions in a LiveKit token, unverified: the LiveKit server will verify them."""
    try:
        grant = jwt.decode(token, options={"verify_signature": False}).get("video")
    except jwt.InvalidTokenError as error:
        raise ValueError("livekit_client_token is not a LiveKit token") from error
    return grant if isinstance(grant, dict) else {}
