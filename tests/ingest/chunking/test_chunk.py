"""Passages: what stays together, what is parted, and that nothing is lost or too long."""

import re
from datetime import UTC, date, datetime
from itertools import chain, pairwise

import pytest

from ingest.chunking.chunk import Chunker, revise
from ingest.documents import Article, Passage
from ingest.settings import ChunkSettings

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def count(text: str) -> int:
    return len(re.findall(r"\w+|[^\w\s]", text))


def chunk(
    text: str,
    *,
    title: str = "Museum",
    lang: str = "en",
    target: int = 40,
    limit: int = 100,
    overlap: int = 0,
    anchors: dict[tuple[str, ...], str] | None = None,
) -> list[Passage]:
    article = Article(
        url="https://m.example/", title=title, lang=lang, text=text, anchors=anchors or {}
    )
    settings = ChunkSettings(target_tokens=target, limit_tokens=limit, overlap_tokens=overlap)
    passages = Chunker(settings, count).chunk(article, kb="k", source="s", fetched_at=NOW)
    assert [passage.ordinal for passage in passages] == list(range(len(passages)))
    assert all(count(passage.embedded_text) <= limit for passage in passages)
    assert all(re.search(r"\w", passage.text) for passage in passages)
    return passages


def test_headings_part_passages_and_stay_out_of_their_text() -> None:
    passages = chunk(
        "Welcome.\n\n# Museum\n\nA house.\n\n## Hours\n\nNine to five.\n\n### Winter\n\nTen."
    )
    assert [(p.headings, p.text) for p in passages] == [
        ((), "Welcome."),
        ((), "A house."),
        (("Hours",), "Nine to five."),
        (("Hours", "Winter"), "Ten."),
    ]
    assert passages[-1].embedded_text == "Museum › Hours › Winter\nTen."


def test_headings_lose_their_marks_but_not_their_signs() -> None:
    (passage,) = chunk("## **Bold** [link](x) / `C#` ##\n\nText.")
    assert passage.headings == ("Bold link / C#",)


def test_a_passage_points_at_its_section_or_the_nearest_around_it() -> None:
    anchors = {("Hours",): "hours", ("Hours", "Winter"): "winter", ("Other",): "other"}
    passages = chunk(
        "# Museum\n\n## Hours\n\nA.\n\n### Winter\n\nB.\n\n### Summer\n\nC.\n\n## Arrival\n\nD.",
        anchors=anchors,
    )
    assert [p.anchor for p in passages] == ["hours", "winter", "hours", ""]


def test_small_paragraphs_are_joined_up_to_the_target() -> None:
    passages = chunk("\n\n".join(f"Paragraph {n} has just seven words here." for n in range(10)))
    assert [count(p.text) for p in passages] == [40, 40]


def test_a_last_scrap_goes_with_what_is_before_it() -> None:
    passages = chunk("\n\n".join(f"Paragraph {n} has just seven words here." for n in range(6)))
    assert [count(p.text) for p in passages] == [48]


def test_sections_are_never_joined() -> None:
    assert len(chunk("## A\n\nOne.\n\n## B\n\nTwo.")) == 2


def test_long_text_is_cut_between_sentences() -> None:
    sentences = [f"This is sentence number {n}, of eleven tokens." for n in range(20)]
    passages = chunk(" ".join(sentences))
    assert " ".join(p.text for p in passages) == " ".join(sentences)
    assert all(p.text.endswith(".") and p.text.startswith("This") for p in passages)
    assert len(passages) > 1


def test_sentences_end_where_the_language_ends_them() -> None:
    sentence = "Am Montag, d. h. am 5. Mai, öffnet Hr. Meier z. B. um acht Uhr."
    passages = chunk(" ".join([sentence] * 6), lang="de", target=30)
    assert all(p.text.startswith("Am Montag") for p in passages)


def test_a_language_without_rules_of_its_own_is_cut_all_the_same() -> None:
    passages = chunk("開館時間は九時です。" * 40, lang="ja", target=20, limit=40)
    assert "".join(p.text for p in passages) == "開館時間は九時です。" * 40


