"""What a person needs to contact the buyer of a held order."""

from __future__ import annotations

from collections.abc import Sequence

from packstation.domain.cards import ContactCard
from packstation.domain.hold_clock import Circumstances
from packstation.domain.holds import ContactMethod
from packstation.domain.orders import Address, is_masked
from packstation.domain.phones import phone_key
from packstation.store.database import rows_of
from packstation.store.holds import attempts_of, running_attempt


def contact_card(hold_id: int, person_id: int | None) -> ContactCard:
    """The contact card of a hold; `open_attempt` is this person's running contact.

    The phone is the delivery address's where it is clear, else the buyer's profile's.
    """
    row = rows_of(
        "SELECT o.id, o.recipient, o.phone, o.street, o.ward, o.district, o.province, o.country, b.phone, b.name, b.email FROM hold h "
        "JOIN orders o ON o.id = h.order_id LEFT JOIN buyer b ON b.id = o.buyer_id WHERE h.id = ?",
        (hold_id,),
    )[0]
    order_id, recipient, phone, street, ward, district, province, country, profile_phone, profile_name, email = row
    best = clear_phone(phone, profile_phone) or phone or profile_phone or ""
    running = running_attempt(hold_id, person_id) if person_id is not None else None
    return ContactCard(
        hold_id=hold_id,
        order_id=order_id,
        recipient=recipient or profile_name or "",
        phone=best,
        phone_key=phone_key(best),
        address=Address(recipient, best, street, ward, district, province, country),
        attempts=attempts_of(hold_id),
        open_attempt=running[0] if running else None,
        open_method=running[2] if running else None,
        email=clear_phone(email),
    )


def phone_key_of(order_id: int) -> str:
    """The number under which an order's buyer is called, in E.164; empty where the channel hides it."""
    row = rows_of(
        "SELECT o.phone, b.phone FROM orders o LEFT JOIN buyer b ON b.id = o.buyer_id WHERE o.id = ?", (order_id,)
    )[0]
    return phone_key(clear_phone(*row))


def circumstances_of(order_id: int) -> Circumstances:
    """The circumstances in which an order is held."""
    return _circumstances("o.id = ?", (order_id,))[order_id]


def circumstances_of_held() -> dict[int, Circumstances]:
    """Those of every order that has an open hold, by order id."""
    return _circumstances("o.id IN (SELECT order_id FROM hold WHERE state IN ('waiting', 'escalated'))", ())


def _circumstances(which: str, values: Sequence[int]) -> dict[int, Circumstances]:
    # Whoever has no clear phone is reached by chat first.
    return {
        row[0]: Circumstances(row[1], row[2], ContactMethod.CALL if clear_phone(row[3], row[4]) else ContactMethod.CHAT)
        for row in rows_of(
            "SELECT o.id, s.channel, s.zone, o.phone, b.phone FROM orders o JOIN shop s ON s.id = o.shop_id "
            f"LEFT JOIN buyer b ON b.id = o.buyer_id WHERE {which}",
            values,
        )
    }


def clear_phone(*phones: str | None) -> str:
    """The first of the phones that is known and not masked; empty for none."""
    return next((text for text in phones if text and not is_masked(text)), "")
