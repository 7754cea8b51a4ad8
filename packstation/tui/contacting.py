"""Contacting the buyer of a held order from the desk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from packstation.acts import contacting, desk_views
from packstation.acts.contacting import Ended, NoOpenHoldError
from packstation.domain.cards import ContactCard, HoldCard, OrderCard
from packstation.domain.hold_events import NoOpenContactError, NotAllowedError
from packstation.domain.holds import AttemptResult, ContactMethod, HoldState, RefusalWhy
from packstation.domain.plain_text import plain
from packstation.locale import _, language, words
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms
from packstation.tui.theme import STRONG, Tone
from packstation.tui.views import banner_text
from packstation.tui.views.contact import (
    LATER_KEYS,
    METHOD_KEYS,
    RESULT_KEYS,
    WHY_KEYS,
    Contact,
    filled_script,
    link_of,
)
from packstation.tui.widgets.text import styled


class Contacting:
    """The contact on screen, if any.

    Args:
        station: the station.
        look: has the station look at what there is to pull.
    """

    def __init__(self, station: Station, look: Callable[[], None]) -> None:
        self._station = station
        self._look_for_alarms = look
        self._contact: Contact | None = None
        self._qr: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether the contact panel is on screen."""
        return self._contact is not None and self._station.desk.has_class("-contact")

    async def ask(self) -> None:
        """F2: show the contact of the order on screen; pressed again, start it."""
        if self.is_open and self._contact and not self._contact.opened:
            await self.start(None)
        else:
            await self._look()

    async def start(self, method: ContactMethod | None) -> None:
        """Start the contact; from here on the phone is shown, which is recorded.

        Args:
            method: how; None for how this buyer is usually reached.
        """
        if not self.is_open and not await self._look():
            return
        contact, station = self._contact, self._station
        person = station.person
        if contact is None or person is None or contact.opened:
            return
        try:
            card = await station.act(
                partial(
                    contacting.open_contact, station.place, person.id, contact.hold.id, method or contact.usual_method
                )
            )
        except NoOpenHoldError:
            self._decided_meanwhile()
            return
        self._qr = self._drawn_qr(card)
        self._show(replace(contact, card=card, masked=False, script=self._script(card, contact.order)))

    async def press(self, key: str) -> None:
        """A key of the contact panel."""
        contact = self._contact
        if contact is None:
            return
        if key in ("up", "down"):
            self._show(contact.pointing(-1 if key == "up" else 1))
        elif key == "space":
            self._show(contact.toggled())
        elif not contact.opened:
            method = dict(METHOD_KEYS).get(key)
            if method or key == "enter":
                await self.start(method)
            elif key in dict(RESULT_KEYS):
                self._station.say(_("Start the contact first: F2"))
        elif contact.asks is AttemptResult.REFUSED:
            if why := dict(WHY_KEYS).get(key):
                await self.log(AttemptResult.REFUSED, why)
        elif contact.asks is AttemptResult.LATER:
            if wait := dict(LATER_KEYS).get(key):
                await self.log(AttemptResult.LATER, next_try_at=now_ms() + wait)
        elif result := dict(RESULT_KEYS).get(key):
            if result in (AttemptResult.REFUSED, AttemptResult.LATER):
                self._show(replace(contact, asks=result))
            else:
                await self.log(result)

    async def log(self, result: AttemptResult, why: RefusalWhy | None = None, next_try_at: int | None = None) -> None:
        """Log how the contact on screen ended."""
        contact, station = self._contact, self._station
        if contact is None or not self.is_open or station.person is None:
            station.say(_("No contact is open: F2 or CONTACT starts one"), Sound.UNKNOWN)
            return
        if result is AttemptResult.REFUSED and why is None:
            self._show(replace(contact, asks=result))
            return
        try:
            ended = await station.act(
                partial(
                    contacting.end_contact,
                    station.place,
                    station.person.id,
                    contact.hold.id,
                    result,
                    why,
                    next_try_at,
                    also=tuple(sorted(contact.ticked)),
                )
            )
        except NoOpenContactError:
            station.say(_("This contact is not open any more: start it again with F2"), Sound.UNKNOWN)
            return
        except NotAllowedError:
            self._decided_meanwhile()
            return
        self._contact = None
        if ended.pull:
            self._look_for_alarms()
        self._show_ended(contact, result, ended)

    def close(self) -> bool:
        """Put the panel away, or the question in it; False when there was none."""
        contact = self._contact
        if contact is None or not self.is_open:
            self._contact = None
            return False
        if contact.asks:
            self._show(replace(contact, asks=None))
        else:
            self._contact = None
            self._station.desk.close_contact()
        return True

    async def _look(self) -> bool:
        station = self._station
        judgement = station.answer.judgement if station.answer else None
        hold = judgement.hold if judgement else None
        if judgement is None or judgement.order is None or hold is None or not hold.hold.is_open:
            station.say(_("No open hold on screen: scan the parcel, or choose it from F3"), Sound.UNKNOWN)
            return False
        if station.person is None:
            station.say(_("Sign in first: scan your badge"), Sound.UNKNOWN)
            return False
        customer_id = judgement.customer.id if judgement.customer else None
        card, beside = await station.act(partial(_read, hold, station.person.id, customer_id, judgement.order.id))
        opened = card.open_attempt is not None
        masked = not opened and str(station.person.role) in station.settings.privacy.masked_roles
        script = () if masked else self._script(card, judgement.order)
        self._qr = () if masked else self._drawn_qr(card)
        slots = hold.slots or ((station.answer.slot,) if station.answer and station.answer.slot else ())
        self._show(Contact(card, judgement.order, replace(hold, slots=slots), script, masked, beside.other_holds))
        return True

    def _script(self, card: ContactCard, order: OrderCard) -> tuple[str, ...]:
        script = self._station.settings.contact.script
        return filled_script(script.vi if language() == "vi" else script.en, card, order)

    def _drawn_qr(self, card: ContactCard) -> tuple[str, ...]:
        from packstation.printing.qr import qr_rows

        link = link_of(card)
        return qr_rows(link) if link else ()

    def _show(self, contact: Contact) -> None:
        self._contact = contact
        self._station.desk.show_contact(contact, now_ms(), self._qr)

    def _decided_meanwhile(self) -> None:
        self._contact = None
        self._station.desk.close_contact()
        self._station.say(_("Decided meanwhile: scan it again"), Sound.UNKNOWN)

    def _show_ended(self, contact: Contact, result: AttemptResult, ended: Ended) -> None:
        station = self._station
        station.answer = None
        station.shown += 1
        number = plain(contact.order.number, 60)
        rows = [styled((plain(line), STRONG)) for line in _advice(contact, result, ended)]
        tone = Tone.DONE if ended.hold.state is HoldState.RELEASED else Tone.SAID
        station.desk.show_said(
            banner_text.said(
                words.result_word(result).upper(), f"{number}  ·  {_first_advice(contact, result, ended)}", tone=tone
            ),
            *rows,
        )


