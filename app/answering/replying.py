"""The events of a turn that is not a question: a few words of our own, without the pages."""

from collections.abc import Iterator

from app.answering.events import Event, Grounded, Sentence, Tokens, Turn
from app.answering.notes import Notes
from app.answering.preparation import Preparation
from app.answering.sentences import SentenceStream
from app.answering.understanding import Understood
from app.dialogue.replies import reply


def replied(
    meant: Understood, turn: Turn, notes: Notes, prepared: Preparation | None
) -> Iterator[Event]:
    """Grounded on nothing, what is said, Done."""
    lang = meant.lang or "en"
    if prepared is not None:
        prepared.turned_away()
    notes.grounded()
    yield Grounded(lang=lang, hits=(), took_ms=0, act=meant.act.kind)
    last = turn.history[-1].answered if turn.history else ""
    stream = SentenceStream(lang)
    said = [*filter(None, (*stream.feed(reply(meant.act, lang, last)), stream.flush()))]
    for text in said[:1] if meant.act.kind == "shorter" else said:
        notes.said()
        yield Sentence(text=text, citations=())
    yield notes.done(Tokens())
