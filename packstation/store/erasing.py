"""A customer's person erased from the store: names, phones, addresses and words go, counts and chains stay as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from packstation.domain.ledger import ABOUT_BUYERS, ABOUT_CUSTOMERS, digests_in
from packstation.store import cases, mails
from packstation.store.database import database_now, execute_many, is_sqlite, lock_name, lock_orders, rows_of
from packstation.store.erased_buyers import pseudonyms_of, remember
from packstation.store.identities import forget_identities, users_of, values_of
from packstation.store.link_decisions import DecisionKind, add_decision
from packstation.store.relinking import relink_buyers
from packstation.store.search_index import Findable, SearchMoves, findables
from packstation.store.tables.base import database as proxy

_TELLING_IDS = ("phone:", "email:")
"""How a profile's id begins that is a phone or an email, because the channel gave none."""

_ORDERS = (
    "UPDATE orders SET recipient = '', phone = '', street = '', ward = '', district = '', address_key = NULL, phone_key = NULL, "
    "label_address_key = NULL, buyer_note = '', seller_note = '', digest = '' WHERE id = ?",
    "UPDATE order_code SET digest = '' WHERE order_id = ?",
    "UPDATE hold_event SET why = '' WHERE hold_id IN (SELECT id FROM hold WHERE order_id = ?)",
    "UPDATE approval_request SET why = '' WHERE hold_id IN (SELECT id FROM hold WHERE order_id = ?)",
    "UPDATE attempt SET recording = '' WHERE hold_id IN (SELECT id FROM hold WHERE order_id = ?)",
    "DELETE FROM marked_phone WHERE hold_id IN (SELECT id FROM hold WHERE order_id = ?)",
    "UPDATE waybill_event SET reason = '' WHERE order_id = ?",
    "UPDATE rescue SET reason = '', instruction = '' WHERE order_id = ?",
    "UPDATE cod_settled SET why = '' WHERE order_id = ?",
    "UPDATE return_settled SET why = '' WHERE order_id = ?",
    "UPDATE outbox SET state = 'dropped', taken_by = NULL, taken_until = NULL WHERE order_id = ? "
    "AND kind = 'note' AND state IN ('waiting', 'sending', 'parked')",
)
_OPEN = (
    "SELECT o.number FROM orders o WHERE o.buyer_id IN (SELECT id FROM buyer WHERE customer_id = ?) AND o.became IS NULL AND "
    "(o.status IN ('to_pack', 'label_ready') OR EXISTS (SELECT 1 FROM hold h WHERE h.order_id = o.id "
    "AND h.state IN ('waiting', 'escalated'))) ORDER BY o.placed_at, o.id"
)


@dataclass(frozen=True, slots=True)
class Erased:
    """How many of a customer's buyers and orders lost their person, and how many texts of the ledger are gone.

    `files` are those that name them, `relinked` the buyers of other customers that gained a buyer by it.
    """

    buyers: int
    orders: int
    texts: int
    files: tuple[str, ...] = ()
    relinked: frozenset[int] = frozenset()


def open_numbers(customer_id: int) -> list[str]:
    """The numbers of a customer's orders that are still to pack or on hold, oldest first."""
    return [row[0] for row in rows_of(_OPEN, (customer_id,))]


def every_order_of(customer_id: int) -> list[int]:
    """The ids of a customer's orders with those of all copies of them, rising."""
    found = [
        row[0]
        for row in rows_of(
            "SELECT id FROM orders WHERE buyer_id IN (SELECT id FROM buyer WHERE customer_id = ?)", (customer_id,)
        )
    ]
    # What became an order that itself became another one is its copy too.
    for order_id in found:
        found += [row[0] for row in rows_of("SELECT id FROM orders WHERE became = ?", (order_id,))]
    return sorted(found)


def homes_of(customer_id: int) -> list[int]:
    """The customers that this one's buyers are alone: what was ever written for this one is written for one of them."""
    return [row[0] for row in rows_of("SELECT home_id FROM buyer WHERE customer_id = ? ORDER BY id", (customer_id,))]


def erase(customer_id: int, now: int, by: int | None = None) -> Erased:
    """Erase who a customer is, inside the caller's transaction; of one who was erased before nothing is left to do.

    Args:
        customer_id: the customer.
        now: by the database's clock, ms UTC: orders placed from now on are another buyer's.
        by: who erases.
    """
    lock_name("intake")
    order_ids = every_order_of(customer_id)
    lock_orders(order_ids)
    every = [row[0] for row in rows_of("SELECT id FROM buyer WHERE customer_id = ? ORDER BY id", (customer_id,))]
    gone = pseudonyms_of(every)
    buyer_ids = [buyer_id for buyer_id in every if buyer_id not in gone]
    if not buyer_ids:
        return Erased(0, 0, 0)
    homes = homes_of(customer_id)
    digests = list(_text_digests(set(order_ids), set(buyer_ids), set(homes)))
    for statement in _ORDERS:
        execute_many(statement, [(order_id,) for order_id in order_ids])
    _erase_told(order_ids)
    files = cases.files_of_orders(order_ids)
    cases.erase_of_orders(order_ids)
    mails.erase_of_orders(order_ids)
    execute_many("DELETE FROM ledger_text WHERE digest = ?", [(digest,) for digest in digests])
    rings = "DELETE FROM ring WHERE phone_key IN (SELECT phone_key FROM buyer WHERE id = ? AND phone_key <> '')"
    execute_many(rings, [(buyer_id,) for buyer_id in buyer_ids])
    _forget_what_is_known(homes, buyer_ids)
    for table in ("buyer_block", "customer_override"):
        execute_many(f"UPDATE {table} SET why = '' WHERE buyer_id = ?", [(buyer_id,) for buyer_id in buyer_ids])
    for buyer_id in buyer_ids:
        _give_pseudonym(buyer_id, now)
    return Erased(len(buyer_ids), len(order_ids), len(digests), tuple(files), frozenset(_keep_together(every, by, now)))


