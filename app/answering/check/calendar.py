"""The names of months and weekdays in the languages that we speak, and patterns that find them."""

import re

# As patterns, so that plurals and cases are found: January to December, Monday to Sunday.
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "de": "Jan(?:uar|uars|ner) Februar Märzs?e?n? April Mai Juni Juli August September Oktober "
    "November Dezember",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "pl": "stycz(?:eń|nia|niu) lut(?:y|ego|ym) mar(?:zec|ca|cu) kwie(?:cień|tnia|tniu) maj[au]? "
    "czerw(?:iec|ca|cu) lip(?:iec|ca|cu) sierp(?:ień|nia|niu) wrze(?:sień|śnia|śniu) "
    "październik(?:a|u)? listopad(?:a|zie)? grud(?:zień|nia|niu)",
    "ro": "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie "
    "noiembrie decembrie",
}
_WEEKDAYS = {
    "en": "mondays? tuesdays? wednesdays? thursdays? fridays? saturdays? sundays?",
    "fr": "lundis? mardis? mercredis? jeudis? vendredis? samedis? dimanches?",
    "de": "montage?s? dienstage?s? mittwochs? donnerstage?s? freitage?s? (?:samstag|sonnabend)e?s? "
    "sonntage?s?",
    "es": "lunes martes miércoles jueves viernes sábados? domingos?",
    "it": "lunedì martedì mercoledì giovedì venerdì sabat[oi] domenic(?:a|he)",
    "nl": "maandag(?:en|s)? dinsdag(?:en|s)? woensdag(?:en|s)? donderdag(?:en|s)? "
    "vrijdag(?:en|s)? zaterdag(?:en|s)? zondag(?:en|s)?",
    "pt": "segundas?-feiras? terças?-feiras? quartas?-feiras? quintas?-feiras? sextas?-feiras? "
    "sábados? domingos?",
    "pl": "poniedziałe?k(?:i|u|ach)? wtor(?:ek|ki|ku) środ[aęy] czwart(?:ek|ki|ku) "
    "piąt(?:ek|ki|ku) sobot[aęy] niedziel[aęe]",
    "ro": "lun[iea]+ mar[tțţ]i?e?a? miercur[ie]+a? joi[a]? vineri?e?a? s[âa]mb[ăe]t[ăae]+ "
    "duminic[ăai]+",
}
_EVERY_DAY = {
    "en": r"every day|daily|each day|all week|seven days",
    "fr": r"tous les jours|chaque jour|quotidien\w*",
    "de": r"täglich|jeden tag",
    "es": r"todos los días|cada día|a diario|diariamente",
    "it": r"tutti i giorni|ogni giorno",
    "nl": r"elke dag|dagelijks",
    "pt": r"todos os dias|diariamente",
    "pl": r"codziennie|każdego dnia",
    "ro": r"zilnic|în fiecare zi",
}
_WEEKEND = r"week-?ends?|wochenenden?|fines? de semana|fine settimana|fins? de semana"
# English "may" and "march" are verbs too; German names have capitals. The others are never verbs.
_CAPITALS = frozenset({"en", "de"})
_TO = r"\s*(?:to|until|through|till|au|à|bis|a|hasta|al|tot|até|do|până|–|-|—)\s+(?:the\s|zum\s)?"


def _numbered(names: str, kind: str) -> str:
    return "|".join(f"(?P<{kind}{n}>{name})" for n, name in enumerate(names.split(), 1))


def _pattern(names: str, *, exact: bool) -> re.Pattern[str]:
    flags = 0 if exact else re.IGNORECASE
    return re.compile(rf"(?<!\w)(?:{_numbered(names, 'n')})(?!\w)", flags)


MONTHS = {lang: _pattern(names, exact=lang in _CAPITALS) for lang, names in _MONTHS.items()}
WEEKDAYS = {lang: _pattern(names, exact=False) for lang, names in _WEEKDAYS.items()}
EVERY_DAY = {
    lang: re.compile(rf"(?<!\w)(?:{said})(?!\w)", re.I) for lang, said in _EVERY_DAY.items()
}
WEEKEND = re.compile(rf"(?<!\w)(?:{_WEEKEND})(?!\w)", re.IGNORECASE)
UNTIL = re.compile(_TO, re.IGNORECASE)
# "May" that opens a sentence, or asks ("May I …").
ENGLISH_MAY = re.compile(r"\bMay(?= (?:I|we|you|he|she|it|they|the|a|an|my|our|your|visitors?)\b)")


def number_of(found: re.Match[str]) -> int:
    """Which of the names was found, from 1."""
    return int((found.lastgroup or "n0")[1:])


def month_names(lang: str) -> str:
    """A pattern without groups for the months of a language; of English where we lack it."""
    return "|".join(_MONTHS.get(lang, _MONTHS["en"]).split())


def calendar_words(text: str, lang: str) -> list[str]:
    """The months and weekdays in a text, in lower case."""
    known = (names for names in (WEEKDAYS.get(lang), MONTHS.get(lang)) if names is not None)
    return [found[0].lower() for names in known for found in names.finditer(text)]
