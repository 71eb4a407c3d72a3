"""Dutch, as it is spoken in the Netherlands."""

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_YEAR_CUES = (
    "in sinds jaar anno januari februari maart april mei juni juli augustus september "
    "oktober november december zomer herfst winter lente"
)
_CENTS = {"other": "cent"}


def _cardinal(n: int) -> str:
    return str(num2words(n, lang="nl"))


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    return "een" if n == 1 and noun and noun != "uur" else words


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    return str(num2words(n, lang="nl", to="ordinal"))


def _year(n: int) -> str:
    if 1100 <= n < 2000:
        # The library sets hundreds apart, and we do not say the noughts of 1900.
        rest = n % 100
        return f"{_cardinal(n // 100)}honderd{_cardinal(rest) if rest else ''}"
    return _cardinal(n)


def _clock(hour: int, minute: int, before: str) -> str:
    if before == "–" and not minute:
        return _cardinal(hour)
    said = f"{_cardinal(hour)} uur"
    return f"{said} {_cardinal(minute)}" if minute else said


DUTCH = Tongue(
    lang="nl",
    locale="nl",
    point="komma",
    decimals_whole=False,
    minus="min",
    to="tot",
    percent="procent",
    number_sign="nummer",
    and_word="en",
    by="bij",
    per="per",
    section="paragraaf",
    fractions={"¼": "een kwart", "⅓": "een derde", "½": "een half", "¾": "driekwart"},
    inflected=_inflected,
    ordinal=_ordinal,
    ordinal_signs=r"(?:e|de|ste)\b(?P<f>(?!))?",
    year=_year,
    year_cues=frozenset(_YEAR_CUES.split()),
    day=lambda n, before: _cardinal(n),
    clock=_clock,
    clock_signs=r"[\s\u00a0]?(?:uur|u\.|u\b|h\b)",
    hour_sign=r"[\s\u00a0]?uur\b",
    clock_range="{} tot {}",
    from_words=frozenset({"van", "tussen"}),
    coins={
        "EUR": Coin({"other": "euro"}, _CENTS),
        "USD": Coin({"other": "dollar"}, _CENTS),
        "GBP": Coin({"other": "pond"}, {"other": "pence"}),
        "CHF": Coin({"other": "Zwitserse frank"}, {"other": "rappen"}),
        "PLN": Coin({"other": "zloty"}, {"other": "groszy"}),
        "RON": Coin({"one": "leu", "other": "lei"}, {"other": "bani"}),
    },
    price="{whole} {hundredths}",
    scales={
        "miljoen": "miljoen",
        "mln.": "miljoen",
        "mln": "miljoen",
        "miljard": "miljard",
        "mld.": "miljard",
        "mld": "miljard",
        "duizend": "duizend",
    },
    at="apenstaartje",
    dot="punt",
    dash="streepje",
    underscore="laag streepje",
    short={
        "bijv.": "bijvoorbeeld",
        "bv.": "bijvoorbeeld",
        "enz.": "enzovoort",
        "d.w.z.": "dat wil zeggen",
        "o.a.": "onder andere",
        "ca.": "circa",
        "incl.": "inclusief",
        "excl.": "exclusief",
        "t/m": "tot en met",
        "m.b.t.": "met betrekking tot",
        "i.p.v.": "in plaats van",
        "a.u.b.": "alstublieft",
        "tel.": "telefoon",
        "Tel.": "Telefoon",
        "max.": "maximaal",
        "min.": "minimaal",
        "etc.": "et cetera",
        "evt.": "eventueel",
        "jl.": "jongstleden",
        "v.a.": "vanaf",
        "i.v.m.": "in verband met",
        "v.Chr.": "voor Christus",
        "n.Chr.": "na Christus",
        "p.p.": "per persoon",
    },
    before_name={
        "dhr.": "de heer",
        "mevr.": "mevrouw",
        "mw.": "mevrouw",
        "dr.": "dokter",
        "prof.": "professor",
        "St.": "Sint",
        "nr.": "nummer",
        "Nr.": "Nummer",
        "blz.": "bladzijde",
    },
    weekdays={
        "ma": "maandag",
        "di": "dinsdag",
        "wo": "woensdag",
        "do": "donderdag",
        "vr": "vrijdag",
        "za": "zaterdag",
        "zo": "zondag",
    },
    monarch=lambda n, name: f"de {_ordinal(n).capitalize()}",
    century=lambda n, before, after: _ordinal(n),
    century_words=("", r"e?\seeuw"),
)
