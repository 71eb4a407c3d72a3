"""Polish: numbers of days, years and hours are ordinals, and follow the case of their phrase."""

import re

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_FEMININE = re.compile(
    r"osob[ay]|godzin[ay]|minut[ay]|sekund[ay]|sztuk[ai]|stron[ay]|noc[ey]?|książk[ai]|ton[ay]|"
    r"lini[ae]|sal[ae]|wystaw[ay]|klas[ay]|korony|korona",
    re.IGNORECASE,
)
_OF = frozenset({"o", "od", "do", "po", "około", "ok", "przed", "godziny", "godzinie", "–"})
_CENTS = {"one": "cent", "few": "centy", "other": "centów", "many": "centów"}
_GROSZE = {"one": "grosz", "few": "grosze", "other": "groszy", "many": "groszy"}


def _cardinal(n: int) -> str:
    return str(num2words(n, lang="pl"))


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    if gender == "f":
        words = re.sub(r"\bdwa$", "dwie", words)
        return "jedna" if n == 1 else words
    return words


def _gender(noun: str) -> Gender:
    return "f" if _FEMININE.fullmatch(noun) else "m"


def _ordinal_in(n: int, soft: str, hard: str) -> str:
    """An ordinal with other endings, after "i" and after "y"; tens and ones take them alike."""

    def ending(match: re.Match[str]) -> str:
        stem, last = match[1], match[2]
        if last == "y":
            return stem + hard
        # "drugi", "trzeci": their i stays before a vowel unless it only softens the g.
        return (
            stem + ("i" if stem.endswith("c") or soft[0] in "em" else "") + soft.removeprefix("i")
        )

    words = str(num2words(n, lang="pl", to="ordinal")).split()
    at = 0 if n < 100 else len(words) - (2 if n % 100 > 20 and n % 10 else 1)
    return " ".join([*words[:at], *(re.sub(r"^(.+)([yi])$", ending, word) for word in words[at:])])


def _genitive(n: int) -> str:
    return _ordinal_in(n, "ego", "ego")


def _locative(n: int) -> str:
    return _ordinal_in(n, "im", "ym")


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    if gender == "f":
        return _ordinal_in(n, "a", "a").replace("drugia", "druga")
    if before in {"w", "na", "we", "po", "przy"}:
        return _locative(n)
    return str(num2words(n, lang="pl", to="ordinal"))


def _clock(hour: int, minute: int, before: str) -> str:
    n = 24 if hour == 0 else hour
    said = _ordinal_in(n, "ej", "ej") if before in _OF else _ordinal(n, "f")
    if not minute:
        return said
    return f"{said} {'zero ' if minute < 10 else ''}{_cardinal(minute)}"


def _century(n: int, before: str, after: str) -> str:
    if before in {"w", "we"}:
        return _locative(n)
    return _ordinal(n) if after == "wiek" else _genitive(n)


POLISH = Tongue(
    lang="pl",
    locale="pl",
    grouping=". \u00a0\u202f",
    point="przecinek",
    to="do",
    percent="procent",
    number_sign="numer",
    and_word="i",
    by="na",
    per="za",
    section="paragraf",
    fractions={"¼": "jedna czwarta", "⅓": "jedna trzecia", "½": "pół", "¾": "trzy czwarte"},
    inflected=_inflected,
    gender=_gender,
    ordinal=_ordinal,
    ordinal_signs=r"\.(?P<f>(?=\s(?:klas|godzin|stron|lini|edycj)))?(?=\s[a-ząćęłńóśźż])",
    year=_cardinal,
    year_signs=r"\s(?:roku\b|r\.)",
    signed_year=lambda n, before: f"{_locative(n) if before in {'w', 'we'} else _genitive(n)} roku",
    day=lambda n, before: _genitive(n),
    date_year=lambda n: f"{_genitive(n)} roku",
    clock=_clock,
    clock_signs=r"(?!)",
    clock_range="od {} do {}",
    from_words=frozenset({"od", "godz", "godziny"}),
    coins={
        "PLN": Coin(
            {"one": "złoty", "few": "złote", "many": "złotych", "other": "złotych"}, _GROSZE
        ),
        "EUR": Coin({"other": "euro"}, _CENTS),
        "USD": Coin(
            {"one": "dolar", "few": "dolary", "many": "dolarów", "other": "dolarów"}, _CENTS
        ),
        "GBP": Coin(
            {"one": "funt", "few": "funty", "many": "funtów", "other": "funtów"},
            {"other": "pensów"},
        ),
        "CHF": Coin(
            {"one": "frank", "few": "franki", "many": "franków", "other": "franków"},
            {"other": "centymów"},
        ),
        "RON": Coin({"other": "lei"}, {"other": "bani"}),
    },
    price="{whole} {hundredths} {part}",
    scale_forms={
        "milionów": {"one": "milion", "few": "{} miliony"},
        "miliardów": {"one": "miliard", "few": "{} miliardy"},
        "tysięcy": {"one": "tysiąc", "few": "{} tysiące"},
    },
    scales={
        "mln": "milionów",
        "mld": "miliardów",
        "milionów": "milionów",
        "miliony": "miliony",
        "tys.": "tysięcy",
        "milion": "milion",
    },
    at="małpa",
    dot="kropka",
    dash="myślnik",
    underscore="podkreślenie",
    emergency_digits=False,
    short={
        "np.": "na przykład",
        "itd.": "i tak dalej",
        "itp.": "i tym podobne",
        "m.in.": "między innymi",
        "m. in.": "między innymi",
        "tzn.": "to znaczy",
        "ok.": "około",
        "tel.": "telefon",
        "Tel.": "Telefon",
        "godz.": "godzina",
        "tzw.": "tak zwany",
        "maks.": "maksymalnie",
        "min.": "minimum",
        "wg": "według",
        "p.n.e.": "przed naszą erą",
        "n.e.": "naszej ery",
        "ww.": "wyżej wymieniony",
    },
    before_name={
        "ul.": "ulica",
        "al.": "aleja",
        "pl.": "plac",
        "św.": "święty",
        "dr": "doktor",
        "prof.": "profesor",
        "nr": "numer",
        "str.": "strona",
        "os.": "osiedle",
    },
    weekdays={
        "pon.": "poniedziałek",
        "wt.": "wtorek",
        "śr.": "środa",
        "czw.": "czwartek",
        "pt.": "piątek",
        "sob.": "sobota",
        "niedz.": "niedziela",
        "nd.": "niedziela",
    },
    day_range="od {} do {}",
    day_forms={
        "poniedziałek": "poniedziałku",
        "wtorek": "wtorku",
        "środa": "środy",
        "czwartek": "czwartku",
        "piątek": "piątku",
        "sobota": "soboty",
        "niedziela": "niedzieli",
    },
    monarch=lambda n, name: (_genitive(n) if name.endswith("a") else _ordinal(n)).title(),
    century=_century,
    century_words=("", r"\s(?:wiek\w*|w\.)"),
)
