from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from app.grounding.choosing import chosen, codes, with_shared_words
from app.grounding.gate import Question
from app.settings import GroundingSettings
from ingest.documents import Hit, SparseVector
from tests.app.grounding.samples import hit

PLAIN = GroundingSettings()
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def on(page: str, text: str, cosine: float, **changed: Any) -> Hit:
    found = hit(text, cosine)
    return replace(found, passage=replace(found.passage, url=page, **changed))


def texts(hits: list[Hit]) -> list[str]:
    return [each.passage.text for each in hits]


def test_one_page_does_not_take_every_place() -> None:
    found = [on("a", f"a{n}", 0.90 - n / 1000) for n in range(4)] + [on("b", "b0", 0.89)]
    assert texts(chosen(found, "when?", 3, PLAIN)) == ["a0", "a1", "b0"]
    assert texts(chosen(found, "when?", 5, PLAIN)) == ["a0", "a1", "b0", "a2", "a3"]


def test_a_page_that_is_clearly_better_keeps_its_places() -> None:
    found = [on("a", f"a{n}", 0.90) for n in range(4)] + [on("b", "b0", 0.85)]
    assert texts(chosen(found, "when?", 3, PLAIN)) == ["a0", "a1", "a2"]


def test_the_same_words_are_not_shown_twice() -> None:
    found = [on("a", "same", 0.90), on("b", "same", 0.90), on("c", "other", 0.70)]
    assert texts(chosen(found, "when?", 2, PLAIN)) == ["same", "other"]


def test_what_is_asked_for_as_it_is_written_comes_first() -> None:
    found = [on("a", "The XB-201 has two doors.", 0.90), on("b", "The XB 200 has one door.", 0.87)]
    question = "How many doors has the XB-200?"
    assert texts(chosen(found, question, 1, PLAIN)) == ["The XB 200 has one door."]
    assert texts(chosen(found, "How many doors has it?", 1, PLAIN)) == ["The XB-201 has two doors."]


def test_codes_are_phrases_in_quotes_and_words_with_digits() -> None:
    assert tuple(codes('What does "last admission" mean for AB/12-C and 4711234?')) == (
        "last admission",
        "ab 12 c",
        "4711234",
    )
    assert not codes("Do you open at 10:30 on 24 December?")


def test_boosts_are_off_until_they_are_set() -> None:
    old, new = date(2020, 1, 1), date(2026, 10, 31)
    found = [on("a", "old", 0.90, page_date=old), on("b", "new", 0.89, page_date=new)]
    assert texts(chosen(found, "when?", 2, PLAIN, NOW)) == ["old", "new"]
    fresh = GroundingSettings(freshness=0.05)
    assert texts(chosen(found, "when?", 2, fresh, NOW)) == ["new", "old"]


def test_a_source_may_be_worth_more_than_another() -> None:
    found = [on("a", "blog", 0.90, source="blog"), on("b", "law", 0.89, source="law")]
    assert texts(chosen(found, "when?", 1, GroundingSettings(authority={"law": 0.02}))) == ["law"]


def test_what_shares_names_with_the_question_comes_first_among_other_languages() -> None:
    question = Question(
        text="Wer gewann den Panthers-Pokal 1998?",
        lang="de",
        weights=SparseVector(indices=(), values=()),
    )
    found = [
        hit("Somebody won something.", 0.84, lang="en"),
        hit("Das Museum.", 0.83, lang="de"),
        hit("The Panthers won in 1998.", 0.82, lang="en"),
    ]
    ordered = with_shared_words(found, question)
    assert texts(ordered) == ["The Panthers won in 1998.", "Das Museum.", "Somebody won something."]
    assert [each.score for each in ordered] == [0.84, 0.83, 0.82]
