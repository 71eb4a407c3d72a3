"""A page's bytes as text, and as a tree of HTML."""

import codecs
import re

from charset_normalizer import from_bytes
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ingest.documents import Page

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]+)", re.I
)
_LANG = re.compile(rb"<html[^>]{0,300}?\blang\s*=\s*[\"']?([a-z]{2})", re.I)
_LATIN = {
    **dict.fromkeys(("pl", "cs", "sk", "hu", "ro", "sl", "hr", "bs", "sq"), "cp1250"),
    **dict.fromkeys(("lt", "lv", "et"), "cp1257"),
    "tr": "cp1254",
}
_WORD = re.compile(r"[^\W\d_]+")
_LAST_LATIN = "\u024f"
_GUESS_BYTES = 50_000


def decode(page: Page) -> str:
    """The body as text; never fails, the last resort being windows-1252 as browsers read it.

    Its byte order mark is believed first, then its bytes if they are UTF-8 (nothing else looks like
    it), then what the server and the page declare, then what the bytes look like.
    """
    body = page.body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace").replace("\0", "")
    meta = _META.search(body[:4096])
    declared = [page.charset, meta[1].decode("ascii", "replace") if meta else None]
    names = [name for name in declared if name]
    # Seven-bit and two-byte encodings are valid UTF-8 as well, so there the declaration goes first.
    hidden = [name for name in names if name.lower().startswith(("iso-2022", "hz", "utf-16"))]
    for name in (*hidden, *(["utf-8"] if b"\0" not in body else []), *names):
        try:
            return body.decode(_as_browsers_do(name)).replace("\0", "")
        except (UnicodeDecodeError, LookupError):
            continue
    return _guess(body).replace("\0", "")


def parse(page: Page) -> HtmlElement | None:
    """The body as a tree, however malformed; None if there is nothing in it."""
    text = decode(page)
    # As bytes: lxml refuses text that declares an encoding, and ours overrules the declared one.
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        return document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _as_browsers_do(name: str) -> str:
    return (
        "cp1252"
        if name.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii")
        else name
    )


def _guess(body: bytes) -> str:
    """What no one declares: another script if the bytes look like one, else Latin by the language.

    Within the Latin encodings the guess is no better than chance on a short page: not heeded.
    """
    best = from_bytes(body[:_GUESS_BYTES]).best()
    if best is not None:
        text = body.decode(best.encoding, "replace")
        accented = [word for word in _WORD.findall(text) if not word.isascii()]
        # A Latin word misread has ASCII letters among the foreign ones.
        foreign = sum(min(word) > _LAST_LATIN for word in accented)
        if foreign * 2 > len(accented):
            return text
    lang = _LANG.search(body[:4096])
    name = _LATIN.get(lang[1].decode("ascii").lower(), "cp1252") if lang else "cp1252"
    return body.decode(name, "replace")
