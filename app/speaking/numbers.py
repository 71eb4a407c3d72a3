"""Numbers of a language: how they are written, and how they are said."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from num2words import num2words

from app.speaking.tongue import Gender, Tongue

DASH = r"\s?[-–—]\s?"
# Longer ones name something (an ISBN, a customer) and are not counted.
_MOST_DIGITS = 12


@lru_cache(maxsize=16)
def pattern(tongue: Tongue) -> str:
    """A pattern of a number as this language writes it, without its sign."""
    grouping = re.escape(tongue.grouping)
    decimals = r"\.\d+" if tongue.decimal == "." else r"(?:,\d+|\.\d{1,2}(?![.\d]))"
    # All groups are parted by one and the same sign.
    grouped = rf"\d{{1,3}}(?:(?:[{grouping}]\d{{3}})+)(?!\d)"
    return rf"(?:(?:{grouped}|\d+)(?:{decimals})?)"


@lru_cache(maxsize=16)
def amount(tongue: Tongue) -> str:
    """A pattern of a number or a range of them: groups `a` and, for a range, `b`."""
    return rf"(?<![\w.,:/]){range_of(tongue)}"


def range_of(tongue: Tongue) -> str:
    """The same wherever it stands, in the midst of a word as well."""
    number = pattern(tongue)
    return rf"(?P<a>[-−+]?{number})(?:{DASH}(?P<b>{number}))?"


def value(written: str, tongue: Tongue) -> Decimal:
    """The number that is written, by its language's marks."""
    whole, decimals = _apart(written.lstrip("-−+"), tongue)
    number = Decimal(f"{whole}.{decimals or 0}") if decimals else Decimal(whole)
    return -number if written[0] in "-−" else number


def say(written: str, tongue: Tongue, gender: Gender = "m", noun: str = "") -> str:
    """A number in words, fitted to the noun that it counts ("": none)."""
    whole, decimals = _apart(written.lstrip("-−+"), tongue)
    sign = {"-": f"{tongue.minus} ", "−": f"{tongue.minus} ", "+": f"{tongue.plus} "}
    before = sign.get(written[0], "")
    if len(whole) > _MOST_DIGITS or (whole[0] == "0" and len(whole) > 1):
        return before + digits(whole, tongue)
    said = cardinal(int(whole), tongue, gender, "" if decimals else noun)
    if decimals:
        said = f"{said} {tongue.point} {_decimals(decimals, tongue)}"
    return before + said


def cardinal(n: int, tongue: Tongue, gender: Gender = "m", noun: str = "") -> str:
    """A whole number, none below zero."""
    return tongue.inflected(str(num2words(n, lang=tongue.lang)), n, gender, noun)


def digits(written: str, tongue: Tongue) -> str:
    """Digit by digit."""
    return " ".join(cardinal(int(digit), tongue) for digit in written if digit.isdigit())


def plural(number: Decimal, forms: Mapping[str, str], tongue: Tongue) -> str:
    """The form of a noun that goes with a number."""
    category = Locale.parse(tongue.locale).plural_form(abs(number))
    return forms.get(category) or forms["other"]


def _apart(written: str, tongue: Tongue) -> tuple[str, str]:
    """The digits before and after the decimal mark."""
    if tongue.decimal == "," and re.search(r"(?<!\d)\d+\.\d{1,2}$", written):
        whole, _, decimals = written.partition(".")
    else:
        whole, _, decimals = written.partition(tongue.decimal)
    return re.sub(r"\D", "", whole), decimals


def _decimals(decimals: str, tongue: Tongue) -> str:
    if tongue.decimals_whole and len(decimals) <= 2 and decimals[0] != "0":
        return cardinal(int(decimals), tongue)
    return digits(decimals, tongue)


def word_before(text: str, position: int) -> str:
    """The word before a place in a text, in small letters; "" if a sign stands there."""
    found = re.search(r"([^\W\d_]+)[.’']?\s*$", text[:position])
    return found[1].lower() if found else ""
