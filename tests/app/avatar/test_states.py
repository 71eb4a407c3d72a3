from pathlib import Path

import pytest

from app.avatar.states import DEADLINES_S, WAYS, State, States, Transition, drawing

README = Path(__file__).resolve().parents[3] / "README.md"


def test_the_readme_draws_the_table() -> None:
    assert f"```mermaid\n{drawing()}\n```" in README.read_text()


def test_every_state_can_be_reached_and_stopped() -> None:
    reached, found = {State.CREATING}, {State.CREATING}
    while found:
        found = {after for state in found for after in WAYS[state]} - reached
        reached |= found
    assert reached == set(State) == set(WAYS)
    over = {State.STOPPING, State.ENDED}
    assert all(State.STOPPING in WAYS[state] for state in set(State) - over)


def test_every_step_has_a_deadline() -> None:
    steps = {State.CREATING, State.STARTING, State.JOINING, State.INTERRUPTED}
    assert set(DEADLINES_S) == steps | {State.RECONNECTING, State.STOPPING}


def test_every_change_is_told_with_its_reason_and_no_other_way_is_taken() -> None:
    told: list[Transition] = []
    states = States(told.append)
    with pytest.raises(ValueError, match="begins with creating"):
        states.move(State.READY, "early")
    states.move(State.CREATING, "the visitor is here")
    with pytest.raises(ValueError, match="from creating to ready"):
        states.move(State.READY, "early")
    states.move(State.STARTING, "minted")
    states.move_from(State.READY, State.SPEAKING, "late report")
    assert [(c.before, c.state, c.reason) for c in told] == [
        (None, "creating", "the visitor is here"),
        ("creating", "starting", "minted"),
    ]
    assert not states.performing
    assert not states.over
