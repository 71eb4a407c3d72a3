"""Text without what belongs to its page: markers, markdown, addresses of pages, emoji."""

import re

_REPLACEMENTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.MULTILINE), replacement)
    for pattern, replacement in (
        (r"(?s:```.*?(?:```|\Z))", ""),  # code
        (r"【[^】]*】", ""),
        (r"!\[([^\]]*)\]\([^)\s]*\)", r"\1"),  # pictures: their description
        (r"\[([^\]]+)\]\([^)\s]*\)", r"\1"),  # links: their words
        (r"\s*\[\s*\^?\d+(?:\s*[,;–-]\s*\d+)*\s*\]", ""),  # [1], [1, 2], [^3]
        (r"<?\b(?:https?://|www\.)[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]>?", ""),
        (r"</?[a-zA-Z][^<>]*>", ""),
        (r"^\s{0,3}#{1,6}\s+", ""),  # headings
        (r"^\s*>\s?", ""),  # quotations
        (r"^\s*[-*+•]\s+(?=\S)", ""),  # points of a list; numbers stay: "12. März" is none
        (r"^\s*(?:[-*_]\s*){3,}$", ""),  # rules
        (r"^[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)+[ \t:-]*$", ""),  # a table's second line
        (r"^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$", ""),
        (r"[ \t]*\|[ \t]*", ", "),
        (r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1", r"\2"),
        (r"(?<![\w*])\*(?=[^\s*])(.+?)(?<=[^\s*])\*(?![\w*])", r"\1"),
        (r"(?<!\w)_(?=[^\s_])(.+?)(?<=[^\s_])_(?!\w)", r"\1"),
        (r"`([^`]*)`", r"\1"),
        # Pictographs with their modifiers and joiners; letters of all scripts stay.
        (
            "[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\u231a-\u23ff"
            "\U000e0020-\U000e007f\ufe0f\u200d\u20e3]+",
            "",
        ),
        (r"\(\s*\)|\[\s*\]|<\s*>", ""),  # what is left of brackets
        (r"\s+([.,;!?…])", r"\1"),
        (r"\s+", " "),
    )
)


def plain(text: str) -> str:
    """The words of a text; empty when there are none."""
    for pattern, replacement in _REPLACEMENTS:
        text = pattern.sub(replacement, text)
    return text.strip()
