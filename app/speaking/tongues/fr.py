"""French, as it is spoken in France."""

import re

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

# The feminine nouns that pages count; others are taken for masculine, which matters for 1 alone.
_FEMININE = re.compile(
    r"(heure|minute|seconde|tonne|année|semaine|journée|nuit|fois|personne|place|salle|page|"
    r"photo|livre|visite|entrée|marche|œuvre|pièce|chambre|copie|ligne|station|carte|langue|"
    r"école|classe|demande|question|part|table|voiture|brochure|\w+(?:tion|sion|ité|ette|ance|ence))s?",
    re.IGNORECASE,
)
_EUROS = {"one": "euro", "other": "euros"}
_CENTS = {"one": "centime", "other": "centimes"}


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    if gender == "f" and re.search(r"\bun$", words):
        return f"{words}e"
    return words


def _gender(noun: str) -> Gender:
    return "f" if _FEMININE.fullmatch(noun) else "m"


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    if n == 1:
        return "première" if gender == "f" else "premier"
    return str(num2words(n, lang="fr", to="ordinal"))


def _cardinal(n: int) -> str:
    return str(num2words(n, lang="fr"))


def _clock(hour: int, minute: int, before: str) -> str:
    if not minute and hour in {0, 12, 24}:
        return "midi" if hour == 12 else "minuit"
    hours = _inflected(_cardinal(hour), hour, "f", "")
    said = f"{hours} heure" if hour < 2 else f"{hours} heures"
    return f"{said} {_inflected(_cardinal(minute), minute, 'f', '')}" if minute else said


def _monarch(n: int, name: str) -> str:
    return "premier" if n == 1 else _cardinal(n)


FRENCH = Tongue(
    lang="fr",
    locale="fr",
    grouping=". \u00a0\u202f",
    point="virgule",
    minus="moins",
    to="à",
    percent="pour cent",
    number_sign="numéro",
    and_word="et",
    by="sur",
    per="par",
    section="paragraphe",
    fractions={"¼": "un quart", "⅓": "un tiers", "½": "un demi", "¾": "trois quarts"},
    halves=("demi", "demie"),
    inflected=_inflected,
    gender=_gender,
    ordinal=_ordinal,
    ordinal_signs=r"(?:ers?|(?P<f>[èe]?re)s?|[èe]mes?|es?|nde?)\b",
    year=_cardinal,
    day=lambda n, before: "premier" if n == 1 else _cardinal(n),
    clock=_clock,
    clock_signs=r"(?!)",
    hour_sign=r"[\s\u00a0\u202f]?(?:heures?|h)\b",
    clock_range="de {} à {}",
    from_words=frozenset({"de", "entre"}),
    coins={
        "EUR": Coin(_EUROS, _CENTS),
        "USD": Coin({"one": "dollar", "other": "dollars"}, {"one": "cent", "other": "cents"}),
        "GBP": Coin(
            {"one": "livre sterling", "other": "livres sterling"},
            {"one": "penny", "other": "pence"},
            gender="f",
        ),
        "CHF": Coin({"one": "franc suisse", "other": "francs suisses"}, _CENTS),
        "PLN": Coin({"one": "zloty", "other": "zlotys"}, {"other": "groszy"}),
        "RON": Coin({"one": "leu", "other": "lei"}, {"other": "bani"}),
    },
    price="{whole} {hundredths}",
    scales={
        "million": "million",
        "millions": "millions",
        "M": "millions",
        "milliard": "milliard",
        "milliards": "milliards",
        "Md": "milliards",
    },
    scaled="{amount} {scale} d'{coin}",
    at="arobase",
    dot="point",
    dash="tiret",
    underscore="tiret bas",
    phone_pairs=True,
    emergency_digits=False,
    short={
        "p. ex.": "par exemple",
        "p.ex.": "par exemple",
        "c.-à-d.": "c'est-à-dire",
        "etc.": "et cetera",
        "env.": "environ",
        "max.": "maximum",
        "min.": "minimum",
        "tél.": "téléphone",
        "Tél.": "Téléphone",
        "bd": "boulevard",
        "bd.": "boulevard",
        "Bd": "Boulevard",
        "av.": "avenue",
        "Av.": "Avenue",
        "pl.": "place",
        "hab.": "habitants",
        "av. J.-C.": "avant Jésus-Christ",
        "apr. J.-C.": "après Jésus-Christ",
        "incl.": "inclus",
        "janv.": "janvier",
        "févr.": "février",
        "juil.": "juillet",
        "oct.": "octobre",
        "nov.": "novembre",
        "déc.": "décembre",
        "RDV": "rendez-vous",
    },
    before_name={
        "M.": "monsieur",
        "MM.": "messieurs",
        "Mme": "madame",
        "Mmes": "mesdames",
        "Mlle": "mademoiselle",
        "Dr": "docteur",
        "Pr": "professeur",
        "Me": "maître",
        "St": "saint",
        "Ste": "sainte",
        "p.": "page",
    },
    weekdays={
        "lun.": "lundi",
        "mar.": "mardi",
        "mer.": "mercredi",
        "jeu.": "jeudi",
        "ven.": "vendredi",
        "sam.": "samedi",
        "dim.": "dimanche",
    },
    day_range="du {} au {}",
    monarch=_monarch,
    century=lambda n, before, after: _ordinal(n),
    century_words=("", r"(?:e|è|ème|er)[\s\u00a0\u202f]*siècles?"),
)