def test_the_pages_own_date_goes_with_its_passages() -> None:
    day = date(2026, 5, 1)
    article = Article(url="u", title="T", lang="en", text="Text.", page_date=day)
    (passage,) = Chunker(ChunkSettings(), count).chunk(article, kb="k", source="s", fetched_at=NOW)
    assert passage.page_date == day


def test_parts_of_a_paragraph_overlap_by_whole_sentences() -> None:
    sentences = [f"This is sentence number {n}, of eleven tokens." for n in range(12)]
    passages = chunk(" ".join(sentences), overlap=14)
    found = [re.findall(r"This [^.]*\.", p.text) for p in passages]
    assert len(found) > 2
    assert all(before[-1] == after[0] for before, after in pairwise(found))
    assert list(dict.fromkeys(chain.from_iterable(found))) == sentences
    assert all(count(p.text) <= 40 + 14 for p in passages[:-1])


def test_nothing_but_parts_of_a_paragraph_overlaps() -> None:
    words = " ".join(f"Sentence {n} of a paragraph." for n in range(4))
    items = "\n".join(f"- Item {n}. It has two sentences." for n in range(12))
    for text in (
        f"{words} One.\n\n{words} Two.\n\n{words} Three.",
        items,
        f"{TABLE}{rows(20)}",
        "```\n" + "\n\n".join(f"Call {n}. Then stop {n}." for n in range(20)) + "\n```",
    ):
        assert [p.text for p in chunk(text, overlap=20)] == [p.text for p in chunk(text)]
        assert len(chunk(text)) > 1


def test_a_scrap_of_the_same_paragraph_goes_on_in_its_line() -> None:
    sentences = " ".join(f"This is sentence number {n}, of eleven tokens." for n in range(3))
    (passage,) = chunk(f"{sentences} The end.", overlap=12)
    assert passage.text == f"{sentences} The end."


def test_what_announces_is_never_the_end() -> None:
    before = "This paragraph comes before it and fills a passage nearly, so that little is left."
    listed = "\n".join(f"- a thing called {n}" for n in range(4))
    passages = chunk(f"{before * 2}\n\nBring these:\n\n{listed}")
    assert passages[-1].text == f"Bring these:\n\n{listed}"


def test_a_last_line_that_announces_nothing_is_kept() -> None:
    assert [p.text for p in chunk("Some text.\n\nAnd then:")] == ["Some text.\n\nAnd then:"]


def test_a_question_stays_with_its_answer() -> None:
    pairs = [
        f"**May I bring guest {n}?**\n\nYes, one guest may come along with you, number {n}, if "
        "both of you stay in sight of the pool and wear caps."
        for n in range(4)
    ]
    passages = chunk("\n\n".join(pairs))
    assert [p.text for p in passages] == pairs


def test_an_answer_below_a_question_stays_whole_up_to_twice_the_target() -> None:
    answer = "\n\n".join(f"Walk along street {n} until the next corner." for n in range(7))
    (passage,) = chunk(f"## How do I get there?\n\n{answer}\n\n- by day\n- by night")
    assert passage.headings == ("How do I get there?",)
    assert 40 < count(passage.text) <= 80
    assert passage.text.startswith(answer)
    (line,) = chunk(f"How do I get there?\n\n{' '.join(answer.split())}")
    assert 40 < count(line.text) <= 80
    assert len(chunk(f"## The way\n\n{answer}")) > 1
    assert len(chunk(f"## How do I get there?\n\n{answer}\n\n{answer}")) > 1


def test_every_part_of_a_long_answer_says_what_was_asked() -> None:
    question = "How do I get there?"
    answer = " ".join(f"Walk along street {n} until the next corner." for n in range(12))
    passages = chunk(f"Welcome.\n\n{question}\n\n{answer}")
    assert passages[0].text == "Welcome."
    assert len(passages) > 2
    assert all(p.text.startswith(f"{question}\n\nWalk along") for p in passages[1:])
    assert " ".join(p.text.removeprefix(f"{question}\n\n") for p in passages[1:]) == answer


def test_a_question_in_the_middle_of_prose_is_prose() -> None:
    text = "Why do people come? They come for the sea. Who would not?"
    assert [p.text for p in chunk(f"{text}\n\n{text}")] == [f"{text}\n\n{text}"]


