"""What a page says to machines alone is told in its article, once."""

import json
from datetime import date
from typing import Any

import pytest
from lxml.html import document_fromstring

from ingest.extraction.facts import facts
from ingest.extraction.structured import things_of
from tests.ingest.extraction.pages import article_of

MUSEUM: dict[str, Any] = {
    "@type": ["Museum", "LocalBusiness"],
    "name": "Boats",
    "openingHours": "Sa 09:00-12:30",
    "openingHoursSpecification": [
        {"dayOfWeek": ["Tuesday", "https://schema.org/Wednesday", "Thursday"],
         "opens": "10:00", "closes": "17:00"},
        {"dayOfWeek": "Monday", "opens": "00:00", "closes": "00:00"},
    ],
    "telephone": "+49 30 1234567",
    "address": {"streetAddress": "Am Hafen 3", "postalCode": "10115", "addressLocality": "Berlin"},
    "offers": [{"name": "Adults", "price": "12.50", "priceCurrency": "EUR"}, {"price": 0}],
}  # fmt: skip
TOLD = """## At a glance

- Opening hours: Saturday 09:00–12:30
- Opening hours: Tuesday – Thursday 10:00–17:00
- Opening hours: Monday closed
- Address: Am Hafen 3, 10115 Berlin
- Phone: +49 30 1234567
- Price (Adults): €12.50
- Price: free"""


def script(said: Any) -> str:
    text = said if isinstance(said, str) else json.dumps(said)
    return f'<script type="application/ld+json">{text}</script>'


def told(said: Any, content: str = "") -> str:
    return article_of(f"{content}{script(said)}").text.partition("as people say.")[2].strip()


@pytest.mark.parametrize(
    "said",
    [
        MUSEUM,
        [MUSEUM],
        {"@graph": [{"@type": "WebPage", "mainEntity": {"@id": "#m"}}, {"@id": "#m"} | MUSEUM]},
        json.dumps(MUSEUM)[:-1] + ",}",
        f"<!-- {json.dumps(MUSEUM)} -->",
    ],
)
def test_json_is_understood_in_every_form(said: Any) -> None:
    assert told(said) == TOLD


def test_what_the_text_says_in_its_own_way_is_not_said_twice() -> None:
    content = (
        "<p>Monday closed, Tuesday to Thursday 10–17, Saturday 9.00 to 12:30. Call 030 / 123 45 67 "
        "or come to Am Hafen 3 in 10115 Berlin. Adults pay 12,50 euros.</p>"
    )
    assert told(MUSEUM, content).endswith("12,50 euros.\n\n## At a glance\n\n- Price: free")


def test_microdata_and_rdfa_say_the_same() -> None:
    micro = (
        "<div itemscope itemtype='https://schema.org/Product'><span itemprop=name>Pass</span>"
        "<div itemprop=offers itemscope><meta itemprop=price content=48>"
        "<meta itemprop=priceCurrency content=EUR></div></div>"
    )
    rdfa = micro.replace("itemprop", "property").replace("itemtype", "typeof")
    for markup in (micro, rdfa.replace("offers itemscope", "offers typeof=Offer")):
        assert article_of(markup).text.endswith("## At a glance\n\n### Pass\n\n- Price: €48.00")


@pytest.mark.parametrize(
    ("lang", "line"),
    [
        ("de", "- Öffnungszeiten: Montag, Sonntag 09:00–17:00 (1. Juni 2026 – 2. Juni 2026)"),
        ("fr", "- Horaires d'ouverture: lundi, dimanche 09:00–17:00 (1 juin 2026 – 2 juin 2026)"),
        ("pt", "- Opening hours: segunda-feira, domingo 09:00–17:00 (1 de junho de 2026"),
        ("xx", "- Opening hours: Monday, Sunday 09:00–17:00 (June 1, 2026 – June 2, 2026)"),
    ],
)
def test_facts_are_told_in_the_pages_language(lang: str, line: str) -> None:
    hours = {"dayOfWeek": ["Sunday", "Monday"], "opens": "09:00", "closes": "17:00:00",
             "validFrom": "2026-06-01", "validThrough": "2026-06-02"}  # fmt: skip
    page = document_fromstring(script({"openingHoursSpecification": hours}))
    assert line in facts(things_of(page), text="", title="", lang=lang)


def test_questions_and_their_answers_are_kept_together() -> None:
    no = {"text": "<p>No &amp; <b>no</b>.</p>"}
    faq = {"@type": "FAQPage", "mainEntity": [
        {"@type": "Question", "name": "Dogs?", "acceptedAnswer": no},
        {"@type": "Question", "name": "Many kinds?", "acceptedAnswer": {"text": "many boats"}},
    ]}  # fmt: skip
    assert told(faq) == "## Questions and answers\n\n### Dogs?\n\nNo & no."


def test_an_event_says_when_where_and_whether() -> None:
    event = {"@type": "Event", "name": "Night of boats", "startDate": "2026-07-04T19:00",
             "endDate": "2026-07-04T23:00", "eventStatus": "https://schema.org/EventCancelled",
             "location": {"@type": "Place", "name": "Quay 7"}}  # fmt: skip
    assert told(event) == (
        "## At a glance\n\n### Night of boats\n\n- Date: July 4, 2026, 19:00 – 23:00 (cancelled)\n"
        "- Place: Quay 7"
    )


@pytest.mark.parametrize(
    "said",
    ["", "{{{{", '{"a":' * 5_000, "[1, null, true]",
     '{"@type": "Person", "telephone": "0123456789"}',
     '{"offers": [{"price": "nan"}, {"price": "1e400"}, {"price": -3}, {"price": true}, "x"]}',
     '{"offers": {"price": "call us"}, "openingHours": ["whenever"], "startDate": "soon"}'],
)  # fmt: skip
def test_what_makes_no_sense_is_left_alone(said: str) -> None:
    assert told(said) == ""


@pytest.mark.parametrize(
    ("head", "content", "day"),
    [
        ("<meta property='article:published_time' content='2025-01-02T08:00:00Z'>"
         "<meta property='article:modified_time' content='2025-03-04'>", "", date(2025, 3, 4)),
        ("", script({"@type": "WebPage", "datePublished": "2024-05-06"}), date(2024, 5, 6)),
        ("", "<footer id=footer>Last updated 2023-04-05</footer>", date(2023, 4, 5)),
        ("<meta name=last-modified content='2027-01-01'>", "", None),
        ("", "<p>The concert is on <time datetime=2025-12-24>24 December 2025</time>.</p>", None),
        ("", script({"@type": "Event", "name": "x", "datePublished": "2024-05-06"}), None),
        ("", "<p>On 2024-02-03 the boats came.</p>", None),
    ],
)  # fmt: skip
def test_a_pages_own_date_is_what_it_says_of_itself(
    head: str, content: str, day: date | None
) -> None:
    assert article_of(content, head=head).page_date == day
