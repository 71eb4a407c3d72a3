from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from app.visits.tables import UnansweredRow
from app.visits.unanswered import UnansweredQuestions, normalised


async def test_the_same_question_is_counted_however_it_is_spelt(engine: AsyncEngine) -> None:
    unanswered = UnansweredQuestions(engine, keep_days=30)
    await unanswered.note("museum", "Where is the café?", "en", "nothing_found")
    await unanswered.note("museum", "Is it far?", "en", "not_in_pages")
    await unanswered.note("museum", " where is the CAFE ", "en", "not_in_pages")
    await unanswered.note("harbour", "Where is the café?", "en", "nothing_found")
    first, *others = await unanswered.most_asked(kb="museum")
    assert (first.times, first.question, first.reason) == (2, "where is the CAFE", "not_in_pages")
    assert first.first_asked <= first.last_asked
    assert [each.question for each in others] == ["Is it far?"]
    assert len(await unanswered.most_asked()) == 3
    assert len(await unanswered.most_asked(limit=1)) == 1


async def test_questions_are_forgotten_after_their_time(engine: AsyncEngine) -> None:
    unanswered = UnansweredQuestions(engine, keep_days=30)
    await unanswered.note("museum", "Where is the café?", "en", "nothing_found")
    now = datetime.now(UTC)
    assert await unanswered.most_asked(since=now + timedelta(minutes=1)) == []
    async with engine.begin() as connection:
        old = {"last_asked": now - timedelta(days=31)}
        await connection.execute(update(UnansweredRow).values(**old))
    assert await unanswered.most_asked() == []
    await unanswered.note("museum", "Is it far?", "en", "nothing_found")
    everything = UnansweredQuestions(engine, keep_days=3650)
    assert [each.question for each in await everything.most_asked()] == ["Is it far?"]


async def test_nothing_is_kept_where_nothing_may_be(engine: AsyncEngine) -> None:
    unanswered = UnansweredQuestions(engine, keep_days=0)
    await unanswered.note("museum", "Where is the café?", "en", "nothing_found")
    assert await UnansweredQuestions(engine, keep_days=30).most_asked() == []


async def test_a_database_that_is_gone_does_not_hold_up_the_answer(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(UnansweredRow.__table__.drop)  # type: ignore[attr-defined]
    unanswered = UnansweredQuestions(engine, keep_days=30)
    await unanswered.note("museum", "Where is the café?", "en", "nothing_found")


@pytest.mark.parametrize(
    ("question", "key"),
    [("Où est l'entrée ?", "ou est l entree"), ("  WHERE — is it?! ", "where is it"), ("?", "")],
)
def test_a_question_is_known_by_its_words(question: str, key: str) -> None:
    assert normalised(question) == key
