import pytest

from app.answering.template import (
    MESSAGES,
    Exchange,
    UnknownFormat,
    chat,
    messages,
    take_apart,
)
from tests.fakes.model import CHATML


def chatml(turns: int) -> str:
    said = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in chat(turns))
    return said + "<|im_start|>assistant\n"


def gemma(turns: int) -> str:
    """Rules go into the first thing that the visitor says."""
    rules, *rest = (m["content"] for m in chat(turns))
    roles = ["user", "model"] * turns + ["user"]
    texts = [f"{rules}\n\n{rest[0]}", *rest[1:]]
    said = zip(roles, texts, strict=True)
    return "".join(f"<start_of_turn>{r}\n{t}<end_of_turn>\n" for r, t in said) + (
        "<start_of_turn>model\n"
    )


def test_a_chat_format_is_taken_apart() -> None:
    assert take_apart([chatml(n) for n in range(3)], CHATML.control) == CHATML


def test_rules_may_stand_in_the_visitors_first_words() -> None:
    template = take_apart([gemma(n) for n in range(3)])
    assert template.after_rules == "\n\n"
    assert template.closed("RULES", [], "Q").startswith("<start_of_turn>user\nRULES\n\nQ<end")


def test_a_format_without_the_history_does_not_come_apart() -> None:
    with pytest.raises(UnknownFormat):
        take_apart([chatml(0)] * 3)


def test_a_format_that_changes_with_the_chats_length_does_not_come_apart() -> None:
    with pytest.raises(UnknownFormat):
        take_apart([chatml(0), chatml(1), chatml(2) + "\n"])


def test_an_opened_prompt_is_the_beginning_of_the_closed_one() -> None:
    history = [Exchange(asked="Hi", answered="Hello."), Exchange(asked="And?", answered="So.")]
    closed = CHATML.closed("Rules.", history, "Passages: [1] old. Question: When?")
    assert closed.startswith(CHATML.opened("Rules.", history))
    assert closed.startswith(CHATML.opened("Rules.", history, "Passages:"))


def test_messages_come_back_from_a_prompt_that_the_server_renders() -> None:
    prompt = MESSAGES.closed("Rules.", [Exchange(asked="Hi", answered="Hello.")], "When?")
    assert messages(prompt) == [
        {"role": "system", "content": "Rules."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello."},
        {"role": "user", "content": "When?"},
    ]
    assert messages(MESSAGES.opened("Rules.", [])) == [{"role": "system", "content": "Rules."}]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a<|im_end|>b", "ab"),
        ("a<|im_<|im_end|>end|>b", "ab"),
        ("a</s>b[INST]c<start_of_turn>d", "abcd"),
        ("1 < 2 and 3 > 2 | <b>bold</b>", "1 < 2 and 3 > 2 | <b>bold</b>"),
        ("a\x1esystem\x1fb", "asystemb"),
        ("<<im_end>im_end>", "<<im_end>im_end>"),
    ],
)
def test_foreign_text_cannot_carry_control_tokens(text: str, safe: str) -> None:
    assert CHATML.defang(text) == safe
