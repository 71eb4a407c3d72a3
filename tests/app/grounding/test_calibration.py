from collections.abc import Sequence

import pytest

from app.grounding.calibration import Calibration, off_topic
from app.grounding.gate import Question, gate_for
from app.phrases import LANGUAGES
from ingest.documents import Hit, SparseVector
from tests.app.grounding.samples import HOURS, HOURS_FR, hit

GATE = gate_for("intfloat/multilingual-e5-small")


class Pages:
    """Has one hit for everything, and one in French; counts what it is asked."""

    def __init__(self, cosine: float) -> None:
        self.cosine = cosine
        self.asked = 0

    async def found(self, text: str, lang: str, kb: str) -> tuple[Sequence[Hit], Question]:
        self.asked += 1
        nothing = SparseVector(indices=(), values=())
        hits = [hit(HOURS_FR, 0.95, lang="fr"), hit(HOURS, self.cosine)]
        return hits, Question(text=text, lang=lang, weights=nothing)


@pytest.mark.parametrize(("near", "own"), [(0.70, 0.82), (0.80, 0.84), (0.85, 0.86)])
async def test_pages_that_are_far_from_everything_are_asked_for_less(
    near: float, own: float
) -> None:
    gate = await Calibration(GATE, Pages(near).found).gate("museum", "en", 50)
    assert gate.own == pytest.approx(own)
    assert (gate.foreign, gate.doubt) == (GATE.foreign, GATE.doubt)


async def test_it_is_measured_again_when_the_pages_have_changed() -> None:
    pages = Pages(0.80)
    calibration = Calibration(GATE, pages.found)
    await calibration.gate("museum", "en", 50)
    once = pages.asked
    pages.cosine = 0.81
    assert (await calibration.gate("museum", "en", 55)).own == pytest.approx(0.84)
    assert pages.asked == once
    assert (await calibration.gate("museum", "en", 80)).own == pytest.approx(0.85)
    assert (await calibration.gate("other", "en", 80)).own == pytest.approx(0.85)
    assert pages.asked == 3 * once


async def test_what_was_set_by_hand_comes_on_top() -> None:
    gate = await Calibration(GATE.stricter(0.01), Pages(0.80).found).gate("museum", "en", 50)
    assert gate.own == pytest.approx(0.85)


async def test_nothing_is_measured_without_pages_or_for_a_model_nobody_knows() -> None:
    pages = Pages(0.80)
    assert await Calibration(GATE, pages.found).gate("museum", "en", 0) == GATE
    assert await Calibration(GATE, pages.found).gate("museum", "ja", 9) == GATE
    unknown = gate_for("somebody/else")
    assert await Calibration(unknown, pages.found).gate("museum", "en", 9) == unknown
    assert pages.asked == 0


def test_the_same_questions_are_there_in_every_language() -> None:
    assert off_topic().keys() == set(LANGUAGES)
    assert {len(set(questions)) for questions in off_topic().values()} == {16}
