"""Plain text as an article, and what every kind of page needs: its words, language and name."""

import re
from urllib.parse import unquote, urlsplit

from ingest.documents import Article, Page
from ingest.errors import NoArticle
from ingest.extraction.markup import decode
from ingest.extraction.rules import Rules

_WORDS = re.compile(r"\w+")
_CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_GUESS_CHARS = 5_000


def read_text(page: Page, rules: Rules) -> Article:
    """The text as it is; raises NoArticle."""
    text = decode(page).replace("\r\n", "\n").strip()
    if not words(text):
        raise NoArticle("has no text to read")
    lang = rules.lang or guess_language(text)
    return Article(url=page.url, title=name_of(page.url), lang=lang, text=text)


def words(text: str) -> set[str]:
    """The vocabulary of a text: its words and numbers, in lower case."""
    return set(_WORDS.findall(text.lower()))


def guess_language(text: str) -> str:
    """The language that a text looks most like (ISO 639-1); on a few words it is often wrong.

    Blocks of code are left out where there is other text: in any language, they look like English.
    """
    import py3langid

    prose = _CODE.sub(" ", text[: 10 * _GUESS_CHARS])
    return str(py3langid.classify((prose if words(prose) else text)[:_GUESS_CHARS])[0])


def name_of(url: str) -> str:
    """A page's title when it has none: the last part of its path, else its host."""
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2]) or parts.netloc
