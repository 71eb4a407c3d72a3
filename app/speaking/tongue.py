"""What differs from one language to the next when numbers and signs are read aloud."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Gender = Literal["m", "f", "n"]
Plurals = Mapping[str, str]
"""The forms of a noun by CLDR's plural category; "other" is always there."""


@dataclass(frozen=True, slots=True)
class Coin:
    """A currency: its nouns, those of its hundredth, and their genders."""

    whole: Plurals
    part: Plurals
    gender: Gender = "m"
    part_gender: Gender = "m"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tongue:
    """One language. `lang` is its ISO 639-1 code, `locale` the one that CLDR is asked in.

    Templates hold `{}` once for every part. Where a word changes with what stands before it, the
    functions get that word in small letters ("" if there is none).
    """

    lang: str
    locale: str
    decimal: str = ","
    grouping: str = ".'’\u00a0\u202f"
    """Signs that may stand between thousands."""
    point: str
    """How the decimal mark is read."""
    decimals_whole: bool = True
    """Whether 3,75 ends with "seventy-five", not with "seven five"."""
    minus: str = "minus"
    to: str
    """Between the ends of a range."""
    percent: str
    number_sign: str
    and_word: str
    fractions: Mapping[str, str]
    """¼, ⅓, ½, ¾ by themselves."""
    by: str
    """Between the sides of an area."""
    per: str
    section: str
    """How § is read."""
    halves: tuple[str, str] | None = None
    """Half of a masculine and of a feminine noun, where it stands after the noun."""
    mixed: Callable[[str, str], str] | None = None
    """A whole number and a fraction; None: with `and_word` between them."""

    inflected: Callable[[str, int, Gender, str], str] = lambda words, n, gender, noun: words
    """The words of a number, fitted to a gender and the noun that follows ("": none)."""
    gender: Callable[[str], Gender] = lambda noun: "m"
    """The likely gender of a noun that is counted."""
    ordinal: Callable[[int, Gender, str], str]
    """An ordinal of a gender after a word."""
    ordinal_signs: str
    """A pattern of what makes digits an ordinal; its group `f` matches if it is feminine."""
    year: Callable[[int], str]
    year_cues: frozenset[str] = frozenset()
    """Words after which four digits are a year; empty: years are read as numbers are."""

    year_signs: str = r"(?!)"
    signed_year: Callable[[int, str], str] | None = None
    """A year before the word for one (`year_signs`), which is in the reading."""

    day: Callable[[int, str], str]
    date: str = "{day} {month}"
    dated: str = "{date} {year}"
    date_year: Callable[[int], str] | None = None

    clock: Callable[[int, int, str], str]
    """Hour and minute, after a word."""
    clock_signs: str
    """A pattern of what follows a time and is contained in its reading."""
    hour_sign: str = ""
    """What makes a bare number an hour ("Uhr"); a pattern."""
    clock_range: str
    """From one time to another; where a word before says "from" already, `to` alone is used."""
    from_words: frozenset[str]
    hour_words: frozenset[str] = frozenset()
    """Words after which 9.30 is a time."""

    coins: Mapping[str, Coin]
    price: str
    """`whole`, `hundredths` and their noun (`part`), where both are there."""
    scales: Mapping[str, str]
    """Millions and the like as they are written beside a price, and as they are read."""
    scale_forms: Mapping[str, Plurals] = field(default_factory=dict)
    """What stands for a scale's plural and its number (`{}`) by plural category."""
    scaled: str = "{amount} {scale} {coin}"

    at: str
    dot: str
    dash: str
    underscore: str
    plus: str = "plus"
    phone_pairs: bool = False
    """Whether the digits of a telephone number are read two by two."""
    emergency_digits: bool = True

    short: Mapping[str, str]
    """Short forms with their points, as they are written, and what they stand for."""
    before_name: Mapping[str, str] = field(default_factory=dict)
    """Short forms that mean this before a capital letter or a digit only."""
    weekdays: Mapping[str, str]
    """Short names of days; read where a day is meant for certain."""
    day_range: str = ""
    """From one day of the week to another; "": with `to` between them."""
    day_forms: Mapping[str, str] = field(default_factory=dict)
    """The days of the week as they stand in a range, where that is another form."""
    monarch: Callable[[int, str], str]
    """The number of a king or queen of this name."""
    century: Callable[[int, str, str], str]
    """A century's number, between two words."""
    century_words: tuple[str, str]
    """Patterns of what stands before and after the number of a century ("": nothing)."""
