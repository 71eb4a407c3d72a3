"""The way of an answer's text to the voice: as it is spoken, not as it is written.

Captions and the transcript keep what is written; only the voice gets this.
"""

from collections.abc import AsyncGenerator, AsyncIterable, Callable

from app.agent.turns import Line
from app.speaking.pronunciations import NONE, Pronunciations
from app.speaking.sentences import whole_sentences
from app.speaking.spoken import spoken

Transform = Callable[[AsyncIterable[str]], AsyncGenerator[str, None]]


def speaking(lang: Callable[[], str], pronunciations: Pronunciations = NONE) -> Transform:
    """A transform for LiveKit's voice path: lines whole, loose pieces sentence by sentence.

    A line is read in the language of its turn, all else in the one that `lang` gives then.
    """

    async def speak(text: AsyncIterable[str]) -> AsyncGenerator[str, None]:
        gathered = ""
        async for piece in text:
            if isinstance(piece, Line):
                said = spoken(piece, piece.turn.lang or lang(), pronunciations)
                yield piece.reworded(said)
                continue
            # "[" and "1]" may come apart, and so may a price: whole sentences only.
            gathered += piece
            *sentences, gathered = whole_sentences(gathered)
            for sentence in sentences:
                if said := spoken(sentence, lang(), pronunciations):
                    yield f"{said} "
        if said := spoken(gathered, lang(), pronunciations):
            yield said

    return speak
