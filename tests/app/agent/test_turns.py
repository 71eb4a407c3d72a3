import pytest

from app.agent.turns import Caption, Turn, Turns


@pytest.fixture
def told() -> list[Caption]:
    return []


def _kinds(told: list[Caption]) -> list[str]:
    return [str(caption.get("text") or caption["type"]) for caption in told]


def test_nothing_is_told_before_the_commitment(told: list[Caption]) -> None:
    turns = Turns(told.append)
    turn = turns.propose("message")
    turn.tell("grounding", hits=[])
    assert told == []
    turns.commit("message", text="hours?", lang="en")
    assert told[0] == {"type": "understood", "turn": turn.id, "text": "hours?", "lang": "en"}
    assert _kinds(told) == ["hours?", "grounding"]


def test_a_dropped_turn_is_never_told_and_lends_its_name(told: list[Caption]) -> None:
    turns = Turns(told.append)
    dropped = turns.propose("half")
    dropped.tell("grounding", hits=[])
    dropped.line("sentence", "No.")
    dropped.cancelled()
    kept = turns.propose("whole")
    turns.commit("whole", text="hours?", lang="en")
    dropped.complete({})
    assert kept.id == dropped.id
    assert _kinds(told) == ["hours?"]
    assert turns.propose("next").id != kept.id


def test_a_commitment_may_come_before_the_answer_is_begun(told: list[Caption]) -> None:
    turns = Turns(told.append)
    turns.commit("message", text="hours?", lang="en")
    turns.propose("message").complete({"total_ms": 1.0})
    assert _kinds(told) == ["hours?", "done"]
    assert told[1]["timings"] == {"total_ms": 1.0}


def test_captions_come_when_their_line_is_heard(told: list[Caption]) -> None:
    turn = Turn("t", told.append)
    turn.commit(text="?", lang="en")
    lines = [turn.line("sentence", text) for text in ("One.", "Two.")]
    turn.complete({})
    turn.shown(lines[0])
    turn.shown(lines[0])
    assert _kinds(told) == ["?", "One."]
    turn.shown(lines[1])
    assert _kinds(told) == ["?", "One.", "Two.", "done"]


def test_what_an_interruption_cut_off_is_not_told(told: list[Caption]) -> None:
    turn = Turn("t", told.append)
    turn.commit(text="?", lang="en")
    lines = [turn.line("sentence", text) for text in ("One.", "Two.")]
    turn.shown(lines[0])
    turn.ends(interrupted=True)
    turn.ends(interrupted=False)
    turn.shown(lines[1])
    assert _kinds(told) == ["?", "One.", "cut", "done"]


def test_a_last_sentence_that_was_cut_is_marked_though_its_caption_ended_the_turn(
    told: list[Caption],
) -> None:
    turn = Turn("t", told.append)
    turn.commit(text="?", lang="en")
    line = turn.line("sentence", "One.")
    turn.complete({})
    turn.shown(line)
    turn.ends(interrupted=True)
    turn.ends(interrupted=True)
    assert _kinds(told) == ["?", "One.", "done", "cut"]


def test_an_end_without_sound_still_shows_the_words(told: list[Caption]) -> None:
    turn = Turn("t", told.append)
    turn.commit(text="?", lang="en")
    turn.line("sentence", "One.")
    turn.complete({})
    turn.ends(interrupted=False)
    assert _kinds(told) == ["?", "One.", "done"]


def test_an_answer_begun_anew_is_told_as_one(told: list[Caption]) -> None:
    turns = Turns(told.append)
    first = turns.propose("message")
    turns.commit("message", text="hours?", lang="en")
    first.line("sentence", "Ne")
    first.cancelled()
    second = turns.propose("message")
    line = second.line("sentence", "Nine.")
    second.complete({})
    first.ends(interrupted=True)
    second.shown(line)
    assert second.id == first.id
    assert _kinds(told) == ["hours?", "hours?", "Nine.", "done"]


def test_an_answer_cut_before_its_first_word_is_done_when_the_visitor_goes_on(
    told: list[Caption],
) -> None:
    turns = Turns(told.append)
    turn = turns.propose("message")
    turns.commit("message", text="hours?", lang="en")
    turn.line("sentence", "Nine.")
    turn.cancelled()
    assert _kinds(told) == ["hours?"]
    turns.commit("next", text="and today?", lang="en")
    assert _kinds(told) == ["hours?", "done"]
