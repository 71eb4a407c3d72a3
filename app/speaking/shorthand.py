"""Short forms and signs in words: abbreviations, days of the week, §, &, №."""

import re
from functools import lru_cache

from app.speaking.numbers import DASH
from app.speaking.tongue import Tongue

# They close a sentence as often as not.
_CLOSING = frozenset({"etc.", "usw.", "enz.", "ecc.", "itd.", "itp."})

# After a number they are minutes and hours.
_UNITS = frozenset({"min.", "Min.", "Std."})


def say_short(text: str, tongue: Tongue) -> str:
    """Short forms written out, days of the week where hours or another day stand beside them."""
    text = _days(tongue).sub(lambda match: _day(match, tongue), text)
    forms, names = _forms(tongue)
    text = forms.sub(lambda match: _form(match, tongue), text)
    text = names.sub(lambda match: tongue.before_name[match[1]], text)
    text = re.sub(r"\s?&\s?", f" {tongue.and_word} ", text)
    text = re.sub(r"§§?\s?(?=\d)", f"{tongue.section} ", text)
    return re.sub(r"(?:№|#)\s?(?=\d)", f"{tongue.number_sign} ", text)


def _form(match: re.Match[str], tongue: Tongue) -> str:
    said = tongue.short[match[1]]
    if match[1] in _UNITS and re.search(r"\d\s?$", match.string[: match.start()]):
        return match[0]
    rest = match.string[match.end() :]
    ends = match[1].endswith(".") and (
        not rest.strip(" \"'”»)") or (match[1] in _CLOSING and re.match(r"\s+[^\W\d_a-zß-ÿ]", rest))
    )
    return f"{said}." if ends else said


def _day(match: re.Match[str], tongue: Tongue) -> str:
    first = _named(match["a"], tongue)
    if not match["b"]:
        return first
    ends = [tongue.day_forms.get(day, day) for day in (first, _named(match["b"], tongue))]
    return (tongue.day_range or f"{{}} {tongue.to} {{}}").format(*ends)


def _named(short: str, tongue: Tongue) -> str:
    return tongue.weekdays.get(short) or tongue.weekdays[f"{short}."]


@lru_cache(maxsize=16)
def _forms(tongue: Tongue) -> tuple[re.Pattern[str], re.Pattern[str]]:
    def of(forms: list[str]) -> str:
        return "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))

    return (
        re.compile(rf"(?<![\w.@])({of(list(tongue.short))})(?!\w)"),
        re.compile(rf"(?<![\w.@])({of(list(tongue.before_name))})(?=\s?\d|\s[^\W\d_a-zß-ÿ])"),
    )


@lru_cache(maxsize=16)
def _days(tongue: Tongue) -> re.Pattern[str]:
    days = "|".join(sorted({day.rstrip(".") for day in tongue.weekdays}, key=len, reverse=True))
    # Many short names are words as well ("So", "do", "mar"): alone they need hours after them.
    return re.compile(
        rf"(?<![\w.@-])(?P<a>{days})\b\.?(?:{DASH}(?P<b>{days})\b(?:\.(?!\s*$))?|(?=:?\s\d{{1,2}}(?:[:.h]\d\d|\s?(?:Uhr|uur|h)\b)))"
    )
