from app.avatar.utterance import Sentence, Utterance


def _sentence(told: list[str], name: str) -> Sentence:
    return Sentence(
        name, lambda: told.append(f"{name} begins"), lambda: told.append(f"{name} leaves")
    )


def test_a_sentence_that_follows_a_pause_is_heard_when_it_sounds_and_not_before() -> None:
    told: list[str] = []
    utterance = Utterance()
    utterance.add(b"\1\1" * 50, [_sentence(told, "filler")])
    utterance.leave(0, 100)
    utterance.hear(0)
    utterance.hear(100)
    utterance.add(b"\2\2" * 50, [_sentence(told, "answer")])
    utterance.hear(100)
    assert told == ["filler leaves", "filler begins"]
    utterance.leave(100, 200)
    utterance.hear(102)
    utterance.hear(200)
    assert told[2:] == ["answer leaves", "answer begins"]


def test_a_sentence_leaves_with_the_part_that_it_begins_in() -> None:
    told: list[str] = []
    utterance = Utterance()
    utterance.add(b"\1\1" * 50, [_sentence(told, "one")])
    utterance.add(b"\2\2" * 50, [_sentence(told, "two")])
    utterance.leave(0, 100)
    assert told == ["one leaves"]
    utterance.leave(100, 200)
    assert told == ["one leaves", "two leaves"]
