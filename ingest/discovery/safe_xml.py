"""XML that anybody may have written: read element by element, whatever it holds.

Entities are not resolved, no DTD and nothing else is loaded, and libxml2's limits on depth and
size stay on. What is broken is read as far as it makes sense.
"""

import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

_LONE_AMPERSAND = re.compile(rb"&(?!#\d+;|#[xX][0-9a-fA-F]+;|\w{1,30};)")
_MOST_AMPERSANDS = 1_000_000
"""Twenty in each of a sitemap's URLs; beyond that it is no sitemap, and left as it is."""
_PIECE = 1_000_000


def elements(body: bytes, *names: str) -> Iterator[etree._Element]:
    """The elements of these local names as they end, in any namespace; each is emptied after use.

    Only what they hold themselves is kept in memory, so they must not lie within one another.
    """
    events = etree.iterparse(
        BytesIO(_mended(body.lstrip())),
        events=("end",),
        tag=[f"{{*}}{name}" for name in names],
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        for _, element in events:
            yield element
            parent = element.getparent()
            element.clear()
            # Emptied elements still weigh: 50,000 of them some 20 MB.
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError:
        return


def root_name(body: bytes) -> str:
    """The local name of the outermost element; "" if it is not XML."""
    events = etree.iterparse(
        BytesIO(body.lstrip()),
        events=("start",),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    try:
        return next((local(element) for _, element in events), "")
    except etree.XMLSyntaxError:
        return ""


def _mended(body: bytes) -> bytes:
    """With lone ampersands escaped: the commonest fault, after which libxml2 drops part of a URL.

    Piece by piece, so that other threads have their turns: a regular expression keeps them waiting.
    """
    if body.count(b"&") > _MOST_AMPERSANDS:
        return body
    pieces: list[bytes] = []
    start = 0
    while start < len(body):
        end = body.find(b"<", start + _PIECE)
        end = len(body) if end < 0 else end
        pieces.append(_LONE_AMPERSAND.sub(b"&amp;", body[start:end]))
        start = end
    return b"".join(pieces)


def local(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return etree.QName(element).localname


def text_of(element: etree._Element, *names: str) -> str:
    """The text of the first direct child of one of these names that has any, without spaces."""
    for name in names:
        for child in element.iterchildren(f"{{*}}{name}"):
            if text := "".join(child.itertext()).strip():
                return text
    return ""
