"""Times of day in words."""

import re
from functools import lru_cache

from app.speaking.numbers import word_before
from app.speaking.tongue import Tongue

_HALF_DAY = r"\s?(?:[ap]\.m\.(?!\w)|[ap]m\b|AM\b|PM\b)"


def say_times(text: str, tongue: Tongue) -> str:
    """Times and ranges of them; what may be another number stays for others to read."""
    return _written(tongue).sub(lambda match: _time(match, tongue), text)


def _time(match: re.Match[str], tongue: Tongue) -> str:
    if not _is_time(match, tongue):
        return match[0]
    before = word_before(match.string, match.start())
    half = _half(match["sign"]) or _half(match["sign1"])
    end = "." if _ends(match) else ""
    if not match["h2"]:
        # Said with its half of the day, as an end of a range is.
        return _said(match["h1"], match["m1"], half, "–" if half else before, tongue) + end
    first = _said(
        match["h1"], match["m1"], _half(match["sign1"]) or _morning(match, half), "–", tongue
    )
    then = "od" if tongue.lang == "pl" else ("–" if half else "")
    second = _said(match["h2"], match["m2"], half, then, tongue)
    if before in tongue.from_words:
        return f"{first} {tongue.to} {second}{end}"
    return tongue.clock_range.format(first, second) + end


def _is_time(match: re.Match[str], tongue: Tongue) -> bool:
    """Whether a colon, an "h" or a word for the hour shows that this is a time of day."""
    hours = [int(match[name]) for name in ("h1", "h2") if match[name]]
    marks = {(match[name] or "").strip() for name in ("s1", "s2")} - {""}
    if "." in marks and word_before(match.string, match.start()) in tongue.hour_words:
        return max(hours) <= 24
    signed = bool(match["sign"] or match["sign1"])
    return max(hours) <= 24 and (signed or bool(marks & {":", "h"}))


def _ends(match: re.Match[str]) -> bool:
    """Whether the point of "p.m." was the sentence's as well."""
    sign = match["sign"] or match["sign1"] or ""
    return sign.endswith(".") and not match.string[match.end() :].strip()


def _half(sign: str | None) -> str:
    letters = re.sub(r"[\s.]", "", sign or "").lower()
    return letters if letters in {"am", "pm"} else ""


def _morning(match: re.Match[str], half: str) -> str:
    """9–11 am: both are in the morning; 9–5 pm: the first is."""
    if half == "pm" and int(match["h1"]) > int(match["h2"]):
        return "am"
    return half


def _said(hour: str, minute: str | None, half: str, before: str, tongue: Tongue) -> str:
    hours = int(hour)
    if half == "pm" and hours < 12:
        hours += 12
    if half == "am" and hours == 12:
        hours = 0
    return tongue.clock(hours, int(minute or 0), before)


@lru_cache(maxsize=16)
def _written(tongue: Tongue) -> re.Pattern[str]:
    sign = (
        rf"(?:{_HALF_DAY}|{tongue.hour_sign or '(?!)'})"
        if tongue.lang == "en"
        else f"(?:{tongue.hour_sign or '(?!)'})"
    )
    last = rf"(?:{sign}|{tongue.clock_signs})"
    minutes = r"(?P<s{0}>[:.]|\s?h\s?)(?P<m{0}>[0-5]\d)"
    between = rf"(?:\s?[-–—]\s?|\s?(?:{tongue.to})\s)"
    hour = r"(?:[01]?\d|2[0-4])"
    return re.compile(
        rf"(?<![\w:.,/€$£+-])(?P<h1>{hour})(?:{minutes.format(1)})?(?![\d%])(?P<sign1>{sign})?"
        rf"(?:{between}(?P<h2>{hour})(?:{minutes.format(2)})?(?!\d))?(?P<sign>{last})?"
        r"(?![\d:]|[.,]\d|\s?[%€$£])"
    )
