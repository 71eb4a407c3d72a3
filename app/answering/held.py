"""What the server has read and still holds, as far as its answers tell.

In each of its slots it keeps one prompt. It reads of the next one what goes beyond the beginning
that it has in common with any of them. How long that took is in its answer, how much it was is not:
that is worked out here.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

# Tokens a second, until the first reading has been timed: one core of a small machine.
FIRST_PACE = 30.0
# The share of a new figure in the pace: other work on the machine makes single ones jump.
_FRESH = 0.3
# A visit's next prompt leaves what was read for it where the history grows: the server copies what
# they have in common to the slot used longest ago, which may be another visit's.
SLOTS_A_VISIT = 2
# Fewer tokens are lost in what every call costs.
_WORTH_TIMING = 16
# The server restarts a model in 1.3 s and more; beside a busy one, finding it takes 0.3 s.
_RESTART_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What reading a prompt took: all its tokens, the new ones among them, the server's time.

    `writing` is how fast the answer was written, in tokens a second; 0 where none was.
    """

    tokens: int
    new: int
    ms: int
    writing: float = 0.0


class Held:
    """The beginnings that the next prompt need not have read again, one in each of `slots`."""

    def __init__(self, count: Callable[[str], int], slots: int = 1) -> None:
        self._count = count
        self._slots = slots
        self._texts: list[str] = []  # used longest ago comes first
        self.pace = FIRST_PACE
        """Tokens that the server reads in a second."""

    @property
    def visits(self) -> int:
        """How many visits at once keep what was read for them."""
        return max(1, self._slots // SLOTS_A_VISIT)

    def tokens(self, text: str) -> int:
        """How many tokens a text has."""
        return self._count(text)

    def shared(self, prompt: str) -> int:
        """How many letters of a prompt are held."""
        return max((_alike(prompt, text) for text in self._texts), default=0)

    def unread(self, prompt: str) -> int:
        """How many tokens of a prompt would have to be read; one at least, as the server does."""
        return max(1, self._count(prompt[self.shared(prompt) :]))

    @contextmanager
    def giving(self, prompt: str) -> Iterator[int]:
        """The server gets this inside the block; gives how many tokens are new to it.

        A prompt that continues a held one takes its slot, another the one used longest ago. Calls
        are carried out in their order, so that what is on its way counts as held.
        """
        new = self.unread(prompt)
        continued = [text for text in self._texts if prompt.startswith(text)]
        if continued:
            self._texts.remove(max(continued, key=len))
        elif len(self._texts) == self._slots:
            del self._texts[0]
        self._texts.append(prompt)
        try:
            yield new
        except Exception:
            self._texts.clear()
            raise

    def wrote(self, prompt: str, piece: str) -> None:
        """The server wrote this after a prompt, and after what it wrote before."""
        for slot, text in enumerate(self._texts):
            if text.startswith(prompt):
                self._texts[slot] += piece

    def read(self, *, tokens: int, new: int, seconds: float, load_s: float = 0.0) -> Reading:
        """What a reading took whose new tokens were thought to be `new`.

        `load_s` is how long the server took to have the model ready before it read: a restarted one
        has forgotten everything.
        """
        if load_s > _RESTART_S and seconds * self.pace > tokens / 2:
            new = tokens
        if new >= _WORTH_TIMING and seconds > 0:
            self.pace += _FRESH * (new / seconds - self.pace)
        return Reading(tokens=tokens, new=min(new, tokens), ms=round(seconds * 1000))


def _alike(one: str, other: str) -> int:
    """How many letters two texts have in common, from the beginning on."""
    lower, upper = 0, min(len(one), len(other))
    while lower < upper:
        middle = (lower + upper + 1) // 2
        if one[lower:middle] == other[lower:middle]:
            lower = middle
        else:
            upper = middle - 1
    return lower


def steps(prompt: str, held: int, tokens: int, most: int) -> list[str]:
    """A prompt read in pieces: its beginnings, each some `most` tokens longer than the last.

    `held` letters of it are held already, and `tokens` are left to read. The cuts are between words
    so that no token is read twice.
    """
    pieces = math.ceil(tokens / most)
    cuts = [held + (len(prompt) - held) * n // pieces for n in range(1, pieces)]
    ends = (prompt.rfind(" ", held, cut) for cut in cuts)
    return [*dict.fromkeys(prompt[:end] for end in ends if end > held), prompt]
