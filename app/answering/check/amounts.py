"""What a text counts: numbers with their units, times, dates, months, weekdays.

"forty metres" and "40 m", "3 pm", "15:00", "15 Uhr" and "15 h" are the same, in any of the
languages that we speak. What can be read in two ways (an hour without its half of the day, 1.234)
keeps both readings.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from app.answering.check.calendar import (
    ENGLISH_MAY,
    EVERY_DAY,
    MONTHS,
    UNTIL,
    WEEKDAYS,
    WEEKEND,
    month_names,
    number_of,
)
from app.answering.check.clock import either, times
from app.answering.check.numerals import scaled, spelled, values_of
from app.answering.check.units import unit_at

Reading = tuple[str, float]

_NUMBER = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)*|\d+)"
)
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?!\d)")
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})([./])(\d{1,2})\2(\d{4}|\d\d)(?!\d)")
# "CO2", "B2B", "A-380": a name with digits.
_CODE = re.compile(r"(?<![\w.,])[^\W\d_]{1,6}-?\d[\w-]*")
# Days and months that a range leaves out are not meant; a number beyond a limit may be.
_CYCLES = ("weekday", "month")
_YEAR = re.compile(r"1\d{3}|20\d\d|21\d\d")
_NEXT = re.compile(r"[\s\u00a0-]*([^\W\d_]+)")
_BETWEEN = (
    r"\s*(?:,|&|–|-|and|und|et|y|e|en|i|și|to|bis|au|a|al|till|until|oder|or|ou)\s*(?:the\s)?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|\.|º)?"
# Said of a bound ("up to 25"), not of a value: another number beside it contradicts nothing.
_BOUND = re.compile(
    r"\b(?:under|over|above|below|up to|at (?:most|least)|(?:more|less|fewer) than|from|until|to|"
    r"between|about|moins de|plus de|jusqu['’]?(?:à|au)|au (?:plus|moins)|dès|de|à partir de|"
    r"über|unter|bis(?: zu)?|ab|mindestens|höchstens|maximal|(?:mehr|weniger) als|von|zwischen|"
    r"rund|(?:más|menos) de|hasta|desde|al menos|(?:più|meno) di|fino a|(?:meer|minder) dan|tot|"
    r"vanaf|mais de|até)\s+(?:the\s)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One thing that is counted, in all its readings (measure, value), and where it stands.

    `kind` is what it is first read as: "number", "year", "clock", "date", "month", "weekday", or
    the measure of its unit. `bound`: it limits a range. `of` is the beginning of the word after it.
    """

    kind: str
    readings: frozenset[Reading]
    start: int
    bound: bool = False
    of: str = ""

    def is_in(self, other: "Amount") -> bool:
        """Whether the other says it too; a number without a unit fits any unit.

        A month is in a date, a date is not in another of its month.
        """
        if self.kind == "date":
            return any(
                reading in other.readings for reading in self.readings if reading[0] == "date"
            )
        if any(reading in other.readings for reading in self.readings if reading[0] != "plain"):
            return True
        if not {"number", "year"} & {self.kind, other.kind}:
            return False
        return bool(self._plain() & other._plain())

    def rivals(self, other: "Amount") -> bool:
        """Whether the other says how much of the same: not both can be true of one thing."""
        if self.kind != other.kind or (other.bound and self.kind not in _CYCLES):
            return False
        return self.kind != "number" or self.of == other.of

    def _plain(self) -> set[float]:
        return {value for measure, value in self.readings if measure == "plain"}


@lru_cache(maxsize=2048)
def amounts(text: str, lang: str) -> tuple[Amount, ...]:
    """What a text in `lang` counts, in its order."""
    scan = _Scan(spelled(text, lang), lang)
    for step in (scan.codes, scan.dates, scan.clock, scan.weekdays, scan.months, scan.numbers):
        step()
    return tuple(sorted(scan.found, key=lambda amount: amount.start))


