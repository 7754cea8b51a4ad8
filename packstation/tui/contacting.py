"""Contacting the buyer of a held order, at the desk and at the call desk alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from packstation.acts import contacting, desk_views
from packstation.acts.contacting import ContactedByOtherError, Letter, NoOpenHoldError
from packstation.domain.cards import ContactCard, OrderCard
from packstation.domain.hold_events import NoOpenContactError, NotAllowedError
from packstation.domain.holds import AttemptResult, ContactMethod, RefusalWhy
from packstation.domain.mails import BadAddressError
from packstation.domain.plain_text import plain
from packstation.locale import _, language
from packstation.tui.contact_stage import Stage, Subject
from packstation.tui.dialing import Dialing
from packstation.tui.screens.instruction import Instruction
from packstation.tui.sounds import Sound
from packstation.tui.station import Station, now_ms
from packstation.tui.views.contact import (
    LATER_KEYS,
    METHOD_KEYS,
    RESULT_KEYS,
    WHY_KEYS,
    Contact,
    filled_script,
    link_of,
)


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways out of a contact, the same wherever it is shown.

    Attributes:
        dialing: starts calls.
        open_dialog: opens the dialog for what the courier is asked.
        look: has the station look at what there is to pull.
    """

    dialing: Dialing
    open_dialog: Callable[[Instruction], None]
    look: Callable[[], None]


