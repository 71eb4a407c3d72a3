"""What is said while the answer is not there yet: nobody should wonder whether they were heard."""

import asyncio
import time
from collections.abc import Callable
from itertools import cycle

# Of each, two a language: the same one twice in a row sounds like a machine. In the default voice
# the short ones take 0.6 to 0.7 s, the long ones 1.1 to 1.7 s.
SHORT = {
    "en": ("One moment.", "Let me see."),
    "fr": ("Un instant.", "Voyons voir."),
    "de": ("Einen Moment.", "Mal sehen."),
    "es": ("Un momento.", "Vamos a ver."),
    "it": ("Un momento.", "Vediamo."),
    "nl": ("Een ogenblik.", "Even kijken."),
    "pt": ("Um momento.", "Vamos ver."),
    "pl": ("Chwileczkę.", "Zobaczmy."),
    "ro": ("O clipă.", "Să vedem."),
}
LONG = {
    "en": ("One moment, I'm looking that up.", "Let me check that for you."),
    "fr": ("Un instant, je cherche cela.", "Laissez-moi vérifier cela."),
    "de": ("Einen Moment, ich sehe nach.", "Das schaue ich gleich nach."),
    "es": ("Un momento, lo estoy buscando.", "Déjeme comprobarlo."),
    "it": ("Un momento, sto cercando.", "Mi faccia controllare."),
    "nl": ("Een ogenblik, ik zoek het op.", "Dat kijk ik even na."),
    "pt": ("Um momento, estou a procurar.", "Deixe-me verificar."),
    "pl": ("Chwileczkę, już szukam.", "Już to sprawdzam."),
    "ro": ("O clipă, caut.", "Stați să verific."),
}
# The longest first: a short one may be the beginning of another.
_ALL = sorted(
    (filler for fillers in (SHORT, LONG) for each in fillers.values() for filler in each),
    key=len,
    reverse=True,
)
# An answer that comes sooner is not worth filling the wait for: a short filler is over 1.0 s after
# it was decided on.
_SOON_S = 0.8
# The long ones are for who waits longer than they last.
_LONG_WAIT_S = 2.5


class Wait:
    """How long the wait for one answer is likely to be, once that is known."""

    def __init__(self) -> None:
        self._known = asyncio.Event()
        self._until = 0.0

    def expect(self, seconds: float) -> None:
        """The answer is likely to come so long from now."""
        self._until = time.monotonic() + seconds
        self._known.set()

    async def left(self, within_s: float) -> float | None:
        """How many seconds of it are left; None if that does not become known in time."""
        try:
            await asyncio.wait_for(self._known.wait(), within_s)
        except TimeoutError:
            return None
        return self._until - time.monotonic()


class Fillers:
    """Says a filler where the answer is not soon there; never the same one twice in a row.

    Where nothing is known of the wait, or it turns out longer than was thought, `after_s` of it
    pass before; 0: nothing is ever said.
    """

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._which = cycle((0, 1))

    async def fill(self, wait: Wait, lang: Callable[[], str], say: Callable[[str], None]) -> None:
        """Say one in the language that it is by then, unless cancelled before."""
        if self._after_s <= 0:
            return
        left_s = await wait.left(self._after_s)
        if left_s is not None and left_s < _SOON_S:
            await asyncio.sleep(max(0.0, left_s) + self._after_s)
        fillers = LONG if (left_s or 0.0) > _LONG_WAIT_S else SHORT
        if (known := fillers.get(lang())) is not None:
            say(known[next(self._which)])


def without_filler(answer: str) -> str:
    """An answer as it stands in the history: without the filler before it, which says nothing."""
    for filler in _ALL:
        if answer.startswith(filler):
            return answer[len(filler) :].lstrip()
    return answer
