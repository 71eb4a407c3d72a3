"""German, as it is spoken in Germany."""

import re

from num2words import num2words

from app.speaking.tongue import Coin, Gender, Tongue

_YEAR_CUES = (
    "jahr jahre seit anno januar februar märz april mai juni juli august september "
    "oktober november dezember frühjahr sommer herbst winter"
)
_FEMININE = re.compile(
    r"\w+(?:ung|heit|keit|schaft|ion|tät|ei)|(?!Junge|Kunde|Name|Auge|Ende|Gebäude|Interesse|Käse)"
    r"\w+[^e]e|Person|Uhr|Nacht|Bahn|Fahrt|Karte|Million",
)
_BEFORE_OBLIQUE = (
    "am vom zum beim im bis den dem des ab seit ins aufs einen einem eines und oder montag "
    "dienstag mittwoch donnerstag freitag samstag sonntag jeden diesen ersten"
)
_OBLIQUE = frozenset(_BEFORE_OBLIQUE.split())
_DEFINITE = frozenset({"der", "die", "das", "jede", "jedes", "diese", "dieses"})
_QUEENS = frozenset(
    {"Elisabeth", "Elizabeth", "Katharina", "Christina", "Margarethe", "Maria", "Isabella"}
)
_CENTS = {"other": "Cent"}


def _cardinal(n: int) -> str:
    words = str(num2words(n, lang="de"))
    return re.sub(r"^ein(?=hundert|tausend)", "", words)


def _inflected(words: str, n: int, gender: Gender, noun: str) -> str:
    words = re.sub(r"^ein(?=hundert|tausend)", "", words)
    if noun and words.endswith("eins"):
        return words[:-1] + ("e" if gender == "f" and n == 1 else "")
    return words


def _gender(noun: str) -> Gender:
    return "f" if _FEMININE.fullmatch(noun) else "m"


def _ordinal(n: int, gender: Gender = "m", before: str = "") -> str:
    stem = re.sub(r"^ein(?=hundert|tausend)", "", str(num2words(n, lang="de", to="ordinal")))
    if before in _OBLIQUE or before.endswith("n"):
        return f"{stem}n"
    return stem if gender == "f" or before in _DEFINITE else f"{stem}r"


def _year(n: int) -> str:
    return str(num2words(n, lang="de", to="year")) if 1100 <= n < 2000 else _cardinal(n)


def _clock(hour: int, minute: int, before: str) -> str:
    if before == "–" and not minute:
        return _cardinal(hour)
    said = f"{'ein' if hour == 1 else _cardinal(hour)} Uhr"
    return f"{said} {_cardinal(minute)}" if minute else said


def _monarch(n: int, name: str) -> str:
    article = "die" if name in _QUEENS else "der"
    return f"{article} {str(num2words(n, lang='de', to='ordinal')).capitalize()}"


