"""Tables as Markdown can say them: a caption above, one row of heads, every cell filled in."""

from lxml.html import HtmlElement, builder

from ingest.extraction.trees import HEADINGS, line_of

_PARTS = "*[self::thead or self::tbody or self::tfoot or self::tr or self::td or self::th]"
_MOST_COLUMNS = 60
"""Cells beyond this are dropped: a span of a thousand columns is a mistake or an attack."""
_MOST_ROWS_SPANNED = 500
Grid = list[list[str]]


def unfold_layout_tables(body: HtmlElement) -> None:
    """A table that holds headings, code or tables is there for the layout, as on old sites."""
    inner = " or ".join(f".//{tag}" for tag in ("table", "pre", *HEADINGS))
    for table in body.xpath(f".//table[{inner} or @role='presentation' or not(.//tr[*[2]])]"):
        for caption in table.xpath("./caption"):
            caption.tag = "p"
        for part in table.xpath(
            f"self::* | ./{_PARTS} | ./{_PARTS}/{_PARTS} | ./{_PARTS}/{_PARTS}/{_PARTS}"
        ):
            part.tag = "div"


def flatten_table(table: HtmlElement) -> None:
    """Write a table of data anew, without spans, and its caption as a paragraph before it.

    What spans rows is repeated in each, so that every row makes sense alone; what spans columns is
    repeated in the heads. Several rows of heads become one.
    """
    captions = [line_of(caption) for caption in table.iter("caption")]
    rows = list(table.iter("tr"))
    grid = _grid(rows)
    heads = _count_heads(rows)
    while heads > 1 and len(set(grid[0]) - {""}) == 1:
        captions.append(next(text for text in grid.pop(0) if text))
        heads -= 1
    if heads > 1:
        grid[:heads] = [[_joined(column) for column in zip(*grid[:heads], strict=True)]]
    tail, parent = table.tail, table.getparent()
    table.clear()
    table.tail = tail
    for number, row in enumerate(row for row in grid if any(row)):
        cell = builder.TH if number == 0 and heads else builder.TD
        table.append(builder.TR(*(cell(text) for text in _once(row) if text is not None)))
    for caption in filter(None, dict.fromkeys(captions)):
        if parent is not None:
            parent.insert(parent.index(table), builder.P(caption))


def _grid(rows: list[HtmlElement]) -> Grid:
    """The text at every place, rows of equal length."""
    grid: Grid = []
    below: dict[int, tuple[str, int]] = {}
    for row in rows:
        line: list[str] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            _fill(line, below)
            text = _cell_text(cell)
            down = min(_span(cell, "rowspan"), _MOST_ROWS_SPANNED)
            for _ in range(min(_span(cell, "colspan"), _MOST_COLUMNS - len(line))):
                if down > 1:
                    below[len(line)] = (text, down - 1)
                line.append(text)
        _fill(line, below)
        grid.append(line)
    width = max(map(len, grid), default=0)
    return [line + [""] * (width - len(line)) for line in grid]


def _fill(line: list[str], below: dict[int, tuple[str, int]]) -> None:
    """Put what reaches down from the rows above at the places that come next."""
    while (reaching := below.get(len(line))) is not None:
        text, left = reaching
        if left > 1:
            below[len(line)] = (text, left - 1)
        else:
            del below[len(line)]
        line.append(text)


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return max(1, int(value)) if value.isdecimal() and len(value) < 5 else 1


def _cell_text(cell: HtmlElement) -> str:
    items = list(cell.iter("li"))
    for item in items[:-1]:
        item.tail = f"; {item.tail or ''}"
    return line_of(cell).replace(" ; ", "; ")


def _count_heads(rows: list[HtmlElement]) -> int:
    """How many of the first rows are heads: those of a thead, else those of th alone."""
    count = 0
    for row in rows[:-1]:
        parent = row.getparent()
        in_head = parent is not None and parent.tag == "thead"
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if not in_head and not (cells and all(cell.tag == "th" for cell in cells)):
            break
        count += 1
    return count


def _once(row: list[str]) -> list[str]:
    """A row that says one thing from side to side says it once."""
    is_one = len(row) > 1 and len(set(row)) == 1
    return [row[0], *[""] * (len(row) - 1)] if is_one else row


def _joined(column: tuple[str, ...]) -> str:
    return " ".join(dict.fromkeys(filter(None, column)))
