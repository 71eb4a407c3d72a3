"""Sentences of a page that are addressed to a machine, and not to the visitors it is written for.

They are left out of what the model reads and of what its sentences are held against. Patterns of
nine languages catch the plain ones; the rules, the marks and the check stand behind them. Of the
190,000 sentences of seven public corpora they take 4 that people wrote for people.
"""

import re
from dataclasses import replace
from functools import lru_cache

from app.answering.sentences import pieces
from app.answering.wording import RULES
from ingest.documents import Passage
from ingest.extraction.invisible import without_invisible

_MACHINE = (
    r"(?:ai|a\.i\.|llms?|language models?|assistants?|chatbots?|chat ?gpt|avatars?|ia|ki|si|"
    r"sprachmodelle?|assistent(?:en|in|e|ów|a|i)?|asistentes?|assistentes?|assistante?s?|"
    r"asystent(?:a|ów|ki)?|mod[eè]les? de langage|modelos? de (?:lenguaje|linguagem)|"
    r"modell[oi] linguistic[oi]|taalmodel(?:len)?|model(?:e|ele)? (?:językow\w+|lingvistic\w*))"
)
_TO_A_MACHINE = (
    r"(?:instructions?|note|message|notice|orders?|attention|important|consignes?|hinweise?|"
    r"nachricht|anweisung(?:en)?|instrucci(?:ón|ones)|nota|mensaje|istruzion[ei]|messaggio|"
    r"instructies?|bericht|opdracht|instruç(?:ão|ões)|mensagem|instrukcj[ae]|uwaga|"
    r"instrucțiun[ei]|mesaj)\s*(?:to|for|à|a|pour|an|für|para|al?|per|aan|voor|dla|do|pentru|către)?"
    r"\s*(?:the|any|all|every|l['’]|les?|la|die|den|das|alle|el|los|o|os|il|gli|de|het|)\s*"
)
_RULES = (
    r"(?:instructions?|rules?|prompts?|guidelines?|directives?|consignes?|règles?|anweisung(?:en)?|"
    r"regeln?|vorgaben?|instruktion(?:en)?|instrucci(?:ón|ones)|reglas?|istruzion[ei]|regol[ae]|"
    r"instructies?|regels?|opdracht(?:en)?|instruç(?:ão|ões)|regras?|instrukcj\w+|poleceni\w+|"
    r"zasad\w*|instrucțiun\w+|reguli\w*)"
)
_DROP = (
    r"(?:ignor(?:e[sz]?|er|iere?n?|a|ă|ad|en|eer|uj(?:cie)?|ați|ate)?|disregard|forget|override|bypass|"
    r"oublie[zr]?|vergiss|vergessen|missachten?|olvid[ae]n?|dimentica(?:te)?|vergeet|negeer|"
    r"esque(?:ça|cer)|zignoruj|zapomnij|uită|uitați)"
)
_ORDERS = re.compile(
    "|".join(
        (
            rf"\b{_DROP}\b[^.!?]{{0,60}}\b{_RULES}\b",
            rf"\b{_TO_A_MACHINE}\b{_MACHINE}\b",
            rf"\bif you are (?:an?|the) {_MACHINE}\b",
            rf"\byou are (?:now|no longer) (?:an? {_MACHINE}|called|named|bound by)\b",
            r"\byou are now (?:(?-i:[A-Z])\w+|in (?:\w+ )?(?:debug|developer|admin|dan) mode)\b",
            r"\b(?:tu es|vous êtes|du bist|sie sind|eres|sei|jij bent|je bent|você é|jesteś|ești)"
            r" (?:désormais|maintenant|jetzt|nun|ab sofort|ahora|ora|adesso|nu|agora|teraz|acum)\b",
            r"\bfrom now on,? (?:you (?:are|will|must)|answer|reply|respond|say|always)\b",
            r"\b(?:system|developer|admin) (?:prompt|message|override|instructions?)\b",
            r"^\s*(?:assistant|system|user|human)\s*:",
            r"\b(?:invite|message|prompt) système\b|\bsystem-?(?:prompt|anweisung|nachricht)\b",
            r"\b(?:respond|reply|answer) (?:only|exactly|always|just) with\b",
            r"\b(?:say|repeat|include) (?:only |exactly |always )?the (?:word|phrase|sentence)\b",
            r"\b(?:when|if) (?:a |the |any )?(?:user|visitor|person|anyone|somebody)s? asks?\b"
            r"[^.!?]{0,60}\b(?:say|tell|answer|reply|respond|claim)\b",
            r"\b(?:tool_?calls?|function_call|jailbreak|dan mode)\b",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
# Nobody says it aloud, and it may hold anything.
_ENCODED = re.compile(
    r"(?<![\w/])(?=\S*[A-Z])(?=\S*[a-z])(?=\S*\d)[A-Za-z0-9+]{32,}={0,2}(?![\w/])"
)

# What a model writes for a machine: objects, calls of functions, tags.
_FOR_MACHINES = re.compile(r"[{}]|\w+_calls?\b|\b\w+\(\w+\s*=|</?\w+[^<>]*>")
# So many words of the rules in a row are the rules.
_IN_A_ROW = 4


@lru_cache(maxsize=2048)
def without_orders(text: str, lang: str) -> str:
    """A passage's text without its sentences that give orders to a machine."""
    text = _ENCODED.sub("", without_invisible(text))
    if not _ORDERS.search(text):
        return text
    return "".join(piece for piece in pieces(text, lang) if not _ORDERS.search(piece)).strip()


def harmless_passage(passage: Passage) -> Passage:
    """The passage as the model has read it: what it says may be held against this."""
    return replace(passage, text=without_orders(passage.text, passage.lang))


def is_for_visitors(sentence: str) -> bool:
    """Whether a sentence is meant for people: neither a call of a tool nor our own rules."""
    if _FOR_MACHINES.search(sentence):
        return False
    said = _words(sentence)
    return not any(
        f" {' '.join(run)} " in _SPOKEN_RULES for run in (said, *_runs(said)) if len(run) > 2
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _runs(words: list[str]) -> list[list[str]]:
    return [words[n : n + _IN_A_ROW] for n in range(len(words) - _IN_A_ROW + 1)]


_SPOKEN_RULES = f" {' '.join(_words(RULES))} "
