import json
from pathlib import Path

import pytest

from app.evaluation.beir import BadSet, read_set


def write(folder: Path, *, corpus: str = "", judged: str = "") -> Path:
    rows = [{"_id": f"p{n}", "title": "", "text": f"text {n}"} for n in range(10)]
    (folder / "corpus.jsonl").write_text(corpus or "\n".join(map(json.dumps, rows)))
    asked = [{"_id": f"q{n}", "text": f"|user|: what {n}?"} for n in range(4)]
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, asked)))
    (folder / "queries_rewrite.jsonl").write_text(json.dumps(asked[0]))
    (folder / "qrels.tsv").write_text(
        judged or "query-id\tcorpus-id\tscore\nq0\tp3\t1\nq1\tp4\t0\n"
    )
    return folder


def test_reads_corpus_questions_and_judgements(tmp_path: Path) -> None:
    data = read_set(write(tmp_path))
    assert len(data.entries) == 10
    assert {name: len(asked) for name, asked in data.questions.items()} == {"": 4, "rewrite": 1}
    assert data.questions[""][0].text == "what 0?"
    assert data.relevant == {"q0": {"p3": 1}}


def test_of_a_dialogue_the_last_turn_is_asked_after_the_others(tmp_path: Path) -> None:
    turns = "|user|:  Who owns the mill?\n|user|: And\nthe tower?\n|user|: Why?"
    (write(tmp_path) / "queries.jsonl").write_text(json.dumps({"_id": "q0", "text": turns}))
    [question] = read_set(tmp_path).questions[""]
    assert question.text == "Why?"
    assert question.before == ("Who owns the mill?", "And\nthe tower?")


def test_a_sample_keeps_what_answers_its_questions(tmp_path: Path) -> None:
    sample = read_set(write(tmp_path)).sampled(2, entries=3)
    assert [question.id for question in sample.questions[""]] == ["q0", "q2"]
    assert "p3" in {entry.id for entry in sample.entries}
    assert len(sample.entries) == 3


def test_the_digest_changes_with_the_data(tmp_path: Path) -> None:
    before = read_set(write(tmp_path)).digest
    assert read_set(tmp_path).digest == before
    (tmp_path / "queries.jsonl").write_text('{"_id": "q0", "text": "who?"}')
    assert read_set(tmp_path).digest != before


@pytest.mark.parametrize(
    ("corpus", "judged", "why"),
    [
        ('{"_id": "a"}', "", r"corpus\.jsonl, line 1: 'text' is missing"),
        ("{", "", r"corpus\.jsonl, line 1"),
        ("", "head\nq0 p1 1", r"qrels\.tsv, line 2"),
    ],
)
def test_a_broken_file_is_named_with_its_line(
    tmp_path: Path, corpus: str, judged: str, why: str
) -> None:
    with pytest.raises(BadSet, match=why):
        read_set(write(tmp_path, corpus=corpus, judged=judged))


def test_a_folder_without_a_set_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadSet, match=r"corpus\.jsonl, qrels\.tsv is missing"):
        read_set(tmp_path)
