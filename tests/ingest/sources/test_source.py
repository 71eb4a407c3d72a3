"""What a source may say, and that what it may not is named with its field."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.errors import SourceRefused
from ingest.sources.schedule import next_after
from ingest.sources.source import source_from, source_of

MUSEUM = {"name": "museum", "urls": ["https://m.example/"]}


@pytest.mark.parametrize(
    ("fields", "where", "told"),
    [
        ({"name": ""}, "name", "at least 1"),
        ({"urls": []}, "urls", "URLs to start from, or sitemaps"),
        ({"urls": ["https://m.example/", "ftp://m.example/"]}, "urls.1", "http://"),
        ({"urls": ["https://guide:hush@m.example/"]}, "urls.0", "credentials"),
        ({"urls": [], "sitemaps": ["/sitemap.xml"]}, "sitemaps.0", "http://"),
        ({"depth": -1}, "depth", "greater than or equal to 0"),
        ({"lang": "English"}, "lang", "pattern"),
        ({"schedule": "daily"}, "schedule", "five fields"),
        ({"schedule": "61 3 * * *"}, "schedule", "no time that comes"),
        ({"schedule": "0 0 31 2 *"}, "schedule", "no time that comes"),
        ({"keep": ["main", "p["]}, "keep.1", "'p\\['"),
        ({"drop": [""]}, "drop.0", "selector"),
        ({"headers": {"Host": "x"}}, "headers", "may set"),
        ({"headers": {"X-Key": "hush\r\nX-Other: 1"}}, "headers", "cannot carry"),
        ({"credentials": {"kind": "basic", "secret": "hush"}}, "credentials", "need a user"),
        ({"credentials": {"kind": "bearer", "secret": ""}}, "credentials.secret", "at least 1"),
        ({"deep": 2}, "deep", "Extra"),
    ],
)
def test_what_is_wrong_is_named_and_no_secret_is_told(
    fields: dict[str, Any], where: str, told: str
) -> None:
    with pytest.raises(SourceRefused, match=told) as refused:
        source_from(MUSEUM | fields)
    assert refused.value.field == where
    assert "hush" not in str(refused.value)


def test_sitemaps_alone_are_a_start() -> None:
    source = source_from({"name": "m", "sitemaps": ["https://m.example/sitemap.xml"]})
    assert source.urls == ()


def test_secrets_do_not_print() -> None:
    secret = {"kind": "bearer", "secret": "hush"}
    source = source_from(MUSEUM | {"headers": {"X-Key": "hush"}, "credentials": secret})
    assert "hush" not in f"{source!r} {source} {source.model_dump_json()}"


def test_urls_make_a_source_named_after_their_host() -> None:
    source = source_of(["https://m.example:8443/a", "https://other.example/"])
    assert (source.name, source.kb, len(source.urls)) == ("m.example:8443", "default", 2)
    assert source_of(["m.example/visit"]).urls == ("https://m.example/visit",)
    with pytest.raises(SourceRefused):
        source_of(["file:///etc/passwd"])


@pytest.mark.parametrize(
    ("schedule", "then"),
    [
        ("0 3 * * *", datetime(2026, 11, 23, 3, tzinfo=UTC)),
        ("*/15 * * * *", datetime(2026, 11, 22, 10, 45, tzinfo=UTC)),
        ("30 10 * * *", datetime(2026, 11, 23, 10, 30, tzinfo=UTC)),
        ("0 6 * * mon-fri", datetime(2026, 11, 23, 6, tzinfo=UTC)),
    ],
)
def test_the_next_time_is_after_now_and_in_utc(schedule: str, then: datetime) -> None:
    sunday = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    assert next_after(schedule, sunday) == then
