"""Setting a sheet of paper as PDF. The same sheet gives the same bytes, on any day."""

import hashlib
import io
from collections.abc import Callable, Sequence
from typing import Final

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from credit.domain.paper import Block, Column, Heading, Lines, Pairs, Paper, Signature, Table
from credit.gateways.typesetting import Piece, runs, width_of, wrapped

MARGIN: Final = 54.0
FOOT: Final = 66.0
BODY, SMALL, TITLE, HEAD = 10.5, 8.5, 18.0, 12.0
LEADING, ROW_LEADING, CELL = 1.65, 1.35, 3.0
INK, QUIET, HAIR, SHADE = 0.1, 0.42, 0.78, 0.93

Draw = Callable[[Canvas], None]


def render(paper: Paper) -> bytes:
    """The PDF of one sheet: A4, upright or wide, numbered pages, no clock of its own."""
    return _Setter(paper).bytes()


def sha256(content: bytes) -> str:
    """By which a paper is known."""
    return hashlib.sha256(content).hexdigest()


class _Setter:
    """Collects what to draw page by page, then draws: only then is the number of pages known."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.width, self.height = landscape(A4) if paper.is_wide else A4
        self.size = SMALL if paper.is_wide else BODY
        self.inner = self.width - 2 * MARGIN
        self.right = self.width - MARGIN
        self.pages: list[list[Draw]] = []
        self.y = 0.0

    def bytes(self) -> bytes:
        self._turn()
        self._title()
        for block in self.paper.blocks:
            self._block(block)
        sink = io.BytesIO()
        canvas = Canvas(sink, pagesize=(self.width, self.height), invariant=1, pageCompression=1)
        canvas.setTitle(f"{self.paper.title} {self.paper.number}")
        canvas.setAuthor("Baitiao")
        for number, page in enumerate(self.pages, 1):
            for draw in page:
                draw(canvas)
            self._foot(canvas, number)
            canvas.showPage()
        canvas.save()
        return sink.getvalue()

    # --- the page ------------------------------------------------------------------------------

    def _turn(self) -> None:
        self.pages.append([])
        self.y = self.height - MARGIN

    def _need(self, height: float) -> bool:
        """Turn the page when less than `height` is left; say whether it was turned."""
        if self.y - height >= FOOT:
            return False
        self._turn()
        return True

    def _put(self, draw: Draw) -> None:
        self.pages[-1].append(draw)

    def _text(self, x: float, text: str, size: float, gray: float = INK) -> None:
        self._put(_writing(x, self.y, text, size, gray))

    def _text_to(self, right: float, text: str, size: float, gray: float = INK) -> None:
        self._text(right - width_of(text, size), text, size, gray)

    def _title(self) -> None:
        self.y -= TITLE
        self._text_to((self.width + width_of(self.paper.title, TITLE)) / 2, self.paper.title, TITLE)
        self.y -= 2 * SMALL
        self._text_to(self.right, f"编号：{self.paper.number}", SMALL, QUIET)
        self.y -= SMALL
        self._put(_rule(MARGIN, self.right, self.y, INK))
        self.y -= BODY

    def _foot(self, canvas: Canvas, number: int) -> None:
        _rule(MARGIN, self.right, FOOT - 14, HAIR)(canvas)
        pages = f"{self.paper.number}　第 {number} 页，共 {len(self.pages)} 页"
        _writing(MARGIN, FOOT - 28, self.paper.footer, SMALL, QUIET)(canvas)
        at = self.right - width_of(pages, SMALL)
        _writing(at, FOOT - 42, pages, SMALL, QUIET)(canvas)

    # --- blocks --------------------------------------------------------------------------------

    def _block(self, block: Block) -> None:
        match block:
            case Heading(text):
                self._need(5 * HEAD)
                self.y -= 1.4 * HEAD
                self._text(MARGIN, text, HEAD)
                self.y -= 0.6 * HEAD
            case Lines(paragraphs):
                for paragraph in paragraphs:
                    self._paragraph(paragraph)
            case Pairs(rows):
                self._pairs(rows)
            case Table():
                self._table(block)
            case Signature(lines):
                self._signature(lines)

    def _paragraph(self, text: str) -> None:
        for line in wrapped(text, self.inner, self.size):
            self._need(self.size * LEADING)
            self.y -= self.size * LEADING
            self._pieces(MARGIN, line)
        self.y -= 0.5 * self.size

    def _pieces(self, x: float, line: Sequence[Piece]) -> None:
        for piece in line:
            wide = width_of(piece.text, self.size)
            if piece.is_weighty:
                self._put(_shade(x, self.y - 0.28 * self.size, wide, 1.32 * self.size))
            self._text(x, piece.text, self.size)
            x += wide

    def _pairs(self, rows: Sequence[tuple[str, str]]) -> None:
        indent = max(width_of(label, self.size) for label, _value in rows) + 2 * self.size
        for label, value in rows:
            lines = wrapped(value, self.inner - indent, self.size)
            self._need(len(lines) * self.size * LEADING)
            for number, line in enumerate(lines):
                self.y -= self.size * LEADING
                if number == 0:
                    self._text(MARGIN, label, self.size, QUIET)
                self._pieces(MARGIN + indent, line)
        self.y -= self.size

    def _signature(self, lines: Sequence[str]) -> None:
        step = self.size * LEADING
        self._need((len(lines) + 1) * step)
        self.y -= step
        for line in lines:
            self.y -= step
            self._text_to(self.right, line, self.size)

    # --- tables --------------------------------------------------------------------------------

    def _table(self, table: Table) -> None:
        titles = tuple(column.title for column in table.columns)
        self._need(4 * self.size * LEADING)
        self.y -= 0.6 * self.size
        self._row(titles, table.columns, is_head=True)
        for row in (*table.rows, *([table.total] if table.total else [])):
            if self._need(self._height(row, table.columns)):
                self._row(titles, table.columns, is_head=True)
            if row is table.total:
                self._put(_rule(MARGIN, self.right, self.y, INK))
            self._row(row, table.columns, is_head=False)
        if table.total:
            self._put(_rule(MARGIN, self.right, self.y, INK))
        self.y -= self.size

    def _widths(self, columns: Sequence[Column]) -> list[float]:
        shares = sum(column.share for column in columns)
        return [self.inner * column.share / shares for column in columns]

    def _height(self, row: Sequence[str], columns: Sequence[Column]) -> float:
        lines = max(
            len(wrapped(text, wide - 2 * CELL, self.size))
            for text, wide in zip(row, self._widths(columns), strict=True)
        )
        return lines * self.size * ROW_LEADING + 2 * CELL

    def _row(self, row: Sequence[str], columns: Sequence[Column], *, is_head: bool) -> None:
        height, top, left = self._height(row, columns), self.y, MARGIN
        if is_head:
            self._put(_shade(MARGIN, top - height, self.inner, height))
        for text, column, wide in zip(row, columns, self._widths(columns), strict=True):
            self.y = top - CELL + 0.28 * self.size
            for line in wrapped(text, wide - 2 * CELL, self.size):
                self.y -= self.size * ROW_LEADING
                used = sum(width_of(piece.text, self.size) for piece in line)
                spare = wide - 2 * CELL - used if column.is_number else 0.0
                self._pieces(left + CELL + spare, line)
            left += wide
        self.y = top - height
        self._put(_rule(MARGIN, self.right, self.y, HAIR))


def _writing(x: float, y: float, text: str, size: float, gray: float) -> Draw:
    """One line, in as many fonts as it needs, as one text object: it is read back in order."""

    def draw(canvas: Canvas) -> None:
        line = canvas.beginText(x, y)
        line.setFillGray(gray)
        for font, run in runs(text):
            line.setFont(font, size)
            line.textOut(run)
        canvas.drawText(line)

    return draw


def _rule(left: float, right: float, y: float, gray: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setStrokeGray(gray)
        canvas.setLineWidth(0.5)
        canvas.line(left, y, right, y)

    return draw


def _shade(x: float, y: float, width: float, height: float) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(SHADE)
        canvas.rect(x, y, width, height, stroke=0, fill=1)

    return draw
