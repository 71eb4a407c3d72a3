"""Numbers as they are written and spelt."""

import re
from collections.abc import Iterable

from text_to_num import alpha2digit

_SPELT = frozenset(("da", "de", "en", "es", "fr", "it", "nl", "pt"))
# Below it, a number alone in words is left: "one" is an article as well.
_ONE = 1.5
_SCALES = tuple(
    (re.compile(rf"\s?(?:{said})(?!\w)", re.IGNORECASE), size)
    for said, size in (
        (r"thousand|mille|tausend|mil|mila|duizend|1000", 1e3),
        (r"millions?|millionen|mio\.?|millones|milion[ei]|miljoen|10{6}", 1e6),
        (r"billions?|milliards?|milliarden?|mrd\.?|miliard[oi]|miljard|10{9}", 1e9),
    )
)
_TWO_HALVES = re.compile(r"\b(1[1-9]|20) (\d\d)\b")


def spelled(text: str, lang: str) -> str:
    """The text with its numbers in digits; "one" stays, since it is an article as well."""
    if lang not in _SPELT:
        return text
    return _TWO_HALVES.sub(r"\1\2", alpha2digit(text, lang, _ONE))


def scaled(values: Iterable[float], text: str, end: int) -> tuple[set[float], int]:
    """Values times the "million" that follows them at `end`, if one does, and where that ends."""
    for pattern, size in _SCALES:
        found = pattern.match(text, end)
        if found is not None:
            return {value * size for value in values}, found.end()
    return set(values), end


def values_of(digits: str, lang: str) -> set[float]:
    """What written digits may mean: separators divide thousands or decimals, by language."""
    plain = re.sub(r"[ \u00a0\u202f'’]", "", digits)
    groups = re.split(r"[.,]", plain)
    if len(groups) == 1:
        return {float(plain)}
    together = float("".join(groups))
    decimal = float("".join(groups[:-1]) + "." + groups[-1])
    if any(len(group) != 3 for group in groups[1:-1]) or len(groups[0]) > 3:
        return {decimal}
    if len(groups[-1]) != 3:
        return {decimal}
    if len(groups) > 2 and len(set(re.findall(r"[.,]", plain))) == 1:
        return {together}
    separator = "," if lang == "en" else "."
    return {together} if separator in plain and len(groups) == 2 else {together, decimal}
