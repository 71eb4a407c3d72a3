from datetime import UTC, datetime

import pytest

from ingest.discovery.dates import latest


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-01T10:00:00Z", (2024, 5, 1, 10, 0, 1)),
        ("2024-05-01T10:00:00.123+02:00", (2024, 5, 1, 8, 0, 1)),
        ("2024-05-01 10:00+0200", (2024, 5, 1, 8, 0, 1)),
        ("2024-05-01T10:00-03", (2024, 5, 1, 13, 0, 1)),
        # Without a zone, or without a time, it ends where the day ends last.
        ("2024-05-01T10:00:00", (2024, 5, 1, 22, 0, 1)),
        ("2024-05-01", (2024, 5, 2, 12)),
        ("2024-12", (2025, 1, 1, 12)),
        (" 2024 ", (2025, 1, 1, 12)),
        ("2024-05-01T24:00:00Z", (2024, 5, 2, 0, 0, 1)),
        ("Sat, 25 Jun 2010 15:00:00 +0100", (2010, 6, 25, 14)),
        ("25 Jun 2010 15:00:00 PST", (2010, 6, 25, 23)),
    ],
)
def test_a_date_is_read_as_the_latest_moment_it_can_mean(
    text: str, moment: tuple[int, ...]
) -> None:
    assert latest(text) == datetime(*moment, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    "text",
    [
        *("", "yesterday", "2024-13-01", "2024-02-30", "0000-01-01", "9999", "9999-12-31"),
        *("01.05.2024", "2024-05-01T99:00:00Z", "Mon, 99 Foo 2024 10:00:00 GMT", "1" * 5000),
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert latest(text) is None
