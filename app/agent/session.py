"""How the agent listens, takes turns and speaks: LiveKit's session with our parts and settings.

Voice activity and end of turn are detected in this process. What LiveKit would otherwise ask its
cloud for is named here and set to the local choice, in development mode as well.
"""

from livekit import rtc
from livekit.agents import AgentSession, APIConnectOptions, inference, room_io
from livekit.agents.voice.agent_session import SessionConnectOptions

# LiveKit's own output to a room: not public, but the one it uses when there is no avatar.
from livekit.agents.voice.room_io._output import _ParticipantAudioOutput

from app.agent.grounded_llm import GroundedLLM
from app.agent.speakable import speak_plainly
from app.agent.speech import Speech

# The detector doubts questions whose text ends in a comma: LiveKit's default of 2.5 s is then a
# silence in which visitors begin to speak again.
SURE_S, UNSURE_S = 0.3, 1.5


def new_session(
    grounded: GroundedLLM, speech: Speech, *, answer_timeout_s: float
) -> AgentSession[None]:
    """A session that is not started yet."""
    options = APIConnectOptions(max_retry=1, timeout=answer_timeout_s)
    return AgentSession(
        stt=speech.stt,
        tts=speech.tts,
        llm=grounded,
        vad=inference.VAD(),
        turn_handling={
            "turn_detection": inference.TurnDetector(version="v1-mini"),
            "endpointing": {"mode": "fixed", "min_delay": SURE_S, "max_delay": UNSURE_S},
            # The stage cannot pause: an interrupted sentence is not resumed.
            "interruption": {"mode": "vad", "resume_false_interruption": False},
        },
        tts_text_transforms=[speak_plainly],
        conn_options=SessionConnectOptions(llm_conn_options=options),
    )


def room_options(visitor: str) -> room_io.RoomOptions:
    """Listen to this visitor alone, whoever else is in the room; typed turns come by `lk.chat`."""
    return room_io.RoomOptions(
        participant_identity=visitor,
        text_input=room_io.TextInputOptions(),
        video_input=False,
        delete_room_on_close=False,
    )


async def speak_oneself(session: AgentSession[None], room: rtc.Room) -> None:
    """Go on with the agent's own voice when the avatar was lost in mid-visit."""
    defaults = room_io.AudioOutputOptions()
    output = _ParticipantAudioOutput(
        room,
        sample_rate=defaults.sample_rate,
        num_channels=defaults.num_channels,
        track_publish_options=defaults.track_publish_options,
    )
    session.output.replace_audio_tail(output)
    await output.start()
