"""Dates, years and centuries in words."""

import re
from functools import lru_cache

from babel.dates import get_month_names

from app.speaking.numbers import DASH, word_before
from app.speaking.roman import ROMAN, roman
from app.speaking.tongue import Tongue

_YEAR = r"(?:1[1-9]|20)\d\d"
_ISO = re.compile(rf"(?<![\w-])(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)(?![\w-])")
_NUMERIC = re.compile(
    rf"(?<![\w./-])(?P<d>[0-3]?\d)(?P<s>[./-])\s?(?P<m>0?[1-9]|1[0-2])(?P=s)\s?(?P<y>{_YEAR})(?![\w/-])"
)
# What follows a number of four digits that counts nothing.
_ALONE = r"\s*(?:$|[).;:!?]|,\s)"
_BETWEEN = rf"(?P<between>{DASH}|\s(?:and|to|or|until|und|oder|bis|en|of|tot)\s)"
# The German short form without a year; others do not end with a point.
_SHORT = re.compile(r"(?<![\w./-])(?P<d>[0-3]?\d)\.\s?(?P<m>0?[1-9]|1[0-2])\.(?!\d)")


def say_dates(text: str, tongue: Tongue) -> str:
    """Dates in words: 12/03/2026, 2026-03-12, 12 March 2026, March 12."""

    def numeric(match: re.Match[str]) -> str:
        if not 1 <= int(match["d"]) <= 31:
            return match[0]
        year = int(match["y"]) if "y" in match.re.groupindex else None
        before = word_before(match.string, match.start())
        return _date(int(match["d"]), _months(tongue)[int(match["m"])], year, before, tongue)

    for pattern in (_ISO, _NUMERIC, *((_SHORT,) if tongue.lang == "de" else ())):
        text = pattern.sub(numeric, text)
    day_first, month_first = _written(tongue)
    text = day_first.sub(lambda match: _named(match, tongue), text)
    return month_first.sub(lambda match: _month_first(match, tongue), text)


def say_centuries(text: str, tongue: Tongue) -> str:
    """The numbers of centuries, where the word for one stands beside them."""

    def century(match: re.Match[str]) -> str:
        if not match["r"] and not match["n"]:
            return match[0]
        n = roman(match["r"]) if match["r"] else int(match["n"])
        before = word_before(match.string, match.start("number"))
        said = tongue.century(n, before, match["after"].strip())
        return (
            match["before"]
            + said
            + re.sub(r"^[-.]?(?:lea|e|è|ème|er|th)?(?=\s|$|-)", "", match["after"])
        )

    before, after = tongue.century_words
    number = rf"(?P<number>(?P<r>{ROMAN})|(?P<n>\d\d?))"
    if before:
        text = re.sub(rf"\b(?P<before>{before}){number}(?P<after>-lea|)\b", century, text)
    if after:
        text = re.sub(rf"\b(?P<before>){number}(?P<after>{after})", century, text)
    return text


def say_years(text: str, tongue: Tongue) -> str:
    """Years, where their language reads them otherwise than numbers and words show them."""
    if tongue.signed_year is not None:
        signed = tongue.signed_year
        text = re.sub(
            rf"(?<![\w.,])({_YEAR}){tongue.year_signs}",
            lambda match: (
                signed(int(match[1]), word_before(match.string, match.start())) + _ended(match)
            ),
            text,
        )
    if not tongue.year_cues:
        return text
    return re.sub(
        rf"(?<![\w.,€$£/-])(?P<a>{_YEAR})(?:{_BETWEEN}(?P<b>{_YEAR}))?(?![\w%€$£/]|[.,:]\d)",
        lambda match: _year(match, tongue),
        text,
    )


def say_decades(text: str, tongue: Tongue) -> str:
    """The 1920s and the 1920er, which look like seconds and like ordinals."""
    ending = {"en": "s", "de": "er"}.get(tongue.lang)
    if ending is None:
        return text

    def decade(match: re.Match[str]) -> str:
        said = tongue.year(int(match[1]))
        return f"{said[:-1]}ies" if said.endswith("y") else f"{said}{ending}"

    return re.sub(rf"(?<![\w.,])((?:1[1-9]|20)\d0)['’]?{ending}\b", decade, text)


