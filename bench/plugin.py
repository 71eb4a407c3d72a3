"""LiveKit's own plugin for LiveAvatar, on our stage: what ours is compared with."""

from livekit import rtc
from livekit.agents import AgentSession
from livekit.plugins import liveavatar

from app.settings import AvatarSettings


async def start_plugin(
    session: AgentSession[None],
    room: rtc.Room,
    *,
    stage: str,
    stage_key: str,
    livekit: tuple[str, str, str],
) -> liveavatar.AvatarSession:
    """Its avatar, on the way to the room; `livekit` is the server's address, key and secret."""
    avatar = liveavatar.AvatarSession(
        avatar_id=AvatarSettings().avatar_id,
        api_url=f"{stage}/v1/sessions",
        api_key=stage_key,
        video_quality="low",
    )
    url, key, secret = livekit
    await avatar.start(
        session, room, livekit_url=url, livekit_api_key=key, livekit_api_secret=secret
    )
    return avatar
