"""Running text cut between sentences, by the rules of its language.

llama-index's `SentenceSplitter` does the cutting; nltk's Punkt, whose rules come bundled with
llama-index, knows where a sentence ends.
"""

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from llama_index.core.node_parser import SentenceSplitter

# Punkt knows the abbreviations of these languages ("z. B.", "M. Dupont"); the others are cut with
# its English rules, which only means a sentence may end a little early.
_PUNKT = {
    "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "fi": "finnish", "fr": "french", "it": "italian", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "pl": "polish", "pt": "portuguese", "ru": "russian",
    "sl": "slovene", "sv": "swedish", "tr": "turkish",
}  # fmt: skip


def cut(text: str, lang: str, size: int, count: Callable[[str], int]) -> list[str]:
    """The text in parts of at most `size` tokens, as far as sentences and words allow."""
    return _splitter(lang, size, count).split_text(text)


def last_sentences(text: str, lang: str, most: int, count: Callable[[str], int]) -> str:
    """The sentences at the end of a text that together count at most so many tokens, or ""."""
    sentences = _sentences(lang)(text)
    start = len(sentences)
    while start > 1 and count("".join(sentences[start - 1 :]).strip()) <= most:
        start -= 1
    return "".join(sentences[start:]).strip()


def halve(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    """The text in parts that fit, cut at the white space nearest the middle."""
    text = text.strip()
    if len(text) < 2 or fits(text):
        if text:
            yield text
        return
    middle = len(text) // 2
    space = text.rfind(" ", 1, middle) if " " in text[1:middle] else middle
    yield from halve(text[:space], fits)
    yield from halve(text[space:], fits)


@cache
def _sentences(lang: str) -> Callable[[str], list[str]]:
    """A cutter of text into sentences, each with the white space that follows it.

    The rules of all languages come bundled with llama-index; nothing is downloaded.
    """
    from llama_index.core.utils import globals_helper
    from nltk.tokenize.punkt import PunktTokenizer  # type: ignore[import-untyped]

    globals_helper.wait_for_nltk_check()
    punkt = PunktTokenizer(_PUNKT.get(lang, "english"))

    def cut(text: str) -> list[str]:
        starts = [start for start, _ in punkt.span_tokenize(text)] or [0]
        starts[0] = 0
        return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]

    return cut


@lru_cache(maxsize=64)
def _splitter(lang: str, size: int, count: Callable[[str], int]) -> "SentenceSplitter":
    from llama_index.core.node_parser import SentenceSplitter

    # It only takes the length of what its tokenizer returns, so a range of that length will do.
    return SentenceSplitter(
        chunk_size=size,
        chunk_overlap=0,
        tokenizer=lambda text: range(count(text)),
        chunking_tokenizer_fn=_sentences(lang),
    )
