"""Units, percentages, ordinals, fractions and plain numbers in words."""

import re
from functools import lru_cache

from babel.numbers import format_decimal
from babel.units import format_unit

from app.speaking.numbers import amount, digits, pattern, say, value, word_before
from app.speaking.tongue import Tongue

# Units by their names in CLDR, which knows their plurals, and how they are written.
_WRITTEN = (
    "length-kilometer km; length-meter m; length-centimeter cm; length-millimeter mm; "
    "area-square-kilometer km² km2; area-square-meter m² m2 qm; area-hectare ha; "
    "volume-cubic-meter m³ m3; volume-liter l L; volume-milliliter ml; volume-centiliter cl; "
    "mass-kilogram kg; mass-gram g; mass-milligram mg; mass-tonne t; speed-kilometer-per-hour "
    "km/h; speed-meter-per-second m/s; speed-mile-per-hour mph; temperature-celsius °C; "
    "temperature-fahrenheit °F; energy-kilowatt-hour kWh; power-kilowatt kW; power-megawatt MW; "
    "power-watt W; electric-volt V; frequency-hertz Hz; frequency-kilohertz kHz; "
    "frequency-megahertz MHz; frequency-gigahertz GHz; digital-kilobyte kB; digital-megabyte MB; "
    "digital-gigabyte GB; digital-terabyte TB; digital-megabit Mbit; duration-minute min mins "
    "Min.; duration-hour h hrs Std. uur; duration-second s sec; duration-millisecond ms; "
    "length-foot ft; length-mile mi; mass-pound lb"
)
UNITS = {
    written: name
    for name, *forms in (line.split() for line in _WRITTEN.split(";"))
    for written in forms
}
_LONGEST_FIRST = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
_UNIT = re.compile(
    rf"(?:[\s\u00a0\u202f-]?(?P<unit>{_LONGEST_FIRST}))"
    r"(?![\w²³/°])(?P<point>\.(?=\s[^\W\dA-Z]))?"
)
# CLDR as Babel has it lacks these.
_HOURS_NL = "{} uur"
_WRITTEN_FRACTIONS = {"1/2": "½", "1/3": "⅓", "1/4": "¼", "3/4": "¾"}
_FRACTION = re.compile(
    r"(?<![\d/.,])(?P<whole>\d+\s?)?(?P<part>[¼⅓½¾])|"
    r"(?<![\d/.,])(?:(?P<n>\d+)\s)?(?P<w>1/2|1/3|1/4|3/4)(?![\d/])"
)

_HALVES = re.compile(r"(?<![\d/.,])(?P<n>\d+)\s?(?:½|\s1/2)\s(?P<noun>[^\W\d_]+)")


def say_measures(text: str, tongue: Tongue) -> str:
    """Numbers with a unit or a percent sign."""
    number = amount(tongue)
    area = rf"(?<![\w.,])({pattern(tongue)})\s?[x×]\s?(?={pattern(tongue)})"
    text = re.sub(area, lambda match: f"{say(match[1], tongue)} {tongue.by} ", text)
    text = re.sub(rf"{number}{_UNIT.pattern}", lambda match: _unit(match, tongue), text)
    return re.sub(
        rf"{number}[\s\u00a0\u202f]?%",
        lambda match: f"{_range(match, tongue)} {tongue.percent}",
        text,
    )


def say_fractions(text: str, tongue: Tongue) -> str:
    """Halves, thirds and quarters, alone or after a whole number."""

    def half(match: re.Match[str]) -> str:
        noun = match["noun"]
        gender = tongue.gender(noun)
        part = (tongue.halves or ("", ""))[gender == "f"]
        return f"{_counted(match['n'], tongue, noun)} {noun} {tongue.and_word} {part}"

    def fraction(match: re.Match[str]) -> str:
        part = tongue.fractions[match["part"] or _WRITTEN_FRACTIONS[match["w"]]]
        whole = (match["whole"] or match["n"] or "").strip()
        if not whole:
            return part
        said = say(whole, tongue)
        joined = tongue.mixed or (lambda before, after: f"{before} {tongue.and_word} {after}")
        return joined(said, part)

    if tongue.halves is not None:
        text = _HALVES.sub(half, text)
    return _FRACTION.sub(fraction, text)


