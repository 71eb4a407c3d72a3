"""The media types that are read, by what they are."""

HTML = frozenset({"text/html", "application/xhtml+xml"})
TEXT = frozenset({"text/plain", "text/markdown", "text/csv"})
PDF = frozenset({"application/pdf"})
OFFICE = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.oasis.opendocument.text",
    }
)
READABLE = HTML | TEXT | PDF | OFFICE
"""What becomes an article, be it fetched or handed in."""
