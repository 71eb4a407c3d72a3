"""Whether a turn can be understood without what was said before, and what is searched for if not.

The test is cheap and only looks at words: "and on Sundays?", "how long does it take?". What a
language model would make of such a turn comes through the Rewriter port, where there is time.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from app.grounding.language import SMALL_WORDS

# So few words are no question of their own: "for students?", "enterprise value".
_FEW_WORDS = 2
# A subject has so many words. More turns lend noise: R@5 on MTRAG fiqa in 2,300 passages, dev half
# and the other: the last turn alone .430 and .459, with the words of one turn before it .474 and
# .488, of two .463 and .434; rewritten by people .495 and .480. Among all 15,313 texts: the last
# turn alone .240, with the words .255, the mean of both vectors .265, which was chosen on all 180
# questions; rewritten by people .265. What qwen2.5-coder 0.5B and 1.5B rewrite finds .227 and .238,
# with the words beside it, by the mean, .238 and .256.
_ENOUGH = 2
# Between what was asked and what it was lent: a control character, which nobody says or types.
_LENT = " \x1f "

# Words that a turn begins with when it goes on from the last one, and words that stand for
# something said before. Those with another use ("it is possible", "es gibt", "il y a") are kept out
# by the patterns in _EMPTY.
_BEGINNINGS = {
    "en": "and|but|or|so|also|then|what about|how about|what if|what else|why|why not|which one",
    "fr": "et|mais|ou|alors|aussi|sinon|puis|donc|pourquoi|lequel|laquelle|quoi d'autre",
    "de": "und|aber|oder|auch|dann|sonst|wie sieht es|warum|wieso|welche[rs]?|was noch",
    "es": "y|e|pero|o|entonces|también|qué tal|por qué|cuál|qué más",
    "it": "e|ed|ma|o|allora|anche|poi|perché|quale|cos'altro",
    "nl": "en|maar|of|ook|dan|waarom|welke|wat nog|hoe zit het",
    "pt": "e|mas|ou|então|também|porquê|por que|qual|o que mais",
    "pl": "a|i|ale|lub|albo|to|też|dlaczego|który|która|które|co jeszcze",
    "ro": "și|şi|dar|sau|atunci|de asemenea|de ce|care|ce altceva",
}
_STANDING_IN = {
    "en": "it|its|they|them|their|theirs|this|that|these|those|he|she|him|his|her|there|one|ones|"
    "same|other|another|others|both|else|more|former|latter|such",
    "fr": "il|elle|ils|elles|lui|leur|leurs|son|sa|ses|ça|cela|ceci|celui|celle|ceux|celles|ce|ces|"
    "cet|cette|y|même|autre|autres|deux|là|(?<=qui )(?:le|la|les)|un$|une$",
    "de": "er|es|ihn|ihm|ihnen|ihr|ihre|ihren|seine[mnrs]?|eine[ns]?$|eins$|das|dies|diese|dieser|"
    "dieses|diesen|diesem|dort|da|davon|dafür|dazu|damit|darin|dabei|dahin|daran|darüber|derselbe|dieselbe|andere|anderen|"
    "beide|beiden|jene|solche|welche|sie|(?:der|die|den|denen)$",
    "es": "él|ella|ellos|ellas|eso|esto|ese|esa|esos|esas|este|esta|estos|estas|allí|ahí|lo|su|sus|"
    "mismo|misma|otro|otra|otros|otras|ambos|ello",
    "it": "lui|lei|loro|esso|essa|essi|questo|questa|questi|queste|quello|quella|quelli|quelle|ci|"
    "lì|là|ciò|stesso|stessa|altro|altra|altri|altre|entrambi|ne|suo|sua|suoi|sue",
    "nl": "het|hij|zij|ze|hem|haar|hun|dat|dit|deze|die|daar|er|daarvan|daarvoor|ermee|erin|"
    "dezelfde|hetzelfde|andere|ander|beide",
    "pt": "ele|ela|eles|elas|isso|isto|esse|essa|esses|essas|este|esta|estes|estas|lá|ali|aí|"
    "seu|sua|seus|suas|mesmo|mesma|outro|outra|outros|outras|ambos|dele|dela|deles|delas|nele|nela|disso|disto",
    "pl": "on|ona|ono|oni|one|jego|jej|ich|im|nim|nią|nich|ten|ta|to|te|ci|tam|tego|tej|tych|"
    "tym|taki|taka|takie|inny|inna|inne|oba|obie|sam|sama|samo",
    "ro": "el|ea|ei|ele|lui|lor|asta|acesta|aceasta|aceștia|acestea|acela|aceea|acolo|acel|acea|"
    "său|sa|săi|sale|același|aceeași|alt|altă|alții|altele|ambele|ambii|îl|o|le",
}
_EMPTY = {
    "en": r"\b(?:is|was) there\b|\bare there\b|\bthere (?:is|are)\b|\b(?:is|was) it (?:\w+ )?"
    r"(?:possible|allowed|permitted|necessary|true)\b|\bit is (?:possible|allowed)\b|"
    r"\b(?:this|that|these) (?:week|year|month|evening|morning|afternoon|weekend|summer|winter)\b|"
    r"\bmore than\b|\bit (?:be )?(?:rain|snow|freez|hail)\w*\b|"
    r"\bthat (?=\w+ (?:is|are|was|has|have)\b)",
    "fr": r"\bil y a\b|\by a t il\b|\best ce que?\b|\bqu est ce qu[ei]?\b|\bc est\b|\bfaut il\b|"
    r"\b(?:le|la|les|l|un|une|des) \w+ (?:\w+ )*?\w+ (?:t )?(?:ils?|elles?)\b|"
    r"\best il\b|\bil (?:est|faut)\b|\bce (?:soir|matin|week end|mois)\b|"
    r"\bcette (?:année|semaine)\b",
    "de": r"\bgibt es\b|\bes gibt\b|\b(?:haben|können|sind|bieten|machen|dürfen|wo|was|wie|wann)"
    r" (?:\w+ )?sie\b|\bist es (?:möglich|erlaubt|nötig)\b|\bdie(?:se|ser|ses) (?:woche|jahr|monat|"
    r"wochenende)\b|\b(?:was|wie) ist das\b(?= \w)|\bdas (?=\w)|\bder (?=\w)|\bdie (?=\w)",
    "es": r"\bes(?:ta|te) (?:semana|año|mes|noche|tarde)\b|\blo que\b",
    "it": r"\bc è\b|\bci sono\b|\bquest[ao] (?:settimana|anno|mese|sera)\b|\bci si\b",
    "nl": r"\bis er\b|\bzijn er\b|\ber (?:is|zijn)\b|\b(?:dit|deze) (?:jaar|week|maand|weekend)\b|"
    r"\bhet (?=\w)|\bdie (?=\w)",
    "pt": r"\bes(?:ta|te) (?:semana|ano|mês|noite)\b",
    "pl": r"\bw tym (?:tygodniu|roku|miesiącu)\b|\bczy to\b",
    "ro": r"\bo (?=\w)",
}


class Exchanged(Protocol):
    """A question and its answer, earlier in the visit."""

    @property
    def asked(self) -> str: ...

    @property
    def answered(self) -> str: ...


class Rewriter(Protocol):
    """Makes a question of its own out of one that needs what was said before."""

    async def rewrite(self, question: str, history: Sequence[Exchanged], lang: str) -> str | None:
        """The question as it would be asked without a history; None if there was no time."""


def stands_alone(question: str, history: Sequence[Exchanged], lang: str) -> bool:
    """Whether a question in `lang` can be understood without the history."""
    if not history:
        return True
    if is_bare(question, lang):
        return False
    words = " ".join(re.findall(r"\w+", question.lower()))
    return lang not in _BEGINNINGS or not _refers(words, lang)


def is_bare(words: str, lang: str) -> bool:
    """Whether words in `lang` name no subject: very few, or none but small ones."""
    found = re.findall(r"\w+", words.lower())
    small = SMALL_WORDS.get(lang, frozenset())
    return len(found) <= _FEW_WORDS or all(word in small for word in found)


def in_context(
    question: str, history: Sequence[Exchanged], lang: str, rewritten: str | None = None
) -> str:
    """What to search for: the question, and after it the subject of the last turn if it lacks one.

    The subject is what the visitor asked about; words that are there already are not repeated. A
    turn that has hardly any subject itself passes on the one before it. It is lent to `rewritten`
    in the question's place too: small models leave out what they should put in. `readings` takes
    the two apart again.
    """
    if stands_alone(question, history, lang):
        return question
    text = rewritten or question
    subject = _subject(text, history, lang)
    return _LENT.join([text, " ".join(subject)]) if subject else text


def readings(text: str) -> list[str]:
    """The texts that a search is for: as it was asked, and with what it was lent, if anything."""
    return [text.partition(_LENT)[0], plain(text)] if lent(text) else [text]


def lent(text: str) -> str:
    """The words that what is searched for was lent; "" for a question that stands alone."""
    return text.partition(_LENT)[2]


def plain(text: str) -> str:
    """What is searched for as one text."""
    return text.replace(_LENT, " ")


def _subject(text: str, history: Sequence[Exchanged], lang: str) -> list[str]:
    """The words that the last turns were about, without those of the text."""
    small = SMALL_WORDS.get(lang, frozenset())
    known = {word.lower() for word in re.findall(r"\w+", text)}
    words: list[str] = []
    for exchange in reversed(history):
        for word in re.findall(r"\w+(?:[-'’.]\w+)*", exchange.asked):
            if word.lower() not in small and word.lower() not in known:
                known.add(word.lower())
                words.append(word)
        if len(words) >= _ENOUGH:
            break
    return words


def _refers(words: str, lang: str) -> bool:
    """Whether the words go on from what was said, or stand for something in it."""
    beginnings = _BEGINNINGS[lang].replace("'", " ")
    left = re.sub(_EMPTY[lang], " ", words)
    return bool(
        re.match(rf"(?:{beginnings})\b", words) or re.search(rf"\b(?:{_STANDING_IN[lang]})\b", left)
    )
