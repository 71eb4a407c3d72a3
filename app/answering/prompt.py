"""The prompt: rules, examples, history, passages, the question last; and its packing.

What stays the same comes first, because the model keeps what it has read up to the first
difference. The packer counts in the model's own tokens and never overflows the window.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.answering.model import ChatModel
from app.answering.orders import without_orders
from app.answering.quoting import harmless, mark_of
from app.answering.template import Exchange, Template
from app.answering.wording import EXAMPLES, RULES, last_words, listed
from app.errors import PromptTooLong
from app.settings import ModelSettings
from ingest.documents import Passage

# Room for the tokens that the server may add by itself.
MARGIN = 8
# A question may take this share of the prompt; of a longer one both ends are kept.
_QUESTION_SHARE = 4
# The best passage may take this share of the evidence, however much was read before it.
_ALWAYS_SHARE = 2
# A passage is cut rather than left out while at least this many of its tokens fit.
_WORTH_CUTTING = 24
_SHORTEST_QUESTION = 16
# No token of running text is longer; what lies beyond need not be counted to be cut.
_LETTERS_A_TOKEN = 16

# Examples may take this share of the prompt; a smaller window goes without.
_EXAMPLES_SHARE = 3

Count = Callable[[str], int]


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
    mark: str


class Packer:
    """Packs prompts for one model."""

    def __init__(self, render: Template, count: Count, window: int, settings: ModelSettings):
        self._render = render
        self._count = count
        self._settings = settings
        self.limit = window - settings.answer_tokens - MARGIN
        spoken = sum(count(each.asked) + count(each.answered) for each in EXAMPLES)
        self._examples = EXAMPLES if spoken * _EXAMPLES_SHARE <= self.limit else ()

    def opening(self, history: Sequence[Exchange] = (), evidence: Sequence[str] = ()) -> str:
        """What every prompt of a visit, or every one that rests on this, begins with.

        It is there to be read ahead.
        """
        recent = self._recent(history)
        asked = listed(evidence, mark_of(recent, evidence))
        return self._render.opened(RULES, (*self._examples, *recent), asked)

    def fits(self, opening: str) -> bool:
        """Whether the beginning of a prompt leaves room for a question."""
        return self._count(opening) <= self.limit - self.limit // _QUESTION_SHARE

    def has_room(self, evidence: Sequence[str]) -> bool:
        """Whether another passage would fit the evidence's tokens, at least in part."""
        spent = sum(map(self._count, evidence))
        return spent + _WORTH_CUTTING <= self._settings.evidence_tokens

    def evidence(self, passages: Sequence[Passage], after: Sequence[str] = ()) -> tuple[str, ...]:
        """The first passages that fit the evidence's tokens `after` others, the last perhaps cut.

        The first of them is always there: half of the evidence's tokens are its own, however much
        stands before it.
        """
        least = self._settings.evidence_tokens // _ALWAYS_SHARE
        left = self._settings.evidence_tokens - sum(map(self._count, after))
        kept: list[str] = []
        for passage in passages:
            said = without_orders(passage.text, passage.lang)
            text = self._quoted(f"{passage.place}: {said}" if passage.place else said)
            left = left if kept else max(left, least)
            size = self._count(text)
            if size > left:
                if left >= _WORTH_CUTTING or not kept:
                    kept.append(self._beginning(text, left))
                break
            kept.append(text)
            left -= size
        return tuple(kept)

    def holds(self, evidence: str, sentence: str) -> bool:
        """Whether a sentence of a passage stands in what `evidence` made of it."""
        return self._quoted(sentence) in evidence

    def pack(
        self,
        question: str,
        evidence: Sequence[str],
        history: Sequence[Exchange],
        lang: str,
    ) -> Prompt:
        """The prompt for a question and what `evidence` made of its passages, trimmed to fit.

        The oldest exchanges go first, then the passages from the last on, then the question's
        middle.

        Raises:
            PromptTooLong: the window has no room for the rules and a few words.
        """
        recent = self._recent(history)
        parts = _Parts(
            mark=mark_of(recent, evidence),
            history=recent,
            evidence=tuple(evidence),
            question=self._ends(self._quoted(question), self.limit // _QUESTION_SHARE),
            lang=lang,
        )
        while (tokens := self._count(text := self._closed(parts))) > self.limit:
            parts = self._trimmed(parts)
        return Prompt(text=text, tokens=tokens, passages=len(parts.evidence))

    def _closed(self, parts: _Parts) -> str:
        asked = last_words(parts.evidence, parts.question, parts.lang, parts.mark)
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

    def _quoted(self, text: str) -> str:
        """Foreign text on one line, with nothing in it that reads as a form of ours."""
        return harmless(self._render.defang(text))

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


def packer_for(model: ChatModel, settings: ModelSettings) -> Packer:
    """The packer for a model that has learnt."""
    return Packer(model.render, model.count_tokens, model.window, settings)


def _most(upper: int, fits: Callable[[int], bool]) -> int:
    """The largest number from 1 to `upper` that fits, by halving; 1 if none does."""
    lower = 1
    while lower < upper:
        middle = (lower + upper + 1) // 2
        lower, upper = (middle, upper) if fits(middle) else (lower, middle - 1)
    return lower
