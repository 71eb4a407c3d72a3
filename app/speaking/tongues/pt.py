"""Portuguese, as it is spoken in Portugal."""

import re

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_MASCULINE = re.compile(r"(?:dia|mapa|problema|programa|sistema|tema|clima|planeta|idioma)s?", re.I)
_FEMININE = re.compile(r"\w+as?|\w+(?:ção|ções|dades?|gens?)|noites?|tardes?|vezes|vez", re.I)
_CENTS = {"one": "cêntimo", "other": "cêntimos"}
_TO_FEMININE = ((r"\bum$", "uma"), (r"\bdois$", "duas"), (r"(zent|cent|nhent)os\b", r"\1as"))


def _cardinal(n: int) -> str:
    return str(num2words(n, lang="pt"))


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    if gender == "f":
        for masculine, feminine in _TO_FEMININE:
            words = re.sub(masculine, feminine, words)
    return words


def _gender(noun: str) -> Gender:
    return "f" if _FEMININE.fullmatch(noun) and not _MASCULINE.fullmatch(noun) else "m"


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    words = str(num2words(n, lang="pt", to="ordinal"))
    return re.sub(r"o\b", "a", words) if gender == "f" else words


def _clock(hour: int, minute: int, before: str) -> str:
    if not minute and hour in {0, 24}:
        return "meia-noite"
    said = _inflected(_cardinal(hour), hour, "f", "")
    if minute:
        return f"{said} e {_cardinal(minute)}"
    return f"{said} hora" if hour == 1 else f"{said} horas"


def _monarch(n: int, name: str) -> str:
    return _cardinal(n) if n > 10 else _ordinal(n, "f" if name.endswith("a") else "m")


PORTUGUESE = Tongue(
    lang="pt",
    locale="pt_PT",
    grouping=". \u00a0\u202f",
    point="vírgula",
    minus="menos",
    to="a",
    percent="por cento",
    number_sign="número",
    and_word="e",
    by="por",
    per="por",
    section="parágrafo",
    fractions={"¼": "um quarto", "⅓": "um terço", "½": "meio", "¾": "três quartos"},
    halves=("meio", "meia"),
    inflected=_inflected,
    gender=_gender,
    ordinal=_ordinal,
    ordinal_signs=r"\.?(?:º|o\b|°(?!\s?C)|(?P<f>ª|a\b))",
    year=_cardinal,
    day=lambda n, before: _cardinal(n),
    date="{day} de {month}",
    dated="{date} de {year}",
    clock=_clock,
    clock_signs=r"[\s\u00a0]?(?:horas|h\b)",
    hour_sign=r"[\s\u00a0]?h\b",
    clock_range="das {} às {}",
    from_words=frozenset({"das", "entre"}),
    coins={
        "EUR": Coin({"one": "euro", "other": "euros"}, _CENTS),
        "USD": Coin({"one": "dólar", "other": "dólares"}, _CENTS),
        "GBP": Coin({"one": "libra", "other": "libras"}, {"other": "pence"}, "f"),
        "CHF": Coin({"one": "franco suíço", "other": "francos suíços"}, _CENTS),
        "PLN": Coin({"other": "zlotys"}, {"other": "groszy"}),
        "RON": Coin({"one": "leu", "other": "lei"}, {"other": "bani"}),
    },
    price="{whole} e {hundredths} {part}",
    scale_forms={"milhões": {"one": "um milhão"}},
    scales={"milhão": "milhão", "milhões": "milhões", "M": "milhões", "mil": "mil"},
    scaled="{amount} {scale} de {coin}",
    at="arroba",
    dot="ponto",
    dash="hífen",
    underscore="traço inferior",
    plus="mais",
    short={
        "p. ex.": "por exemplo",
        "p.ex.": "por exemplo",
        "aprox.": "aproximadamente",
        "etc.": "et cetera",
        "máx.": "máximo",
        "mín.": "mínimo",
        "tel.": "telefone",
        "Tel.": "Telefone",
        "Av.": "Avenida",
        "a.C.": "antes de Cristo",
        "pág.": "página",
        "d.C.": "depois de Cristo",
        "incl.": "incluído",
        "Pç.": "Praça",
    },
    before_name={
        "Sr.": "senhor",
        "Sra.": "senhora",
        "Dr.": "doutor",
        "Dra.": "doutora",
        "D.": "dom",
        "Prof.": "professor",
        "n.º": "número",
        "nº": "número",
        "R.": "Rua",
        "Sto.": "santo",
    },
    weekdays={
        "seg.": "segunda",
        "ter.": "terça",
        "qua.": "quarta",
        "qui.": "quinta",
        "sex.": "sexta",
        "sáb.": "sábado",
        "dom.": "domingo",
    },
    day_range="de {} a {}",
    monarch=_monarch,
    century=lambda n, before, after: _cardinal(n) if n > 10 else _ordinal(n),
    century_words=(r"séculos?\s", ""),
)
