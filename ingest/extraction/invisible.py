"""Characters that no reader sees: they part words, and they smuggle words in.

Instructions to a model can be written in tag characters, variation selectors or runs of joiners:
a visitor sees nothing, a tokenizer sees every one.
"""

import re

# One joiner between letters is spelling in Persian and in the scripts of India, and part of emoji.
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f]{2,}")
_JOINED_EMOJI = re.compile("\ufe0f\u200d")
_NEVER = re.compile(
    "["
    "\u00ad"  # soft hyphen
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # fillers and marks without a shape
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # zero width, directions, operators
    "\u3164\uffa0\ufff9-\ufffb"  # fillers, annotations
    "\U000e0000-\U000e0fff"  # tags, more variation selectors
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shorthand and musical format
    "]+"
)
_KEPT = "\ue000"


def without_invisible(text: str) -> str:
    """The text without characters that show nothing, but for joiners that spell."""
    if text.isascii():
        return text
    text = _NEVER.sub("", text)
    if not _JOINERS.search(text):
        return text
    text = _JOINED_EMOJI.sub(_KEPT, text)
    return _JOINERS.sub("", text).replace(_KEPT, "\ufe0f\u200d")
