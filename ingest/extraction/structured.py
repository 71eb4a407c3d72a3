"""What a page says to machines, in schema.org's words: JSON-LD, microdata and RDFa Lite.

Each is read into the same shape: a dict of property to list of values, a value being a string, a
number, a truth, or another thing; `@type` is a list of type names without their namespace.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import json_repair
from lxml.html import HtmlElement

from ingest.extraction.trees import text_of

Thing = dict[str, list[Any]]

_LONGEST_JSON = 500_000
_LONGEST_BROKEN_JSON = 100_000
_MOST_THINGS = 300
_DEEPEST = 12
_WRAPPED = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$"
)
_NAMESPACE = re.compile(r"^(?:https?://schema\.org/|schema:)")
# The attributes that begin a thing, name its type, and name a property of it.
_MARKUPS = (("itemscope", "itemtype", "itemprop"), ("typeof", "typeof", "property"))
_PARTS = (
    *("@graph", "mainEntity", "mainEntityOfPage", "about", "itemListElement", "item", "hasPart"),
    *("subEvent", "event", "events", "department", "containsPlace", "location"),
)


def things_of(tree: HtmlElement) -> list[Thing]:
    """Every thing that the page describes for itself, those within others after them."""
    roots = [*_of_json(tree), *(thing for markup in _MARKUPS for thing in _of_markup(tree, markup))]
    by_id = {str(thing["@id"][0]): thing for thing in roots if thing.get("@id") and len(thing) > 1}
    return _walk(roots, by_id)


def of_type(thing: Thing, *names: str) -> bool:
    """Whether it is of one of these types."""
    return not set(names).isdisjoint(thing.get("@type", ()))


def first(thing: Thing, *names: str) -> Any:
    """The first value of the first of these properties that has one; "" if none has."""
    return next((thing[name][0] for name in names if thing.get(name)), "")


def _walk(roots: list[Thing], by_id: dict[str, Thing]) -> list[Thing]:
    """The things and those that they are about, each once, references followed."""
    found: list[Thing] = []
    seen: set[int] = set()
    waiting = list(roots)
    while waiting and len(found) < _MOST_THINGS:
        thing = waiting.pop(0)
        thing = by_id.get(str(first(thing, "@id")), thing)
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        found.append(thing)
        for name in _PARTS:
            waiting += [part for part in thing.get(name, ()) if isinstance(part, dict)]
    return found


def _of_json(tree: HtmlElement) -> Iterator[Thing]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        said = _loaded(_WRAPPED.sub("", script.text or ""))
        for one in said if isinstance(said, list) else [said]:
            if isinstance(one, dict):
                thing = _thing(one, 0)
                yield from (part for part in thing.pop("@graph", []) if isinstance(part, dict))
                if len(thing) > 1:
                    yield thing


def _loaded(text: str) -> Any:
    """The JSON, mended where it is broken; None if it is too large or past mending."""
    if not text.strip() or len(text) > _LONGEST_JSON:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return json_repair.loads(text) if len(text) < _LONGEST_BROKEN_JSON else None
    except (ValueError, RecursionError):
        return None


def _thing(said: dict[str, Any], depth: int) -> Thing:
    thing: Thing = {}
    for name, value in said.items():
        values = value if isinstance(value, list) else [value]
        kept = [_value(one, depth + 1) for one in values if one is not None and one != ""]
        if kept and depth < _DEEPEST:
            thing[_NAMESPACE.sub("", name)] = kept
    types = thing.get("@type", [])
    thing["@type"] = [_NAMESPACE.sub("", name) for name in types if isinstance(name, str)]
    return thing


def _value(value: Any, depth: int) -> Any:
    if isinstance(value, dict):
        return value["@value"] if "@value" in value else _thing(value, depth)
    return value


def _of_markup(tree: HtmlElement, markup: tuple[str, str, str]) -> Iterator[Thing]:
    scope, _, prop = markup
    for element in tree.xpath(f"//*[@{scope} and not(@{prop})]"):
        yield _marked(element, markup, 0)


def _marked(element: HtmlElement, markup: tuple[str, str, str], depth: int) -> Thing:
    scope, kind, prop = markup
    types = (element.get(kind) or "").split()
    thing: Thing = {"@type": [_NAMESPACE.sub("", name) for name in types]}
    waiting = list(element)
    while waiting:
        child = waiting.pop(0)
        is_thing = child.get(scope) is not None
        names = (child.get(prop) or "").split() if isinstance(child.tag, str) else []
        if names and depth < _DEEPEST:
            value = _marked(child, markup, depth + 1) if is_thing else _said(child)
            for name in filter(lambda _: value != "", names):
                thing.setdefault(_NAMESPACE.sub("", name), []).append(value)
        if not is_thing:
            waiting[:0] = list(child)
    return thing


def _said(element: HtmlElement) -> str:
    """The value of a property: what the markup says for machines, else the text."""
    for name in ("content", "datetime"):
        if (value := element.get(name)) is not None:
            return str(value).strip()
    if element.tag in ("a", "link", "area") and not text_of(element):
        return str(element.get("href") or "")
    return text_of(element)
