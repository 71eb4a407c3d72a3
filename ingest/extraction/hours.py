"""Opening hours of schema.org, as days of the week and times."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from ingest.extraction.structured import Thing, first

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_COMPACT = re.compile(
    r"^\s*((?:mo|tu|we|th|fr|sa|su)[a-z]*(?:\s*[-–,]\s*(?:mo|tu|we|th|fr|sa|su)[a-z]*)*)\s*:?\s+"
    r"(\d{1,2}:\d{2})\s*[-–]\s*(\d{1,2}:\d{2})\s*$",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"T?(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Hours:
    """Days (0 is Monday) and the minutes of the day at which it opens and closes; None: closed.

    `since` and `until` bound the dates for which it holds.
    """

    days: tuple[int, ...]
    opens: int | None
    closes: int | None
    since: date | None = None
    until: date | None = None


def hours_of(thing: Thing) -> list[Hours]:
    """All that it says about its hours and that can be understood."""
    found = [_compact(said) for said in thing.get("openingHours", ()) if isinstance(said, str)]
    # `Mo-Fr 09:00-17:00, Sa 10:00-12:00` is one string on many pages.
    for said in thing.get("openingHours", ()):
        if isinstance(said, str) and _compact(said) is None:
            found += [_compact(part) for part in re.split(r"[;,]\s*(?=\w\w[\s-])", said)]
    for name in ("openingHoursSpecification", "specialOpeningHoursSpecification"):
        found += [_specified(one) for one in thing.get(name, ()) if isinstance(one, dict)]
    return list(dict.fromkeys(hours for hours in found if hours is not None))


def minute_of(clock: Any) -> int | None:
    """A time such as 09:30 or T09:30:00 as the minute of its day."""
    found = _CLOCK.search(str(clock))
    return int(found[1]) * 60 + int(found[2]) if found and int(found[1]) <= 24 else None


def date_of(value: Any) -> date | None:
    """The day of an ISO date or time."""
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        return None


def _compact(said: str) -> Hours | None:
    found = _COMPACT.match(said)
    if found is None:
        return None
    days: list[int] = []
    for part in found[1].lower().split(","):
        ends = [_DAYS.index(end.strip()[:2]) for end in re.split("[-–]", part)]
        days += _between(ends[0], ends[-1])
    return Hours(tuple(sorted(set(days))), minute_of(found[2]), minute_of(found[3]))


def _between(begin: int, end: int) -> list[int]:
    return [(begin + n) % 7 for n in range((end - begin) % 7 + 1)]


def _specified(said: Thing) -> Hours | None:
    """schema.org says "closed" as opening and closing at the same minute."""
    days = {_day(value) for value in said.get("dayOfWeek", ())} - {-1}
    since, until = date_of(first(said, "validFrom")), date_of(first(said, "validThrough"))
    opens, closes = minute_of(first(said, "opens")), minute_of(first(said, "closes"))
    if not (days or since) or (opens is None) != (closes is None):
        return None
    if opens == closes:
        opens = closes = None
    return Hours(tuple(sorted(days)), opens, closes, since, until)


def _day(value: Any) -> int:
    """The number of a day; -1 for holidays and what is no day."""
    name = str(first(value, "@id", "name") if isinstance(value, dict) else value)
    short = name.rpartition("/")[2].strip().lower()[:2]
    return _DAYS.index(short) if short in _DAYS else -1
