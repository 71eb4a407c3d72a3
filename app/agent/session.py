"""How the agent listens, takes turns and speaks: LiveKit's session with our parts and settings.

Voice activity and end of turn are detected in this process. What LiveKit would otherwise ask its
cloud for is named here and set to the local choice, in development mode as well.
"""

from livekit.agents import AgentSession, APIConnectOptions, inference, room_io
from livekit.agents.voice.agent_session import SessionConnectOptions

from app.agent.grounded_llm import GroundedLLM
from app.agent.speakable import speaking
from app.agent.speech import Speech

# The detector doubts one question in five, most of them over: LiveKit's default of 2.5 s is then a
# silence in which visitors begin to speak again. Who was still asking is heard to the end all the
# same, since a question in halves is answered as one.
SURE_S, UNSURE_S = 0.3, 1.0
# A sound of this length makes the agent fall silent; a cough is shorter.
INTERRUPTS_S = 0.35
# It goes on when nothing was said so long after that sound: the recogniser's text comes within
# 0.3 s of the end of speech.
FALSE_S = 0.7


def new_session(
    grounded: GroundedLLM, speech: Speech, *, answer_timeout_s: float, away_s: float
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
            "interruption": {
                "mode": "vad",
                "min_duration": INTERRUPTS_S,
                "resume_false_interruption": True,
                "false_interruption_timeout": FALSE_S,
            },
        },
        tts_text_transforms=[speaking(lambda: grounded.lang, speech.pronunciations)],
        conn_options=SessionConnectOptions(llm_conn_options=options),
        # Browsers cancel the echo themselves; LiveKit would let nobody interrupt for 3 s.
        aec_warmup_duration=None,
        user_away_timeout=away_s,
    )


def room_options(visitor: str) -> room_io.RoomOptions:
    """Listen to this visitor, whoever else is in the room; typed turns come by `lk.chat`.

    Others are heard through `Company`, which also knows when the last of them has left.
    """
    return room_io.RoomOptions(
        participant_identity=visitor,
        text_input=room_io.TextInputOptions(),
        audio_output=False,  # the mouth's
        # The mouth knows which sentences were heard; LiveKit would guess it from the pace.
        text_output=room_io.TextOutputOptions(sync_transcription=False),
        video_input=False,
        close_on_disconnect=False,
        delete_room_on_close=False,
    )