def _read(
    hold: HoldCard, person_id: int, customer_id: int | None, order_id: int
) -> tuple[ContactCard, desk_views.BesideVerdict]:
    return desk_views.contact_of(hold.id, person_id), desk_views.beside_verdict(customer_id, order_id)


def _first_advice(contact: Contact, result: AttemptResult, ended: Ended) -> str:
    hold = ended.hold
    if hold.state is HoldState.RELEASED:
        slots = ", ".join(contact.hold.slots)
        if slots:
            return _("fetch it from slot {slot} and scan it again").format(slot=slots)
        return _("scan it again")
    if hold.state is HoldState.CLOSED:
        if result is AttemptResult.REFUSED:
            return _("ask the buyer to cancel in the app first")
        return _("put it aside, it is not packed")
    if hold.state is HoldState.ESCALATED:
        return _("the supervisor decides: {why}").format(why=words.hold_reason_word(hold.reason))
    if result is AttemptResult.WANTS_CHANGES:
        return _("the seller changes the order; it stays on the shelf")
    if result is AttemptResult.WILL_PREPAY:
        return _("it stays on the shelf until the payment is seen")
    if hold.next_try_at is not None:
        at = words.moment(hold.next_try_at, contact.order.zone, now=now_ms())
        if ended.outside_hours:
            return _("next try {at}, as the buyer asked, outside the contact hours").format(at=at)
        return _("next try {at}").format(at=at)
    return _("it stays on the shelf")


def _advice(contact: Contact, result: AttemptResult, ended: Ended) -> list[str]:
    lines = []
    if ended.also_released:
        names = {other.hold.id: other.order.number for other in contact.others}
        numbers = ", ".join(plain(names.get(hold_id, ""), 40) for hold_id in ended.also_released)
        lines.append(_("Confirmed with it: {numbers}").format(numbers=numbers))
    if result is AttemptResult.REFUSED:
        lines.append(_("A cancellation by the shop counts against it: the buyer should cancel."))
    return lines
