"""What is said when the pages do not answer: so much, and what they do speak of."""

from collections.abc import Sequence

from app.answering.events import Abstained, Reason
from app.phrases import phrase
from ingest.documents import Passage


def refusal(reason: Reason, lang: str, nearest: Sequence[Passage] = ()) -> Abstained:
    """The refusal in a language, offering the first of the `nearest` topics that is in it."""
    text = phrase("refusal", lang)
    topic = next((_topic(passage) for passage in nearest if passage.lang == lang), "")
    if topic:
        text = f"{text} {phrase('offer', lang)} {topic}."
    return Abstained(text=text, reason=reason, offered=topic)


def _topic(passage: Passage) -> str:
    """What a passage is about, by the nearest heading that says something by itself."""
    named = (name.strip(" .:?!") for name in (*reversed(passage.headings), passage.title))
    return next((name for name in named if name), "")
