"""A source's own rules: what to keep and drop, and its language."""

import pickle

import pytest

from ingest.extraction.extract import read_article
from ingest.extraction.rules import Rules, check
from tests.ingest.extraction.pages import made, text_after_intro

GERMAN = "<p>Der Eintritt ist für alle Kinder am Sonntag frei, auch im Winter."
PAGE = "<h1>Boats</h1><main><p>Teaser text</main><nav class=prices><p>Nine euros</p><i>x</i></nav>"


def test_only_what_is_kept_is_read_even_in_the_frame_less_what_is_dropped() -> None:
    article = read_article(made(PAGE), Rules(keep=(".prices",), drop=("i",)))
    assert (article.title, article.text) == ("Boats", "Nine euros")


def test_where_nothing_is_selected_the_page_is_read_as_any_other() -> None:
    assert text_after_intro("<p>Seen.</p>", Rules(keep=(".none",))) == "Seen."


def test_a_selector_within_another_is_read_once() -> None:
    text = text_after_intro(
        "<div class=a><p class=b>Seen twice</p></div>", Rules(keep=(".a", ".b"))
    )
    assert text == ""


@pytest.mark.parametrize("selector", ["p[", "a:has-no-such()", "::before", ""])
def test_a_bad_selector_is_named(selector: str) -> None:
    with pytest.raises(ValueError, match="no CSS selector") as error:
        check(Rules(drop=("nav", selector)))
    assert repr(selector) in str(error.value)


@pytest.mark.parametrize(
    ("html", "lang", "found"),
    [
        (GERMAN, "nl", "nl"),
        (f"<html lang=en>{GERMAN}", None, "en"),
        (f"<html lang=en>{GERMAN}", "de", "de"),
        (f"<html lang=en>{GERMAN}", "fr", "en"),
        (f"<html lang=en><main lang=de-AT>{GERMAN}", None, "de"),
        (f"<meta http-equiv=Content-Language content=de>{GERMAN}", None, "de"),
    ],
)
def test_a_sources_language_holds_where_the_page_does_not_know_better(
    html: str, lang: str | None, found: str
) -> None:
    assert read_article(made(html), Rules(lang=lang)).lang == found


def test_rules_travel_to_other_processes() -> None:
    rules = Rules(keep=("main",), lang="de")
    assert pickle.loads(pickle.dumps(rules)) == rules
