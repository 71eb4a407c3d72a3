"""What is read ahead for one turn, and what the answer then rests on.

The order of the passages is frozen as soon as they are read: of two prompts, the model need not
read again only what they begin with.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.answering.excerpts import Shown, shown
from app.answering.held import Held, Reading, steps
from app.answering.prompt import Packer
from app.answering.template import Exchange
from app.grounding.settling import Settling
from ingest.documents import Hit

# A step is what the model reads in this time: a question that comes meanwhile waits for its end,
# and every step costs a tenth to a quarter of a second by itself.
STEP_S = 1.0
_SMALLEST_STEP, _LARGEST_STEP = 24, 256
# A passage that nobody has read yet may be added if the visitor waits no longer than this for it.
_PATIENCE_S = 0.15

Best = Literal["read", "begun", "missed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The hits that an answer rests on, in the prompt's order, and their texts in the prompt."""

    hits: tuple[Hit, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedAhead:
    """What working ahead did for one turn.

    `best` is what had become of the best passage for the whole question when that came ("begun": it
    was being read), `best_ms` how long before the question its reading had ended, `passages` how
    many were read by then, with the step under way. `tokens` and `ms` were spent on reading, those
    `vain` of them for nothing.
    """

    best: Best
    best_ms: int | None
    passages: int
    tokens: int
    ms: int
    vain_tokens: int
    vain_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What has been read for a turn so far: tokens, and whole passages.

    `settled`: there is nothing left to read for the words that were searched for last.
    """

    tokens: int = 0
    passages: int = 0
    settled: bool = False


class Preparation:
    """One turn that is being listened to."""

    def __init__(self, turn: str, history: tuple[Exchange, ...], lead: float) -> None:
        self.turn = turn
        self.history = history
        self.began_at = time.monotonic()
        self.final = False
        """The words are complete: nothing but the best passage is worth beginning now."""
        self.tokens = 0
        """Tokens that were read for this turn."""
        self._settling = Settling(lead)
        self._text = ""
        self._excerpts: Shown = {}
        self._hits: list[Hit] = []
        self._texts: list[str] = []
        self._done: list[tuple[str, Reading, float]] = []
        self._asked: str | None = None
        self.paused = self._settled = False
        """`paused`: the question was asked, and nothing else was heard since."""
        self._ready_hits = 0
        self._best: Best = "missed"
        self._best_at: float | None = None

    def heard(self, text: str, *, final: bool) -> None:
        """These are the words now; if they are others, the turn goes on although it was asked."""
        self.final = final
        if text != self._text:
            self._text, self.paused = text, False

    def saw(self, hits: Sequence[Hit], excerpts: Shown) -> None:
        """These were found for the words so far, and this is what the model is shown of them."""
        self._settling.saw(hits)
        self._excerpts = excerpts
        self._settled = False

    def step(self, packer: Packer, held: Held, room: int) -> str | None:
        """What should be read next: the beginning of a prompt; None when there is nothing now.

        `room` is how many tokens may still be read.
        """
        prompt = None if room <= 0 or self.paused else self._next(packer, held)
        self._settled = prompt is None
        return prompt

    def read(self, prompt: str, reading: Reading) -> None:
        """A step has been carried out."""
        self.tokens += reading.new
        self._done.append((prompt, reading, time.monotonic()))

    def progress(self) -> Progress:
        """How far reading has come."""
        last = self._done[-1][0] if self._done else ""
        passages = sum(text in last for text in self._texts)
        return Progress(tokens=self.tokens, passages=passages, settled=self._settled)

    def evidence(
        self,
        found: Sequence[Hit],
        history: Sequence[Exchange],
        packer: Packer,
        held: Held,
        excerpts: Shown,
    ) -> Evidence:
        """What the answer rests on, of `found` for the whole question, the best first.

        What was read, but for the last of it that was not found again; the best if it is missing,
        or what is nearest in it is; and what is read in no time. One that is being read stays as
        it is read.
        """
        count = self._ready_hits = self._ready(history, packer, held)
        self._note_best(found[0])
        again = {hit.passage.id: hit for hit in found}
        while count and self._hits[count - 1].passage.id not in again:
            count -= 1
        count = min(count, self._lacking(found[0], excerpts, packer))
        hits = [again.get(hit.passage.id, hit) for hit in self._hits[:count]]
        texts = self._texts[:count]
        for hit in found:
            if hit.passage.id in {chosen.passage.id for chosen in hits}:
                continue
            more = self._begun(hit, len(hits), excerpts, packer)
            more = more or packer.evidence([shown(hit, excerpts)], texts)
            longer = packer.opening(history, [*texts, *more])
            if hit is found[0] or (
                packer.has_room(texts) and held.unread(longer) <= held.pace * _PATIENCE_S
            ):
                hits.append(hit)
                texts.extend(more)
        return Evidence(hits=tuple(hits), texts=tuple(texts))

    def asked(self, prompt: str, evidence: Evidence) -> None:
        """The model is given this prompt now; further words may still change it."""
        self._asked, self.paused = prompt, True
        self._hits, self._texts = list(evidence.hits), list(evidence.texts)

    def turned_away(self) -> None:
        """The question is answered without the model; further words may still change it."""
        self._asked, self.paused = None, True

    def outcome(self, asked_at: float) -> WorkedAhead:
        """What came of it, for a question that came at `asked_at` (`time.monotonic()`)."""
        vain = [reading for prompt, reading, _ in self._done if not self._served(prompt)]
        best_at = self._best_at if self._best == "read" else None
        return WorkedAhead(
            best=self._best,
            best_ms=None if best_at is None else round((asked_at - best_at) * 1000),
            passages=self._ready_hits,
            tokens=self.tokens,
            ms=sum(reading.ms for _, reading, _ in self._done),
            vain_tokens=sum(reading.new for reading in vain),
            vain_ms=sum(reading.ms for reading in vain),
        )

    def _next(self, packer: Packer, held: Held) -> str | None:
        wanted = packer.opening(self.history, self._texts)
        if held.shared(wanted) == len(wanted):
            if not self._choose(packer):
                return None
            wanted = packer.opening(self.history, self._texts)
        return next_step(wanted, held, packer)

    def _choose(self, packer: Packer) -> bool:
        """Take on the next passage that is worth reading."""
        chosen = {hit.passage.id for hit in self._hits}
        full = not packer.has_room(self._texts)
        hit = self._settling.next(chosen, first_only=self.final or full)
        if hit is None:
            return False
        self._texts.extend(packer.evidence([shown(hit, self._excerpts)], self._texts))
        self._hits.append(hit)
        return True

    def _ready(self, history: Sequence[Exchange], packer: Packer, held: Held) -> int:
        """How many of the passages the model holds, from the first on."""
        count = len(self._hits)
        while count:
            prompt = packer.opening(history, self._texts[:count])
            if held.shared(prompt) == len(prompt):
                break
            count -= 1
        return count

    def _lacking(self, best: Hit, excerpts: Shown, packer: Packer) -> int:
        """The place of the best passage if its text lacks what is nearest in it; else the end."""
        excerpt = excerpts.get(best.passage.id)
        for place, (hit, text) in enumerate(zip(self._hits, self._texts, strict=True)):
            if hit.passage.id == best.passage.id and excerpt is not None:
                return len(self._hits) if packer.holds(text, excerpt.nearest) else place
        return len(self._hits)

    def _begun(self, hit: Hit, place: int, excerpts: Shown, packer: Packer) -> tuple[str, ...]:
        """The passage's text if it is being read in this place with what is nearest in it."""
        is_here = self._hits[place:] and self._hits[place].passage.id == hit.passage.id
        excerpt = excerpts.get(hit.passage.id)
        if not is_here or excerpt is None or not packer.holds(self._texts[place], excerpt.nearest):
            return ()
        return (self._texts[place],)

    def _served(self, prompt: str) -> bool:
        return self._asked is not None and self._asked.startswith(prompt)

    def _note_best(self, hit: Hit) -> None:
        """What has become of the best passage so far, and when its last word was read."""
        self._best, self._best_at = "missed", None
        for number, (chosen, text) in enumerate(zip(self._hits, self._texts, strict=True)):
            if chosen.passage.id == hit.passage.id:
                self._best_at = next((at for read, _, at in self._done if text in read), None)
                whole = number < self._ready_hits and self._best_at is not None
                self._best = "read" if whole else "begun"


def next_step(wanted: str, held: Held, packer: Packer, seconds: float = STEP_S) -> str | None:
    """The next piece on the way to a prompt, read in some `seconds`.

    None when it is held, or fits no window.
    """
    shared = held.shared(wanted)
    if shared == len(wanted) or not packer.fits(wanted):
        return None
    most = max(_SMALLEST_STEP, min(_LARGEST_STEP, round(held.pace * seconds)))
    return steps(wanted, shared, held.unread(wanted), most)[0]
