"""Drawings read back: the barcodes in them, found as a scanner finds them."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageDraw

from packstation.printing.page import DOTS_PER_MM

Rectangle = tuple[float, float, float, float]
"""Left, top, width and height in dots."""


@dataclass(frozen=True)
class Drawing:
    """What was found in a file: the size of a page in dots, the black rectangles of each page."""

    width: int
    height: int
    pages: list[list[Rectangle]]


def codes_in_png(data: bytes) -> set[str]:
    return _codes(Image.open(io.BytesIO(data)))


def svg_drawing(data: bytes) -> Drawing:
    text = data.decode()
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', text)
    assert size is not None
    boxes = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", text)
    return Drawing(int(size[1]), int(size[2]), [[(int(x), int(y), int(w), int(h)) for x, y, w, h in boxes]])


def pdf_drawing(data: bytes) -> Drawing:
    size = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data)
    assert size is not None
    dots = 25.4 / 72 * DOTS_PER_MM
    height = float(size[2])
    pages = []
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        boxes = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f", _inflated(stream))
        if boxes:
            rectangles = [tuple(float(value) for value in box) for box in boxes]
            pages.append([(x * dots, (height - y) * dots, w * dots, -h * dots) for x, y, w, h in rectangles])
    return Drawing(round(float(size[1]) * dots), round(height * dots), pages)


def codes_in(drawing: Drawing) -> set[str]:
    found: set[str] = set()
    for page in drawing.pages:
        image = Image.new("L", (drawing.width, drawing.height), 255)
        pen = ImageDraw.Draw(image)
        for x, y, width, height in page:
            pen.rectangle((round(x), round(y), round(x + width) - 1, round(y + height) - 1), fill=0)
        found |= _codes(image)
    return found


def _codes(image: Image.Image) -> set[str]:
    code128 = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.Code128])
    return {found.text for found in zxingcpp.read_barcodes(image, formats=code128)}


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream
