"""English, as it is spoken in Britain."""

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_YEAR_CUES = (
    "in since year january february march april may june july august september "
    "october november december spring summer autumn winter early late circa"
)
_PART = {"one": "cent", "other": "cents"}


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    return words.replace(",", "")


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    return str(num2words(n, lang="en", to="ordinal")).replace(",", "")


def _year(n: int) -> str:
    return str(num2words(n, lang="en", to="year"))


def _day(n: int, before: str) -> str:
    return _ordinal(n) if before in {"the", "next", "last"} else f"the {_ordinal(n)}"


def _clock(hour: int, minute: int, before: str) -> str:
    if (hour, minute) in {(0, 0), (24, 0)}:
        return "midnight"
    if (hour, minute) == (12, 0):
        return "noon"
    said = str(num2words((hour - 1) % 12 + 1, lang="en"))
    if minute:
        said += f" oh {num2words(minute)}" if minute < 10 else f" {num2words(minute)}"
    elif hour < 12 and before != "–":
        return f"{said} o'clock"
    # In a range it must be clear which half of the day each end means.
    return f"{said} PM" if hour >= 13 else said + (" AM" if before == "–" and hour < 12 else "")


def _monarch(n: int, name: str) -> str:
    return f"the {_ordinal(n).capitalize()}"


ENGLISH = Tongue(
    lang="en",
    locale="en_GB",
    decimal=".",
    grouping=",\u00a0\u202f",
    point="point",
    decimals_whole=False,
    to="to",
    percent="percent",
    number_sign="number",
    and_word="and",
    by="by",
    per="per",
    section="section",
    fractions={"¼": "a quarter", "⅓": "a third", "½": "a half", "¾": "three quarters"},
    inflected=_inflected,
    ordinal=_ordinal,
    ordinal_signs=r"(?:st|nd|rd|th)\b(?P<f>(?!))?",
    year=_year,
    year_cues=frozenset(_YEAR_CUES.split()),
    day=_day,
    date="{day} of {month}",
    dated="{date} {year}",
    clock=_clock,
    clock_signs=r"\s?(?:hours|hrs|h)\b",
    clock_range="{} to {}",
    from_words=frozenset({"from", "between"}),
    coins={
        "EUR": Coin({"one": "euro", "other": "euros"}, _PART),
        "USD": Coin({"one": "dollar", "other": "dollars"}, _PART),
        "GBP": Coin({"one": "pound", "other": "pounds"}, {"one": "penny", "other": "pence"}),
        "CHF": Coin({"one": "franc", "other": "francs"}, {"one": "centime", "other": "centimes"}),
        "PLN": Coin({"other": "zlotys", "one": "zloty"}, {"other": "groszy", "one": "grosz"}),
        "RON": Coin({"other": "lei", "one": "leu"}, {"other": "bani", "one": "ban"}),
    },
    price="{whole} {hundredths}",
    scales={
        "million": "million",
        "billion": "billion",
        "trillion": "trillion",
        "thousand": "thousand",
        "m": "million",
        "bn": "billion",
        "k": "thousand",
    },
    at="at",
    dot="dot",
    dash="dash",
    underscore="underscore",
    short={
        "e.g.": "for example",
        "i.e.": "that is",
        "etc.": "et cetera",
        "vs.": "versus",
        "approx.": "approximately",
        "ca.": "about",
        "c.": "about",
        "incl.": "including",
        "excl.": "excluding",
        "max.": "at most",
        "min.": "at least",
        "tel.": "telephone",
        "Dept.": "Department",
        "Ave.": "Avenue",
        "Rd.": "Road",
        "vs": "versus",
        "w/o": "without",
        "a.m.": "AM",
        "p.m.": "PM",
        "Jan.": "January",
        "Feb.": "February",
        "Aug.": "August",
        "Sept.": "September",
        "Oct.": "October",
        "Nov.": "November",
        "Dec.": "December",
    },
    before_name={
        "Mr.": "Mister",
        "Mr": "Mister",
        "Mrs.": "Missis",
        "Mrs": "Missis",
        "Ms.": "Miz",
        "Dr.": "Doctor",
        "Dr": "Doctor",
        "Prof.": "Professor",
        "St.": "Saint",
        "St": "Saint",
        "No.": "number",
        "no.": "number",
        "Nos.": "numbers",
        "p.": "page",
        "pp.": "pages",
    },
    weekdays={
        "Mon": "Monday",
        "Tue": "Tuesday",
        "Tues": "Tuesday",
        "Wed": "Wednesday",
        "Thu": "Thursday",
        "Thur": "Thursday",
        "Thurs": "Thursday",
        "Fri": "Friday",
        "Sat": "Saturday",
        "Sun": "Sunday",
    },
    monarch=_monarch,
    century=lambda n, before, after: _ordinal(n),
    century_words=("", r"(?:th)?[- ]centur(?:y|ies)"),
)
