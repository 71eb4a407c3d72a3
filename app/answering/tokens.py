"""Counting tokens as the model does, from the vocabulary that its file carries."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

from app.answering.pieces import piece_counter
from app.answering.template import FRAME, FRAMED

Count = Callable[[str], int]

_NORMAL, _CONTROL, _USER_DEFINED = 1, 3, 4

# How a text is cut before its parts are looked up; formats differ in how they cut digits.
_CUT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}DIGITS"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_ONE_DIGIT = re.compile(r"qwen|deepseek|smollm|starcoder|refact|command-r")

_FRAME = re.compile(rf"{FRAME}[^{FRAME}{FRAMED}]*{FRAMED}")

# Bytes a token, for vocabularies of neither kind: those of others need 3.2 to 4.5 in European
# languages, so this counts too many rather than too few.
_BYTES_A_TOKEN = 2.5


def control_tokens(info: Mapping[str, Any]) -> frozenset[str]:
    """The texts that the model reads as control tokens, of a model's `model_info`."""
    tokens, types = _vocabulary(info)
    return frozenset(
        token for token, kind in zip(tokens, types, strict=False) if kind == _CONTROL and token
    )


def counter(info: Mapping[str, Any]) -> Callable[[str], int]:
    """What counts a text's tokens: exact for byte-level BPE and SentencePiece, else an estimate."""
    tokens, types = _vocabulary(info)
    if info.get("tokenizer.ggml.model") == "llama" and tokens and info.get("tokenizer.ggml.scores"):
        return _sentencepiece(info, tokens, types)
    merges = info.get("tokenizer.ggml.merges")
    if info.get("tokenizer.ggml.model") != "gpt2" or not tokens or not merges:
        return _estimate
    tokenizer = _bpe(tokens, types, merges, str(info.get("tokenizer.ggml.pre", "")))
    first = 1 if info.get("tokenizer.ggml.add_bos_token") else 0

    def count(text: str) -> int:
        return first + len(tokenizer.encode(text, add_special_tokens=False).ids)

    return count


def _sentencepiece(info: Mapping[str, Any], tokens: list[str], types: list[int]) -> Count:
    kinds = list(zip(tokens, info["tokenizer.ggml.scores"], types, strict=False))
    normal = [(token, score) for token, score, kind in kinds if kind == _NORMAL]
    return piece_counter(
        [token for token, _ in normal],
        [score for _, score in normal],
        [token for token, _, kind in kinds if kind in (_CONTROL, _USER_DEFINED)],
        first=1 if info.get("tokenizer.ggml.add_bos_token", True) else 0,
        prefix=bool(info.get("tokenizer.ggml.add_space_prefix", True)),
    )


def framed(count: Count, *, base: int, exchange: int) -> Count:
    """Counting for prompts of messages (`template.MESSAGES`), which the server puts in frames.

    `base` is what it adds to rules and a question, `exchange` what to one more exchange.
    """

    def counted(text: str) -> int:
        parts = _FRAME.split(text)
        whole = text.startswith(FRAME)
        frames = math.ceil(exchange / 2 * (len(parts) - 1 - 2 * whole))
        return sum(map(count, filter(None, parts))) + max(0, frames) + base * whole

    return counted


def _bpe(tokens: list[str], types: list[int], merges: list[str], cut: str) -> Tokenizer:
    vocabulary = {token: number for number, token in enumerate(tokens)}
    pairs = [(left, right) for left, right in (merge.split(" ", 1) for merge in merges)]
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=pairs))
    pattern = _CUT.replace("DIGITS", "" if _ONE_DIGIT.search(cut) else "{1,3}")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    special = [
        AddedToken(token, special=True, normalized=False)
        for token, kind in zip(tokens, types, strict=False)
        if kind in (_CONTROL, _USER_DEFINED)
    ]
    tokenizer.add_special_tokens(special)
    return tokenizer


def _vocabulary(info: Mapping[str, Any]) -> tuple[list[str], list[int]]:
    return info.get("tokenizer.ggml.tokens") or [], info.get("tokenizer.ggml.token_type") or []


def _estimate(text: str) -> int:
    return math.ceil(len(text.encode()) / _BYTES_A_TOKEN) + 1 if text else 0
