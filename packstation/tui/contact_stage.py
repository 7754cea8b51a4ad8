"""Where a contact is shown: the desk, or the call desk. Contacting itself is the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from packstation.acts.contacting import Ended
from packstation.domain.cards import HoldCard, OrderCard
from packstation.domain.holds import AttemptResult, HoldState
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms
from packstation.tui.theme import STRONG, Tone
from packstation.tui.views import banner_text
from packstation.tui.views.contact import Contact
from packstation.tui.views.contact_ended import advice, first_advice
from packstation.tui.widgets.text import styled


@dataclass(frozen=True, slots=True)
class Subject:
    """What a contact is about: the hold, its order, and the customer, None for a guest's."""

    hold: HoldCard
    order: OrderCard
    customer_id: int | None


class Stage(Protocol):
    """Where a contact is shown."""

    @property
    def is_shown(self) -> bool:
        """Whether a contact is on screen here."""

    def subject(self) -> Subject | None:
        """What a contact would be about now; None, and says so, when there is nothing."""

    def show(self, contact: Contact, qr: Sequence[str]) -> None:
        """Show the contact, with the QR code of how the buyer is reached."""

    def close(self) -> None:
        """Put the contact away."""

    def show_ended(self, contact: Contact, result: AttemptResult, ended: Ended) -> None:
        """Show how the contact ended, in its place."""


class DeskStage:
    """The desk: the contact of the order on screen, in the place of the lower panels."""

    def __init__(self, station: Station) -> None:
        self._station = station

    @property
    def is_shown(self) -> bool:
        """Whether the contact panel is on screen."""
        return self._station.desk.has_class("-contact")

    def subject(self) -> Subject | None:
        """The order on screen, if it is on hold."""
        station = self._station
        answer = station.answer
        judgement = answer.judgement if answer else None
        hold = judgement.hold if judgement else None
        if answer is None or judgement is None or judgement.order is None or hold is None or not hold.hold.is_open:
            station.say(_("No open hold on screen: scan the parcel, or choose it from F3"), Sound.UNKNOWN)
            return None
        slots = hold.slots or ((answer.slot,) if answer.slot else ())
        customer = judgement.customer.id if judgement.customer else None
        return Subject(HoldCard(hold.id, hold.hold, hold.attempts, slots), judgement.order, customer)

    def show(self, contact: Contact, qr: Sequence[str]) -> None:
        """Put the panel in its place."""
        self._station.desk.show_contact(contact, now_ms(), qr)

    def close(self) -> None:
        """Put the lower panels back."""
        self._station.desk.close_contact()

    def show_ended(self, contact: Contact, result: AttemptResult, ended: Ended) -> None:
        """Say it in the banner."""
        station = self._station
        station.answer = None
        station.shown += 1
        number = plain(contact.order.number, 60)
        now = now_ms()
        rows = [styled((plain(line), STRONG)) for line in advice(contact, result, ended)]
        tone = Tone.DONE if ended.hold.state is HoldState.RELEASED else Tone.SAID
        big, line = words.result_word(result).upper(), f"{number}  ·  {first_advice(contact, result, ended, now)}"
        station.desk.show_said(banner_text.said(big, line, tone=tone), *rows)
