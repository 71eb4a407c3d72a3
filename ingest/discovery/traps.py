"""Sites without an end: calendars, endless paths, filters in every combination.

What can be told from one URL alone is `endless`. The rest is counted: URLs of one `shape` differ
only in what usually turns the same pages over (a date, a sort order, several filters at once), and
of each shape a run takes `MOST_OF_A_SHAPE`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

MOST_OF_A_SHAPE = 200
"""Twenty times the ten-page lists of an ordinary shop, and 16 years of a monthly archive; a filter
or calendar without an end costs 200 requests."""
MOST_SEGMENTS = 20
"""The deepest path in the manuals of PostgreSQL, Python, Apache, git and Debian has 4 segments; in
trees of source code it is some 15."""
MOST_PARAMETERS = 12
"""Content management systems choose a page with at most six; every further one is a filter."""
YEARS_AHEAD = 3
"""What an organisation has planned is nearer; only a calendar that makes its own pages goes on."""

# These choose a page, so that their values belong to the shape: `?id=7`, `topic_id`, `?p=12`.
_CHOOSES = re.compile(
    r".*id|[aflpqt]|title|article|topic|thread|post|slug|item|product|sku|doc|file|path|name"
    r"|view|option|action|module|controller|lang|language|hl|version|section|chapter|cat|category",
    re.IGNORECASE,
)
# These turn the same pages over, even one alone.
_TURNS = re.compile(
    r"(?:.*[_\[-])?(?:page|paged|pg|seite|start|offset|from|first|skip|limit|per_?page|size|count|num"
    r"|sort|sort_?by|order|order_?by|dir|direction|filters?|facets?|refine|search|query|s|tags?"
    r"|date|day|week|month|year|mo|yr|y|m|d|jahr|monat|woche|jour|mois|annee|since|until|before|after"
    r"|cal|calendar|time|display|layout|mode|replytocom|share|print|format|ical|return|redirect|next"
    r"|prev|min|max|price|colou?r|brand)(?:[_\]-].*)?",
    re.IGNORECASE,
)
_FILTERS = re.compile(r"(.*?/(?:filters?|facets?|refine|refinements?)/).+", re.IGNORECASE)
# A path that ends in a date: /2031/05, /2031/05/12, /2031-05, /2031-w20, /2031-05-12.html
_DATED = re.compile(
    r"(.*?[/_-])((?:19|2\d)\d\d)(?:([/_-])(?:[01]?\d|w[0-5]?\d)(?:\3[0-3]?\d)?)"
    r"(?:/(?:day|week|month|list|today)?)?(?:\.\w{2,5})?/?",
    re.IGNORECASE,
)
# Elsewhere, what looks like a date may be the number of a part: /parts/2199-10.
_CALENDAR = re.compile(
    r"[ck]alend|event|agenda|termin|veranstalt|schedul|archiv|month|week|day|date", re.IGNORECASE
)
_YEAR = re.compile(r"(\d{4})(?:-?\d\d(?:-?\d\d)?)?(?:T.*)?")
_YEAR_NAMES = re.compile(
    r"(?:.*[_\[-])?(?:date|day|week|month|year|yr|y|jahr|monat|woche)\]?", re.IGNORECASE
)
_REESCAPED = re.compile(r"%25(?:25)+", re.IGNORECASE)


def endless(url: str) -> str:
    """Why a URL looks like one of endlessly many; "" if it does not."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > MOST_SEGMENTS:
        return f"looks like an endless path (more than {MOST_SEGMENTS} levels deep)"
    if _repeats(segments):
        return "looks like an endless path (parts of it repeat again and again)"
    if len(parts.query.split("&")) > MOST_PARAMETERS:
        return f"looks like one of endlessly many filters (over {MOST_PARAMETERS} parameters)"
    if _REESCAPED.search(url):
        return "looks like an address that grows with every link (escaped over and over)"
    latest = datetime.now(UTC).year + YEARS_AHEAD
    for year in _years(parts.path, parts.query):
        if year > latest:
            return f"looks like a page of an endless calendar (the year {year})"
    return ""


def shape(url: str) -> str:
    """What a URL has in common with those that turn the same pages over; "" for one that does not.

    Two URLs of one shape need not be alike; they are only counted together.
    """
    parts = urlsplit(url)
    place = f"{parts.scheme}://{parts.netloc}"
    path = parts.path
    if match := _FILTERS.fullmatch(path):
        return f"{place}{match[1]}*"
    dated = _DATED.fullmatch(path)
    if dated:
        path = f"{dated[1]}(date)"
    chosen, free = _parameters(parts.query)
    if not free or (len(free) == 1 and not _TURNS.fullmatch(free[0])):
        return f"{place}{path}" if dated else ""
    # Any two or more together: each choice of names would otherwise be a shape of its own.
    names = free[0] if len(free) == 1 else "*"
    return f"{place}{path}?{'&'.join([*sorted(chosen), names])}"


def too_many(shape: str) -> str:
    """The reason for leaving out what exceeds `MOST_OF_A_SHAPE`."""
    alike = f"{MOST_OF_A_SHAPE} pages that differ only by date, order or filter"
    return f"would be one of more than {alike}: {shape}"


def _parameters(query: str) -> tuple[list[str], list[str]]:
    """Those that choose a page, with their values, and the names of the others, each once."""
    chosen: list[str] = []
    free: dict[str, None] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if _CHOOSES.fullmatch(name):
            chosen.append(f"{name}={value}")
        else:
            free[name] = None
    return chosen, sorted(free)


def _repeats(segments: list[str]) -> bool:
    """Whether a path goes round in circles.

    It does if several parts stand three times in a row, as in /a/b/a/b/a/b, or a single one four
    times (three may be a date: /11/11/11). The manuals named above never repeat any.
    """
    for length in range(1, len(segments) // 3 + 1):
        most = 3 if length == 1 else 2
        same = 0
        for place in range(length, len(segments)):
            same = same + 1 if segments[place] == segments[place - length] else 0
            if same >= length * most:
                return True
    return False


def _years(path: str, query: str) -> Iterator[int]:
    """The years that a calendar is asked for, at the end of a path or in a query."""
    dated = _DATED.fullmatch(path)
    if dated and _CALENDAR.search(dated[1]):
        yield int(dated[2])
    for name, value in parse_qsl(query):
        if _YEAR_NAMES.fullmatch(name) and (match := _YEAR.fullmatch(value)):
            yield int(match[1])
