"""Sheets drawn as SVG, PNG and PDF, and the file kind that a name asks for."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from packstation.printing.fonts import FAMILY, font, font_file
from packstation.printing.page import DOTS_PER_MM, DPI, Label, Shape, Sheet, pages, sheet, strip

_FRAME_GREY = 190


class UnknownFileKindError(ValueError):
    """The file's name does not end in .svg, .png or .pdf."""


def drawn(file: Path, title: str, labels: Sequence[Label], shape: Shape) -> bytes:
    """What to write into `file`, of the kind its name ends in: one tall sheet as SVG or PNG, A4 pages as PDF.

    Raises:
        UnknownFileKindError: neither .svg, .png nor .pdf.
        CodeTooLongError, UnprintableCodeError: a code that cannot be printed.
    """
    return _of_kind(
        file,
        {
            ".svg": lambda: svg(sheet(title, labels, shape)),
            ".png": lambda: png(sheet(title, labels, shape)),
            ".pdf": lambda: pdf(pages(title, labels, shape)),
        },
    )


def drawn_labels(file: Path, labels: Sequence[Label], shape: Shape) -> bytes:
    """The same on paper as wide as the labels: one strip as SVG or PNG, as PDF a page a label.

    Raises:
        UnknownFileKindError: neither .svg, .png nor .pdf.
        CodeTooLongError, UnprintableCodeError: a code that cannot be printed.
    """
    return _of_kind(
        file,
        {
            ".svg": lambda: svg(strip(labels, shape)),
            ".png": lambda: png(strip(labels, shape)),
            ".pdf": lambda: pdf([strip([label], shape) for label in labels]),
        },
    )


def _of_kind(file: Path, kinds: Mapping[str, Callable[[], bytes]]) -> bytes:
    kind = kinds.get(file.suffix.lower())
    if kind is None:
        raise UnknownFileKindError(f"{file.name}: the name must end in {', '.join(kinds)}")
    return kind()


def svg(drawing: Sheet) -> bytes:
    """The sheet as SVG in its true size. Letters are the viewer's, where it lacks our font."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{drawing.width / DOTS_PER_MM}mm" '
        f'height="{drawing.height / DOTS_PER_MM}mm" viewBox="0 0 {drawing.width} {drawing.height}" '
        f'font-family="{FAMILY}, sans-serif">',
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    parts += [
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" fill="none" '
        f'stroke="rgb({_FRAME_GREY},{_FRAME_GREY},{_FRAME_GREY})"/>'
        for box in drawing.frames
    ]
    bars = "".join(f"M{box.x} {box.y}h{box.width}v{box.height}h-{box.width}z" for box in drawing.bars)
    parts.append(f'<path d="{bars}" shape-rendering="crispEdges"/>')
    for line in drawing.lines:
        weight = "bold" if line.bold else "normal"
        place = f'x="{line.x}" y="{line.y}" font-size="{line.size}" font-weight="{weight}"'
        parts.append(f"<text {place}>{escape(line.text)}</text>")
    return ("\n".join([*parts, "</svg>"]) + "\n").encode()


def png(drawing: Sheet) -> bytes:
    """The sheet as grey PNG, one pixel a printer dot."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (drawing.width, drawing.height), 255)
    pen = ImageDraw.Draw(image)
    for box in drawing.frames:
        pen.rectangle((box.x, box.y, box.x + box.width - 1, box.y + box.height - 1), outline=_FRAME_GREY)
    for box in drawing.bars:
        pen.rectangle((box.x, box.y, box.x + box.width - 1, box.y + box.height - 1), fill=0)
    for line in drawing.lines:
        pen.text((line.x, line.y), line.text, fill=0, font=font(line.size, bold=line.bold), anchor="ls")
    file = io.BytesIO()
    image.save(file, "PNG", dpi=(DPI, DPI))
    return file.getvalue()


def pdf(drawings: Sequence[Sheet]) -> bytes:
    """The sheets as pages of a PDF in their true size, the fonts inside."""
    from fpdf import FPDF

    document = FPDF(unit="mm")
    document.set_auto_page_break(False)
    for style, bold in (("", False), ("B", True)):
        document.add_font(FAMILY, style, font_file(bold=bold))
    document.set_line_width(1 / DOTS_PER_MM)
    document.set_draw_color(_FRAME_GREY)
    for drawing in drawings:
        document.add_page(format=(drawing.width / DOTS_PER_MM, drawing.height / DOTS_PER_MM))
        for boxes, style in ((drawing.frames, "D"), (drawing.bars, "F")):
            for box in boxes:
                x, y, width, height = (value / DOTS_PER_MM for value in (box.x, box.y, box.width, box.height))
                document.rect(x, y, width, height, style)
        for line in drawing.lines:
            document.set_font(FAMILY, "B" if line.bold else "", line.size / DOTS_PER_MM * 72 / 25.4)
            document.text(line.x / DOTS_PER_MM, line.y / DOTS_PER_MM, line.text)
    return bytes(document.output())