def _year(match: re.Match[str], tongue: Tongue) -> str:
    said = tongue.year(int(match["a"]))
    if match["b"]:
        between = match["between"].strip(" -–—") or tongue.to
        return f"{said} {between} {tongue.year(int(match['b']))}"
    after = match.string[match.end() :]
    if word_before(match.string, match.start()) in tongue.year_cues:
        return said
    # What German counts has a capital letter.
    no_noun = r"\s[a-zäöü]" if tongue.lang == "de" else r"(?!)"
    alone = re.match(rf"{_ALONE}|{no_noun}", after)
    if alone or match.string[: match.start()].endswith("("):
        return said
    return match[0]


def _named(match: re.Match[str], tongue: Tongue) -> str:
    month = _names(tongue)[match["m"].lower().rstrip(".")]
    before = word_before(match.string, match.start())
    year = int(match["y"]) if match["y"] else None
    day = int(match["d"])
    end = _ended(match)
    if not match["d0"]:
        return _date(day, month, year, before, tongue) + end
    listed = [tongue.day(int(each), before) for each in re.findall(r"\d+", match["list"])]
    first = ", ".join([*listed, tongue.day(int(match["d0"]), before)])
    then = re.sub(r"\W", "", match["till"]) or tongue.to
    return f"{first} {then} {_date(day, month, year, before or then, tongue)}{end}"


def _ended(match: re.Match[str]) -> str:
    """The point of a short form, if it was the sentence's as well."""
    over = match[0].endswith(".") and not match.string[match.end() :].strip()
    return "." if over else ""


def _month_first(match: re.Match[str], tongue: Tongue) -> str:
    year = f", {tongue.year(int(match['y']))}" if match["y"] else ""
    month = _names(tongue)[match["m"].lower().rstrip(".")]
    return f"{month} {tongue.day(int(match['d']), '')}{year}"


def _date(day: int, month: str, year: int | None, before: str, tongue: Tongue) -> str:
    said = tongue.date.format(day=tongue.day(day, before), month=month)
    if year is None:
        return said
    of_year = tongue.date_year or tongue.year
    return tongue.dated.format(date=said, year=of_year(year))


@lru_cache(maxsize=16)
def _months(tongue: Tongue) -> dict[int, str]:
    return dict(get_month_names("wide", "format", tongue.locale))


@lru_cache(maxsize=16)
def _names(tongue: Tongue) -> dict[str, str]:
    """What a month may be written as, in small letters and without a point, and its name."""
    names = {name.lower(): name for name in _months(tongue).values()}
    for number, name in get_month_names("abbreviated", "format", tongue.locale).items():
        names.setdefault(name.lower().rstrip("."), _months(tongue)[number])
    if tongue.lang == "en":
        names |= {name[:3].lower(): name for name in _months(tongue).values()}
    return names


@lru_cache(maxsize=16)
def _written(tongue: Tongue) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Dates with the month's name: the day before it, and after it (English alone)."""
    forms = {name if tongue.lang not in {"en", "de"} else name.title() for name in _names(tongue)}
    names = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    # The point may be the sentence's.
    month = rf"(?P<m>(?:{names})\b(?:\.(?=\s+(?-i:[\da-zß-ÿ])))?)"
    sign = r"(?:st|nd|rd|th|er|\.º|\.|º|°|:a)?"
    till = rf"(?P<till>{DASH}|\s(?:{tongue.to}|and|et|y|und|en|e|i|și|al|au)\s)"
    of = r"(?:of\s|de\s|)"
    year = rf"(?:,?\s(?:de\s|of\s|del\s)?(?P<y>{_YEAR})\b(?:\s(?:roku|r\.))?)?"
    # Where months have capitals, "may" is none.
    case = re.NOFLAG if tongue.lang in {"en", "de"} else re.IGNORECASE
    days = rf"(?:(?P<list>(?:[0-3]?\d{sign},\s)*)(?P<d0>[0-3]?\d){sign}{till})?"
    first = re.compile(rf"(?<![\w.,:/]){days}(?P<d>[0-3]?\d){sign}\s{of}{month}{year}", case)
    last = re.compile(
        rf"\b{month}\s(?P<d>[0-3]?\d)(?:st|nd|rd|th)?\b(?![:.,]?\d)(?:,?\s(?P<y>{_YEAR})\b)?"
    )
    return first, last if tongue.lang == "en" else re.compile(r"(?!)")
