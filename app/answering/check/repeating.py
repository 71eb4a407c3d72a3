"""Sentences that small models say again, because they stand in the conversation."""

from app.answering.check.evidence import read


def only_repeats(sentence: str, *, question: str, asked_before: str, lang: str) -> bool:
    """Whether a sentence says nothing but what was asked before, and nothing of this question.

    After "Is there a lighthouse?", "There is a lighthouse." is no answer to "How tall is it?".
    """
    said, asked = read(sentence, lang), read(question, lang)
    before = read(asked_before, lang).stems
    subject = said.stems
    return bool(subject) and not said.amounts and subject <= before and not subject & asked.stems