def _keep_together(buyer_ids: Sequence[int], by: int | None, now: int) -> set[int]:
    """Forget what the buyers of one customer have in common; the customer stays one all the same, linked by who erased it.

    Returns:
        The buyers who are linked now that fewer people use a number.
    """
    used = {value for values in values_of(buyer_ids).values() for value in values}
    forget_identities(buyer_ids)
    execute_many("UPDATE link_decision SET why = '' WHERE buyer_id = ? OR other_id = ?", [(b, b) for b in buyer_ids])
    for one, other in pairwise(sorted(buyer_ids)):
        add_decision(DecisionKind.LINK, one, other, now, by, "")
    return relink_buyers({*buyer_ids, *users_of(used)})


def forget_profile(customer_id: int) -> bool:
    """Forget name, phone, email and what people wrote of a customer, inside the caller's transaction; False when nothing was known.

    The channels' own ids stay, so that whoever orders again has their history; an id that is a phone or an email gets a pseudonym.
    """
    lock_name("intake")
    known = rows_of(
        "SELECT id FROM buyer WHERE customer_id = ? AND (name <> '' OR phone <> '' OR email <> '') ORDER BY id",
        (customer_id,),
    )
    if not known:
        return False
    found_by = findables([row[0] for row in known])
    telling = {each.buyer_id for each in found_by if any(code.startswith(_TELLING_IDS) for code in each.codes)}
    kept = [Findable(each.buyer_id, codes=each.codes) for each in found_by if each.buyer_id not in telling]
    _forget_what_is_known(homes_of(customer_id), [row[0] for row in known], kept)
    now = database_now()
    for buyer_id in sorted(telling):
        _give_pseudonym(buyer_id, now)
    _keep_together([row[0] for row in rows_of("SELECT id FROM buyer WHERE customer_id = ?", (customer_id,))], None, now)
    return True


def _forget_what_is_known(homes: list[int], buyer_ids: list[int], kept: Sequence[Findable] = ()) -> None:
    """Take out what people and POS shops say of a customer, and what its buyers are called, reached and found by but `kept`."""
    for table in ("customer_edit", "customer_tag"):
        execute_many(f"DELETE FROM {table} WHERE customer_id = ?", [(home,) for home in homes])
    execute_many("UPDATE customer_note SET text = '' WHERE customer_id = ?", [(home,) for home in homes])
    execute_many("DELETE FROM buyer_facts WHERE buyer_id = ?", [(buyer_id,) for buyer_id in buyer_ids])
    moves = SearchMoves()
    still = {each.buyer_id: each for each in kept}
    for each in findables(buyer_ids):
        moves.move(each, still.get(each.buyer_id, Findable(each.buyer_id)))
    moves.write()
    execute_many(
        "UPDATE buyer SET name = '', name_key = '', phone = '', phone_key = '', email = '' WHERE id = ?",
        [(buyer_id,) for buyer_id in buyer_ids],
    )


def _give_pseudonym(buyer_id: int, now: int) -> None:
    """Put a pseudonym in the place of a buyer's ids, of which digests are kept."""
    aliases = rows_of("SELECT scope, external_id FROM buyer_alias WHERE buyer_id = ?", (buyer_id,))
    pseudonym = remember(buyer_id, [(row[0], row[1]) for row in aliases], now)
    execute_many("UPDATE buyer SET external_id = ? WHERE id = ?", [(pseudonym, buyer_id)])


def _erase_told(order_ids: list[int]) -> None:
    """Take people's words out of what channels were told; what it was about stays."""
    updates = []
    for order_id in order_ids:
        for row_id, payload in rows_of("SELECT id, payload FROM outbox WHERE order_id = ?", (order_id,)):
            kept = json.dumps({**json.loads(payload), "text": ""}, ensure_ascii=False, separators=(",", ":"))
            updates.append((kept, row_id))
    execute_many("UPDATE outbox SET payload = ? WHERE id = ?", updates)


def _text_digests(order_ids: set[int], buyer_ids: set[int], customers: set[int]) -> Iterator[str]:
    """The digests of the texts that entries about these orders and buyers, and about the customer, name."""
    for order_id, kind, facts in rows_of("SELECT order_id, kind, facts FROM ledger"):
        told = json.loads(facts) if kind in ABOUT_BUYERS | ABOUT_CUSTOMERS else {}
        about_buyer = kind in ABOUT_BUYERS and not buyer_ids.isdisjoint((told.get("buyer"), told.get("other")))
        about_customer = kind in ABOUT_CUSTOMERS and told.get("customer") in customers
        if order_id in order_ids or about_buyer or about_customer:
            yield from digests_in(facts)


def overwrite_what_is_deleted() -> None:
    """From here on this connection overwrites with zeros what it deletes from an SQLite file. Outside a transaction."""
    if is_sqlite():
        proxy.execute_sql("PRAGMA secure_delete = ON")


def empty_the_journal() -> None:
    """Empty SQLite's journal, in which earlier versions of pages lie, as far as nobody reads it now. Outside a transaction."""
    if is_sqlite():
        proxy.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
