"""Times of day as people write and say them."""

import re
from collections.abc import Iterator

_AM = (
    r"(?P<am>a\.?m\b\.?|in the morning|du matin|(?:uhr )?(?:morgens|vormittags|früh)|de la mañana|"
    r"del mattino|da manhã|'s ochtends|rano|dimineața)"
)
_PM = (
    r"(?P<pm>p\.?m\b\.?|in the (?:evening|afternoon)|at night|du soir|de l['’]après-midi|"
    r"(?:uhr )?(?:abends|nachmittags)|de la (?:tarde|noche)|(?:del|di) (?:pomeriggio|sera)|"
    r"da (?:tarde|noite)|'s (?:middags|avonds)|po południu|wieczorem|seara)"
)
_HALF = rf"\s*(?:{_AM}|{_PM})"
_HOUR = r"(?P<h>[01]?\d|2[0-4])"
_MINUTES = r"(?P<m>[0-5]\d)"
_SIGNS = r"o['’]?clock|uhr|heures?|h|horas|ore|uur|godz\.?"

_PATTERNS = tuple(
    re.compile(rf"(?<![\d.,:]){pattern}", re.IGNORECASE)
    for pattern in (
        rf"half past {_HOUR}(?P<half>)(?:{_HALF})?(?!\d)",
        rf"(?:a )?quarter past {_HOUR}(?P<quarter>)(?:{_HALF})?(?!\d)",
        rf"(?:a )?quarter to {_HOUR}(?P<toquarter>)(?:{_HALF})?(?!\d)",
        rf"(?:halb|half) {_HOUR}(?P<tohalf>)(?:\s*uhr)?(?!\d)",
        rf"viertel nach {_HOUR}(?P<quarter>)(?:\s*uhr)?(?!\d)",
        rf"viertel vor {_HOUR}(?P<toquarter>)(?:\s*uhr)?(?!\d)",
        rf"{_HOUR}\s?(?:heures?|h) et demie?(?P<half>)",
        rf"{_HOUR}\s?(?:heures?|h) et quart(?P<quarter>)",
        rf"{_HOUR}\s?(?::|h|uhr|heures?)\s?{_MINUTES}(?!\d)(?:\s?(?:uhr|h|heures?)(?!\w))?(?:{_HALF})?",
        rf"{_HOUR}\.{_MINUTES}(?:{_HALF}|\s*(?:uhr|h|uur)(?!\w))",
        rf"{_HOUR}(?:\s*(?:{_SIGNS})(?!\w))?{_HALF}",
        rf"{_HOUR}\s?(?P<sign>{_SIGNS})(?!\w)",
    )
)  # fmt: skip
_NAMED = (
    (re.compile(r"(?<!\w)(?:noon|midday|midi|mediodía|mezzogiorno|meio-dia)(?!\w)", re.I), 720),
    (re.compile(r"(?<!\w)(?:midnight|minuit|mitternacht|medianoche|mezzanotte)(?!\w)", re.I), 0),
)
_MINUTE = {"half": 30, "quarter": 15, "toquarter": -15, "tohalf": -30}
_DAY = 1440
# A length of time as well: "2 heures", "3 h", "4 horas".
_LENGTHS = re.compile(r"heures?|h|horas|ore|uur", re.IGNORECASE)


def times(text: str) -> Iterator[tuple[int, int, frozenset[int], int | None]]:
    """The times in a text: start, end, minutes after midnight, and hours if it may be a length.

    Without a half of the day, a time up to twelve is read as both.
    """
    for pattern, minute in _NAMED:
        for found in pattern.finditer(text):
            yield found.start(), found.end(), frozenset((minute,)), None
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            parts = found.groupdict()
            length = parts.get("sign") and _LENGTHS.fullmatch(parts["sign"])
            yield (
                found.start(),
                found.end(),
                minutes(parts),
                int(parts["h"]) if length else None,
            )


def minutes(parts: dict[str, str | None]) -> frozenset[int]:
    """What a matched time may be, in minutes after midnight."""
    hour = int(parts["h"] or 0)
    minute = int(parts.get("m") or 0)
    minute += sum(by for name, by in _MINUTE.items() if parts.get(name) is not None)
    if parts.get("pm"):
        return frozenset(((hour % 12 + 12) * 60 + minute,))
    if parts.get("am"):
        return frozenset((hour % 12 * 60 + minute,))
    return either(hour, minute)


def either(hour: int, minute: int = 0) -> frozenset[int]:
    """An hour without its half of the day."""
    at = hour * 60 + minute
    both = (at, at + 720) if 1 <= hour <= 12 else (at,)
    return frozenset(time % _DAY for time in both)


def without_times(text: str) -> str:
    """A text without the times in it."""
    for start, end, *_ in times(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text
