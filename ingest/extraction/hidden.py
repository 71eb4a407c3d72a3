"""What a page holds and no visitor sees, as far as its own markup says so."""

import re

from lxml.html import HtmlElement

_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
_CLASSES = {
    *("sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "element-invisible"),
    *("u-hidden-visually", "a11y-hidden"),
}
_OPENED_BY_CLICK = re.compile(
    r"accordion|collaps|tab-?p|toggle|faq|expand|disclosure", re.IGNORECASE
)
_TINY = re.compile(r"^0*(?:[0-2](?:\.\d+)?(?:px|pt)?|0?\.0*[1-9]\d*r?em|0+(?:r?em|%))$")
_NOTHING = re.compile(r"^(?:0|1)(?:px)?$|^0(?:\.0+)?\w+$")
_FAR = re.compile(r"^-\d{3,}(?:\.\d+)?(?:px|pt|r?em|%|vw|vh)$")
_CLIPPED = re.compile(r"rect\(\s*(?:[01](?:px)?[\s,]+){3}[01](?:px)?\s*\)|inset\(\s*(?:50|100)%")
_COLOURS = {"white": "#ffffff", "black": "#000000", "transparent": "transparent"}
_NUMBERS = re.compile(r"rgba?\((\d+)[\s,]+(\d+)[\s,]+(\d+)")
_NEAR_WHITE = re.compile(r"#f[a-f]f[a-f]f[a-f]")


def is_hidden(element: HtmlElement) -> bool:
    """Whether its own attributes hide it; not where a click would show it."""
    if not isinstance(element.tag, str) or element.tag in ("main", "article"):
        return False
    attributes = element.attrib
    if not attributes:
        return False
    classes = attributes.get("class", "")
    if attributes.get("role") == "tabpanel" or (classes and _OPENED_BY_CLICK.search(classes)):
        return False
    if attributes.get("hidden", "until-found") != "until-found":
        return True
    if attributes.get("aria-hidden") == "true":
        return True
    if classes and not _CLASSES.isdisjoint(classes.lower().split()):
        return True
    style = attributes.get("style", "")
    return bool(style) and _hides(element, style)


def _hides(element: HtmlElement, style: str) -> bool:
    """Whether a style hides; not by opacity: pages that fade in are sent with it at zero."""
    said = _declared(style)
    if said.get("display") == "none" or said.get("visibility") in ("hidden", "collapse"):
        return True
    # A box at size zero holds others of any size; only a bare text is hidden by it.
    if len(element) == 0 and _TINY.match(said.get("font-size", "")):
        return True
    return _is_out_of_sight(said) or _has_the_colour_of_its_ground(element, said)


def _declared(style: str) -> dict[str, str]:
    lowered = style.lower().replace("!important", "")
    return {name: value.strip() for name, value in _DECLARATION.findall(lowered)}


def _is_out_of_sight(said: dict[str, str]) -> bool:
    """Beside the page, clipped to nothing, or without a size (a height alone is an accordion's)."""
    is_loose = said.get("position") in ("absolute", "fixed")
    if is_loose and any(_FAR.match(said.get(side, "")) for side in ("left", "top", "right")):
        return True
    if _FAR.match(said.get("text-indent", "")):
        return True
    if _CLIPPED.search(said.get("clip", "") + said.get("clip-path", "")):
        return True
    sizes = (said.get("width", ""), said.get("height", ""))
    cut = said.get("overflow") in ("hidden", "clip")
    return (cut and all(_NOTHING.match(size) for size in sizes)) or (
        said.get("transform", "").startswith("scale(0)")
    )


def _has_the_colour_of_its_ground(element: HtmlElement, said: dict[str, str]) -> bool:
    """White on white and the like.

    A ground that a style sheet sets is not known: white text within a class or id is left alone.
    """
    colour = _colour(said.get("color", ""))
    if not colour:
        return False
    if colour == "transparent":
        return True
    for box in (element, *element.iterancestors()):
        style = _declared(box.get("style") or "")
        named = style.get("background-color") or style.get("background") or box.get("bgcolor")
        if named:
            return _colour(named) == colour
        if box.tag != "body" and (box.get("class") or box.get("id")):
            return False
    return bool(_NEAR_WHITE.fullmatch(colour))


def _colour(value: str) -> str:
    """A colour as #rrggbb, else as it is written."""
    value = value.lower().strip()
    if numbers := _NUMBERS.match(value):
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in numbers.groups())
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        return "#" + "".join(digit * 2 for digit in value[1:])
    return _COLOURS.get(value, value)
