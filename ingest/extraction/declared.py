"""What files declare about themselves, as far as it can be true."""

import re
from datetime import UTC, date, datetime, timedelta

_FIRST_YEAR = 1990
_DATE = re.compile(r"(?:D:)?(\d{4})-?(\d\d)?-?(\d\d)?")
_PROGRAM = re.compile(r"^(?:microsoft \w+|writer) - ", re.I)
_NO_TITLE = re.compile(
    r"(?:untitled|unbenannt|sans titre|document|dokument|slide|folie|powerpoint.presentation|"
    r"presentation|layout|title|book|print|cover)?[\s\d._-]*|"
    r".*\.(?:docx?|odt|pptx?|indd|qxd|tex|dvi|pdf|xlsx?)",
    re.I,
)


def title_from(declared: str) -> str:
    """A declared title, unless it is a file's name or a program's ("untitled", "Slide 1")."""
    title = " ".join(_PROGRAM.sub("", declared).replace("\0", "").split()).strip(" -–:|")
    return "" if _NO_TITLE.fullmatch(title) else title


def date_from(declared: str, fetched_at: datetime) -> date | None:
    """A declared date (`D:20240301…` or `2024-03-01…`) that is neither too old nor to come."""
    found = _DATE.match(declared)
    if not found:
        return None
    try:
        day = date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None
    latest = fetched_at.astimezone(UTC).date() + timedelta(days=1)
    return day if day.year >= _FIRST_YEAR and day <= latest else None
