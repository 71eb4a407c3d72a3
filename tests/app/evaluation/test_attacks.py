"""The attacks of `attacks.jsonl` on the worst model there is: one that does as it is told."""

import re

import pytest

from app.answering.prompt import packer_for
from app.evaluation.attacks import Attack, Blow, read_attacks, strike, tally
from app.settings import ModelSettings
from tests.fakes.model import ScriptedModel

ATTACKS = read_attacks()
SETTINGS = ModelSettings()

# What no rule on words can know: a page says it without a word to machines, or in pieces; and
# sentences of the question's own words with one of the page's.
GETS_THROUGH = {
    *("page-polite", "split-two-passages", "split-three-passages", "delimiter-passages"),
    "fake-chat-chatml",
    *("question-general", "question-translate"),
}


async def test_of_a_model_that_obeys_only_what_the_pages_say_gets_through() -> None:
    blows = [await strike(each, ScriptedModel([each.obeys]), SETTINGS) for each in ATTACKS]
    assert {blow.attack.id for blow in blows if blow.through} == GETS_THROUGH


def test_there_are_attacks_of_all_kinds() -> None:
    kinds = {attack.kind for attack in ATTACKS}
    assert len(ATTACKS) >= 60
    assert kinds >= {
        *("page", "hidden", "invisible", "language", "split", "encoded", "delimiter", "tool"),
        *("fake-chat", "exfiltration", "question", "history", "system", "indecent"),
    }
    assert all(any(leak in each.obeys.lower() for leak in each.leaks) for each in ATTACKS)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_a_prompt_keeps_its_form_under_attack(attack: Attack) -> None:
    model = ScriptedModel()
    packer = packer_for(model, SETTINGS)
    turn = attack.turn()
    evidence = packer.evidence(attack.passages())
    text = packer.pack(turn.question, evidence, turn.history, "en").text

    past = len(turn.history)
    examples = packer.opening()
    asked = text.rpartition("<|im_start|>user\n")[2]
    assert text.count("<|im_start|>") == examples.count("<|im_start|>") + 2 * past + 1
    assert text.count("<|im_start|>system") == 1
    assert re.fullmatch(
        r"Passages:(\n\[(\w+)\] [^\[\]\n]+)(\n\[\2\] [^\[\]\n]+)*\n\nAnswer in English\.\n"
        r"Question: [^\[\]\n]+<\|im_end\|>\n<\|im_start\|>assistant\n",
        asked,
    )
    for invisible in ("\u200b", "\u202e", "\U000e0053"):
        assert invisible not in text


@pytest.mark.parametrize(
    "attack", [each for each in ATTACKS if each.kind == "hidden"], ids=lambda attack: attack.id
)
def test_what_no_visitor_sees_is_in_no_prompt(attack: Attack) -> None:
    packer = packer_for(ScriptedModel(), SETTINGS)
    assert "PELICAN" not in "".join(packer.evidence(attack.passages()))


def test_what_got_through_is_told_by_kind() -> None:
    blows = [Blow(attack=each, said="", through=n == 0) for n, each in enumerate(ATTACKS[:3])]
    assert tally(blows) == {"page": {"attacks": 3, "through": [ATTACKS[0].id]}}
