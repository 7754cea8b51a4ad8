"""Further codes that mean an order: scanned like its number, and by which a copy of it is known when it is handed in again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from packstation.store.database import execute_many


class CodeKind(StrEnum):
    """What a code is: the order's number at a hub, the number of the booking that became it, or any other."""

    HUB = "hub"
    BOOKING = "booking"
    ALSO = "also"


@dataclass(frozen=True, slots=True)
class OrderCode:
    """A shop's code for an order. `digest` is that of what was last handed in under it, empty where nothing was."""

    code: str
    shop_id: int
    order_id: int
    kind: CodeKind
    digest: str = ""


_ADD = (
    "INSERT INTO order_code (code, shop_id, order_id, kind, digest) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (code, shop_id, order_id) DO UPDATE SET kind = excluded.kind, digest = excluded.digest "
    "WHERE excluded.digest <> ''"
)
_MOVE = (
    "INSERT INTO order_code (code, shop_id, order_id, kind, digest) SELECT code, shop_id, ?, kind, digest FROM order_code "
    "WHERE order_id = ? ON CONFLICT (code, shop_id, order_id) DO NOTHING"
)


def add_codes(codes: Iterable[OrderCode]) -> None:
    """Store codes; one that is there is told what was last handed in under it."""
    execute_many(_ADD, [(code.code, code.shop_id, code.order_id, str(code.kind), code.digest) for code in codes])


def move_codes(from_order: int, to_order: int) -> None:
    """Let every code of an order mean another one."""
    execute_many(_MOVE, [(to_order, from_order)])
    execute_many("DELETE FROM order_code WHERE order_id = ?", [(from_order,)])
    execute_many("UPDATE orders SET became = ? WHERE became = ?", [(to_order, from_order)])
