"""What is to be done after a contact, by how it ended."""

from __future__ import annotations

from packstation.acts.contacting import Ended
from packstation.domain.holds import AttemptResult, HoldState
from packstation.domain.plain_text import plain
from packstation.locale import _, words
from packstation.tui.views.contact import Contact


def first_advice(contact: Contact, result: AttemptResult, ended: Ended, now: int) -> str:
    """What is done next with the parcel; `now` in ms UTC."""
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
        at = words.moment(hold.next_try_at, contact.order.zone, now=now)
        if ended.outside_hours:
            return _("next try {at}, as the buyer asked, outside the contact hours").format(at=at)
        return _("next try {at}").format(at=at)
    return _("it stays on the shelf")


def advice(contact: Contact, result: AttemptResult, ended: Ended) -> list[str]:
    """What else is to be known."""
    lines = []
    if ended.also_released:
        names = {other.hold.id: other.order.number for other in contact.others}
        numbers = ", ".join(plain(names.get(hold_id, ""), 40) for hold_id in ended.also_released)
        lines.append(_("Confirmed with it: {numbers}").format(numbers=numbers))
    if result is AttemptResult.REFUSED:
        lines.append(_("A cancellation by the shop counts against it: the buyer should cancel."))
    if result is AttemptResult.NOT_MY_ORDER and not contact.phone_hidden:
        lines.append(_("The number is marked; whoever it belongs to did nothing wrong."))
    return lines