GERMAN = Tongue(
    lang="de",
    locale="de",
    point="Komma",
    decimals_whole=False,
    to="bis",
    percent="Prozent",
    number_sign="Nummer",
    and_word="und",
    by="mal",
    per="pro",
    section="Paragraf",
    fractions={"¼": "ein Viertel", "⅓": "ein Drittel", "½": "ein halb", "¾": "drei Viertel"},
    mixed=lambda whole, part: whole + part.replace(" ", "").replace("V", "v"),
    inflected=_inflected,
    gender=_gender,
    ordinal=_ordinal,
    # A point ends sentences as well: an ordinal needs a word that is known to go with one.
    ordinal_signs=r"\.(?P<f>(?!))?(?=\s(?:[a-zäöü]|Stock|Etage|Ober|Unter|Jahr|Klasse|Platz|Mal|"
    r"Auflage|Tag|Woche|Monat|Lebensjahr|Geburtstag|Januar|Februar|März|April|Mai|Ju[nl]i|August|"
    r"September|Oktober|November|Dezember|OG\b|UG\b|Weltkrieg))",
    year=_year,
    year_cues=frozenset(_YEAR_CUES.split()),
    day=lambda n, before: _ordinal(n, "m", before),
    clock=_clock,
    clock_signs=r"[\s\u00a0]?(?:Uhr|h)\b",
    hour_sign=r"[\s\u00a0]?Uhr\b",
    clock_range="{} bis {}",
    from_words=frozenset({"von", "zwischen"}),
    coins={
        "EUR": Coin({"other": "Euro"}, _CENTS),
        "USD": Coin({"other": "Dollar"}, _CENTS),
        "GBP": Coin({"other": "Pfund"}, {"one": "Penny", "other": "Pence"}),
        "CHF": Coin({"other": "Franken"}, {"other": "Rappen"}),
        "PLN": Coin({"other": "Zloty"}, {"other": "Groszy"}),
        "RON": Coin({"one": "Leu", "other": "Lei"}, {"one": "Ban", "other": "Bani"}),
    },
    price="{whole} {hundredths}",
    scale_forms={"Millionen": {"one": "eine Million"}, "Milliarden": {"one": "eine Milliarde"}},
    scales={
        "Mio.": "Millionen",
        "Mio": "Millionen",
        "Millionen": "Millionen",
        "Tsd.": "tausend",
        "Mrd.": "Milliarden",
        "Mrd": "Milliarden",
        "Milliarden": "Milliarden",
    },
    at="ät",
    dot="Punkt",
    dash="Bindestrich",
    underscore="Unterstrich",
    short={
        "z. B.": "zum Beispiel",
        "z.B.": "zum Beispiel",
        "d. h.": "das heißt",
        "d.h.": "das heißt",
        "u. a.": "unter anderem",
        "u.a.": "unter anderem",
        "bzw.": "beziehungsweise",
        "ca.": "circa",
        "inkl.": "inklusive",
        "exkl.": "exklusive",
        "zzgl.": "zuzüglich",
        "usw.": "und so weiter",
        "ggf.": "gegebenenfalls",
        "etc.": "et cetera",
        "max.": "maximal",
        "min.": "mindestens",
        "mind.": "mindestens",
        "Tel.": "Telefon",
        "evtl.": "eventuell",
        "gem.": "gemäß",
        "vgl.": "vergleiche",
        "i. d. R.": "in der Regel",
        "i.d.R.": "in der Regel",
        "o. Ä.": "oder Ähnliches",
        "Std.": "Stunden",
        "Min.": "Minuten",
        "Jh.": "Jahrhundert",
        "n. Chr.": "nach Christus",
        "v. Chr.": "vor Christus",
        "Hbf": "Hauptbahnhof",
        "EG": "Erdgeschoss",
        "OG": "Obergeschoss",
        "UG": "Untergeschoss",
        "jährl.": "jährlich",
        "tägl.": "täglich",
        "Jan.": "Januar",
        "Feb.": "Februar",
        "Aug.": "August",
        "Sept.": "September",
        "Okt.": "Oktober",
        "Nov.": "November",
        "Dez.": "Dezember",
    },
    before_name={
        "Dr.": "Doktor",
        "Prof.": "Professor",
        "Hr.": "Herr",
        "Fr.": "Frau",
        "St.": "Sankt",
        "Nr.": "Nummer",
        "S.": "Seite",
        "Abs.": "Absatz",
        "Art.": "Artikel",
    },
    weekdays={
        "Mo": "Montag",
        "Di": "Dienstag",
        "Mi": "Mittwoch",
        "Do": "Donnerstag",
        "Fr": "Freitag",
        "Sa": "Samstag",
        "So": "Sonntag",
    },
    monarch=_monarch,
    century=lambda n, before, after: _ordinal(n, "m", before),
    century_words=("", r"\.[\s\u00a0](?:Jahrhunderts?|Jh\.)"),
)
