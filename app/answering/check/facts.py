"""What speaks against a sentence: a fact of it that the evidence does not have."""

from collections.abc import Sequence

from app.answering.check.amounts import Amount
from app.answering.check.calendar import calendar_words
from app.answering.check.comparison import turns_round
from app.answering.check.evidence import Read, Said, Weights
from app.answering.check.names import missing, names
from app.answering.check.polarity import OPPOSITES, is_known

# Less of a sentence's words in the passage that has most of them: it is about something else. So
# 99 to 100 % of a sibling passage's sentences were caught, and no true one was lost (same sets).
COVERED = {"fr": 0.4}
COVERED_ELSE = 0.5
_CLOSED = """
    closed shut fermé fermée geschlossen cerrado cerrada chiuso chiusa gesloten dicht fechado
    fechada zamknięte nieczynne închis închisă
"""
_SHUT = frozenset(_CLOSED.split())


def against(
    said: Read, asked: Read, evidence: Sequence[Said], near: Sequence[Said]
) -> tuple[str, ...]:
    """What speaks against a sentence in the language of the evidence; nothing if it may be said.

    `near` are the sentences of the evidence that it must rest on.
    """
    found = {
        "words": covered(said, asked, evidence) < COVERED.get(said.lang, COVERED_ELSE),
        "numbers": bool(unfounded(said, asked, near, evidence)),
        "names": bool(strangers(said, asked, evidence)),
        "negation": denies_otherwise(said, near, evidence),
        "day": is_of_another_day(said, asked, evidence) or opens_when_shut(said, asked, evidence),
        "comparison": turns_round(said, near),
    }
    return tuple(name for name, wrong in found.items() if wrong)


def counted_in(
    said: Read, asked: Read, foreign: Sequence[Said], *, alone: bool
) -> list[Said] | None:
    """The sentences in another language that count what is said; None if they do not.

    `alone`: a sentence that counts nothing may rest on them as well.
    """
    there = [amount for each in foreign for amount in each.read.amounts]
    if not all(among(a, there) or among(a, asked.amounts) for a in said.amounts):
        return None
    near = [each for each in foreign if any(among(a, each.read.amounts) for a in said.amounts)]
    return near if near or alone else None


def covered(said: Read, asked: Read, evidence: Sequence[Said]) -> float:
    """The largest share of what is said that one passage and the question have together.

    What only says the question again has to stand in the passage alone.
    """
    weights = Weights(evidence)
    # "38 meters" is compared as what it counts: the pages may write metres.
    subject = said.stems - said.calendar - said.units
    adds = not subject <= asked.stems or not all(among(a, asked.amounts) for a in said.amounts)
    best = 0.0
    for number in {each.passage for each in evidence}:
        known = set(asked.stems) if adds else set[str]()
        for each in evidence:
            if each.passage == number:
                known |= each.read.stems | each.place
        best = max(best, weights.share(subject & known, subject))
    return best


def unfounded(
    said: Read, asked: Read, near: Sequence[Said], evidence: Sequence[Said]
) -> list[Amount]:
    """What is counted in a sentence, and not in those that it must rest on.

    What stands elsewhere in the evidence, or in the question alone, may be said if those sentences
    hold nothing against it.
    """
    there = [amount for each in near for amount in each.read.amounts]
    elsewhere = [amount for each in evidence for amount in each.read.amounts]
    return [
        amount
        for amount in said.amounts
        if _is_of_others(amount, there)
        or (
            not among(amount, there)
            and not (among(amount, elsewhere) and not any(o.kind == amount.kind for o in there))
            and not (among(amount, asked.amounts) and not any(amount.rivals(o) for o in there))
        )
    ]


def _is_of_others(amount: Amount, there: Sequence[Amount]) -> bool:
    """Whether a bare number counts what another number there counts: 38 steps, of 38 metres."""
    same = [other for other in there if amount.is_in(other)]
    return (
        amount.kind == "number"
        and bool(amount.of and same)
        and all(other.of != amount.of for other in same)
        and any(amount.rivals(other) for other in there if other not in same)
    )


def among(amount: Amount, others: Sequence[Amount]) -> bool:
    """Whether one of the others says it."""
    return any(amount.is_in(other) for other in others)


def strangers(said: Read, asked: Read, evidence: Sequence[Said]) -> list[str]:
    """The names of a sentence that stand neither in the evidence nor in the question."""
    days = set(calendar_words(said.text, said.lang))
    found = [name for name in names(said.text, said.lang) if name.lower() not in days]
    if not found:
        return []
    places = {stem for each in evidence for stem in each.place}
    return missing(found, (asked.text, *(each.read.text for each in evidence), " ".join(places)))


def denies_otherwise(said: Read, near: Sequence[Said], evidence: Sequence[Said]) -> bool:
    """Whether it denies what its evidence does not deny, or the other way round."""
    if not is_known(said.lang):
        return False
    denials = [denial for each in near for denial in each.read.denied]
    if any(denial and not any(_alike(denial, d) for d in denials) for denial in said.denied):
        return True
    return _leaves_out_a_denial(said, near) or _says_the_opposite(
        said, evidence if said.amounts else near
    )


def is_of_another_day(said: Read, asked: Read, evidence: Sequence[Said]) -> bool:
    """Whether it tells of one weekday where another was asked for that the evidence tells of, too.

    Small models say the last answer again when the day is all that is new ("and on Sundays?"), and
    "Saturdays, 6 pm" where Sundays were asked for.
    """
    wanted, told = _days(asked), _days(said)
    only_day_is_new = asked.stems <= asked.calendar
    only_tells_when = said.stems <= said.calendar and len(told) < len(said.amounts)
    if (
        not (only_day_is_new or only_tells_when)
        or not wanted
        or not told
        or any(len(day.readings) > 1 for day in told)
    ):
        return False
    there = [day for each in evidence for day in _days(each.read)]
    return all(not among(day, told) and among(day, there) for day in wanted)


def opens_when_shut(said: Read, asked: Read, evidence: Sequence[Said]) -> bool:
    """Whether it only tells a time, though the pages say that it is closed on the day asked for."""
    wanted = _days(asked)
    adds = said.stems - said.calendar - asked.stems
    if adds or not wanted or not said.amounts or _days(said) or said.plain & _SHUT:
        return False
    on_day = [
        each.read
        for each in evidence
        if all(any(not d.bound and among(day, (d,)) for d in _days(each.read)) for day in wanted)
    ]
    counted = any(all(among(a, read.amounts) for a in said.amounts) for read in on_day)
    return not counted and any(read.plain & _SHUT for read in on_day)


def _days(read: Read) -> list[Amount]:
    return [amount for amount in read.amounts if amount.kind == "weekday"]


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return 2 * len(one & other) >= min(len(one), len(other)) > 0


def _leaves_out_a_denial(said: Read, near: Sequence[Said]) -> bool:
    denials = near[0].read.denied if near else ()
    return any(
        denial and denial <= said.stems and not any(denial & own for own in said.denied)
        for denial in denials
    )


def _says_the_opposite(said: Read, evidence: Sequence[Said]) -> bool:
    """Whether a word of it has its opposite in the evidence, where neither side denies.

    Only what counts the same days, times or numbers is about the same.
    """
    about = [each for each in evidence if all(among(a, each.read.amounts) for a in said.amounts)]
    if not about or said.denied or any(each.read.denied for each in about):
        return False
    pairs = OPPOSITES.get(said.lang, {})
    there = frozenset().union(*(each.read.plain for each in about))
    return any(word not in there and pairs[word] & there for word in said.plain & pairs.keys())
