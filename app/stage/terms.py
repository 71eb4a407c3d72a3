"""What a caller asks for when it opens a session, checked and put into our words."""

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import jwt
from msgspec import Meta, Struct

from app.settings import StageSettings
from app.stage.hosted import Hosting
from app.stage.portrait import Size
from app.stage.room import Codec, Place

Quality = Literal["very_high", "high", "medium", "low"]

SIZES: dict[Quality, Size] = {
    "low": Size(640, 360),
    "medium": Size(854, 480),
    "high": Size(1280, 720),
    "very_high": Size(1920, 1080),
}
_SANDBOX_S = 60
_CONNECTORS = ("agora", "elevenlabs_agent", "openai_realtime", "gemini_realtime", "cartesia_agent")

SANDBOX_AVATARS = (
    UUID("dd73ea75-1218-4ef3-92ce-606d5f7fbc0a"),
    UUID("65f9e3c9-d48b-4118-b73a-4ae2e3cbb8f0"),
)
"""The avatars that cost nothing: the documentation's, and that of the service's own starter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed for one session."""

    session_id: str
    avatar_id: str
    place: Place
    public_url: str
    client_token: str = field(repr=False)
    agent_token: str = field(repr=False)
    sandbox: bool
    longest_s: int


class Unoffered(Exception):
    """The service offers this; the stage does not, or not so. The message says what to do."""


class LiveKitConfig(Struct):
    livekit_url: str
    livekit_room: str
    livekit_client_token: str


class VideoSettings(Struct):
    quality: Quality | None = None
    encoding: Codec = "H264"


class TokenRequest(Struct):
    """Body of `POST /v1/sessions/token`. Unknown fields are ignored, as the service does."""

    mode: Literal["LITE", "CUSTOM", "FULL"]
    avatar_id: UUID
    livekit_config: LiveKitConfig | None = None
    is_sandbox: bool = False
    video_settings: VideoSettings | None = None
    # Not in the service's own description, but LiveKit's client sends it.
    video_quality: Quality | None = None
    max_session_duration: Annotated[int, Meta(ge=1)] | None = None
    agora_config: dict[str, Any] | None = None
    elevenlabs_agent_config: dict[str, Any] | None = None
    openai_realtime_config: dict[str, Any] | None = None
    gemini_realtime_config: dict[str, Any] | None = None
    cartesia_agent_config: dict[str, Any] | None = None

    def terms(self, settings: StageSettings, hosting: Hosting) -> Terms:
        """What is agreed. Raises Unoffered, and ValueError with the field that will not do."""
        self._check_offered()
        longest_s = self._longest_s(settings.longest_s)
        if self.livekit_config is not None:
            return self._at_callers(self.livekit_config, settings, longest_s)
        return self._at_ours(settings, hosting, longest_s)

    def _check_offered(self) -> None:
        if self.mode == "FULL":
            raise Unoffered("this stage performs LITE sessions only: bring your own voice and mind")
        asked = [name for name in _CONNECTORS if getattr(self, f"{name}_config") is not None]
        if asked:
            raise Unoffered(f"this stage has no {asked[0]} connector: give livekit_config")
        if self.is_sandbox and self.avatar_id not in SANDBOX_AVATARS:
            raise Unoffered(f"a sandbox session takes avatar {SANDBOX_AVATARS[0]} only")

    def _longest_s(self, limit: int) -> int:
        """How long the session may last; a sandbox session lasts a minute."""
        asked = self.max_session_duration or limit
        if asked > limit:
            raise ValueError(f"the longest session lasts {limit} s - at `$.max_session_duration`")
        return min(asked, _SANDBOX_S) if self.is_sandbox else asked

    def _at_callers(self, config: LiveKitConfig, settings: StageSettings, longest_s: int) -> Terms:
        token = config.livekit_client_token
        if _video_grant(token).get("room") != config.livekit_room:
            raise ValueError(
                "livekit_client_token is not a token for livekit_room - at `$.livekit_config`"
            )
        return Terms(
            session_id=str(uuid4()),
            avatar_id=str(self.avatar_id),
            place=self._place(settings, config.livekit_url, config.livekit_room, token),
            public_url=config.livekit_url,
            client_token=token,
            agent_token=token,
            sandbox=self.is_sandbox,
            longest_s=longest_s,
        )

    def _at_ours(self, settings: StageSettings, hosting: Hosting, longest_s: int) -> Terms:
        if not hosting.possible:
            raise ValueError(
                "this stage has no rooms of its own: give livekit_config, or set "
                "GROUNDLING_LIVEKIT__KEY and GROUNDLING_LIVEKIT__SECRET - at `$.livekit_config`"
            )
        room = str(uuid4())
        tokens = hosting.tokens(room, longest_s)
        return Terms(
            session_id=room,
            avatar_id=str(self.avatar_id),
            place=self._place(settings, hosting.url, room, tokens.avatar, ours=True),
            public_url=hosting.public_url,
            client_token=tokens.client,
            agent_token=tokens.agent,
            sandbox=self.is_sandbox,
            longest_s=longest_s,
        )

    def _place(
        self, settings: StageSettings, url: str, room: str, token: str, *, ours: bool = False
    ) -> Place:
        video = self.video_settings or VideoSettings()
        quality = video.quality or self.video_quality or settings.quality
        return Place(
            url=url, room=room, token=token, size=SIZES[quality], codec=video.encoding, ours=ours
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
        raise ValueError(
            "livekit_client_token is not a LiveKit token - at `$.livekit_config`"
        ) from error
    return grant if isinstance(grant, dict) else {}
