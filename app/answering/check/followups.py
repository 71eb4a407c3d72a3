"""Answers to follow-ups that miss the point: small models say again what was said before.

Each sentence is true; it is no answer to what is asked now. What a follow-up was lent ("what does
it cost?" after the car park) tells what it is about.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.check.amounts import Amount
from app.answering.check.evidence import Read, Said, read, sentences
from app.answering.check.facts import among
from app.answering.events import Quote, Turn
from ingest.documents import Passage

_CLAUSES = re.compile(r"[,;]|\s(?:and|or|et|ou|und|oder|y|o|e|en|of|i|lub|și|sau)\s")
_WITHOUT_UNIT = ("number", "year", "clock", "date", "weekday", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A question with what came before it, read; `subject` are the stems that it was lent."""

    asked: Read
    subject: frozenset[str]
    asked_before: Read
    answered_before: Read

    @property
    def own(self) -> frozenset[str]:
        """The stems that are asked now and were not asked before."""
        return self.asked.stems - self.asked_before.stems


def follow_up(turn: Turn, lang: str) -> FollowUp | None:
    """The turn as a follow-up in `lang`; None for the first one."""
    if not turn.history:
        return None
    before = turn.history[-1]
    return FollowUp(
        asked=read(turn.question, lang),
        subject=read(turn.subject, lang).stems,
        asked_before=read(before.asked, lang),
        answered_before=read(before.answered, lang),
    )


def misses(
    sentence: str, asked: FollowUp, quotes: Sequence[Quote], passages: Sequence[Passage], lang: str
) -> str | None:
    """How a sentence, which rests on these quotes, misses the follow-up; None if it does not.

    "repeated": it only says what was asked or answered before. "subject": what it rests on is about
    something else than the question.
    """
    said, evidence = read(sentence, lang), sentences(passages, lang)
    if _repeats_the_question(said, asked, evidence) or _repeats_the_answer(said, asked, evidence):
        return "repeated"
    rests = {(quote.n, quote.text) for quote in quotes}
    own = [each for each in evidence if (each.passage, each.read.text) in rests]
    return "subject" if own and _is_beside(said, asked, own, evidence) else None


def _repeats_the_question(said: Read, asked: FollowUp, evidence: Sequence[Said]) -> bool:
    """After "Is there a lighthouse?", "There is a lighthouse." does not say how tall it is.

    "Closed." may be said of Mondays after "When do you close?": the pages say both together.
    """
    subject = said.stems
    if not subject or said.amounts or not subject <= asked.asked_before.stems:
        return False
    together = subject | asked.own
    return not subject & asked.asked.stems and not (
        asked.own and any(together <= each.read.stems for each in evidence)
    )


def _repeats_the_answer(said: Read, asked: FollowUp, evidence: Sequence[Said]) -> bool:
    """After "152 steps.", "152 steps." does not say how tall it is.

    It may if the pages say it in one clause with what is asked now, or say nothing else there.
    """
    before = asked.answered_before
    again = said.stems <= before.stems and all(among(a, before.amounts) for a in said.amounts)
    if not asked.subject or not asked.own or not again:
        return False
    about = _passages_about(asked.subject, evidence)
    clauses = [
        read(clause, said.lang)
        for each in evidence
        if each.passage in about or not about
        for clause in _clauses(each.read.text)
    ]
    return not any(
        not each.amounts or all(_counts(each, amount) for amount in said.amounts)
        for each in clauses
        if _speaks_of(asked, each)
    )


def _counts(clause: Read, amount: Amount) -> bool:
    """Whether a clause counts it, and in its unit: children under 12 do not pay 12 euros."""
    of_a_kind = [other for other in clause.amounts if other.kind == amount.kind]
    return among(amount, clause.amounts if amount.kind in _WITHOUT_UNIT else of_a_kind)


def _speaks_of(asked: FollowUp, clause: Read) -> bool:
    days = [amount for amount in asked.asked.amounts if amount.kind == "weekday"]
    other = asked.own - asked.asked.calendar
    return other <= clause.stems and all(among(day, clause.amounts) for day in days)


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSES.split(text) if clause]


def _is_beside(
    said: Read, asked: FollowUp, rests: Sequence[Said], evidence: Sequence[Said]
) -> bool:
    """Whether other sentences are about the subject, and those that it rests on are not.

    "Free." is no fare for children on the boat if the sentence stands under "Tickets"; and "80
    euros", which names nothing, none of a passage without a word of the subject.
    """
    if any(_is_about(asked.subject, each) for each in rests):
        return False
    speak_of_it = [each for each in evidence if asked.own and asked.own <= each.read.stems]
    if all(each in speak_of_it for each in rests) and any(
        asked.subject & each.place for each in speak_of_it
    ):
        return True
    names_nothing = said.stems - said.units - said.calendar <= asked.asked.stems
    about = _passages_about(asked.subject, evidence)
    return bool(names_nothing and about) and not any(each.passage in about for each in rests)


def _passages_about(subject: frozenset[str], evidence: Sequence[Said]) -> set[int]:
    return {each.passage for each in evidence if _is_about(subject, each)}


def _is_about(subject: frozenset[str], said: Said) -> bool:
    return bool(subject & (said.read.stems | said.place))
