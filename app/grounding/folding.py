"""Words without what differs from one spelling, or one language, to the next."""

import re
import unicodedata

# Letters that do not come apart into a letter and its accent.
_PLAIN = str.maketrans({"ł": "l", "ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d"})


def fold(text: str) -> list[str]:
    """The words of a text in small letters, without accents and signs."""
    apart = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    return re.findall(r"\w+", "".join(sign for sign in apart if not unicodedata.combining(sign)))