class Contacting:
    """The contact on screen, if any.

    Args:
        station: the station.
        stage: where contacts are shown.
        ways: out of them.
    """

    def __init__(self, station: Station, stage: Stage, ways: Ways) -> None:
        self._station = station
        self._stage = stage
        self._ways = ways
        self._contact: Contact | None = None

    @property
    def is_open(self) -> bool:
        """Whether the contact panel is on screen."""
        return self._contact is not None and self._stage.is_shown

    @property
    def runs(self) -> bool:
        """Whether the contact on screen began and has no result yet."""
        return self.is_open and self._contact is not None and self._contact.opened

    @property
    def asks(self) -> bool:
        """Whether the last result wants a further answer."""
        return self.is_open and self._contact is not None and self._contact.asks is not None

    @property
    def text(self) -> str:
        """What is read or written to the buyer of the contact on screen; empty while it is masked."""
        return "\n".join(self._contact.script) if self.is_open and self._contact else ""

    def forget(self) -> None:
        """Whoever was on screen is not any more; a contact that runs goes on until it has a result or runs out."""
        self._contact = None

    async def ask(self) -> None:
        """F2: show the contact of the order on screen; pressed again, start it."""
        if self.is_open and self._contact and not self._contact.opened:
            await self.start(None)
        else:
            await self._look()

    async def start(self, method: ContactMethod | None, *, incoming: bool = False) -> None:
        """Start the contact; from here on the phone is shown, which is recorded.

        Args:
            method: how; None for how this buyer is usually reached.
            incoming: the buyer rang, so that nothing is dialled.
        """
        if not self.is_open and not await self._look():
            return
        contact, station = self._contact, self._station
        person = station.person
        if contact is None or person is None or contact.opened:
            return
        how = method or contact.usual_method
        if how not in contact.methods:
            station.say(_("This buyer cannot be reached so"), Sound.UNKNOWN)
            return
        act = partial(contacting.open_contact, station.place, person.id, contact.hold.id, how, incoming=incoming)
        try:
            card = await station.act(act)
        except NoOpenHoldError:
            self._decided_meanwhile()
            return
        except ContactedByOtherError as error:
            station.say(_("{name} is contacting this customer").format(name=plain(error.name, 40)), Sound.UNKNOWN)
            return
        self._show(replace(contact, card=card, masked=False, script=self._script(card, contact.order)))
        if how is ContactMethod.CALL and not incoming and card.open_attempt is not None:
            self._ways.dialing.call(card.open_attempt, card.phone_key)

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
        elif key == "i":
            self._ways.open_dialog(Instruction(contact.order, contact.instruction))
        elif result := dict(RESULT_KEYS).get(key):
            if result in (AttemptResult.REFUSED, AttemptResult.LATER):
                self._show(replace(contact, asks=result))
            else:
                await self.log(result)

    async def instruct(self, text: str) -> None:
        """What a buyer who confirms asks of the courier."""
        if self.is_open and self._contact:
            self._show(replace(self._contact, instruction=plain(text, contacting.LONGEST_INSTRUCTION).strip()))

    async def log(self, result: AttemptResult, why: RefusalWhy | None = None, next_try_at: int | None = None) -> None:
        """Log how the contact on screen ended."""
        contact, station = self._contact, self._station
        if contact is None or not self.is_open or station.person is None:
            station.say(_("No contact is open: F2 or CONTACT starts one"), Sound.UNKNOWN)
            return
        if result is AttemptResult.REFUSED and why is None:
            self._show(replace(contact, asks=result))
            return
        act = partial(
            contacting.end_contact,
            station.place,
            station.person.id,
            contact.hold.id,
            result,
            why,
            next_try_at,
            also=tuple(sorted(contact.ticked)),
            instruction=contact.instruction,
            letter=_letter(contact) if result is AttemptResult.MESSAGE_SENT else None,
        )
        try:
            ended = await station.act(act)
        except NoOpenContactError:
            station.say(_("This contact is not open any more: start it again with F2"), Sound.UNKNOWN)
            return
        except BadAddressError:
            station.say(_("This is no mail address: choose another way"), Sound.UNKNOWN)
            return
        except NotAllowedError:
            self._decided_meanwhile()
            return
        self._contact = None
        if ended.pull:
            self._ways.look()
        self._stage.show_ended(contact, result, ended)

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
            self._stage.close()
        return True

    async def _look(self) -> bool:
        station = self._station
        subject = self._stage.subject()
        if subject is None:
            return False
        if station.person is None:
            station.say(_("Sign in first: scan your badge"), Sound.UNKNOWN)
            return False
        card, beside = await station.act(partial(_read, subject, station.person.id))
        opened = card.open_attempt is not None
        masked = not opened and str(station.person.role) in station.settings.privacy.masked_roles
        script = () if masked else self._script(card, subject.order)
        sends_mail = bool(station.settings.mail.host)
        self._show(
            Contact(card, subject.order, subject.hold, script, masked, beside.other_holds, sends_mail=sends_mail)
        )
        return True

    def _script(self, card: ContactCard, order: OrderCard) -> tuple[str, ...]:
        contact = self._station.settings.contact
        text = contact.script if card.open_method in (None, ContactMethod.CALL) else contact.message
        return filled_script(text.vi if language() == "vi" else text.en, card, order)

    def _show(self, contact: Contact) -> None:
        from packstation.printing.qr import qr_rows

        self._contact = contact
        link = "" if contact.masked else link_of(contact.card)
        self._stage.show(contact, qr_rows(link) if link else ())

    def _decided_meanwhile(self) -> None:
        self._contact = None
        self._stage.close()
        self._station.say(_("Decided meanwhile: scan it again"), Sound.UNKNOWN)


def _read(subject: Subject, person_id: int) -> tuple[ContactCard, desk_views.BesideVerdict]:
    return (
        desk_views.contact_of(subject.hold.id, person_id),
        desk_views.beside_verdict(subject.customer_id, subject.order.id),
    )


def _letter(contact: Contact) -> Letter | None:
    """The mail that goes out when somebody says that the message is sent; None for any other way of contact."""
    if contact.card.open_method is not ContactMethod.EMAIL:
        return None
    subject = _("{shop}: your order {number}").format(
        shop=plain(contact.order.shop, 40), number=plain(contact.order.number, 40)
    )
    return Letter(contact.card.email, subject, "\n".join(contact.script) + "\n")
