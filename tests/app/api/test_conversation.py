from app.answering.template import Exchange
from app.api.conversation import Conversation, conversation
from app.api.wire import Said


def said(*lines: str) -> list[Said]:
    """Lines of the visitor, and those of the avatar behind a dash."""
    return [
        Said(role="avatar" if line.startswith("-") else "visitor", text=line.lstrip("- "))
        for line in lines
    ]


def test_what_nobody_has_answered_is_kept_apart() -> None:
    assert conversation(said("One?", "Two?")) == Conversation(
        history=(), unanswered=("One?", "Two?")
    )


def test_a_question_in_halves_is_one_exchange_with_its_answer() -> None:
    found = conversation(said("- Hello!", "When does it", "close?", "- At 6.", "- Or at 5."))
    exchange = Exchange(asked="When does it close?", answered="At 6. Or at 5.")
    assert found == Conversation(history=(exchange,))
