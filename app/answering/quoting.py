"""Foreign words in a prompt: between marks that nobody can guess, and without any form of ours.

What a visitor, a page or a caller's history says stands on one line each. The only square brackets
of a prompt are those of the marks, so no foreign text can open or close a passage.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

from app.answering.refusal import SIGN
from app.answering.template import Exchange
from ingest.extraction.invisible import without_invisible

# Of this process alone: whoever writes a page cannot compute a mark from what stands there.
_SECRET = secrets.token_bytes(32)
# Syllables are the cheapest: "[zofika]" has 4.3 tokens of Qwen2.5's on average, "[1]" has 4, six
# hexadecimal digits have 7 (400 marks each, with the line's end).
_CONSONANTS, _VOWELS = "bcdfghjklmnpqrstvwz", "aeiou"
_SYLLABLES = 3

_BRACKETS = str.maketrans({
    "[": "(", "]": ")", "［": "(", "］": ")", "【": "(", "】": ")", "〔": "(", "〕": ")",
    "⟦": "(", "⟧": ")", "〚": "(", "〛": ")", "❲": "(", "❳": ")",
})  # fmt: skip
# The words that order a prompt of ours, or a chat, when a colon follows them.
_LABEL = re.compile(
    r"\b(passages?|question|answer|system|assistant|user|human|developer|tool)\s*[:：]",
    re.IGNORECASE,
)
_ANSWER_IN = re.compile(r"\b(answer) in\b", re.IGNORECASE)
_FENCE = re.compile(r"`{2,}|#{2,}|={3,}|-{3,}|<{2,}|>{2,}")


def harmless(text: str) -> str:
    """Foreign text (free of control tokens) on one line, with nothing that reads as a form of ours.

    It says the same to who reads it: labels lose their colon, square brackets become round.
    """
    text = without_invisible(text).translate(_BRACKETS).replace(SIGN, SIGN.lower())
    text = _FENCE.sub(" ", _LABEL.sub(r"\1 –", text))
    return " ".join(_ANSWER_IN.sub(r"\1, in", text).split())


def mark_of(history: Sequence[Exchange], evidence: Sequence[str]) -> str:
    """The mark of a turn: the same as long as its history and its first passage are.

    So what was read ahead of a turn begins as its prompt does.
    """
    first = "\x00".join([*(f"{e.asked}\x01{e.answered}" for e in history), *evidence[:1]])
    digest = hmac.new(_SECRET, first.encode("utf-8", "replace"), hashlib.sha256).digest()
    number = int.from_bytes(digest[:8])
    letters = ""
    for _ in range(_SYLLABLES):
        number, consonant = divmod(number, len(_CONSONANTS))
        number, vowel = divmod(number, len(_VOWELS))
        letters += _CONSONANTS[consonant] + _VOWELS[vowel]
    return letters
