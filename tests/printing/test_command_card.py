from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from packstation.domain.codes import Command, CommandName, parse
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.printing.barcodes import UnprintableCodeError
from packstation.printing.command_card import card, card_pdf, card_png, card_svg, command_entries
from packstation.printing.drawing import UnknownFileKindError
from packstation.printing.page import MODULE, PAGE_HEIGHT, PAGE_WIDTH, CodeTooLongError
from tests.printing.reading import codes_in, codes_in_png, pdf_drawing, svg_drawing

TOKEN = "K3QZ9TBC"
ENTRIES = command_entries(TOKEN)
CODES = {code for code, _ in ENTRIES}


def test_every_code_on_the_card_is_read_back_from_every_kind_of_file() -> None:
    assert codes_in_png(card_png(ENTRIES)) == CODES
    assert codes_in(svg_drawing(card_svg(ENTRIES))) == CODES
    assert codes_in(pdf_drawing(card_pdf(ENTRIES))) == CODES


def test_the_card_has_every_command_and_every_code_means_it() -> None:
    commands = [parse(code, TOKEN) for code, _ in ENTRIES]
    assert all(isinstance(command, Command) for command in commands)
    found = {command for command in commands if isinstance(command, Command)}
    assert len(found) == len(ENTRIES)
    assert {command.name for command in found} == set(CommandName)
    assert {command.method for command in found} == {None, *ContactMethod}
    assert {command.result for command in found} == {None, *AttemptResult} - {AttemptResult.ABANDONED}
    assert {command.why for command in found} == {None, *RefusalWhy}


def test_every_caption_is_vietnamese_then_english() -> None:
    captions = [caption for _, caption in ENTRIES]
    assert all(len(caption.split("\n")) == 2 for caption in captions)
    assert "ĐÓNG XONG\nPacked" in captions
    assert "KHÁCH KHÔNG LẤY: đổi ý\nRefuses: changed mind" in captions


def test_modules_are_whole_printer_dots_in_true_size() -> None:
    svg = svg_drawing(card_svg(ENTRIES))
    assert {width % MODULE for _, _, width, _ in svg.pages[0]} == {0}
    assert min(width for _, _, width, _ in svg.pages[0]) == MODULE == 2
    root = ElementTree.fromstring(card_svg(ENTRIES))
    assert root.get("width") == "210.0mm"
    pdf = pdf_drawing(card_pdf(ENTRIES))
    assert (pdf.width, pdf.height) == (PAGE_WIDTH, PAGE_HEIGHT)
    assert min(width for page in pdf.pages for _, _, width, _ in page) == pytest.approx(MODULE, abs=0.02)


def test_nothing_is_printed_outside_a_page() -> None:
    drawing = pdf_drawing(card_pdf(ENTRIES))
    assert len(drawing.pages) > 1
    for page in drawing.pages:
        assert max(x + width for x, _, width, _ in page) < PAGE_WIDTH
        assert max(y + height for _, y, _, height in page) < PAGE_HEIGHT


def test_captions_are_text_in_the_svg_whatever_they_contain() -> None:
    root = ElementTree.fromstring(card_svg([("PS:T:HELP", '<script>&"\x1b[31m\nTRỢ GIÚP')]))
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert '<script>&"[31m' in texts
    assert "TRỢ GIÚP" in texts


def test_the_kind_is_what_the_files_name_ends_in() -> None:
    entries = ENTRIES[:1]
    assert card(Path("a.SVG"), entries) == card_svg(entries)
    assert card(Path("a.png"), entries) == card_png(entries)
    assert card(Path("a.pdf"), entries).startswith(b"%PDF")
    for name in ("a.jpg", "a", "a.svg.gz"):
        with pytest.raises(UnknownFileKindError) as refused:
            card(Path(name), entries)
        assert "\n" not in str(refused.value)


def test_a_code_that_cannot_be_a_barcode_is_refused() -> None:
    with pytest.raises(CodeTooLongError):
        card_svg([("X" * 70, "")])
    for code in ("", "ĐÓNG", "A\x00B"):
        with pytest.raises(UnprintableCodeError):
            card_svg([(code, "")])
