"""The contact panel: whom to call and what to read to them, the results by one key each, and a QR of the phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from packstation.acts.desk_views import HeldOrder
from packstation.domain.cards import AttemptCard, ContactCard, HoldCard, OrderCard
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.domain.phones import mask_phone, sms_link, tel_link, zalo_link
from packstation.domain.plain_text import PlainText, plain
from packstation.domain.times import HOUR, MINUTE
from packstation.locale import _, words
from packstation.tui.theme import BAD, GOOD, KEY, MUTED, STRONG, TITLE, WARNING
from packstation.tui.widgets.cells import fitted, width_of
from packstation.tui.widgets.panel import Draw, heading, wrapped
from packstation.tui.widgets.text import Shown, StyledText, styled

RESULT_KEYS: tuple[tuple[str, AttemptResult], ...] = (
    ("1", AttemptResult.CONFIRMED),
    ("2", AttemptResult.NO_ANSWER),
    ("3", AttemptResult.BUSY),
    ("4", AttemptResult.UNREACHABLE),
    ("5", AttemptResult.LATER),
    ("6", AttemptResult.MESSAGE_SENT),
    ("7", AttemptResult.WRONG_NUMBER),
    ("8", AttemptResult.REFUSED),
    ("9", AttemptResult.WANTS_CHANGES),
    ("0", AttemptResult.DUPLICATE_ORDER),
    ("n", AttemptResult.NOT_MY_ORDER),
    ("p", AttemptResult.WILL_PREPAY),
)
METHOD_KEYS: tuple[tuple[str, ContactMethod], ...] = (
    ("c", ContactMethod.CALL),
    ("h", ContactMethod.CHAT),
    ("z", ContactMethod.ZALO),
    ("s", ContactMethod.SMS),
    ("e", ContactMethod.EMAIL),
)
WHY_KEYS: tuple[tuple[str, RefusalWhy], ...] = tuple(zip("12345", RefusalWhy, strict=True))
LATER_KEYS: tuple[tuple[str, int], ...] = (
    ("1", 15 * MINUTE),
    ("2", 30 * MINUTE),
    ("3", HOUR),
    ("4", 2 * HOUR),
    ("5", 4 * HOUR),
)
_BLACK_ON_WHITE = "#000000 on #ffffff"
_LEAST_TEXT = 40
_SPACE = plain(" ")


@dataclass(frozen=True, slots=True)
class Contact:
    """The contact on screen.

    `script` is what to read or to copy; `ticked` are hold ids of the customer's other orders; `asks` is the result that
    wants a further answer before it is logged; `instruction` is what the courier is asked if the buyer confirms; `sends_mail`
    whether there is a mail server.
    """

    card: ContactCard
    order: OrderCard
    hold: HoldCard
    script: tuple[str, ...]
    masked: bool
    others: tuple[HeldOrder, ...] = ()
    ticked: frozenset[int] = frozenset()
    pointed: int = 0
    asks: AttemptResult | None = None
    instruction: str = ""
    sends_mail: bool = False

    @property
    def opened(self) -> bool:
        """Whether a contact of this person runs, so that results may be logged."""
        return self.card.open_attempt is not None

    @property
    def phone_hidden(self) -> bool:
        """Whether the channel hides the phone, so that the buyer is reached by chat."""
        return not self.card.phone_key

    @property
    def usual_method(self) -> ContactMethod:
        """How this buyer is reached."""
        return self.methods[0]

    @property
    def methods(self) -> tuple[ContactMethod, ...]:
        """How this buyer can be reached, the usual way first: a chat where the channel hides the phone."""
        by_phone = (ContactMethod.CALL, ContactMethod.ZALO, ContactMethod.SMS)
        by_mail = (ContactMethod.EMAIL,) if self.sends_mail and self.card.email else ()
        if self.phone_hidden:
            return (ContactMethod.CHAT, *by_mail)
        return (*by_phone, ContactMethod.CHAT, *by_mail)

    def pointing(self, rows: int) -> Contact:
        """With the pointer moved over the other holds."""
        return replace(self, pointed=max(0, min(self.pointed + rows, len(self.others) - 1)))

    def toggled(self) -> Contact:
        """With the pointed hold ticked, or no longer."""
        if not self.others:
            return self
        return replace(self, ticked=self.ticked ^ {self.others[self.pointed].hold.id})


def filled_script(lines: Sequence[str], card: ContactCard, order: OrderCard) -> tuple[str, ...]:
    """The script with what it stands for; texts from outside are put in as they are and never read as a template."""
    items = ", ".join(f"{item.quantity} × {plain(item.name or item.sku, 60)}" for item in order.items[:4])
    if len(order.items) > 4:
        items += ", …"
    known = {
        "shop": order.shop,
        "recipient": card.recipient,
        "number": order.number,
        "items": items,
        "to_collect": words.money(order.to_collect, order.currency),
        "address": address_text(card),
    }
    return tuple(_filled(line, known) for line in lines)


def _filled(line: str, known: dict[str, str]) -> str:
    parts: list[str] = []
    rest = line
    while rest:
        at, word = min(((rest.find(f"{{{name}}}"), name) for name in known if f"{{{name}}}" in rest), default=(-1, ""))
        if at < 0:
            parts.append(rest)
            break
        parts += [rest[:at], plain(known[word], 200)]
        rest = rest[at + len(word) + 2 :]
    return "".join(parts)


def address_text(card: ContactCard) -> str:
    """The address as it is read back."""
    address = card.address
    return ", ".join(part for part in (address.street, address.ward, address.district, address.province) if part)


def contact_panel(contact: Contact, now: int, qr: Sequence[str] = ()) -> Draw:
    """The panel of a contact.

    Args:
        contact: what is on screen.
        now: ms UTC.
        qr: the rows of the phone's QR code; shown if it fits.
    """

    def draw(width: int, height: int) -> Sequence[Shown]:
        code = qr if qr and len(qr) <= height and width - len(qr[0]) - 2 >= _LEAST_TEXT else ()
        room = width - (len(code[0]) + 2 if code else 0)
        rows = _text_rows(contact, room, height, now)
        if not code:
            return rows
        padded = [*rows, *(plain("") for _row in range(len(code) - len(rows)))]
        return [_beside(row, room, code[place] if place < len(code) else "") for place, row in enumerate(padded)]

    return draw


def _beside(row: Shown, room: int, code: str) -> Shown:
    from textual.content import Content

    from packstation.tui.widgets.text import content_of

    left = content_of(row).truncate(room, ellipsis=True, pad=True)
    return StyledText(Content.assemble(left, "  ", (code, _BLACK_ON_WHITE)) if code else left)


def _text_rows(contact: Contact, width: int, height: int, now: int) -> list[Shown]:
    foot = _choices(contact, width)
    head = _head(contact, width)
    extra = [*_attempts(contact, now), *_others(contact)]
    room = max(0, height - len(head) - len(foot))
    extra = extra[: max(0, room - 2)]
    script: list[Shown] = []
    for line in contact.script:
        rows = wrapped(plain(f"“{line}”"), width, 3)
        if len(script) + len(rows) > room - len(extra):
            break
        script += [styled((row, "italic #dfe5ec")) for row in rows]
    spare = room - len(script) - len(extra)
    gap: list[Shown] = [plain("")] if spare >= 2 else []
    return [*head, *script, *extra, *gap, *foot]


def _head(contact: Contact, width: int) -> list[Shown]:
    card, order = contact.card, contact.order
    verb = _("MESSAGE THE BUYER") if contact.phone_hidden else _("CALL THE BUYER")
    slots = ", ".join(contact.hold.slots)
    rest = f"{plain(order.number, 40)}" + (f" · {_('slot {slot}').format(slot=slots)}" if slots else "")
    rows: list[Shown] = [heading(verb, rest)]
    if order.number_marked_at is not None:
        rows.append(styled((plain(words.marked_text(order, order.number_marked_at)), WARNING)))
    name = (plain(card.recipient or "–", 60), STRONG)
    if contact.phone_hidden:
        rows.append(styled(name, (plain("  " + _("phone hidden by the channel: use its chat")), WARNING)))
    elif contact.masked:
        rows.append(styled((plain(f"{mask_phone(card.phone)}  "), MUTED), name))
    else:
        rows.append(styled((plain(f"{_spaced(card.phone)}  "), f"{GOOD} bold"), name))
    if not contact.masked:
        rows += [styled((line, "")) for line in wrapped(plain(address_text(card), 240), width, 2)]
    else:
        rows.append(styled((plain(contact.card.address.province or "–", 80), "")))
    if contact.card.open_method is ContactMethod.EMAIL:
        rows.append(styled((plain(card.email, 80), STRONG), (plain("  " + _("6 sends the text below")), MUTED)))
    if contact.instruction:
        rows.append(styled((plain(_("courier: {text}").format(text=contact.instruction)), GOOD)))
    return rows


def _spaced(phone: str) -> str:
    digits = plain(phone, 40)
    if digits.isdigit() and len(digits) == 10:
        return f"{digits[:4]} {digits[4:7]} {digits[7:]}"
    return digits


def _attempts(contact: Contact, now: int) -> list[Shown]:
    ended = [attempt for attempt in contact.card.attempts if attempt.result is not None]
    return [styled((plain(_attempt(attempt, contact.order.zone, now)), MUTED)) for attempt in ended[-3:]]


def _attempt(attempt: AttemptCard, zone: str, now: int) -> str:
    result = words.result_word(attempt.result) if attempt.result else ""
    why = f" ({words.why_word(RefusalWhy(attempt.why))})" if attempt.why in tuple(RefusalWhy) else ""
    at = words.moment(attempt.opened_at, zone, now=now)
    who = f"{'↙' if attempt.incoming else '↺'} {at} {words.method_word(attempt.method)}"
    heard = f" · {attempt.recording}" if attempt.recording else ""
    return f"{who}: {result}{why} – {attempt.by}{heard}"


def _others(contact: Contact) -> list[Shown]:
    rows: list[Shown] = []
    if contact.others:
        rows.append(
            styled((plain(_("Other open holds of this customer (space ticks, confirmed with this one):")), TITLE))
        )
    for place, other in enumerate(contact.others):
        box = "[x]" if other.hold.id in contact.ticked else "[ ]"
        mark = "▸" if place == contact.pointed else " "
        amount = words.money(other.order.to_collect, other.order.currency)
        style = GOOD if other.hold.id in contact.ticked else STRONG
        rows.append(styled((plain(f"{mark}{box} {plain(other.order.number, 40)}  {amount}"), style)))
    return rows


def _choices(contact: Contact, width: int) -> list[Shown]:
    if not contact.opened:
        keys = [("F2", _("start: {method}, recorded").format(method=words.method_word(contact.usual_method)))]
        keys += [(key, words.method_word(method)) for key, method in METHOD_KEYS if method in contact.methods]
        return _key_rows(keys, width)
    if contact.asks is AttemptResult.REFUSED:
        question = styled((plain(_("Why does the buyer not want it?")), BAD))
        return [question, *_key_rows([(key, words.why_word(why)) for key, why in WHY_KEYS], width)]
    if contact.asks is AttemptResult.LATER:
        question = styled((plain(_("Call again in how long?")), WARNING))
        return [question, *_key_rows([(key, words.span(wait)) for key, wait in LATER_KEYS], width)]
    return _key_rows([(key, words.result_word(result)) for key, result in RESULT_KEYS], width)


def _key_rows(keys: Sequence[tuple[str, str]], width: int) -> list[Shown]:
    """The keys in columns as wide as the widest of them."""
    cells = [(plain(f" {key} "), plain(word)) for key, word in keys]
    wide = max(width_of(cap) + width_of(word) for cap, word in cells) + 3
    columns = max(1, min(len(cells), width // wide))
    wide = min(wide, width // columns)
    rows: list[Shown] = []
    for start in range(0, len(cells), columns):
        parts: list[PlainText | tuple[PlainText, str]] = []
        for cap, word in cells[start : start + columns]:
            parts += [(cap, KEY), _SPACE, plain(fitted(word, max(1, wide - width_of(cap) - 2))), _SPACE]
        rows.append(styled(*parts))
    return rows


def link_of(card: ContactCard) -> str:
    """What a phone opens to reach the buyer: the dialler, a Zalo chat or a text message; empty where nothing of that is meant."""
    if not card.phone_key or card.open_method in (ContactMethod.CHAT, ContactMethod.EMAIL):
        return ""
    if card.open_method is ContactMethod.ZALO:
        return zalo_link(card.phone_key)
    return sms_link(card.phone_key) if card.open_method is ContactMethod.SMS else tel_link(card.phone_key)
