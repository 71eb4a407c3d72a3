"""PDFs as tests need them, drawn with reportlab."""

from collections.abc import Callable
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595, 842
Draw = Callable[[Canvas], None]


def paper(
    *pages: Draw,
    title: str = "",
    lang: str | None = None,
    outline: tuple[tuple[str, int, int], ...] = (),
    password: str | None = None,
) -> bytes:
    """A PDF of these pages; its outline as (title, depth, page from 0)."""
    body = BytesIO()
    canvas = Canvas(body, pagesize=(WIDTH, HEIGHT), lang=lang, encrypt=password, invariant=1)
    canvas.setTitle(title)
    for number, draw in enumerate(pages):
        for name, depth, page in outline:
            if page == number:
                canvas.bookmarkPage(name)
                canvas.addOutlineEntry(name, name, depth)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return body.getvalue()


def write(
    canvas: Canvas, x: float, top: float, *lines: str, size: float = 10, font: str = "Helvetica"
) -> float:
    """Lines under one another, the first `top` points below the page's upper edge; the next top."""
    canvas.setFont(font, size)
    for line in lines:
        canvas.drawString(x, HEIGHT - top, line)
        top += size * 1.2
    return top
