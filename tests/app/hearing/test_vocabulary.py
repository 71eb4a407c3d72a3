import pytest

from app.hearing.vocabulary import Name, Vocabulary

NAMES = Vocabulary(
    [
        *(Name("Wilhelmine"), Name("Anna Brandt"), Name("Brandt", frozenset({"brand"}))),
        *(Name("AppArmor"), Name("LibreOffice"), Name("KDE")),
    ]
)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("When does the wilhelmina sail?", "When does the Wilhelmine sail?"),
        ("When does the Will Helmina sail?", "When does the Wilhelmine sail?"),
        ("Who was anna brand?", "Who was Anna Brandt?"),
        ("who was brant", "who was Brandt"),
        ("Is app harmer there?", "Is AppArmor there?"),
        ("Which version of Libra Office?", "Which version of LibreOffice?"),
        ("The WILHELMINE, please", "The Wilhelmine, please"),
    ],
)
def test_names_are_found_by_sound_and_spelling(heard: str, meant: str) -> None:
    assert NAMES.correct(heard) == meant


@pytest.mark.parametrize(
    "heard",
    [
        *("Which brand is the tug?", "How much is a ticket?", "What can I do?", "", "?!"),
        *("When will you open?", "Who will help me?", "Is there a bank?", "Is it a KDE desktop?"),
        "Will he mind?",
    ],
)
def test_other_words_stay(heard: str) -> None:
    assert NAMES.correct(heard) == heard


def test_without_names_nothing_changes() -> None:
    assert Vocabulary().correct("will helmina") == "will helmina"
