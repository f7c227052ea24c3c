"""PDF documents, made by reportlab in its invariant mode: no dates, no random identifiers, no compression."""

from __future__ import annotations

from io import BytesIO

from data.datasets.model import Sink, Writer
from data.datasets.stream import ByteStream
from data.datasets.tables import rows

_LINES_PER_PAGE = 60
_LINE_POINTS = 12
_LEFT_POINTS = 56
_TOP_POINTS = 780
_FONT_POINTS = 9


def pdf_writer(seed: int, label: str, title: str, pages: int) -> Writer:
    """Return a writer of a PDF of A4 pages, each with a heading and 60 lines of measurements."""

    def write(sink: Sink) -> None:
        # Imported late: only one dataset has a document.
        from reportlab.lib.pagesizes import A4
        from reportlab.pdfgen.canvas import Canvas

        buffer = BytesIO()
        canvas = Canvas(buffer, pagesize=A4, invariant=1, pageCompression=0)
        canvas.setTitle(title)
        table = rows(ByteStream(seed, label), pages * _LINES_PER_PAGE)
        for page in range(1, pages + 1):
            text = canvas.beginText(_LEFT_POINTS, _TOP_POINTS)
            text.setFont("Helvetica", _FONT_POINTS, _LINE_POINTS)
            text.textLine(f"{title}, page {page} of {pages}")
            for _ in range(_LINES_PER_PAGE):
                row = next(table)
                text.textLine(f"{row.time}  {row.name}  {row.category}  {row.value:.3f}")
            canvas.drawText(text)
            canvas.showPage()
        canvas.save()
        sink.write(buffer.getvalue())

    return write
