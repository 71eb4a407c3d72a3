"""A zip archive of XML that may be hostile: bounded before anything is unpacked.

Python unpacks no more of an entry than the archive's directory declares, so the declared sizes are
what is bounded. No office format has document type definitions, without which XML cannot blow up
or reach for other files; so a part that has one is refused.
"""

import zipfile
import zlib
from io import BytesIO

from lxml import etree

from ingest.errors import NoArticle

MOST_ENTRIES = 10_000
MOST_XML_BYTES = 40_000_000
"""Of all XML together, unpacked; a book of 1,000 pages has 15 MB. Images are not unpacked."""
_XML = (".xml", ".rels")
_DTD = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    KeyError,
)


class Archive:
    """The XML parts of an office file."""

    def __init__(self, body: bytes) -> None:
        """Open and check it.

        Raises:
            NoArticle: it is broken, larger than the limits, or may not be opened.
        """
        try:
            self._zip = zipfile.ZipFile(BytesIO(body))
        except _UNREADABLE as error:
            raise NoArticle("is a broken archive; save the file anew and check its size") from error
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            raise NoArticle(
                f"is an archive of {len(entries)} files; at most {MOST_ENTRIES} are read"
            )
        self.parts = [entry.filename for entry in entries]
        size = sum(entry.file_size for entry in entries if entry.filename.endswith(_XML))
        if size > MOST_XML_BYTES:
            raise NoArticle(
                f"holds {size:,} bytes of text and layout; at most {MOST_XML_BYTES:,} are read, "
                "divide it into parts"
            )

    def only_xml(self) -> BytesIO:
        """The same archive with nothing in it but checked XML, for a parser that is not ours.

        Raises:
            NoArticle: it is broken, or has a document type definition.
        """
        checked = BytesIO()
        with zipfile.ZipFile(checked, "w") as archive:
            for part in self.parts:
                if part.endswith(_XML):
                    archive.writestr(part, self._read(part))
        checked.seek(0)
        return checked

    def says(self, part: str, text: bytes) -> bool:
        """Whether a small part begins with a text; False if there is no such part."""
        if part not in self.parts:
            return False
        try:
            with self._zip.open(part) as file:
                return file.read(len(text)) == text
        except _UNREADABLE:
            return False

    def tree(self, part: str) -> etree._Element | None:
        """A part as a tree, None if there is none.

        Raises:
            NoArticle: it is broken, or has a document type definition.
        """
        if part not in self.parts:
            return None
        parser = etree.XMLParser(
            resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True
        )
        try:
            return etree.fromstring(self._read(part), parser)
        except etree.XMLSyntaxError as error:
            raise NoArticle(f"is broken: {part} in it is no XML; save the file anew") from error

    def _read(self, part: str) -> bytes:
        try:
            content = self._zip.read(part)
        except _UNREADABLE as error:
            reason = "is broken or protected by a password"
            raise NoArticle(f"{reason}: {part} in it cannot be read") from error
        if any(sign in content for sign in _DTD):
            raise NoArticle(f"is refused: {part} in it has a document type definition")
        return content
