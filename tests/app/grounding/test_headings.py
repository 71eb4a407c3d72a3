from dataclasses import replace

import pytest

from app.grounding.headings import beginnings_first, is_asked
from ingest.documents import Hit
from tests.app.grounding.samples import hit, passage


def under(heading: str, ordinal: int, score: float) -> Hit:
    found = hit(f"Passage {ordinal}.", score)
    return replace(found, passage=replace(found.passage, headings=(heading,), ordinal=ordinal))


@pytest.mark.parametrize(
    ("question", "heading", "asked"),
    [
        ("What is Debian?", "1.2. What is Debian GNU/Linux?", True),
        ("What is a package?", "What is a Debian package?", True),
        ("What is a package?", "What is meant by saying that a package suggests another?", False),
        ("How do I install a package?", "How do I build binary packages from a source?", False),
        ("What is it?", "What is Debian?", False),
        ("When?", "", False),
    ],
)
def test_a_heading_is_asked_for_by_most_of_its_own_words(
    question: str, heading: str, asked: bool
) -> None:
    assert is_asked(question, replace(passage("Text."), headings=(heading,))) is asked


def test_a_section_that_is_asked_for_is_read_from_its_beginning() -> None:
    asked, other = "What is Debian?", "How is it made?"
    hits = [under(asked, 4, 0.9), under(other, 8, 0.8), under(asked, 3, 0.7), under(other, 7, 0.6)]
    found = beginnings_first(hits, "what is debian")
    assert [each.passage.ordinal for each in found] == [3, 8, 4, 7]
    assert [each.score for each in found] == [0.9, 0.8, 0.7, 0.6]
