"""Italian."""

import re

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_FEMININE = re.compile(
    r"(?!(?:problema|programma|sistema|tema|clima|pianeta|museo)$)\w+a|ore|persone|volte|sale|"
    r"pagine|visite|copie|linee|stanze|settimane|\w+(?:zione|sione|tà)",
    re.IGNORECASE,
)
_CENTS = {"one": "centesimo", "other": "centesimi"}


def _cardinal(n: int) -> str:
    return str(num2words(n, lang="it"))


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    words = words.replace(" e ", " ") if n >= 1_000_000 else words
    if n != 1 or not noun:
        return words
    if gender == "f":
        return "una"
    return "uno" if re.match(r"s[^aeiou]|z|ps|gn|x|y", noun, re.IGNORECASE) else "un"


def _gender(noun: str) -> Gender:
    return "f" if _FEMININE.fullmatch(noun) else "m"


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    words = str(num2words(n, lang="it", to="ordinal"))
    return f"{words[:-1]}a" if gender == "f" else words


def _clock(hour: int, minute: int, before: str) -> str:
    if not minute and hour in {0, 24}:
        return "mezzanotte"
    said = "una" if hour == 1 else _cardinal(hour)
    return f"{said} e {_cardinal(minute)}" if minute else said


def _monarch(n: int, name: str) -> str:
    return _ordinal(n, "f" if name.endswith("a") and name not in {"Luca", "Andrea"} else "m")


ITALIAN = Tongue(
    lang="it",
    locale="it",
    point="virgola",
    minus="meno",
    to="a",
    percent="per cento",
    number_sign="numero",
    and_word="e",
    by="per",
    per="a",
    section="paragrafo",
    fractions={"¼": "un quarto", "⅓": "un terzo", "½": "mezzo", "¾": "tre quarti"},
    halves=("mezzo", "mezza"),
    inflected=_inflected,
    gender=_gender,
    ordinal=_ordinal,
    ordinal_signs=r"(?:º|°(?!\s?C)|(?P<f>ª))",
    year=_cardinal,
    day=lambda n, before: "primo" if n == 1 else _cardinal(n),
    clock=_clock,
    clock_signs=r"[\s\u00a0]?(?:h\b)",
    clock_range="dalle {} alle {}",
    hour_words=frozenset({"alle", "dalle", "ore", "fino"}),
    from_words=frozenset({"dalle", "ore", "tra", "fra"}),
    coins={
        "EUR": Coin({"other": "euro"}, _CENTS),
        "USD": Coin({"one": "dollaro", "other": "dollari"}, _CENTS),
        "GBP": Coin({"one": "sterlina", "other": "sterline"}, {"other": "pence"}, "f"),
        "CHF": Coin({"one": "franco svizzero", "other": "franchi svizzeri"}, _CENTS),
        "PLN": Coin({"other": "zloty"}, {"other": "groszy"}),
        "RON": Coin({"one": "leu", "other": "lei"}, {"other": "bani"}),
    },
    price="{whole} e {hundredths}",
    scale_forms={"milioni": {"one": "un milione"}, "miliardi": {"one": "un miliardo"}},
    scales={
        "milione": "milione",
        "milioni": "milioni",
        "mln": "milioni",
        "miliardo": "miliardo",
        "miliardi": "miliardi",
        "mld": "miliardi",
        "mila": "mila",
    },
    scaled="{amount} {scale} di {coin}",
    at="chiocciola",
    dot="punto",
    dash="trattino",
    underscore="trattino basso",
    plus="più",
    short={
        "ad es.": "ad esempio",
        "p. es.": "per esempio",
        "es.": "esempio",
        "ecc.": "eccetera",
        "ca.": "circa",
        "max.": "massimo",
        "min.": "minimo",
        "tel.": "telefono",
        "Tel.": "Telefono",
        "v.le": "viale",
        "V.le": "Viale",
        "p.zza": "piazza",
        "P.zza": "Piazza",
        "a.C.": "avanti Cristo",
        "d.C.": "dopo Cristo",
        "pag.": "pagina",
        "incl.": "incluso",
        "c.so": "corso",
        "C.so": "Corso",
    },
    before_name={
        "Sig.": "signor",
        "sig.": "signor",
        "Sig.ra": "signora",
        "sig.ra": "signora",
        "Dott.": "dottor",
        "dott.": "dottor",
        "Dott.ssa": "dottoressa",
        "Prof.": "professor",
        "S.": "San",
        "n.": "numero",
        "N.": "numero",
        "n°": "numero",
    },
    weekdays={
        "lun": "lunedì",
        "mar": "martedì",
        "mer": "mercoledì",
        "gio": "giovedì",
        "ven": "venerdì",
        "sab": "sabato",
        "dom": "domenica",
        "Lun": "lunedì",
        "Mar": "martedì",
        "Mer": "mercoledì",
        "Gio": "giovedì",
        "Ven": "venerdì",
        "Sab": "sabato",
        "Dom": "domenica",
    },
    day_range="da {} a {}",
    monarch=_monarch,
    century=lambda n, before, after: _ordinal(n),
    century_words=(r"secol[oi]\s", r"\s(?:secol[oi]|sec\.)"),
)
