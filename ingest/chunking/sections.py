"""An article's sections: what stands below each heading, and where a citation may point at.

llama-index's `MarkdownNodeParser` finds them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_PATH_JOINT = "\x1f"  # no heading holds it; the parser's own "/" stands in many a heading
_HEADING = re.compile(r"^#+\s+(.*)$")
_CLOSING = re.compile(r"\s+#+\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(\*\*|\*|__|`)(.+?)\1")


@dataclass(frozen=True, slots=True)
class Section:
    """A section's own text, and the headings above it, the outermost first."""

    headings: tuple[str, ...]
    text: str


def sections(markdown: str) -> Iterator[Section]:
    """The sections in order, those without text among them."""
    from llama_index.core.node_parser import MarkdownNodeParser
    from llama_index.core.schema import Document

    parser = MarkdownNodeParser.from_defaults(
        include_prev_next_rel=False, header_path_separator=_PATH_JOINT
    )
    for node in parser.get_nodes_from_documents([Document(text=markdown)]):
        above = [h for h in str(node.metadata["header_path"]).split(_PATH_JOINT) if h]
        first, _, rest = node.get_content().partition("\n")
        heading = _HEADING.match(first)
        text = rest if heading else node.get_content()
        path = [*above, heading[1]] if heading else above
        bare = (plain(_CLOSING.sub("", heading)) for heading in path)
        yield Section(tuple(filter(None, bare)), text)


def plain(heading: str) -> str:
    """A heading without the marks of markdown."""
    return " ".join(_MARKS.sub(r"\2", _LINK.sub(r"\1", heading)).split())


def fold(heading: str) -> str:
    """A heading as it is compared."""
    return plain(heading).casefold()


def path_key(path: tuple[str, ...], title: str) -> tuple[str, ...]:
    """A heading path as it is compared: folded, and without the title."""
    folded = tuple(fold(heading) for heading in path)
    return folded[1:] if folded and folded[0] == fold(title) else folded


def anchor_of(anchors: Mapping[tuple[str, ...], str], path: tuple[str, ...]) -> str:
    """The id of the section, or of the nearest section around it that has one."""
    while path:
        if path in anchors:
            return anchors[path]
        path = path[:-1]
    return ""
