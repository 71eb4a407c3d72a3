"""When the model is late: the pages' own sentence is said rather than nothing.

It is said only if it speaks of what was asked. What a page does not say cannot be told this way, so
a question that the model might have refused goes on waiting for it.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence

from app.answering.check.amounts import amounts
from app.answering.check.facts import among
from app.answering.cite import stems
from app.answering.events import Quote, Sentence
from app.answering.sentences import pieces, speakable
from app.grounding.folding import fold
from ingest.documents import Passage

_ENOUGH = 2 / 3


def own_sentence(
    question: str, passages: Sequence[Passage], lang: str, lent: str = ""
) -> Sentence | None:
    """The sentence of a passage in `lang` that says most of what was asked, with its number.

    None if the best one, with the headings it stands under, lacks a third of it, or speaks of
    nothing that the question was `lent`: "what does it cost?" after the car park is not answered
    with the price of a ticket; nor of a day that was asked for.
    """
    asked, subject = _words(question, lang), _words(lent, lang)
    days = [amount for amount in amounts(question, lang) if amount.kind == "weekday"]
    best, found = 0, None
    for number, passage in enumerate(passages, 1):
        if passage.lang != lang:
            continue
        place = _words(passage.place, lang)
        for piece in pieces(passage.text, lang):
            words = _words(piece, lang)
            around = words | place
            enough = asked & words and len(asked & around) >= _ENOUGH * len(asked)
            about = not subject or subject & around
            on_day = all(among(day, amounts(piece, lang)) for day in days)
            said, shared = speakable(piece), len((asked | subject) & words)
            if said and enough and about and on_day and shared > best:
                quote = Quote(n=number, text=piece.strip())
                best, found = shared, Sentence(text=said, citations=(number,), quotes=(quote,))
    return found


def _words(text: str, lang: str) -> set[str]:
    """Stems without their accents: what closes ("ferme") is closed ("fermé")."""
    return {folded for stem in stems(text, lang) for folded in fold(stem)}


async def hurried(
    sentences: AsyncGenerator[Sentence, None],
    seconds: float,
    instead: Callable[[], Sentence | None],
) -> AsyncGenerator[tuple[Sentence, bool], None]:
    """The sentences; or what is to be said `instead`, if the first takes longer than `seconds`.

    Each with whether it is said instead. What is left unsaid stays with the caller to close.
    """
    first = asyncio.ensure_future(anext(sentences, None))
    try:
        await asyncio.wait({first}, timeout=max(0.0, seconds))
        if not first.done() and (late := instead()) is not None:
            yield late, True
            return
        sentence = await first
    finally:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    while sentence is not None:
        yield sentence, False
        sentence = await anext(sentences, None)
