"""Where one sentence ends and the next begins, in text that is spoken."""

import re

# No marker or address can be half read here: those hold no blank.
_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+|\n+")


def whole_sentences(text: str) -> list[str]:
    """The whole sentences of a text with the blanks after them, and last what is not yet one."""
    parts, begin = [], 0
    for end in _END.finditer(text):
        parts.append(text[begin : end.end()])
        begin = end.end()
    return [*parts, text[begin:]]


def sentences_of(text: str) -> list[str]:
    """The sentences of a text."""
    return [part.strip() for part in whole_sentences(text) if part.strip()]
