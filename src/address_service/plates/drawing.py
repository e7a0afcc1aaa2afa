"""Pencils of the sheets: a PDF page in millimetres, and one plate drawn onto it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Final, Literal

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from address_service.plates.embedding import embedded_name
from address_service.plates.fonts import FontMeasure, FontSet, Run, face_of, split_runs
from address_service.plates.layout import Box, Keyline, Line, PlateLayout
from address_service.plates.profile import BLACK, WHITE, Colour
from address_service.plates.qr import QrCode, make_qr

_LARGEST_TEXT_MM = 300.0
"""Some renderers (poppler among them) leave out text above 1,000 points without an error: larger is drawn as paths,
with the text invisibly on top, so that it can still be searched."""

_FILL: Final = 0  # text rendering modes, ISO 32000-1, 9.3.6
_FILL_AND_STROKE: Final = 2
_INVISIBLE: Final = 3


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is inked: ``condense`` narrows it (1 = natural), ``weight`` thickens its strokes, in em."""

    colour: Colour = BLACK
    condense: float = 1.0
    weight: float = 0.0


PLAIN = Style()


class Sheet:
    """A PDF document whose pages are measured in mm from the lower left corner.

    To be used by one thread at a time: ReportLab keeps its fonts in one registry. The bytes depend on
    what is drawn alone: no time stamp, no random id.
    """

    def __init__(self, width_mm: float, height_mm: float, fonts: FontSet, title: str) -> None:
        """Open a document with pages of one size; MediaBox = TrimBox."""
        self._fonts = fonts
        self._measure = FontMeasure(fonts)
        self._target = BytesIO()
        size = (width_mm * mm, height_mm * mm)
        self._canvas = Canvas(
            self._target,
            pagesize=size,
            pageCompression=1,
            invariant=1,
            initialFontName=embedded_name(fonts.primary),  # type: ignore[arg-type]  # the stub says float
            trimBox=(0, 0, *size),
            lang="zh-CN",
        )
        self._canvas.setTitle(title)
        self._canvas.setCreator("address-service")
        self._canvas.setAuthor("")

    @contextmanager
    def page(self) -> Iterator[None]:
        """One page; everything is drawn inside of one."""
        self._canvas.scale(mm, mm)
        yield
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The document."""
        self._canvas.save()
        return self._target.getvalue()

    @contextmanager
    def placed(self, x: float, y: float, scale: float) -> Iterator[None]:
        """Draw at (x, y) mm, reduced by ``scale``."""
        self._canvas.saveState()
        self._canvas.translate(x, y)
        self._canvas.scale(scale, scale)
        yield
        self._canvas.restoreState()

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle."""
        self._canvas.setFillColorRGB(colour.red, colour.green, colour.blue)
        self._canvas.rect(box.x, box.y, box.width, box.height, stroke=0, fill=1)

    def frame(self, keyline: Keyline) -> None:
        """Stroke a rounded frame."""
        box, colour = keyline.box, keyline.colour
        self._canvas.setStrokeColorRGB(colour.red, colour.green, colour.blue)
        self._canvas.setLineWidth(keyline.stroke)
        self._canvas.roundRect(box.x, box.y, box.width, box.height, keyline.radius, stroke=1, fill=0)

    def rule(self, x1: float, y1: float, x2: float, y2: float, stroke: float = 0.1) -> None:
        """Draw a black line."""
        self._canvas.setStrokeColorRGB(0, 0, 0)
        self._canvas.setLineWidth(stroke)
        self._canvas.line(x1, y1, x2, y2)

    def write(self, text: str, x: float, y: float, size: float, style: Style = PLAIN) -> None:
        """Write ``text`` from (x, y) on the baseline, em ``size`` mm, each character in a font that has it."""
        colour = style.colour
        self._canvas.setFillColorRGB(colour.red, colour.green, colour.blue)
        self._canvas.setStrokeColorRGB(colour.red, colour.green, colour.blue)
        for run in split_runs(text, self._fonts):
            if size > _LARGEST_TEXT_MM:
                self._outline(run, x, y, size, style)
            self._text(run, x, y, size, style)
            x += self._measure.width(run.text) * size * style.condense

    def _text(self, run: Run, x: float, y: float, size: float, style: Style) -> None:
        pencil = self._canvas.beginText(x, y)
        pencil.setFont(embedded_name(run.font), size)
        pencil.setHorizScale(100 * style.condense)
        pencil.setTextRenderMode(_mode(size, style))
        self._canvas.setLineWidth(style.weight * size)
        pencil.textOut(run.text)
        pencil.setTextRenderMode(_FILL)
        pencil.setHorizScale(100)
        self._canvas.drawText(pencil)

    def _outline(self, run: Run, x: float, y: float, size: float, style: Style) -> None:
        face = face_of(run.font)
        for char in run.text:
            path = face.outline(char)
            if path:
                scale_x = size * style.condense
                move = f"{scale_x:.6f} 0 0 {size:.6f} {x:.6f} {y:.6f} cm"
                self._canvas.addLiteral(f"q {move} {style.weight:.6f} w {path} B Q")
            x += self._measure.width(char) * size * style.condense

    def width(self, text: str, size: float) -> float:
        """Width of ``text`` at em ``size``, in mm."""
        return self._measure.width(text) * size

    def code(self, code: QrCode, box: Box) -> None:
        """Draw a QR code, black on white, as one path: its parts leave no hairlines between them."""
        self.fill(box, WHITE)
        unit = code.module_mm(box.width)
        runs = " ".join(f"{run.x} {run.y} {run.width} {run.height} re" for run in code.runs)
        self._canvas.addLiteral(f"q 0 0 0 rg {unit:.6f} 0 0 {unit:.6f} {box.x:.6f} {box.y:.6f} cm {runs} f Q")


def draw_plate(sheet: Sheet, layout: PlateLayout, url: str) -> None:
    """Draw one face with its lower left corner at the origin."""
    for panel in layout.panels:
        sheet.fill(panel.box, panel.colour)
    sheet.frame(layout.keyline)
    for line in layout.lines:
        _draw_line(sheet, line)
    if layout.qr is not None:
        sheet.code(make_qr(url), layout.qr)


def _draw_line(sheet: Sheet, line: Line) -> None:
    style = Style(line.ink, line.condense, line.weight)
    for piece in line.pieces:
        sheet.write(piece.text, piece.x, line.baseline, piece.size, style)


def _mode(size: float, style: Style) -> Literal[0, 2, 3]:
    if size > _LARGEST_TEXT_MM:
        return _INVISIBLE
    return _FILL_AND_STROKE if style.weight else _FILL
