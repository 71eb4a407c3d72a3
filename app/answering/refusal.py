"""When the model says that the passages do not answer.

It is asked for a fixed sign, but small models also spell it wrongly or say it in a sentence.
"""

import re

# One word, and no "not" in it: asked for NOT_IN_PAGES, Qwen2.5-Coder-1.5B gave the sign for every
# passage that says no ("Dogs are not allowed"), and spelt it as it liked.
SIGN = "UNKNOWN"

# Small models translate the sign; in capitals it is never part of a sentence.
_SIGNS = "UNKNOWN|INCONNUE?|UNBEKANNT|DESCONOCID[OA]|SCONOSCIUT[OA]|ONBEKEND|DESCONHECID[OA]"
_SIGN = re.compile(rf"\b(?:{_SIGNS})\b")
_SIGN_ALONE = re.compile(rf"\W*(?:{_SIGNS})\W*", re.IGNORECASE)

# Sentences that refuse, by language; SOURCES stands for what they call the passages.
_SENTENCES = {
    "en": (
        r"\b(?:passages?|pages?|texts?|contexts?|sources?|information)",
        r"SOURCES\b[^.]{0,40}\b(?:do|does|did)(?:n['’]t| not) (?:say|state|mention|contain)",
        r"SOURCES\b[^.]{0,40}\b(?:do|does|did)(?:n['’]t| not) (?:provide|include|specify|give)",
        r"(?:not|n['’]t) (?:\w+ )?(?:mentioned|stated|specified|provided|given) (?:in|by) the ",
        r"^(?:i['’]?m sorry,? )?(?:but )?i (?:don['’]t|do not) (?:know|have (?:that|any|enough))\b",
        r"\bthere is no (?:information|mention)\b(?! desk)",
        r"\b(?:not|n['’]t) in the (?:pages|passages)\b",
    ),
    "fr": (
        r"\b(?:passages?|pages?|textes?|contextes?|sources?|informations?)",
        r"SOURCES\b[^.]{0,40}\bn(?:e |['’])(?:\w+ )?(?:di(?:sen)?t|mentionn|précis|contien|indiqu)",
        r"\bn['’](?:est|a) pas (?:été )?(?:mentionné|précisé|indiqué|fourni)",
        r"^(?:désolée?,? )?je ne (?:sais|trouve) pas",
        r"\baucune (?:information|mention)\b",
    ),
    "de": (
        r"\b(?:passagen?|seiten?|texte?n?|textstellen?|abschnitte?n?|quellen?|informationen)",
        r"SOURCES\b[^.]{0,60}\b(?:nicht|keine?n?)\b[^.]{0,40}(?:erwähn|genannt|angegeben|enthalten)",
        r"SOURCES\b[^.]{0,60}\b(?:nicht|keine?n?)\b[^.]{0,40}(?:steht|stehen|gesagt|antwort|angaben)",
        r"^(?:leider )?(?:das )?(?:ich weiß|weiß ich) (?:es |das )?(?:leider )?nicht",
        r"\bkeine (?:informationen|angaben)\b",
    ),
    "es": (
        r"\b(?:pasajes?|páginas?|textos?|contextos?|fuentes?|información)",
        r"SOURCES\b[^.]{0,40}\bno (?:dice|mencion|indica|contien|especific|proporcion)",
        r"^(?:lo siento,? )?no (?:lo )?sé\b|\bno se (?:menciona|indica|especifica)",
    ),
    "it": (
        r"\b(?:passaggi?o?|brani|pagin[ae]|test[oi]|contesto|fonti|informazioni)",
        r"SOURCES\b[^.]{0,40}\bnon (?:dic|menzion|indic|contien|contengono|specific)",
        r"^(?:mi dispiace,? )?non (?:lo )?so\b|\bnon (?:è|viene) (?:menzionat|indicat|specificat)",
    ),
    "nl": (
        r"\b(?:passages?|pagina['’]?s?|teksten?|bronn?en?|informatie)",
        r"SOURCES\b[^.]{0,40}\b(?:niet|geen)\b[^.]{0,40}(?:vermeld|genoemd|informatie|staat)",
        r"SOURCES\b[^.]{0,20}\b(?:vermeld|noem|beva)[^.]{0,20}\b(?:niet|geen)\b",
        r"^(?:sorry,? )?(?:dat )?(?:weet ik|ik weet) (?:het |dat )?niet\b",
        r"\bwordt niet (?:vermeld|genoemd)",
    ),
    "pt": (
        r"\b(?:passagens|páginas?|textos?|contexto|fontes|informaç(?:ão|ões))",
        r"SOURCES\b[^.]{0,40}\bnão (?:diz|mencion|indic|contê|especific|fornec)",
        r"^(?:desculpe,? )?não sei\b|\bnão (?:é|está) (?:mencionad|indicad|especificad)",
    ),
}
_REFUSALS = [
    re.compile(pattern.replace("SOURCES", sources), re.IGNORECASE)
    for sources, *patterns in _SENTENCES.values()
    for pattern in patterns
]


def has_sign(sentence: str) -> bool:
    """Whether the sign, in any spelling, stands in a sentence; it must never be spoken."""
    return bool(_SIGN.search(sentence) or _SIGN_ALONE.fullmatch(sentence))


def refuses(sentence: str) -> bool:
    """Whether a first sentence says that the passages do not answer, by the sign or in words."""
    return has_sign(sentence) or any(pattern.search(sentence) for pattern in _REFUSALS)
