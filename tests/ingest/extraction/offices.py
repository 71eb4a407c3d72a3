"""Office files as tests need them: the XML that programs write, without the rest."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_P = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_O = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "table", "style")
)
_RELATIONS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CORE = (
    '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/'
    'core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:t="http://purl.org/dc/terms/"><dc:title>{title}</dc:title>'
    "<t:created>2023-01-02T10:00:00Z</t:created><t:modified>{date}T10:00:00Z</t:modified>"
    "</c:coreProperties>"
)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """An archive of these parts."""
    body = BytesIO()
    with ZipFile(body, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return body.getvalue()


def docx(content: str, *, title: str = "", date: str = "2024-05-06", **parts: str) -> bytes:
    """A Word file; list 1 is numbered, list 2 is not."""
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{n}">'
        + "".join(
            f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{form}"/></w:lvl>' for level in range(3)
        )
        + "</w:abstractNum>"
        for n, form in ((1, "decimal"), (2, "bullet"))
    ) + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name.replace(" ", "")}">'
        f'<w:name w:val="{name}"/></w:style>'
        for name in ("heading 1", "heading 2", "Title", "toc 1", "List Paragraph")
    )
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": f'<Relationships {_RELATIONS}><Relationship Id="r1" '
            f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/_rels/document.xml.rels": f'<Relationships {_RELATIONS}><Relationship Id="r1" '
            f'Type="{_OFFICE}/styles" Target="styles.xml"/><Relationship Id="r2" '
            f'Type="{_OFFICE}/numbering" Target="numbering.xml"/></Relationships>',
            "word/document.xml": f"<w:document {_W}><w:body>{content}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {_W}>{styles}</w:styles>",
            "word/numbering.xml": f"<w:numbering {_W}>{numbering}</w:numbering>",
            "docProps/core.xml": _CORE.format(title=title, date=date),
            **parts,
        }
    )


def p(text: str, style: str = "", number: tuple[int, int] | None = None) -> str:
    """A paragraph of Word's, of a style, or an item of a list at a level."""
    look = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        look += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    return f'<w:p><w:pPr>{look}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def table(*rows: tuple[str, ...]) -> str:
    """A table of Word's; "^" goes on with the cell above."""
    out = ""
    for row in rows:
        out += "<w:tr>"
        for cell in row:
            merge = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>' if cell.endswith("+") else ""
            merge = "<w:tcPr><w:vMerge/></w:tcPr>" if cell == "^" else merge
            out += f"<w:tc>{merge}{p('' if cell == '^' else cell.rstrip('+'))}</w:tc>"
        out += "</w:tr>"
    return f"<w:tbl>{out}</w:tbl>"


def pptx(*slides: str, title: str = "") -> bytes:
    """A deck; each slide is the content of its tree of shapes, "!" in front hides it."""
    parts: dict[str, str | bytes] = {
        "ppt/presentation.xml": f"<p:presentation {_P}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{n}" r:id="r{n}"/>' for n, _ in enumerate(slides))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": f"<Relationships {_RELATIONS}>"
        + "".join(
            f'<Relationship Id="r{n}" Type="{_OFFICE}/slide" Target="slides/slide{9 - n}.xml"/>'
            for n, _ in enumerate(slides)
        )
        + "</Relationships>",
        "docProps/core.xml": _CORE.format(title=title, date="2024-05-06"),
    }
    for n, slide in enumerate(slides):
        hidden = ' show="0"' if slide.startswith("!") else ""
        parts[f"ppt/slides/slide{9 - n}.xml"] = (
            f"<p:sld {_P}{hidden}><p:cSld><p:spTree>{slide.lstrip('!')}</p:spTree></p:cSld></p:sld>"
        )
    return zipped(parts)


def shape(*lines: str, kind: str = "") -> str:
    """A shape with paragraphs; a line's leading ">" are its level."""
    holds = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    said = "".join(
        f'<a:p><a:pPr lvl="{len(line) - len(line.lstrip(">"))}"/>'
        f"<a:r><a:t>{line.lstrip('>')}</a:t></a:r></a:p>"
        for line in lines
    )
    return f"<p:sp>{holds}<p:txBody>{said}</p:txBody></p:sp>"


def slide_table(*rows: tuple[str, ...]) -> str:
    said = "".join(
        "<a:tr>"
        + "".join(
            f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>"
            for cell in row
        )
        + "</a:tr>"
        for row in rows
    )
    return (
        f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{said}</a:tbl>"
        "</a:graphicData></a:graphic></p:graphicFrame>"
    )


def odt(content: str, *, styles: str = "", date: str = "2024-05-06") -> bytes:
    """An OpenDocument text."""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {_O}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:text>{content}</office:text>"
            "</office:body></office:document-content>",
            "meta.xml": '<office:document-meta xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f"{_O}><office:meta><dc:title>untitled</dc:title><dc:date>{date}T08:00:00</dc:date>"
            "</office:meta></office:document-meta>",
        }
    )
