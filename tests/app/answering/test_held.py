from itertools import pairwise

import pytest

from app.answering.held import FIRST_PACE, Held, steps
from tests.fakes.model import ScriptedModel

count = ScriptedModel().count_tokens
LONG = "word " * 100


def test_only_what_follows_the_common_beginning_is_unread() -> None:
    held = Held(count)
    assert held.unread("One two three") == 3
    with held.giving("One two three"):
        pass
    assert held.shared("One two four") == len("One two ")
    assert held.unread("One two four") == 1
    assert held.unread("One two three") == 1
    held.wrote("One two three", " four five")
    assert held.shared("One two three four") == len("One two three four")


def test_what_is_on_its_way_counts_and_is_lost_when_it_fails() -> None:
    held = Held(count)

    def fail() -> None:
        with held.giving("One two three") as new:
            assert new == 3
            assert held.unread("One two three") == 1
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        fail()
    assert held.unread("One two three") == 3


def test_each_slot_holds_a_prompt_and_the_one_used_longest_ago_gives_way() -> None:
    held = Held(count, slots=2)
    for prompt in ("Rules one", "Rules two", "Rules one again"):
        with held.giving(prompt):
            pass
    assert held.unread("Rules two and more") == 2
    with held.giving("Rules three"):
        pass
    assert held.shared("Rules one again") == len("Rules one again")
    assert held.shared("Rules two") == len("Rules t")
    held.wrote("Rules three", " and four")
    assert held.shared("Rules three and four") == len("Rules three and four")


def test_what_is_written_for_two_visits_at_once_goes_to_each() -> None:
    held = Held(count, slots=4)
    with held.giving("Rules one."), held.giving("Rules two."):
        for one, two in ((" At", " By"), (" nine.", " tram.")):
            held.wrote("Rules one.", one)
            held.wrote("Rules two.", two)
    for prompt in ("Rules one. At nine.", "Rules two. By tram."):
        assert held.shared(prompt) == len(prompt)


@pytest.mark.parametrize(("slots", "visits"), [(1, 1), (2, 1), (4, 2), (5, 2), (8, 4)])
def test_a_visit_needs_two_slots(slots: int, visits: int) -> None:
    assert Held(count, slots).visits == visits


def test_the_pace_follows_the_servers_times() -> None:
    held = Held(count)
    for _ in range(20):
        reading = held.read(tokens=500, new=100, seconds=0.1)
    assert held.pace == pytest.approx(1000, rel=0.01)
    assert (reading.tokens, reading.new, reading.ms) == (500, 100, 100)
    held.read(tokens=500, new=2, seconds=3.0)  # too few to tell anything
    assert held.pace == pytest.approx(1000, rel=0.01)


def test_a_restarted_server_has_read_everything() -> None:
    held = Held(count)
    seconds = 300 / FIRST_PACE
    assert held.read(tokens=300, new=20, seconds=seconds, load_s=2.0).new == 300
    assert held.read(tokens=300, new=20, seconds=0.7, load_s=2.0).new == 20


def test_steps_grow_evenly_and_end_between_words() -> None:
    found = steps(LONG, 50, count(LONG[50:]), 24)
    assert found[-1] == LONG
    assert all(later.startswith(former) for former, later in pairwise(found))
    assert all(step.endswith("word") for step in found[:-1])
    sizes = [count(b) - count(a) for a, b in zip([LONG[:50], *found], found, strict=False)]
    assert max(sizes) <= 24
    assert steps("short", 2, 1, 24) == ["short"]
