from pathlib import Path

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from ingest.embedding.entailment import open_entailment
from ingest.errors import EmbedderUnavailable


async def test_without_a_folder_there_is_none() -> None:
    async with open_entailment(None) as entailment:
        assert entailment is None


async def test_a_folder_without_a_model_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="GROUNDLING_CHECK__ENTAILMENT"):
        async with open_entailment(str(tmp_path)):
            pass


async def test_a_cross_encoder_says_how_likely_it_is(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    words = ["[PAD]", "[UNK]", "it", "is", "open"]
    tokens = models.WordLevel({word: n for n, word in enumerate(words)}, unk_token="[UNK]")
    tokenizer = Tokenizer(tokens)
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    labels = {0: "contradiction", 1: "entailment", 2: "neutral"}
    config = BertConfig(
        vocab_size=len(words), hidden_size=8, num_hidden_layers=1, num_attention_heads=1,
        intermediate_size=8, id2label=labels, label2id={name: n for n, name in labels.items()},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(tmp_path)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", model_max_length=16
    ).save_pretrained(tmp_path)
    async with open_entailment(str(tmp_path)) as entailment:
        assert entailment is not None
        assert 0.0 < entailment.entails("it is open", "open") < 1.0
