from typing import Any

from app.answering.tokens import control_tokens, counter


def bpe(pre: str = "qwen2", *, bos: bool = False) -> dict[str, Any]:
    """A vocabulary of letters, Ġ for the space, a few merges, and two control tokens."""
    letters = [*"abcdefghijklmnopqrstuvwxyz0123456789.", "Ġ", "Ã", "©", "Ċ"]
    merged = ["th", "the", "Ġthe", "12"]
    control = ["<|im_start|>", "<|im_end|>"]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": pre,
        "tokenizer.ggml.tokens": [*letters, *merged, *control],
        "tokenizer.ggml.token_type": [1] * len([*letters, *merged]) + [3, 3],
        "tokenizer.ggml.merges": ["t h", "th e", "Ġ the", "1 2"],
        "tokenizer.ggml.add_bos_token": bos,
    }


def test_a_byte_level_vocabulary_is_counted_exactly() -> None:
    count = counter(bpe())
    assert count("") == 0
    assert count("the the") == 2
    assert count("cat") == 3
    assert count("é") == 2
    assert count("<|im_start|>the<|im_end|>") == 3


def test_digits_are_cut_as_the_models_family_does() -> None:
    assert counter(bpe("qwen2"))("12") == 2
    assert counter(bpe("llama-bpe"))("12") == 1


def test_a_token_that_the_server_puts_first_is_counted() -> None:
    assert counter(bpe(bos=True))("the") == 2


def test_other_vocabularies_are_estimated_from_above() -> None:
    count = counter({"tokenizer.ggml.model": "llama"})
    assert count("") == 0
    assert count("The museum is open on Sundays.") > 8
    assert count("ééé") >= 3


def test_control_tokens_are_told_by_their_type() -> None:
    assert control_tokens(bpe()) == {"<|im_start|>", "<|im_end|>"}
    assert control_tokens({}) == frozenset()
