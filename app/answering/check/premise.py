"""What a question takes for granted, and the pages say otherwise."""

from collections.abc import Sequence

from app.answering.check.amounts import Amount
from app.answering.check.evidence import Read, Said, Weights, nearest
from app.answering.check.facts import among

# The sentence must be about what was asked: this share of the question's words stands in it, or in
# the headings over it.
_ABOUT = 0.5


def contradicted(asked: Read, evidence: Sequence[Said]) -> tuple[Said, tuple[Amount, ...]] | None:
    """The sentence that is about the question and counts otherwise, with what it counts instead.

    None when the question counts nothing, or nothing that the evidence speaks against.
    """
    if not asked.amounts:
        return None
    weights = Weights(evidence)
    for each in nearest(asked.stems, evidence):
        stems = asked.stems & (each.read.stems | each.place)
        if weights.share(stems, asked.stems) < _ABOUT or not asked.stems & each.read.stems:
            continue
        there = each.read.amounts
        wrong = [amount for amount in asked.amounts if not among(amount, there)]
        instead = tuple(other for other in there if any(a.rivals(other) for a in wrong))
        if instead:
            return each, (*instead, *wrong)
    return None
