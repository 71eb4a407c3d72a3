"""Units of what is counted: which are the same, and how they convert."""

import re

# Unit → what it measures, and how many of that measure's smallest unit it is.
_UNITS: tuple[tuple[str, float, str], ...] = (
    ("eur", 1, r"€|eur|euros?|evro"),
    ("usd", 1, r"\$|us\$|usd|dollars?|dólares|dollari"),
    ("gbp", 1, r"£|gbp|pounds? sterling|livres? sterling"),
    ("chf", 1, r"chf|fr\.|francs? suisses?|schweizer franken"),
    ("percent", 1, r"%|per ?cent|percent|pour cent|prozent|por ciento|por cento|per cento|procent"),
    ("time", 1, r"min\.?|minutes?|minuten?|minutos?|minuti|minuut|minut"),
    ("time", 60, r"hours?|hrs?|stunden?|horas?|ore|ora|uren|uur|heures?|h|std\.?"),
    ("time", 1440, r"days?|jours?|tage?n?|días?|giorn[oi]|dage?n?|dias?|dni|zile"),
    ("time", 10080, r"weeks?|semaines?|wochen?|semanas?|settiman[ae]|weken|săptămâni"),
    ("span", 1, r"months?|mois|monate?n?|mes(?:es)?|mes[ei]|maanden|maand|luni"),
    ("span", 12, r"years?|years?-olds?|ans?|années?|jahre?n?|años?|ann[oi]|jaar|anos?|ani|lat"),
    ("length", 0.001, r"mm|millimet(?:er|re)s?|millimètres?|milímetros?"),
    ("length", 0.01, r"cm|centimet(?:er|re)s?|centimètres?|zentimetern?|centímetros?"),
    ("length", 1, r"m|met(?:er|re)s?|mètres?|metern?|metros?|metri"),
    ("length", 1000, r"km|kilomet(?:er|re)s?|kilomètres?|kilometern?|kilómetros?|chilometri"),
    ("miles", 1, r"miles?|mi|milles?|meilen?|millas?|miglia"),
    ("feet", 1, r"ft|feet|foot|pieds?|fuß"),
    ("area", 1, r"km²|km2|square kilomet(?:er|re)s?|quadratkilometern?|kilomètres? carrés?"),
    ("mass", 1, r"g|grams?|grammes?|gramm|gramos?"),
    ("mass", 1000, r"kg|kilos?|kilograms?|kilogrammes?|kilogramm"),
    ("mass", 1e6, r"tons?|tonnes?|tonnen?|toneladas?|tonnellate"),
    ("degrees", 1, r"°c?|degrees?|degrés?|grad|grados?|gradi"),
)  # fmt: skip
_KNOWN = [
    (re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE), measure, size)
    for measure, size, pattern in _UNITS
]
_ANY = re.compile(
    rf"[\s\u00a0\u202f-]?\s?(?P<unit>(?:{'|'.join(pattern for *_, pattern in _UNITS)})(?!\w))",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?P<unit>€|\$|us\$|£|eur|usd|chf|gbp)\s?$", re.IGNORECASE)


def units(text: str) -> str:
    """The units of all numbers of a text, one after the other; numbers are in digits."""
    found = (_ANY.match(text, number.end()) for number in re.finditer(r"\d", text))
    return " ".join(unit["unit"] for unit in found if unit)


def unit_at(text: str, start: int, end: int) -> tuple[str, float, int] | None:
    """The unit of the number that stands at [start, end): measure, size, and where it ends."""
    found, upto = _ANY.match(text, end), end
    if found is not None:
        upto = found.end()
    else:
        found = _BEFORE.search(text[max(0, start - 5) : start])
    if found is None:
        return None
    for pattern, measure, size in _KNOWN:
        if pattern.fullmatch(found["unit"]):
            return measure, size, upto
    return None
