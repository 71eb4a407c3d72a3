"""The prompt: rules, examples, history, passages, the question last; and its packing.

What stays the same comes first, because the model keeps what it has read up to the first
difference. The packer counts in the model's own tokens and never overflows the window.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.answering.refusal import SIGN
from app.answering.template import Exchange, Template
from app.errors import PromptTooLong
from app.settings import ModelSettings
from ingest.documents import Passage

RULES = (
    "You answer visitors aloud. Use only the passages and keep to their words. Give one to three "
    "short sentences, the first one short. No lists, no links. If the passages say that something "
    "is closed, missing or forbidden, say so. If they say nothing about it, say only: "
    f"{SIGN}"
)

# Room for the tokens that the server may add by itself.
MARGIN = 8
# A question may take this share of the prompt; of a longer one both ends are kept.
_QUESTION_SHARE = 4
# A passage is cut rather than left out while at least this many of its tokens fit.
_WORTH_CUTTING = 24
_SHORTEST_QUESTION = 16
# No token of running text is longer; what lies beyond need not be counted to be cut.
_LETTERS_A_TOKEN = 16

LANGUAGE_NAMES = {
    "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "hu": "Hungarian", "it": "Italian", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sv": "Swedish",
}  # fmt: skip

Count = Callable[[str], int]


def last_words(evidence: Sequence[str], question: str, lang: str) -> str:
    """What stands last in a prompt: the passages, the language to answer in, the question."""
    passages = "\n".join(f"[{number}] {text}" for number, text in enumerate(evidence, 1))
    name = LANGUAGE_NAMES.get(lang, lang)
    return f"Passages:\n{passages}\n\nAnswer in {name}.\nQuestion: {question}"


_LIBRARY = (
    "Library › Loans: Ten books may be borrowed for four weeks. Films cannot be borrowed.",
    "Library › Rooms: The reading room closes at 7 pm. Eating is forbidden.",
)
_LIBRARY_FR = (
    "Bibliothèque › Salles : La salle de lecture ferme à 19 h. Il est interdit d'y manger.",
)
_LIBRARY_DE = ("Bibliothek › Ausleihe: Zehn Bücher dürfen vier Wochen lang ausgeliehen werden.",)
# Small models tell "the passages say no" from "the passages say nothing" only when shown both. With
# Qwen2.5-Coder-1.5B, of eleven questions on facts, a no, or nothing in en, fr and de, 9 were right
# with these and the others were refused; without examples 3 of 10 were right. The order matters:
# ended by a no instead, two answers were false (2026-11-22). They are read once, with the rules.
EXAMPLES = (
    Exchange(
        asked=last_words(_LIBRARY, "Can I take a film home?", "en"),
        answered="No, films cannot be borrowed.",
    ),
    Exchange(
        asked=last_words(_LIBRARY_FR, "Qui dirige la bibliothèque ?", "fr"),
        answered=SIGN,
    ),
    Exchange(
        asked=last_words(_LIBRARY_DE, "Wie lange darf ich ein Buch behalten?", "de"),
        answered="Vier Wochen lang.",
    ),
    Exchange(
        asked=last_words(_LIBRARY[::-1], "How many books does the library have?", "en"),
        answered=SIGN,
    ),
)
# Examples may take this share of the prompt; a smaller window goes without.
_EXAMPLES_SHARE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A packed prompt: its text, its tokens, and how many of the passages it holds."""

    text: str
    tokens: int
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What goes into a prompt, already free of control tokens."""

    history: tuple[Exchange, ...]
    evidence: tuple[str, ...]
    question: str
    lang: str


class Packer:
    """Packs prompts for one model."""

    def __init__(self, render: Template, count: Count, window: int, settings: ModelSettings):
        self._render = render
        self._count = count
        self._settings = settings
        self.limit = window - settings.answer_tokens - MARGIN
        spoken = sum(count(each.asked) + count(each.answered) for each in EXAMPLES)
        self._examples = EXAMPLES if spoken * _EXAMPLES_SHARE <= self.limit else ()

    def opening(self, history: Sequence[Exchange] = ()) -> str:
        """What every prompt of a visit begins with, to be read ahead."""
        past = (*self._examples, *self._recent(history))
        return self._render.opened(RULES, past, "Passages:")

    def pack(
        self,
        question: str,
        passages: Sequence[Passage],
        history: Sequence[Exchange],
        lang: str,
    ) -> Prompt:
        """The prompt for a question, trimmed until it fits.

        The oldest exchanges go first, then the passages from the last on, then the question's
        middle.

        Raises:
            PromptTooLong: the window has no room for the rules and a few words.
        """
        parts = _Parts(
            history=self._recent(history),
            evidence=self._evidence(passages),
            question=self._ends(self._quoted(question), self.limit // _QUESTION_SHARE),
            lang=lang,
        )
        while (tokens := self._count(text := self._closed(parts))) > self.limit:
            parts = self._trimmed(parts)
        return Prompt(text=text, tokens=tokens, passages=len(parts.evidence))

    def _closed(self, parts: _Parts) -> str:
        asked = last_words(parts.evidence, parts.question, parts.lang)
        return self._render.closed(RULES, (*self._examples, *parts.history), asked)

    def _trimmed(self, parts: _Parts) -> _Parts:
        """The parts with the least needed of them gone."""
        if parts.history:
            return replace(parts, history=parts.history[1:])
        if len(parts.evidence) > 1:
            return replace(parts, evidence=parts.evidence[:-1])
        if parts.evidence and (size := self._count(parts.evidence[0])) > _WORTH_CUTTING:
            return replace(parts, evidence=(self._beginning(parts.evidence[0], size // 2),))
        if (size := self._count(parts.question)) > _SHORTEST_QUESTION:
            return replace(parts, question=self._ends(parts.question, size // 2))
        raise PromptTooLong(
            f"A window of {self.limit + self._settings.answer_tokens + MARGIN} tokens has no room "
            "for rules, question and answer. Raise GROUNDLING_MODEL__WINDOW, or lower "
            "GROUNDLING_MODEL__ANSWER_TOKENS."
        )

    def _recent(self, history: Sequence[Exchange]) -> tuple[Exchange, ...]:
        """The last exchanges that fit the history's tokens, the oldest first."""
        left = self._settings.history_tokens
        kept: list[Exchange] = []
        for exchange in reversed(history):
            said = Exchange(
                asked=self._quoted(exchange.asked), answered=self._quoted(exchange.answered)
            )
            left -= self._count(said.asked) + self._count(said.answered)
            if left < 0:
                break
            kept.append(said)
        return tuple(reversed(kept))

    def _evidence(self, passages: Sequence[Passage]) -> tuple[str, ...]:
        """The first passages that fit the evidence's tokens, the last of them perhaps cut."""
        left = self._settings.evidence_tokens
        kept: list[str] = []
        for passage in passages:
            text = self._quoted(
                f"{passage.place}: {passage.text}" if passage.place else passage.text
            )
            size = self._count(text)
            if size > left:
                if left >= _WORTH_CUTTING or not kept:
                    kept.append(self._beginning(text, left))
                break
            kept.append(text)
            left -= size
        return tuple(kept)

    def _quoted(self, text: str) -> str:
        """Foreign text on one line, with nothing in it that reads as an instruction of ours."""
        return " ".join(self._render.defang(text).replace(SIGN, SIGN.lower()).split())

    def _beginning(self, text: str, most: int) -> str:
        """The first whole sentences of at most `most` tokens, or as many words if one is longer."""
        text = text[: most * _LETTERS_A_TOKEN]
        cut = text[: _most(len(text), lambda n: self._count(text[:n]) <= most)]
        ends = [end.end() for end in re.finditer(r"[.!?…][\"”’')»]*(?=\s|$)", cut)]
        if ends and ends[-1] > len(cut) // 3:
            return cut[: ends[-1]]
        return cut.rsplit(" ", 1)[0]

    def _ends(self, text: str, most: int) -> str:
        """The two ends of a text longer than `most` tokens: what is asked stands at one of them."""
        reach = most * _LETTERS_A_TOKEN
        if len(text) <= 2 * reach and self._count(text) <= most:
            return text

        def joined(letters: int) -> str:
            head, tail = text[:letters], text[len(text) - letters :]
            return f"{head.rsplit(' ', 1)[0]} … {tail.split(' ', 1)[-1]}"

        upper = min(len(text) // 2, reach)
        return joined(_most(upper, lambda n: self._count(joined(n)) <= most))


def _most(upper: int, fits: Callable[[int], bool]) -> int:
    """The largest number from 1 to `upper` that fits, by halving; 1 if none does."""
    lower = 1
    while lower < upper:
        middle = (lower + upper + 1) // 2
        lower, upper = (middle, upper) if fits(middle) else (lower, middle - 1)
    return lower