def test_terms_stay_with_their_definitions() -> None:
    entries = [f"Term {n}\n: It means the thing number {n}\n: or another." for n in range(8)]
    for joint in ("\n", "\n\n"):
        passages = chunk(joint.join(entries))
        assert len(passages) > 1
        assert all(p.text.startswith("Term") and p.text.endswith("another.") for p in passages)
        assert sum(p.text.count("Term") for p in passages) == len(entries)


TABLE = "| Day | Hours |\n|---|---|\n"


def rows(number: int) -> str:
    return "\n".join(f"| Day {n} | {n} to {n + 8} |" for n in range(number))


def test_a_table_stays_whole_up_to_the_limit() -> None:
    (passage,) = chunk(TABLE + rows(6))
    assert count(passage.text) > 40


def test_a_longer_table_is_parted_between_rows_with_its_header() -> None:
    passages = chunk("Our hours:\n\n" + TABLE + rows(20))
    assert passages[0].text.startswith("Our hours:\n\n| Day")
    assert all(TABLE in p.text for p in passages)
    found = [row for p in passages for row in p.text.split("\n") if row.startswith("| Day ")]
    assert [row for row in found if "Hours" not in row] == rows(20).split("\n")


def test_code_stays_whole_and_hides_its_hashes() -> None:
    code = "```python\n# not a heading\ndef f():\n    return 1\n\n\ndef g():\n    return 2\n```"
    (passage,) = chunk(f"## Code\n\n{code}")
    assert passage.text == code
    assert passage.headings == ("Code",)


def test_longer_code_is_parted_at_blank_lines_inside_fences() -> None:
    blocks = [f"def f{n}(a, b):\n    return a + b + {n}" for n in range(12)]
    passages = chunk("```\n" + "\n\n".join(blocks) + "\n```")
    assert len(passages) > 1
    assert all(p.text.startswith("```\ndef") and p.text.endswith("\n```") for p in passages)


def test_a_list_stays_whole_with_what_is_nested_in_it() -> None:
    items = "- one\n  - nested\n\n  loose\n- two\n1. three"
    (passage,) = chunk(f"Bring:\n{items}")
    assert passage.text == f"Bring:\n\n{items}"


def test_a_longer_list_is_parted_between_items() -> None:
    items = [f"- item {n} with\n  a second line" for n in range(30)]
    passages = chunk("\n".join(items))
    assert len(passages) > 1
    assert "\n".join(line for p in passages for line in p.text.split("\n") if line) == "\n".join(
        items
    )


@pytest.mark.parametrize(
    "text", ["word " * 500, "a" * 3000, "x.y-" * 400, "| " + "cell " * 300 + "|"]
)
def test_what_has_no_place_to_cut_is_cut_to_fit(text: str) -> None:
    def by_letters(words: str) -> int:
        return len(words) // 4 + 1

    settings = ChunkSettings.model_validate({"target_tokens": 40, "limit_tokens": 60})
    article = Article(url="u", title="T", lang="en", text=text)
    passages = Chunker(settings, by_letters).chunk(article, kb="k", source="s", fetched_at=NOW)
    assert all(by_letters(p.embedded_text) <= 60 for p in passages)
    assert "".join("".join(p.text.split()) for p in passages) == "".join(text.split())


def test_titles_and_headings_without_measure_leave_room_for_the_text() -> None:
    long = "very " * 300
    (passage,) = chunk(f"## {long}\n\n### {long}\n\nThe text.", title=long)
    assert passage.text == "The text."
    assert passage.title.endswith("…")


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# Only\n\n## Headings", "---\n\n***", "| | |\n|---|---|"]
)
def test_no_text_no_passage(text: str) -> None:
    assert chunk(text) == []


def test_the_revision_changes_with_title_or_text_only() -> None:
    article = Article(url="u", title="T", lang="en", text="x")
    same = Article(url="v", title="T", lang="fr", text="x")
    assert revise(article) == revise(same)
    assert re.fullmatch(r"[0-9a-f]{16}", revise(article))
    assert revise(article) != revise(Article(url="u", title="T2", lang="en", text="x"))
    assert {p.revision for p in chunk("x", title="T")} == {revise(article)}
