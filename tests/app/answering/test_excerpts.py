from collections.abc import Sequence
from uuid import UUID

from app.answering.excerpts import Excerpts, shown
from app.answering.held import Held
from app.answering.preparation import Preparation
from app.answering.prompt import packer_for
from app.grounding.sentences import Excerpt
from app.settings import ModelSettings
from ingest.documents import Hit
from tests.app.grounding.samples import HOURS, hit
from tests.fakes.model import ScriptedModel

SETTINGS = ModelSettings(read_s=1.5)
NEAREST = "It is closed on Mondays."
FIRST = "The museum is open from Tuesday to Sunday, from 10 am to 6 pm."


class Grounder:
    """Cuts everything to the same sentence."""

    def __init__(self, sentence: str = NEAREST) -> None:
        self.sentence = sentence
        self.asked: list[str] = []

    async def excerpts(self, question: str, hits: Sequence[Hit]) -> dict[UUID, Excerpt]:
        self.asked.append(question)
        return {hit.passage.id: Excerpt(text=self.sentence, nearest=self.sentence) for hit in hits}


def held(pace: float) -> Held:
    model = ScriptedModel([])
    model.held.pace = pace
    return model.held


async def test_a_slow_model_is_shown_the_nearest_sentences() -> None:
    found = [hit(HOURS, 0.92)]
    excerpts = await Excerpts(Grounder(), SETTINGS).of("Open on Mondays?", found, held(5.0))
    assert shown(found[0], excerpts).text == NEAREST
    assert found[0].passage.text == HOURS


async def test_a_quick_one_is_shown_whole_passages_and_nothing_is_embedded() -> None:
    grounder, found = Grounder(), [hit(HOURS, 0.92)]
    excerpts = await Excerpts(grounder, SETTINGS).of("Open on Mondays?", found, held(2000.0))
    assert shown(found[0], excerpts).text == HOURS
    assert await Excerpts(grounder, SETTINGS).of("Open on Mondays?", [], held(5.0)) == {}
    assert grounder.asked == []


async def test_what_was_read_ahead_is_used_if_it_has_the_nearest_sentence() -> None:
    model = ScriptedModel([])
    packer, found = packer_for(model, SETTINGS), [hit(HOURS, 0.95)]
    excerpts = Excerpts(Grounder(FIRST), ModelSettings(read_s=0))
    early = await excerpts.of("When is", found, model.held)
    for nearest, again in ((FIRST, False), (NEAREST, True)):
        preparation = Preparation("t1", (), 0.01)
        preparation.heard("When is", final=False)
        preparation.saw(found, early)
        while prompt := preparation.step(packer, model.held, 999):
            preparation.read(prompt, await model.read(prompt))
        late = {found[0].passage.id: Excerpt(text=nearest, nearest=nearest)}
        evidence = preparation.evidence(found, (), packer, model.held, late)
        assert evidence.hits[0] == found[0]
        assert (NEAREST in evidence.texts[0]) == again
        assert (FIRST in evidence.texts[0]) != again


async def test_what_is_being_read_stays_as_it_is_if_it_has_the_nearest_sentence() -> None:
    model = ScriptedModel([])
    packer, found = packer_for(model, SETTINGS), [hit(HOURS, 0.95)]
    both = f"{FIRST} {'There are boats, engines, maps and a café by the water. ' * 3}{NEAREST}"
    for nearest, kept in ((NEAREST, True), ("It is free.", False)):
        preparation = Preparation("t1", (), 0.01)
        preparation.saw(found, {found[0].passage.id: Excerpt(text=both, nearest=FIRST)})
        # The opening, and a step into the passage.
        read = ""
        while "Tuesday" not in read.rpartition("Passages:")[2]:
            model.held.pace = 5.0
            read = preparation.step(packer, model.held, 999) or ""
            preparation.read(read, await model.read(read))
        assert not read.endswith(NEAREST)
        late = {found[0].passage.id: Excerpt(text=nearest, nearest=nearest)}
        evidence = preparation.evidence(found, (), packer, model.held, late)
        assert (FIRST in evidence.texts[0]) == kept
