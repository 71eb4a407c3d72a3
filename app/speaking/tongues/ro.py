"""Romanian: two and one have a feminine, and from twenty on "de" stands before the noun."""

import re

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_FEMININE = re.compile(
    r"\w+[ăe]|\w+uri|ore|or[ăe]|luni|săptămâni|zi|zile|nopți|dăți|persoane|secunde|minute|săli",
    re.IGNORECASE,
)
_BANI = {"one": "ban", "few": "bani", "other": "de bani"}
_CENTS = {"one": "cent", "few": "cenți", "other": "de cenți"}


def _cardinal(n: int) -> str:
    return str(num2words(n, lang="ro"))


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    if gender == "m":
        return "un" if n == 1 and noun else words
    if n == 1 and noun:
        return "o"
    words = re.sub(r"\bdoi(?=$|sprezece$)", "două", words)
    return re.sub(r"\bunu$", "una", words) if noun else words


def _gender(noun: str) -> Gender:
    return "f" if _FEMININE.fullmatch(noun) and noun.lower() != "de" else "m"


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    if n == 1:
        return "prima" if gender == "f" else "primul"
    words = str(num2words(n, lang="ro", to="ordinal")).removeprefix("al ")
    if gender == "m":
        return words if before == "al" else f"al {words}"
    feminine = {2: "doua", 3: "treia", 4: "patra", 5: "cincea", 6: "șasea", 7: "șaptea"}
    feminine |= {8: "opta", 9: "noua", 10: "zecea"}
    said = feminine.get(n) or re.sub(r"lea$", "a", words)
    return said if before == "a" else f"a {said}"


def _clock(hour: int, minute: int, before: str) -> str:
    said = _inflected(_cardinal(hour), hour, "f", "")
    return f"{said} și {_cardinal(minute)}" if minute else said


ROMANIAN = Tongue(
    lang="ro",
    locale="ro",
    point="virgulă",
    to="până la",
    percent="la sută",
    number_sign="numărul",
    and_word="și",
    by="pe",
    per="pe",
    section="paragraful",
    fractions={"¼": "un sfert", "⅓": "o treime", "½": "jumătate", "¾": "trei sferturi"},
    halves=("jumătate", "jumătate"),
    inflected=_inflected,
    gender=_gender,
    ordinal=_ordinal,
    ordinal_signs=r"-(?:lea|(?P<f>a))\b",
    year=_cardinal,
    day=lambda n, before: "întâi" if n == 1 else _cardinal(n),
    clock=_clock,
    clock_signs=r"(?!)",
    clock_range="de la {} la {}",
    from_words=frozenset({"între", "la"}),
    coins={
        "RON": Coin({"one": "leu", "few": "lei", "other": "de lei"}, _BANI),
        "EUR": Coin({"one": "euro", "few": "euro", "other": "de euro"}, _CENTS),
        "USD": Coin({"one": "dolar", "few": "dolari", "other": "de dolari"}, _CENTS),
        "GBP": Coin({"one": "liră", "few": "lire", "other": "de lire"}, {"other": "penny"}, "f"),
        "CHF": Coin({"one": "franc", "few": "franci", "other": "de franci"}, {"other": "centime"}),
        "PLN": Coin({"one": "zlot", "few": "zloți", "other": "de zloți"}, {"other": "groși"}),
    },
    price="{whole} și {hundredths} {part}",
    scale_forms={"milioane": {"one": "un milion"}},
    scales={
        "milion": "milion",
        "milioane": "milioane",
        "mil.": "milioane",
        "mld.": "miliarde",
    },
    scaled="{amount} {scale} {coin}",
    at="arond",
    dot="punct",
    dash="liniuță",
    underscore="liniuță jos",
    short={
        "de ex.": "de exemplu",
        "ex.": "exemplu",
        "etc.": "et cetera",
        "aprox.": "aproximativ",
        "tel.": "telefon",
        "Tel.": "Telefon",
        "ș.a.": "și altele",
        "max.": "maximum",
        "min.": "minimum",
        "cca.": "circa",
        "î.Hr.": "înainte de Hristos",
        "d.Hr.": "după Hristos",
        "pag.": "pagina",
    },
    before_name={
        "str.": "strada",
        "Str.": "Strada",
        "bd.": "bulevardul",
        "Bd.": "Bulevardul",
        "nr.": "numărul",
        "Nr.": "Numărul",
        "dl.": "domnul",
        "d-na": "doamna",
        "dr.": "doctor",
        "Sf.": "Sfântul",
    },
    weekdays={
        "lun.": "luni",
        "mar.": "marți",
        "mie.": "miercuri",
        "joi": "joi",
        "vin.": "vineri",
        "sâm.": "sâmbătă",
        "dum.": "duminică",
        "L": "luni",
        "V": "vineri",
        "D": "duminică",
    },
    day_range="de {} până {}",
    monarch=lambda n, name: _ordinal(n, "f" if name.endswith("a") else "m"),
    century=lambda n, before, after: _ordinal(n, "m", before),
    century_words=(r"secolul\s(?:al\s)?", ""),
)
