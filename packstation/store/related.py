"""Orders of others that look like the same person's: same phone, email, address or name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packstation.domain.buyers import fold
from packstation.domain.cards import PastOrderCard
from packstation.domain.order_stories import RelatedOrder, Why
from packstation.domain.search_words import name_words
from packstation.store.database import rows_of
from packstation.store.order_cards import past_order_cards, past_orders_where
from packstation.store.searching import buyers_with_words

MOST = 100
_ORDERS_A_BUYER = 10
_MOST_BUYERS = 50
_LATEST = 20


def related_orders(customer_id: int) -> list[RelatedOrder]:
    """Others' latest orders that have something in common with the customer, newest first, at most MOST."""
    own = rows_of("SELECT id, name_key, phone_key, email FROM buyer WHERE customer_id = ?", (customer_id,))
    ids = {row[0] for row in own}
    whys: dict[int, set[Why]] = {}
    for why, column, place in ((Why.PHONE, "phone_key", 2), (Why.EMAIL, "email", 3)):
        for value in sorted({row[place] for row in own} - {""}):
            _add(
                whys,
                why,
                rows_of(
                    f"SELECT id FROM buyer WHERE {column} = ? AND {column} <> '' ORDER BY id DESC LIMIT ?",
                    (value, _MOST_BUYERS),
                ),
            )
    phones = {row[2] for row in own} - {""} | _of_latest("phone_key", sorted(ids))
    for name in sorted({row[1] for row in own} - {""}):
        _add(whys, Why.NAME, _of_name(name))
    found: dict[int, tuple[PastOrderCard, set[Why]]] = {}
    for buyer_id, reasons in whys.items():
        if buyer_id not in ids:
            for card in past_order_cards([buyer_id], _ORDERS_A_BUYER):
                found.setdefault(card.id, (card, set()))[1].update(reasons)
    for why, column, values in (
        (Why.PHONE, "phone_key", phones),
        (Why.ADDRESS, "address_key", _of_latest("address_key", sorted(ids))),
    ):
        for card in _of_others(column, sorted(values), sorted(ids)):
            found.setdefault(card.id, (card, set()))[1].add(why)
    newest = sorted(found.values(), key=lambda each: (each[0].placed_at, each[0].id), reverse=True)[:MOST]
    people = _people([card.id for card, _why in newest])
    return [
        RelatedOrder(card, *people[card.id], tuple(why for why in Why if why in reasons)) for card, reasons in newest
    ]


def _add(whys: dict[int, set[Why]], why: Why, rows: Iterable[Sequence[int]]) -> None:
    for row in rows:
        whys.setdefault(row[0], set()).add(why)


def _of_name(name_key: str) -> list[tuple[int]]:
    """The newest buyers of exactly this name; a single word is no name to go by."""
    words = name_words(name_key)
    if len(words) < 2:
        return []
    return [(each.buyer_id,) for each in buyers_with_words(words) if fold(each.name) == name_key][:_MOST_BUYERS]


def _of_latest(column: str, buyer_ids: Sequence[int]) -> set[str]:
    """What a column says of the customer's latest orders: where they went, or the recipient's number."""
    marks = ",".join("?" * len(buyer_ids))
    rows = rows_of(
        f"SELECT {column} FROM orders WHERE buyer_id IN ({marks}) ORDER BY placed_at DESC, id DESC LIMIT ?",
        (*buyer_ids, _LATEST),
    )
    return {row[0] for row in rows} - {None}


def _of_others(column: str, values: Sequence[str], buyer_ids: Sequence[int]) -> list[PastOrderCard]:
    """The latest orders of others, guests too, in which a column says one of these."""
    marks = ",".join("?" * len(buyer_ids))
    return [
        card
        for value in values
        for card in past_orders_where(
            f"o.{column} = ? AND o.became IS NULL AND (o.buyer_id IS NULL OR o.buyer_id NOT IN ({marks})) "
            "ORDER BY o.placed_at DESC, o.id DESC LIMIT ?",
            (value, *buyer_ids, _MOST_BUYERS),
        )
    ]


def _people(order_ids: Sequence[int]) -> dict[int, tuple[int | None, str]]:
    """Whose the orders are: customer and name, a guest's recipient."""
    marks = ",".join("?" * len(order_ids))
    if not order_ids:
        return {}
    return {
        row[0]: (row[1], row[2] or row[3])
        for row in rows_of(
            "SELECT o.id, b.customer_id, b.name, o.recipient FROM orders o LEFT JOIN buyer b ON b.id = o.buyer_id "
            f"WHERE o.id IN ({marks})",
            order_ids,
        )
    }
