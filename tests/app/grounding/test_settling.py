from app.grounding.settling import Settling
from ingest.documents import Hit
from tests.app.grounding.samples import HOURS, TICKETS, TRAM, passage

TEXTS = {"hours": HOURS, "tickets": TICKETS, "tram": TRAM}
IDS = {name: passage(text, ordinal=n).id for n, (name, text) in enumerate(TEXTS.items())}


def ranking(**scores: float) -> list[Hit]:
    numbers = list(TEXTS)
    return [
        Hit(
            passage=passage(TEXTS[name], ordinal=numbers.index(name)),
            score=score,
            cosine=score,
            bm25=0.0,
        )
        for name, score in scores.items()
    ]


def next_of(settling: Settling, *chosen: str, first_only: bool = False) -> str | None:
    hit = settling.next({IDS[name] for name in chosen}, first_only=first_only)
    return None if hit is None else next(n for n, i in IDS.items() if i == hit.passage.id)


def test_a_clear_lead_is_trusted_at_once_and_a_narrow_one_is_not() -> None:
    clear, narrow = Settling(0.02), Settling(0.02)
    clear.saw(ranking(hours=0.9, tickets=0.85))
    narrow.saw(ranking(hours=0.9, tickets=0.89))
    assert next_of(clear) == "hours"
    assert next_of(narrow) is None


def test_a_passage_that_is_first_twice_is_trusted() -> None:
    settling = Settling(0.02)
    settling.saw(ranking(hours=0.9, tickets=0.89))
    settling.saw(ranking(tickets=0.9, hours=0.89))
    assert next_of(settling) is None
    settling.saw(ranking(tickets=0.9, tram=0.89))
    assert next_of(settling) == "tickets"


def test_the_others_follow_once_the_first_is_chosen_and_they_were_found_twice() -> None:
    settling = Settling(0.02)
    settling.saw(ranking(hours=0.95, tickets=0.9))
    assert next_of(settling, "hours") is None
    settling.saw(ranking(hours=0.95, tram=0.91, tickets=0.9))
    assert next_of(settling, "hours") == "tickets"
    assert next_of(settling, "hours", "tickets") is None
    assert next_of(settling, "hours", first_only=True) is None


def test_a_new_first_one_goes_before_the_others() -> None:
    settling = Settling(0.02)
    settling.saw(ranking(hours=0.95, tickets=0.9))
    settling.saw(ranking(tram=0.99, hours=0.92, tickets=0.9))
    assert next_of(settling, "hours") == "tram"


def test_nothing_found_is_nothing_to_read() -> None:
    settling = Settling(0.02)
    assert next_of(settling) is None
    settling.saw([])
    assert next_of(settling) is None
    settling.saw(ranking(hours=0.2))
    assert next_of(settling) == "hours"
