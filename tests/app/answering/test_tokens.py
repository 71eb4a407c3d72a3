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


def sentencepiece(**more: Any) -> dict[str, Any]:
    """A few pieces with scores, the better the earlier; "é" has to be read byte by byte."""
    normal = ["▁t", "he", "▁the", "▁", *"thecain", "in"]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": ["<unk>", "<bos>", "\n\n", *normal, "<0xC3>", "<0xA9>"],
        "tokenizer.ggml.scores": [0.0, 0.0, 0.0, *(-float(n) for n in range(len(normal))), 0, 0],
        "tokenizer.ggml.token_type": [2, 3, 4, *([1] * len(normal)), 6, 6],
        "tokenizer.ggml.add_bos_token": False,
    } | more


def test_a_sentencepiece_vocabulary_is_counted_exactly() -> None:
    count = counter(sentencepiece())
    assert count("") == 0
    assert count("the") == 1  # ▁ is put before it
    assert count("the the") == 2
    assert count("cat") == 4  # ▁ c a t
    assert count("caté") == 6
    assert count("the\n\n<bos>in") == 5  # ▁the, the two marks, ▁, in
    bare = {f"tokenizer.ggml.{name}": False for name in ("add_space_prefix", "add_bos_token")}
    assert counter(sentencepiece(**bare))("the") == 2  # t, he
    assert counter(sentencepiece(**{"tokenizer.ggml.add_bos_token": True}))("the") == 2
    assert control_tokens(sentencepiece()) == {"<bos>"}


def test_other_vocabularies_are_estimated_from_above() -> None:
    count = counter({"tokenizer.ggml.model": "llama"})
    assert count("") == 0
    assert count("The museum is open on Sundays.") > 8
    assert count("ééé") >= 3


def test_control_tokens_are_told_by_their_type() -> None:
    assert control_tokens(bpe()) == {"<|im_start|>", "<|im_end|>"}
    assert control_tokens({}) == frozenset()
