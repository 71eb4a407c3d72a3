"""What people say while they listen, which asks for nothing: "mhm", "okay", "ach so"."""

import re
import unicodedata

_SAID = {
    "any": "mhm mm mmm mmh hm hmm hmmm uhu uh huh ah aha oh ooh ok okay okey",
    "en": "yes yeah yep yup right sure i see got it uh-huh great good nice wow really",
    "fr": "oui ouais d'accord bien voilà ah bon je vois entendu super",
    "de": "ja jaja jo genau gut ach so aha stimmt klar verstehe alles klar",
    "es": "sí claro vale ya bueno bien entiendo ajá de acuerdo",
    "it": "sì certo va bene bene capisco ecco ho capito già",
    "nl": "ja precies goed oké juist snap ik ah zo prima inderdaad",
    "pt": "sim claro pois certo bem entendo está bem tá bom",
    "pl": "tak dobrze jasne rozumiem aha dobra właśnie",
    "ro": "da bine așa sigur înțeleg aha bun exact",
}
_WORDS = re.compile(r"\w+")
# Nobody murmurs more than this; longer, it is a sentence made of such words.
_LONGEST = 3


def _bare(text: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return _WORDS.findall("".join(one for one in letters if not unicodedata.combining(one)))


_KNOWN = frozenset(word for said in _SAID.values() for word in _bare(said))


def is_backchannel(text: str) -> bool:
    """Whether this is only a sign of listening, in any of the languages we speak.

    The language of so short a sound is not known; no such word of one is a question in another.
    """
    words = _bare(text)
    return len(words) <= _LONGEST and all(word in _KNOWN for word in words)
