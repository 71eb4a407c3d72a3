"""Text that nobody said: what recognisers write when they hear noise, music or nothing.

They were taught with subtitles, so silence reads like the end of a film; and a model that has lost
its way says one thing again and again.
"""

import re

from app.hearing.sound import words

# Written under films by those who made the subtitles, never said to an avatar.
_SUBTITLES = re.compile(
    r"^\W*(?:thanks? (?:you )?for (?:watching|listening|viewing)\b.*|.*\bsubtitles? by\b.*|"
    r".*\bsous-titr\w+ (?:par|réalisés|de)\b.*|.*\buntertitel (?:von|der|im auftrag)\b.*|"
    r".*\bsubtítulos (?:por|realizados)\b.*|.*\bsottotitoli (?:creati|a cura)\b.*|"
    r".*\bondertitel\w* (?:door|ingediend)\b.*|.*\blegendas (?:pela|por)\b.*|"
    r".*\bnapisy (?:stworzone|autorstwa)\b.*|.*\bamara\.org\b.*|"
    r"(?:please )?(?:like and )?subscribe\b.*channel.*)\W*$",
    re.IGNORECASE,
)
# In brackets, stars or notes: a sound is described.
_DESCRIBED = re.compile(r"^\s*(?:[\[(*♪][^\])*♪]*[\])*♪]\s*)+$|^[\s♪.…,!?-]*$")
# "No, no, no" is said by people; one phrase five times over is not.
_TIMES = 5
_LONGEST_PHRASE = 6


def is_invented(text: str) -> bool:
    """Whether this cannot be what a visitor said."""
    return bool(_DESCRIBED.match(text) or _SUBTITLES.match(text)) or _goes_round(text)


def _goes_round(text: str) -> bool:
    """Whether most of it is one phrase, again and again."""
    said = [word[0].lower() for word in words(text)]
    for size in range(1, _LONGEST_PHRASE + 1):
        run = 1
        for at in range(size, len(said) - size + 1, size):
            run = run + 1 if said[at : at + size] == said[at - size : at] else 1
            if run >= _TIMES and run * size >= len(said) / 2:
                return True
    return False
