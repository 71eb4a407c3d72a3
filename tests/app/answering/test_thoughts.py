import pytest

from app.answering.thoughts import Thoughts, ends_thinking


def said(text: str, prompt: str = "", size: int = 1) -> str:
    """What is said of a text that comes in pieces of `size` letters."""
    thoughts = Thoughts(prompt)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    return "".join([*map(thoughts.feed, pieces), thoughts.flush()])


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("It opens at ten.", "It opens at ten."),
        ("<think>Hm. They ask.</think>\nAt ten.", "\nAt ten."),
        ("<think>Hm. They ask for", ""),
        ("At ten.<think>Or not?", "At ten."),
        ("<think>a</think>One. <think>b</think>Two.", "One. Two."),
        ("<THINK>a</Think>One.", "One."),
        ("[THINK]a [b]</b>[/THINK]One.", "One."),
        ("<reasoning>a</reasoning>One.", "One."),
        ("<thought>a</thought><answer>One.</answer>", "One."),
        ("<seed:think>a</seed:think>One.", "One."),
        ("◁think▷a◁/think▷One.", "One."),
        ("<|START_THINKING|>a<|END_THINKING|><|START_RESPONSE|>One.<|END_RESPONSE|>", "One."),
        ("<unused94>thought\na<unused95>One.", "One."),
        ("<|begin_of_thought|>a<|end_of_thought|>One.", "One."),
        (
            "<|channel|>analysis<|message|>They ask.<|end|><|start|>assistant<|channel|>final"
            "<|message|>One.<|return|>",
            "One.",
        ),
        ("<|channel|>commentary<|message|>Tools?<|end|><|channel|>final<|message|>One.", "One."),
        ("<|channel|>analysis<|message|>They ask. <think>", ""),
        ("<|channel>thought\na<channel|>One.", "One."),
        ("<think>a</reasoning>b</think>One.", "One."),
        ("3 < 4, <b>bold</b>, [1] and [TH", "3 < 4, <b>bold</b>, [1] and [TH"),
        ("One.</think>", "One."),
    ],
)
def test_only_the_answer_is_said(text: str, answer: str, size: int) -> None:
    assert said(text, size=size) == answer


def test_a_thought_that_the_prompt_begins_is_not_said() -> None:
    assert said("They ask.</think>At ten.", prompt="<|assistant|><think>\n") == "At ten."
    assert said("They ask.", prompt="<|assistant|><think>\n") == ""
    assert said("At ten.", prompt="<|assistant|><think>\n\n</think>\n\n") == "At ten."


def test_what_cannot_be_a_mark_is_said_at_once() -> None:
    thoughts = Thoughts()
    assert thoughts.feed("At <") == "At "
    assert thoughts.feed("b") == "<b"
    assert not thoughts.seen


def test_a_prompt_tells_whether_thinking_is_over() -> None:
    assert ends_thinking("<|im_start|>assistant\n<think>\n\n</think>\n\n")
    assert not ends_thinking("<|im_start|>assistant\n<think>\n")
    assert not ends_thinking("<|end|><|start|>assistant<|end|>")
