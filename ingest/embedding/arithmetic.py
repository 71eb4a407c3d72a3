"""The numbers that the embedding model computes with: 32 bits, bfloat16, or 8 bit integers.

multilingual-e5-small on one core of an AVX2 processor that knows no bfloat16; English paragraphs
of XQuAD, questions in English and German (2026-11-22, beside other work; `python -m bench
embedding` measures it anew):

| | passages/s | 160 paragraphs, 250 questions | 60 and 80 | best cosine moved by |
|---|---|---|---|---|
| 32 bits | 8.1 | .961 / .913 | .975 / .957 | |
| bfloat16 | 1.2 | | .975 / .957 | -.0001 |
| 8 bits | 9.8 | .961 / .914 | .971 / .945 | up to .002 |

(nDCG@10.) A fifth faster, for 0 to .012 of the ranking and vectors that depend a little on what is
in the same batch: 8 bits have to be asked for.
"""

import copy
import time
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from ingest.errors import EmbedderUnavailable

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Backend = Literal["fp32", "bf16", "int8"]

# bfloat16 is taken where the model's largest layer needs at most this share of the time: processors
# that know it need a third or less, others nine times as much.
_WORTH_IT = 0.7
_ROWS, _ROUNDS = 128, 3


def set_up(model: "SentenceTransformer", wanted: Literal["auto"] | Backend) -> Backend:
    """Make the model compute so, and say how it does now; `auto` chooses by a measurement.

    What is chosen by itself gives the same vectors: 32 bits, or bfloat16 where that is faster.
    8 bits are only taken when asked for, since their vectors are slightly others.
    """
    chosen = _faster(model) if wanted == "auto" else wanted
    if chosen == "bf16":
        _to_bfloat16(model)
    elif chosen == "int8":
        _to_int8(model)
    return chosen


def marked(name: str, backend: Backend) -> str:
    """The model's name as it stands for its vectors: those of 8 bits are a model of their own."""
    return f"{name}@int8" if backend == "int8" else name


def _faster(model: "SentenceTransformer") -> Backend:
    """A tenth of a second on a copy of the model's largest layer."""
    import torch

    layer = max((linear for _, _, linear in _linears(model)), key=_size, default=None)
    if layer is None:
        return "fp32"
    rows = torch.randn(_ROWS, layer.in_features)
    usual = _seconds(layer, rows)
    narrow = _seconds(copy.deepcopy(layer).to(torch.bfloat16), rows.to(torch.bfloat16))
    return "bf16" if narrow <= _WORTH_IT * usual else "fp32"


def _seconds(layer: "torch.nn.Linear", rows: "torch.Tensor") -> float:
    """The best of a few rounds, in time of the processor: what else runs here does not count."""
    import torch

    best = float("inf")
    with torch.inference_mode():
        for _ in range(_ROUNDS + 1):
            began = time.process_time()
            layer(rows)
            best = min(best, time.process_time() - began)
    return best


def _to_bfloat16(model: "SentenceTransformer") -> None:
    import torch

    def widen(_module: object, _given: object, features: dict[str, "torch.Tensor"]) -> None:
        # The mean over the tokens is taken in 32 bits; in 16 it would cost two digits.
        features["token_embeddings"] = features["token_embeddings"].float()

    model[0].to(torch.bfloat16)
    model[0].register_forward_hook(widen)


def _to_int8(model: "SentenceTransformer") -> None:
    """Linear layers in 8 bits, a scale a row, but for those that narrow.

    The input of those (behind the activation) has outliers that 8 bits cannot hold: with them
    nDCG@10 fell from .961 to .960 (English questions) and .913 to .895 (German ones), cosines to
    the vectors of 32 bits were .984; without them .961, .914 and .996.
    """
    try:
        from torch.ao.nn.quantized.dynamic import Linear
        from torch.ao.quantization import per_channel_dynamic_qconfig
    except ImportError as error:
        raise EmbedderUnavailable(
            f"This torch does not compute in 8 bits: {error}. Set GROUNDLING_EMBEDDER__BACKEND to "
            "auto, or install the torch of constraints.txt."
        ) from error
    for parent, name, linear in list(_linears(model)):
        if linear.in_features <= linear.out_features:
            linear.qconfig = per_channel_dynamic_qconfig  # type: ignore[assignment]
            with warnings.catch_warnings():
                # torch means to move this to another library; constraints.txt pins what has it.
                warnings.simplefilter("ignore", UserWarning)
                setattr(parent, name, Linear.from_float(linear))  # type: ignore[no-untyped-call]


def _linears(
    model: "SentenceTransformer",
) -> Iterator[tuple["torch.nn.Module", str, "torch.nn.Linear"]]:
    import torch

    for parent in model[0].modules():
        for name, child in parent.named_children():
            if type(child) is torch.nn.Linear:
                yield parent, name, child


def _size(layer: "torch.nn.Linear") -> int:
    return layer.in_features * layer.out_features
