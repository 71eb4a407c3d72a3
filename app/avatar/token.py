"""The avatar's way into the room."""

from datetime import timedelta

from livekit import api

from app.errors import StageUnavailable
from app.settings import LiveKitSettings

IDENTITY = "groundling-avatar"
_TTL = timedelta(hours=6)  # longer than any visit: the stage may have to come back with it


def mint_token(livekit: LiveKitSettings, room: str, agent: str) -> str:
    """A token that speaks for the agent and hears nothing: publish and data, no subscribing."""
    if livekit.secret is None:
        raise StageUnavailable("no LiveKit secret: set GROUNDLING_LIVEKIT__SECRET")
    grants = api.VideoGrants(
        room_join=True, room=room, can_publish=True, can_publish_data=True, can_subscribe=False
    )
    return (
        api.AccessToken(livekit.key, livekit.secret.get_secret_value())
        .with_identity(IDENTITY)
        .with_name("Groundling")
        .with_kind("agent")
        .with_attributes({"lk.publish_on_behalf": agent})
        .with_grants(grants)
        .with_ttl(_TTL)
        .to_jwt()
    )
