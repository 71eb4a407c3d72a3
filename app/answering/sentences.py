"""A model's stream of text → whole sentences that can be spoken.

What is meant for eyes (markdown, markers, links, emoji) never reaches a voice.
"""

import re

_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_THINKING = re.compile(r"<think>.*\Z", re.DOTALL)

# The end of a sentence and what closes with it; the first letter of the next one must be in sight.
_END = re.compile(
    r"(?P<mark>[.!?…]+)(?P<close>[\"”’')\]*_]*(?:[ \u00a0\u202f]?»)?)\s+(?=[^\s»])|\n+"
)

# Common ones of the languages that we speak; single letters ("z. B.", "J. Smith") need no list.
_ABBREVIATED = """
    mr mrs ms dr prof st jr sr vs approx dept est fig inc ltd e.g i.e cf ave bldg
    mm mme mlle art av bd env ex p.ex tél hab
    bzw ca vgl str tel inkl exkl evtl ggf abs hr fr hl z.b d.h u.a o.ä s.o zzgl max min mind
    sra dra núm pág ud uds dott sig sig.ra ing geb mevr dhr
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
# May stand within a sentence or end it: what follows decides.
_MAYBE_LAST = frozenset(("etc", "usw", "ff", "a.m", "p.m"))
_BEFORE_NUMBERS = frozenset(("no", "nr", "n"))

_BULLET = re.compile(r"^\s*(?:[-*•–]\s+|#{1,6}\s+|>\s*|\d{1,2}[.)]\s+)+")
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_MARKER = re.compile(
    r"\s*(?:\[[\^\s]*\d[\d\s,;^-]*\]|【[^】]*】|[(\[](?:passages?|sources?|source|quelle)\s*:?\s*"
    r"\[?\d[\d\s,]*\]?[)\]])",
    re.IGNORECASE,
)
_URL = re.compile(r"<?\b(?:https?://|www\.)[^\s<>)\]]*[^\s<>)\].,;:!?]>?", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>|<\|[^<>|]{1,40}\|>")
_EMPHASIS = re.compile(r"\*+|`+|~~|(?<!\w)_+(?=\w)|(?<=\w)_+(?!\w)")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U00002600-\U000027bf\U00002b00-\U00002bff\U0000fe0f\U0000200d"
    "\U000020e3\U000e0020-\U000e007f]+"
)


class SentenceStream:
    """Cuts a growing text into sentences as soon as each is whole."""

    def __init__(self, lang: str) -> None:
        self._ordinals = lang == "de"
        self._text = ""

    def feed(self, piece: str) -> list[str]:
        """The sentences that this piece completes, ready to be spoken."""
        self._text = _THOUGHT.sub("", self._text + piece)
        whole, self._text = self._cut(self._text)
        return [said for sentence in whole if (said := speakable(sentence))]

    def flush(self) -> str:
        """What is left when the stream has ended, perhaps without its last mark; may be empty."""
        rest, self._text = _THINKING.sub("", self._text), ""
        return speakable(rest)

    def _cut(self, text: str) -> tuple[list[str], str]:
        thinking = text.find("<think>")
        within = len(text) if thinking < 0 else thinking
        sentences: list[str] = []
        start = 0
        for end in _END.finditer(text, 0, within):
            if end["mark"] is None or self._ends(text[start : end.start()], end, text):
                sentences.append(text[start : end.end()])
                start = end.end()
        return sentences, text[start:]

    def _ends(self, before: str, end: re.Match[str], text: str) -> bool:
        following = text[end.end() : end.end() + 1]
        if following.islower():
            return False
        if end["mark"] != ".":
            return True
        return not self._abbreviates(before, following)

    def _abbreviates(self, before: str, following: str) -> bool:
        last = before.split()[-1].lower().lstrip("(«\"'“„") if before.split() else ""
        if last in _MAYBE_LAST:
            return not following.isupper()
        if last in _BEFORE_NUMBERS:
            return following.isdigit()
        if last in _ABBREVIATIONS:
            return True
        if len(last) == 1 and last.isalpha():  # an initial, unless it is a unit: "à 19 h."
            return not re.search(r"\d\s*\w$", before)
        if last.isdigit() and len(last) <= 2:
            # "1." that opens a list, and German "am 3. Mai"; Germans say the hour with "Uhr".
            return self._ordinals or before.strip() == last
        return False


def pieces(text: str, lang: str) -> list[str]:
    """The sentences and lines of a whole text as they are written; together they are the text."""
    whole, rest = SentenceStream(lang)._cut(text)
    return [*whole, rest] if rest else whole


def speakable(text: str) -> str:
    """A text without what only eyes can use; empty when nothing is left to say."""
    text = _THOUGHT.sub("", text)
    text = _BULLET.sub("", text)
    text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    for unspoken in (_MARKER, _URL, _TAG, _EMPHASIS, _EMOJI):
        text = unspoken.sub("", text)
    text = re.sub(r"\s*\|\s*", " ", text)
    text = re.sub(r"\(\s*\)|\[\s*\]", "", text)
    text = re.sub(r"\s+([.,])(?=\s|$)", r"\1", text)
    text = re.sub(r"[ \t\r\n]+", " ", text).strip()
    return text if any(char.isalnum() for char in text) else ""


def ended(sentence: str) -> bool:
    """Whether a sentence has its last mark, so that nothing was cut off."""
    return bool(re.search(r"[.!?…][\"”’')»\s]*$", sentence))
