"""Whether a sentence may be said: each of its facts is looked for in the evidence.

What words can show is checked: numbers, times and dates beside the right words, names, negations,
and whether the subject is there at all. Two names of one passage that were swapped are seen only
where they are compared.
Across languages only what is counted can be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.answering.check import facts
from app.answering.check.amounts import Amount
from app.answering.check.entailment import Entailment
from app.answering.check.evidence import Read, Said, nearest, read, sentences
from app.answering.check.polarity import without_yes_no
from app.answering.check.premise import contradicted
from app.answering.cite import attribute
from app.answering.events import Quote, Sentence
from app.answering.sentences import ended, speakable
from app.phrases import phrase
from ingest.documents import Passage

# Below it a model of entailment does not find the sentence in the evidence.
ENTAILED = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether the evidence says it; why not; and on which passages, in which words, it rests.

    `reasons`: "nothing" (a bare yes or no), "words", "numbers", "names", "negation", "day",
    "comparison", "entailment". `foreign`: it rests on passages in another language, of which only
    what is counted was compared.
    """

    supported: bool
    reasons: tuple[str, ...] = ()
    citations: tuple[int, ...] = ()
    quotes: tuple[Quote, ...] = ()
    foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A sentence of the pages that contradicts the question.

    `amounts` is what it counts instead, and what the question counts: a sentence that the evidence
    supports and that has one of them speaks to the point.
    """

    sentence: Sentence
    amounts: tuple[Amount, ...]

    def is_in(self, text: str, lang: str) -> bool:
        """Whether a supported sentence in `lang` makes up for the correction."""
        said = read(text, lang).amounts
        return any(facts.among(amount, said) for amount in self.amounts)


class Checker:
    """Checks sentences against the passages that the model was shown.

    With a model of entailment, it has the last word on what the words let through.
    """

    def __init__(self, entailment: Entailment | None = None) -> None:
        self._entailment = entailment

    def check(
        self, sentence: str, *, question: str, passages: Sequence[Passage], lang: str
    ) -> Verdict:
        """Whether `sentence`, in `lang`, is said by the passages, numbered from 1.

        Takes a few milliseconds, and as long as the model of entailment does.
        """
        said = read(without_yes_no(sentence), lang)
        if not said.stems and not said.amounts:
            return Verdict(supported=False, reasons=("nothing",))
        evidence = sentences(passages, lang)
        own = [each for each in evidence if each.read.lang == lang]
        foreign = [each for each in evidence if each.read.lang != lang]
        asked = read(question, lang)
        # "Nine euros" rests on the sentence about what was asked for.
        near = nearest(said.stems | asked.stems, own)
        reasons = facts.against(said, asked, own, near) if own else ("words",)
        elsewhere = False
        if reasons and foreign:
            first = evidence[0].read.lang != lang
            found = facts.counted_in(said, asked, foreign, alone=first)
            if found is not None:
                near, reasons, elsewhere = found, (), True
        verdict = _verdict(sentence, near, passages, lang)
        if not reasons and not self._entails(said, verdict.quotes):
            reasons = ("entailment",)
        return replace(verdict, supported=not reasons, reasons=reasons, foreign=elsewhere)

    def correct(self, question: str, passages: Sequence[Passage], lang: str) -> Correction | None:
        """What the pages say where a question assumes another number, time or day; or None."""
        own = [each for each in sentences(passages, lang) if each.read.lang == lang]
        found = contradicted(read(question, lang), own)
        if found is None or not ended(found[0].read.text):
            return None
        said, amounts = found
        sentence = Sentence(
            text=f"{phrase('correction', lang)} {speakable(said.read.text)}",
            citations=(said.passage,),
            quotes=(Quote(n=said.passage, text=said.read.text),),
        )
        return Correction(sentence=sentence, amounts=amounts)

    def _entails(self, said: Read, quotes: Sequence[Quote]) -> bool:
        if self._entailment is None or not quotes:
            return True
        premise = " ".join(quote.text for quote in quotes)
        return self._entailment.entails(premise, said.text) >= ENTAILED


def _verdict(
    sentence: str, near: Sequence[Said], passages: Sequence[Passage], lang: str
) -> Verdict:
    """The passages that a sentence rests on, with the words of each that come nearest."""
    said = read(without_yes_no(sentence), lang)
    ranked = sorted(
        near, key=lambda each: -sum(facts.among(a, each.read.amounts) for a in said.amounts)
    )
    cited = attribute(sentence, passages, lang)
    if not any(each.passage in cited for each in ranked):
        cited = tuple(each.passage for each in ranked[:1])
    quotes = [
        Quote(n=number, text=each.read.text)
        for number in cited
        for each in _enough(said, [each for each in ranked if each.passage == number])
    ]
    return Verdict(supported=True, citations=cited, quotes=tuple(quotes))


def _enough(said: Read, near: Sequence[Said]) -> list[Said]:
    """The nearest sentence, and those that count what it does not."""
    kept = list(near[:1])
    for each in near[1:]:
        there = [amount for other in kept for amount in other.read.amounts]
        lacking = [amount for amount in said.amounts if not facts.among(amount, there)]
        if any(facts.among(amount, each.read.amounts) for amount in lacking):
            kept.append(each)
    return kept
