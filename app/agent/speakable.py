"""Text that a voice can read: no markers, markdown, addresses or emoji.

What is shown and stored keeps them; only the voice gets this.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterable

from app.agent.turns import Line

_REPLACEMENTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in (
        (r"```[^\n`]*\n?", ""),  # fences of code
        (r"【[^】]*】", ""),
        (r"!\[([^\]]*)\]\([^)\s]*\)", r"\1"),  # pictures: their description
        (r"\[([^\]]+)\]\([^)\s]*\)", r"\1"),  # links: their words
        (r"\s*\[\s*\^?\d+(?:\s*[,;–-]\s*\d+)*\s*\]", ""),  # [1], [1, 2], [^3]
        (r"<?\b(?:https?://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]>?", ""),
        (r"</?[a-zA-Z][^<>]*>", ""),
        (r"^\s{0,3}#{1,6}\s+", ""),  # headings
        (r"^\s*>\s?", ""),  # quotations
        (r"^\s*[-*+•]\s+(?=\S)", ""),  # points of a list; numbers stay: "12. März" is none
        (r"^\s*(?:[-*_]\s*){3,}$", ""),  # rules
        (r"^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t:-]*$", ""),  # a table's second line
        (r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$", ""),
        (r"[ \t]*\|[ \t]*", ", "),
        (r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1", r"\2"),
        (r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])", r"\1"),
        (r"(?<!\w)_(?=[^\s_])(.+?)(?<=[^\s_])_(?!\w)", r"\1"),
        (r"`([^`]*)`", r"\1"),
        # Pictographs with their modifiers and joiners; letters of all scripts stay.
        (
            "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u231a-\u23ff"
            "\U000e0020-\U000e007f\ufe0f\u200d\u20e3]+",
            "",
        ),
        (r"\(\s*\)|\[\s*\]|<\s*>", ""),  # what is left of brackets
        (r"\s+([.,;!?…])", r"\1"),
        (r"\s+", " "),
    )
)
# A sentence ends here, and no marker or address can be half read: those hold no blank.
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+|\n+")


def speakable(text: str) -> str:
    """The text as it should be read aloud; empty when nothing of it can be."""
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text.strip()


async def speak_plainly(text: AsyncIterable[str]) -> AsyncGenerator[str, None]:
    """A transform for LiveKit's voice path: lines whole, loose pieces sentence by sentence.

    Loose pieces are gathered until their sentence ends, since "[" and "1]" may come apart.
    """
    gathered = ""
    async for piece in text:
        if isinstance(piece, Line):
            yield piece.reworded(speakable(piece))
            continue
        gathered += piece
        *sentences, gathered = _split(gathered)
        for sentence in sentences:
            if plain := speakable(sentence):
                yield f"{plain} "
    if plain := speakable(gathered):
        yield plain


def _split(text: str) -> list[str]:
    """The whole sentences of a text, and last what is not yet one."""
    parts, begin = [], 0
    for end in _SENTENCE_END.finditer(text):
        parts.append(text[begin : end.end()])
        begin = end.end()
    return [*parts, text[begin:]]
