"""Prices in words, in the currencies that European pages name."""

import re
from decimal import Decimal
from functools import lru_cache

from app.speaking.numbers import amount, cardinal, plural, range_of, say, value
from app.speaking.tongue import Coin, Tongue

_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "zł": "PLN", "lei": "RON", "Fr.": "CHF"}
_WORDS = {"euro": "EUR", "euros": "EUR", "Euro": "EUR", "Euros": "EUR"}
_CODES = ("EUR", "USD", "GBP", "CHF", "PLN", "RON")


def say_prices(text: str, tongue: Tongue) -> str:
    """Amounts of money, with the sign before or after them."""
    for pattern in _written(tongue):
        text = pattern.sub(lambda match: _price(match, tongue), text)
    return text


def _price(match: re.Match[str], tongue: Tongue) -> str:
    sign = match["sign"]
    coin = tongue.coins[_SIGNS.get(sign) or _WORDS.get(sign) or sign]
    per = f" {tongue.per} " if match["per"] else ""
    scale = match["scale"]
    if scale:
        return _scaled(match, tongue.scales[scale], coin, tongue) + per
    if match["b"] is None:
        return _said(match["a"], coin, tongue) + per
    whole = not any(re.search(r"[.,]\d\d$", match[name]) for name in ("a", "b"))
    first = say(match["a"], tongue, coin.gender) if whole else _said(match["a"], coin, tongue)
    return f"{first} {tongue.to} {_said(match['b'], coin, tongue)}{per}"


def _said(written: str, coin: Coin, tongue: Tongue) -> str:
    number = value(written, tongue)
    whole, hundredths = divmod(round(abs(number) * 100), 100)
    noun = plural(Decimal(whole), coin.whole, tongue)
    # CLDR's "of" before the noun is none that a number could be fitted to.
    fitted = noun.split()[-1]
    below = f"{tongue.minus} " if number < 0 else ""
    units = f"{below}{cardinal(whole, tongue, coin.gender, fitted)} {noun}"
    if not hundredths:
        return units
    part = plural(Decimal(hundredths), coin.part, tongue)
    parts = cardinal(hundredths, tongue, coin.part_gender, part.split()[-1])
    if not whole:
        return f"{below}{parts} {part}"
    if "{part}" not in tongue.price:
        parts = cardinal(hundredths, tongue)
        if hundredths < 10:
            return f"{units} {tongue.and_word} {cardinal(hundredths, tongue, 'm', part)} {part}"
    return tongue.price.format(whole=units, hundredths=parts, part=part)


def _scaled(match: re.Match[str], scale: str, coin: Coin, tongue: Tongue) -> str:
    """Millions of a coin."""
    noun = coin.whole["other"].removeprefix("de ") if tongue.lang == "ro" else coin.whole["other"]
    last = match["b"] or match["a"]
    forms = {**tongue.scale_forms.get(scale, {}), "other": ""}
    form = plural(value(last, tongue), forms, tongue)
    number = say(last, tongue, "m")
    # A form without a place for the number stands for both.
    counted = f"{number} {scale}" if not form else form.format(number)
    if match["b"]:
        counted = f"{say(match['a'], tongue)} {tongue.to} {counted}"
    joined = tongue.scaled.format(amount="", scale=counted, coin=noun).strip()
    if tongue.lang == "fr":
        joined = re.sub(r"d'(?=[^aeiouh])", "de ", joined) if " d'" in joined else joined
    return joined.replace(" de de ", " de ")


@lru_cache(maxsize=16)
def _written(tongue: Tongue) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A sign before the amount, and one after it."""
    longest = sorted(tongue.scales, key=len, reverse=True)
    scale = rf"(?:\s?(?P<scale>{'|'.join(map(re.escape, longest))})(?![\w]))?"
    signs = [*_SIGNS, *_WORDS, *_CODES]
    sign = "|".join(re.escape(each) for each in sorted(signs, key=len, reverse=True))
    per = r"(?P<per>\s?/\s?(?=[^\W\d_]))?"
    # Round amounts are written with a dash for the hundredths in some countries: 5,- and 5.–
    dash = r"(?:[.,][-–—]{1,2})?"
    number = amount(tongue)
    last = rf"(?P<sign>(?:{sign}))(?!\w)"
    of = r"(?:\s(?:of|de|di)\s|\s?d['’]|[\s\u00a0\u202f]?)"
    codes = "|".join(_CODES)
    return (
        re.compile(rf"(?<!\w)(?P<sign>€|\$|£|{codes})\s?{range_of(tongue)}{dash}{scale}{per}"),
        re.compile(rf"{number}{dash}{scale}{of}{last}{per}"),
    )
