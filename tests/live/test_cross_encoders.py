"""Cross-encoders from a folder: a tiny one with random weights, made here."""

from pathlib import Path

import pytest

from ingest.embedding.entailment import open_entailment
from ingest.embedding.reranking import open_reranker
from ingest.errors import EmbedderUnavailable

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "museum", "opens", "at", "nine", "dogs", "when"]


def make(folder: Path, labels: list[str]) -> str:
    """A BERT of one layer; returns its folder."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizer

    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, max_position_embeddings=64,
        id2label=dict(enumerate(labels)), label2id={name: n for n, name in enumerate(labels)},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return str(folder)


async def test_a_reranker_scores_every_passage(tmp_path: Path) -> None:
    async with open_reranker(make(tmp_path / "m", ["score"])) as reranker:
        assert reranker is not None
        scores = await reranker.score("when", ["museum opens at nine", "dogs", "museum"])
        assert [0 < score < 1 for score in scores] == [True] * 3
        assert await reranker.score("when", []) == []


async def test_entailment_is_a_probability(tmp_path: Path) -> None:
    folder = make(tmp_path / "m", ["contradiction", "entailment", "neutral"])
    async with open_entailment(folder) as model:
        assert model is not None
        assert 0 < model.entails("museum opens at nine", "museum opens") < 1


async def test_without_a_folder_there_is_none() -> None:
    async with open_reranker(None) as reranker, open_entailment(None) as entailment:
        assert (reranker, entailment) == (None, None)


async def test_a_folder_without_a_model_is_named_with_its_setting(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="GROUNDLING_GROUNDING__RERANKER"):
        async with open_reranker(str(tmp_path)):
            pass
    with pytest.raises(EmbedderUnavailable, match="GROUNDLING_CHECK__ENTAILMENT"):
        async with open_entailment(str(tmp_path)):
            pass
