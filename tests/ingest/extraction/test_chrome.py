"""A site's frame is found by its repeating, and content that repeats is left."""

import pytest

from ingest.extraction.chrome import chrome, lines, pack, without

FRAME = "Skip to the main content\nOpen daily except on public holidays"
END = (
    "## Newsletter\n\nSubscribe to our letter about boats\n\nAll rights are reserved by the museum"
)


def article(number: int, middle: str = "") -> str:
    own = f"Boat {number} has {number} masts and a story.\n\nIts owner number {number} liked it."
    return f"{FRAME}\n\n## Description\n\n{own}\n\nNote\n\n{middle}\n\nMore of {number}.\n\n{END}"


def site_chrome(count: int = 12) -> set[int]:
    return chrome(pack(lines(article(number))) for number in range(count))


def test_what_stands_on_many_pages_goes_and_headings_with_all_that_is_under_them() -> None:
    left = without(article(3), site_chrome())
    assert left.startswith("## Description\n\nBoat 3 has 3 masts")
    assert left.endswith("More of 3.")


@pytest.mark.parametrize("kept", ["## Description", "\nNote\n"])
def test_repeating_headings_and_labels_amid_content_stay(kept: str) -> None:
    assert kept in without(article(3), site_chrome())


def test_tables_and_code_are_never_chrome() -> None:
    shared = (
        "| Day | Time |\n|---|---|\n| Monday | closed |\n\n```\napt install boats\nreboot now\n```"
    )
    pages = [lines(article(number, shared)) for number in range(12)]
    assert shared in without(article(5, shared), chrome(pages))


def test_of_few_pages_nothing_is_told() -> None:
    assert site_chrome(9) == set()


def test_a_line_on_three_pages_of_ten_is_no_frame() -> None:
    line = "Only in the season of the herring"
    pages = [lines(f"{line if number < 3 else ''}\n\nBoat {number}") for number in range(10)]
    assert chrome(pages) == set()
    assert chrome([*pages[:3], pages[0], *pages[4:]]) == set(lines(line))


def test_a_page_that_is_all_frame_is_left_as_it_is() -> None:
    text = f"{FRAME}\n\n{END}"
    assert without(text, site_chrome()) == text


def test_hashes_are_unique_unsigned_and_of_64_bits() -> None:
    found = lines("Twice the  same line\n\ntwice THE same line\n\n" + "x" * 500)
    assert len(found) == 1
    assert 0 <= found[0] < 2**64
    assert len(pack(found)) == 8
