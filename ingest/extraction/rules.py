"""How the pages of one source are read: what to keep of each, what to drop, in which language."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement


@dataclass(frozen=True, slots=True)
class Rules:
    """CSS selectors of what to read of a page and what not, and the language of the source.

    What `keep` selects is all that is read (where it selects something), less what `drop` selects.
    `lang` (ISO 639-1) holds for pages that declare no language, and for those that declare another
    although their words are in `lang`: templates are often left in the language they came in.
    """

    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    lang: str | None = None


NO_RULES = Rules()
"""A page as it is."""


def check(rules: Rules) -> None:
    """See that every selector can be used.

    Raises:
        ValueError: one cannot; the message names it.
    """
    for selector in (*rules.keep, *rules.drop):
        _compiled(selector)


def selected(tree: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    """What any of the selectors selects in a tree, without what lies in another of them.

    Raises:
        ValueError: a selector cannot be used; the message names it.
    """
    found = {element: None for selector in selectors for element in _compiled(selector)(tree)}
    return [one for one in found if not any(above in found for above in one.iterancestors())]


@lru_cache(maxsize=256)
def _compiled(selector: str) -> CSSSelector:
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError as error:
        raise ValueError(
            f"{selector!r} is no CSS selector that can be used here ({error}): "
            "write one such as 'main .body' or '#news'"
        ) from error
