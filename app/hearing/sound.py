"""How words sound, roughly: for names that a recogniser spells as it pleases."""

import re
import unicodedata
from functools import lru_cache

import jellyfish

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words(text: str) -> list[re.Match[str]]:
    """The words of a text, where they stand."""
    return list(_WORD.finditer(text))


def letters(text: str) -> str:
    """Small letters and digits alone, without accents."""
    apart = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("ł", "l"))
    return "".join(sign for sign in apart if sign.isalnum())


@lru_cache(maxsize=20_000)
def sound(plain: str) -> str:
    """The consonants of `letters(…)` as they sound in English, which recognisers think in."""
    code = jellyfish.metaphone(plain).replace(" ", "")
    return code or plain
