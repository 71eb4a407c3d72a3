from pathlib import Path

import pytest

from app.speaking.pronunciations import NONE, read_pronunciations

FILE = """
[all]
Qdrant = "quadrant"

[museum]
Quayside = "key side"

[museum.de]
Quayside = "kih seid"

[other]
Quayside = "never"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "words.toml"
    path.write_text(FILE)
    return path


def test_words_of_the_knowledge_base_and_those_of_all(path: Path) -> None:
    words = read_pronunciations(path, "museum")
    assert words.apply("Quayside and Qdrant, quayside", "en") == "key side and quadrant, quayside"
    assert words.apply("Quayside", "de") == "kih seid"
    assert read_pronunciations(path, None).apply("Quayside Qdrant", "en") == "Quayside quadrant"


def test_parts_of_words_stay(path: Path) -> None:
    assert read_pronunciations(path, "museum").apply("Quaysides", "en") == "Quaysides"


def test_no_file_changes_nothing() -> None:
    assert read_pronunciations(None, "museum") is NONE
    assert NONE.apply("Quayside", "en") == "Quayside"


def test_a_file_that_cannot_be_read_is_named_with_its_setting(path: Path) -> None:
    path.write_text("Quayside = ")
    with pytest.raises(ValueError, match="GROUNDLING_SPEECH__PRONUNCIATIONS"):
        read_pronunciations(path, None)
    path.write_text("[all]\nQuayside = 5")
    with pytest.raises(ValueError, match="Quayside = 5"):
        read_pronunciations(path, None)