def say_ordinals(text: str, tongue: Tongue) -> str:
    """Numbers with the sign of an ordinal."""

    def ordinal(match: re.Match[str]) -> str:
        gender = "f" if match["f"] is not None else "m"
        before = word_before(match.string, match.start())
        said = tongue.ordinal(int(match["n"]), "f" if gender == "f" else "m", before)
        # The Spanish 3.er is short for "tercer", which stands before its noun.
        return said[:-1] if match[0].endswith("er") and said.endswith("ero") else said

    return re.sub(rf"(?<![\w.,/])(?P<n>[1-9]\d{{0,3}}){tongue.ordinal_signs}", ordinal, text)


def say_numbers(text: str, tongue: Tongue) -> str:
    """What numbers are left, ranges as well; after letters they are set apart."""
    text = re.sub(r"\b(24)/(7|24)\b", r"\1 \2", text)
    text = re.sub(rf"{amount(tongue)}(?![\d])", lambda match: _plain(match, tongue), text)
    text = re.sub(r"(?<=[^\W\d_])[-‑]?(?=\d)|(?<=\d)(?=[^\W\d_])", " ", text)
    number = re.compile(pattern(tongue))
    text = re.sub(r"(?<=\d)[-–—:/](?=\d)", " ", text)
    text = re.sub(r"(?<=\d)\.(?=\d+\.\d)", f" {tongue.dot} ", text)
    return number.sub(lambda match: _left(match, tongue), text)


def _plain(match: re.Match[str], tongue: Tongue) -> str:
    written = match["a"]
    if re.match(r"[.,:/]\d|\.\d", match.string[match.end() :]):
        return match[0]
    noun = re.match(r"\s([^\W\d_]+)", match.string[match.end() :])
    counted = noun[1] if noun and (noun[1].islower() or tongue.lang == "de") else ""
    if match["b"] and value(match["a"], tongue) < value(match["b"], tongue):
        return _range(match, tongue, counted)
    if match["b"]:
        return f"{_counted(written, tongue, '')} {_counted(match['b'], tongue, counted)}"
    if _is_postal(match):
        return digits(written, tongue)
    return _counted(written, tongue, counted)


def _is_postal(match: re.Match[str]) -> bool:
    """Whether five digits stand as in an address: after a comma and before a town."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    if not re.fullmatch(r"\d{4,5}", match["a"]):
        return False
    return bool(re.search(r",\s$", before) and re.match(r"\s[^\W\d_a-zà-ÿ]", after))


def _left(match: re.Match[str], tongue: Tongue) -> str:
    return _counted(match[0], tongue, "")


def _counted(written: str, tongue: Tongue, noun: str) -> str:
    return say(written, tongue, tongue.gender(noun) if noun else "m", noun)


def _range(match: re.Match[str], tongue: Tongue, noun: str = "") -> str:
    if match["b"] is None:
        return _counted(match["a"], tongue, noun)
    return f"{_counted(match['a'], tongue, '')} {tongue.to} {_counted(match['b'], tongue, noun)}"


def _unit(match: re.Match[str], tongue: Tongue) -> str:
    last = match["b"] or match["a"]
    template = _template(UNITS[match["unit"]], value(last, tongue), tongue)
    noun = template.rpartition("{}")[2].split()
    counted = next((word for word in noun if word != "de"), "")
    said = template.format(_counted(last, tongue, counted)).replace("\u00a0", " ")
    return f"{_counted(match['a'], tongue, '')} {tongue.to} {said}" if match["b"] else said


@lru_cache(maxsize=512)
def _template(unit: str, number: object, tongue: Tongue) -> str:
    """The unit as it is written out beside this number, which is `{}`."""
    if tongue.lang == "nl" and unit == "duration-hour":
        return _HOURS_NL
    written = format_unit(number, unit, "long", locale=tongue.locale)  # type: ignore[arg-type]
    figure = format_decimal(number, locale=tongue.locale)  # type: ignore[arg-type]
    return written.replace(figure, "{}", 1) if figure in written else f"{{}} {written}"
