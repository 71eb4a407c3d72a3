"""What is to be said in one go: its sound so far, and where in it each sentence begins.

Sound is PCM: 24 kHz, 16 bit, mono. Positions are bytes; seconds where a name ends in `_s`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

SAMPLE_RATE = 24_000
BYTES_PER_S = 2 * SAMPLE_RATE

# Who is cut this close to the end of a sentence has said it: what is missing is the breath that
# the voice leaves after each (0.2 s) and the way to the visitor's ear.
_TAIL = int(0.3 * BYTES_PER_S)


def size(length_s: float) -> int:
    """The bytes of a sound of this length."""
    return 2 * int(length_s * SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said from a place on; `begins` is called when the visitor hears its first sound.

    `leaves` is called when that sound was given to the carrier, perhaps again if it was cut.
    """

    text: str
    begins: Callable[[], None]
    leaves: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Utterance:
    """Grows while it is being said; `at` is how far the visitor has heard it."""

    pcm: bytearray = field(default_factory=bytearray)
    at: int = 0
    complete: bool = False
    started: bool = False
    _marks: list[tuple[int, Sentence]] = field(default_factory=list)
    _told: int = 0
    _grown: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, pcm: bytes, sentences: Sequence[Sentence] = ()) -> None:
        """More sound; these sentences begin with it."""
        self._marks += [(len(self.pcm), sentence) for sentence in sentences]
        self.pcm += pcm
        self._grown.set()

    def close(self) -> None:
        """No more will come."""
        self.complete = True
        self._grown.set()

    async def grown(self, timeout_s: float) -> None:
        """Return when it has grown since the last call, or after this time."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._grown.wait(), timeout_s)
        self._grown.clear()

    @property
    def over(self) -> bool:
        """Whether all of it was heard."""
        return self.complete and self.at >= len(self.pcm)

    @property
    def heard(self) -> str | None:
        """The sentences that were heard to their end; None where no sentence is marked."""
        if not self._marks:
            return None
        return "".join(
            sentence.text
            for begin, sentence, end in self._spans()
            if end is not None and self._nearly(begin, end)
        )

    def hear(self, at: int) -> None:
        """The visitor has heard up to here: the sentences that begin before are told so, once."""
        self.at = max(self.at, min(at, len(self.pcm)))
        # Who has heard all that came before has not heard it yet: a sentence may follow a pause.
        while self._told < len(self._marks) and self._marks[self._told][0] < max(self.at, 1):
            self._told += 1
            self._marks[self._told - 1][1].begins()

    def leave(self, begin: int, end: int) -> None:
        """This part was given to a carrier: the sentences that begin in it are told so."""
        for at, sentence in self._marks:
            if begin <= at < end:
                sentence.leaves()

    def unhear(self, length: int) -> None:
        """The last so many bytes were not heard: go back to the sentence that was cut."""
        self.at = max(0, self.at - length)
        self.rewind()

    def rewind(self) -> None:
        """Go back to the beginning of the sentence that was cut; one nearly heard is left alone."""
        for begin, _, end in self._spans():
            if begin <= self.at and (end is None or self.at < end):
                self.at = end if end is not None and self._nearly(begin, end) else begin
                return

    def next_sentence(self, after: int) -> int | None:
        """Where the first sentence behind this position begins."""
        return next((at for at, _ in self._marks if at > after), None)

    def _nearly(self, begin: int, end: int) -> bool:
        """Whether the visitor has heard all of this that counts."""
        return self.at >= max(end - _TAIL, (begin + end) // 2)

    def _spans(self) -> Iterator[tuple[int, Sentence, int | None]]:
        """Each sentence with its beginning and its end, None where that is not known yet."""
        ends = [at for at, _ in self._marks[1:]]
        last = len(self.pcm) if self.complete else None
        for (begin, sentence), end in zip(self._marks, [*ends, last], strict=False):
            yield begin, sentence, end
