"""The media types that are read, by what they are."""

HTML = frozenset({"text/html", "application/xhtml+xml"})
PLAIN, MARKDOWN, CSV = "text/plain", "text/markdown", "text/csv"
TEXT = frozenset({PLAIN, MARKDOWN, CSV})
PDF = frozenset({"application/pdf"})
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
OFFICE = frozenset({DOCX, PPTX, ODT})
READABLE = HTML | TEXT | PDF | OFFICE
"""What becomes an article, be it fetched or handed in."""
