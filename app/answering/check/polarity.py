"""What a text denies: the words beside its negations, and the pairs of opposites that it uses.

A negation is held against the evidence by its neighbours, since most texts deny something.
"""

import re
from collections.abc import Sequence

_NEGATIONS = {
    "en": r"not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|n['’]t",
    "fr": r"ne|n['’]|jamais|aucune?s?|rien|personne|sans|ni",
    "de": r"nicht|keine?[rnms]?|nie|niemals|niemand|nichts|ohne|weder",
    "es": r"no|nunca|jamás|ningun[oa]?s?|ningún|nada|nadie|sin|ni|tampoco",
    "it": r"non|mai|nessun[oa]?|niente|nulla|senza|né",
    "nl": r"niet|geen|nooit|niemand|niets|zonder|noch",
    "pt": r"não|nunca|jamais|nenhum[a]?|nada|ninguém|sem|nem",
    "pl": r"nie|nigdy|żad[en]\w*|nikt|nic|bez|ani",
    "ro": r"nu|n-\w+|niciodată|niciun[ae]?|nimeni|nimic|fără|nici",
}
# "not only", "non seulement", "no later than": said with a negation, and nothing is denied.
_EMPTY = {
    "en": r"\bnot (?:only|just)\b|\bno (?:later|more|less|fewer) than\b|\bno\.? \d",
    "fr": r"\bnon seulement\b|\bn['’]importe\b|\bne\b[^.,;]{0,40}\bque?\b(?! pas)",
    "de": r"\bnicht (?:nur|mehr als|zuletzt|später als)\b",
    "es": r"\bno (?:sólo|solo|solamente|obstante|más de)\b",
}
_WORD = re.compile(r"n['’]t\b|[^\W_]+(?:['’](?!t\b))?|[^\w\s]")
_YES_NO = re.compile(
    r"^\s*(?:yes|no|oui|non|si|sí|ja|nein|doch|nee|sim|não|tak|nie|da|nu|sì)\s*(?:[,.:;!–-]\s*|$)",
    re.IGNORECASE,
)
# "pm", "km", "l’": letters that carry no subject.
_SHORTEST = 2
# How far a negation reaches, in words that carry meaning.
_REACH = 2

_OPPOSITES = {
    "en": "open/closed opens/closes opening/closing allowed/forbidden permitted/forbidden "
    "before/after first/last cheapest/dearest longest/shortest largest/smallest highest/lowest "
    "more/less most/least minimum/maximum include/exclude above/below won/lost north/south "
    "east/west increase/decrease increased/decreased older/younger",
    "fr": "ouvert/fermé ouverte/fermée ouvre/ferme ouverture/fermeture autorisé/interdit "
    "avant/après premier/dernier première/dernière plus/moins minimum/maximum gratuit/payant "
    "nord/sud est/ouest augmenté/diminué",
    "de": "geöffnet/geschlossen offen/geschlossen öffnet/schließt erlaubt/verboten vor/nach "
    "erste/letzte ersten/letzten mehr/weniger mindestens/höchstens kostenlos/kostenpflichtig "
    "größte/kleinste nord/süd norden/süden osten/westen",
    "es": "abierto/cerrado abierta/cerrada abre/cierra permitido/prohibido antes/después "
    "primer/último primera/última más/menos mínimo/máximo norte/sur",
}
OPPOSITES: dict[str, dict[str, frozenset[str]]] = {}
for _lang, _pairs in _OPPOSITES.items():
    _of: dict[str, set[str]] = {}
    for _one, _other in (pair.split("/") for pair in _pairs.split()):
        _of.setdefault(_one, set()).add(_other)
        _of.setdefault(_other, set()).add(_one)
    OPPOSITES[_lang] = {word: frozenset(others) for word, others in _of.items()}


def without_yes_no(text: str) -> str:
    """A sentence without a "Yes," or "No," that opens it."""
    return _YES_NO.sub("", text, count=1)


def words(text: str) -> list[str]:
    """The words and signs of a text, in lower case."""
    return [word.lower() for word in _WORD.findall(text)]


def is_known(lang: str) -> bool:
    """Whether negations of this language are known."""
    return lang in _NEGATIONS


def denied(text: str, lang: str, stem: "Stem") -> list[frozenset[str]]:
    """For each negation of a text, the stems of the words around it, within its clause."""
    pattern = re.compile(rf"(?:{_NEGATIONS.get(lang, '(?!)')})\Z", re.IGNORECASE)
    empty = _EMPTY.get(lang)
    if empty:
        text = re.sub(empty, " ", text, flags=re.IGNORECASE)
    said = words(re.sub(r"(?<=\w)n['’]t\b", " n't", text))
    found = [n for n, word in enumerate(said) if pattern.match(word)]
    return [frozenset((*_beside(said, n, -1, stem), *_beside(said, n, 1, stem))) for n in found]


class Stem:
    """Gives a word's stem, or None if it carries no meaning."""

    def __init__(self, small: frozenset[str], letters: int) -> None:
        self._small = small
        self._letters = letters

    def __call__(self, word: str) -> str | None:
        """The beginning of a word, in lower case."""
        if len(word) <= _SHORTEST or word in self._small or word[0].isdigit():
            return None
        return word[: self._letters]


def _beside(said: Sequence[str], at: int, step: int, stem: Stem) -> list[str]:
    """The next words with a meaning on one side, up to the end of the clause."""
    found: list[str] = []
    at += step
    while 0 <= at < len(said) and len(found) < _REACH and said[at] not in ",;:.!?()":
        kept = stem(said[at])
        if kept is not None:
            found.append(kept)
        at += step
    return found
