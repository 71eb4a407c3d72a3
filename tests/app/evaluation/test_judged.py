import json
from pathlib import Path

import pytest

from app.evaluation.beir import BadSet
from app.evaluation.judged import read_judged


def write_set(folder: Path, each: int = 4) -> Path:
    """A set of questions about ten pools; every second one has its answer among them."""
    folder.mkdir()
    for name, kind in (("relevant", True), ("non_relevant", False)):
        rows = [
            {
                "query_id": f"{name}-{n}",
                "query": f"When does pool {n} open?" if kind else f"Who built pool {n}?",
                "docids": [f"{n}-a", f"{n}-b"],
                "passages": [f"Pool {n}: It opens at {n} o'clock.", "No title here"],
                "answerable": kind,
            }
            for n in range(1, each + 1)
        ]
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_questions_come_with_their_passages(tmp_path: Path) -> None:
    data = read_judged(write_set(tmp_path / "en"))
    assert data.name == "en"
    assert [question.answerable for question in data.questions] == [True] * 4 + [False] * 4
    first, second = data.questions[0].entries
    assert (first.id, first.title, first.text) == ("1-a", "Pool 1", "It opens at 1 o'clock.")
    assert (second.title, second.text) == ("", "No title here")


def test_a_sample_is_spread_evenly_over_both_kinds(tmp_path: Path) -> None:
    data = read_judged(write_set(tmp_path / "en")).sampled(2)
    assert [question.id for question in data.questions] == [
        "relevant-1", "relevant-3", "non_relevant-1", "non_relevant-3",
    ]  # fmt: skip
    assert len(read_judged(tmp_path / "en").sampled(9).questions) == 8


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"query_id": "1"}', '{"query_id": 1, "query": "", "docids": [1]}']
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    folder = write_set(tmp_path / "en")
    with (folder / "non_relevant.jsonl").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(BadSet, match=r"non_relevant\.jsonl, line 5"):
        read_judged(folder)
