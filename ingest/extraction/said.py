"""Whether a text says a fact already, in whatever form it writes times, numbers and telephones."""

import re
from functools import cached_property

from ingest.extraction.text import words

_TIME = re.compile(
    r"(?<!\d)(\d{1,2})(?:[:.h](\d{2}))?\s*(am\b|pm\b|a\.m|p\.m|uhr\b|uur\b|h\b|heures?\b)?", re.I
)
_RANGE = re.compile(r"(?<!\d)(\d{1,2})\s*[-–—]\s*(\d{1,2})(?!\d)")
_NUMBER = re.compile(r"\d+(?:[.,]\d{1,2}(?!\d))?")
_PHONE_DIGITS = 6
_MOST = 0.8


class Said:
    """What one text says; doubtful cases count as not said, since a fact lost is worse than two."""

    def __init__(self, text: str) -> None:
        self._text = text.lower()

    def minute(self, minute_of_day: int) -> bool:
        """A time of the day."""
        return minute_of_day in self._minutes

    def number(self, number: float) -> bool:
        """An amount."""
        return number in self._numbers

    def phone(self, phone: str) -> bool:
        """A telephone number, whatever its grouping and country code."""
        digits = re.sub(r"\D", "", phone)
        return len(digits) >= _PHONE_DIGITS and digits[-_PHONE_DIGITS - 1 :] in self._digits

    def literally(self, text: str) -> bool:
        """The same characters."""
        return text.lower() in self._text

    def mostly(self, text: str) -> bool:
        """Four words of five; a number that is missing is not said."""
        wanted = words(text)
        missing = wanted - self._words
        has_numbers = not any(word.isdecimal() for word in missing)
        return has_numbers and len(missing) <= (1 - _MOST) * len(wanted)

    @cached_property
    def _words(self) -> set[str]:
        return words(self._text)

    @cached_property
    def _digits(self) -> str:
        return re.sub(r"(?<=\d)[\s()/.\-–]+(?=\d)|\(0\)", "", self._text)

    @cached_property
    def _numbers(self) -> set[float]:
        return {float(found.replace(",", ".")) for found in _NUMBER.findall(self._text)}

    @cached_property
    def _minutes(self) -> set[int]:
        minutes = set()
        for hour, minute, suffix in _TIME.findall(self._text):
            if minute or suffix:
                later = 12 if suffix.startswith("p") and int(hour) < 12 else 0
                minutes.add((int(hour) + later) * 60 + int(minute or 0))
        for pair in _RANGE.findall(self._text):
            minutes |= {int(hour) * 60 for hour in pair}
        return minutes
