from app.visits.timeline import Step, steps

ANSWERED = {
    "understood_ms": 20, "searched_ms": 50, "ground_ms": 60, "first_token_ms": 400,
    "first_sentence_ms": 640, "total_ms": 900,
}  # fmt: skip
HEARD = {
    "spoken": True, "turn_ms": 600, "asked_ms": 450, "sentence_ms": 1095, "sound_ms": 1200,
    "stage_ms": 1210, "heard_ms": 1400,
}  # fmt: skip


def _spans(timings: dict[str, object]) -> dict[str, tuple[int, int]]:
    return {step.name: (step.begin_ms, step.end_ms) for step in steps(timings)}


def test_the_figures_of_the_answer_stand_where_the_agent_asked() -> None:
    assert _spans({**ANSWERED, "line": HEARD}) == {
        "end_of_turn": (0, 600),
        "rewrite": (450, 470),
        "search": (470, 500),
        "gate": (500, 510),
        "first_token": (510, 850),
        "first_sentence": (850, 1090),
        "synthesis": (1090, 1200),
        "stage": (1200, 1210),
        "heard": (1210, 1400),
    }


def test_an_answer_that_was_there_before_the_turn_was_over_waits_for_that() -> None:
    line = HEARD | {"turn_ms": 1150, "asked_ms": -100}
    spans = _spans({**ANSWERED, "line": line})
    assert spans["rewrite"] == (-100, -80)
    assert spans["first_sentence"] == (300, 540)
    assert spans["synthesis"] == (1150, 1200)


def test_what_did_not_happen_takes_no_time_and_no_place() -> None:
    greeting = {"understood_ms": 9, "searched_ms": None, "ground_ms": 10, "first_token_ms": None}
    line = {"spoken": False, "turn_ms": 3, "asked_ms": 5, "heard_ms": 40}
    assert steps({**greeting, "line": line}) == [
        Step(name="end_of_turn", begin_ms=0, end_ms=3),
        Step(name="rewrite", begin_ms=5, end_ms=14),
        Step(name="gate", begin_ms=14, end_ms=15),
        Step(name="heard", begin_ms=15, end_ms=40),
    ]


def test_clocks_that_disagree_make_no_step_end_before_it_begins() -> None:
    spans = _spans({**ANSWERED, "line": HEARD | {"sound_ms": 1000, "heard_ms": 1080}})
    assert spans["synthesis"] == (1090, 1090)
    assert spans["heard"][1] >= spans["heard"][0]


def test_there_is_no_line_of_what_was_not_heard() -> None:
    assert steps(ANSWERED) == []