class _Scan:
    """A text that is read kind by kind; what was read is blanked."""

    def __init__(self, text: str, lang: str) -> None:
        self._whole = self._text = text
        self._lang = lang
        self.found: list[Amount] = []

    def codes(self) -> None:
        for found in _CODE.finditer(self._text):
            code = re.sub(r"[-_]", "", found[0]).lower()
            self._add("code", {(f"code {code}", 0.0)}, found.start())
            self._blank(found.start(), found.end())

    def dates(self) -> None:
        for found in _ISO.finditer(self._text):
            year, month, day = map(int, found.groups())
            self._date(found, [day], [month], year)
        for found in _SLASHED.finditer(self._text):
            first, second, year = int(found[1]), int(found[3]), int(found[4])
            if first <= 31 and second <= 31:
                self._date(found, [first, second], [second, first], year, either_way=True)
        names = month_names(self._lang)
        before = rf"(?P<days>{_DAY}(?:{_BETWEEN}{_DAY})*)(?:\s+(?:of|de|di|d['’]))?\s+"
        after = rf"\s+(?P<days>{_DAY}(?:{_BETWEEN}{_DAY})*)(?![\d:]|\.\d)"
        flags = re.IGNORECASE if self._lang not in ("en", "de") else 0
        for pattern in (
            rf"(?<![\d.,:]){before}(?P<name>{names})(?!\w)",
            rf"\b(?P<name>{names}){after}",
        ):
            for found in re.finditer(pattern, self._text, flags):
                month = _month(found["name"], self._lang)
                for day in map(int, re.findall(r"\d+", found["days"])):
                    self._add(
                        "date", {("date", month * 100 + day), ("month", month)}, found.start()
                    )
                self._blank(found.start(), found.end())

    def clock(self) -> None:
        for start, end, at, hours in times(self._text):
            if self._text[start:end].strip() == "" or "\x00" in self._text[start:end]:
                continue
            readings: set[Reading] = {("clock", minute) for minute in at}
            if hours is not None:
                readings |= {("time", hours * 60), ("plain", hours)}
            self._add("clock", readings, start)
            self._blank(start, end)

    def weekdays(self) -> None:
        days = WEEKDAYS.get(self._lang)
        if days is None:
            return
        self._named(days, "weekday", 7)
        for pattern, which in ((EVERY_DAY[self._lang], range(1, 8)), (WEEKEND, (6, 7))):
            for found in pattern.finditer(self._text):
                self._add("weekday", {("weekday", day) for day in which}, found.start(), bound=True)

    def months(self) -> None:
        names = MONTHS.get(self._lang)
        if names is None:
            return
        if self._lang == "en":
            self._text = ENGLISH_MAY.sub("\x00\x00\x00", self._text)
            self._text = re.sub(r"(?:^|(?<=[.!?] ))(?:May|March)(?= [a-z])", _blanked, self._text)
        self._named(names, "month", 12)

    def numbers(self) -> None:
        upto = 0
        for found in _NUMBER.finditer(self._text):
            if "\x00" in found[0] or found.start() < upto:
                continue
            values, end = scaled(values_of(found[0], self._lang), self._text, found.end())
            upto = end
            readings: set[Reading] = {("plain", value) for value in values}
            kind = "number"
            unit = unit_at(self._text, found.start(), end)
            if unit is not None:
                kind, size, _ = unit
                readings |= {(kind, round(value * size, 4)) for value in values}
            elif found[0].isdigit() and int(found[0]) <= 24 and len(found[0]) <= 2:
                readings |= {("clock", minute) for minute in either(int(found[0]))}
            elif _YEAR.fullmatch(found[0]):
                kind = "year"
            self._add(kind, readings, found.start(), of=_following(self._whole, end))

    def _named(self, names: re.Pattern[str], kind: str, most: int) -> None:
        """Names with a place in a cycle; from one to another means those between as well."""
        before: tuple[int, int] | None = None
        for found in names.finditer(self._text):
            number = number_of(found)
            self._add(kind, {(kind, number)}, found.start())
            if before and UNTIL.fullmatch(self._text[before[1] : found.start()]):
                self.found[-2:] = [replace(end, bound=True) for end in self.found[-2:]]
                between = range(1, (number - before[0]) % most)
                for step in between:
                    value = (before[0] + step - 1) % most + 1
                    self._add(kind, {(kind, value)}, found.start(), bound=True)
            before = number, found.end()
        self._text = names.sub(_blanked, self._text)

    def _date(
        self,
        found: re.Match[str],
        days: list[int],
        months: list[int],
        year: int,
        *,
        either_way: bool = False,
    ) -> None:
        pairs = [(d, m) for d, m in zip(days, months, strict=True) if m <= 12 and d <= 31]
        readings: set[Reading] = {("date", month * 100 + day) for day, month in pairs}
        readings |= {("month", month) for _, month in pairs}
        if either_way and year < 100:
            year += 2000 if year < 70 else 1900
        self._add("date", readings, found.start())
        self._add("year", {("plain", float(year))}, found.start())
        self._blank(found.start(), found.end())

    def _add(
        self, kind: str, readings: set[Reading], start: int, *, bound: bool = False, of: str = ""
    ) -> None:
        bound = bound or bool(_BOUND.search(self._whole[max(0, start - 20) : start]))
        amount = Amount(kind=kind, readings=frozenset(readings), start=start, bound=bound, of=of)
        self.found.append(amount)

    def _blank(self, start: int, end: int) -> None:
        self._text = self._text[:start] + "\x00" * (end - start) + self._text[end:]


def _following(text: str, end: int) -> str:
    found = _NEXT.match(text, end)
    return found[1][:5].lower() if found else ""


def _month(name: str, lang: str) -> int:
    found = (MONTHS.get(lang) or MONTHS["en"]).search(name)
    return number_of(found) if found else 0


def _blanked(found: re.Match[str]) -> str:
    return "\x00" * len(found[0])
