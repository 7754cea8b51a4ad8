"""The command card: what a packer scans instead of pressing keys, in Vietnamese and English on the same card."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from packstation.domain.codes import Command, CommandName, command_code
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.printing.drawing import drawn, pdf, png, svg
from packstation.printing.page import DOTS_PER_MM, Label, Shape, pages, sheet

TITLE = "packstation – mã lệnh · command codes"

_SHAPE = Shape(width=92 * DOTS_PER_MM, height=31 * DOTS_PER_MM, bar_height=11 * DOTS_PER_MM, line_sizes=(40, 24))

_NAMES = {
    CommandName.PACKED: ("ĐÓNG XONG", "Packed"),
    CommandName.HOLD: ("ĐỂ KỆ CHỜ", "Hold"),
    CommandName.UNDO: ("QUÉT NHẦM – QUAY LẠI", "Undo"),
    CommandName.NEXT: ("KIỆN TIẾP", "Next parcel"),
    CommandName.ACK: ("ĐÃ BỎ RA", "Seen, put aside"),
    CommandName.SHORT: ("THIẾU HÀNG", "Short"),
    CommandName.DAMAGED: ("HÀNG LỖI", "Damaged"),
    CommandName.REPRINT: ("IN LẠI", "Reprint"),
    CommandName.PERSON: ("ĐỔI NGƯỜI", "Change person"),
    CommandName.HELP: ("TRỢ GIÚP", "Help"),
    CommandName.SUPERVISOR: ("GỌI TỔ TRƯỞNG", "Call supervisor"),
    CommandName.HANDOVER: ("BÀN GIAO", "Handover"),
    CommandName.RETURNS: ("HÀNG HOÀN", "Returns"),
}
_METHODS = {
    ContactMethod.CALL: ("GỌI KHÁCH", "Call the buyer"),
    ContactMethod.CHAT: ("NHẮN KHÁCH", "Chat with the buyer"),
    ContactMethod.ZALO: ("NHẮN ZALO", "Zalo"),
    ContactMethod.SMS: ("NHẮN SMS", "SMS"),
    ContactMethod.EMAIL: ("GỬI EMAIL", "Email"),
}
_RESULTS = {
    AttemptResult.CONFIRMED: ("KHÁCH LẤY", "Confirmed"),
    AttemptResult.NO_ANSWER: ("KHÔNG NGHE MÁY", "No answer"),
    AttemptResult.BUSY: ("MÁY BẬN", "Busy"),
    AttemptResult.UNREACHABLE: ("THUÊ BAO", "Unreachable"),
    AttemptResult.MESSAGE_SENT: ("ĐÃ NHẮN", "Message sent"),
    AttemptResult.LATER: ("HẸN GỌI LẠI", "Call later"),
    AttemptResult.WRONG_NUMBER: ("SAI SỐ", "Wrong number"),
    AttemptResult.NOT_MY_ORDER: ("KHÔNG ĐẶT ĐƠN NÀY", "Not my order"),
    AttemptResult.WANTS_CHANGES: ("KHÁCH ĐỔI", "Wants changes"),
    AttemptResult.DUPLICATE_ORDER: ("TRÙNG ĐƠN", "Duplicate order"),
    AttemptResult.WILL_PREPAY: ("CHUYỂN KHOẢN TRƯỚC", "Will prepay"),
    AttemptResult.REFUSED: ("KHÁCH KHÔNG LẤY", "Refuses"),
}
_WHYS = {
    RefusalWhy.CHANGED_MIND: ("đổi ý", "changed mind"),
    RefusalWhy.BY_MISTAKE: ("đặt nhầm", "by mistake"),
    RefusalWhy.PRICE: ("giá cao", "price"),
    RefusalWhy.BOUGHT_ELSEWHERE: ("mua nơi khác", "bought elsewhere"),
    RefusalWhy.TOO_SLOW: ("giao lâu", "too slow"),
}


def command_entries(token: str) -> tuple[tuple[str, str], ...]:
    """Every command of an installation as (code, caption), the caption's first line Vietnamese, its second English."""
    vietnamese, english = _RESULTS[AttemptResult.REFUSED]
    captions = {Command(name): caption for name, caption in _NAMES.items()}
    captions |= {Command(CommandName.CONTACT, method=method): caption for method, caption in _METHODS.items()}
    captions |= {Command(CommandName.RESULT, result=result): caption for result, caption in _RESULTS.items()}
    captions |= {
        Command(CommandName.RESULT, result=AttemptResult.REFUSED, why=why): (f"{vietnamese}: {vi}", f"{english}: {en}")
        for why, (vi, en) in _WHYS.items()
    }
    return tuple((command_code(token, command), "\n".join(caption)) for command, caption in captions.items())


def card_svg(entries: Sequence[tuple[str, str]]) -> bytes:
    """The (code, caption) pairs as one tall SVG sheet.

    Raises:
        CodeTooLongError, UnprintableCodeError: a code that cannot be printed. The same for the other kinds.
    """
    return svg(sheet(TITLE, _labels(entries), _SHAPE))


def card_png(entries: Sequence[tuple[str, str]]) -> bytes:
    """The (code, caption) pairs as one tall PNG sheet."""
    return png(sheet(TITLE, _labels(entries), _SHAPE))


def card_pdf(entries: Sequence[tuple[str, str]]) -> bytes:
    """The (code, caption) pairs as A4 pages."""
    return pdf(pages(TITLE, _labels(entries), _SHAPE))


def card(file: Path, entries: Sequence[tuple[str, str]]) -> bytes:
    """What to write into `file`, of the kind its name ends in.

    Raises:
        UnknownFileKindError: neither .svg, .png nor .pdf.
        CodeTooLongError, UnprintableCodeError: a code that cannot be printed.
    """
    return drawn(file, TITLE, _labels(entries), _SHAPE)


def _labels(entries: Sequence[tuple[str, str]]) -> list[Label]:
    return [Label(code, tuple(caption.split("\n")), code_shown=True) for code, caption in entries]
