"""Spanish, as it is spoken in Spain."""

import re

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_MASCULINE = re.compile(
    r"(?:día|mapa|idioma|problema|programa|sistema|tema|clima|planeta|poema|tranvía|cometa|"
    r"guardia|artista|turista|gramo|kilogramo)s?",
    re.IGNORECASE,
)
_FEMININE = re.compile(
    r"\w+as?|\w+(?:ción|ciones|siones|dades?)|noches?|tardes?|vece?s|calles?|clases?|llaves?", re.I
)
_CENTS = {"one": "céntimo", "other": "céntimos"}
_CENTAVOS = {"one": "centavo", "other": "centavos"}


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    if not noun:
        return words
    if gender == "f":
        return re.sub(r"uno$", "una", re.sub(r"(cient|quinient)os\b", r"\1as", words))
    return re.sub(r"uno$", "un", re.sub(r"veintiuno$", "veintiún", words))


def _gender(noun: str) -> Gender:
    return "f" if _FEMININE.fullmatch(noun) and not _MASCULINE.fullmatch(noun) else "m"


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    words = str(num2words(n, lang="es", to="ordinal"))
    return re.sub(r"o\b", "a", words) if gender == "f" else words


def _cardinal(n: int) -> str:
    return str(num2words(n, lang="es"))


def _clock(hour: int, minute: int, before: str) -> str:
    said = re.sub(r"uno$", "una", _cardinal(hour))
    if hour > 12 or hour == 0:
        return f"{said} {_cardinal(minute)}" if minute else f"{said} horas"
    spoken = {0: "", 15: " y cuarto", 30: " y media"}
    return said + spoken.get(minute, f" y {_cardinal(minute)}")


def _monarch(n: int, name: str) -> str:
    if n > 10:
        return _cardinal(n)
    return _ordinal(n, "f" if name.endswith("a") or name in {"Isabel", "Beatriz"} else "m")


SPANISH = Tongue(
    lang="es",
    locale="es",
    grouping=". \u00a0\u202f",
    point="coma",
    minus="menos",
    to="a",
    percent="por ciento",
    number_sign="número",
    and_word="y",
    by="por",
    per="por",
    section="párrafo",
    fractions={"¼": "un cuarto", "⅓": "un tercio", "½": "medio", "¾": "tres cuartos"},
    halves=("medio", "media"),
    inflected=_inflected,
    gender=_gender,
    ordinal=_ordinal,
    ordinal_signs=r"\.?(?:º|o\b|°(?!\s?C)|(?P<f>ª|a\b)|er\b)",
    year=_cardinal,
    day=lambda n, before: _cardinal(n),
    date="{day} de {month}",
    dated="{date} de {year}",
    clock=_clock,
    clock_signs=r"[\s\u00a0]?(?:horas|h\.|hs\.|h\b)",
    hour_sign=r"(?!)",
    clock_range="de {} a {}",
    from_words=frozenset({"de", "desde", "entre", "las"}),
    coins={
        "EUR": Coin({"one": "euro", "other": "euros"}, _CENTS),
        "USD": Coin({"one": "dólar", "other": "dólares"}, _CENTAVOS),
        "GBP": Coin(
            {"one": "libra", "other": "libras"}, {"one": "penique", "other": "peniques"}, "f"
        ),
        "CHF": Coin({"one": "franco suizo", "other": "francos suizos"}, _CENTS),
        "PLN": Coin({"one": "zloty", "other": "zlotys"}, {"other": "groszy"}),
        "RON": Coin({"one": "leu", "other": "lei"}, {"other": "bani"}),
    },
    price="{whole} con {hundredths}",
    scale_forms={"millones": {"one": "un millón"}},
    scales={
        "millón": "millón",
        "millones": "millones",
        "M": "millones",
        "mil": "mil",
        "mill.": "millones",
    },
    scaled="{amount} {scale} de {coin}",
    at="arroba",
    dot="punto",
    dash="guion",
    underscore="guion bajo",
    plus="más",
    short={
        "p. ej.": "por ejemplo",
        "p.ej.": "por ejemplo",
        "aprox.": "aproximadamente",
        "etc.": "etcétera",
        "máx.": "máximo",
        "mín.": "mínimo",
        "tel.": "teléfono",
        "Tel.": "Teléfono",
        "tfno.": "teléfono",
        "Avda.": "Avenida",
        "Av.": "Avenida",
        "C/": "calle ",
        "Pza.": "Plaza",
        "Pl.": "Plaza",
        "EE. UU.": "Estados Unidos",
        "EE.UU.": "Estados Unidos",
        "Ud.": "usted",
        "Uds.": "ustedes",
        "dcha.": "derecha",
        "izq.": "izquierda",
        "a. C.": "antes de Cristo",
        "d. C.": "después de Cristo",
        "pág.": "página",
        "págs.": "páginas",
        "incl.": "incluido",
    },
    before_name={
        "Sr.": "señor",
        "Sra.": "señora",
        "Sres.": "señores",
        "Srta.": "señorita",
        "Dr.": "doctor",
        "Dra.": "doctora",
        "D.": "don",
        "Dña.": "doña",
        "Sto.": "santo",
        "Sta.": "santa",
        "n.º": "número",
        "núm.": "número",
        "N.º": "número",
        "nº": "número",
    },
    weekdays={
        "lun.": "lunes",
        "mar.": "martes",
        "mié.": "miércoles",
        "jue.": "jueves",
        "vie.": "viernes",
        "sáb.": "sábado",
        "dom.": "domingo",
    },
    day_range="de {} a {}",
    monarch=_monarch,
    century=lambda n, before, after: _cardinal(n) if n > 10 else _ordinal(n),
    century_words=(r"siglos?\s", ""),
)
