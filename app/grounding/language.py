"""Which language a question is in: by its letters, its small words, and what was expected.

Spoken questions are short, and none of the three alone is right often enough on two words.
"""

import math
import re
from collections.abc import Collection
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SMALL_WORDS: dict[str, frozenset[str]] = {
    lang: frozenset(words.split())
    for lang, words in {
        "en": "a an and any are at be been by can could did do does for from has have how i if in "
        "into is it its me much many my not of on or our should some that the their there these "
        "they this to was we were what when where which who why will with would you your",
        "fr": "à au aux avec ce ces cette combien comment dans de des du elle en est et êtes il "
        "ils je la le les leur leurs ma mes mon ne nos notre nous on ou où par pas pour pourquoi "
        "puis quand que quel quelle quelles quels qui sa se ses son sont sur un une vos votre "
        "vous y",
        "de": "aber als am an auf aus bei bis das dem den der des die dort ein eine einem einen "
        "einer er es für gibt haben hat ich ihr ihre im in ist kann man mein mit nach nicht oder "
        "sie sind und uns um von vom wann warum was welche welcher wenn wer werden wie wieviel "
        "wir wird wo zu zum zur",
        "es": "a al con cuál cuándo cuánto cuánta cuántos cómo de del dónde el ella en es esta "
        "este está hay la las lo los me mi nos o para pero por puedo que qué quién se si sin son "
        "su sus tiene tienen un una y",
        "it": "a ai al alla che chi ci come con cosa da dal dei del della delle di dove e gli ha "
        "hanno i il in la le lo mi nel nella non o per perché più posso quale quali quando quanto "
        "quanta si sono su un una è",
        "nl": "aan als bij dat de deze die dit een en er geen heb hebben heeft het hoe hoeveel ik "
        "in is kan ik maar met mijn naar niet of om ons onze op te tot uw van voor waar waarom "
        "wanneer wat welke wie worden wordt zijn",
        "pt": "a ao aos as com como da das de do dos e ela ele em está eu há mais me meu minha na "
        "nas no nos não o onde os ou para pela pelo por posso qual quais quando quanto que quem se "
        "sem seu sua são tem um uma às é",
        "pl": "a ale być co czy dla do gdzie i ich ile jak jaka jaki jakie jest już kiedy kto "
        "która które który lub ma mają mam mnie może można mój na nie o od oraz po pod przez się "
        "są ta tak tam te ten to tu u w we z za ze że",
        "ro": "a ai ale am ar are au ce cât câte câți cine cu cum când care de despre din după e "
        "el era este eu există fi fost în îmi la mai mă mea meu nu o pe pentru pot prin sau se "
        "sunt și să unde un una unei unui vă către cea cel ei",
    }.items()
}
"""Words that carry no subject, by language: they tell languages apart, and support no claim."""

# In nats, as the letters' own score. The visit's language outweighs the letters of a name or of a
# borrowed word ("Louvre", "tickets"), and gives way to two small words of another ("Wer bist du?"
# in an English visit); a language of the pages is a little likelier than one that we only speak.
_EXPECTED = 2.0
_EXPECTED_FEW_WORDS = 2.0
_AT_HOME = 0.7
_SMALL_WORD = 1.2
# A language that the letters' model does not know.
_NEVER = -28.0


def identify(
    text: str, *, pages: Collection[str], expected: str, spoken: Collection[str] = ()
) -> str:
    """The likeliest language of a text among those of the pages, of the visit, and `spoken` ones.

    All are ISO 639-1 codes. The first call loads the letters' model, which takes a second.
    """
    candidates = {lang for lang in (*pages, *spoken, expected) if lang}
    words = re.findall(r"[^\W\d_]+", text.lower())
    if not words:
        return expected
    letters = _letters(text)
    visit = _EXPECTED + _EXPECTED_FEW_WORDS / len(words)

    def weight(lang: str) -> float:
        small = len(SMALL_WORDS.get(lang, frozenset()).intersection(words))
        prior = visit * (lang == expected) + _AT_HOME * (lang in pages)
        return letters.get(lang, _NEVER) + prior + _SMALL_WORD * small

    return max(sorted(candidates), key=weight)


def _letters(text: str) -> dict[str, float]:
    return {lang: math.log(max(share, 1e-12)) for lang, share in _identifier().rank(text)}


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
