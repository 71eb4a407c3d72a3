"""What the model writes for a prompt, cut into sentences as it comes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.answering.model import ChatModel
from app.answering.notes import Notes
from app.answering.prompt import Prompt
from app.answering.sentences import SentenceStream, ended


async def written(
    model: ChatModel, prompt: Prompt, notes: Notes, lang: str, most: int
) -> AsyncGenerator[str, None]:
    """The sentences of the model that may be spoken, none when it refuses.

    `most` is how many tokens it may write. Closing the generator stops the model.
    """
    stream = SentenceStream(lang)
    writing = model.write(prompt.text, notes.took, visit=notes.visit, waited=notes.waited)
    async with aclosing(writing) as pieces:
        async for piece in pieces:
            notes.heard(piece)
            for sentence in stream.feed(piece):
                if not notes.allows(sentence):
                    return
                yield sentence
    rest = stream.flush()
    # Half a sentence, cut off by the limit of tokens, is worse than none after a whole one.
    cut_off = notes.spoken and not ended(rest) and model.count_tokens(notes.text) >= most - 1
    if rest and not cut_off and notes.allows(rest):
        yield rest
