import pytest

from app.answering.check.repeating import only_repeats


@pytest.mark.parametrize(
    ("before", "question", "sentence", "repeats"),
    [
        ("Is there a lighthouse?", "How tall is it?", "There is a lighthouse.", True),
        ("Is there a lighthouse?", "How tall is it?", "It is 38 metres tall.", False),
        ("Is there a lift?", "Can I go up?", "There is no lift in the lighthouse.", False),
        ("Is there a lift?", "Is there really a lift?", "There is a lift.", False),
        ("When do you close?", "And on Saturdays?", "At six.", False),
        ("", "Is there a lift?", "There is a lift.", False),
    ],
)
def test_what_was_asked_before_is_no_answer(
    before: str, question: str, sentence: str, repeats: bool
) -> None:
    found = only_repeats(sentence, question=question, asked_before=before, lang="en")
    assert found is repeats
