"""Listening, reading and answering together, over a scripted model and searches."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise

import pytest

from app.answering.ahead import Ahead, open_ahead
from app.answering.answerer import Answerer
from app.answering.events import Abstained, Done, Event, Grounded, Sentence, Turn
from app.answering.held import Held
from app.answering.listened import Spent, Words
from app.answering.model import Took, Waited
from app.answering.preparation import Progress
from app.answering.template import Exchange
from app.errors import ModelUnavailable
from app.grounding.grounder import Grounding
from app.settings import AheadSettings, ModelSettings
from ingest.documents import Hit
from ingest.errors import IndexUnavailable
from tests.app.grounding.samples import HOURS, TICKETS, TRAM, passage
from tests.fakes.model import ScriptedModel

PAST = (Exchange(asked="Is there a tram?", answered="Yes, line 4."),)


def found(text: str, ordinal: int, score: float) -> Hit:
    return Hit(passage=passage(text, ordinal=ordinal), score=score, cosine=score, bm25=0.0)


def hours(score: float = 0.95) -> Hit:
    return found(HOURS, 0, score)


def tickets(score: float = 0.9) -> Hit:
    return found(TICKETS, 1, score)


def tram(score: float = 0.9) -> Hit:
    return found(TRAM, 2, score)


class Grounder:
    """Finds by the last word, while words come and when the question does."""

    lead = 0.02

    def __init__(self, **finds: Sequence[Hit] | Exception) -> None:
        self.finds = finds
        self.glances: list[str] = []

    async def glance(self, words: str, kb: str) -> list[Hit]:
        self.glances.append(words)
        hits = self.finds.get(words.split()[-1].strip("?"), ())
        if isinstance(hits, Exception):
            raise hits
        return list(hits)

    async def ground(self, question: str, kb: str, lang: str | None) -> Grounding:
        hits = await self.glance(question, kb)
        return Grounding(hits=tuple(hits), lang="en", took_ms=1)

    async def prepare(self, kb: str) -> None:
        """Nothing is loaded here."""


@dataclass
class House:
    ahead: Ahead
    answerer: Answerer
    model: ScriptedModel

    def hear(self, text: str, turn: str = "t1", visit: str = "v1", **more: object) -> Progress:
        words = Words(visit=visit, turn=turn, kb="museum", text=text, **more)  # type: ignore[arg-type]
        return self.ahead.hear(words)

    async def ask(
        self, question: str, turn: str = "t1", visit: str = "v1", history: tuple[Exchange, ...] = ()
    ) -> list[Event]:
        asked = Turn(question=question, kb="museum", history=history, visit=visit, name=turn)
        return [event async for event in self.answerer.answer(asked)]


@asynccontextmanager
async def open_house(
    grounder: Grounder, model: ScriptedModel | None = None, **limits: object
) -> AsyncIterator[House]:
    model, settings = model or ScriptedModel(["At six. ", "Bye."]), ModelSettings()
    chosen = AheadSettings(**limits)  # type: ignore[arg-type]
    async with open_ahead(grounder, model, settings, chosen) as ahead:
        yield House(ahead, Answerer(grounder, model, settings, ahead), model)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.001)


def last_read(house: House) -> str:
    return house.model.read_ahead[-1] if house.model.read_ahead else ""


def done(events: Sequence[Event]) -> Done:
    assert isinstance(events[-1], Done)
    return events[-1]


def grounded(events: Sequence[Event]) -> Grounded:
    assert isinstance(events[0], Grounded)
    return events[0]


async def test_a_turn_that_was_listened_to_has_only_the_question_left_to_read() -> None:
    async with open_house(Grounder(close=[hours(), tickets()])) as house:
        house.hear("When do you close", history=PAST)
        await until(lambda: last_read(house).endswith("Mondays."))
        await asyncio.sleep(0.01)
        progress = house.hear("When do you close")
        assert (progress.passages, progress.tokens) == (
            1,
            house.model.count_tokens(last_read(house)),
        )
        events = await house.ask("When do you close?", history=PAST)
    assert house.model.prompts[0].startswith(last_read(house))
    assert [hit.passage.text for hit in grounded(events).hits] == [HOURS]
    end = done(events)
    assert end.ahead is not None
    assert (end.ahead.best, end.ahead.passages, end.ahead.vain_tokens) == ("read", 1, 0)
    assert end.ahead.best_ms is not None
    assert end.tokens.prompt - end.tokens.reused < 25
    assert end.timings.prompt_ms is not None


async def test_it_is_read_in_small_steps_that_only_grow() -> None:
    async with open_house(Grounder(close=[hours()])) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        read = house.model.read_ahead
    assert len(read) > 3
    for former, later in pairwise(read):
        assert later.startswith(former)
        assert house.model.count_tokens(later[len(former) :]) <= 40


async def test_what_is_found_later_is_appended_and_the_sources_are_numbered_as_read() -> None:
    grounder = Grounder(
        open=[hours(), tickets(0.9)], today=[tickets(0.99), hours(0.9)], pay=[tickets(), hours()]
    )
    model = ScriptedModel(["A ticket costs 9 euros. ", "Bye."])
    async with open_house(grounder, model) as house:
        house.hear("Are you open")
        await until(lambda: last_read(house).endswith("Mondays."))
        house.hear("Are you open today")
        await until(lambda: last_read(house).endswith("free."))
        events = await house.ask("Are you open today and what do I pay?")
    assert [hit.passage.text for hit in grounded(events).hits] == [HOURS, TICKETS]
    assert next(e.citations for e in events if isinstance(e, Sentence)) == (2,)
    assert house.model.prompts[0].startswith(last_read(house))


async def test_the_best_passage_is_added_when_it_was_not_read() -> None:
    async with open_house(
        Grounder(open=[hours()], tram=[tram(0.95), hours(0.9), tickets(0.89)])
    ) as house:
        house.hear("Are you open")
        await until(lambda: last_read(house).endswith("Mondays."))
        events = await house.ask("Are you open and is there a tram?")
    assert [hit.passage.text for hit in grounded(events).hits] == [HOURS, TRAM]
    assert house.model.prompts[0].startswith(last_read(house))
    end = done(events)
    assert end.ahead is not None
    assert (end.ahead.best, end.ahead.best_ms) == ("missed", None)


async def test_what_the_question_does_not_find_again_is_left_out_and_was_read_in_vain() -> None:
    async with open_house(Grounder(open=[hours()], tram=[tram()])) as house:
        house.hear("Are you open")
        await until(lambda: last_read(house).endswith("Mondays."))
        events = await house.ask("Where is the tram?")
    assert [hit.passage.text for hit in grounded(events).hits] == [TRAM]
    end = done(events)
    assert end.ahead is not None
    assert 0 < end.ahead.vain_tokens < end.ahead.tokens
    assert end.ahead.vain_ms > 0


async def test_what_turns_took_is_added_up_when_they_are_over_also_if_nothing_was_asked() -> None:
    async with open_house(Grounder(open=[hours()], tram=[tram()])) as house:
        house.hear("Are you open")
        await until(lambda: last_read(house).endswith("Mondays."))
        assert house.ahead.spent == Spent()
        house.hear("Where is the tram", turn="t2")
        spent = house.ahead.spent
        assert spent.vain_tokens == spent.tokens > 0
        assert spent.vain_ms == spent.ms > 0


async def test_the_gate_decides_on_the_question_whatever_was_read() -> None:
    async with open_house(Grounder(open=[hours()])) as house:
        house.hear("Are you open")
        await until(lambda: last_read(house).endswith("Mondays."))
        house.hear("Who won the match")
        read = len(house.model.read_ahead)
        events = await house.ask("Who won the match?")
        await asyncio.sleep(0.02)
        assert len(house.model.read_ahead) == read
    assert isinstance(events[1], Abstained)
    assert house.model.prompts == []
    end = done(events)
    assert end.ahead is not None
    assert end.ahead.vain_tokens == end.ahead.tokens > 0


async def test_nothing_begins_to_be_read_while_any_question_waits() -> None:
    async with open_house(Grounder(close=[hours()])) as house:
        with house.ahead.asked("another", "t9"):
            house.hear("When do you close")
            await asyncio.sleep(0.02)
            assert house.model.read_ahead == []
        await until(lambda: last_read(house).endswith("Mondays."))


async def test_a_step_in_flight_is_left_to_end_and_none_follows_it() -> None:
    gate = asyncio.Event()
    async with open_house(Grounder(close=[hours()])) as house:
        house.model.takes = gate.wait  # type: ignore[assignment]
        house.hear("When do you close")
        await until(lambda: len(house.model.read_ahead) == 1)
        events = await house.ask("When do you close?")
        assert isinstance(events[1], Sentence)
        assert (ahead := done(events).ahead) is not None
        assert (ahead.best, ahead.passages) == ("missed", 0)
        with house.ahead.asked(None, None):
            gate.set()
            await asyncio.sleep(0.02)
            assert len(house.model.read_ahead) == 1


async def test_another_visits_words_do_not_push_out_what_is_read() -> None:
    async with open_house(Grounder(close=[hours()], tram=[tram()])) as house:
        house.hear("When do you close")
        house.hear("Where is the tram", visit="v2")
        await until(lambda: last_read(house).endswith("Mondays."))
        await asyncio.sleep(0.02)
        assert TRAM not in last_read(house)
        house.ahead.forget("v1")
        house.hear("So where is the tram", visit="v2")
        await until(lambda: last_read(house).endswith(TRAM))


async def test_visits_that_are_held_beside_one_another_are_both_read_for() -> None:
    async with open_house(Grounder(close=[hours()], tram=[tram()])) as house:
        house.model.held = Held(house.model.count_tokens, slots=4)
        house.hear("When do you close")
        house.hear("Where is the tram", visit="v2")
        await until(lambda: any(read.endswith(TRAM) for read in house.model.read_ahead))
        await until(lambda: any(read.endswith("Mondays.") for read in house.model.read_ahead))
        assert not any(HOURS in read and TRAM in read for read in house.model.read_ahead)


async def test_the_latest_words_count() -> None:
    grounder = Grounder(close=[hours()])
    async with open_house(grounder) as house:
        for words in ("When", "When do", "When do you", "When do you close"):
            house.hear(words)
        await until(lambda: last_read(house).endswith("Mondays."))
    assert grounder.glances == ["When do you close"]


async def test_a_new_turn_begins_anew() -> None:
    async with open_house(Grounder(close=[hours()], tram=[tram()])) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        house.hear("Where is the tram", turn="t2")
        await until(lambda: last_read(house).endswith(TRAM))
        assert HOURS not in last_read(house)
        assert done(await house.ask("When do you close?", turn="t1")).ahead is None


async def test_the_history_is_read_again_after_an_answer() -> None:
    async with open_house(Grounder(close=[hours()])) as house:
        events = await house.ask("When do you close?")
        assert done(events).ahead is None
        await until(lambda: "At six. Bye." in last_read(house))
    assert "Passages:" in last_read(house).rsplit("At six. Bye.", 1)[1]


async def test_who_was_answered_leaves_the_model_to_their_history_and_to_others() -> None:
    async with open_house(Grounder(close=[hours()], tram=[tram()])) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        await house.ask("When do you close?")
        # Well before it is long ago that they were heard.
        async with asyncio.timeout(3):
            await until(lambda: "At six. Bye." in last_read(house))


async def test_words_are_not_searched_for_beside_the_question_that_they_are() -> None:
    grounder = Grounder(close=[hours()])
    async with open_house(grounder) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        grounder.glances.clear()
        with house.ahead.asked("v1", "t1") as prepared:
            assert prepared is not None
            house.hear("When do you close?", final=True)
            await asyncio.sleep(0.01)
            assert grounder.glances == []
        # It came to nothing: the turn goes on.
        await until(lambda: grounder.glances == ["When do you close?"])


async def test_a_history_that_changes_late_is_read_as_it_is() -> None:
    async with open_house(Grounder(close=[hours()])) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        house.hear("When do you close", history=PAST, final=True)
        await until(lambda: "line 4" in last_read(house) and last_read(house).endswith("Mondays."))
        assert done(await house.ask("When do you close?", history=PAST)).ahead is not None


async def test_reading_for_a_turn_and_in_vain_for_a_visit_is_bounded() -> None:
    grounder = Grounder(close=[hours()], tram=[tram()])
    async with open_house(grounder, turn_tokens=100) as house:
        house.hear("When do you close")
        await until(lambda: house.model.read_ahead)
        await asyncio.sleep(0.05)
        assert house.model.count_tokens(last_read(house)) < 150
    async with open_house(grounder, vain_tokens=1) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        house.hear("Where is the tram", turn="t2")
        await asyncio.sleep(0.05)
        assert TRAM not in last_read(house)


async def test_switched_off_it_reads_nothing() -> None:
    async with open_house(Grounder(close=[hours()]), on=False) as house:
        house.hear("When do you close")
        events = await house.ask("When do you close?")
        await asyncio.sleep(0.02)
        assert house.model.read_ahead == []
    assert done(events).ahead is None


async def test_a_search_that_fails_is_no_more_than_time_lost() -> None:
    async with open_house(Grounder(close=IndexUnavailable("away"), open=[hours()])) as house:
        house.hear("When do you close")
        await asyncio.sleep(0.01)
        house.hear("When do you open")
        await until(lambda: last_read(house).endswith("Mondays."))


async def test_a_model_that_fails_is_no_more_than_time_lost() -> None:
    async with open_house(Grounder(close=[hours()])) as house:
        house.model.error = ModelUnavailable("away")
        house.hear("When do you close")
        await asyncio.sleep(0.01)
        house.model.error = None
        assert any(isinstance(e, Sentence) for e in await house.ask("When do you close?"))


async def test_a_fault_of_ours_does_not_end_reading_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.answering.ahead._PAUSE_S", 0.0)
    async with open_house(Grounder(close=[hours()])) as house:
        house.model.error = ZeroDivisionError("ours")
        house.hear("When do you close")
        await asyncio.sleep(0.05)
        house.model.error = None
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))


async def test_what_a_fast_model_reads_in_no_time_is_added() -> None:
    async with open_house(Grounder(close=[hours(), tickets()])) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        house.model.held.pace = 5000.0
        events = await house.ask("When do you close?")
    assert [hit.passage.text for hit in grounded(events).hits] == [HOURS, TICKETS]


async def test_a_visit_that_is_not_heard_of_is_forgotten() -> None:
    async with open_house(Grounder(close=[hours()]), idle_s=0.01) as house:
        house.hear("When do you close")
        await until(lambda: last_read(house).endswith("Mondays."))
        await asyncio.sleep(0.02)
        house.hear("Hello", visit="v2")
        assert done(await house.ask("When do you close?")).ahead is None


class SlowModel(ScriptedModel):
    """Needs half a minute for its first word."""

    async def write(
        self,
        prompt: str,
        took: Took | None = None,
        *,
        visit: str | None = None,
        waited: Waited | None = None,
    ) -> AsyncGenerator[str, None]:
        await asyncio.sleep(30)
        yield "Too late."


async def test_in_a_visit_the_pages_speak_when_the_model_is_late() -> None:
    grounder, model = Grounder(Mondays=[hours()]), SlowModel()
    settings = ModelSettings(deadline_s=0.02)
    answerer = Answerer(
        grounder, model, settings, Ahead(grounder, model, settings, AheadSettings())
    )
    asked = Turn(question="Are you closed on Mondays?", kb="museum", visit="v1", name="t1")
    async with asyncio.timeout(20):
        events = [event async for event in answerer.answer(asked)]
    assert isinstance(events[1], Sentence)
    assert (events[1].text, events[1].citations) == ("It is closed on Mondays.", (1,))
    assert done(events).late


async def test_when_the_model_is_late_a_follow_up_is_answered_with_what_it_is_about() -> None:
    fare = found("The tram is 3 euros for students.", 3, 0.8)
    grounder, model = Grounder(tram=[tickets(), fare]), SlowModel()
    settings = ModelSettings(deadline_s=0.02)
    answerer = Answerer(
        grounder, model, settings, Ahead(grounder, model, settings, AheadSettings())
    )
    asked = Turn(question="And for students?", kb="museum", visit="v1", name="t1", history=PAST)
    async with asyncio.timeout(20):
        events = [event async for event in answerer.answer(asked)]
    assert isinstance(events[1], Sentence)
    assert events[1].text == "The tram is 3 euros for students."
