"""Dates as the web writes them, in sitemaps, feeds and headers."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_W3C = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
    r"\s*(Z|[+-]\d\d:?\d\d|[+-]\d\d)?)?)?)?",
    re.IGNORECASE,
)
_WEST = timedelta(hours=12)
"""A day, and a time without its zone, end last in the zone furthest west: UTC-12."""


def latest(text: str) -> datetime | None:
    """The latest moment (UTC) that a date can mean; None if it is none.

    Read are the W3C's forms, from "2024" to "2024-05-01T10:00:00.5+02:00", and those of mail.
    """
    text = text.strip()
    try:
        if match := _W3C.fullmatch(text):
            return _w3c(match)
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _w3c(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (int(n) if n else None for n in match.groups()[:6])
    first = 1 if month is None else month, 1 if day is None else day
    start = datetime(year or 0, *first, tzinfo=UTC)
    if month is None:
        return start.replace(year=start.year + 1) + _WEST
    if day is None:
        return (start + timedelta(days=32)).replace(day=1) + _WEST
    if hour is None:
        return start + timedelta(days=1) + _WEST
    if hour > 24:
        raise ValueError("a day has 24 hours")
    # 24:00 and a leap second are times, if only here.
    moment = start + timedelta(hours=hour, minutes=minute or 0, seconds=(second or 0) + 1)
    zone = match[7]
    if zone is None:
        return moment + _WEST
    return moment if zone in "Zz" else moment - _offset(zone)


def _offset(zone: str) -> timedelta:
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -offset if zone[0] == "-" else offset
