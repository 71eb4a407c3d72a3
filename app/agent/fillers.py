"""What is said while the answer is not there yet: nobody should wonder whether they were heard."""

import asyncio
from collections.abc import Callable
from itertools import cycle

# Two a language: the same one twice in a row sounds like a machine.
FILLERS = {
    "en": ("One moment, I'm looking that up.", "Let me check that."),
    "fr": ("Un instant, je cherche cela.", "Laissez-moi vérifier."),
    "de": ("Einen Moment, ich sehe nach.", "Das schaue ich gleich nach."),
    "es": ("Un momento, lo estoy buscando.", "Déjeme comprobarlo."),
    "it": ("Un momento, sto cercando.", "Mi faccia controllare."),
    "nl": ("Een ogenblik, ik zoek het op.", "Dat kijk ik even na."),
    "pt": ("Um momento, estou a procurar.", "Deixe-me verificar."),
    "pl": ("Chwileczkę, już szukam.", "Już to sprawdzam."),
    "ro": ("O clipă, caut.", "Stați să verific."),
}
_ALL = tuple(filler for fillers in FILLERS.values() for filler in fillers)


class Fillers:
    """Says a filler when nothing else is said in time; never the same one twice in a row."""

    def __init__(self, after_s: float) -> None:
        self._after_s = after_s
        self._turns = {lang: cycle(fillers) for lang, fillers in FILLERS.items()}

    async def wait(self, lang: Callable[[], str], say: Callable[[str], None]) -> None:
        """Say one in the language that it is by then, unless cancelled before; 0 s: never."""
        if self._after_s <= 0:
            return
        await asyncio.sleep(self._after_s)
        if (fillers := self._turns.get(lang())) is not None:
            say(next(fillers))


def without_filler(answer: str) -> str:
    """An answer as it stands in the history: without the filler before it, which says nothing."""
    for filler in _ALL:
        if answer.startswith(filler):
            return answer[len(filler) :].lstrip()
    return answer
